-- title: How a lead came: the first of each
-- grain: one lead with any such event
-- meaning: as in `approach`; `assignment` is the last one, whoever it was to
CREATE TEMP TABLE arrival AS
SELECT
    id,
    min(occurred_at) FILTER (kind = 'created') AS created_at,
    min(occurred_at) FILTER (kind = 'qualified') AS qualified_at,
    max(occurred_at) FILTER (kind IN ('qualified', 'handed_off')) AS ready_again_at,
    max(occurred_at) FILTER (kind = 'handed_off') AS delivered_again_at,
    max(moment(occurred_at, recorded_at, who)) FILTER (kind = 'assigned') AS assignment,
    min(occurred_at) FILTER (kind IN ('created', 'signalled') AND side IN ('marketing', 'prospect'))
        AS marketing_touched_at,
    min(occurred_at) FILTER (kind IN ('created', 'signalled') AND side = 'sales') AS sales_touched_at
FROM known
WHERE kind IN ('created', 'qualified', 'handed_off', 'assigned', 'signalled')
GROUP BY id
