-- title: When a lead was assigned
-- grain: one lead that was assigned to anybody
-- meaning: `assigned_at` is the first time, `given_at` the last before the touch to the rep who made it
CREATE TEMP TABLE given AS
SELECT
    e.id,
    min(e.occurred_at) AS assigned_at,
    max(e.occurred_at) FILTER (w.actor = t.actor AND e.occurred_at <= moment_at(a.touch)) AS given_at
FROM known e
JOIN who w ON w.who = e.who
LEFT JOIN approach a ON a.id = e.id
LEFT JOIN who t ON t.who = moment_who(a.touch)
WHERE e.kind = 'assigned' AND w.actor IS NOT NULL
GROUP BY e.id
