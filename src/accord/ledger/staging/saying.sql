-- title: What was said of a lead: reasons, amounts, arbitrations, excuses
-- grain: one lead of which any of that was said
-- meaning: kinds that few leads have, apart from `sequel` because their words are compared too. `told` is the reason of
--   a reject, `restored` the moment of an arbitration that took the reject back, `offer` the amount said last of an open deal.
CREATE TEMP TABLE saying AS
WITH e AS (
    SELECT
        e.id, e.kind, e.occurred_at, e.recorded_at, w.actor, e.reason, e.amount, e.outcome,
        moment(e.occurred_at, e.recorded_at, e.who) AS moment,
        e.kind = 'excused' AND e.side = 'marketing' AS excuse,
        e.kind = 'excused' AND e.side = 'sales' AS excuse_of_marketing,
        coalesce(e.outcome, '') AS named
    FROM known e
    JOIN who w ON w.who = e.who
    WHERE e.kind IN ('won', 'lost', 'opportunity', 'proposal', 'rejected', 'feedback', 'arbitrated', 'excused', 'disputed')
)
SELECT
    id,
    min({'moment': moment, 'reason': reason}) FILTER (kind IN ('rejected', 'feedback') AND coalesce(reason, '') <> '')
        AS told,
    min(moment) FILTER (kind = 'arbitrated' AND outcome = 'overturned') AS restored,
    min({'at': occurred_at, 'recorded': recorded_at, 'amount': amount, 'actor': actor, 'reason': reason})
        FILTER (kind = 'won') AS win,
    min({'at': occurred_at, 'recorded': recorded_at, 'actor': actor, 'reason': reason})
        FILTER (kind = 'lost') AS loss,
    max({'at': occurred_at, 'recorded': recorded_at, 'amount': amount})
        FILTER (kind IN ('opportunity', 'proposal') AND amount IS NOT NULL) AS offer,
    min(occurred_at) FILTER (kind = 'disputed') AS disputed_at,
    min(occurred_at) FILTER (kind = 'arbitrated') AS settled_at,
    min(occurred_at) FILTER (excuse AND named IN ('', 'first_touch_in_time')) AS touch_excused_at,
    min(occurred_at) FILTER (excuse AND named IN ('', 'decided_in_time')) AS decision_excused_at,
    min(occurred_at) FILTER (excuse AND named IN ('', 'feedback_in_time')) AS feedback_excused_at,
    min(occurred_at) FILTER (excuse AND named IN ('', 'cadence_kept')) AS cadence_excused_at,
    min(occurred_at) FILTER (excuse_of_marketing AND named IN ('', 'complete_handoffs')) AS complete_excused_at
FROM e
GROUP BY id
