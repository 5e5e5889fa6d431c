-- title: First touch of each lead
-- grain: one lead delivered in the period
-- unit: seconds
-- meaning: the rows behind the speed report: delivered when, due when, touched when and by whom, on the working clock
--   and on the wall, and the verdict. State is kept, broken, pending, excused or void (opted out, rejected or merged
--   in time).
-- requirements: S0.36, S4.7, 5.1
-- columns:
--   lead: the lead
--   lead_type: its type, NULL if unknown
--   owner: who touched it, else who it was assigned to last
--   stream: revenue stream
--   segment: segment
--   calendar: the calendar of its clock
--   delivered_at: hand-off, UTC
--   delivered_on: the same as a local day
--   due_at: the earliest instant at which the budget is used up, UTC
--   touched_at: first human touch by sales or live contact, UTC; NULL if none
--   channel: channel of that touch
--   state: the verdict
--   worked: working seconds from delivery to the touch, or to as-of
--   wall: wall seconds, likewise
--   budget: seconds allowed
--   on_wall: whether the budget is wall time
--   before_delivery: touched before it was delivered, which counts as 0
SELECT
    c.lead, c.lead_type, c.worker AS owner, c.stream, c.segment, c.calendar, c.delivered_at, c.delivered_on, v.due_at,
    v.met_at AS touched_at, w.channel, v.state,
    v.worked_us / 1e6 AS worked, v.wall_us / 1e6 AS wall, v.budget_us / 1e6 AS budget, v.on_wall,
    v.before_delivery
FROM timed v
JOIN cycle c ON c.id = v.id
LEFT JOIN who w ON w.who = v.who
CROSS JOIN params p
WHERE v.promise = 'first_touch_in_time' AND v.started_on BETWEEN p.from_on AND p.to_on
ORDER BY c.delivered_at, c.lead
