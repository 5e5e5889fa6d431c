-- title: Pace against the goal line
-- grain: one promise of a number or an amount and one local day of the period
-- unit: leads, or the agreement's currency, as the promise has it
-- meaning: the running total against k/n of the goal after k of n days. Leads count on their day of delivery, net of
--   rejects: accepted by hand or by silence; what is still undecided is shown apart. Days after as-of have a line and a
--   projection but no actual; the day of as-of is "so far". A day before the first to count has no projection.
-- requirements: S0.34, S4.26, 5.4, F8, F18
-- columns:
--   promise: the promise's id
--   measure: what it counts
--   on: the local day
--   line: due by the end of that day
--   low: the least that is tolerated by then
--   high: the most that is tolerated by then
--   gained: what that day brought; NULL after as-of
--   actual: running total since the first day of the line; NULL after as-of
--   delivered: running total of leads delivered, whatever became of them; NULL after as-of and where no leads count
--   gap: actual − line
--   of_pace: actual ÷ line; NULL while nothing is due
--   projection: the straight line from the actual at as-of on
WITH gained AS (
    SELECT
        g.promise, g."on",
        sum(c.points) FILTER (c.measure = g.measure) AS points,
        count(*) FILTER (c.measure = 'delivered_leads') AS delivered
    FROM goal_line g
    JOIN contribution c
        ON c."on" = g."on"
        AND c.measure IN (g.measure, 'delivered_leads')
        AND (g.lead_type IS NULL OR c.lead_type = g.lead_type)
        AND (g.stream IS NULL OR c.stream = g.stream)
    GROUP BY g.promise, g."on"
),
running AS (
    SELECT
        g.*,
        p.as_of_on,
        CASE WHEN g."on" <= p.as_of_on THEN CAST(coalesce(d.points, 0) AS DOUBLE) END AS gained,
        CASE WHEN g."on" <= p.as_of_on THEN
            CAST(sum(coalesce(d.points, 0)) OVER (PARTITION BY g.promise ORDER BY g."on") AS DOUBLE)
        END AS actual,
        CASE WHEN g."on" <= p.as_of_on AND g.measure <> 'revenue' THEN
            CAST(sum(coalesce(d.delivered, 0)) OVER (PARTITION BY g.promise ORDER BY g."on") AS BIGINT)
        END AS delivered
    FROM goal_line g
    CROSS JOIN params p
    LEFT JOIN gained d ON d.promise = g.promise AND d."on" = g."on"
),
today AS (
    SELECT promise, max("on") AS "on", max(counted) AS counted, arg_max(actual, "on") AS actual
    FROM running
    WHERE actual IS NOT NULL
    GROUP BY promise
)
SELECT
    r.promise, r.measure, r."on", r.line, r.low, r.high, r.gained, r.actual, r.delivered,
    r.actual - r.line AS gap,
    r.actual / nullif(r.line, 0) AS of_pace,
    CASE WHEN r."on" >= t."on" THEN t.actual * r.counted / nullif(t.counted, 0) END AS projection
FROM running r
LEFT JOIN today t ON t.promise = r.promise
ORDER BY r.promise, r."on"
