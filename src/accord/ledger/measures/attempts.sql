-- title: Leads by number of attempts
-- grain: one number of attempts, from 0 to the most, of the leads delivered in the period
-- unit: leads; share
-- meaning: how often each lead was tried up to as-of, whether it was reached or not. Touches
--   through several channels at one instant are one attempt; automated ones count if the agreement says so. Won leads
--   beside them show what persistence brings; the leads that depth looks at, mature and never reached, stand apart.
-- requirements: 5.2, S0.28, S0.37
-- columns:
--   attempts: number of attempts
--   leads: leads with that many
--   share: of all leads delivered in the period
--   connected: of those leads, reached live or gone on with
--   never_connected: of those leads, not reached so far
--   unreached: of those leads, never connected with, not ended and older than the first checkpoint: depth's population
--   share_unreached: unreached ÷ all leads of that population
--   won: of those leads, won so far
--   win_share: won ÷ leads
--   share_of_wins: of all wins of these leads, those with at most that many attempts
WITH counted AS (
    SELECT
        f.attempts,
        count(*) AS leads,
        count(*) FILTER (f.reached) AS connected,
        count(*) FILTER (NOT f.reached) AS never_connected,
        count(*) FILTER (f.unreached) AS unreached,
        count(*) FILTER (f.won_at IS NOT NULL) AS won
    FROM pursuit f
    CROSS JOIN params p
    WHERE f.delivered_on BETWEEN p.from_on AND p.to_on
    GROUP BY f.attempts
)
SELECT
    attempts, leads,
    leads / sum(leads) OVER () AS share,
    connected, never_connected, unreached,
    unreached / nullif(sum(unreached) OVER (), 0) AS share_unreached,
    won,
    won / leads AS win_share,
    sum(won) OVER (ORDER BY attempts) / nullif(sum(won) OVER (), 0) AS share_of_wins
FROM counted
ORDER BY attempts
