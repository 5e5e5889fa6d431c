-- title: Key wins and losses
-- grain: one deal: the twenty largest won and the twenty largest lost in the period
-- unit: money; days
-- meaning: the deals whose gain or loss weighs most, for the regular talk about where the two sides should work
--   together better. A win counts with its revenue, a loss with what it was last expected to bring; deals without an
--   amount cannot be ranked and are left out. A lead that was won is no loss. Rep-entered reasons are weak evidence.
-- requirements: S1.33, 5.10
-- columns:
--   outcome: won or lost
--   place: rank by amount among those of the same outcome, 1 being the largest
--   lead: the lead
--   account: the company; NULL if unknown
--   amount: revenue of a win, what was expected of a loss
--   reason: as it was given; NULL if none was
--   no_decision: whether the buyer chose nobody; NULL for a win
--   lead_type: type of the lead
--   stream: revenue stream
--   segment: segment
--   source: where the lead came from
--   closed_on: local day of the close
--   days: local days from the beginning to the close
WITH closed AS (
    SELECT
        CASE WHEN c.won_at IS NOT NULL THEN 'won' ELSE 'lost' END AS outcome,
        c.lead, c.account, c.lead_type, c.stream, c.segment, c."source", c.lost_reason,
        CASE WHEN c.won_at IS NOT NULL THEN c.amount ELSE c.expected_amount END AS amount,
        nullif(trim(CASE WHEN c.won_at IS NOT NULL THEN c.won_reason ELSE c.lost_reason END), '') AS reason,
        c.delivered_on, c.opportunity_at, c.created_at, c.closed_on
    FROM (SELECT *, local_day(coalesce(won_at, lost_at)) AS closed_on FROM credited) c
    CROSS JOIN params p
    WHERE c.closed_on BETWEEN p.from_on AND p.to_on
),
largest AS (
    SELECT *, row_number() OVER (PARTITION BY outcome ORDER BY amount DESC, closed_on DESC, lead) AS place
    FROM closed
    WHERE amount IS NOT NULL
)
SELECT
    l.outcome, l.place, l.lead, l.account, l.amount, l.reason,
    CASE WHEN l.outcome = 'lost' THEN n.reason IS NOT NULL END AS no_decision,
    l.lead_type, l.stream, l.segment, l."source", l.closed_on,
    date_diff('day', coalesce(l.delivered_on, local_day(coalesce(l.opportunity_at, l.created_at))), l.closed_on)
        AS days
FROM largest l
LEFT JOIN term_no_decision n ON n.reason = trim(regexp_replace(lower(l.lost_reason), '[\s_-]+', ' ', 'g'))
WHERE l.place <= 20
ORDER BY l.outcome DESC, l.place
