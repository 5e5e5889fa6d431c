-- title: What each lead brings towards the promises that count
-- grain: one lead and measure that it counts for, on the local day that it counts on
-- meaning: leads and their value by day of delivery, net of rejects (credit by hand or by silence); `delivered_leads`
--   whatever became of them; revenue by the day the deal was won. A value frozen at hand-off wins over the agreement's.
--   Points are decimals: sums of binary fractions depend on their order, and so would differ from run to run.
-- requirements: 5.4, 5.6, S0.24, C9, C16
CREATE TABLE contribution AS
WITH credited AS (
    SELECT c.lead, c.lead_type, c.stream, c.delivered_on,
        coalesce(CAST(c.value_said AS DECIMAL(38, 9)), CAST(t.price AS DECIMAL(38, 9))) AS price
    FROM timed v
    JOIN cycle c ON c.lead = v.lead
    CROSS JOIN params p
    LEFT JOIN term_value t
        ON t.stream = CASE WHEN p.one_stream THEN '' ELSE c.stream END
        AND t."key" = CASE p.value_by
            WHEN 'persona' THEN c.persona WHEN 'segment' THEN c.segment ELSE c.lead_type
        END
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
