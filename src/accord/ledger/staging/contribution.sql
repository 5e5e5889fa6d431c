-- title: What each lead brings towards the promises that count
-- grain: one lead and measure that it counts for, on the local day that it counts on
-- meaning: leads and their value by day of delivery, net of rejects (credit by hand or by silence); `delivered_leads`
--   whatever became of them; revenue by the day the deal was won. Points are decimals.
-- requirements: 5.4, 5.6, S0.24, C9, C16
CREATE TABLE contribution AS
WITH credited AS (
    SELECT c.lead, c.lead_type, c.stream, c.delivered_on, c.price
    FROM timed v
    JOIN cycle c ON c.lead = v.lead
    WHERE v.promise = 'accepted_leads' AND v.state = 'kept'
)
SELECT 'accepted_leads' AS measure, lead, lead_type, stream, delivered_on AS "on", CAST(1 AS DECIMAL(38, 9)) AS points
FROM credited
UNION ALL
SELECT 'lead_value', lead, lead_type, stream, delivered_on, price FROM credited
UNION ALL
SELECT 'delivered_leads', lead, lead_type, stream, delivered_on, 1 FROM cycle WHERE delivered_at IS NOT NULL
UNION ALL
SELECT 'revenue', lead, lead_type, stream, local_day(won_at), CAST(amount AS DECIMAL(38, 9)) FROM cycle
WHERE won_at IS NOT NULL
