-- title: What was owed for each delivered lead on a clock, and what came of it
-- grain: one promise about one delivered lead
-- meaning: `met_at` and `who` are what would keep the promise, `ended_at` what ends the duty otherwise, `void_at` what
--   makes it void whatever else happened, `restored_*` what takes a reject back; the next step adds the clock, which
--   starts at delivery, for the reason of a reject at the reject
CREATE TEMP VIEW duty AS
SELECT
    'first_touch_in_time' AS promise, id, terms_type, calendar, delivered_at AS started_at, delivered_on AS started_on,
    CASE WHEN keep_due THEN frozen_due_at END AS frozen_due_at,
    touched_at AS met_at, touched_who AS who, FALSE AS met_by_silence,
    least(gone_at, rejected_at) AS ended_at, CAST(NULL AS TIMESTAMP) AS void_at,
    CAST(NULL AS TIMESTAMP) AS restored_at, CAST(NULL AS INTEGER) AS restored_who,
    touch_excused_at AS excused_at
FROM cycle
CROSS JOIN (SELECT keep_due FROM params)
WHERE delivered_at IS NOT NULL
UNION ALL
SELECT
    'decided_in_time', id, terms_type, calendar, delivered_at, delivered_on, NULL,
    decision_at, decision_who, FALSE, gone_at, NULL, NULL, NULL, decision_excused_at
FROM cycle
WHERE delivered_at IS NOT NULL
UNION ALL
SELECT
    'feedback_in_time', id, terms_type, calendar, rejected_at, local_day(rejected_at), NULL,
    told_at, told_who, FALSE, gone_at, NULL, NULL, NULL, feedback_excused_at
FROM cycle
WHERE delivered_at IS NOT NULL AND rejected_at IS NOT NULL
UNION ALL
SELECT
    'accepted_leads', id, terms_type, calendar, delivered_at, delivered_on, NULL,
    CASE WHEN by_silence THEN silence_at ELSE hand_at END, CASE WHEN by_silence THEN silence_who ELSE hand_who END,
    by_silence, rejected_at, merged_at, restored_at, restored_who, NULL
FROM (
    SELECT *, silence_at IS NOT NULL AND (hand_at IS NULL OR silence_at < hand_at) AS by_silence FROM cycle
)
WHERE delivered_at IS NOT NULL
