-- title: Goals of the monthly ledger
-- grain: one interval of the agreement and counted promise
-- unit: leads; money
-- meaning: what each promise that counts leads or money asked of an interval, and what came. The goal of an interval in
--   which the term begins or ends is that of the days they have in common.
-- requirements: S0.18, S4.26, 5.5, 5.7, F18
-- columns:
--   number: of the interval, the term's first being 0
--   promise: id of the promise
--   measure: what it counts
--   lead_type: the lead type that it is narrowed to; NULL for all
--   stream: the stream that it is narrowed to; NULL for all
--   goal: what the interval owes
--   low: lower end of the band, included
--   high: upper end, included
--   actual: what came up to as-of
--   deviation: actual ÷ goal − 1
--   state: under, within or over the band; NULL before the interval is over
WITH span AS (
    SELECT
        CAST(floor(date_diff('month', i.anchor, t.interval_on) / i.months) AS BIGINT) AS number,
        min(t."on") AS from_on,
        max(t."on") AS to_on,
        count(*) FILTER (t.counts) / any_value(t.days) AS part
    FROM term_day t
    CROSS JOIN params p
    CROSS JOIN term_interval i
    WHERE t."on" BETWEEN p.from_on AND p.to_on
    GROUP BY ALL
),
owed AS (  -- of each interval by itself: differences of running sums stray, and a bound is included to the last lead
    SELECT
        g.promise, g.measure, g.lead_type, g.stream, s.number, s.from_on, s.to_on,
        g.goal * s.part AS goal,
        g.low * s.part AS low,
        g.high * s.part AS high
    FROM term_goal g
    CROSS JOIN span s
),
came AS (
    SELECT
        o.promise, o.number,
        CAST(sum(c.points) AS DOUBLE) AS actual
    FROM owed o
    JOIN contribution c
        ON c.measure = o.measure AND c."on" BETWEEN o.from_on AND o.to_on
        AND (o.lead_type IS NULL OR c.lead_type = o.lead_type) AND (o.stream IS NULL OR c.stream = o.stream)
    GROUP BY o.promise, o.number
)
SELECT
    o.number, o.promise, o.measure, o.lead_type, o.stream, o.goal, o.low, o.high,
    coalesce(c.actual, 0) AS actual,
    coalesce(c.actual, 0) / nullif(o.goal, 0) - 1 AS deviation,
    CASE
        WHEN i.anchor + to_months(CAST((o.number + 1) * i.months AS INTEGER)) > p.over_on + 1 THEN NULL
        WHEN o.goal <= 0 THEN NULL
        WHEN coalesce(c.actual, 0) < o.low - 1e-6 THEN 'under'
        WHEN coalesce(c.actual, 0) > o.high + 1e-6 THEN 'over'
        ELSE 'within'
    END AS state
FROM owed o
CROSS JOIN params p
CROSS JOIN term_interval i
LEFT JOIN came c ON c.promise = o.promise AND c.number = o.number
ORDER BY o.number, o.promise
