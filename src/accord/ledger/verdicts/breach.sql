-- title: Why each first touch or decision was not in time
-- grain: one broken or excused promise of sales on a clock about one delivered lead
-- meaning: the column form of accord.promises.causes. A breach that was recorded says its cause itself. Where none
--   was, the log tells less: nobody had the lead by the due time, the hand-off lacked information, it was assigned
--   after half of the time, else it was with a rep; absence and a rep's load it does not hold. NULL where the log never
--   says who leads are assigned to.
-- requirements: 5.1, 5.11
CREATE TABLE breach AS
WITH noted AS (
    SELECT
        lead, outcome AS promise,
        min({'at': occurred_at, 'recorded': recorded_at, 'cause': reason}).cause AS cause
    FROM event
    WHERE kind = 'breached' AND outcome IN ('first_touch_in_time', 'decided_in_time')
        AND reason IN ('system_delay', 'missing_information', 'no_capacity', 'absence', 'rep_delay')
    GROUP BY lead, outcome
),
told AS (
    SELECT count(assigned_at) > 0 AS assignments FROM cycle
)
SELECT
    v.promise, v.id, c.lead_type, c.stream, c.worker, c.delivered_on,
    v.state = 'excused' AS excused,
    n.cause IS NOT NULL AS noted,
    CASE
        WHEN n.cause IS NOT NULL THEN n.cause
        WHEN told.assignments AND (c.assigned_at IS NULL OR c.assigned_at > v.due_at) THEN 'no_capacity'
        WHEN NOT c.complete THEN 'missing_information'
        WHEN NOT told.assignments THEN NULL
        WHEN 2 * date_diff('microsecond', v.started_at, c.assigned_at)
            > date_diff('microsecond', v.started_at, v.due_at) THEN 'system_delay'
        ELSE 'rep_delay'
    END AS cause
FROM timed v
JOIN cycle c ON c.id = v.id
CROSS JOIN told
LEFT JOIN noted n ON n.lead = c.lead AND n.promise = v.promise
WHERE v.promise IN ('first_touch_in_time', 'decided_in_time') AND v.state IN ('broken', 'excused')
