-- title: Overdue leads
-- grain: one lead delivered in the period, past due and still not touched; the longest overdue first
-- unit: seconds
-- meaning: who waits for a first touch that was promised. A lead leaves the list when it is touched; its breach stays.
--   Excused breaches stay on the list too, marked, for the lead still waits.
-- requirements: 5.1, S0.38, S4.7
-- columns:
--   lead: the lead
--   lead_type: its type, NULL if unknown
--   owner: who it was assigned to last; NULL if nobody
--   stream: revenue stream
--   segment: segment
--   calendar: the calendar of its clock
--   delivered_at: hand-off, UTC
--   due_at: when the first touch was due, UTC
--   overdue: seconds past due on its own clock, working or wall
--   wall_overdue: wall seconds past due
--   waited: working seconds since delivery
--   excused: whether the other side excused the breach
SELECT
    c.lead, c.lead_type, c.worker AS owner, c.stream, c.segment, c.calendar, c.delivered_at, v.due_at,
    (CASE WHEN v.on_wall THEN v.wall_us ELSE v.worked_us END - v.budget_us) / 1e6 AS overdue,
    date_diff('microsecond', v.due_at, p.as_of) / 1e6 AS wall_overdue,
    v.worked_us / 1e6 AS waited,
    v.state = 'excused' AS excused
FROM timed v
JOIN cycle c ON c.id = v.id
CROSS JOIN params p
WHERE v.promise = 'first_touch_in_time'
    AND v.state IN ('broken', 'excused')
    AND v.met_at IS NULL
    AND v.ended_at IS NULL
    AND v.started_on BETWEEN p.from_on AND p.to_on
ORDER BY overdue DESC, c.lead
