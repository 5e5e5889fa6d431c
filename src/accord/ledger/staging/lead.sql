-- title: Leads, each once, with the row of the terms that apply to it
-- grain: one lead: every lead of the log known by as-of, and every lead that only its events name
-- meaning: `terms_type` is '' for types about which the agreement says nothing; who was created after as-of, and did
--   nothing before, is not known yet
CREATE TEMP TABLE lead AS
WITH stray AS (
    SELECT DISTINCT stray AS lead FROM fact WHERE id IS NULL
),
every AS (
    SELECT * FROM listed
    UNION ALL BY NAME
    SELECT
        CAST((SELECT count(*) FROM listed) + row_number() OVER () AS INTEGER) AS id, lead, '' AS terms_type
    FROM stray
),
doubtful AS (  -- few, unless the log never says when leads were created
    SELECT o.lead, o.created_at FROM listed o CROSS JOIN params p WHERE o.created_at IS NULL OR o.created_at > p.as_of
),
unborn AS (
    SELECT d.lead
    FROM doubtful d
    ANTI JOIN event e ON e.lead = d.lead
    WHERE d.created_at IS NOT NULL OR d.lead IN (SELECT lead FROM log_event)
)
SELECT
    o.id, o.lead, o.account, o.lead_type, o.stream, o.segment, o.persona, o."source", o.source_owner,
    CASE WHEN o.created_at <= p.as_of THEN o.created_at END AS created_at,
    o.terms_type
FROM every o
CROSS JOIN params p
ANTI JOIN unborn u ON u.lead = o.lead
