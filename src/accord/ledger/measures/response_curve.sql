-- title: Response time against outcome
-- grain: one lead type (NULL: all) and span of time from delivery to the first touch
-- unit: leads; share
-- meaning: what became of the leads by how soon somebody of sales touched them first, in wall time, as the buyer lives
--   by it. Leads delivered in the period that are older than nine in ten wins took. This shows what went together and
--   not what caused it: people call first whom they hold for promising, and who answers was easier to reach.
-- requirements: S0.26, S4.28, S4.32, 5.1
-- columns:
--   lead_type: the type; NULL for all
--   place: the order of the spans; the last is never
--   within: upper end of the span in seconds, included; NULL for later than the last, and for never
--   touched: whether anybody of sales touched them at all
--   leads: leads
--   connected: of those, reached or gone on with
--   connect_rate: connected ÷ leads
--   connect_low: lower bound of its 95 % interval (Wilson)
--   connect_high: upper bound
--   qualified: of those, sales-qualified or further
--   sql_rate: qualified ÷ leads
--   sql_low: lower bound of its interval
--   sql_high: upper bound
--   won: of those, won
--   win_rate: won ÷ leads
--   win_low: lower bound of its interval
--   win_high: upper bound
--   small: fewer than 30 leads
WITH wait AS (
    SELECT quantile_disc(date_diff('day', delivered_on, local_day(won_at)), 0.9) AS p90
    FROM cycle
    WHERE won_at IS NOT NULL AND delivered_at IS NOT NULL
),
told AS (
    SELECT
        c.lead_type,
        CASE  -- greatest() would make 0 of an unknown
            WHEN c.touched_at IS NOT NULL THEN greatest(date_diff('second', c.delivered_at, c.touched_at), 0)
        END AS seconds,
        least(c.connected_at, c.sql_at, c.opportunity_at, c.proposal_at, c.won_at) IS NOT NULL AS connected,
        least(c.sql_at, c.opportunity_at, c.proposal_at, c.won_at) IS NOT NULL AS qualified,
        c.won_at IS NOT NULL AS won
    FROM cycle c
    CROSS JOIN params p
    CROSS JOIN wait w
    WHERE c.delivered_on BETWEEN p.from_on AND p.to_on
        AND c.delivered_on + CAST(coalesce(w.p90, 30) AS INTEGER) <= p.over_on
),
spanned AS (
    SELECT
        *,
        CASE
            WHEN seconds IS NULL THEN 8
            WHEN seconds <= 300 THEN 1
            WHEN seconds <= 1800 THEN 2
            WHEN seconds <= 3600 THEN 3
            WHEN seconds <= 14400 THEN 4
            WHEN seconds <= 86400 THEN 5
            WHEN seconds <= 259200 THEN 6
            ELSE 7
        END AS place
    FROM told
),
sets AS (
    SELECT * FROM spanned WHERE lead_type IS NOT NULL
    UNION ALL BY NAME
    SELECT * EXCLUDE (lead_type) FROM spanned
),
counted AS (
    SELECT
        lead_type, place,
        count(*) AS leads,
        count(*) FILTER (connected) AS connected,
        count(*) FILTER (qualified) AS qualified,
        count(*) FILTER (won) AS won
    FROM sets
    GROUP BY lead_type, place
)
SELECT
    lead_type, place,
    [300, 1800, 3600, 14400, 86400, 259200][place] AS within,
    place < 8 AS touched,
    leads,
    connected, connected / leads AS connect_rate,
    wilson_low(connected, leads) AS connect_low, wilson_high(connected, leads) AS connect_high,
    qualified, qualified / leads AS sql_rate,
    wilson_low(qualified, leads) AS sql_low, wilson_high(qualified, leads) AS sql_high,
    won, won / leads AS win_rate,
    wilson_low(won, leads) AS win_low, wilson_high(won, leads) AS win_high,
    leads < 30 AS small
FROM counted
ORDER BY lead_type NULLS FIRST, place
