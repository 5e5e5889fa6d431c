-- title: Conversion, estimated from young and old cohorts
-- grain: one step from stage to stage and lead type (NULL: all)
-- unit: share
-- meaning: the share that will have converted in the end, from cohorts of every age: a life table over whole months,
--   in which a cohort counts as far as it has been watched. The two ratios that people compute by hand stand beside
--   it, named as what they are: both take young leads for lost and read too low while leads keep coming.
-- requirements: 5.3, F16, S4.28
-- columns:
--   from_stage: the stage entered
--   to_stage: the stage reached
--   lead_type: the type; NULL for all types together
--   estimate: life-table estimate of the share that converts within the months watched; NULL before a whole month
--   low: lower bound of its 95 % interval (complementary log-log, Greenwood)
--   high: upper bound
--   months: months of age that it reaches to
--   watched: leads that entered, in months that are over
--   conversions: conversions among those, in whole months of age
--   mature_entered: leads of mature cohorts, as in `conversion`: youngest lead older than nine in ten conversions took
--   mature_reached: of those, converted
--   mature_rate: mature_reached ÷ mature_entered
--   mature_low: lower bound of its 95 % interval (Wilson)
--   mature_high: upper bound
--   in_period_ratio: conversions in the period ÷ entries in the period: not a conversion rate, quick look only
--   to_date_ratio: all conversions ÷ all entries so far: counts the young as lost
--   few: fewer than 30 conversions, too few to plan on
WITH moved AS (  -- one row a step, type, month of entry and month of conversion: few, however many leads
    SELECT
        m.from_stage, m.to_stage, m.place, m.lead_type,
        m.cohort AS entered,
        CAST(date_trunc('month', local_day(m.reached_at)) AS DATE) AS reached,
        m.entered_on >= p.from_on AS entered_now,
        coalesce(local_day(m.reached_at) BETWEEN p.from_on AND p.to_on, FALSE) AS reached_now,
        count(*) AS leads
    FROM stage_move m
    CROSS JOIN params p
    GROUP BY ALL
),
slowness AS (  -- as in `conversion`
    SELECT place, lead_type, grouping(lead_type) AS together, quantile_disc(days, 0.9) AS p90
    FROM stage_move
    WHERE reached_at IS NOT NULL
    GROUP BY GROUPING SETS ((place), (place, lead_type))
),
grouped AS (
    SELECT
        m.* EXCLUDE (lead_type), t.lead_type,
        date_diff('month', m.entered, m.reached) + 1 AS age,
        -- months that are over at as-of, the one of entry being the first
        date_diff('month', m.entered, date_trunc('month', p.over_on + INTERVAL 1 DAY)) AS watched,
        m.entered + INTERVAL 1 MONTH + to_microseconds(CAST(s.p90 * 86400e6 AS BIGINT)) <= local_time(p.as_of) AS mature
    FROM moved m
    CROSS JOIN params p
    JOIN (SELECT FALSE AS apart UNION ALL SELECT TRUE) x ON x.apart IS FALSE OR m.lead_type IS NOT NULL
    CROSS JOIN LATERAL (SELECT CASE WHEN x.apart THEN m.lead_type END AS lead_type) t
    LEFT JOIN slowness s
        ON s.place = m.place AND s.together = CASE WHEN x.apart THEN 0 ELSE 1 END
        AND s.lead_type IS NOT DISTINCT FROM t.lead_type
),
months AS (
    SELECT m.from_stage, m.to_stage, m.lead_type, n.month
    FROM (
        SELECT from_stage, to_stage, lead_type, max(watched) AS longest
        FROM grouped
        GROUP BY from_stage, to_stage, lead_type
    ) m
    JOIN month_number n ON n.month <= m.longest
),
life AS (
    SELECT
        m.from_stage, m.to_stage, m.lead_type, m.month,
        coalesce(sum(g.leads) FILTER (g.age IS NULL OR g.age >= m.month), 0) AS at_risk,
        coalesce(sum(g.leads) FILTER (g.age = m.month), 0) AS converted
    FROM months m
    JOIN grouped g
        ON g.from_stage = m.from_stage AND g.to_stage = m.to_stage
        AND g.lead_type IS NOT DISTINCT FROM m.lead_type AND g.watched >= m.month
    GROUP BY m.from_stage, m.to_stage, m.lead_type, m.month
),
survival AS (  -- summed in order, so that the last digits are the same in every run
    SELECT
        from_stage, to_stage, lead_type,
        max(month) AS months,
        sum(converted) AS conversions,
        CASE WHEN bool_or(converted = at_risk) THEN 0 ELSE
            exp(sum(ln(1 - converted / greatest(at_risk, converted + 0.5)) ORDER BY month)) END AS left_over,
        sum(converted / (at_risk * nullif(at_risk - converted, 0.0)) ORDER BY month) AS variance
    FROM life
    WHERE at_risk > 0
    GROUP BY from_stage, to_stage, lead_type
),
bounds AS (
    SELECT
        *,
        1.959963984540054 * sqrt(variance) / nullif(abs(ln(nullif(left_over, 0))), 0) AS reach
    FROM survival
),
totals AS (
    SELECT
        g.from_stage, g.to_stage, g.place, g.lead_type,
        coalesce(sum(g.leads) FILTER (g.watched >= 1), 0) AS watched,
        coalesce(sum(g.leads) FILTER (g.mature), 0) AS mature_entered,
        coalesce(sum(g.leads) FILTER (g.mature AND g.reached IS NOT NULL), 0) AS mature_reached,
        coalesce(sum(g.leads) FILTER (g.reached_now), 0) / nullif(sum(g.leads) FILTER (g.entered_now), 0)
            AS in_period_ratio,
        coalesce(sum(g.leads) FILTER (g.reached IS NOT NULL), 0) / sum(g.leads) AS to_date_ratio,
        coalesce(sum(g.leads) FILTER (g.reached IS NOT NULL), 0) < 30 AS few
    FROM grouped g
    GROUP BY g.from_stage, g.to_stage, g.place, g.lead_type
)
SELECT
    t.from_stage, t.to_stage, t.lead_type,
    1 - b.left_over AS estimate,
    CASE WHEN b.conversions = 0 THEN 0 ELSE 1 - pow(b.left_over, exp(-b.reach)) END AS low,
    CASE WHEN b.conversions = 0 THEN wilson_high(0, t.watched) ELSE 1 - pow(b.left_over, exp(b.reach)) END AS high,
    b.months,
    CAST(t.watched AS BIGINT) AS watched,
    CAST(b.conversions AS BIGINT) AS conversions,
    CAST(t.mature_entered AS BIGINT) AS mature_entered,
    CAST(t.mature_reached AS BIGINT) AS mature_reached,
    t.mature_reached / nullif(t.mature_entered, 0) AS mature_rate,
    wilson_low(t.mature_reached, t.mature_entered) AS mature_low,
    wilson_high(t.mature_reached, t.mature_entered) AS mature_high,
    t.in_period_ratio, t.to_date_ratio, t.few
FROM totals t
LEFT JOIN bounds b
    ON b.from_stage = t.from_stage AND b.to_stage = t.to_stage AND b.lead_type IS NOT DISTINCT FROM t.lead_type
ORDER BY t.place, t.lead_type NULLS FIRST
