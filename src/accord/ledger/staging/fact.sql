-- title: The first of everything that happened to a lead
-- grain: one lead with any event
-- meaning: "first" is the earliest occurred; ties fall to the earlier recorded, then to the text itself, so that
--   order and repetition of events change nothing. NULL compares as the greatest, as in the row form.
CREATE VIEW fact AS
WITH e AS (
    SELECT
        e.*,
        l.terms_type,
        {'at': e.occurred_at, 'recorded': e.recorded_at, 'actor': e.actor, 'channel': e.channel} AS who,
        e.kind = 'attempted' AND (e.side = 'sales' OR e.side IS NULL) AND a.channel IS NULL AS by_hand,
        e.kind = 'connected' AND e.side IS DISTINCT FROM 'machine' AS reached,
        e.kind = 'accepted' AND e.outcome IS NOT DISTINCT FROM 'by silence' AS silent,
        e.kind IN ('sales_qualified', 'opportunity', 'proposal', 'won') AS worked
    FROM event e
    JOIN lead l ON l.lead = e.lead
    LEFT JOIN term_automated a ON a.lead_type = l.terms_type AND a.channel = e.channel
)
SELECT
    lead,
    count(*) AS events,
    min({
        'at': occurred_at, 'recorded': recorded_at, 'actor': actor, 'channel': channel,
        'agreement': agreement, 'calendar': calendar, 'value': value, 'due': due_at
    }) FILTER (kind = 'handed_off') AS delivery,
    max(who) FILTER (kind = 'assigned') AS assignment,
    min(who) FILTER (by_hand OR reached) AS touch,
    min(who) FILTER (worked OR (kind = 'accepted' AND NOT silent)) AS hand,
    min(who) FILTER (silent) AS silence,
    min(who) FILTER (worked OR kind = 'rejected' OR (kind = 'accepted' AND NOT silent)) AS decision,
    min({'at': occurred_at, 'recorded': recorded_at, 'reason': reason}) FILTER (kind = 'rejected') AS rejection,
    min({'at': occurred_at, 'recorded': recorded_at, 'amount': amount, 'actor': actor})
        FILTER (kind = 'won') AS win,
    min({'at': occurred_at, 'recorded': recorded_at, 'reason': reason, 'actor': actor})
        FILTER (kind = 'lost') AS loss,
    min(occurred_at) FILTER (kind = 'created') AS created_at,
    min(occurred_at) FILTER (kind = 'qualified') AS qualified_at,
    min(occurred_at) FILTER (kind = 'assigned') AS assigned_at,
    min(occurred_at) FILTER (reached) AS connected_at,
    min(occurred_at) FILTER (kind = 'accepted') AS accepted_at,
    min(occurred_at) FILTER (kind = 'sales_qualified') AS sql_at,
    min(occurred_at) FILTER (kind = 'opportunity') AS opportunity_at,
    min(occurred_at) FILTER (kind = 'proposal') AS proposal_at,
    min(occurred_at) FILTER (kind IN ('opted_out', 'merged', 'erased')) AS gone_at,
    min(occurred_at) FILTER (kind = 'merged') AS merged_at,
    min(occurred_at) FILTER (kind = 'opted_out') AS opted_out_at,
    min(occurred_at) FILTER (
        reached OR worked OR kind IN ('rejected', 'lost', 'opted_out', 'merged', 'erased')
        OR (kind = 'disqualified' AND reason IS DISTINCT FROM 'unable_to_reach')
    ) AS chase_over_at,
    coalesce(bool_or(kind = 'excused' AND side = 'marketing'
        AND (outcome IS NULL OR outcome = 'first_touch_in_time')), FALSE) AS touch_excused,
    coalesce(bool_or(kind = 'excused' AND side = 'marketing'
        AND (outcome IS NULL OR outcome = 'decided_in_time')), FALSE) AS decision_excused,
    coalesce(bool_or(kind = 'excused' AND side = 'marketing'
        AND (outcome IS NULL OR outcome = 'cadence_kept')), FALSE) AS cadence_excused
FROM e
GROUP BY lead
