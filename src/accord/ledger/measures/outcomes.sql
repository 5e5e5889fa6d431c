-- title: Outcomes
-- grain: one basis and one group of leads by (by, key); on each basis the row of all leads comes first
-- unit: leads; share; money; days
-- meaning: what became of the leads, on three bases that must not be mixed. `closed`: deals won or lost in the period,
--   whenever they began. `cohort`: leads that began in the period, whatever became of them up to as-of: the plan needs
--   this win rate. `log`: all leads of the log, begun or not. A lead begins when it is handed off, else when its
--   opportunity opens, else when it is created. Revenue is the amount of won deals; the cycle is counted in local days
--   from the beginning to the close.
-- requirements: S0.18, S0.21, S1.32, S2.3, 5.3, 5.7
-- columns:
--   basis: closed, cohort or log
--   by: all, stream, segment, persona, owner, source, lead_type, begin_month, begin_quarter, close_month or
--     close_quarter
--   key: the group's value; NULL if unknown
--   leads: leads of the group
--   won: of those, won
--   lost: of those, lost and not won
--   open: of those, neither
--   win_rate: won ÷ (won + lost)
--   won_of_all: won ÷ leads; on the cohort basis the rate that a plan needs, once the cohort is mature
--   won_within_30: of those, won within 30 days of the beginning
--   won_within_90: of those, won within 90 days
--   revenue: amounts of the won deals
--   average_deal: revenue ÷ won deals whose amount is known
--   median_deal: median amount of the won deals
--   unpriced: won deals without an amount
--   median_cycle: days from beginning to win, median
--   mean_cycle: the same, mean
--   lost_median_cycle: days from beginning to loss, median
--   lost_mean_cycle: the same, mean
--   small: fewer than 10 won or lost
WITH ended AS (
    SELECT
        c.*,
        local_day(coalesce(c.delivered_at, c.opportunity_at, c.created_at)) AS begun_on,
        local_day(coalesce(c.won_at, c.lost_at)) AS closed_on,
        c.won_at IS NOT NULL AS won,
        c.won_at IS NULL AND c.lost_at IS NOT NULL AS lost
    FROM cycle c
),
based AS (
    SELECT 'closed' AS basis, e.* FROM ended e CROSS JOIN params p WHERE e.closed_on BETWEEN p.from_on AND p.to_on
    UNION ALL
    SELECT 'cohort', e.* FROM ended e CROSS JOIN params p WHERE e.begun_on BETWEEN p.from_on AND p.to_on
    UNION ALL
    SELECT 'log', e.* FROM ended e
),
slim AS (
    SELECT
        basis, stream, segment, persona, closer, "source", lead_type, begun_on, closed_on, won, lost, amount,
        date_diff('day', begun_on, closed_on) AS days
    FROM based
),
grouped AS (
    SELECT 'all' AS "by", 'all' AS "key", s.* FROM slim s
    UNION ALL
    SELECT 'stream', s.stream, s.* FROM slim s
    UNION ALL
    SELECT 'segment', s.segment, s.* FROM slim s
    UNION ALL
    SELECT 'persona', s.persona, s.* FROM slim s
    UNION ALL
    SELECT 'owner', s.closer, s.* FROM slim s
    UNION ALL
    SELECT 'source', s."source", s.* FROM slim s
    UNION ALL
    SELECT 'lead_type', s.lead_type, s.* FROM slim s
    UNION ALL
    SELECT 'begin_month', strftime(s.begun_on, '%Y-%m'), s.* FROM slim s
    UNION ALL
    SELECT 'begin_quarter', concat(year(s.begun_on), '-Q', quarter(s.begun_on)), s.* FROM slim s
    WHERE s.begun_on IS NOT NULL
    UNION ALL
    SELECT 'close_month', strftime(s.closed_on, '%Y-%m'), s.* FROM slim s
    UNION ALL
    SELECT 'close_quarter', concat(year(s.closed_on), '-Q', quarter(s.closed_on)), s.* FROM slim s
    WHERE s.closed_on IS NOT NULL
)
SELECT
    basis, "by", "key",
    count(*) AS leads,
    count(*) FILTER (won) AS won,
    count(*) FILTER (lost) AS lost,
    count(*) FILTER (NOT won AND NOT lost) AS "open",
    count(*) FILTER (won) / nullif(count(*) FILTER (won OR lost), 0) AS win_rate,
    count(*) FILTER (won) / count(*) AS won_of_all,
    count(*) FILTER (won AND days <= 30) AS won_within_30,
    count(*) FILTER (won AND days <= 90) AS won_within_90,
    coalesce(sum(amount) FILTER (won), 0) AS revenue,
    avg(amount) FILTER (won) AS average_deal,
    median(amount) FILTER (won) AS median_deal,
    count(*) FILTER (won AND amount IS NULL) AS unpriced,
    median(days) FILTER (won) AS median_cycle,
    avg(days) FILTER (won) AS mean_cycle,
    median(days) FILTER (lost) AS lost_median_cycle,
    avg(days) FILTER (lost) AS lost_mean_cycle,
    count(*) FILTER (won OR lost) < 10 AS small
FROM grouped
GROUP BY basis, "by", "key"
ORDER BY basis, "by" <> 'all', "by", "key" NULLS LAST
