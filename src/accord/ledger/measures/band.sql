-- title: Each interval against its band
-- grain: one promise of a number or an amount and one interval of the term that has begun
-- unit: leads, or the agreement's currency, as the promise has it; share
-- meaning: whether what came in an interval was under, within or over what was promised for it, how long that has gone
--   on, and whether the reps can take it. Over-delivery is a deviation too: amber while all reps together can follow the
--   delivered leads up, red above that. Both heads are told at once when it is red, else once it has gone on for as
--   many intervals as the agreement says. The interval of as-of is measured against what is due by the
--   last day that is over, too much only against today, and counts for a streak only once it is above the band of the
--   whole interval. A shortfall is never added to a later goal: it
--   stands beside it, spread as the agreement says. Intervals before the period are here too, as a streak needs them.
-- requirements: S4.26, S4.27, 5.5, C6, F12, F18
-- columns:
--   promise: the promise's id
--   measure: what it counts
--   lead_type: the type that the promise is about; NULL for all
--   stream: the stream that it is about; NULL for all
--   interval_on: first day of the interval, or of the term within it
--   until_on: its last day, or the term's
--   goal: promised for the interval
--   due: of that, due by the last day that is over; the goal once the interval is over
--   low: the least that is tolerated of what is due
--   high: the most that is tolerated by the end of the day of as-of
--   actual: what came in
--   delta: actual ÷ due − 1
--   state: under, within or over, bounds included; NULL while nothing is due
--   so_far: the interval is not over
--   streak: intervals in a row in this state, this one included; NULL while that is open
--   leads: leads delivered in the interval, whatever became of them
--   capacity: leads that the reps behind the promise can follow up in the interval at full strength, by the plan's mix;
--     NULL where the agreement does not say enough, and for a lead type, which shares its reps with others
--   load: leads ÷ capacity
--   alarm: none, amber or red; revenue can never be too much
--   tell_heads: whether both heads are to be told
--   shortfall: goal − actual of an interval that ended under its band; 0 of others that ended
--   undecided: leads delivered in the interval that may still be credited or rejected; NULL where no leads count
--   carried: of earlier shortfalls, what the agreement spreads into this interval; beside its goal, never in it
--   in_period: whether the interval has days of the period
WITH span AS (
    SELECT
        t.interval_on AS "interval",
        min(t."on") AS interval_on,
        max(t."on") AS until_on,
        any_value(p.over_on) AS over_on,
        count(*) FILTER (t.counts) / any_value(t.days) AS part,
        count(*) FILTER (t.counts AND t."on" <= p.over_on) / any_value(t.days) AS done,
        count(*) FILTER (t.counts AND t."on" <= p.as_of_on) / any_value(t.days) AS begun,
        bool_or(t."on" BETWEEN p.from_on AND p.to_on) AS in_period,
        row_number() OVER (ORDER BY t.interval_on) AS place
    FROM term_day t
    CROSS JOIN params p
    GROUP BY t.interval_on
    HAVING min(t."on") <= any_value(p.as_of_on)
),
daily AS (
    SELECT measure, lead_type, stream, "on", sum(points) AS points FROM contribution GROUP BY ALL
),
gained AS (
    SELECT t.interval_on AS "interval", d.measure, d.lead_type, d.stream, sum(d.points) AS points
    FROM daily d
    JOIN term_day t ON t."on" = d."on"
    GROUP BY ALL
),
reached AS (
    SELECT
        g.promise, s."interval",
        coalesce(CAST(sum(d.points) FILTER (d.measure = g.measure) AS DOUBLE), 0) AS actual,
        CAST(coalesce(sum(d.points) FILTER (d.measure = 'delivered_leads'), 0) AS BIGINT) AS leads
    FROM term_goal g
    CROSS JOIN span s
    LEFT JOIN gained d
        ON d."interval" = s."interval"
        AND d.measure IN (g.measure, 'delivered_leads')
        AND (g.lead_type IS NULL OR d.lead_type = g.lead_type)
        AND (g.stream IS NULL OR d.stream = g.stream)
    GROUP BY g.promise, s."interval"
),
open_leads AS (
    SELECT g.promise, t.interval_on AS "interval", count(*) AS leads
    FROM term_goal g
    JOIN handoff h
        ON h.state = 'pending'
        AND (g.lead_type IS NULL OR h.lead_type = g.lead_type)
        AND (g.stream IS NULL OR h.stream = g.stream)
    JOIN term_day t ON t."on" = h.delivered_on
    GROUP BY ALL
),
judged AS (  -- a millionth is less than any lead or coin, and more than what binary fractions stray by
    SELECT
        g.promise, g.measure, g.lead_type, g.stream, g.alarm_after, g.carry_over, s.*, r.actual, r.leads,
        g.goal * s.part AS goal,
        g.goal * s.done AS due,
        g.low * s.done AS low,
        g.high * s.begun AS high,
        floor(g.capacity * s.part) AS capacity,
        CASE
            WHEN g.goal <= 0 OR s.begun = 0 THEN NULL
            WHEN r.actual > g.high * s.begun + 1e-6 THEN 'over'
            WHEN s.done = 0 THEN NULL
            WHEN r.actual < g.low * s.done - 1e-6 THEN 'under'
            ELSE 'within'
        END AS state,
        s.until_on > s.over_on AS so_far,
        s.until_on <= s.over_on OR r.actual > g.high * s.part + 1e-6 AS settled
    FROM term_goal g
    JOIN reached r ON r.promise = g.promise
    JOIN span s ON s."interval" = r."interval"
),
streaked AS (
    SELECT
        *,
        place - row_number() OVER (PARTITION BY promise, settled, state ORDER BY place) AS island,
        CASE WHEN so_far THEN NULL WHEN state = 'under' THEN goal - actual ELSE 0 END AS shortfall
    FROM judged
),
counted AS (
    SELECT
        *,
        CASE WHEN settled
            THEN row_number() OVER (PARTITION BY promise, settled, state, island ORDER BY place)
        END AS streak,
        CASE
            WHEN measure = 'revenue' THEN 'none'
            WHEN leads > capacity THEN 'red'
            WHEN state = 'over' THEN 'amber'
            ELSE 'none'
        END AS alarm
    FROM streaked
),
carried AS (
    SELECT n.promise, n.place, sum(b.shortfall / n.carry_over) AS carried
    FROM streaked n
    JOIN streaked b ON b.promise = n.promise AND b.place BETWEEN n.place - n.carry_over AND n.place - 1
    WHERE n.carry_over > 0
    GROUP BY n.promise, n.place
)
SELECT
    c.promise, c.measure, c.lead_type, c.stream, c.interval_on, c.until_on, c.goal, c.due, c.low, c.high, c.actual,
    c.actual / nullif(c.due, 0) - 1 AS delta,
    c.state, c.so_far, c.streak, c.leads,
    CAST(c.capacity AS BIGINT) AS capacity,
    c.leads / nullif(c.capacity, 0) AS load,
    c.alarm,
    c.alarm = 'red' OR coalesce(c.alarm = 'amber' AND c.streak >= c.alarm_after, FALSE) AS tell_heads,
    c.shortfall,
    CASE WHEN c.measure IN ('accepted_leads', 'lead_value') THEN coalesce(u.leads, 0) END AS undecided,
    coalesce(y.carried, 0) AS carried,
    c.in_period
FROM counted c
LEFT JOIN carried y ON y.promise = c.promise AND y.place = c.place
LEFT JOIN open_leads u ON u.promise = c.promise AND u."interval" = c."interval"
ORDER BY c.promise, c.interval_on
