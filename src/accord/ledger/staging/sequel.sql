-- title: What became of a lead: the first of each
-- grain: one lead with any such event
-- meaning: as in `approach`. A decision is a person's: accepting, rejecting, or going on with the lead; an acceptance
--   by silence is none. `over_at` is what ends the chase for a lead other than reaching it or giving it back.
CREATE VIEW sequel AS
WITH e AS (
    SELECT
        *,
        {'at': occurred_at, 'recorded': recorded_at, 'actor': actor, 'channel': channel} AS who,
        kind = 'accepted' AND outcome IS NOT DISTINCT FROM 'by silence' AS silent,
        kind IN ('sales_qualified', 'opportunity', 'proposal', 'won') AS worked,
        kind = 'excused' AND side = 'marketing' AS excuse
    FROM event
    WHERE kind IN (
        'accepted', 'rejected', 'sales_qualified', 'opportunity', 'proposal', 'won', 'lost', 'disqualified',
        'opted_out', 'merged', 'erased', 'excused'
    )
)
SELECT
    lead,
    min(who) FILTER (worked OR (kind = 'accepted' AND NOT silent)) AS hand,
    min(who) FILTER (silent) AS silence,
    min(who) FILTER (worked OR kind = 'rejected' OR (kind = 'accepted' AND NOT silent)) AS decision,
    min(occurred_at) FILTER (kind = 'rejected') AS rejected_at,
    min({'at': occurred_at, 'recorded': recorded_at, 'amount': amount, 'actor': actor})
        FILTER (kind = 'won') AS win,
    min(who) FILTER (kind = 'lost') AS loss,
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
    bool_or(excuse AND (outcome IS NULL OR outcome = 'first_touch_in_time')) AS touch_excused,
    bool_or(excuse AND (outcome IS NULL OR outcome = 'decided_in_time')) AS decision_excused,
    bool_or(excuse AND (outcome IS NULL OR outcome = 'cadence_kept')) AS cadence_excused
FROM e
GROUP BY lead
