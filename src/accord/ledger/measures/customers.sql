-- title: Customers: retention and satisfaction
-- grain: one group of customers by (by, key); the row of all customers comes first
-- unit: customers; share
-- meaning: whether customers stay and are content, where the log has it. A customer is an account, or a lead without one,
--   from a `won` or `renewed` on until it is `churned`; a later win or renewal begins anew. Retention: of the customers
--   at the start of the period, how many are customers at its end, or at as-of while it runs; who came and left within
--   it is in neither. Satisfaction: of the customers that were `rated` in the period and said `satisfied` or `not
--   satisfied`, how many said satisfied; of several ratings the last counts, and another word is no answer. Without a
--   `churned` or `renewed` in the whole log nobody can say who stayed: retention is unknown then, not 100 %.
-- requirements: S4.4, S4.10, S4.14, S1.29, 5.10
-- columns:
--   by: all, stream, segment or lead_type; a customer with leads in several groups is in each of them
--   key: the group's value; NULL if unknown
--   at_start: customers when the period began
--   stayed: of those, customers at its end
--   left: of those, no longer
--   retention: stayed ÷ at_start; NULL where the log cannot tell
--   retention_low: lower bound of its 95 % interval (Wilson)
--   retention_high: upper bound
--   joined: customers at the end that were none at the start
--   at_end: customers at the end
--   renewed: customers that renewed in the period
--   asked: customers rated in the period, whatever they said
--   answered: of those, said satisfied or not satisfied
--   satisfied: of those, satisfied
--   satisfaction: satisfied ÷ answered
--   satisfaction_low: lower bound of its 95 % interval (Wilson)
--   satisfaction_high: upper bound
--   small: fewer than 10 customers at the start
--   few_answers: fewer than 10 answers
WITH fact AS (
    SELECT
        c.account, c.lead, c.lead_type, c.stream, c.segment, e.kind, e.occurred_at,
        trim(replace(lower(e.outcome), '_', ' ')) AS word
    FROM event e
    JOIN credited c ON c.lead = e.lead
    WHERE e.kind IN ('renewed', 'churned', 'rated')
    UNION ALL
    SELECT account, lead, lead_type, stream, segment, 'won', won_at, NULL FROM credited WHERE won_at IS NOT NULL
),
told AS (
    SELECT
        CASE WHEN account IS NULL THEN 'lead ' || lead ELSE 'account ' || account END AS customer,
        lead, lead_type, stream, segment, kind, word,
        local_day(occurred_at) AS "on",
        -- of two facts at one instant, one that says that the customer stays comes last, and the worse of two ratings
        epoch_us(occurred_at) * 2
            + CASE WHEN kind = 'churned' OR (kind = 'rated' AND word = 'satisfied') THEN 0 ELSE 1 END AS place
    FROM fact
),
recorded AS (
    SELECT count(*) > 0 AS tells FROM told WHERE kind IN ('renewed', 'churned')
),
customer AS (  -- of each its last word before the period and by its end
    SELECT
        grouping(t.lead_type, t.stream, t.segment) AS level,
        CASE grouping(t.lead_type, t.stream, t.segment)
            WHEN 3 THEN t.lead_type WHEN 5 THEN t.stream WHEN 6 THEN t.segment ELSE 'all'
        END AS "key",
        t.customer,
        coalesce(arg_max(t.kind, t.place) FILTER (t.kind <> 'rated' AND t."on" < p.from_on) <> 'churned', FALSE)
            AS before,
        coalesce(arg_max(t.kind, t.place) FILTER (t.kind <> 'rated' AND t."on" <= p.to_on) <> 'churned', FALSE)
            AS after,
        bool_or(t.kind = 'renewed' AND t."on" BETWEEN p.from_on AND p.to_on) AS renewed,
        bool_or(t.kind = 'rated' AND t."on" BETWEEN p.from_on AND p.to_on) AS asked,
        arg_max(t.word, t.place) FILTER (
            t.kind = 'rated' AND t."on" BETWEEN p.from_on AND p.to_on AND t.word IN ('satisfied', 'not satisfied')
        ) AS word
    FROM told t
    CROSS JOIN params p
    GROUP BY GROUPING SETS (
        (t.customer), (t.customer, t.lead_type), (t.customer, t.stream), (t.customer, t.segment)
    )
),
counted AS (
    SELECT
        level, "key",
        count(*) FILTER (before) AS at_start,
        count(*) FILTER (before AND after) AS stayed,
        count(*) FILTER (after AND NOT before) AS joined,
        count(*) FILTER (after) AS at_end,
        count(*) FILTER (renewed) AS renewed,
        count(*) FILTER (asked) AS asked,
        count(word) AS answered,
        count(*) FILTER (word = 'satisfied') AS satisfied
    FROM customer
    GROUP BY level, "key"
)
SELECT
    CASE level WHEN 3 THEN 'lead_type' WHEN 5 THEN 'stream' WHEN 6 THEN 'segment' ELSE 'all' END AS "by",
    "key", at_start,
    CASE WHEN r.tells THEN stayed END AS stayed,
    CASE WHEN r.tells THEN at_start - stayed END AS "left",
    CASE WHEN r.tells THEN stayed / nullif(at_start, 0) END AS retention,
    CASE WHEN r.tells THEN wilson_low(stayed, at_start) END AS retention_low,
    CASE WHEN r.tells THEN wilson_high(stayed, at_start) END AS retention_high,
    joined, at_end, renewed, asked, answered, satisfied,
    satisfied / nullif(answered, 0) AS satisfaction,
    wilson_low(satisfied, answered) AS satisfaction_low,
    wilson_high(satisfied, answered) AS satisfaction_high,
    at_start < 10 AS small,
    answered < 10 AS few_answers
FROM counted
CROSS JOIN recorded r
ORDER BY level <> 7, "by", "key" NULLS LAST
