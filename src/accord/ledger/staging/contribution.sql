-- title: What each lead brings towards the promises that count
-- grain: one lead and measure that it counts for, on the local day that it counts on
-- meaning: leads and their value by day of delivery, net of rejects (credit by hand or by silence); `delivered_leads`
--   whatever became of them, duplicates aside, which bring nothing; revenue by the day the deal was won. Points are decimals.
-- requirements: 5.4, 5.6, S0.24, C9, C16
CREATE VIEW contribution AS
SELECT
    'accepted_leads' AS measure, id, lead_type, stream, delivered_on AS "on", CAST(1 AS DECIMAL(38, 9)) AS points
FROM handoff
WHERE state = 'kept'
UNION ALL
SELECT 'lead_value', id, lead_type, stream, delivered_on, price FROM handoff WHERE state = 'kept'
UNION ALL
SELECT 'delivered_leads', id, lead_type, stream, delivered_on, 1 FROM handoff
WHERE state <> 'void'
UNION ALL
SELECT 'revenue', id, lead_type, stream, local_day(won_at), CAST(amount AS DECIMAL(38, 9)) FROM cycle
WHERE won_at IS NOT NULL AND merged_at IS NULL
