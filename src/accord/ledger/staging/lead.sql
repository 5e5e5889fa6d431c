-- title: Leads, each once, with the row of the terms that apply to it
-- grain: one lead: every lead of the log known by as-of, and every lead that only its events name
-- meaning: where exports hold a lead twice, the earliest created row stands; `terms_type` is '' for types
--   about which the agreement says nothing; who was created after as-of, and did nothing before, is not known yet
CREATE TABLE lead AS
WITH every AS (
    SELECT * FROM log_lead
    UNION ALL BY NAME
    SELECT DISTINCT e.lead FROM event e ANTI JOIN log_lead l ON l.lead = e.lead
),
repeated AS (
    SELECT lead FROM every GROUP BY lead HAVING count(*) > 1
),
ranked AS (
    SELECT
        e.*,
        row_number() OVER (
            PARTITION BY e.lead
            ORDER BY
                e.created_at NULLS LAST, e.lead_type NULLS LAST, e.stream NULLS LAST, e.segment NULLS LAST,
                e.persona NULLS LAST, e."source" NULLS LAST, e.source_owner NULLS LAST, e.account NULLS LAST,
                e.contact NULLS LAST
        ) AS place
    FROM every e
    SEMI JOIN repeated r ON r.lead = e.lead
),
once AS (
    SELECT e.* FROM every e ANTI JOIN repeated r ON r.lead = e.lead
    UNION ALL
    SELECT * EXCLUDE (place) FROM ranked WHERE place = 1
),
doubtful AS (  -- few, unless the log never says when leads were created
    SELECT o.lead, o.created_at FROM once o CROSS JOIN params p WHERE o.created_at IS NULL OR o.created_at > p.as_of
),
unborn AS (
    SELECT d.lead
    FROM doubtful d
    ANTI JOIN event e ON e.lead = d.lead
    WHERE d.created_at IS NOT NULL OR d.lead IN (SELECT lead FROM log_event)
)
SELECT
    o.lead, o.account, o.lead_type, o.stream, o.segment, o.persona, o."source", o.source_owner,
    CASE WHEN o.created_at <= p.as_of THEN o.created_at END AS created_at,
    coalesce(t.lead_type, '') AS terms_type
FROM once o
CROSS JOIN params p
LEFT JOIN term_type t ON t.lead_type = o.lead_type
ANTI JOIN unborn u ON u.lead = o.lead
