-- title: Conversion by type, stream and segment
-- grain: one step from stage to stage and one cell: a stream, a segment, or a lead type within either or both
-- unit: leads; share
-- meaning: of the leads of a cell that entered a stage, how many ever reached the next, over mature months alone:
--   months whose youngest lead is older than nine in ten of those of its type that converted took, as in `conversion`.
--   Leads of younger months are counted apart, as their rate still grows. A later stage implies the earlier ones.
--   Rejected leads stay in the denominator, since marketing claimed them, and are listed beside it. Fewer than 30
--   conversions are too few to plan on. Months up to the end of the period, however old.
-- requirements: S4.17, 5.3, F16
-- columns:
--   from_stage: the stage entered
--   to_stage: the stage reached
--   by: what the cell is apart in: stream, segment, or lead_type with one of them or both; the others are together
--   lead_type: the type; NULL for all together, or unknown where it is apart
--   stream: the stream, likewise
--   segment: the segment, likewise
--   entered: leads of mature months that entered from_stage
--   reached: of those, reached to_stage by as-of
--   rate: reached ÷ entered; NULL while no month is mature
--   low: lower bound of the 95 % interval of the rate (Wilson)
--   high: upper bound
--   rejected: of those that entered, refused by sales and never reached to_stage
--   young: leads of months that are not mature yet
--   young_reached: of those, reached to_stage so far
--   few: fewer than 30 conversions, too few to plan on
WITH moved AS (  -- one row a cell and month of entry: few, however many leads
    SELECT
        place, lead_type, stream, segment, rejected, cohort,
        reached_at IS NOT NULL AS reached,
        count(*) AS leads
    FROM stage_move
    GROUP BY ALL
),
slowness AS (  -- as in `conversion`
    SELECT place, lead_type, quantile_disc(days, 0.9) AS p90
    FROM stage_move
    WHERE reached_at IS NOT NULL
    GROUP BY place, lead_type
),
aged AS (
    SELECT
        m.*,
        coalesce(
            m.cohort + INTERVAL 1 MONTH + to_microseconds(CAST(s.p90 * 86400e6 AS BIGINT)) <= local_time(p.as_of), FALSE
        ) AS mature
    FROM moved m
    CROSS JOIN params p
    LEFT JOIN slowness s ON s.place = m.place AND s.lead_type IS NOT DISTINCT FROM m.lead_type
),
counted AS (
    SELECT
        place, lead_type, stream, segment,
        grouping(lead_type, stream, segment) AS level,
        coalesce(sum(leads) FILTER (mature), 0) AS entered,
        coalesce(sum(leads) FILTER (mature AND reached), 0) AS reached,
        coalesce(sum(leads) FILTER (mature AND rejected AND NOT reached), 0) AS rejected,
        coalesce(sum(leads) FILTER (NOT mature), 0) AS young,
        coalesce(sum(leads) FILTER (NOT mature AND reached), 0) AS young_reached
    FROM aged
    GROUP BY GROUPING SETS (
        (place, stream), (place, segment), (place, lead_type, stream), (place, lead_type, segment),
        (place, lead_type, stream, segment)
    )
)
SELECT
    s.from_stage, s.to_stage,
    CASE level
        WHEN 5 THEN 'stream' WHEN 6 THEN 'segment' WHEN 1 THEN 'lead_type, stream' WHEN 2 THEN 'lead_type, segment'
        ELSE 'lead_type, stream, segment'
    END AS "by",
    lead_type, stream, segment,
    CAST(entered AS BIGINT) AS entered,
    CAST(reached AS BIGINT) AS reached,
    reached / nullif(entered, 0) AS rate,
    wilson_low(reached, entered) AS low,
    wilson_high(reached, entered) AS high,
    CAST(rejected AS BIGINT) AS rejected,
    CAST(young AS BIGINT) AS young,
    CAST(young_reached AS BIGINT) AS young_reached,
    reached < 30 AS few
FROM counted c
JOIN stage_step s ON s.place = c.place
ORDER BY c.place, level DESC, lead_type NULLS LAST, stream NULLS LAST, segment NULLS LAST
