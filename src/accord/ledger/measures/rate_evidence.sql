-- title: What the plan's rates rest on
-- grain: one step from stage to stage, stream (NULL: the only one, or unknown) and lead type (NULL: unknown)
-- unit: leads; share
-- meaning: how many leads entered a stage and how many of them reached the next, over mature cohorts alone: months whose
--   youngest lead is older than nine in ten of those that converted took. These are the counts to write beside a rate of
--   the agreement, and to judge by how sure a plan is. Cohorts up to the end of the period, however old.
-- requirements: S4.6, S4.28, 5.3
-- columns:
--   from_stage: the stage entered
--   to_stage: the stage reached
--   stream: the stream
--   lead_type: the type
--   entered: leads of mature cohorts that entered from_stage
--   reached: of those, reached to_stage by as-of
--   rate: reached ÷ entered; NULL while no cohort is mature
--   low: lower bound of the 95 % interval of the rate (Wilson)
--   high: upper bound
--   few: fewer than 30 conversions, too few to plan on
--   cohorts: how many mature months
--   from_on: first day of the first of them
--   to_on: last day of the last
WITH moved AS (
    SELECT
        m.from_stage, m.to_stage, m.place, m.lead_type,
        CASE WHEN NOT p.one_stream THEN m.stream END AS stream,
        m.cohort, m.reached_at, m.days
    FROM stage_move m
    CROSS JOIN params p
),
slowness AS (
    SELECT from_stage, to_stage, stream, lead_type, quantile_disc(days, 0.9) AS p90
    FROM moved
    WHERE reached_at IS NOT NULL
    GROUP BY from_stage, to_stage, stream, lead_type
),
mature AS (
    SELECT
        m.from_stage, m.to_stage, m.place, m.stream, m.lead_type, m.reached_at, m.cohort,
        m.cohort + INTERVAL 1 MONTH + to_microseconds(CAST(s.p90 * 86400e6 AS BIGINT)) <= local_time(p.as_of)
            AS old_enough
    FROM moved m
    CROSS JOIN params p
    LEFT JOIN slowness s
        ON s.from_stage = m.from_stage AND s.to_stage = m.to_stage
        AND s.stream IS NOT DISTINCT FROM m.stream AND s.lead_type IS NOT DISTINCT FROM m.lead_type
),
counted AS (
    SELECT
        from_stage, to_stage, place, stream, lead_type,
        count(*) FILTER (old_enough) AS entered,
        count(reached_at) FILTER (old_enough) AS reached,
        count(DISTINCT cohort) FILTER (old_enough) AS cohorts,
        min(cohort) FILTER (old_enough) AS from_on,
        CAST(max(cohort) FILTER (old_enough) + INTERVAL 1 MONTH - INTERVAL 1 DAY AS DATE) AS to_on
    FROM mature
    GROUP BY from_stage, to_stage, place, stream, lead_type
)
SELECT
    from_stage, to_stage, stream, lead_type, entered, reached,
    reached / nullif(entered, 0) AS rate,
    wilson_low(reached, entered) AS low,
    wilson_high(reached, entered) AS high,
    reached < 30 AS few,
    cohorts, from_on, to_on
FROM counted
ORDER BY place, stream NULLS FIRST, lead_type NULLS FIRST
