-- title: Conversion by cohort
-- grain: one step from stage to stage, lead type (NULL: all) and month in which the leads entered the first stage
-- unit: share; days
-- meaning: of the leads that entered a stage in one month, how many ever entered the next, up to as-of. A later stage
--   implies the earlier ones; rejected leads stay in, as marketing claimed them, and are listed apart. A cohort is
--   mature once its youngest lead is older than nine in ten of those that converted took; younger cohorts still grow.
--   The interval is Wilson's, 95 %. Cohorts up to the end of the period, however old.
-- requirements: S4.17, S0.20, 5.3, F16
-- columns:
--   from_stage: the stage entered
--   to_stage: the stage reached
--   lead_type: the type; NULL for all types together
--   cohort: first day of the month of entry, local
--   entered: leads that entered from_stage in that month
--   reached: of those, reached to_stage by as-of
--   rate: reached ÷ entered
--   low: lower bound of the 95 % interval of the rate
--   high: upper bound
--   mature: whether the cohort is old enough to plan with; NULL if nobody ever converted
--   median_days: days from stage to stage, median of those that converted
--   in_period: whether the month lies in the period, at least in part
--   small: fewer than 10 leads entered
--   rejected: of those that entered, refused by sales and never reached to_stage
--   few: fewer than 30 conversions, too few to plan on
WITH moved AS (
    SELECT place, lead_type, rejected, cohort, reached_at, days FROM stage_move
),
slowness AS (
    SELECT place, lead_type, grouping(lead_type) AS together, quantile_disc(days, 0.9) AS p90
    FROM moved
    WHERE reached_at IS NOT NULL
    GROUP BY GROUPING SETS ((place), (place, lead_type))
),
counted AS (
    SELECT
        place, lead_type, cohort, grouping(lead_type) AS together,
        count(*) AS entered,
        count(reached_at) AS reached,
        count(*) FILTER (rejected AND reached_at IS NULL) AS rejected,
        median(days) AS median_days
    FROM moved
    GROUP BY GROUPING SETS ((place, cohort), (place, lead_type, cohort))
    HAVING grouping(lead_type) = 1 OR lead_type IS NOT NULL
)
SELECT
    f.from_stage, f.to_stage, c.lead_type, c.cohort, c.entered, c.reached,
    c.reached / c.entered AS rate,
    wilson_low(c.reached, c.entered) AS low,
    wilson_high(c.reached, c.entered) AS high,
    c.cohort + INTERVAL 1 MONTH + to_microseconds(CAST(s.p90 * 86400e6 AS BIGINT)) <= local_time(p.as_of) AS mature,
    c.median_days,
    c.cohort <= p.to_on AND c.cohort + INTERVAL 1 MONTH > p.from_on AS in_period,
    c.entered < 10 AS small,
    c.rejected,
    c.reached < 30 AS few
FROM counted c
CROSS JOIN params p
JOIN stage_step f ON f.place = c.place
LEFT JOIN slowness s
    ON s.place = c.place AND s.together = c.together AND s.lead_type IS NOT DISTINCT FROM c.lead_type
ORDER BY c.place, c.lead_type NULLS FIRST, c.cohort
