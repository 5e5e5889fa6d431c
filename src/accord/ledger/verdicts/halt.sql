-- title: How long the clocks of a lead stood still
-- grain: one delivered lead that was paused
-- meaning: each stop as `a`, the time from delivery at which it begins, `n`, how long it lasts, and `u`, the time that
--   had been used up by then, in microseconds; once on the lead's calendar and once on the wall. `stood(stops, t)` is
--   how much of the first `t` fell into stops, `delay(stops, b)` how much later a budget `b` is used up.
-- requirements: 5.11
CREATE TABLE halt AS
WITH stop AS (
    SELECT
        c.id, c.lead,
        p.place,
        worked(a, greatest(p.start_at, c.delivered_at)) - worked(w, c.delivered_at) AS work_from,
        worked(z, p.end_at) - worked(a, greatest(p.start_at, c.delivered_at)) AS work_long,
        date_diff('microsecond', c.delivered_at, greatest(p.start_at, c.delivered_at)) AS wall_from,
        date_diff('microsecond', greatest(p.start_at, c.delivered_at), p.end_at) AS wall_long
    FROM pause p
    JOIN cycle c ON c.lead = p.lead AND c.delivered_at < p.end_at
    JOIN worktime_day w ON w.calendar = c.calendar AND w.day = CAST(c.delivered_at AS DATE)
    JOIN worktime_day a ON a.calendar = c.calendar AND a.day = CAST(greatest(p.start_at, c.delivered_at) AS DATE)
    JOIN worktime_day z ON z.calendar = c.calendar AND z.day = CAST(p.end_at AS DATE)
),
used AS (
    SELECT
        *,
        work_from + work_long - sum(work_long) OVER so_far AS work_used,
        wall_from + wall_long - sum(wall_long) OVER so_far AS wall_used
    FROM stop
    WINDOW so_far AS (PARTITION BY lead ORDER BY place ROWS UNBOUNDED PRECEDING)
)
SELECT
    id, lead,
    list({'a': work_from, 'n': work_long, 'u': CAST(work_used AS BIGINT)}) AS on_calendar,
    list({'a': wall_from, 'n': wall_long, 'u': CAST(wall_used AS BIGINT)}) AS on_wall
FROM used
GROUP BY id, lead
