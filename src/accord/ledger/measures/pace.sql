-- title: Pace against the goal line
-- grain: one promise of a number or an amount and one local day of the period
-- unit: leads, or the agreement's currency, as the promise has it
-- meaning: the running total against k/n of the goal after k of n days. Leads count on their day of delivery, net of
--   rejects: accepted by hand or by silence; what is still undecided is shown apart. Days after as-of have a line and a
--   projection but no actual; the day of as-of is "so far": it has an actual, but is held against its line only when it
--   is over, at its midnight. The projection starts at the last day that is over.
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
--   delivered: running total as delivered, whatever became of it: leads, or their worth where that was promised; NULL
--     after as-of and for revenue
--   gap: actual − line; NULL for a day that is not over
--   of_pace: actual ÷ line; NULL for a day that is not over and while nothing is due
--   projection: the straight line through the actual of the last day that is over; NULL before that day
WITH gained AS (
    SELECT g.promise, g."on", sum(c.points) AS points
    FROM goal_line g
    JOIN contribution c
        ON c."on" = g."on"
        AND c.measure = g.measure
        AND (g.lead_type IS NULL OR c.lead_type = g.lead_type)
        AND (g.stream IS NULL OR c.stream = g.stream)
    GROUP BY g.promise, g."on"
),
came AS (
    SELECT delivered_on, lead_type, stream, count(*) AS leads, sum(price) AS worth
    FROM handoff
    GROUP BY delivered_on, lead_type, stream
),
delivered AS (
    SELECT g.promise, g."on", sum(CASE WHEN g.measure = 'lead_value' THEN c.worth ELSE c.leads END) AS points
    FROM goal_line g
    JOIN came c
        ON c.delivered_on = g."on"
        AND (g.lead_type IS NULL OR c.lead_type = g.lead_type)
        AND (g.stream IS NULL OR c.stream = g.stream)
    WHERE g.measure <> 'revenue'
    GROUP BY g.promise, g."on"
),
running AS (
    SELECT
        g.*,
        g."on" <= p.over_on AS finished,
        CASE WHEN g."on" <= p.as_of_on THEN CAST(coalesce(d.points, 0) AS DOUBLE) END AS gained,
        CASE WHEN g."on" <= p.as_of_on THEN
            CAST(sum(coalesce(d.points, 0)) OVER (PARTITION BY g.promise ORDER BY g."on") AS DOUBLE)
        END AS actual,
        CASE WHEN g."on" <= p.as_of_on AND g.measure <> 'revenue' THEN
            CAST(sum(coalesce(c.points, 0)) OVER (PARTITION BY g.promise ORDER BY g."on") AS DOUBLE)
        END AS delivered
    FROM goal_line g
    CROSS JOIN params p
    LEFT JOIN gained d ON d.promise = g.promise AND d."on" = g."on"
    LEFT JOIN delivered c ON c.promise = g.promise AND c."on" = g."on"
),
today AS (
    SELECT promise, max("on") AS "on", max(counted) AS counted, arg_max(actual, "on") AS actual
    FROM running
    WHERE finished
    GROUP BY promise
)
SELECT
    r.promise, r.measure, r."on", r.line, r.low, r.high, r.gained, r.actual, r.delivered,
    CASE WHEN r.finished THEN r.actual - r.line END AS gap,
    CASE WHEN r.finished THEN r.actual / nullif(r.line, 0) END AS of_pace,
    CASE WHEN r."on" >= t."on" THEN t.actual * r.counted / nullif(t.counted, 0) END AS projection
FROM running r
LEFT JOIN today t ON t.promise = r.promise
ORDER BY r.promise, r."on"
