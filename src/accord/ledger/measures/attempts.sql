-- title: Leads by number of attempts
-- grain: one number of attempts, from 0 to the most, of the leads delivered in the period
-- unit: leads; share
-- meaning: how often each lead was tried up to as-of, whether it was reached or not. Touches
--   through several channels at one instant are one attempt; automated ones count if the agreement says so. Won leads beside them show what persistence brings.
-- requirements: 5.2, S0.28
-- columns:
--   attempts: number of attempts
--   leads: leads with that many
--   share: of all leads delivered in the period
--   connected: of those leads, reached live or gone on with
--   never_connected: of those leads, not reached so far
--   won: of those leads, won so far
--   win_share: won ÷ leads
--   share_of_wins: of all wins of these leads, those with at most that many attempts
WITH tried AS (
    SELECT
        c.attempts,
        least(c.connected_at, c.sql_at, c.opportunity_at, c.proposal_at, c.won_at) IS NOT NULL AS connected,
        c.won_at IS NOT NULL AS won
    FROM cycle c
    CROSS JOIN params p
    WHERE c.delivered_on BETWEEN p.from_on AND p.to_on
),
counted AS (
    SELECT
        attempts,
        count(*) AS leads,
        count(*) FILTER (connected) AS connected,
        count(*) FILTER (NOT connected) AS never_connected,
        count(*) FILTER (won) AS won
    FROM tried
    GROUP BY attempts
)
SELECT
    attempts, leads,
    leads / sum(leads) OVER () AS share,
    connected, never_connected, won,
    won / leads AS win_share,
    sum(won) OVER (ORDER BY attempts) / nullif(sum(won) OVER (), 0) AS share_of_wins
FROM counted
ORDER BY attempts
