-- title: How much is known of a lead and was done about it
-- grain: one lead with any fact
-- meaning: `facts` of any kind, `attempts` that count for depth, and when it was given back after as many as agreed
CREATE TEMP TABLE effort AS
WITH told AS (
    SELECT id, count(*) AS facts FROM known GROUP BY id
),
tried AS (
    SELECT id, count(*) AS attempts FROM attempt GROUP BY id
),
given_up AS (
    SELECT e.id, min(e.occurred_at) AS at
    FROM (SELECT id, occurred_at FROM known WHERE kind IN ('returned', 'disqualified')) e
    CROSS JOIN params p
    JOIN attempt a ON a.id = e.id AND a.place = p.minimum AND a.occurred_at <= e.occurred_at
    GROUP BY e.id
)
SELECT o.id, o.facts, t.attempts, g.at AS given_up_at
FROM told o
LEFT JOIN tried t ON t.id = o.id
LEFT JOIN given_up g ON g.id = o.id
