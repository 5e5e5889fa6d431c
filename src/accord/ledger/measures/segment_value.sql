-- title: Value of a lead by segment
-- grain: one stage and segment (NULL: all)
-- unit: money
-- meaning: what one lead of a segment is worth: the share of mature leads that become customers × what their first deal
--   brings on average. A segment with fewer than ten customers takes both from all leads of the stage. It is an
--   expectation, and no revenue. Months of entry whose youngest lead is older than nine in ten wins from that stage
--   took, up to the end of the period, however old.
-- requirements: S0.24, S4.28, 5.6, F7
-- columns:
--   stage: the stage that the lead has entered
--   segment: the segment; NULL for all
--   entered: mature leads of the segment
--   customers: of those, became customers
--   conversion: customers ÷ entered, of the segment or of all where it is pooled with them
--   low: lower bound of its 95 % interval (Wilson)
--   high: upper bound
--   average_deal: average amount of the won deals, of the segment or of all
--   value: conversion × average_deal
--   value_low: low × average_deal
--   value_high: high × average_deal
--   counted: mature leads behind the conversion
--   pooled_with: cell or all: whose figures these are
WITH moved AS (
    SELECT
        s.stage, s.place, c.segment, c.amount, s.entered_on,
        c.won_at IS NOT NULL AS won,
        date_diff('day', s.entered_on, local_day(c.won_at)) AS days
    FROM stage_entry s
    JOIN credited c ON c.id = s.id
    CROSS JOIN params p
    WHERE s.stage <> 'customer' AND s.entered_on <= p.to_on
),
slowness AS (
    SELECT stage, quantile_disc(days, 0.9) AS p90 FROM moved WHERE won GROUP BY stage
),
mature AS (
    SELECT m.*
    FROM moved m
    JOIN slowness s ON s.stage = m.stage
    CROSS JOIN params p
    WHERE CAST(date_trunc('month', m.entered_on) + INTERVAL 1 MONTH AS DATE) + CAST(s.p90 AS INTEGER) <= p.over_on + 1
),
sets AS (
    SELECT stage, place, NULL AS segment, won, amount FROM mature
    UNION ALL
    SELECT stage, place, segment, won, amount FROM mature WHERE segment IS NOT NULL
),
cell AS (
    SELECT
        stage, place, segment,
        count(*) AS entered,
        count(*) FILTER (won) AS customers,
        CAST(avg(amount) FILTER (won) AS DOUBLE) AS average_deal
    FROM sets
    GROUP BY stage, place, segment
),
taken AS (
    SELECT
        c.stage, c.place, c.segment, c.entered, c.customers,
        CASE WHEN c.customers >= 10 OR c.segment IS NULL THEN 'cell' ELSE 'all' END AS pooled_with,
        CASE WHEN c.customers >= 10 THEN c.entered ELSE a.entered END AS n,
        CASE WHEN c.customers >= 10 THEN c.customers ELSE a.customers END AS k,
        CASE WHEN c.customers >= 10 THEN c.average_deal ELSE a.average_deal END AS deal
    FROM cell c
    JOIN cell a ON a.stage = c.stage AND a.segment IS NULL
)
SELECT
    stage, segment, entered, customers,
    k / n AS conversion,
    wilson_low(k, n) AS low,
    wilson_high(k, n) AS high,
    deal AS average_deal,
    k / n * deal AS value,
    wilson_low(k, n) * deal AS value_low,
    wilson_high(k, n) * deal AS value_high,
    n AS counted,
    pooled_with
FROM taken
ORDER BY place, segment NULLS FIRST
