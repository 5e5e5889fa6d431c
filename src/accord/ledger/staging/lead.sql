-- title: Leads, each once, with the row of the terms that apply to it
-- grain: one lead: every lead of the log, and every lead that only its events name
-- meaning: where exports hold a lead twice, the earliest created row stands; `terms_type` is '' for types
--   about which the agreement says nothing
CREATE TABLE lead AS
WITH every AS (
    SELECT * FROM log_lead
    UNION ALL BY NAME
    SELECT DISTINCT lead FROM event
),
ranked AS (
    SELECT
        *,
        row_number() OVER (
            PARTITION BY lead
            ORDER BY
                created_at NULLS LAST, lead_type NULLS LAST, stream NULLS LAST, segment NULLS LAST,
                persona NULLS LAST, "source" NULLS LAST, source_owner NULLS LAST, account NULLS LAST,
                contact NULLS LAST
        ) AS place
    FROM every
)
SELECT
    r.lead, r.account, r.lead_type, r.stream, r.segment, r.persona, r."source", r.source_owner,
    CASE WHEN r.created_at <= p.as_of THEN r.created_at END AS created_at,
    coalesce(t.lead_type, '') AS terms_type
FROM ranked r
CROSS JOIN params p
LEFT JOIN term_type t ON t.lead_type = r.lead_type
WHERE r.place = 1
