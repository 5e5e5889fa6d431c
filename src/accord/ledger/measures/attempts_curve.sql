-- title: Attempts against connects
-- grain: one number of the attempt, from 1, up to 20
-- unit: leads; share
-- meaning: of the leads that were tried for so-many-eth time without having been reached before, how many were reached
--   before the next attempt; and of all leads tried at all, how many were reached by then. Leads delivered in the
--   period; attempts as depth counts them. This shows what went together and not what caused it: who is tried a seventh
--   time was held for worth it.
-- requirements: S0.28, S4.28, S4.33, 5.2
-- columns:
--   attempt: number of the attempt
--   tried: leads not reached before that had this attempt
--   connected: of those, reached before the next one
--   connect_rate: connected ÷ tried
--   low: lower bound of its 95 % interval (Wilson)
--   high: upper bound
--   cumulative: leads reached by this attempt ÷ all leads tried at all
--   small: fewer than 30 tried
WITH told AS (
    SELECT
        a.place, a.occurred_at,
        lead(a.occurred_at) OVER (PARTITION BY a.id ORDER BY a.place) AS next_at,
        least(c.connected_at, c.sql_at, c.opportunity_at, c.proposal_at, c.won_at) AS reached_at
    FROM attempt a
    JOIN cycle c ON c.id = a.id
    CROSS JOIN params p
    WHERE c.delivered_on BETWEEN p.from_on AND p.to_on
),
counted AS (
    SELECT
        place AS attempt,
        count(*) FILTER (reached_at IS NULL OR reached_at >= occurred_at) AS tried,
        count(*) FILTER (reached_at >= occurred_at AND (next_at IS NULL OR reached_at < next_at)) AS connected
    FROM told
    WHERE place <= 20
    GROUP BY place
)
SELECT
    attempt, tried, connected,
    connected / nullif(tried, 0) AS connect_rate,
    wilson_low(connected, tried) AS low,
    wilson_high(connected, tried) AS high,
    sum(connected) OVER (ORDER BY attempt) / nullif(max(tried) FILTER (attempt = 1) OVER (), 0) AS cumulative,
    tried < 30 AS small
FROM counted
ORDER BY attempt
