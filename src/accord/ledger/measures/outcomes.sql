-- title: Outcomes
-- grain: one basis and one group of leads by (by, key); on each basis the row of all leads comes first
-- unit: leads; share; money; days
-- meaning: what became of the leads, on three bases that must not be mixed. `closed`: deals won or lost in the period,
--   whenever they began. `cohort`: leads that began in the period, whatever became of them up to as-of: the plan needs
--   this win rate. `log`: all leads of the log, begun or not, as one group. A lead begins when it is handed off, else
--   when its opportunity opens, else when it is created. Revenue is the amount of won deals; the cycle is counted in
--   local days from the beginning to the close. A lead is inbound if marketing brought it, by the reading that
--   the agreement goes by; who brought the others is `other`, and where nobody knows, it is neither.
-- requirements: S0.18, S0.21, S1.32, S2.3, 5.3, 5.7
-- columns:
--   basis: closed, cohort or log
--   by: all, stream, segment, persona, owner, source, source_owner, origin, inbound_source, lead_type, begin_month,
--     begin_quarter, close_month or close_quarter; origin is inbound or other, inbound_source the source of inbound
--     leads alone
--   key: the group's value; NULL if unknown
--   leads: leads of the group
--   won: of those, won
--   lost: of those, lost and not won
--   open: of those, neither
--   win_rate: won ÷ (won + lost), the closing ratio
--   low: lower bound of the 95 % interval of the win rate (Wilson)
--   high: upper bound
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
WITH dated AS (
    SELECT
        *,
        coalesce(delivered_on, local_day(coalesce(opportunity_at, created_at))) AS begun_on,
        local_day(coalesce(won_at, lost_at)) AS closed_on
    FROM credited
),
told AS (
    SELECT
        c.stream, c.segment, c.persona, c.closer AS owner, c."source", c.source_owner, c.lead_type,
        CASE WHEN c.sourced_by = 'marketing' THEN 'inbound' WHEN c.sourced_by <> '' THEN 'other' END AS origin,
        date_trunc('month', c.begun_on) AS begin_month,
        date_trunc('month', c.closed_on) AS close_month,
        c.won_at IS NOT NULL AS won,
        c.won_at IS NULL AND c.lost_at IS NOT NULL AS lost,
        CASE WHEN c.won_at IS NOT NULL THEN c.amount END AS amount,
        date_diff('day', c.begun_on, c.closed_on) AS days,
        c.closed_on BETWEEN p.from_on AND p.to_on AS closed_now,
        c.begun_on BETWEEN p.from_on AND p.to_on AS begun_now
    FROM dated c
    CROSS JOIN params p
),
based AS (
    SELECT 'closed' AS basis, t.* FROM told t WHERE closed_now
    UNION ALL
    SELECT 'cohort', t.* FROM told t WHERE begun_now
),
-- Counts first fall into cells, of which there are few; whoever has many groups pays for no more than its leads
cell AS (
    SELECT
        basis, stream, segment, "source", source_owner, origin, lead_type,
        count(*) AS leads, count(*) FILTER (won) AS won, count(*) FILTER (lost) AS lost
    FROM based
    GROUP BY basis, stream, segment, "source", source_owner, origin, lead_type
),
person AS (
    SELECT
        basis, persona, owner,
        count(*) AS leads, count(*) FILTER (won) AS won, count(*) FILTER (lost) AS lost
    FROM based
    GROUP BY basis, persona, owner
),
month AS (
    SELECT
        basis, begin_month, close_month,
        date_trunc('quarter', begin_month) AS begin_quarter, date_trunc('quarter', close_month) AS close_quarter,
        count(*) AS leads, count(*) FILTER (won) AS won, count(*) FILTER (lost) AS lost
    FROM based
    GROUP BY basis, begin_month, close_month
),
counted AS (
    SELECT
        basis,
        CASE grouping(stream, segment, "source", source_owner, origin, lead_type)
            WHEN 63 THEN 'all' WHEN 31 THEN 'stream' WHEN 47 THEN 'segment' WHEN 55 THEN 'source'
            WHEN 59 THEN 'source_owner' WHEN 61 THEN 'origin' WHEN 53 THEN 'inbound_source' ELSE 'lead_type'
        END AS "by",
        CASE grouping(stream, segment, "source", source_owner, origin, lead_type)
            WHEN 63 THEN 'all' WHEN 53 THEN "source"
            ELSE coalesce(stream, segment, "source", source_owner, origin, lead_type)
        END AS "key",
        sum(leads) AS leads, sum(won) AS won, sum(lost) AS lost
    FROM cell
    GROUP BY GROUPING SETS (
        (basis), (basis, stream), (basis, segment), (basis, "source"), (basis, source_owner), (basis, origin),
        (basis, origin, "source"), (basis, lead_type)
    )
    HAVING grouping(stream, segment, "source", source_owner, origin, lead_type) <> 53 OR origin = 'inbound'
    UNION ALL
    SELECT
        basis, CASE grouping(persona) WHEN 0 THEN 'persona' ELSE 'owner' END, coalesce(persona, owner),
        sum(leads), sum(won), sum(lost)
    FROM person
    GROUP BY GROUPING SETS ((basis, persona), (basis, owner))
    UNION ALL
    SELECT
        basis,
        CASE grouping(begin_month, close_month, begin_quarter, close_quarter)
            WHEN 7 THEN 'begin_month' WHEN 11 THEN 'close_month' WHEN 13 THEN 'begin_quarter' ELSE 'close_quarter'
        END,
        coalesce(
            strftime(coalesce(begin_month, close_month), '%Y-%m'),
            strftime(coalesce(begin_quarter, close_quarter), '%Y') || '-Q'
                || CAST(quarter(coalesce(begin_quarter, close_quarter)) AS VARCHAR)
        ),
        sum(leads), sum(won), sum(lost)
    FROM month
    GROUP BY GROUPING SETS ((basis, begin_month), (basis, close_month), (basis, begin_quarter), (basis, close_quarter))
    HAVING grouping(begin_month, close_month) < 3 OR coalesce(begin_quarter, close_quarter) IS NOT NULL
    UNION ALL
    SELECT 'log', 'all', 'all', count(*), count(*) FILTER (won), count(*) FILTER (lost) FROM told HAVING count(*) > 0
),
ended AS (  -- the few that were won or lost: here medians are taken
    SELECT
        basis, stream, segment, persona, owner, "source", source_owner, origin, lead_type, begin_month, close_month,
        begin_quarter, close_quarter,
        grouping(
            stream, segment, persona, owner, "source", source_owner, origin, lead_type, begin_month, close_month,
            begin_quarter, close_quarter
        ) AS level,
        count(*) FILTER (won AND days <= 30) AS won_within_30,
        count(*) FILTER (won AND days <= 90) AS won_within_90,
        sum(amount) AS revenue,
        avg(amount) AS average_deal,
        median(amount) AS median_deal,
        count(*) FILTER (won AND amount IS NULL) AS unpriced,
        median(days) FILTER (won) AS median_cycle,
        avg(days) FILTER (won) AS mean_cycle,
        median(days) FILTER (lost) AS lost_median_cycle,
        avg(days) FILTER (lost) AS lost_mean_cycle
    FROM (
        SELECT
            *, date_trunc('quarter', begin_month) AS begin_quarter, date_trunc('quarter', close_month) AS close_quarter
        FROM based
        WHERE won OR lost
    )
    GROUP BY GROUPING SETS (
        (basis), (basis, stream), (basis, segment), (basis, persona), (basis, owner), (basis, "source"),
        (basis, source_owner), (basis, origin), (basis, origin, "source"), (basis, lead_type), (basis, begin_month),
        (basis, close_month), (basis, begin_quarter), (basis, close_quarter)
    )
),
figured AS (
    SELECT
        basis,
        CASE level
            WHEN 4095 THEN 'all' WHEN 2047 THEN 'stream' WHEN 3071 THEN 'segment' WHEN 3583 THEN 'persona'
            WHEN 3839 THEN 'owner' WHEN 3967 THEN 'source' WHEN 4031 THEN 'source_owner' WHEN 4063 THEN 'origin'
            WHEN 3935 THEN 'inbound_source' WHEN 4079 THEN 'lead_type' WHEN 4087 THEN 'begin_month'
            WHEN 4091 THEN 'close_month' WHEN 4093 THEN 'begin_quarter' ELSE 'close_quarter'
        END AS "by",
        CASE
            WHEN level = 4095 THEN 'all'
            WHEN level = 3935 THEN "source"
            WHEN level > 4079 THEN coalesce(
                strftime(coalesce(begin_month, close_month), '%Y-%m'),
                strftime(coalesce(begin_quarter, close_quarter), '%Y') || '-Q'
                    || CAST(quarter(coalesce(begin_quarter, close_quarter)) AS VARCHAR)
            )
            ELSE coalesce(stream, segment, persona, owner, "source", source_owner, origin, lead_type)
        END AS "key",
        won_within_30, won_within_90, revenue, average_deal, median_deal, unpriced, median_cycle, mean_cycle,
        lost_median_cycle, lost_mean_cycle
    FROM ended
    WHERE level <> 3935 OR origin = 'inbound'
    UNION ALL
    SELECT
        'log', 'all', 'all',
        count(*) FILTER (won AND days <= 30), count(*) FILTER (won AND days <= 90), sum(amount), avg(amount),
        median(amount), count(*) FILTER (won AND amount IS NULL), median(days) FILTER (won), avg(days) FILTER (won),
        median(days) FILTER (lost), avg(days) FILTER (lost)
    FROM told
    WHERE won OR lost
)
SELECT
    c.basis, c."by", c."key",
    CAST(c.leads AS BIGINT) AS leads,
    CAST(c.won AS BIGINT) AS won,
    CAST(c.lost AS BIGINT) AS lost,
    CAST(c.leads - c.won - c.lost AS BIGINT) AS "open",
    c.won / nullif(c.won + c.lost, 0) AS win_rate,
    wilson_low(c.won, c.won + c.lost) AS low,
    wilson_high(c.won, c.won + c.lost) AS high,
    c.won / c.leads AS won_of_all,
    coalesce(f.won_within_30, 0) AS won_within_30,
    coalesce(f.won_within_90, 0) AS won_within_90,
    coalesce(f.revenue, 0) AS revenue,
    f.average_deal, f.median_deal,
    coalesce(f.unpriced, 0) AS unpriced,
    f.median_cycle, f.mean_cycle, f.lost_median_cycle, f.lost_mean_cycle,
    c.won + c.lost < 10 AS small
FROM counted c
LEFT JOIN figured f ON f.basis = c.basis AND f."by" = c."by" AND f."key" IS NOT DISTINCT FROM c."key"
ORDER BY c.basis, c."by" <> 'all', c."by", c."key" NULLS LAST
