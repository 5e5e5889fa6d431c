-- title: When each stage of the funnel was entered
-- grain: one lead and stage that it entered
-- meaning: by its own event, or because a later stage implies the earlier ones at that time; `sal` also by silence,
--   once the window to reject has closed; `rejected` unless an arbitration took that back. A duplicate enters none: the
--   lead it went into does
-- requirements: 5.3, 5.9
CREATE TABLE stage_entry AS
WITH own AS (
    SELECT
        c.id, c.lead, c.lead_type, c.stream, c.segment,
        c.rejected_at IS NOT NULL AND c.restored IS NULL AS rejected,
        c.created_at AS lead_at,
        least(c.qualified_at, c.delivered_at) AS mql_at,
        least(c.accepted_at, CASE WHEN v.state = 'kept' THEN v.met_at END) AS sal_at,
        c.sql_at, c.opportunity_at, c.proposal_at, c.won_at
    FROM cycle c
    LEFT JOIN timed v ON v.id = c.id AND v.promise = 'accepted_leads'
    WHERE c.merged_at IS NULL
),
every AS (
    SELECT id, lead, lead_type, stream, segment, rejected, 'lead' AS stage, 1 AS place,
        least(lead_at, mql_at, sal_at, sql_at, opportunity_at, proposal_at, won_at) AS entered_at
    FROM own
    UNION ALL
    SELECT id, lead, lead_type, stream, segment, rejected, 'mql', 2,
        least(mql_at, sal_at, sql_at, opportunity_at, proposal_at, won_at) FROM own
    UNION ALL
    SELECT id, lead, lead_type, stream, segment, rejected, 'sal', 3,
        least(sal_at, sql_at, opportunity_at, proposal_at, won_at) FROM own
    UNION ALL
    SELECT id, lead, lead_type, stream, segment, rejected, 'sql', 4,
        least(sql_at, opportunity_at, proposal_at, won_at) FROM own
    UNION ALL
    SELECT id, lead, lead_type, stream, segment, rejected, 'opportunity', 5,
        least(opportunity_at, proposal_at, won_at) FROM own
    UNION ALL
    SELECT id, lead, lead_type, stream, segment, rejected, 'proposal', 6, least(proposal_at, won_at) FROM own
    UNION ALL
    SELECT id, lead, lead_type, stream, segment, rejected, 'customer', 7, won_at FROM own
)
SELECT id, lead, lead_type, stream, segment, rejected, stage, place, entered_at, local_day(entered_at) AS entered_on
FROM every
WHERE entered_at IS NOT NULL
