-- title: Value of a lead by cell
-- grain: one stage, lead type (NULL: all) and persona (NULL: all)
-- unit: money
-- meaning: what one lead of a cell is worth: the share of mature leads that become customers × what their first deal
--   brings on average. A cell with fewer than ten customers takes both from its parent: lead type and persona from the
--   lead type, those from all leads of the stage. It is an expectation, and no revenue. Months of entry whose youngest
--   lead is older than nine in ten wins from that stage took, up to the end of the period, however old.
-- requirements: S0.24, S4.28, 5.6, F7
-- columns:
--   stage: the stage that the lead has entered
--   lead_type: the type; NULL for all
--   persona: the persona; NULL for all
--   entered: mature leads of the cell
--   customers: of those, became customers
--   conversion: customers ÷ entered, of the cell or of the parent that it is pooled with
--   low: lower bound of its 95 % interval (Wilson)
--   high: upper bound
--   average_deal: average amount of the won deals, of the cell or of that parent
--   value: conversion × average_deal
--   value_low: low × average_deal
--   value_high: high × average_deal
--   counted: mature leads behind the conversion
--   pooled_with: cell, lead_type or all: whose figures these are
WITH moved AS (
    SELECT
        s.stage, s.place, c.lead_type, c.persona, c.amount, s.entered_on,
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
    SELECT stage, place, NULL AS lead_type, NULL AS persona, won, amount FROM mature
    UNION ALL
    SELECT stage, place, lead_type, NULL, won, amount FROM mature WHERE lead_type IS NOT NULL
    UNION ALL
    SELECT stage, place, NULL, persona, won, amount FROM mature WHERE persona IS NOT NULL
    UNION ALL
    SELECT stage, place, lead_type, persona, won, amount FROM mature WHERE lead_type IS NOT NULL AND persona IS NOT NULL
),
cell AS (
    SELECT
        stage, place, lead_type, persona,
        count(*) AS entered,
        count(*) FILTER (won) AS customers,
        CAST(avg(amount) FILTER (won) AS DOUBLE) AS average_deal
    FROM sets
    GROUP BY stage, place, lead_type, persona
),
chosen AS (
    SELECT
        c.stage, c.place, c.lead_type, c.persona, c.entered, c.customers,
        CASE
            WHEN c.customers >= 10 OR (c.lead_type IS NULL AND c.persona IS NULL) THEN 'cell'
            WHEN c.persona IS NOT NULL AND t.customers >= 10 THEN 'lead_type'
            ELSE 'all'
        END AS pooled_with,
        t.entered AS type_entered, t.customers AS type_customers, t.average_deal AS type_deal,
        a.entered AS all_entered, a.customers AS all_customers, a.average_deal AS all_deal,
        c.average_deal
    FROM cell c
    JOIN cell a ON a.stage = c.stage AND a.lead_type IS NULL AND a.persona IS NULL
    LEFT JOIN cell t ON t.stage = c.stage AND t.lead_type = c.lead_type AND t.persona IS NULL
),
taken AS (
    SELECT
        stage, place, lead_type, persona, entered, customers, pooled_with,
        CASE pooled_with WHEN 'cell' THEN entered WHEN 'lead_type' THEN type_entered ELSE all_entered END AS n,
        CASE pooled_with WHEN 'cell' THEN customers WHEN 'lead_type' THEN type_customers ELSE all_customers END AS k,
        CASE pooled_with WHEN 'cell' THEN average_deal WHEN 'lead_type' THEN type_deal ELSE all_deal END AS deal
    FROM chosen
)
SELECT
    stage, lead_type, persona, entered, customers,
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
ORDER BY place, lead_type NULLS FIRST, persona NULLS FIRST
