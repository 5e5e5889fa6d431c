-- title: What became of a lead: the first of each
-- grain: one lead with any such event
-- meaning: as in `approach`. A decision is a person's: accepting, rejecting, or going on with the lead; an acceptance
--   by silence is none. `told` is the reason of a reject, `restored` an arbitration that took the reject back.
--   `over_at` is what ends the chase for a lead other than reaching it or giving it back. `offer` is the amount said
--   last of an open deal; it is open unless sales let go of it, `dropped_at`, after it was last `pursued_at`.
CREATE VIEW sequel AS
WITH e AS (
    SELECT
        *,
        {'at': occurred_at, 'recorded': recorded_at, 'actor': actor, 'channel': channel} AS who,
        kind = 'accepted' AND outcome IS NOT DISTINCT FROM 'by silence' AS silent,
        kind IN ('sales_qualified', 'opportunity', 'proposal', 'won') AS worked,
        kind = 'excused' AND side = 'marketing' AS excuse,
        kind = 'excused' AND side = 'sales' AS excuse_of_marketing,
        coalesce(outcome, '') AS named,
        coalesce(reason, '') <> '' AS reasoned
    FROM event
    WHERE kind IN (
        'accepted', 'rejected', 'sales_qualified', 'opportunity', 'proposal', 'won', 'lost', 'disqualified',
        'returned', 'opted_out', 'merged', 'erased', 'excused', 'feedback', 'arbitrated', 'disputed'
    )
)
SELECT
    lead,
    min(who) FILTER (worked OR (kind = 'accepted' AND NOT silent)) AS hand,
    min(who) FILTER (silent) AS silence,
    min(who) FILTER (worked OR kind = 'rejected' OR (kind = 'accepted' AND NOT silent)) AS decision,
    min(occurred_at) FILTER (kind = 'rejected') AS rejected_at,
    min({'at': occurred_at, 'recorded': recorded_at, 'actor': actor, 'channel': channel, 'reason': reason})
        FILTER (kind IN ('rejected', 'feedback') AND reasoned) AS told,
    min(who) FILTER (kind = 'arbitrated' AND outcome = 'overturned') AS restored,
    min(occurred_at) FILTER (kind = 'disputed') AS disputed_at,
    min(occurred_at) FILTER (kind = 'arbitrated') AS settled_at,
    min(occurred_at) FILTER (kind = 'returned') AS returned_at,
    min({'at': occurred_at, 'recorded': recorded_at, 'amount': amount, 'actor': actor, 'reason': reason})
        FILTER (kind = 'won') AS win,
    min({'at': occurred_at, 'recorded': recorded_at, 'actor': actor, 'reason': reason})
        FILTER (kind = 'lost') AS loss,
    max({'at': occurred_at, 'recorded': recorded_at, 'amount': amount})
        FILTER (kind IN ('opportunity', 'proposal') AND amount IS NOT NULL) AS offer,
    max(occurred_at) FILTER (kind IN ('opportunity', 'proposal')) AS pursued_at,
    max(occurred_at) FILTER (kind IN ('rejected', 'disqualified', 'returned')) AS dropped_at,
    min(occurred_at) FILTER (kind = 'accepted') AS accepted_at,
    min(occurred_at) FILTER (kind = 'sales_qualified') AS sql_at,
    min(occurred_at) FILTER (kind = 'opportunity') AS opportunity_at,
    min(occurred_at) FILTER (kind = 'proposal') AS proposal_at,
    min(occurred_at) FILTER (kind IN ('opted_out', 'merged', 'erased')) AS gone_at,
    min(occurred_at) FILTER (kind = 'merged') AS merged_at,
    min(occurred_at) FILTER (
        worked OR kind IN ('rejected', 'lost', 'opted_out', 'merged', 'erased')
        OR (kind = 'disqualified' AND reason IS DISTINCT FROM 'unable_to_reach')
    ) AS over_at,
    min(occurred_at) FILTER (excuse AND named IN ('', 'first_touch_in_time')) AS touch_excused_at,
    min(occurred_at) FILTER (excuse AND named IN ('', 'decided_in_time')) AS decision_excused_at,
    min(occurred_at) FILTER (excuse AND named IN ('', 'feedback_in_time')) AS feedback_excused_at,
    min(occurred_at) FILTER (excuse AND named IN ('', 'cadence_kept')) AS cadence_excused_at,
    min(occurred_at) FILTER (excuse_of_marketing AND named IN ('', 'complete_handoffs')) AS complete_excused_at
FROM e
GROUP BY lead
