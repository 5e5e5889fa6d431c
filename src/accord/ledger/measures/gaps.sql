-- title: Gaps between attempts
-- grain: one group of leads by (by, key); the row of all leads comes first
-- unit: seconds; share
-- meaning: how far apart two attempts in a row on a lead are, of the leads that depth looks at: delivered in the period,
--   never connected with, not ended and older than the first checkpoint. Several calls in an hour are one try: a gap
--   below the agreed minimum, in working time of the lead's calendar unless the agreement says wall, is short. Lengths
--   are wall time. Attempts at the very same instant have no gap that anybody knows. Median is the midpoint, p90 the
--   nearest rank.
-- requirements: 5.2, S3.14, S4.5
-- columns:
--   by: all, lead_type, stream, month or owner
--   key: the group's value; NULL if unknown
--   leads: leads with two attempts or more
--   gaps: gaps between two attempts in a row
--   median: wall seconds, median
--   p90: wall seconds, 90th percentile by nearest rank
--   mean: wall seconds, mean
--   short: gaps below the agreed minimum
--   share_short: short ÷ gaps
--   small: fewer than 10 leads
WITH population AS (
    SELECT
        f.lead_type, f.stream, f.worker, date_trunc('month', f.delivered_on) AS month, f.gaps, f.short_gaps
    FROM pursuit f
    CROSS JOIN params p
    WHERE f.unreached AND f.gaps IS NOT NULL AND f.delivered_on BETWEEN p.from_on AND p.to_on
),
counted AS (
    SELECT
        grouping(lead_type, stream, month, worker) AS cut,
        lead_type, stream, month, worker,
        count(*) AS leads,
        sum(short_gaps) AS short
    FROM population
    GROUP BY GROUPING SETS ((), (lead_type), (stream), (month), (worker))
),
gap AS (
    SELECT lead_type, stream, month, worker, unnest(gaps) AS gap_us FROM population
),
spread AS (
    SELECT
        grouping(lead_type, stream, month, worker) AS cut,
        lead_type, stream, month, worker,
        count(*) AS gaps,
        quantile_disc(gap_us, [0.5, 0.5000000001, 0.9]) AS ranks,
        avg(gap_us) AS mean
    FROM gap
    GROUP BY GROUPING SETS ((), (lead_type), (stream), (month), (worker))
    HAVING count(*) > 0
),
named AS (
    SELECT
        CASE s.cut WHEN 15 THEN 'all' WHEN 7 THEN 'lead_type' WHEN 11 THEN 'stream' WHEN 13 THEN 'month' ELSE 'owner' END
            AS "by",
        s.lead_type, s.stream, s.month, s.worker, c.leads, s.gaps, s.ranks, s.mean, c.short
    FROM spread s
    JOIN counted c
        ON c.cut = s.cut
        AND c.lead_type IS NOT DISTINCT FROM s.lead_type
        AND c.stream IS NOT DISTINCT FROM s.stream
        AND c.month IS NOT DISTINCT FROM s.month
        AND c.worker IS NOT DISTINCT FROM s.worker
)
SELECT
    "by",
    CASE "by"
        WHEN 'lead_type' THEN lead_type
        WHEN 'stream' THEN stream
        WHEN 'month' THEN strftime(month, '%Y-%m')
        WHEN 'owner' THEN worker
        ELSE 'all'
    END AS "key",
    leads, gaps,
    (ranks[1] + ranks[2]) / 2e6 AS median,
    ranks[3] / 1e6 AS p90,
    mean / 1e6 AS mean,
    CAST(short AS BIGINT) AS short,
    short / gaps AS share_short,
    leads < 10 AS small
FROM named
ORDER BY "by" <> 'all', "by", "key" NULLS LAST
