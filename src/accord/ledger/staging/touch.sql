-- title: Touches that count for depth
-- grain: one outbound touch by sales: one fact of the log
-- meaning: by hand, or by machine where the agreement lets automated touches count; an unknown side is taken for
--   sales. A fact is known by its `seq`, so one that is read twice counts once, and rows that an export repeats count
--   as often as it repeats them. `at_once` is FALSE where nothing else was said of that instant: nearly always.
CREATE TEMP TABLE touch AS
WITH outbound AS (
    SELECT e.id, e.occurred_at, e.who, e.seq
    FROM known e
    CROSS JOIN params p
    WHERE e.kind = 'attempted'
        AND (e.side IN ('sales', 'machine') OR e.side IS NULL)
        AND (p.machines_count OR (NOT e.automated AND e.side IS DISTINCT FROM 'machine'))
),
instant AS (
    SELECT id, occurred_at, min(who) AS who, min(seq) AS seq, count(*) AS facts
    FROM outbound
    GROUP BY id, occurred_at
),
counted AS (
    SELECT i.id, i.occurred_at, w.channel, i.seq, FALSE AS at_once
    FROM instant i
    JOIN who w ON w.who = i.who
    WHERE i.facts = 1
    UNION ALL
    SELECT DISTINCT o.id, o.occurred_at, w.channel, o.seq, TRUE
    FROM outbound o
    JOIN instant i ON i.id = o.id AND i.occurred_at = o.occurred_at AND i.facts > 1
    JOIN who w ON w.who = o.who
)
SELECT id, occurred_at, channel, at_once FROM counted
