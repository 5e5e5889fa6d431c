-- title: What was owed for each delivered lead on a clock, and what came of it
-- grain: one promise about one delivered lead
-- meaning: `met_*` is what would keep the promise, `ended_at` what ends the duty otherwise, `void_at` what makes it
--   void whatever else happened, `restored` what takes a reject back; the next step adds the clock, which starts at
--   delivery, for the reason of a reject at the reject
CREATE VIEW duty AS
SELECT
    'first_touch_in_time' AS promise, lead, lead_type, terms_type, calendar, agreement, delivered_at, delivered_on,
    delivered_at AS started_at, delivered_on AS started_on, CASE WHEN keep_due THEN frozen_due_at END AS frozen_due_at,
    touched_at AS met_at, touched_by AS actor, touched_through AS channel, FALSE AS met_by_silence,
    least(gone_at, rejected_at) AS ended_at, CAST(NULL AS TIMESTAMP) AS void_at, NULL AS restored,
    touch_excused_at AS excused_at
FROM cycle
CROSS JOIN (SELECT keep_due FROM params)
WHERE delivered_at IS NOT NULL
UNION ALL
SELECT
    'decided_in_time', lead, lead_type, terms_type, calendar, agreement, delivered_at, delivered_on,
    delivered_at, delivered_on, NULL,
    decision.at, decision.actor, decision.channel, FALSE, gone_at, NULL, NULL, decision_excused_at
FROM cycle
WHERE delivered_at IS NOT NULL
UNION ALL
SELECT
    'feedback_in_time', lead, lead_type, terms_type, calendar, agreement, delivered_at, delivered_on,
    rejected_at, local_day(rejected_at), NULL,
    told.at, told.actor, told.channel, FALSE, gone_at, NULL, NULL, feedback_excused_at
FROM cycle
WHERE delivered_at IS NOT NULL AND rejected_at IS NOT NULL
UNION ALL
SELECT
    'accepted_leads', lead, lead_type, terms_type, calendar, agreement, delivered_at, delivered_on,
    delivered_at, delivered_on, NULL,
    least(hand.at, silence.at),
    CASE WHEN hand.at <= silence.at OR silence.at IS NULL THEN hand.actor ELSE silence.actor END,
    CASE WHEN hand.at <= silence.at OR silence.at IS NULL THEN hand.channel ELSE silence.channel END,
    silence.at IS NOT NULL AND (hand.at IS NULL OR silence.at < hand.at),
    rejected_at, merged_at, restored, NULL
FROM cycle
WHERE delivered_at IS NOT NULL
