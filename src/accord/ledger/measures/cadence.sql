-- title: Cadence at each checkpoint
-- grain: one lead type, or all, and checkpoint
-- unit: leads; share
-- meaning: of the leads delivered in the period that reached the checkpoint's age while sales still chased them, those
--   that had been tried often enough by then. An attempt after the checkpoint is late, whatever happens afterwards.
--   Leads reached, ended or given back in order before the checkpoint are not counted; those still younger are pending.
-- requirements: S4.33, F13, 5.2
-- columns:
--   lead_type: the type, NULL for all types and unknown ones together
--   step: number of the checkpoint, from 1
--   by_days: its age in days of 24 hours
--   attempts: attempts promised by then
--   judged: leads that reached it
--   kept: of those, with enough attempts by then
--   share: kept ÷ judged
--   late: of those, with enough attempts by now, but not by then
--   pending: leads that may still reach it
--   small: fewer than 10 leads judged
WITH point AS (
    SELECT
        c.lead_type, t.step + 1 AS step, t.age_us, t.attempts,
        c.delivered_at + to_microseconds(t.age_us) < p.as_of AS past,
        a.occurred_at <= c.delivered_at + to_microseconds(t.age_us) AS in_time,
        a.occurred_at IS NOT NULL AS ever
    FROM cycle c
    CROSS JOIN params p
    JOIN term_cadence t ON t.lead_type = c.terms_type
    LEFT JOIN attempt a ON a.id = c.id AND a.place = t.attempts
    WHERE c.delivered_on BETWEEN p.from_on AND p.to_on
        AND (c.chase_over_at IS NULL OR c.delivered_at + to_microseconds(t.age_us) < c.chase_over_at)
),
grouped AS (
    SELECT * FROM point
    UNION ALL
    SELECT NULL, step, age_us, attempts, past, in_time, ever FROM point WHERE lead_type IS NOT NULL
)
SELECT
    lead_type, step, age_us / 86400e6 AS by_days, attempts,
    count(*) FILTER (past) AS judged,
    count(*) FILTER (past AND in_time) AS kept,
    count(*) FILTER (past AND in_time) / nullif(count(*) FILTER (past), 0) AS share,
    count(*) FILTER (past AND ever AND NOT in_time) AS late,
    count(*) FILTER (NOT past) AS pending,
    count(*) FILTER (past) < 10 AS small
FROM grouped
GROUP BY lead_type, step, age_us, attempts
ORDER BY lead_type NULLS FIRST, age_us, attempts
