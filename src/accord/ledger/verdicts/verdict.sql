-- title: Every verdict
-- grain: one promise about one delivered lead
-- meaning: the column form of accord.promises.judge, row for row
CREATE VIEW verdict AS
SELECT
    v.promise, v.id, c.lead, c.lead_type, v.state, c.delivered_at, c.delivered_on, v.started_at, v.started_on, v.due_at,
    v.met_at, v.ended_at, w.actor, w.channel, v.worked_us, v.wall_us, v.budget_us, v.on_wall, c.calendar, c.agreement,
    v.before_delivery, v.by_silence,
    CAST(NULL AS BIGINT) AS done,
    CAST(NULL AS BIGINT) AS needed,
    v.paused_us
FROM timed v
JOIN cycle c ON c.id = v.id
LEFT JOIN who w ON w.who = v.who
UNION ALL BY NAME
SELECT
    v.promise, v.id, c.lead, c.lead_type, v.state, c.delivered_at, c.delivered_on, c.delivered_at AS started_at,
    c.delivered_on AS started_on, v.due_at, v.met_at, c.chase_over_at AS ended_at,
    CAST(NULL AS VARCHAR) AS actor,
    CAST(NULL AS VARCHAR) AS channel,
    v.worked_us, v.wall_us, v.budget_us, TRUE AS on_wall, c.calendar, c.agreement, v.before_delivery,
    FALSE AS by_silence,
    v.done, v.needed, v.paused_us
FROM cadence v
JOIN cycle c ON c.id = v.id
UNION ALL BY NAME
SELECT * FROM complete
