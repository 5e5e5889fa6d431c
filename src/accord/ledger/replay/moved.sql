-- title: Verdicts that the other agreement would have moved
-- grain: one promise about one lead whose state differs
-- meaning: in the order in which the clocks began; `beyond_us` is how far the clock ran past the budget of the second
--   agreement, negative where it stopped short of it
SELECT
    promise, lead, was, became, lead_type, stream, segment, pool, calendar, "month", actor,
    started_at, due_was, due_then, met_at, ended_at, on_wall, beyond_us, done_was, needed_was, done_then, needed_then
FROM compared
WHERE was IS DISTINCT FROM became
ORDER BY started_at, promise, lead
