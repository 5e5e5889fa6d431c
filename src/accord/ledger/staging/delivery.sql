-- title: The first hand-off of each lead
-- grain: one lead that was handed off
-- meaning: "first" is the earliest occurred; ties fall to the earlier recorded, then to the text itself, so that order
--   and repetition of events change nothing. NULL compares as the greatest, as in the row form. Only the few with
--   several need comparing.
CREATE TEMP TABLE delivery AS
WITH handed AS (
    SELECT
        l.id, e.occurred_at, e.recorded_at, e.actor, e.channel, e.agreement, e.calendar, e.value, e.due_at, e.side,
        e.outcome
    FROM event e
    JOIN lead l ON l.lead = e.lead
    WHERE e.kind = 'handed_off'
),
several AS (
    SELECT id FROM handed GROUP BY id HAVING count(*) > 1
),
first AS (
    SELECT
        h.id,
        min({
            'at': h.occurred_at, 'recorded': h.recorded_at, 'actor': h.actor, 'channel': h.channel,
            'agreement': h.agreement, 'calendar': h.calendar, 'value': h.value, 'due': h.due_at, 'side': h.side,
            'outcome': h.outcome
        }) AS said
    FROM handed h
    SEMI JOIN several s ON s.id = h.id
    GROUP BY h.id
)
SELECT h.id, h.occurred_at, h.actor, h.channel, h.agreement, h.calendar, h.value, h.due_at, h.outcome
FROM handed h
ANTI JOIN several s ON s.id = h.id
UNION ALL
SELECT
    id, said.at, said.actor, said.channel, said.agreement, said.calendar, said.value, said.due, said.outcome
FROM first
