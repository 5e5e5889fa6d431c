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
grouped AS (
    SELECT
        'all' AS "by", 'all' AS "key",
        state, worked_us, wall_us, budget_us, before_delivery, touched, overdue_us
    FROM judged
    UNION ALL
    SELECT
        'day', CAST(delivered_on AS VARCHAR),
        state, worked_us, wall_us, budget_us, before_delivery, touched, overdue_us
    FROM judged
    UNION ALL
    SELECT
        'week', CAST(CAST(date_trunc('week', delivered_on) AS DATE) AS VARCHAR),
        state, worked_us, wall_us, budget_us, before_delivery, touched, overdue_us
    FROM judged
    UNION ALL
    SELECT
        'month', strftime(delivered_on, '%Y-%m'),
        state, worked_us, wall_us, budget_us, before_delivery, touched, overdue_us
    FROM judged
    UNION ALL
    SELECT
        'lead_type', lead_type,
        state, worked_us, wall_us, budget_us, before_delivery, touched, overdue_us
    FROM judged
    UNION ALL
    SELECT
        'owner', worker,
        state, worked_us, wall_us, budget_us, before_delivery, touched, overdue_us
    FROM judged
    UNION ALL
    SELECT
        'stream', stream,
        state, worked_us, wall_us, budget_us, before_delivery, touched, overdue_us
    FROM judged
    UNION ALL
    SELECT
        'segment', segment,
        state, worked_us, wall_us, budget_us, before_delivery, touched, overdue_us
    FROM judged
),
counted AS (
    SELECT
        "by", "key",
        count(*) AS delivered,
        count(*) FILTER (state = 'kept') AS kept,
        count(*) FILTER (state = 'broken') AS broken,
        count(*) FILTER (state IN ('kept', 'broken')) AS judged,
        count(*) FILTER (state = 'pending') AS pending,
        count(*) FILTER (state = 'excused') AS excused,
        CASE WHEN min(budget_us) = max(budget_us) THEN min(budget_us) END / 1e6 AS budget,
        count(*) FILTER (touched) AS responded,
        median(worked_us) FILTER (touched) / 1e6 AS median,
        quantile_disc(worked_us, 0.9) FILTER (touched) / 1e6 AS p90,
        avg(worked_us) FILTER (touched) / 1e6 AS mean,
        median(wall_us) FILTER (touched) / 1e6 AS wall_median,
        quantile_disc(wall_us, 0.9) FILTER (touched) / 1e6 AS wall_p90,
        avg(wall_us) FILTER (touched) / 1e6 AS wall_mean,
        count(overdue_us) AS open_overdue,
        max(overdue_us) / 1e6 AS oldest_overdue,
        count(*) FILTER (before_delivery) AS before_delivery,
        -- the median if the untouched never were: at most that can the censored median be
        quantile_disc(CASE WHEN touched THEN worked_us ELSE 9000000000000000000 END, 0.5) AS latest,
        min(worked_us) FILTER (NOT touched) AS first_censored
    FROM grouped
    GROUP BY "by", "key"
),
ranked AS (  -- at equal times a touch comes before a censoring, so that the censored lead is still at risk
    SELECT
        g."by", g."key", g.worked_us, g.touched, n.delivered AS leads,
        row_number() OVER (PARTITION BY g."by", g."key" ORDER BY g.worked_us, g.touched DESC) AS place
    FROM grouped g
    JOIN counted n
        ON n."by" = g."by" AND n."key" IS NOT DISTINCT FROM g."key"
        AND n.first_censored < n.latest AND g.worked_us <= n.latest
),
surviving AS (  -- Kaplan-Meier: each touch leaves (at risk − 1) ÷ at risk of those still untouched
    SELECT
        "by", "key", worked_us,
        exp(sum(CASE
            WHEN NOT touched THEN 0.0
            WHEN place = leads THEN -100.0
            ELSE ln(1 - 1.0 / (leads - place + 1))
        END) OVER (
            PARTITION BY "by", "key" ORDER BY place ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        )) AS untouched
    FROM ranked
),
halfway AS (
    SELECT "by", "key", min(worked_us) AS censored_median_us
    FROM surviving
    WHERE untouched <= 0.5 + 1e-9
    GROUP BY "by", "key"
)
SELECT
    n."by", n."key", n.delivered, n.kept, n.broken, n.judged, n.pending, n.excused,
    n.kept / nullif(n.judged, 0) AS share_in_time,
    n.kept / nullif(n.judged + n.excused, 0) AS share_with_excused,
    n.budget, n.responded, n.median, n.p90, n.mean, n.wall_median, n.wall_p90, n.wall_mean,
    CASE
        WHEN n.first_censored < n.latest THEN h.censored_median_us
        WHEN n.latest < 9000000000000000000 THEN n.latest
    END / 1e6 AS censored_median,
    n.open_overdue, n.oldest_overdue, n.before_delivery,
    n.judged < 10 AS small
FROM counted n
LEFT JOIN halfway h ON h."by" = n."by" AND h."key" IS NOT DISTINCT FROM n."key"
ORDER BY n."by" <> 'all', n."by", n."key" NULLS LAST
