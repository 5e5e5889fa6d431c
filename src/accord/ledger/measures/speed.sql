-- title: Speed of follow-up
-- grain: one group of leads by (by, key), of the leads delivered in the period; the row of all leads comes first
-- unit: seconds; share
-- meaning: how fast sales first touched the leads delivered in the period, whenever it did. The headline is the share
--   in time: kept ÷ judged, where judged = kept + broken. A lead past due without a touch is broken; one not yet due is
--   pending and in neither number; one whose duty ended by itself is left out. Median, p90 and mean are over the leads
--   that were touched and so look better than what the leads lived through; the censored median is over all of them.
--   The p90 is the nearest rank (5.1), a time that some lead did wait: 54.1717 h on the public data where linear
--   interpolation between two leads would give 54.1678 h.
-- requirements: S0.36, S1.31, 5.1, F15
-- columns:
--   by: all, day, week, month, lead_type, owner, stream or segment
--   key: the group's value: local day, Monday of the week, month, or name; NULL if unknown
--   delivered: leads of the group that are not void
--   kept: touched in time
--   broken: not touched in time, touched later or not yet; without the excused
--   judged: kept + broken
--   pending: not touched, still time
--   excused: broken, and excused by the other side
--   share_in_time: kept ÷ judged, the headline
--   share_with_excused: kept ÷ (judged + excused)
--   budget: seconds allowed to the first touch, if the same for the whole group
--   responded: leads touched
--   median: working seconds to the touch, middle of those touched (midpoint of the middle two)
--   p90: the same, 90th percentile by nearest rank
--   mean: the same, mean
--   wall_median: wall seconds, median of those touched
--   wall_p90: wall seconds, 90th percentile by nearest rank
--   wall_mean: wall seconds, mean
--   censored_median: working seconds, Kaplan-Meier median over all leads, the untouched censored at as-of; NULL if
--     fewer than half were touched
--   open_overdue: past due, still not touched and still to be touched
--   oldest_overdue: seconds past due of the longest waiting of those, on its own clock
--   before_delivery: touched before delivery, counted as 0
--   small: fewer than 10 leads judged, too few to conclude from
WITH judged AS (
    SELECT
        v.delivered_on, v.lead_type, c.worker, c.stream, c.segment,
        v.state, v.worked_us, v.wall_us, v.budget_us, v.before_delivery,
        v.met_at IS NOT NULL AS touched,
        CASE
            WHEN v.state IN ('broken', 'excused') AND v.met_at IS NULL AND v.ended_at IS NULL
                THEN CASE WHEN v.on_wall THEN v.wall_us ELSE v.worked_us END - v.budget_us
        END AS overdue_us
    FROM timed v
    JOIN cycle c ON c.id = v.id
    CROSS JOIN params p
    WHERE v.promise = 'first_touch_in_time'
        AND v.state <> 'void'
        AND v.delivered_on BETWEEN p.from_on AND p.to_on
),
dated AS (
    SELECT
        *,
        CAST(date_trunc('week', delivered_on) AS DATE) AS week,
        CAST(date_trunc('month', delivered_on) AS DATE) AS month
    FROM judged
),
counted AS (  -- of each length in one pass: the two middle values and the p90
    SELECT
        grouping(delivered_on, week, month, lead_type, worker, stream, segment) AS cut,
        coalesce(delivered_on, week, month) AS "on",
        coalesce(lead_type, worker, stream, segment) AS name,
        count(*) AS delivered,
        count(*) FILTER (state = 'kept') AS kept,
        count(*) FILTER (state = 'broken') AS broken,
        count(*) FILTER (state IN ('kept', 'broken')) AS judged,
        count(*) FILTER (state = 'pending') AS pending,
        count(*) FILTER (state = 'excused') AS excused,
        CASE WHEN min(budget_us) = max(budget_us) THEN min(budget_us) END / 1e6 AS budget,
        count(*) FILTER (touched) AS responded,
        quantile_disc(worked_us, [0.5, 0.5000000001, 0.9]) FILTER (touched) AS worked,
        avg(worked_us) FILTER (touched) / 1e6 AS mean,
        quantile_disc(wall_us, [0.5, 0.5000000001, 0.9]) FILTER (touched) AS wall,
        avg(wall_us) FILTER (touched) / 1e6 AS wall_mean,
        count(overdue_us) AS open_overdue,
        max(overdue_us) / 1e6 AS oldest_overdue,
        count(*) FILTER (before_delivery) AS before_delivery,
        -- the median if the untouched never were: at most that can the censored median be
        quantile_disc(CASE WHEN touched THEN worked_us ELSE 9000000000000000000 END, 0.5) AS latest,
        min(worked_us) FILTER (NOT touched) AS first_censored
    FROM dated
    GROUP BY GROUPING SETS ((), (delivered_on), (week), (month), (lead_type), (worker), (stream), (segment))
    HAVING count(*) > 0
),
single AS (
    SELECT 127 AS cut, CAST(NULL AS DATE) AS "on", CAST(NULL AS VARCHAR) AS name, worked_us, touched FROM dated
    UNION ALL
    SELECT 63, delivered_on, NULL, worked_us, touched FROM dated
    UNION ALL
    SELECT 95, week, NULL, worked_us, touched FROM dated
    UNION ALL
    SELECT 111, month, NULL, worked_us, touched FROM dated
    UNION ALL
    SELECT 119, NULL, lead_type, worked_us, touched FROM dated
    UNION ALL
    SELECT 123, NULL, worker, worked_us, touched FROM dated
    UNION ALL
    SELECT 125, NULL, stream, worked_us, touched FROM dated
    UNION ALL
    SELECT 126, NULL, segment, worked_us, touched FROM dated
),
ranked AS (  -- at equal times a touch comes before a censoring, so that the censored lead is still at risk
    SELECT
        g.cut, g."on", g.name, g.worked_us, g.touched, n.delivered AS leads,
        row_number() OVER (PARTITION BY g.cut, g."on", g.name ORDER BY g.worked_us, g.touched DESC) AS place
    FROM single g
    JOIN counted n
        ON n.cut = g.cut AND n."on" IS NOT DISTINCT FROM g."on" AND n.name IS NOT DISTINCT FROM g.name
        AND n.first_censored < n.latest AND g.worked_us <= n.latest
),
-- Kaplan-Meier: each touch leaves (at risk − 1) ÷ at risk of those still untouched. Between two censorings that is
-- (leads − place) ÷ leads, times (at risk ÷ at risk − 1) for every censoring before: only those need adding up.
censored AS (
    SELECT
        cut, "on", name, leads, place,
        exp(sum(ln((leads - place + 1) / nullif(leads - place, 0))) OVER so_far) AS weight,
        lead(place) OVER so_far AS next_place
    FROM ranked
    WHERE NOT touched
    WINDOW so_far AS (PARTITION BY cut, "on", name ORDER BY place)
),
stretch AS (  -- from each censoring to the next, and before the first: the place at which half are left
    SELECT
        cut, "on", name, place AS from_place, next_place,
        greatest(place, CAST(ceil(leads * (1 - (0.5 + 1e-9) / weight)) AS BIGINT)) AS half_place
    FROM censored
    WHERE place < leads
    UNION ALL
    SELECT cut, "on", name, 0, min(place), CAST(ceil(min(leads) * (1 - (0.5 + 1e-9))) AS BIGINT)
    FROM censored
    GROUP BY cut, "on", name
),
halfway AS (
    SELECT r.cut, r."on", r.name, r.worked_us AS censored_median_us
    FROM (
        SELECT cut, "on", name, min(half_place) AS place
        FROM stretch
        WHERE next_place IS NULL OR half_place < next_place
        GROUP BY cut, "on", name
    ) h
    JOIN ranked r
        ON r.cut = h.cut AND r."on" IS NOT DISTINCT FROM h."on" AND r.name IS NOT DISTINCT FROM h.name
        AND r.place = h.place
)
SELECT
    CASE n.cut
        WHEN 63 THEN 'day' WHEN 95 THEN 'week' WHEN 111 THEN 'month' WHEN 119 THEN 'lead_type' WHEN 123 THEN 'owner'
        WHEN 125 THEN 'stream' WHEN 126 THEN 'segment' ELSE 'all'
    END AS "by",
    CASE
        WHEN n.cut = 127 THEN 'all'
        WHEN n.cut = 111 THEN strftime(n."on", '%Y-%m')
        WHEN n.cut < 111 THEN CAST(n."on" AS VARCHAR)
        ELSE n.name
    END AS "key",
    n.delivered, n.kept, n.broken, n.judged, n.pending, n.excused,
    n.kept / nullif(n.judged, 0) AS share_in_time,
    n.kept / nullif(n.judged + n.excused, 0) AS share_with_excused,
    n.budget, n.responded,
    (n.worked[1] + n.worked[2]) / 2e6 AS median,
    n.worked[3] / 1e6 AS p90,
    n.mean,
    (n.wall[1] + n.wall[2]) / 2e6 AS wall_median,
    n.wall[3] / 1e6 AS wall_p90,
    n.wall_mean,
    CASE
        WHEN n.first_censored < n.latest THEN h.censored_median_us
        WHEN n.latest < 9000000000000000000 THEN n.latest
    END / 1e6 AS censored_median,
    n.open_overdue, n.oldest_overdue, n.before_delivery,
    n.judged < 10 AS small
FROM counted n
LEFT JOIN halfway h
    ON h.cut = n.cut AND h."on" IS NOT DISTINCT FROM n."on" AND h.name IS NOT DISTINCT FROM n.name
ORDER BY "by" <> 'all', "by", "key" NULLS LAST
