-- title: Coverage
-- grain: one group of open deals by (by, key); the row of all comes first, streams of the agreement are always there
-- unit: deals; money; share; days
-- meaning: the open pipeline that is due in the period ÷ what is left of its quota, against 1 ÷ win rate, which is what
--   a quota needs: 4.35 times at 23 %, three times only at one in three. A deal is open and qualified from its
--   opportunity until it is won or lost, sales lets go of it, or the person is gone. It brings what was said last at
--   its opportunity or proposal, else the agreement's deal value. It is due in the period if by the usual time from
--   opportunity to win it closes by the period's last day, also if it should have closed before: by the median of the
--   stream's wins, of all wins if the stream has fewer than 10, else by the cycle of the agreement; if none is known,
--   every open deal is due. The quota is new business, without what existing customers are to bring, and so are its
--   deals: those whose recorded source is retention neither fill nor cover it. The win rate is of the group's own mature
--   months where at least 30 opportunities were won, else the agreement's of the stream, else that of all in the log,
--   else the agreement's of all. A segment has no quota of its own, only what it needs a unit.
-- requirements: 5.10, F17, S4.10, S4.21
-- columns:
--   by: all, stream or segment
--   key: the group's value; NULL if unknown
--   open_deals: open deals due in the period
--   pipeline: what they would bring
--   unpriced: of those, deals that nobody knows the worth of, counted as nothing
--   aged: part of the pipeline whose opportunity is older than nine in ten wins took: seldom won, but still counted
--   later: what open deals would bring that are due after the period
--   usual_days: days from opportunity to win that decide what is due; NULL if unknown or different by stream
--   quota: new revenue that the goal asks of the days of the period within the term; NULL if it asks for none
--   won: revenue of the new business won in the period
--   quota_left: quota − won, at least 0
--   coverage: pipeline ÷ quota_left; NULL once nothing is left
--   win_rate: share of opportunities won that the need rests on; NULL if nobody knows one
--   rate_from: log, agreement, log of all or agreement for all
--   rate_won: opportunities of mature months that were won, of the group
--   rate_opened: opportunities of mature months, of the group
--   needed: coverage that would do, 1 ÷ win rate
--   needed_pipeline: quota_left ÷ win rate
--   enough: whether the pipeline covers the quota left; exactly enough is enough
--   small: fewer than 10 open deals due
WITH opened AS (
    SELECT
        c.stream, c.segment,
        c.won_at, c.amount,
        local_day(c.won_at) BETWEEN p.from_on AND p.to_on AS won_now,
        least(c.opportunity_at, c.proposal_at, c.won_at) AS opened_at,
        c.won_at IS NULL AND c.lost_at IS NULL AND c.gone_at IS NULL
            AND (c.dropped_at IS NULL OR c.dropped_at < c.pursued_at) AS still_open,
        local_day(least(c.opportunity_at, c.proposal_at, c.won_at)) AS opened_on,
        date_diff('microsecond', least(c.opportunity_at, c.proposal_at, c.won_at), c.won_at) / 86400e6 AS days,
        c.expected_amount
    FROM credited c
    CROSS JOIN params p
    WHERE coalesce(c.opportunity_at, c.proposal_at, c.won_at) IS NOT NULL
        AND c.source_owner IS DISTINCT FROM 'retention'
),
usual AS (  -- the median of wins: of all, and of each stream
    SELECT stream, grouping(stream) AS together, median(days) AS days
    FROM opened
    WHERE won_at IS NOT NULL
    GROUP BY GROUPING SETS ((), (stream))
    HAVING count(*) >= 10
),
slowness AS (
    SELECT quantile_disc(days, 0.9) AS p90 FROM opened WHERE won_at IS NOT NULL
),
dealt AS (
    SELECT
        o.*,
        coalesce(o.expected_amount, s.deal_value, a.deal_value) AS worth,
        coalesce(u.days, w.days, s.cycle_days, a.cycle_days) AS usual_days
    FROM opened o
    CROSS JOIN (SELECT * FROM term_deal WHERE stream IS NULL) a
    LEFT JOIN term_deal s ON s.stream = o.stream
    LEFT JOIN usual u ON u.together = 0 AND u.stream = o.stream
    LEFT JOIN usual w ON w.together = 1
),
placed AS (
    SELECT
        d.stream, d.segment, d.won_at, d.amount, d.won_now, d.days, d.still_open, d.worth, d.usual_days,
        d.still_open AND coalesce(d.opened_on + CAST(ceil(d.usual_days) AS INTEGER) <= p.to_on, TRUE) AS due,
        date_diff('microsecond', d.opened_at, p.as_of) / 86400e6 > s.p90 AS aged,
        date_trunc('month', d.opened_on) + INTERVAL 1 MONTH AS month_over,
        g."by", CASE g."by" WHEN 'all' THEN 'all' WHEN 'stream' THEN d.stream ELSE d.segment END AS "key"
    FROM dealt d
    CROSS JOIN params p
    CROSS JOIN slowness s
    CROSS JOIN (SELECT unnest(['all', 'stream', 'segment']) AS "by") g
),
slow AS (
    SELECT "by", "key", quantile_disc(days, 0.9) AS p90 FROM placed WHERE won_at IS NOT NULL GROUP BY "by", "key"
),
counted AS (
    SELECT
        d."by", d."key",
        count(*) FILTER (d.due) AS open_deals,
        coalesce(sum(d.worth) FILTER (d.due), 0) AS pipeline,
        count(*) FILTER (d.due AND d.worth IS NULL) AS unpriced,
        coalesce(sum(d.worth) FILTER (d.due AND d.aged), 0) AS aged,
        coalesce(sum(d.worth) FILTER (d.still_open AND NOT d.due), 0) AS later,
        CASE WHEN min(d.usual_days) = max(d.usual_days) THEN min(d.usual_days) END AS usual_days,
        coalesce(sum(d.amount) FILTER (d.won_now), 0) AS won,
        count(*) FILTER (d.month_over + to_microseconds(CAST(s.p90 * 86400e6 AS BIGINT)) <= local_time(p.as_of))
            AS rate_opened,
        count(*) FILTER (
            d.won_at IS NOT NULL
            AND d.month_over + to_microseconds(CAST(s.p90 * 86400e6 AS BIGINT)) <= local_time(p.as_of)
        ) AS rate_won
    FROM placed d
    CROSS JOIN params p
    LEFT JOIN slow s ON s."by" = d."by" AND s."key" IS NOT DISTINCT FROM d."key"
    GROUP BY d."by", d."key"
),
intervals AS (  -- how many goals of one interval the days of the period owe
    SELECT sum(part) AS whole
    FROM (
        SELECT count(*) FILTER (t.counts) / nullif(max(t.days), 0) AS part
        FROM term_day t
        JOIN params p ON t."on" BETWEEN p.from_on AND p.to_on
        GROUP BY t.interval_on
    )
),
grouped AS (
    SELECT 'all' AS "by", 'all' AS "key"
    UNION
    SELECT 'stream', stream FROM term_deal WHERE stream IS NOT NULL
    UNION
    SELECT "by", "key" FROM counted
),
rated AS (
    SELECT
        g."by", g."key", c.open_deals, c.pipeline, c.unpriced, c.aged, c.later, c.usual_days,
        coalesce(c.won, 0) AS won, coalesce(c.rate_won, 0) AS rate_won, coalesce(c.rate_opened, 0) AS rate_opened,
        CASE g."by" WHEN 'all' THEN a.quota WHEN 'stream' THEN s.quota END * i.whole AS quota,
        CASE
            WHEN c.rate_won >= 30 THEN c.rate_won / c.rate_opened
            WHEN s.win_rate IS NOT NULL THEN s.win_rate
            WHEN g."by" <> 'all' AND w.rate_won >= 30 THEN w.rate_won / w.rate_opened
            ELSE a.win_rate
        END AS win_rate,
        CASE
            WHEN c.rate_won >= 30 THEN 'log'
            WHEN s.win_rate IS NOT NULL THEN 'agreement'
            WHEN g."by" <> 'all' AND w.rate_won >= 30 THEN 'log of all'
            WHEN a.win_rate IS NULL THEN NULL
            WHEN g."by" = 'all' THEN 'agreement'
            ELSE 'agreement for all'
        END AS rate_from
    FROM grouped g
    CROSS JOIN (SELECT * FROM term_deal WHERE stream IS NULL) a
    CROSS JOIN intervals i
    LEFT JOIN term_deal s ON g."by" = 'stream' AND s.stream = g."key"
    LEFT JOIN counted c ON c."by" = g."by" AND c."key" IS NOT DISTINCT FROM g."key"
    LEFT JOIN counted w ON w."by" = 'all'
),
owed AS (
    SELECT *, CASE WHEN quota IS NOT NULL THEN greatest(quota - won, 0) END AS quota_left FROM rated
)
SELECT
    "by", "key",
    coalesce(open_deals, 0) AS open_deals,
    coalesce(pipeline, 0) AS pipeline,
    coalesce(unpriced, 0) AS unpriced,
    coalesce(aged, 0) AS aged,
    coalesce(later, 0) AS later,
    usual_days, quota, won, quota_left,
    coalesce(pipeline, 0) / nullif(quota_left, 0) AS coverage,
    win_rate, rate_from, rate_won, rate_opened,
    1 / nullif(win_rate, 0) AS needed,
    quota_left / nullif(win_rate, 0) AS needed_pipeline,
    -- in doubles a pipeline of exactly what is needed may fall short by its last digit
    coalesce(pipeline, 0) * win_rate >= quota_left * (1 - 1e-12) AS enough,
    coalesce(open_deals, 0) < 10 AS small
FROM owed
ORDER BY "by" <> 'all', "by" = 'segment', "key" NULLS LAST
