-- title: Pace so far
-- grain: one promise of a number or an amount
-- unit: leads, or the agreement's currency, as the promise has it
-- meaning: where the running total stands at as-of against its goal line, what the days left must bring, and where the
--   mean day so far would lead. A day is done at its local midnight: until then its leads count, but it is not yet due
--   and still to come. So what is under is held against the last day that is over, what is over against today. Both an early flood and a late one hurt, though the end looks the same, so that days
--   outside the band, days on which the running total strayed further than the agreement's flow band, and the largest
--   gap stand beside the end result.
-- requirements: S0.34, S4.26, S4.27, 5.4, 5.5, F8, F18
-- columns:
--   promise: the promise's id
--   measure: what it counts
--   goal: due by the end of the period
--   line: due by the last day that is over
--   actual: the running total
--   gap: actual − line, negative is behind
--   of_pace: actual ÷ line
--   needed_per_day: what each day left, today among them, must bring to reach the goal; 0 once reached, NULL after the
--     last day
--   projection: actual per day that is over × days of the whole line, at least the actual; NULL before one is over
--   deviation: projection ÷ goal − 1
--   low: the least tolerated by the last day that is over
--   high: the most tolerated by the end of the day of as-of
--   state: under, within or over the band, bounds included; NULL while nothing is due
--   days_done: days of the line that count and are over
--   days_left: the others
--   days_outside: days that ended outside the band
--   days_early: days that ended further above the line than the flow band allows; NULL for revenue
--   days_late: days that ended further below it
--   largest_gap: actual − line on the day farthest from the line
--   largest_gap_on: the first such day
--   undecided: leads delivered in the period that may still be credited or rejected; NULL where no leads count
WITH gained AS (
    SELECT g.promise, g."on", sum(c.points) AS points
    FROM goal_line g
    JOIN contribution c
        ON c.measure = g.measure
        AND c."on" = g."on"
        AND (g.lead_type IS NULL OR c.lead_type = g.lead_type)
        AND (g.stream IS NULL OR c.stream = g.stream)
    GROUP BY g.promise, g."on"
),
running AS (
    SELECT
        g.*,
        t.flow,
        CAST(sum(coalesce(d.points, 0)) OVER (PARTITION BY g.promise ORDER BY g."on") AS DOUBLE) AS actual,
        CAST(coalesce(sum(CASE WHEN g."on" <= p.over_on THEN d.points END) OVER (PARTITION BY g.promise), 0) AS DOUBLE)
            AS finished,
        coalesce(max(CASE WHEN g."on" <= p.over_on THEN g.line END) OVER (PARTITION BY g.promise), 0) AS due,
        coalesce(max(CASE WHEN g."on" <= p.over_on THEN g.low END) OVER (PARTITION BY g.promise), 0) AS least,
        coalesce(max(CASE WHEN g."on" <= p.over_on THEN g.counted END) OVER (PARTITION BY g.promise), 0) AS done,
        max(g.line) OVER (PARTITION BY g.promise) AS goal,
        max(g.counted) OVER (PARTITION BY g.promise) AS days,
        g."on" <= p.as_of_on AS past,
        g."on" <= p.over_on AND g.line > 0 AS told
    FROM goal_line g
    CROSS JOIN params p
    LEFT JOIN term_goal t ON t.promise = g.promise AND g.measure <> 'revenue'
    LEFT JOIN gained d ON d.promise = g.promise AND d."on" = g."on"
),
ranked AS (
    SELECT
        *,
        CASE WHEN done > 0 THEN greatest(actual, finished * days / done) END AS projection,
        row_number() OVER (PARTITION BY promise ORDER BY "on" DESC) AS latest,
        count(*) FILTER (told AND (actual < low - 1e-6 OR actual > high + 1e-6)) OVER (PARTITION BY promise) AS outside,
        count(*) FILTER (told AND actual > line * (1 + flow) + 1e-6) OVER (PARTITION BY promise) AS early,
        count(*) FILTER (told AND actual < line * (1 - flow) - 1e-6) OVER (PARTITION BY promise) AS late,
        first_value(CASE WHEN told THEN actual - line END) OVER (
            PARTITION BY promise ORDER BY CASE WHEN told THEN abs(actual - line) ELSE -1 END DESC, "on"
        ) AS largest_gap,
        first_value(CASE WHEN told THEN "on" END) OVER (
            PARTITION BY promise ORDER BY CASE WHEN told THEN abs(actual - line) ELSE -1 END DESC, "on"
        ) AS largest_gap_on
    FROM running
    WHERE past
),
undecided AS (
    SELECT g.promise, count(*) AS leads
    FROM (SELECT DISTINCT promise, measure, lead_type, stream FROM goal_line) g
    CROSS JOIN params p
    JOIN handoff c
        ON c.state = 'pending'
        AND c.delivered_on BETWEEN p.from_on AND p.to_on
        AND (g.lead_type IS NULL OR c.lead_type = g.lead_type)
        AND (g.stream IS NULL OR c.stream = g.stream)
    GROUP BY g.promise
)
SELECT
    r.promise, r.measure, r.goal, r.due AS line, r.actual,
    r.actual - r.due AS gap,
    r.actual / nullif(r.due, 0) AS of_pace,
    CASE WHEN r.days > r.done THEN
        CASE WHEN r.actual >= r.goal THEN 0 ELSE (r.goal - r.finished) / (r.days - r.done) END
    END AS needed_per_day,
    r.projection,
    r.projection / nullif(r.goal, 0) - 1 AS deviation,
    r.least AS low, r.high,
    CASE
        WHEN r.line > 0 AND r.actual > r.high + 1e-6 THEN 'over'
        WHEN r.due > 0 THEN CASE WHEN r.actual < r.least - 1e-6 THEN 'under' ELSE 'within' END
    END AS state,
    r.done AS days_done,
    r.days - r.done AS days_left,
    r.outside AS days_outside,
    CASE WHEN r.flow IS NOT NULL THEN r.early END AS days_early,
    CASE WHEN r.flow IS NOT NULL THEN r.late END AS days_late,
    r.largest_gap, r.largest_gap_on,
    CASE WHEN r.measure IN ('accepted_leads', 'lead_value') THEN coalesce(u.leads, 0) END AS undecided
FROM ranked r
LEFT JOIN undecided u ON u.promise = r.promise
WHERE r.latest = 1
ORDER BY r.promise
