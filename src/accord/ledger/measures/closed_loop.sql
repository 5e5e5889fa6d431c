-- title: What came of each source
-- grain: one group of leads by (by, key), of the leads handed off in the period; the row of all leads comes first
-- unit: leads; money; share
-- meaning: the loop closed: of the leads that each source brought, how many sales took, how many became deals, what is
--   still open and what was earned. Forms filled in are no result, so that the row begins at the hand-off. All figures
--   are of these leads, whatever day the deal was opened or won. The pipeline is the amount said last of each deal that
--   is open; revenue is what won deals brought. Worth and revenue are never added: the one expects the other.
-- requirements: S0.18, S1.33, 5.6, 5.9
-- columns:
--   by: all, source or source_owner
--   key: the group's value; NULL if unknown; the owner of the source is by the reading that the agreement goes by
--   delivered: leads handed off, duplicates aside
--   accepted: by hand, by arbitration or by silence
--   rejected: refused within the window, and not restored
--   acceptance: accepted ÷ (accepted + rejected)
--   opportunities: with a deal opened
--   opened: opportunities ÷ delivered
--   open: deals still open
--   pipeline: amounts of the open deals
--   open_unpriced: open deals without an amount
--   won: won
--   won_of_all: won ÷ delivered; low while the leads are young
--   revenue: amounts of the won deals
--   unpriced: won deals without an amount
--   value: worth of the accepted leads
--   revenue_per_lead: revenue ÷ delivered
--   small: fewer than 10 leads delivered
WITH fact AS (
    SELECT
        h."source", c.sourced_by AS source_owner,
        count(*) AS delivered,
        count(*) FILTER (h.state = 'kept') AS accepted,
        count(*) FILTER (h.state = 'broken') AS rejected,
        count(*) FILTER (h.opened) AS opportunities,
        count(*) FILTER (h."open") AS "open",
        sum(h.expected_amount) FILTER (h."open") AS pipeline,
        count(*) FILTER (h."open" AND h.expected_amount IS NULL) AS open_unpriced,
        count(*) FILTER (h.won) AS won,
        sum(h.amount) AS revenue,
        count(*) FILTER (h.won AND h.amount IS NULL) AS unpriced,
        sum(h.price) FILTER (h.state = 'kept') AS "value"
    FROM handoff h
    JOIN credited c ON c.id = h.id
    CROSS JOIN params p
    WHERE h.delivered_on BETWEEN p.from_on AND p.to_on
    GROUP BY ALL
),
grouped AS (
    SELECT
        CASE 0 WHEN grouping("source") THEN 'source' WHEN grouping(source_owner) THEN 'source_owner' ELSE 'all' END
            AS "by",
        CASE 0 WHEN grouping("source") THEN "source" WHEN grouping(source_owner) THEN source_owner ELSE 'all' END
            AS "key",
        CAST(sum(delivered) AS BIGINT) AS delivered,
        CAST(sum(accepted) AS BIGINT) AS accepted,
        CAST(sum(rejected) AS BIGINT) AS rejected,
        CAST(sum(opportunities) AS BIGINT) AS opportunities,
        CAST(sum("open") AS BIGINT) AS "open",
        coalesce(sum(pipeline), 0) AS pipeline,
        CAST(sum(open_unpriced) AS BIGINT) AS open_unpriced,
        CAST(sum(won) AS BIGINT) AS won,
        coalesce(sum(revenue), 0) AS revenue,
        CAST(sum(unpriced) AS BIGINT) AS unpriced,
        CAST(sum("value") AS DOUBLE) AS "value"
    FROM fact
    GROUP BY GROUPING SETS ((), ("source"), (source_owner))
)
SELECT
    "by", "key", delivered, accepted, rejected,
    accepted / nullif(accepted + rejected, 0) AS acceptance,
    opportunities,
    opportunities / delivered AS opened,
    "open", pipeline, open_unpriced, won,
    won / delivered AS won_of_all,
    revenue, unpriced, "value",
    CAST(revenue AS DOUBLE) / delivered AS revenue_per_lead,
    delivered < 10 AS small
FROM grouped
WHERE delivered > 0
ORDER BY "by" <> 'all', "by", revenue DESC, delivered DESC, "key" NULLS LAST
