-- title: Who entered a stage, and whether and when they got to the next one that is looked at
-- grain: one lead and step of `stage_step` whose first stage it entered by the end of the period
-- meaning: `passage` read step by step; what was reached later than the period is known too
-- requirements: 5.3
CREATE VIEW stage_move AS
WITH moved AS (
    SELECT
        s.from_stage, s.to_stage, s.place, w.id, w.lead_type, w.stream, w.segment, w.rejected,
        CASE s.from_stage WHEN 'lead' THEN w.lead_at WHEN 'mql' THEN w.mql_at WHEN 'sal' THEN w.sal_at
            WHEN 'sql' THEN w.sql_at WHEN 'opportunity' THEN w.opportunity_at WHEN 'proposal' THEN w.proposal_at
            ELSE w.customer_at END AS entered_at,
        CASE s.to_stage WHEN 'lead' THEN w.lead_at WHEN 'mql' THEN w.mql_at WHEN 'sal' THEN w.sal_at
            WHEN 'sql' THEN w.sql_at WHEN 'opportunity' THEN w.opportunity_at WHEN 'proposal' THEN w.proposal_at
            ELSE w.customer_at END AS reached_at
    FROM passage w
    CROSS JOIN stage_step s
)
SELECT
    m.*,
    local_day(m.entered_at) AS entered_on,
    CAST(date_trunc('month', local_day(m.entered_at)) AS DATE) AS cohort,
    date_diff('microsecond', m.entered_at, m.reached_at) / 86400e6 AS days
FROM moved m
CROSS JOIN params p
WHERE m.entered_at IS NOT NULL AND local_day(m.entered_at) <= p.to_on
