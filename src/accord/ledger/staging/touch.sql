-- title: Touches that count for depth
-- grain: one outbound touch by sales: one fact of the log
-- meaning: by hand, or by machine where the agreement lets automated touches count; an unknown side is taken for
--   sales. A fact is known by its `seq`, so one that is read twice counts once, and rows that an export repeats count
--   as often as it repeats them.
CREATE TABLE touch AS
SELECT DISTINCT e.lead, e.occurred_at, e.channel, e.seq
FROM event e
JOIN lead l ON l.lead = e.lead
CROSS JOIN params p
LEFT JOIN term_automated a ON a.lead_type = l.terms_type AND a.channel = e.channel
WHERE e.kind = 'attempted'
    AND (e.side IN ('sales', 'machine') OR e.side IS NULL)
    AND (p.machines_count OR (a.channel IS NULL AND e.side IS DISTINCT FROM 'machine'))
