-- title: Leads that the log lists, each once, with a number
-- grain: one lead of the log's list
-- meaning: where exports hold a lead twice, the earliest created row stands. The number is the ledger's own and differs
--   from fold to fold: to join by it costs a third of joining by name.
CREATE TEMP TABLE listed AS
WITH repeated AS (
    SELECT lead FROM log_lead GROUP BY lead HAVING count(*) > 1
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
    FROM log_lead e
    SEMI JOIN repeated r ON r.lead = e.lead
),
once AS (
    SELECT e.* FROM log_lead e ANTI JOIN repeated r ON r.lead = e.lead
    UNION ALL
    SELECT * EXCLUDE (place) FROM ranked WHERE place = 1
)
SELECT CAST(row_number() OVER () AS INTEGER) AS id, o.*, coalesce(t.lead_type, '') AS terms_type
FROM once o
LEFT JOIN term_type t ON t.lead_type = o.lead_type
