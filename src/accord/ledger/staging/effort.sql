-- title: How much is known of a lead and was done about it
-- grain: one lead with any fact
-- meaning: `facts` of any kind, `attempts` that count for depth, `touches` by channel and the last of them, and when the
--   lead was given back after as many attempts as agreed
CREATE TEMP TABLE effort AS
WITH told AS (
    SELECT id, count(*) AS facts FROM known GROUP BY id
),
tried AS (
    SELECT id, max(place) AS attempts FROM attempt GROUP BY id
),
by_channel AS (
    SELECT
        id,
        max(occurred_at) AS last_at,
        {
            'call': count(*) FILTER (channel = 'call'),
            'voicemail': count(*) FILTER (channel = 'voicemail'),
            'email': count(*) FILTER (channel = 'email'),
            'video': count(*) FILTER (channel = 'video'),
            'chat': count(*) FILTER (channel = 'chat'),
            'sms': count(*) FILTER (channel = 'sms'),
            'social': count(*) FILTER (channel = 'social'),
            'visit': count(*) FILTER (channel = 'visit'),
            'other': count(*) FILTER (
                channel IS NULL
                OR channel NOT IN ('call', 'voicemail', 'email', 'video', 'chat', 'sms', 'social', 'visit')
            )
        } AS touches
    FROM touch
    GROUP BY id
),
given_up AS (
    SELECT e.id, min(e.occurred_at) AS at
    FROM (SELECT id, occurred_at FROM known WHERE kind IN ('returned', 'disqualified')) e
    CROSS JOIN params p
    JOIN attempt a ON a.id = e.id AND a.place = p.minimum AND a.occurred_at <= e.occurred_at
    GROUP BY e.id
)
SELECT o.id, o.facts, t.attempts, c.last_at AS last_touch_at, c.touches, g.at AS given_up_at
FROM told o
LEFT JOIN tried t ON t.id = o.id
LEFT JOIN by_channel c ON c.id = o.id
LEFT JOIN given_up g ON g.id = o.id
