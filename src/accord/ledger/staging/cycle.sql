-- title: What is known about each lead
-- grain: one lead
-- meaning: the first of everything that happened, beside the lead's attributes; days are local to marketing's
--   calendar; a calendar or value frozen at hand-off wins over the agreement's. `price` is a decimal: sums of binary
--   fractions depend on their order, and so would differ from run to run. What came again did so after the first return.
CREATE TABLE cycle AS
WITH given_up AS (
    SELECT e.lead, min(e.occurred_at) AS at
    FROM event e
    CROSS JOIN params p
    JOIN attempt a ON a.lead = e.lead AND a.place = p.minimum AND a.occurred_at <= e.occurred_at
    WHERE e.kind IN ('returned', 'disqualified')
    GROUP BY e.lead
),
tried AS (
    SELECT lead, max(place) AS attempts
    FROM attempt
    GROUP BY lead
)
SELECT
    l.lead, l.account, l.lead_type, l.terms_type, l.stream, l.segment, l.persona, l."source", l.source_owner,
    least(l.created_at, f.created_at) AS created_at,
    f.qualified_at,
    f.delivery.at AS delivered_at,
    local_day(f.delivery.at) AS delivered_on,
    f.delivery.agreement AS agreement,
    f.delivery.calendar AS calendar_said,
    coalesce(k.calendar, p.calendar) AS calendar,
    f.delivery.value AS value_said,
    coalesce(CAST(f.delivery.value AS DECIMAL(38, 9)), CAST(v.price AS DECIMAL(38, 9))) AS price,
    CASE f.delivery.outcome WHEN 'complete' THEN TRUE WHEN 'incomplete' THEN FALSE END AS complete,
    f.delivery.actor AS delivered_by,
    f.delivery.channel AS delivered_through,
    CASE WHEN f.delivery.due IS NOT NULL THEN greatest(f.delivery.due, f.delivery.at) END AS frozen_due_at,
    f.touch.at AS touched_at,
    f.touch.actor AS touched_by,
    f.touch.channel AS touched_through,
    coalesce(f.touch.actor, f.assignment.actor) AS worker,
    coalesce(s.win.actor, s.loss.actor, f.assignment.actor, f.touch.actor) AS closer,
    list_min(list_transform(f.assignments, lambda one: one.at)) AS assigned_at,
    list_max(list_transform(
        list_filter(f.assignments, lambda one: one.actor = f.touch.actor AND one.at <= f.touch.at), lambda one: one.at
    )) AS given_at,
    f.connected_at,
    s.hand,
    s.silence,
    s.decision,
    s.rejected_at,
    s.accepted_at,
    s.sql_at,
    s.opportunity_at,
    s.proposal_at,
    s.win.at AS won_at,
    s.win.amount AS amount,
    s.win.reason AS won_reason,
    s.loss.at AS lost_at,
    s.loss.reason AS lost_reason,
    s.offer.amount AS expected_amount,
    s.pursued_at,
    s.dropped_at,
    s.gone_at,
    s.merged_at,
    s.disputed_at,
    s.settled_at,
    s.returned_at,
    CASE WHEN f.ready_again_at > s.returned_at THEN f.ready_again_at END AS requalified_at,
    CASE WHEN f.delivered_again_at > s.returned_at THEN f.delivered_again_at END AS redelivered_at,
    f.marketing_touched_at,
    f.sales_touched_at,
    least(f.connected_at, s.over_at, g.at) AS chase_over_at,
    s.told,
    s.restored,
    s.touch_excused_at,
    s.decision_excused_at,
    s.feedback_excused_at,
    s.cadence_excused_at,
    s.complete_excused_at,
    coalesce(t.attempts, 0) AS attempts
FROM lead l
CROSS JOIN params p
LEFT JOIN approach f ON f.lead = l.lead
LEFT JOIN sequel s ON s.lead = l.lead
LEFT JOIN term_calendar k ON k.calendar = f.delivery.calendar
LEFT JOIN given_up g ON g.lead = l.lead
LEFT JOIN tried t ON t.lead = l.lead
LEFT JOIN term_value v
    ON v.stream = CASE WHEN p.one_stream THEN '' ELSE l.stream END
    AND v."key" = CASE p.value_by WHEN 'persona' THEN l.persona WHEN 'segment' THEN l.segment ELSE l.lead_type END
