-- title: Attempts on each lead
-- grain: one lead delivered in the period
-- unit: attempts; seconds
-- meaning: the rows behind depth and attempts: how often the lead was tried up to as-of, when first and last, and how
--   far apart
-- requirements: 5.2, S3.14, S4.5, S4.7
-- columns:
--   lead: the lead
--   lead_type: its type, NULL if unknown
--   owner: who touched it first, else who it was assigned to last
--   delivered_at: hand-off, UTC
--   attempts: attempts up to as-of, however it went on
--   before_connect: attempts up to the first live contact
--   first_at: first attempt, UTC
--   last_at: last attempt, UTC
--   median_gap: wall seconds between attempts, median; NULL below two
--   connected_at: first live contact or sign of one, UTC; NULL if never
SELECT
    c.lead, c.lead_type, c.worker AS owner, c.delivered_at, c.attempts,
    count(g.occurred_at) FILTER (
        g.occurred_at <= coalesce(
            least(c.connected_at, c.sql_at, c.opportunity_at, c.proposal_at, c.won_at), g.occurred_at
        )
    ) AS before_connect,
    min(g.occurred_at) AS first_at,
    max(g.occurred_at) AS last_at,
    median(g.gap_us) / 1e6 AS median_gap,
    max(least(c.connected_at, c.sql_at, c.opportunity_at, c.proposal_at, c.won_at)) AS connected_at
FROM cycle c
CROSS JOIN params p
LEFT JOIN (
    SELECT id, occurred_at, date_diff('microsecond', before_at, occurred_at) AS gap_us FROM attempt
) g ON g.id = c.id
WHERE c.delivered_on BETWEEN p.from_on AND p.to_on
GROUP BY c.lead, c.lead_type, c.worker, c.delivered_at, c.attempts
ORDER BY c.delivered_at, c.lead
