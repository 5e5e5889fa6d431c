-- title: Closing profile
-- grain: one stream (NULL: the only one, or all) and month after the beginning
-- unit: leads; share
-- meaning: when the wins of a cohort come: in the calendar month in which its leads began, the one after, and so on. A
--   lead begins at its hand-off, in a log without any when it is created, or earlier when its deal is first seen.
--   Only months that have been watched for as long as 19 in 20 wins took; the few slower wins count in the last month.
--   Cohorts up to the end of the period, however old.
-- requirements: S4.21, S4.28, F11
-- columns:
--   stream: the stream; NULL for all together
--   month: 1 is the month of the beginning
--   wins: wins in that month
--   share: wins ÷ all wins of these cohorts
--   cumulative: the same with all months before
--   all_wins: all wins of these cohorts
--   cohorts: how many months of beginning
--   from_on: first day of the first of them
--   to_on: last day of the last
--   few: fewer than 30 wins, too few to plan on
WITH told AS (
    SELECT
        c.stream,
        local_day(least(  -- the earliest, so that a hand-off that follows the deal moves no month that is over
            CASE WHEN b.handed THEN c.delivered_at ELSE c.created_at END,
            c.opportunity_at, c.proposal_at, c.won_at
        )) AS begun_on,
        local_day(c.won_at) AS won_on
    FROM credited c
    CROSS JOIN (SELECT count(delivered_at) > 0 AS handed FROM credited) b
    WHERE c.won_at IS NOT NULL
),
grouped AS (
    SELECT CAST(NULL AS VARCHAR) AS stream, begun_on, won_on FROM told
    UNION ALL
    SELECT t.stream, t.begun_on, t.won_on FROM told t CROSS JOIN params p
    WHERE t.stream IS NOT NULL AND NOT p.one_stream
),
aged AS (
    SELECT
        g.stream,
        CAST(date_trunc('month', g.begun_on) AS DATE) AS cohort,
        greatest(date_diff('month', g.begun_on, g.won_on), 0) AS age
    FROM grouped g
    CROSS JOIN params p
    WHERE g.begun_on <= p.to_on
),
longest AS (
    SELECT stream, quantile_disc(age, 0.95) AS age FROM aged GROUP BY stream
),
watched AS (
    SELECT a.stream, a.cohort, least(a.age, l.age) AS age, l.age AS last
    FROM aged a
    JOIN longest l ON l.stream IS NOT DISTINCT FROM a.stream
    CROSS JOIN params p
    WHERE a.cohort + to_months(CAST(l.age + 1 AS INTEGER)) <= p.over_on + 1
),
totals AS (
    SELECT
        stream, max(last) AS last, count(*) AS all_wins, count(DISTINCT cohort) AS cohorts,
        min(cohort) AS from_on, CAST(max(cohort) + INTERVAL 1 MONTH - INTERVAL 1 DAY AS DATE) AS to_on
    FROM watched
    GROUP BY stream
),
counted AS (
    SELECT t.*, n.month, count(w.age) AS wins
    FROM totals t
    JOIN month_number n ON n.month <= t.last + 1
    LEFT JOIN watched w ON w.stream IS NOT DISTINCT FROM t.stream AND w.age + 1 = n.month
    GROUP BY ALL
)
SELECT
    stream, month, wins,
    wins / all_wins AS share,
    sum(wins) OVER (PARTITION BY stream ORDER BY month) / all_wins AS cumulative,
    all_wins, cohorts, from_on, to_on,
    all_wins < 30 AS few
FROM counted
ORDER BY stream NULLS FIRST, month
