-- title: Verdicts on the cadence
-- grain: one delivered lead whose type has checkpoints
-- meaning: a checkpoint counts if the lead reached its age while sales still chased it; one missed stays missed.
--   Kept: every checkpoint so far was met; pending: the first is still to come; void: the chase ended before it.
-- requirements: S4.33, F13, 5.2
CREATE TABLE cadence AS
WITH point AS (
    SELECT
        c.id,
        t.step,
        t.attempts AS needed,
        t.age_us,
        h.on_wall AS wall_stops,
        h.on_calendar AS work_stops,
        c.chase_over_at,
        c.delivered_at + to_microseconds(t.age_us + delay(h.on_wall, t.age_us)) AS due_at,
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
        *,
        max(CAST(missed AS INTEGER)) OVER (PARTITION BY id) AS any_missed,
        max(CAST(past AS INTEGER)) OVER (PARTITION BY id) AS any_past,
        max(CAST(still_open AS INTEGER)) OVER (PARTITION BY id) AS any_open,
        row_number() OVER (
            PARTITION BY id
            ORDER BY CASE WHEN missed THEN step WHEN past THEN 2000 - step ELSE 3000 + step END
        ) AS place
    FROM weighed
),
chosen AS (
    SELECT
        *,
        CASE
            WHEN any_missed = 1 THEN 'broken' WHEN any_past = 1 THEN 'kept' WHEN any_open = 1 THEN 'pending'
            ELSE 'void'
        END AS state
    FROM telling
    WHERE place = 1
),
done AS (
    SELECT k.id, count(*) AS done
    FROM chosen k
    JOIN attempt a ON a.id = k.id AND a.occurred_at <= k.due_at
    GROUP BY k.id
),
closed AS (
    SELECT
        c.*,
        k.due_at, k.needed, k.age_us,
        k.state, k.wall_stops, k.work_stops,
        CASE WHEN k.state = 'kept' THEN k.hit_at END AS met_at,
        coalesce(d.done, 0) AS done,
        coalesce(CASE WHEN k.state = 'kept' THEN k.hit_at END, c.chase_over_at, p.as_of) AS until_at
    FROM chosen k
    JOIN cycle c ON c.id = k.id
    CROSS JOIN params p
    LEFT JOIN done d ON d.id = k.id
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
    'cadence_kept' AS promise, id, lead, lead_type, CASE WHEN excused THEN 'excused' ELSE state END AS state,
    delivered_at, delivered_on, delivered_at AS started_at, delivered_on AS started_on, due_at, met_at,
    chase_over_at AS ended_at,
    CAST(NULL AS VARCHAR) AS actor,
    CAST(NULL AS VARCHAR) AS channel,
    work_run - stood(work_stops, work_run) AS worked_us,
    wall_run - stood(wall_stops, wall_run) AS wall_us,
    age_us AS budget_us, TRUE AS on_wall, calendar, agreement,
    coalesce(met_at < delivered_at, FALSE) AS before_delivery,
    FALSE AS by_silence,
    done, needed,
    stood(wall_stops, wall_run) AS paused_us
FROM run
