-- title: Whose lead it was, in three readings
-- grain: one basis, one reading of "sourced" and one owner
-- unit: leads; money; share
-- meaning: the same leads and deals credited by three rules side by side, so that both sides can see what the choice of
--   a rule changes; the agreement picks one. Each reading is exclusive: its shares make 100 %, with what nobody can
--   credit as a row of its own. Recorded source: as written on the lead when it was created. First touch: whoever
--   touched first, marketing also where the person came unasked. Touch before sales: marketing if any of its touches,
--   or the person's own sign, came before sales first followed up, else sales. Who only has influence is credited with
--   nothing here. Basis `cohort`: leads that began in the period, whatever became of them; a lead begins when it is
--   handed off, else when its opportunity opens, else when it is created. Basis `closed`: deals won or lost in the
--   period, whenever they began.
-- requirements: S0.14, S0.18, S0.22, 5.9
-- columns:
--   basis: cohort or closed
--   reading: recorded source, first touch or touch before sales, as the agreement calls them
--   owner: marketing, sales, or as recorded; NULL if the log does not tell
--   leads: leads of the owner
--   share: of all leads of the basis
--   opportunities: of those, with a deal opened
--   opportunity_share: of all opportunities
--   won: of those leads, won
--   won_share: of all won
--   revenue: amounts of the won deals
--   revenue_share: of all revenue
--   unpriced: won deals without an amount
--   small: fewer than 10 leads
WITH begun AS (
    SELECT
        coalesce(delivered_on, local_day(coalesce(opportunity_at, created_at))) AS begun_on,
        local_day(coalesce(won_at, lost_at)) AS closed_on,
        source_owner AS recorded,
        first_touch,
        before_sales,
        opportunity_at IS NOT NULL OR proposal_at IS NOT NULL OR won_at IS NOT NULL AS opened,
        won_at IS NOT NULL AS won,
        CASE WHEN won_at IS NOT NULL THEN amount END AS amount
    FROM credited
),
fact AS (
    SELECT
        recorded, first_touch, before_sales,
        begun_on BETWEEN p.from_on AND p.to_on AS in_cohort,
        closed_on BETWEEN p.from_on AND p.to_on AS in_closed,
        count(*) AS leads,
        count(*) FILTER (opened) AS opportunities,
        count(*) FILTER (won) AS won,
        sum(amount) AS revenue,
        count(*) FILTER (won AND amount IS NULL) AS unpriced
    FROM begun
    CROSS JOIN params p
    GROUP BY ALL
),
based AS (
    SELECT 'cohort' AS basis, * FROM fact WHERE in_cohort
    UNION ALL
    SELECT 'closed', * FROM fact WHERE in_closed
),
reading AS (
    SELECT basis, 'recorded source' AS reading, recorded AS owner, leads, opportunities, won, revenue, unpriced FROM based
    UNION ALL
    SELECT basis, 'first touch', first_touch, leads, opportunities, won, revenue, unpriced FROM based
    UNION ALL
    SELECT basis, 'touch before sales', before_sales, leads, opportunities, won, revenue, unpriced FROM based
),
summed AS (
    SELECT
        basis, reading, owner,
        CAST(sum(leads) AS BIGINT) AS leads,
        CAST(sum(opportunities) AS BIGINT) AS opportunities,
        CAST(sum(won) AS BIGINT) AS won,
        coalesce(sum(revenue), 0) AS revenue,
        CAST(sum(unpriced) AS BIGINT) AS unpriced
    FROM reading
    GROUP BY basis, reading, owner
)
SELECT
    basis, reading, owner, leads,
    leads / sum(leads) OVER whole AS share,
    opportunities,
    opportunities / nullif(sum(opportunities) OVER whole, 0) AS opportunity_share,
    won,
    won / nullif(sum(won) OVER whole, 0) AS won_share,
    revenue,
    CAST(revenue AS DOUBLE) / nullif(CAST(sum(revenue) OVER whole AS DOUBLE), 0) AS revenue_share,
    unpriced,
    leads < 10 AS small
FROM summed
WINDOW whole AS (PARTITION BY basis, reading)
ORDER BY basis DESC, reading, leads DESC, owner NULLS LAST
