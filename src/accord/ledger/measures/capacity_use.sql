-- title: Capacity use
-- grain: one pool of reps and ISO week or calendar month of the period, up to as-of
-- unit: seconds; leads; share
-- meaning: work owed ÷ time of the reps. The work of a lead is all its promised touches at the agreement's minutes, owed
--   in the week in which it is delivered: the safe side, since a lead that is reached takes fewer calls. The time is
--   what the agreement gives each rep for marketing's leads, without absence, days off and what a new rep cannot do yet.
--   Minutes of a touch and hours of a rep are assumptions; where the agreement says none, the usual minutes stand in. A
--   week or month that is cut by the period or not over counts its days so far. Leads per rep round down, reps up.
-- requirements: 5.10, F12, S0.31, S0.32, S4.27
-- columns:
--   pool: the pool that gets the leads of the stream; empty where the agreement names none
--   span: week or month
--   on: its first day: Monday, or the first of the month
--   leads: leads delivered in it
--   work: seconds of a rep that their touches take
--   expected_work: the same if calls end at the first connect, by the agreed chance of one; NULL without it
--   reps: people of the pool whose time is known; 0 where it lists nobody
--   available: seconds that all of them have; NULL where it lists nobody
--   use: work ÷ available; above 1 there is more to do than time
--   leads_per_rep: such leads that one rep can follow up in it, rounded down
--   reps_needed: leads ÷ leads_per_rep, rounded up
--   assumed: whether minutes of a touch are not the agreement's own
--   open: not over yet at as-of
WITH owed AS (
    SELECT
        coalesce(s.pool, o.pool) AS pool,
        f.delivered_on, w.work_us, w.expected_us, w.assumed
    FROM credited f
    CROSS JOIN params p
    CROSS JOIN stream_pool o
    JOIN lead_work w ON w.lead_type = f.terms_type
    LEFT JOIN stream_pool s ON s.stream = f.stream
    WHERE o.stream = '' AND f.delivered_on BETWEEN p.from_on AND p.to_on
),
day AS (
    SELECT
        pool, delivered_on,
        count(*) AS leads,
        sum(work_us) AS work_us,
        sum(expected_us) AS expected_us,
        count(expected_us) AS expected,
        bool_or(assumed) AS assumed
    FROM owed
    GROUP BY pool, delivered_on
),
spanned AS (
    SELECT 'week' AS span, CAST(date_trunc('week', delivered_on) AS DATE) AS "on", d.* FROM day d
    UNION ALL
    SELECT 'month', CAST(date_trunc('month', delivered_on) AS DATE), d.* FROM day d
),
work AS (
    SELECT
        pool, span, "on",
        CAST(sum(leads) AS BIGINT) AS leads,
        CAST(sum(work_us) AS BIGINT) AS work_us,
        CAST(CASE WHEN sum(expected) = sum(leads) THEN sum(expected_us) END AS BIGINT) AS expected_us,
        bool_or(assumed) AS assumed
    FROM spanned
    GROUP BY pool, span, "on"
),
room AS (
    SELECT
        pool, span, "on",
        CAST(sum(heads) AS BIGINT) AS reps,
        CAST(CASE WHEN sum(heads) > 0 THEN sum(available_us) END AS BIGINT) AS available_us,
        CAST(sum(available_us) AS BIGINT) // greatest(CAST(sum(heads) AS BIGINT), 1) AS one_us
    FROM capacity
    GROUP BY pool, span, "on"
),
both_sides AS (
    SELECT
        coalesce(r.pool, w.pool) AS pool, coalesce(r.span, w.span) AS span, coalesce(r."on", w."on") AS "on",
        coalesce(w.leads, 0) AS leads, coalesce(w.work_us, 0) AS work_us, w.expected_us, w.assumed,
        coalesce(r.reps, 0) AS reps, r.available_us, r.one_us
    FROM room r
    FULL JOIN work w ON w.pool = r.pool AND w.span = r.span AND w."on" = r."on"
),
figured AS (
    SELECT
        *,
        one_us * leads // nullif(work_us, 0) AS per_rep
    FROM both_sides
)
SELECT
    f.pool, f.span, f."on", f.leads,
    f.work_us / 1e6 AS work,
    f.expected_us / 1e6 AS expected_work,
    f.reps,
    f.available_us / 1e6 AS available,
    f.work_us / nullif(f.available_us, 0) AS "use",
    f.per_rep AS leads_per_rep,
    (f.leads + f.per_rep - 1) // nullif(f.per_rep, 0) AS reps_needed,
    coalesce(f.assumed, FALSE) AS assumed,
    CASE f.span WHEN 'week' THEN f."on" + 6 ELSE last_day(f."on") END > p.over_on AS "open"
FROM figured f
CROSS JOIN params p
ORDER BY f.pool, f.span, f."on"
