-- title: How sales went after each lead
-- grain: one delivered lead
-- meaning: the stops of its way to the first touch, and what was done about it up to as-of. `touched_at` is the touch
--   that the promise counts. `assigned_at` is the first assignment to anybody, `given_at` the last one before the touch
--   to the rep who made it. `queued_us` and `held_us` are working time on the lead's calendar, without pauses: until
--   somebody had it, and with the rep who touched it. `reached` is connected with or gone on with; `sought` never reached
--   and not ended, of any age, if its type has checkpoints, also after a reject that an arbitration took back;
--   `unreached`, whom depth looks at, of those the ones older than the first checkpoint. `gaps` are the wall lengths
--   between attempts, of the unreached only; attempts at one instant have none that anybody knows.
-- requirements: S0.37, S3.14, S4.5, 5.1, 5.2
CREATE TABLE pursuit AS
WITH first_point AS (
    SELECT lead_type, min(age_us) AS age_us FROM term_cadence GROUP BY lead_type
),
chased AS (
    SELECT
        c.*, v.met_at, v.before_delivery,
        greatest(c.assigned_at, c.delivered_at) AS begun_at,
        greatest(c.given_at, c.delivered_at) AS own_at,
        least(c.connected_at, c.sql_at, c.opportunity_at, c.proposal_at, c.won_at) IS NOT NULL AS reached,
        f.age_us IS NOT NULL AND c.gone_at IS NULL AND (c.rejected_at IS NULL OR c.restored_at IS NOT NULL) AND NOT reached
            AS sought,
        sought AND date_diff('microsecond', c.delivered_at, p.as_of) >= f.age_us AS unreached
    FROM cycle c
    CROSS JOIN params p
    JOIN timed v ON v.id = c.id AND v.promise = 'first_touch_in_time'
    LEFT JOIN first_point f ON f.lead_type = c.terms_type
),
worked_through AS (
    SELECT
        c.id,
        worked(b, c.begun_at) - worked(d, c.delivered_at) AS queue_run,
        worked(o, c.own_at) - worked(d, c.delivered_at) AS own_run,
        greatest(worked(m, c.met_at) - worked(d, c.delivered_at), 0) AS touch_run,
        h.on_calendar AS stops
    FROM chased c
    JOIN worktime_day d ON d.calendar = c.calendar AND d.day = CAST(c.delivered_at AS DATE)
    JOIN worktime_day b ON b.calendar = c.calendar AND b.day = CAST(c.begun_at AS DATE)
    LEFT JOIN worktime_day o ON o.calendar = c.calendar AND o.day = CAST(c.own_at AS DATE)
    LEFT JOIN worktime_day m ON m.calendar = c.calendar AND m.day = CAST(c.met_at AS DATE)
    LEFT JOIN halt h ON h.id = c.id
    WHERE c.assigned_at IS NOT NULL
),
tried AS (
    SELECT c.id, c.terms_type, c.calendar, a.occurred_at AS at, a.before_at
    FROM attempt a
    JOIN chased c ON c.id = a.id
    WHERE c.unreached AND a.before_at < a.occurred_at
),
spaced AS (
    SELECT
        t.id,
        date_diff('microsecond', t.before_at, t.at) AS gap_us,
        CASE WHEN g.wall THEN date_diff('microsecond', t.before_at, t.at) ELSE worked(z, t.at) - worked(y, t.before_at) END
            < g.budget_us AS short
    FROM tried t
    JOIN worktime_day y ON y.calendar = t.calendar AND y.day = CAST(t.before_at AS DATE)
    JOIN worktime_day z ON z.calendar = t.calendar AND z.day = CAST(t.at AS DATE)
    JOIN term_gap g
        ON g.calendar = t.calendar AND g.lead_type = t.terms_type AND t.at >= g.from_at AND t.at < g.to_at
),
gaps AS (
    SELECT id, list(gap_us) AS gaps, count(*) FILTER (short) AS short_gaps FROM spaced GROUP BY id
)
SELECT
    c.id, c.lead_type, c.terms_type, c.stream, c.segment, c.worker,
    c.created_at, c.qualified_at, c.delivered_at, c.delivered_on, c.assigned_at, c.given_at, c.met_at AS touched_at,
    c.connected_at, c.before_delivery,
    w.queue_run - CASE WHEN w.stops IS NULL THEN 0 ELSE stood(w.stops, w.queue_run) END AS queued_us,
    CASE
        WHEN c.met_at IS NULL OR c.given_at IS NULL THEN NULL
        WHEN w.stops IS NULL THEN greatest(w.touch_run - w.own_run, 0)
        ELSE greatest(w.touch_run - stood(w.stops, w.touch_run) - w.own_run + stood(w.stops, w.own_run), 0)
    END AS held_us,
    c.reached,
    c.sought,
    c.unreached,
    c.unreached AND c.returned_at IS NOT NULL AND c.chase_over_at IS NULL AS given_up,
    c.unreached AND c.met_at IS NOT NULL AND coalesce(c.last_touch_at <= c.met_at, TRUE) AS abandoned,
    c.won_at,
    c.attempts,
    c.touches,
    s.gaps,
    s.short_gaps
FROM chased c
LEFT JOIN worked_through w ON w.id = c.id
LEFT JOIN gaps s ON s.id = c.id
