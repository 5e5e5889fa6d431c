-- title: Time to close and worth of a deal
-- grain: one group of won deals by (by, key) and one start state; the rows of all deals come first
-- unit: days; money
-- meaning: of the deals won in the period, whenever they began, the local days from the hand-off and from the opening
--   of the opportunity to the win. A deal without that start, or with one after its win, is in `unknown` alone. Beside
--   it two worths that are not the same: the deal value is the revenue of a won deal, the order value (AOV) that of one
--   purchase, since a customer may buy again: an order is a won deal or a renewal. By close date,
--   deals that are still open cannot drag it: whoever looks at one month of begin sees only its quick wins.
-- requirements: S4.17, 5.1, 5.10
-- columns:
--   by: all, lead_type, stream or segment
--   key: the group's value; NULL if unknown
--   start: handed_off or opportunity
--   deals: deals won
--   timed: of those, with a known time from that start
--   unknown: the others
--   median_days: days from start to win, median
--   p90_days: nine in ten took no longer (nearest rank)
--   mean_days: mean
--   deal_value: average revenue of the won deals whose amount is known
--   priced: won deals whose amount is known
--   order_value: average amount of one order in the period (AOV)
--   orders: orders in the period whose amount is known
--   small: fewer than 10 deals with a known time
WITH won AS (
    SELECT
        c.lead_type, c.stream, c.segment, c.amount, c.won_on,
        CASE WHEN c.delivered_at <= c.won_at THEN c.delivered_on END AS handed_off_on,
        CASE WHEN c.opportunity_at <= c.won_at THEN local_day(c.opportunity_at) END AS opportunity_on
    FROM (SELECT *, local_day(won_at) AS won_on FROM credited WHERE won_at IS NOT NULL) c
    CROSS JOIN params p
    WHERE c.won_on BETWEEN p.from_on AND p.to_on
),
timed AS (
    SELECT lead_type, stream, segment, amount, 'handed_off' AS "start", date_diff('day', handed_off_on, won_on) AS days
    FROM won
    UNION ALL
    SELECT lead_type, stream, segment, amount, 'opportunity', date_diff('day', opportunity_on, won_on) FROM won
),
counted AS (
    SELECT
        grouping(lead_type, stream, segment) AS level,
        CASE grouping(lead_type, stream, segment)
            WHEN 3 THEN lead_type WHEN 5 THEN stream WHEN 6 THEN segment ELSE 'all'
        END AS "key",
        "start",
        count(*) AS deals,
        count(days) AS timed,
        median(days) AS median_days,
        quantile_disc(days, 0.9) AS p90_days,
        avg(days) AS mean_days,
        avg(amount) AS deal_value,
        count(amount) AS priced
    FROM timed
    GROUP BY GROUPING SETS (("start"), ("start", lead_type), ("start", stream), ("start", segment))
),
purchase AS (  -- a corrected renewal is a second fact of the same instant: the first that was recorded stands
    SELECT c.lead_type, c.stream, c.segment, min({'recorded': e.recorded_at, 'amount': e.amount}).amount AS amount
    FROM event e
    JOIN credited c ON c.lead = e.lead
    CROSS JOIN params p
    WHERE e.kind = 'renewed' AND e.amount IS NOT NULL AND local_day(e.occurred_at) BETWEEN p.from_on AND p.to_on
    GROUP BY e.lead, e.occurred_at, c.lead_type, c.stream, c.segment
    UNION ALL
    SELECT lead_type, stream, segment, amount FROM won WHERE amount IS NOT NULL
),
ordered AS (
    SELECT
        grouping(lead_type, stream, segment) AS level,
        CASE grouping(lead_type, stream, segment)
            WHEN 3 THEN lead_type WHEN 5 THEN stream WHEN 6 THEN segment ELSE 'all'
        END AS "key",
        avg(amount) AS order_value,
        count(*) AS orders
    FROM purchase
    GROUP BY GROUPING SETS ((), (lead_type), (stream), (segment))
)
SELECT
    CASE t.level WHEN 3 THEN 'lead_type' WHEN 5 THEN 'stream' WHEN 6 THEN 'segment' ELSE 'all' END AS "by",
    t."key", t."start", t.deals, t.timed,
    t.deals - t.timed AS unknown,
    t.median_days, t.p90_days, t.mean_days, t.deal_value, t.priced,
    o.order_value,
    coalesce(o.orders, 0) AS orders,
    t.timed < 10 AS small
FROM counted t
LEFT JOIN ordered o ON o.level = t.level AND o."key" IS NOT DISTINCT FROM t."key"
ORDER BY t.level <> 7, "by", t."key" NULLS LAST, t."start"
