-- title: What was owed for each delivered lead on a clock, and what came of it
-- grain: one promise about one delivered lead
-- meaning: `met_*` is what would keep the promise, `ended_at` what ends the duty otherwise, `void_at` what makes it
--   void whatever else happened, `restored` what takes a reject back; the next step adds the clock, which starts at
--   delivery, for the reason of a reject at the reject
CREATE TEMP VIEW duty AS
SELECT
    'first_touch_in_time' AS promise, id, lead, lead_type, terms_type, calendar, agreement, delivered_at, delivered_on,
    delivered_at AS started_at, delivered_on AS started_on, CASE WHEN keep_due THEN frozen_due_at END AS frozen_due_at,
    touched_at AS met_at, touched_by AS actor, touched_through AS channel, FALSE AS met_by_silence,
    least(gone_at, rejected_at) AS ended_at, CAST(NULL AS TIMESTAMP) AS void_at, NULL AS restored,
    touch_excused_at AS excused_at
FROM cycle
CROSS JOIN (SELECT keep_due FROM params)
WHERE delivered_at IS NOT NULL
UNION ALL
SELECT
    'decided_in_time', c.id, c.lead, c.lead_type, c.terms_type, c.calendar, c.agreement, c.delivered_at, c.delivered_on,
    c.delivered_at, c.delivered_on, NULL,
    moment_at(c.decision), w.actor, w.channel, FALSE, c.gone_at, NULL, NULL, c.decision_excused_at
FROM cycle c
LEFT JOIN who w ON w.who = moment_who(c.decision)
WHERE c.delivered_at IS NOT NULL
UNION ALL
SELECT
    'feedback_in_time', id, lead, lead_type, terms_type, calendar, agreement, delivered_at, delivered_on,
    rejected_at, local_day(rejected_at), NULL,
    told.at, told.actor, told.channel, FALSE, gone_at, NULL, NULL, feedback_excused_at
FROM cycle
WHERE delivered_at IS NOT NULL AND rejected_at IS NOT NULL
UNION ALL
SELECT
    'accepted_leads', c.id, c.lead, c.lead_type, c.terms_type, c.calendar, c.agreement, c.delivered_at, c.delivered_on,
    c.delivered_at, c.delivered_on, NULL,
    moment_at(c.met), w.actor, w.channel, c.by_silence, c.rejected_at, c.merged_at, c.restored, NULL
FROM (
    SELECT
        *,
        silence IS NOT NULL AND (hand IS NULL OR moment_at(silence) < moment_at(hand)) AS by_silence,
        CASE WHEN by_silence THEN silence ELSE hand END AS met
    FROM cycle
) c
LEFT JOIN who w ON w.who = moment_who(c.met)
WHERE c.delivered_at IS NOT NULL
