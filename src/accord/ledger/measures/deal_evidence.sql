-- title: What the plan's deal values, shares and cycles rest on
-- grain: one stream (NULL: the only one, or all together)
-- unit: leads; money; share; days
-- meaning: what the leads of mature months brought: how much a customer of marketing's leads, which share of the
--   revenue came from those leads, and how long they took. Months whose youngest lead is older than nine in ten wins
--   of the stream took, up to the end of the period, however old. Leads begin and are marketing's as in the ledger. All
--   of it is new business, since the plan asks marketing for a share of that: deals whose recorded source is retention
--   are left out, though the ledger's total revenue has them. Intervals are 95 %: of the mean of deals, of a ratio of
--   sums by the delta method, and of a median by its ranks.
-- requirements: S0.21, S0.22, S4.6, S4.10, S4.28, 5.3
-- columns:
--   stream: the stream; NULL for all together
--   leads: marketing's leads of those months
--   customers: of those, became customers
--   priced: of those, with an amount
--   revenue: revenue of those
--   average_deal: revenue ÷ priced
--   deal_low: lower bound of its interval
--   deal_high: upper bound
--   all_customers: customers of all leads that began in those months, new business alone
--   total_revenue: their revenue
--   share: revenue ÷ total_revenue
--   share_low: lower bound of its interval
--   share_high: upper bound
--   median_cycle: days from the beginning to the win, median of marketing's customers
--   cycle_low: lower bound of its interval
--   cycle_high: upper bound
--   cohorts: how many months
--   from_on: first day of the first of them
--   to_on: last day of the last
--   few: fewer than 30 customers, too few to plan on
WITH told AS (
    SELECT
        CASE WHEN NOT p.one_stream THEN c.stream END AS stream,
        CAST(c.amount AS DOUBLE) AS amount,
        local_day(least(  -- the earliest, so that a hand-off that follows the deal moves no month that is over
            CASE WHEN b.handed THEN c.delivered_at ELSE c.created_at END,
            c.opportunity_at, c.proposal_at, c.won_at
        )) AS begun_on,
        local_day(c.won_at) AS won_on,
        coalesce(c.sourced_by = 'marketing', c.delivered_at IS NOT NULL OR NOT b.handed) AS ours
    FROM credited c
    CROSS JOIN params p
    CROSS JOIN (SELECT count(delivered_at) > 0 AS handed FROM credited) b
    WHERE c.source_owner IS DISTINCT FROM 'retention'
),
grouped AS (
    SELECT t.* FROM told t CROSS JOIN params p WHERE t.stream IS NOT NULL AND t.begun_on <= p.to_on
    UNION ALL BY NAME
    SELECT t.* EXCLUDE (stream) FROM told t CROSS JOIN params p WHERE t.begun_on <= p.to_on
),
slowness AS (
    SELECT stream, quantile_disc(date_diff('day', begun_on, won_on), 0.9) AS p90
    FROM grouped
    WHERE ours AND won_on IS NOT NULL
    GROUP BY stream
),
mature AS (
    SELECT
        g.*, CAST(date_trunc('month', g.begun_on) AS DATE) AS cohort,
        date_diff('day', g.begun_on, g.won_on) AS days,
        g.ours AND g.won_on IS NOT NULL AS customer
    FROM grouped g
    JOIN slowness s ON s.stream IS NOT DISTINCT FROM g.stream
    CROSS JOIN params p
    WHERE CAST(date_trunc('month', g.begun_on) + INTERVAL 1 MONTH AS DATE) + CAST(s.p90 AS INTEGER) <= p.over_on + 1
),
counted AS (
    SELECT
        stream,
        count(*) FILTER (ours) AS leads,
        count(*) FILTER (customer) AS customers,
        count(amount) FILTER (customer) AS priced,
        sum(amount ORDER BY amount) FILTER (customer) AS revenue,
        stddev_samp(amount) FILTER (customer) AS spread,
        sum(amount * amount ORDER BY amount) FILTER (customer) AS own_squares,
        sum(amount * amount ORDER BY amount) FILTER (won_on IS NOT NULL AND NOT ours) AS other_squares,
        count(*) FILTER (won_on IS NOT NULL) AS all_customers,
        sum(amount ORDER BY amount) FILTER (won_on IS NOT NULL) AS total_revenue,
        median(days) FILTER (customer) AS median_cycle,
        list_sort(list(days) FILTER (customer)) AS cycles,
        count(DISTINCT cohort) AS cohorts,
        min(cohort) AS from_on,
        CAST(max(cohort) + INTERVAL 1 MONTH - INTERVAL 1 DAY AS DATE) AS to_on
    FROM mature
    GROUP BY stream
),
spread AS (
    SELECT
        *,
        revenue / nullif(priced, 0) AS average_deal,
        revenue / nullif(total_revenue, 0) AS share,
        1.959963984540054 * spread / sqrt(nullif(priced, 0)) AS deal_reach,
        1.959963984540054 * sqrt(
            pow(1 - revenue / nullif(total_revenue, 0), 2) * coalesce(own_squares, 0)
            + pow(revenue / nullif(total_revenue, 0), 2) * coalesce(other_squares, 0)
        ) / nullif(total_revenue, 0) AS share_reach,
        CAST(floor(customers / 2 - 0.979981992270027 * sqrt(customers)) AS BIGINT) AS low_rank,
        CAST(ceil(1 + customers / 2 + 0.979981992270027 * sqrt(customers)) AS BIGINT) AS high_rank
    FROM counted
)
SELECT
    stream, leads, customers, priced, revenue, average_deal,
    average_deal - deal_reach AS deal_low,
    average_deal + deal_reach AS deal_high,
    all_customers, total_revenue, share,
    greatest(share - share_reach, 0) AS share_low,
    least(share + share_reach, 1) AS share_high,
    median_cycle,
    cycles[greatest(low_rank, 1)] AS cycle_low,
    cycles[least(high_rank, customers)] AS cycle_high,
    cohorts, from_on, to_on,
    customers < 30 AS few
FROM spread
ORDER BY stream NULLS FIRST
