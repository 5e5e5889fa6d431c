-- title: Touches by channel
-- grain: one lead, instant and channel
-- meaning: a call that ends in a voicemail is two touches of one attempt (F14)
CREATE TABLE touch AS
SELECT DISTINCT e.lead, e.occurred_at, e.channel
FROM event e
JOIN lead l ON l.lead = e.lead
CROSS JOIN params p
LEFT JOIN term_automated a ON a.lead_type = l.terms_type AND a.channel = e.channel
WHERE e.kind = 'attempted'
    AND e.channel IS NOT NULL
    AND (e.side IN ('sales', 'machine') OR e.side IS NULL)
    AND (p.machines_count OR (a.channel IS NULL AND e.side IS DISTINCT FROM 'machine'))
