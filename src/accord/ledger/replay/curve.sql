-- title: The share kept against the time to the first touch
-- grain: one row of the terms, or NULL for all leads, and one time of the raster
-- meaning: what would be kept and broken if every lead of the row had that time, on its own clock; in one pass: each
--   clock is put to the first time that it keeps within, and summed up from there
WITH placed AS (
    SELECT t.terms_type, t.met, t.pardoned, coalesce(p.minutes, 1000000000) AS minutes
    FROM tried t
    ASOF LEFT JOIN raster p ON p.budget_us >= t.elapsed_us
),
counted AS (
    SELECT
        terms_type, minutes,
        count(*) FILTER (WHERE met) AS kept,
        count(*) FILTER (WHERE NOT pardoned) AS owed
    FROM placed
    GROUP BY GROUPING SETS ((minutes), (terms_type, minutes))
),
every AS (
    SELECT k.terms_type, p.minutes, coalesce(c.kept, 0) AS kept, coalesce(c.owed, 0) AS owed
    FROM (SELECT DISTINCT terms_type FROM counted) k
    CROSS JOIN (SELECT minutes FROM raster UNION ALL SELECT 1000000000) p
    LEFT JOIN counted c ON c.terms_type IS NOT DISTINCT FROM k.terms_type AND c.minutes = p.minutes
),
summed AS (
    SELECT
        terms_type, minutes,
        sum(kept) OVER upwards AS kept,
        sum(owed) OVER (PARTITION BY terms_type) - sum(owed) OVER upwards AS broken
    FROM every
    WINDOW upwards AS (PARTITION BY terms_type ORDER BY minutes)
)
SELECT terms_type, minutes, CAST(kept AS BIGINT) AS kept, CAST(broken AS BIGINT) AS broken
FROM summed
WHERE minutes < 1000000000
ORDER BY terms_type NULLS FIRST, minutes
