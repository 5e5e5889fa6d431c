-- title: Wins and losses by reason
-- grain: one group of leads by (by, key), outcome and reason; the rows of all leads come first
-- unit: deals; share; money; days
-- meaning: the deals that were won or lost in the period, whenever they began, by the reason that was given. A loss by
--   which the buyer chose nobody is apart, as `no decision`: by reasons such as no decision, status quo, no response,
--   on hold or postponed, however they are written; price, budget and timing stay losses. Rep-entered reasons are weak
--   evidence: few reps hear the true one. A lead that was won is no loss, whatever was noted before. The amount of a
--   loss is what the deal was last expected to bring.
-- requirements: S1.33, S2.3, 5.10
-- columns:
--   by: all, lead_type, stream, segment or source
--   key: the group's value; NULL if unknown
--   outcome: won, lost or no decision
--   reason: as it was given; NULL if none was
--   deals: deals with that outcome and reason
--   of_outcome: deals ÷ all deals of the group with that outcome
--   of_closed: deals ÷ all deals of the group that were won or lost
--   amount: revenue of the wins, or what the losses were expected to bring; NULL if no amount is known
--   average_amount: amount ÷ deals whose amount is known
--   unpriced: deals without an amount
--   median_cycle: local days from the beginning to the close, median
--   small: fewer than 10 deals in the group
WITH closed AS (
    SELECT
        c.lead_type, c.stream, c.segment, c."source",
        CASE
            WHEN c.won_at IS NOT NULL THEN 'won'
            WHEN n.reason IS NOT NULL THEN 'no decision'
            ELSE 'lost'
        END AS outcome,
        nullif(trim(CASE WHEN c.won_at IS NOT NULL THEN c.won_reason ELSE c.lost_reason END), '') AS reason,
        CASE WHEN c.won_at IS NOT NULL THEN c.amount ELSE c.expected_amount END AS amount,
        date_diff(
            'day',
            coalesce(c.delivered_on, local_day(coalesce(c.opportunity_at, c.created_at))),
            c.closed_on
        ) AS days
    FROM (SELECT *, local_day(coalesce(won_at, lost_at)) AS closed_on FROM credited) c
    CROSS JOIN params p
    LEFT JOIN term_no_decision n
        ON n.reason = trim(regexp_replace(lower(c.lost_reason), '[\s_-]+', ' ', 'g'))
    WHERE c.closed_on BETWEEN p.from_on AND p.to_on
),
counted AS (
    SELECT
        grouping(lead_type, stream, segment, "source") AS level,
        CASE grouping(lead_type, stream, segment, "source")
            WHEN 7 THEN lead_type WHEN 11 THEN stream WHEN 13 THEN segment WHEN 14 THEN "source" ELSE 'all'
        END AS "key",
        outcome, reason,
        count(*) AS deals,
        sum(amount) AS amount,
        count(*) FILTER (amount IS NULL) AS unpriced,
        median(days) AS median_cycle
    FROM closed
    GROUP BY GROUPING SETS (
        (outcome, reason), (outcome, reason, lead_type), (outcome, reason, stream), (outcome, reason, segment),
        (outcome, reason, "source")
    )
),
shared AS (
    SELECT
        *,
        sum(deals) OVER (PARTITION BY level, "key", outcome) AS of_same,
        sum(deals) OVER (PARTITION BY level, "key") AS of_all
    FROM counted
)
SELECT
    CASE level WHEN 7 THEN 'lead_type' WHEN 11 THEN 'stream' WHEN 13 THEN 'segment' WHEN 14 THEN 'source' ELSE 'all'
    END AS "by",
    "key", outcome, reason, deals,
    deals / of_same AS of_outcome,
    deals / of_all AS of_closed,
    amount,
    amount / nullif(deals - unpriced, 0) AS average_amount,
    unpriced, median_cycle,
    of_all < 10 AS small
FROM shared
ORDER BY
    level <> 15, "by", "key" NULLS LAST,
    CASE outcome WHEN 'won' THEN 1 WHEN 'lost' THEN 2 ELSE 3 END, deals DESC, reason NULLS LAST
