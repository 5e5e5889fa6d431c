-- title: When each stage of the funnel was entered
-- grain: one lead and stage that it entered
-- meaning: `passage`, a row a stage
CREATE VIEW stage_entry AS
SELECT *, local_day(entered_at) AS entered_on
FROM (
    SELECT id, lead_type, stream, segment, rejected, 'lead' AS stage, 1 AS place, lead_at AS entered_at FROM passage
    UNION ALL
    SELECT id, lead_type, stream, segment, rejected, 'mql', 2, mql_at FROM passage
    UNION ALL
    SELECT id, lead_type, stream, segment, rejected, 'sal', 3, sal_at FROM passage
    UNION ALL
    SELECT id, lead_type, stream, segment, rejected, 'sql', 4, sql_at FROM passage
    UNION ALL
    SELECT id, lead_type, stream, segment, rejected, 'opportunity', 5, opportunity_at FROM passage
    UNION ALL
    SELECT id, lead_type, stream, segment, rejected, 'proposal', 6, proposal_at FROM passage
    UNION ALL
    SELECT id, lead_type, stream, segment, rejected, 'customer', 7, customer_at FROM passage
)
WHERE entered_at IS NOT NULL
