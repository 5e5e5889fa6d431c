-- title: Every verdict beside itself under the other agreement
-- grain: one promise about one delivered lead that either agreement judges
-- meaning: `was` and `became` are the states; NULL where an agreement says nothing about the promise. The day is that
--   on which the clock began, by the first agreement where it judges the lead at all. `promised_*` says whether a
--   promise of the agreement rests on the verdict: others are judged, and nobody owes them.
CREATE TABLE compared AS
WITH both_sides AS (
    SELECT
        coalesce(w.promise, t.promise) AS promise,
        coalesce(w.lead, t.lead) AS lead,
        w.state AS was,
        t.state AS became,
        coalesce(w.started_on, t.started_on) AS started_on,
        coalesce(w.started_at, t.started_at) AS started_at,
        w.due_at AS due_was,
        t.due_at AS due_then,
        coalesce(t.met_at, w.met_at) AS met_at,
        coalesce(t.ended_at, w.ended_at) AS ended_at,
        coalesce(t.actor, w.actor) AS actor,
        coalesce(t.calendar, w.calendar) AS calendar,
        coalesce(t.on_wall, w.on_wall) AS on_wall,
        CASE WHEN t.on_wall THEN t.wall_us ELSE t.worked_us END - t.budget_us AS beyond_us,
        w.done AS done_was,
        w.needed AS needed_was,
        t.done AS done_then,
        t.needed AS needed_then
    FROM was w
    FULL JOIN became t ON t.promise = w.promise AND t.lead = w.lead
)
SELECT
    b.*,
    l.lead_type, l.stream, l.segment, coalesce(m.pool, k.pool) AS pool,
    strftime(b.started_on, '%Y-%m') AS "month",
    EXISTS (
        FROM promised p
        WHERE p.agreement = 'was' AND p.promise = b.promise
            AND (p.lead_type IS NULL OR p.lead_type = l.lead_type) AND (p.stream IS NULL OR p.stream = l.stream)
    ) AS promised_was,
    EXISTS (
        FROM promised p
        WHERE p.agreement = 'became' AND p.promise = b.promise
            AND (p.lead_type IS NULL OR p.lead_type = l.lead_type) AND (p.stream IS NULL OR p.stream = l.stream)
    ) AS promised_then
FROM both_sides b
CROSS JOIN period d
JOIN told_lead l ON l.lead = b.lead
LEFT JOIN member m ON m.person = l.worker
LEFT JOIN member k ON k.person = regexp_replace(l.worker, '-\d+$', '') AND k.many
WHERE b.started_on BETWEEN d.from_on AND d.to_on
