-- title: When each lead entered each stage of the funnel
-- grain: one lead that is not a duplicate: the lead it went into enters instead
-- meaning: by its own event, or because a later stage implies the earlier ones at that time; `sal` also by silence,
--   once the window to reject has closed; `rejected` unless an arbitration took that back
-- requirements: 5.3, 5.9
CREATE TABLE passage AS
WITH own AS (
    SELECT
        c.id, c.lead_type, c.stream, c.segment,
        c.rejected_at IS NOT NULL AND c.restored_at IS NULL AS rejected,
        c.created_at,
        least(c.qualified_at, c.delivered_at) AS qualified_at,
        least(c.accepted_at, CASE WHEN v.state = 'kept' THEN v.met_at END) AS accepted_at,
        c.sql_at,
        c.opportunity_at,
        least(c.proposal_at, c.won_at) AS proposal_at,
        c.won_at AS customer_at
    FROM cycle c
    LEFT JOIN timed v ON v.id = c.id AND v.promise = 'accepted_leads'
    WHERE c.merged_at IS NULL
)
SELECT
    id, lead_type, stream, segment, rejected,
    least(created_at, qualified_at, accepted_at, sql_at, opportunity_at, proposal_at) AS lead_at,
    least(qualified_at, accepted_at, sql_at, opportunity_at, proposal_at) AS mql_at,
    least(accepted_at, sql_at, opportunity_at, proposal_at) AS sal_at,
    least(sql_at, opportunity_at, proposal_at) AS sql_at,
    least(opportunity_at, proposal_at) AS opportunity_at,
    proposal_at,
    customer_at
FROM own
