-- title: Verdicts on the cadence
-- grain: one delivered lead whose type has checkpoints; its row of `cycle` says the rest
-- meaning: a checkpoint counts if the lead reached its age while sales still chased it; one missed stays missed.
--   Kept: every checkpoint so far was met; pending: the first is still to come; void: the chase ended before it.
--   The verdict is about the first that was missed, else the last that is past, else the first.
-- requirements: S4.33, F13, 5.2
CREATE TABLE cadence AS
WITH point AS (
    SELECT
        c.id, c.terms_type, t.step,
        c.delivered_at + to_microseconds(t.age_us + delay(h.on_wall, t.age_us)) AS due_at,
        c.chase_over_at,
        a.occurred_at AS hit_at
    FROM cycle c
    JOIN term_cadence t ON t.lead_type = c.terms_type
    LEFT JOIN attempt a ON a.id = c.id AND a.place = t.attempts
    LEFT JOIN halt h ON h.id = c.id
    WHERE c.delivered_at IS NOT NULL
),
opened AS (
    SELECT *, chase_over_at IS NULL OR due_at < chase_over_at AS still_open FROM point
),
weighed AS (
    SELECT
        point.*,
        still_open AND due_at < p.as_of AS past,
        still_open AND due_at < p.as_of AND (hit_at IS NULL OR hit_at > due_at) AS missed
    FROM opened point
    CROSS JOIN params p
),
telling AS (
    SELECT
        id, terms_type,
        min(step) FILTER (missed) AS missed,
        max(step) FILTER (past) AS past,
        min(step) AS first,
        bool_or(still_open) AS any_open
    FROM weighed
    GROUP BY id, terms_type
),
chosen AS (
    SELECT
        k.id, t.age_us, t.attempts AS needed,
        CASE
            WHEN k.missed IS NOT NULL THEN 'broken' WHEN k.past IS NOT NULL THEN 'kept' WHEN k.any_open THEN 'pending'
            ELSE 'void'
        END AS state
    FROM telling k
    JOIN term_cadence t ON t.lead_type = k.terms_type AND t.step = coalesce(k.missed, k.past, k.first)
),
aimed AS (
    SELECT
        k.id, k.age_us, k.needed, k.state,
        c.delivered_at, c.calendar, c.chase_over_at, c.cadence_excused_at,
        h.on_wall AS wall_stops,
        h.on_calendar AS work_stops,
        c.delivered_at + to_microseconds(k.age_us + delay(h.on_wall, k.age_us)) AS due_at
    FROM cycle c
    JOIN chosen k ON k.id = c.id
    LEFT JOIN halt h ON h.id = c.id
),
tried AS (
    SELECT
        k.id,
        count(*) FILTER (a.occurred_at <= k.due_at) AS done,
        min(a.occurred_at) FILTER (a.place = k.needed AND k.state = 'kept') AS met_at
    FROM attempt a
    JOIN aimed k ON k.id = a.id
    GROUP BY k.id
),
closed AS (
    SELECT
        k.*,
        d.met_at,
        coalesce(d.done, 0) AS done,
        coalesce(d.met_at, k.chase_over_at, p.as_of) AS until_at
    FROM aimed k
    CROSS JOIN params p
    LEFT JOIN tried d ON d.id = k.id
),
run AS (
    SELECT
        c.*,
        greatest(worked(u, c.until_at) - worked(w, c.delivered_at), 0) AS work_run,
        greatest(date_diff('microsecond', c.delivered_at, c.until_at), 0) AS wall_run,
        c.state = 'broken' AND c.cadence_excused_at IS NOT NULL AND (
            c.cadence_excused_at <= c.due_at OR x.calendar IS NULL
            OR spent(x.wall, d, c.due_at, e, c.cadence_excused_at) <= x.budget_us
        ) AS excused
    FROM closed c
    JOIN worktime_day w ON w.calendar = c.calendar AND w.day = CAST(c.delivered_at AS DATE)
    JOIN worktime_day u ON u.calendar = c.calendar AND u.day = CAST(c.until_at AS DATE)
    LEFT JOIN worktime_day e ON e.calendar = c.calendar AND e.day = CAST(c.cadence_excused_at AS DATE)
    LEFT JOIN worktime_day d
        ON d.calendar = c.calendar
        AND d.day = CASE WHEN c.cadence_excused_at IS NOT NULL THEN CAST(c.due_at AS DATE) END
    LEFT JOIN term_excuse x ON x.calendar = c.calendar AND c.due_at >= x.from_at AND c.due_at < x.to_at
)
SELECT
    'cadence_kept' AS promise, id, CASE WHEN excused THEN 'excused' ELSE state END AS state,
    due_at, met_at,
    work_run - stood(work_stops, work_run) AS worked_us,
    wall_run - stood(wall_stops, wall_run) AS wall_us,
    age_us AS budget_us,
    coalesce(met_at < delivered_at, FALSE) AS before_delivery,
    done, needed,
    stood(wall_stops, wall_run) AS paused_us
FROM run
