-- title: Monthly ledger
-- grain: one interval of the agreement and basis, and per basis one pooled row, whose `number` is NULL
-- unit: leads; money; share; days
-- meaning: the calculation of every interval as it came out, on two bases that must not be mixed. `cohort`: marketing's
--   leads that began in the interval, whatever became of them up to as-of. `close`: deals won in the interval, whenever
--   their leads began; its conversion is a quick look only. A lead is marketing's by the agreement's reading, its recorded
--   source or a touch; where that is not known, it counts as marketing's if it was handed off. It begins at its
--   hand-off, in a log without any when it is created, or earlier when its deal is first seen. The pooled row divides sums:
--   rates are never averaged. It holds the mature intervals of the cohort basis, the complete ones of the close basis.
-- requirements: S0.17, S0.18, S0.19, S0.20, S0.21, S0.22, 5.3, 5.7, 5.9, F9
-- columns:
--   basis: cohort or close
--   number: of the interval, the term's first being 0; NULL for the pooled row
--   from_on: first day, within the period
--   to_on: last day, within the period
--   leads: marketing's leads that began
--   customers: of those on the basis, became customers
--   revenue: revenue from those customers
--   total_revenue: revenue of all customers on the basis, whoever brought them, existing customers' new deals too; the
--     share that is proposed for a plan leaves those deals out
--   conversion: customers ÷ leads
--   low: lower bound of its 95 % interval (Wilson), on the cohort basis
--   high: upper bound
--   average_deal: revenue ÷ customers whose amount is known
--   share: revenue ÷ total_revenue
--   unpriced: of those customers, without an amount
--   median_cycle: days from the beginning to the win, median of those customers
--   mean_cycle: the same, mean
--   starts: where the cycle starts: hand-off or creation
--   accepted: of the leads, accepted by hand, by going on with them or by silence
--   by_silence: of those, by silence
--   rejected: of the leads, rejected
--   undecided: of the leads, still within the window
--   acceptance: accepted ÷ (accepted + rejected)
--   value: value of the accepted leads
--   complete: whether the interval is over
--   mature: whether its youngest lead is older than nine in ten wins took; NULL if nobody was ever won
--   unrecorded: of the leads, without a recorded source, or the touch that the agreement goes by
--   pooled: whether it is part of the pooled row
WITH told AS (
    SELECT
        c.id, c.amount, c.sourced_by,
        local_day(least(  -- the earliest, so that a hand-off that follows the deal moves no month that is over
            CASE WHEN b.handed THEN c.delivered_at ELSE c.created_at END,
            c.opportunity_at, c.proposal_at, c.won_at
        )) AS begun_on,
        local_day(c.won_at) AS won_on,
        coalesce(c.sourced_by = 'marketing', c.delivered_at IS NOT NULL OR NOT b.handed) AS ours,
        CASE WHEN b.handed THEN 'hand-off' ELSE 'creation' END AS starts
    FROM credited c
    CROSS JOIN (SELECT count(delivered_at) > 0 AS handed FROM credited) b
),
spans AS (
    SELECT
        n.number,
        CAST(i.anchor + to_months(CAST(n.number * i.months AS INTEGER)) AS DATE) AS start_on,
        CAST(i.anchor + to_months(CAST((n.number + 1) * i.months AS INTEGER)) AS DATE) AS until_on
    FROM term_interval i
    CROSS JOIN params p
    CROSS JOIN LATERAL (SELECT unnest(range(
        CAST(floor(date_diff('month', i.anchor, p.from_on) / i.months) AS BIGINT),
        CAST(floor(date_diff('month', i.anchor, p.to_on) / i.months) AS BIGINT) + 1
    )) AS number) n
),
slowness AS (
    SELECT quantile_disc(date_diff('day', begun_on, won_on), 0.9) AS p90 FROM told WHERE ours AND won_on IS NOT NULL
),
intervals AS (
    SELECT
        b.basis, s.number,
        greatest(s.start_on, p.from_on) AS from_on,
        least(CAST(s.until_on - 1 AS DATE), p.to_on) AS to_on,
        s.until_on <= p.over_on + 1 AS complete,
        s.until_on + CAST(w.p90 AS INTEGER) <= p.over_on + 1 AS mature,
        CASE b.basis
            WHEN 'close' THEN s.until_on <= p.over_on + 1
            ELSE coalesce(s.until_on + CAST(w.p90 AS INTEGER) <= p.over_on + 1, FALSE)
        END AS pooled
    FROM spans s
    CROSS JOIN params p
    CROSS JOIN slowness w
    CROSS JOIN (SELECT unnest(['cohort', 'close']) AS basis) b
),
dated AS (  -- what counts in which interval: on the close basis a lead and its win are apart
    SELECT 'cohort' AS basis, begun_on AS "on", TRUE AS began, won_on IS NOT NULL AS won, * FROM told
    UNION ALL
    SELECT 'close', begun_on, TRUE, FALSE, * FROM told
    UNION ALL
    SELECT 'close', won_on, FALSE, TRUE, * FROM told WHERE won_on IS NOT NULL
),
placed AS (
    SELECT
        d.*, i.number, i.pooled,
        date_diff('day', d.begun_on, d.won_on) AS days,
        CASE WHEN d.basis = 'cohort' AND d.ours THEN v.state END AS state,
        v.by_silence AS silent,
        CASE WHEN d.basis = 'cohort' AND d.ours THEN k.points END AS points
    FROM dated d
    JOIN intervals i ON i.basis = d.basis AND d."on" BETWEEN i.from_on AND i.to_on
    LEFT JOIN timed v ON v.id = d.id AND v.promise = 'accepted_leads'
    LEFT JOIN contribution k ON k.id = d.id AND k.measure = 'lead_value'
),
gathered AS (
    SELECT * FROM placed
    UNION ALL BY NAME
    SELECT * EXCLUDE (number) FROM placed WHERE pooled
),
counted AS (
    SELECT
        basis, number,
        count(*) FILTER (ours AND began) AS leads,
        count(*) FILTER (ours AND won) AS customers,
        count(*) FILTER (won) AS all_customers,
        count(*) FILTER (ours AND won AND amount IS NULL) AS unpriced,
        sum(amount) FILTER (ours AND won) AS revenue,
        sum(amount) FILTER (won) AS total_revenue,
        median(days) FILTER (ours AND won) AS median_cycle,
        avg(days) FILTER (ours AND won) AS mean_cycle,
        count(*) FILTER (state = 'kept') AS accepted,
        count(*) FILTER (state = 'kept' AND silent) AS by_silence,
        count(*) FILTER (state = 'broken') AS rejected,
        count(*) FILTER (state = 'pending') AS undecided,
        sum(points) FILTER (state = 'kept') AS value,
        count(*) FILTER (ours AND began AND sourced_by IS NULL) AS unrecorded
    FROM gathered
    GROUP BY basis, number
),
rows AS (  -- an interval in which nothing happened is a row too
    SELECT * FROM intervals
    UNION ALL
    SELECT basis, NULL, min(from_on), max(to_on), TRUE, bool_and(mature), TRUE
    FROM intervals
    WHERE pooled
    GROUP BY basis
),
summed AS (
    SELECT
        r.basis, r.number, r.from_on, r.to_on, r.complete, r.mature, r.pooled,
        coalesce(c.leads, 0) AS leads,
        coalesce(c.customers, 0) AS customers,
        CASE WHEN coalesce(c.customers, 0) = 0 THEN 0 ELSE c.revenue END AS revenue,
        CASE WHEN coalesce(c.all_customers, 0) = 0 THEN 0 ELSE c.total_revenue END AS total_revenue,
        coalesce(c.unpriced, 0) AS unpriced,
        c.median_cycle, c.mean_cycle,
        CASE r.basis WHEN 'cohort' THEN coalesce(c.accepted, 0) END AS accepted,
        CASE r.basis WHEN 'cohort' THEN coalesce(c.by_silence, 0) END AS by_silence,
        CASE r.basis WHEN 'cohort' THEN coalesce(c.rejected, 0) END AS rejected,
        CASE r.basis WHEN 'cohort' THEN coalesce(c.undecided, 0) END AS undecided,
        c.value,
        coalesce(c.unrecorded, 0) AS unrecorded
    FROM rows r
    LEFT JOIN counted c ON c.basis = r.basis AND c.number IS NOT DISTINCT FROM r.number
)
SELECT
    s.basis, s.number, s.from_on, s.to_on, s.leads, s.customers, s.revenue, s.total_revenue,
    s.customers / nullif(s.leads, 0) AS conversion,
    CASE s.basis WHEN 'cohort' THEN wilson_low(s.customers, s.leads) END AS low,
    CASE s.basis WHEN 'cohort' THEN wilson_high(s.customers, s.leads) END AS high,
    CAST(s.revenue AS DOUBLE) / nullif(s.customers - s.unpriced, 0) AS average_deal,
    CAST(s.revenue AS DOUBLE) / nullif(CAST(s.total_revenue AS DOUBLE), 0) AS share,
    s.unpriced, s.median_cycle, s.mean_cycle,
    CASE WHEN b.handed THEN 'hand-off' ELSE 'creation' END AS starts,
    s.accepted, s.by_silence, s.rejected, s.undecided,
    s.accepted / nullif(s.accepted + s.rejected, 0) AS acceptance,
    s.value, s.complete, s.mature, s.unrecorded, s.pooled
FROM summed s
CROSS JOIN (SELECT count(delivered_at) > 0 AS handed FROM credited) b
ORDER BY s.basis DESC, s.number NULLS LAST
