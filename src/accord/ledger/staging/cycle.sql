-- title: What is known about each lead
-- grain: one lead
-- meaning: the first of everything that happened, beside the lead's attributes; days are local to marketing's
--   calendar; a calendar or value frozen at hand-off wins over the agreement's
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
    SELECT lead, max(place) AS attempts, min(occurred_at) AS first_attempt_at
    FROM attempt
    GROUP BY lead
)
SELECT
    l.* EXCLUDE (created_at),
    least(l.created_at, f.created_at) AS created_at,
    f.qualified_at,
    f.delivery.at AS delivered_at,
    local_day(f.delivery.at) AS delivered_on,
    f.delivery.agreement AS agreement,
    f.delivery.calendar AS calendar_said,
    coalesce(k.calendar, p.calendar) AS calendar,
    f.delivery.value AS value_said,
    greatest(f.delivery.due, f.delivery.at) AS frozen_due_at,
    f.delivery.due IS NOT NULL AS due_is_frozen,
    f.assigned_at,
    f.touch.at AS touched_at,
    f.touch.actor AS touched_by,
    f.touch.channel AS touched_through,
    coalesce(f.touch.actor, f.assignment.actor) AS worker,
    coalesce(f.win.actor, f.loss.actor, f.assignment.actor, f.touch.actor) AS closer,
    f.connected_at,
    f.hand,
    f.silence.at AS silence_at,
    f.silence,
    f.decision,
    f.rejection.at AS rejected_at,
    f.rejection.reason AS reject_reason,
    f.accepted_at,
    f.sql_at,
    f.opportunity_at,
    f.proposal_at,
    f.win.at AS won_at,
    f.win.amount AS amount,
    f.loss.at AS lost_at,
    f.loss.reason AS loss_reason,
    f.gone_at,
    f.merged_at,
    f.opted_out_at,
    least(f.chase_over_at, g.at) AS chase_over_at,
    f.touch_excused,
    f.decision_excused,
    f.cadence_excused,
    coalesce(t.attempts, 0) AS attempts,
    coalesce(f.events, 0) AS events
FROM lead l
CROSS JOIN params p
LEFT JOIN fact f ON f.lead = l.lead
LEFT JOIN term_calendar k ON k.calendar = f.delivery.calendar
LEFT JOIN given_up g ON g.lead = l.lead
LEFT JOIN tried t ON t.lead = l.lead
