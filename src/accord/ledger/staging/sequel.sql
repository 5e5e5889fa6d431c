-- title: What became of a lead: the first of each
-- grain: one lead with any such event
-- meaning: as in `approach`. A decision is a person's: accepting, rejecting, or going on with the lead; an acceptance
--   by silence is none. `over_at` is what ends the chase for a lead other than reaching it or giving it back. A deal is
--   open unless sales let go of it, `dropped_at`, after it was last `pursued_at`.
CREATE TEMP TABLE sequel AS
WITH e AS (
    SELECT
        id, kind, occurred_at,
        moment(occurred_at, recorded_at, who) AS moment,
        kind = 'accepted' AND outcome IS NOT DISTINCT FROM 'by silence' AS silent,
        kind = 'accepted' AND outcome IS DISTINCT FROM 'by silence' AS by_hand,
        kind IN ('sales_qualified', 'opportunity', 'proposal', 'won') AS worked,
        kind = 'disqualified' AND reason IS DISTINCT FROM 'unable_to_reach' AS unfit
    FROM known
    WHERE kind IN (
        'accepted', 'rejected', 'sales_qualified', 'opportunity', 'proposal', 'won', 'lost', 'disqualified', 'returned',
        'opted_out', 'merged', 'erased'
    )
)
SELECT
    id,
    min(moment) FILTER (worked OR by_hand) AS hand,
    min(moment) FILTER (silent) AS silence,
    min(moment) FILTER (worked OR by_hand OR kind = 'rejected') AS decision,
    min(occurred_at) FILTER (kind = 'rejected') AS rejected_at,
    min(occurred_at) FILTER (kind = 'returned') AS returned_at,
    max(occurred_at) FILTER (kind IN ('opportunity', 'proposal')) AS pursued_at,
    max(occurred_at) FILTER (kind IN ('rejected', 'disqualified', 'returned')) AS dropped_at,
    min(occurred_at) FILTER (kind = 'accepted') AS accepted_at,
    min(occurred_at) FILTER (kind = 'sales_qualified') AS sql_at,
    min(occurred_at) FILTER (kind = 'opportunity') AS opportunity_at,
    min(occurred_at) FILTER (kind = 'proposal') AS proposal_at,
    min(occurred_at) FILTER (kind IN ('opted_out', 'merged', 'erased')) AS gone_at,
    min(occurred_at) FILTER (kind = 'merged') AS merged_at,
    min(occurred_at) FILTER (
        worked OR unfit OR kind IN ('rejected', 'lost', 'opted_out', 'merged', 'erased')
    ) AS over_at
FROM e
GROUP BY id
