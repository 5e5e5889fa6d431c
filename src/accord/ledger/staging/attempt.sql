-- title: Attempts that count for depth, numbered
-- grain: one lead and instant: what happens at one instant is one attempt
-- meaning: by hand by sales, or by machine where the agreement lets automated attempts count; an unknown side is
--   taken for sales
CREATE TABLE attempt AS
WITH counted AS (
    SELECT DISTINCT e.lead, e.occurred_at
    FROM event e
    JOIN lead l ON l.lead = e.lead
    CROSS JOIN params p
    LEFT JOIN term_automated a ON a.lead_type = l.terms_type AND a.channel = e.channel
    WHERE e.kind = 'attempted'
        AND (e.side IN ('sales', 'machine') OR e.side IS NULL)
        AND (p.machines_count OR (a.channel IS NULL AND e.side IS DISTINCT FROM 'machine'))
)
SELECT lead, occurred_at, row_number() OVER (PARTITION BY lead ORDER BY occurred_at) AS place
FROM counted
