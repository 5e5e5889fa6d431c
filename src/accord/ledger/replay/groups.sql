-- title: How the verdicts of each promise fall under both agreements
-- grain: one promise, one grouping, one key of it; the grouping `all` has one row a promise
-- meaning: counts of verdicts by state, under the first agreement and under the second, and how many moved where
WITH counted AS (
    SELECT
        promise,
        CASE
            WHEN grouping(lead_type) = 0 THEN 'lead_type'
            WHEN grouping(stream) = 0 THEN 'stream'
            WHEN grouping(segment) = 0 THEN 'segment'
            WHEN grouping(pool) = 0 THEN 'pool'
            WHEN grouping(calendar) = 0 THEN 'calendar'
            WHEN grouping("month") = 0 THEN 'month'
            ELSE 'all'
        END AS "by",
        coalesce(lead_type, stream, segment, pool, calendar, "month") AS "key",
        count(*) FILTER (WHERE was = 'kept') AS was_kept,
        count(*) FILTER (WHERE was = 'broken') AS was_broken,
        count(*) FILTER (WHERE was = 'pending') AS was_pending,
        count(*) FILTER (WHERE was = 'excused') AS was_excused,
        count(*) FILTER (WHERE was = 'void') AS was_void,
        count(*) FILTER (WHERE became = 'kept') AS then_kept,
        count(*) FILTER (WHERE became = 'broken') AS then_broken,
        count(*) FILTER (WHERE became = 'pending') AS then_pending,
        count(*) FILTER (WHERE became = 'excused') AS then_excused,
        count(*) FILTER (WHERE became = 'void') AS then_void,
        count(*) FILTER (WHERE was IS DISTINCT FROM became) AS moved,
        count(*) FILTER (WHERE was IS DISTINCT FROM 'broken' AND became = 'broken') AS newly_broken,
        count(*) FILTER (WHERE was IS DISTINCT FROM 'kept' AND became = 'kept') AS newly_kept,
        count(*) FILTER (WHERE promised_was AND was = 'broken') AS owed_broken_was,
        count(*) FILTER (WHERE promised_then AND became = 'broken') AS owed_broken_then,
        count(*) FILTER (WHERE promised_then AND became IN ('kept', 'broken')) AS owed_judged_then,
        count(*) FILTER (WHERE promised_then AND became = 'broken' AND was IS DISTINCT FROM 'broken') AS owed_more,
        count(*) FILTER (WHERE promised_was AND was = 'broken' AND became IS DISTINCT FROM 'broken') AS owed_less
    FROM compared
    GROUP BY GROUPING SETS (
        (promise), (promise, lead_type), (promise, stream), (promise, segment), (promise, pool), (promise, calendar),
        (promise, "month")
    )
)
SELECT *
FROM counted
ORDER BY promise, "by", moved DESC, then_broken DESC, "key" NULLS LAST
