-- title: Facts by the number of their lead
-- grain: one fact of the log
-- meaning: read once, for everything that is the first of its kind. `stray` is the lead where the list lacks it;
--   `by_hand` a touch by sales that no machine made, `reached` a contact with a person. What only few kinds say is NULL
--   in the others.
CREATE TEMP TABLE fact AS
SELECT
    l.id,
    CASE WHEN l.id IS NULL THEN e.lead END AS stray,
    e.kind, e.occurred_at, e.recorded_at, e.seq, w.who, e.side,
    a.channel IS NOT NULL AS automated,
    e.kind = 'attempted' AND (e.side = 'sales' OR e.side IS NULL) AND a.channel IS NULL AS by_hand,
    e.kind = 'connected' AND e.side IS DISTINCT FROM 'machine' AS reached,
    CASE WHEN e.kind NOT IN ('attempted', 'connected') THEN e.outcome END AS outcome,
    e.reason,
    e.amount
FROM event e
LEFT JOIN listed l ON l.lead = e.lead
LEFT JOIN who w ON w.actor IS NOT DISTINCT FROM e.actor AND w.channel IS NOT DISTINCT FROM e.channel
LEFT JOIN term_automated a ON a.lead_type = coalesce(l.terms_type, '') AND a.channel = e.channel
