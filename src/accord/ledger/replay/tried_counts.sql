-- title: First touches by what became of them, as it was and under other terms
-- grain: one row of the terms, and NULL for all leads
SELECT
    terms_type,
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
    count(*) FILTER (WHERE became = 'broken' AND was <> 'broken') AS newly_broken,
    count(*) FILTER (WHERE became = 'kept' AND was <> 'kept') AS newly_kept
FROM tried
GROUP BY GROUPING SETS ((), (terms_type))
ORDER BY grouping(terms_type) DESC, terms_type
