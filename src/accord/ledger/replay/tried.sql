-- title: First touches beside themselves under other terms
-- grain: one lead handed off in the period
-- meaning: `elapsed_us` is how long the clock ran until the touch, else until the duty ended, else until now, without
--   the time in which it stood still; so any budget can be held against it. What was excused stays excused where it
--   would be broken. Leads that the change leaves as they were keep their verdict, due times of the hand-off included.
CREATE TEMP TABLE tried AS
WITH clocked AS (
    SELECT
        c.lead, c.lead_type, c.terms_type, c.calendar,
        {freed} AS freed,
        CASE WHEN t.wall THEN v.wall_us ELSE v.worked_us END AS elapsed_us,
        t.budget_us,
        v.met_at IS NOT NULL AS met,
        v.ended_at IS NOT NULL AS ended,
        c.touch_excused_at IS NOT NULL AS pardoned,
        w.state AS was
    FROM {judged}.timed v
    JOIN fold.timed w ON w.id = v.id AND w.promise = v.promise
    JOIN fold.cycle c ON c.id = v.id
    JOIN tried_clock t
        ON t.promise = v.promise AND t.calendar = c.calendar AND t.lead_type = c.terms_type
        AND v.started_at >= t.from_at AND v.started_at < t.to_at
    WHERE v.promise = 'first_touch_in_time' AND w.started_on BETWEEN {from_on} AND {to_on}
)
SELECT
    *,
    CASE
        WHEN NOT freed THEN was
        WHEN met AND elapsed_us <= budget_us THEN 'kept'
        WHEN NOT met AND elapsed_us <= budget_us THEN CASE WHEN ended THEN 'void' ELSE 'pending' END
        WHEN pardoned THEN 'excused'
        ELSE 'broken'
    END AS became
FROM clocked
