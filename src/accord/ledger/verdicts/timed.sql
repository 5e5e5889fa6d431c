-- title: Verdicts on a clock: first touch, decision, feedback, credit
-- grain: one promise about one delivered lead, whose row of `cycle` says the rest
-- meaning: kept if met within the budget, inclusive; broken if met later, or not met and the budget used up;
--   pending if not met and still time; void if the duty ended in time by itself. A credit is kept by silence once the
--   window has closed, broken by a reject within it unless that was overturned. Lengths are working or wall
--   microseconds since the clock started, without the time in which it stood still.
-- requirements: S0.36, S1.21, 5.1, 5.4, 5.11, F15, F19
CREATE TABLE timed AS
WITH framed AS (
    SELECT
        d.*,
        t.wall AS on_wall,
        worked(w, d.started_at) AS start_work,
        h.on_calendar AS work_stops,
        h.on_wall AS wall_stops,
        CASE WHEN t.wall THEN h.on_wall ELSE h.on_calendar END AS stops,
        CASE
            WHEN d.frozen_due_at IS NULL THEN t.budget_us
            WHEN t.wall THEN date_diff('microsecond', d.started_at, d.frozen_due_at)
            ELSE worked(f, d.frozen_due_at) - worked(w, d.started_at)
        END AS budget_us
    FROM duty d
    JOIN term_clock t
        ON t.promise = d.promise AND t.calendar = d.calendar AND t.lead_type = d.terms_type
        AND d.started_at >= t.from_at AND d.started_at < t.to_at
    JOIN worktime_day w ON w.calendar = d.calendar AND w.day = CAST(d.started_at AS DATE)
    LEFT JOIN halt h ON h.id = d.id AND d.promise <> 'feedback_in_time'
    LEFT JOIN worktime_day f ON f.calendar = d.calendar AND f.day = CAST(d.frozen_due_at AS DATE)
),
gross AS (
    SELECT
        d.*,
        CASE  -- greatest() would make 0 of an unknown
            WHEN d.met_at IS NULL THEN NULL
            WHEN d.on_wall THEN date_diff('microsecond', d.started_at, greatest(d.met_at, d.started_at))
            ELSE greatest(worked(m, d.met_at) - d.start_work, 0)
        END AS run_to_met,
        CASE
            WHEN d.ended_at IS NULL THEN NULL
            WHEN d.on_wall THEN date_diff('microsecond', d.started_at, greatest(d.ended_at, d.started_at))
            ELSE greatest(worked(e, d.ended_at) - d.start_work, 0)
        END AS run_to_end,
        CASE WHEN d.on_wall THEN date_diff('microsecond', d.started_at, p.as_of) ELSE n.work - d.start_work END
            AS run_to_now,
        p.as_of
    FROM framed d
    CROSS JOIN params p
    JOIN term_calendar n ON n.calendar = d.calendar
    LEFT JOIN worktime_day m ON m.calendar = d.calendar AND m.day = CAST(d.met_at AS DATE)
    LEFT JOIN worktime_day e ON e.calendar = d.calendar AND e.day = CAST(d.ended_at AS DATE)
),
spent AS (
    SELECT
        *,
        run_to_met - stood(stops, run_to_met) AS to_met,
        run_to_end - stood(stops, run_to_end) AS to_end,
        run_to_now - stood(stops, run_to_now) AS to_now,
        budget_us + delay(stops, budget_us) AS run_to_due
    FROM gross
),
due AS (
    SELECT
        s.*,
        CASE
            WHEN s.frozen_due_at IS NOT NULL AND s.run_to_due = s.budget_us THEN s.frozen_due_at
            WHEN s.on_wall THEN s.started_at + to_microseconds(s.run_to_due)
            WHEN s.run_to_due = 0 THEN s.started_at
            ELSE reached(w, s.start_work + s.run_to_due)
        END AS due_at
    FROM spent s
    LEFT JOIN worktime_reach w
        ON w.calendar = s.calendar
        AND w.bucket = (s.start_work + s.run_to_due) // 3600000000
        AND w.before < s.start_work + s.run_to_due
        AND w.last >= s.start_work + s.run_to_due
),
judged AS (
    SELECT
        *,
        promise = 'accepted_leads' AND coalesce(to_end <= budget_us, FALSE) AND (met_at IS NULL OR ended_at < met_at)
            AS refused,
        CASE
            WHEN promise = 'accepted_leads' THEN CASE
                WHEN void_at IS NOT NULL THEN 'void'
                WHEN to_end <= budget_us AND (met_at IS NULL OR ended_at < met_at)
                    THEN CASE WHEN restored_at IS NULL THEN 'broken' ELSE 'kept' END
                WHEN to_met <= budget_us OR to_now > budget_us THEN 'kept'
                ELSE 'pending'
            END
            WHEN met_at IS NOT NULL AND (ended_at IS NULL OR met_at <= ended_at)
                THEN CASE WHEN to_met <= budget_us THEN 'kept' ELSE 'broken' END
            WHEN ended_at IS NOT NULL THEN CASE WHEN to_end <= budget_us THEN 'void' ELSE 'broken' END
            WHEN to_now <= budget_us THEN 'pending'
            ELSE 'broken'
        END AS state
    FROM due
),
closed AS (
    SELECT
        * EXCLUDE (met_at, ended_at, state, who),
        state,
        CASE
            WHEN promise = 'accepted_leads' THEN CASE
                WHEN state = 'kept' AND refused THEN restored_at
                WHEN state = 'kept' AND to_met <= budget_us THEN met_at
                WHEN state = 'kept' THEN due_at
            END
            WHEN ended_at IS NULL OR met_at <= ended_at THEN met_at
        END AS met_at,
        CASE
            WHEN promise = 'accepted_leads'
                THEN CASE state WHEN 'void' THEN void_at WHEN 'broken' THEN ended_at END
            WHEN met_at IS NULL OR met_at > ended_at THEN ended_at
        END AS ended_at,
        CASE
            WHEN promise = 'accepted_leads'
                THEN state = 'kept' AND (refused OR coalesce(to_met <= budget_us, FALSE))
            ELSE met_at IS NOT NULL AND (ended_at IS NULL OR met_at <= ended_at)
        END AS by_somebody,
        CASE WHEN refused THEN restored_who ELSE who END AS somebody
    FROM judged
),
stopped AS (
    SELECT *, coalesce(met_at, ended_at, as_of) AS until_at FROM closed
),
run AS (
    SELECT
        c.*,
        greatest(worked(u, c.until_at) - c.start_work, 0) AS work_run,
        greatest(date_diff('microsecond', c.started_at, c.until_at), 0) AS wall_run,
        c.state = 'broken' AND c.excused_at IS NOT NULL AND (
            c.excused_at <= c.due_at OR x.calendar IS NULL
            OR spent(x.wall, d, c.due_at, e, c.excused_at) <= x.budget_us
        ) AS excused
    FROM stopped c
    JOIN worktime_day u ON u.calendar = c.calendar AND u.day = CAST(c.until_at AS DATE)
    LEFT JOIN worktime_day e ON e.calendar = c.calendar AND e.day = CAST(c.excused_at AS DATE)
    LEFT JOIN worktime_day d
        ON d.calendar = c.calendar AND d.day = CASE WHEN c.excused_at IS NOT NULL THEN CAST(c.due_at AS DATE) END
    LEFT JOIN term_excuse x ON x.calendar = c.calendar AND c.due_at >= x.from_at AND c.due_at < x.to_at
)
SELECT
    promise, id, CASE WHEN excused THEN 'excused' ELSE state END AS state,
    started_at, started_on, due_at, met_at, ended_at,
    CASE WHEN by_somebody THEN somebody END AS who,
    work_run - stood(work_stops, work_run) AS worked_us,
    wall_run - stood(wall_stops, wall_run) AS wall_us,
    budget_us, on_wall,
    coalesce(met_at < started_at, FALSE) AS before_delivery,
    promise = 'accepted_leads' AND state = 'kept' AND NOT refused AND (met_by_silence OR NOT by_somebody) AS by_silence,
    CASE WHEN on_wall THEN stood(wall_stops, wall_run) ELSE stood(work_stops, work_run) END AS paused_us
FROM run
