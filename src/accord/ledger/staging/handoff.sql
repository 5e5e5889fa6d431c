-- title: What was handed off, and what became of it
-- grain: one delivered lead
-- meaning: the credit, its worth and the whole way after it in one narrow row, so that measures of marketing join
--   nothing. `state` is that of the credit: kept, broken, pending, void. A deal is open while it is pursued, and neither
--   closed nor let go of after that. The owner is who touched it first, else who it was assigned to, else who accepted it;
--   it waits while sales neither let go of it nor closed it. What came again did so after the first return.
-- requirements: 5.4, 5.6, 5.8, F19
CREATE TABLE handoff AS
SELECT
    c.id, c.lead_type, c.stream, c.segment, c.persona, c."source", c.delivered_on,
    date_trunc('month', c.delivered_on) AS delivered_month,
    v.state, v.by_silence,
    c.price,
    c.value_said IS NOT NULL AS frozen,
    c.complete,
    c.rejected_at IS NOT NULL AS refused,
    c.told_reason AS reason,
    c.disputed_at IS NOT NULL AS disputed,
    c.settled_at IS NOT NULL AS settled,
    c.restored_at IS NOT NULL AS overturned,
    c.returned_at IS NOT NULL AS returned,
    c.requalified_at IS NOT NULL AS requalified,
    c.redelivered_at IS NOT NULL AS redelivered,
    coalesce(greatest(c.pursued_at, c.won_at) > c.returned_at, FALSE) AS regained,
    coalesce(c.worker, w.actor) AS owner,
    c.dropped_at IS NULL AND c.gone_at IS NULL AND c.won_at IS NULL AND c.lost_at IS NULL AS waiting,
    coalesce(c.opportunity_at, c.proposal_at, c.won_at) IS NOT NULL AS opened,
    c.pursued_at IS NOT NULL AND c.won_at IS NULL AND c.lost_at IS NULL AND c.gone_at IS NULL
        AND (c.dropped_at IS NULL OR c.dropped_at < c.pursued_at) AS "open",
    c.expected_amount,
    c.won_at IS NOT NULL AS won,
    c.amount
FROM cycle c
JOIN timed v ON v.id = c.id AND v.promise = 'accepted_leads'
LEFT JOIN who w ON w.who = c.hand_who
