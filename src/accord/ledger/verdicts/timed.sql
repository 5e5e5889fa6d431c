-- title: Verdicts on a clock: first touch, decision, credit
-- grain: one promise about one delivered lead
-- meaning: kept if met within the budget, inclusive; broken if met later, or not met and the budget used up;
--   pending if not met and still time; void if the duty ended in time by itself. A credit is kept by silence once the
--   window has closed, broken by a reject within it. Lengths are working or wall microseconds since delivery.
-- requirements: S0.36, S1.21, 5.1, 5.4, F15, F19
CREATE TABLE timed AS
WITH framed AS (
    SELECT
        d.*,
        t.wall AS on_wall,
        worked(w, d.delivered_at) AS start_work,
        CASE
            WHEN d.frozen_due_at IS NULL THEN t.budget_us
            WHEN t.wall THEN date_diff('microsecond', d.delivered_at, d.frozen_due_at)
            ELSE worked(f, d.frozen_due_at) - worked(w, d.delivered_at)
        END AS budget_us
    FROM duty d
    JOIN term_clock t
        ON t.promise = d.promise AND t.calendar = d.calendar AND t.lead_type = d.terms_type
        AND d.delivered_at >= t.from_at AND d.delivered_at < t.to_at
    JOIN worktime_day w ON w.calendar = d.calendar AND w.day = CAST(d.delivered_at AS DATE)
    LEFT JOIN worktime_day f ON f.calendar = d.calendar AND f.day = CAST(d.frozen_due_at AS DATE)
),
spent AS (
    SELECT
        d.*,
        CASE  -- greatest() would make 0 of an unknown
            WHEN d.met_at IS NULL THEN NULL
            WHEN d.on_wall THEN date_diff('microsecond', d.delivered_at, greatest(d.met_at, d.delivered_at))
            ELSE greatest(worked(m, d.met_at) - d.start_work, 0)
        END AS to_met,
        CASE
            WHEN d.ended_at IS NULL THEN NULL
            WHEN d.on_wall THEN date_diff('microsecond', d.delivered_at, greatest(d.ended_at, d.delivered_at))
            ELSE greatest(worked(e, d.ended_at) - d.start_work, 0)
        END AS to_end,
        CASE WHEN d.on_wall THEN date_diff('microsecond', d.delivered_at, p.as_of) ELSE n.work - d.start_work END
            AS to_now,
        p.as_of
    FROM framed d
    CROSS JOIN params p
    JOIN term_calendar n ON n.calendar = d.calendar
    LEFT JOIN worktime_day m ON m.calendar = d.calendar AND m.day = CAST(d.met_at AS DATE)
    LEFT JOIN worktime_day e ON e.calendar = d.calendar AND e.day = CAST(d.ended_at AS DATE)
),
due AS (
    SELECT
        s.*,
        CASE
            WHEN s.frozen_due_at IS NOT NULL THEN s.frozen_due_at
            WHEN s.on_wall THEN s.delivered_at + to_microseconds(s.budget_us)
            WHEN s.budget_us = 0 THEN s.delivered_at
            ELSE reached(w, s.start_work + s.budget_us)
        END AS due_at
    FROM spent s
    LEFT JOIN worktime_reach w
        ON w.calendar = s.calendar
        AND w.bucket = (s.start_work + s.budget_us) // 3600000000
        AND w.before < s.start_work + s.budget_us
        AND w.last >= s.start_work + s.budget_us
),
judged AS (
    SELECT
        *,
        CASE
            WHEN promise = 'accepted_leads' THEN CASE
                WHEN void_at IS NOT NULL THEN 'void'
                WHEN to_end <= budget_us AND (met_at IS NULL OR ended_at < met_at) THEN 'broken'
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
        * EXCLUDE (met_at, ended_at, state, actor, channel),
        CASE WHEN state = 'broken' AND excused THEN 'excused' ELSE state END AS state,
        CASE
            WHEN promise = 'accepted_leads' THEN CASE
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
            WHEN promise = 'accepted_leads' THEN state = 'kept' AND coalesce(to_met <= budget_us, FALSE)
            ELSE met_at IS NOT NULL AND (ended_at IS NULL OR met_at <= ended_at)
        END AS by_somebody,
        actor AS somebody,
        channel AS some_channel
    FROM judged
),
stopped AS (
    SELECT *, coalesce(met_at, ended_at, as_of) AS until_at FROM closed
)
SELECT
    c.promise, c.lead, c.lead_type, c.state, c.delivered_at, c.delivered_on, c.due_at, c.met_at, c.ended_at,
    CASE WHEN c.by_somebody THEN c.somebody END AS actor,
    CASE WHEN c.by_somebody THEN c.some_channel END AS channel,
    greatest(worked(u, c.until_at) - c.start_work, 0) AS worked_us,
    greatest(date_diff('microsecond', c.delivered_at, c.until_at), 0) AS wall_us,
    c.budget_us, c.on_wall, c.calendar, c.agreement,
    coalesce(c.met_at < c.delivered_at, FALSE) AS before_delivery,
    c.promise = 'accepted_leads' AND c.state = 'kept' AND (c.met_by_silence OR NOT c.by_somebody) AS by_silence,
    CAST(NULL AS BIGINT) AS done,
    CAST(NULL AS BIGINT) AS needed
FROM stopped c
JOIN worktime_day u ON u.calendar = c.calendar AND u.day = CAST(c.until_at AS DATE)
