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
        v.started_on AS delivered_on, c.lead_type, c.worker, c.stream, c.segment,
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
        AND v.started_on BETWEEN p.from_on AND p.to_on
),
dated AS (
    SELECT
        *,
        CAST(date_trunc('week', delivered_on) AS DATE) AS week,
        CAST(date_trunc('month', delivered_on) AS DATE) AS month
    FROM judged
),
cell AS (  -- what adds up is added up once for each day, and for each combination of all else
    SELECT
        grouping(delivered_on, lead_type) AS half,
        delivered_on, week, month, lead_type, worker, stream, segment,
        count(*) AS delivered,
        count(*) FILTER (state = 'kept') AS kept,
        count(*) FILTER (state = 'broken') AS broken,
        count(*) FILTER (state = 'pending') AS pending,
        count(*) FILTER (state = 'excused') AS excused,
        min(budget_us) AS least_us, max(budget_us) AS most_us,
        count(*) FILTER (touched) AS responded,
        sum(worked_us) FILTER (touched) AS worked_us,
        sum(wall_us) FILTER (touched) AS wall_us,
        count(overdue_us) AS open_overdue,
        max(overdue_us) AS overdue_us,
        count(*) FILTER (before_delivery) AS before_delivery,
        min(worked_us) FILTER (NOT touched) AS first_censored
    FROM dated
    GROUP BY GROUPING SETS ((delivered_on, week, month), (lead_type, worker, stream, segment))
),
counted AS (
    SELECT
        grouping(delivered_on, week, month, lead_type, worker, stream, segment) AS cut,
        coalesce(delivered_on, week, month) AS "on",
        coalesce(lead_type, worker, stream, segment) AS name,
        sum(delivered) AS delivered, sum(kept) AS kept, sum(broken) AS broken, sum(pending) AS pending,
        sum(excused) AS excused,
        CASE WHEN min(least_us) = max(most_us) THEN min(least_us) END / 1e6 AS budget,
        sum(responded) AS responded, sum(worked_us) AS worked_us, sum(wall_us) AS wall_us,
        sum(open_overdue) AS open_overdue, max(overdue_us) AS overdue_us, sum(before_delivery) AS before_delivery,
        min(first_censored) AS first_censored
    FROM cell
    GROUP BY GROUPING SETS (
        (half), (half, delivered_on), (half, week), (half, month), (half, lead_type), (half, worker), (half, stream),
        (half, segment)
    )
    HAVING half = CASE WHEN grouping(delivered_on, week, month) = 7 THEN 2 ELSE 1 END
),
spread AS (  -- of each length in one pass: the two middle values and the p90
    SELECT
        grouping(delivered_on, week, month, lead_type, worker, stream, segment) AS cut,
        coalesce(delivered_on, week, month) AS "on",
        coalesce(lead_type, worker, stream, segment) AS name,
        quantile_disc(worked_us, [0.5, 0.5000000001, 0.9]) FILTER (touched) AS worked,
        quantile_disc(wall_us, [0.5, 0.5000000001, 0.9]) FILTER (touched) AS wall,
        -- the median if the untouched never were: at most that can the censored median be
        quantile_disc(CASE WHEN touched THEN worked_us ELSE 9000000000000000000 END, 0.5) AS latest
    FROM dated
    GROUP BY GROUPING SETS ((), (delivered_on), (week), (month), (lead_type), (worker), (stream), (segment))
),
grouped AS (
    SELECT row_number() OVER (ORDER BY c.cut, c."on", c.name) AS grp, c.*, s.worked, s.wall, s.latest
    FROM counted c
    JOIN spread s ON s.cut = c.cut AND s."on" IS NOT DISTINCT FROM c."on" AND s.name IS NOT DISTINCT FROM c.name
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
        n.grp, g.worked_us, g.touched, n.delivered AS leads,
        row_number() OVER (PARTITION BY n.grp ORDER BY g.worked_us, g.touched DESC) AS place
    FROM single g
    JOIN grouped n
        ON n.cut = g.cut AND n."on" IS NOT DISTINCT FROM g."on" AND n.name IS NOT DISTINCT FROM g.name
        AND n.first_censored < n.latest AND g.worked_us <= n.latest
),
censored AS (
    SELECT
        grp, leads, place,
        exp(sum(ln((leads - place + 1) / nullif(leads - place, 0))) OVER so_far) AS weight,
        lead(place) OVER so_far AS next_place
    FROM ranked
    WHERE NOT touched
    WINDOW so_far AS (PARTITION BY grp ORDER BY place)
),
stretch AS (  -- from each censoring to the next, and before the first: the place at which half are left
    SELECT
        grp, place AS from_place, next_place,
        greatest(place, CAST(ceil(leads * (1 - (0.5 + 1e-9) / weight)) AS BIGINT)) AS half_place
    FROM censored
    WHERE place < leads
    UNION ALL
    SELECT grp, 0, min(place), CAST(ceil(min(leads) * (1 - (0.5 + 1e-9))) AS BIGINT)
    FROM censored
    GROUP BY grp
),
halfway AS (
    SELECT r.grp, r.worked_us AS censored_median_us
    FROM (
        SELECT grp, min(half_place) AS place
        FROM stretch
        WHERE next_place IS NULL OR half_place < next_place
        GROUP BY grp
    ) h
    JOIN ranked r ON r.grp = h.grp AND r.place = h.place
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
    CAST(n.delivered AS BIGINT) AS delivered,
    CAST(n.kept AS BIGINT) AS kept,
    CAST(n.broken AS BIGINT) AS broken,
    CAST(n.kept + n.broken AS BIGINT) AS judged,
    CAST(n.pending AS BIGINT) AS pending,
    CAST(n.excused AS BIGINT) AS excused,
    n.kept / nullif(n.kept + n.broken, 0) AS share_in_time,
    n.kept / nullif(n.kept + n.broken + n.excused, 0) AS share_with_excused,
    n.budget,
    CAST(n.responded AS BIGINT) AS responded,
    (n.worked[1] + n.worked[2]) / 2e6 AS median,
    n.worked[3] / 1e6 AS p90,
    n.worked_us / nullif(n.responded, 0) / 1e6 AS mean,
    (n.wall[1] + n.wall[2]) / 2e6 AS wall_median,
    n.wall[3] / 1e6 AS wall_p90,
    n.wall_us / nullif(n.responded, 0) / 1e6 AS wall_mean,
    CASE
        WHEN n.first_censored < n.latest THEN h.censored_median_us
        WHEN n.latest < 9000000000000000000 THEN n.latest
    END / 1e6 AS censored_median,
    CAST(n.open_overdue AS BIGINT) AS open_overdue,
    n.overdue_us / 1e6 AS oldest_overdue,
    CAST(n.before_delivery AS BIGINT) AS before_delivery,
    n.kept + n.broken < 10 AS small
FROM grouped n
LEFT JOIN halfway h ON h.grp = n.grp
ORDER BY "by" <> 'all', "by", "key" NULLS LAST
