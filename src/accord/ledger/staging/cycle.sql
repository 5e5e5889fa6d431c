-- title: What is known about each lead
-- grain: one lead
-- meaning: the first of everything that happened, beside the lead's attributes; days are local to marketing's
--   calendar; a calendar or value frozen at hand-off wins over the agreement's. `price` is a decimal: sums of binary
--   fractions depend on their order, and so would differ from run to run. What came again did so after the first
--   return. `assigned_at` is the first assignment to anybody, `given_at` the last before the touch to who made it;
--   `facts` is how many the log holds of the lead.
CREATE TABLE cycle AS
WITH touched AS (
    SELECT
        a.id, a.connected_at, a.marketing_touched_at, a.sales_touched_at,
        moment_at(a.touch) AS at,
        w.who, w.actor
    FROM approach a
    LEFT JOIN who w ON w.who = moment_who(a.touch)
)
SELECT
    l.id, l.lead, l.account, l.lead_type, l.terms_type, l.stream, l.segment, l.persona, l."source", l.source_owner,
    least(l.created_at, f.created_at) AS created_at,
    f.qualified_at,
    d.occurred_at AS delivered_at,
    local_day(d.occurred_at) AS delivered_on,
    d.agreement,
    d.calendar AS calendar_said,
    coalesce(k.calendar, p.calendar) AS calendar,
    d.value AS value_said,
    coalesce(CAST(d.value AS DECIMAL(38, 9)), CAST(v.price AS DECIMAL(38, 9))) AS price,
    CASE d.outcome WHEN 'complete' THEN TRUE WHEN 'incomplete' THEN FALSE END AS complete,
    d.actor AS delivered_by,
    d.channel AS delivered_through,
    CASE WHEN d.due_at IS NOT NULL THEN greatest(d.due_at, d.occurred_at) END AS frozen_due_at,
    t.at AS touched_at,
    t.who AS touched_who,
    coalesce(t.actor, a.actor) AS worker,
    coalesce(y.win.actor, y.loss.actor, a.actor, t.actor) AS closer,
    i.assigned_at,
    i.given_at,
    t.connected_at,
    moment_at(s.hand) AS hand_at,
    moment_who(s.hand) AS hand_who,
    moment_at(s.silence) AS silence_at,
    moment_who(s.silence) AS silence_who,
    moment_at(s.decision) AS decision_at,
    moment_who(s.decision) AS decision_who,
    s.rejected_at,
    s.accepted_at,
    s.sql_at,
    s.opportunity_at,
    s.proposal_at,
    y.win.at AS won_at,
    y.win.amount AS amount,
    y.win.reason AS won_reason,
    y.loss.at AS lost_at,
    y.loss.reason AS lost_reason,
    y.offer.amount AS expected_amount,
    s.pursued_at,
    s.dropped_at,
    s.gone_at,
    s.merged_at,
    y.disputed_at,
    y.settled_at,
    s.returned_at,
    CASE WHEN f.ready_again_at > s.returned_at THEN f.ready_again_at END AS requalified_at,
    CASE WHEN f.delivered_again_at > s.returned_at THEN f.delivered_again_at END AS redelivered_at,
    least(t.marketing_touched_at, f.marketing_touched_at) AS marketing_touched_at,
    least(t.sales_touched_at, f.sales_touched_at) AS sales_touched_at,
    least(t.connected_at, s.over_at, n.given_up_at) AS chase_over_at,
    y.told.reason AS told_reason,
    moment_at(y.told.moment) AS told_at,
    moment_who(y.told.moment) AS told_who,
    moment_at(y.restored) AS restored_at,
    moment_who(y.restored) AS restored_who,
    y.touch_excused_at,
    y.decision_excused_at,
    y.feedback_excused_at,
    y.cadence_excused_at,
    y.complete_excused_at,
    coalesce(n.attempts, 0) AS attempts,
    n.last_touch_at,
    n.touches,
    coalesce(n.facts, 0) AS facts
FROM lead l
CROSS JOIN params p
LEFT JOIN arrival f ON f.id = l.id
LEFT JOIN delivery d ON d.id = l.id
LEFT JOIN touched t ON t.id = l.id
LEFT JOIN sequel s ON s.id = l.id
LEFT JOIN saying y ON y.id = l.id
LEFT JOIN given i ON i.id = l.id
LEFT JOIN effort n ON n.id = l.id
LEFT JOIN who a ON a.who = moment_who(f.assignment)
LEFT JOIN term_calendar k ON k.calendar = d.calendar
LEFT JOIN term_value v
    ON v.stream = CASE WHEN p.one_stream THEN '' ELSE l.stream END
    AND v."key" = CASE p.value_by WHEN 'persona' THEN l.persona WHEN 'segment' THEN l.segment ELSE l.lead_type END
