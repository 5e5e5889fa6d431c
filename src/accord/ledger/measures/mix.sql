-- title: Mix of lead types
-- grain: one lead type of one stream, or of all streams together
-- unit: share; leads; money
-- meaning: which share of the accepted leads, and of their worth, each lead type brought in the period, beside the share
--   that the plan gives it. A mix performs better than the one best activity, so that a type far below its share is
--   missing, however good the others are. A type that the plan does not know was planned for nothing; where the plan
--   leaves the choice among types open, nothing was planned.
-- requirements: S4.16, S4.17, S4.22
-- columns:
--   stream: the stream, NULL for all together
--   lead_type: the type; NULL if unknown
--   planned: leads that the plan asks of it in an interval
--   planned_share: of all leads that the plan asks for
--   accepted: leads of it that were handed off in the period and accepted
--   share: of all accepted leads
--   gap: share − planned_share
--   value_planned: revenue that the plan asks of its leads in an interval; NULL under a price list
--   value_planned_share: of all that revenue
--   value: worth of its accepted leads
--   value_share: of the worth of all accepted leads
--   value_gap: value_share − value_planned_share
--   small: fewer than 10 accepted leads of all types together
WITH brought AS (
    SELECT
        c.stream, c.lead_type,
        count(*) FILTER (c.measure = 'accepted_leads') AS accepted,
        sum(c.points) FILTER (c.measure = 'lead_value') AS "value"
    FROM contribution c
    CROSS JOIN params p
    WHERE c.measure IN ('accepted_leads', 'lead_value') AND c."on" BETWEEN p.from_on AND p.to_on
    GROUP BY c.stream, c.lead_type
),
summed AS (
    SELECT CAST(NULL AS VARCHAR) AS stream, lead_type, sum(accepted) AS accepted, sum("value") AS "value"
    FROM brought
    GROUP BY lead_type
    UNION ALL
    SELECT b.stream, b.lead_type, b.accepted, b."value"
    FROM brought b
    CROSS JOIN params p
    WHERE NOT p.one_stream AND b.stream IS NOT NULL
),
asked AS (
    SELECT CAST(NULL AS VARCHAR) AS stream, lead_type,
        CASE WHEN count(leads) = count(*) THEN sum(leads) END AS leads,
        CASE WHEN count("value") = count(*) THEN sum("value") END AS "value"
    FROM term_demand
    GROUP BY lead_type
    UNION ALL
    SELECT stream, lead_type, leads, "value" FROM term_demand WHERE stream IS NOT NULL
),
planned AS (  -- where a part is open, nothing can be a share of the whole
    SELECT
        stream,
        CASE WHEN count(leads) = count(*) THEN sum(leads) END AS leads,
        CASE WHEN count("value") = count(*) THEN sum("value") END AS "value"
    FROM asked
    GROUP BY stream
),
paired AS (
    SELECT
        coalesce(s.stream, a.stream) AS stream,
        coalesce(s.lead_type, a.lead_type) AS lead_type,
        a.leads, a."value" AS revenue,
        coalesce(s.accepted, 0) AS accepted,
        coalesce(s."value", 0) AS "value"
    FROM summed s
    FULL JOIN asked a ON a.lead_type = s.lead_type AND a.stream IS NOT DISTINCT FROM s.stream
),
shared AS (
    SELECT
        r.*, w.leads AS all_leads, w."value" AS all_revenue,
        CASE WHEN w.leads IS NOT NULL THEN coalesce(r.leads, 0) END AS planned,
        CASE WHEN w."value" IS NOT NULL THEN coalesce(r.revenue, 0) END AS value_planned,
        sum(r.accepted) OVER (PARTITION BY r.stream) AS all_accepted,
        sum(r."value") OVER (PARTITION BY r.stream) AS all_value
    FROM paired r
    LEFT JOIN planned w ON w.stream IS NOT DISTINCT FROM r.stream
)
SELECT
    stream, lead_type,
    CAST(planned AS BIGINT) AS planned,
    planned / nullif(all_leads, 0) AS planned_share,
    CAST(accepted AS BIGINT) AS accepted,
    accepted / nullif(all_accepted, 0) AS share,
    accepted / nullif(all_accepted, 0) - planned / nullif(all_leads, 0) AS gap,
    value_planned,
    value_planned / nullif(all_revenue, 0) AS value_planned_share,
    CAST("value" AS DOUBLE) AS "value",
    CAST("value" AS DOUBLE) / nullif(CAST(all_value AS DOUBLE), 0) AS value_share,
    CAST("value" AS DOUBLE) / nullif(CAST(all_value AS DOUBLE), 0) - value_planned / nullif(all_revenue, 0) AS value_gap,
    all_accepted < 10 AS small
FROM shared
ORDER BY stream NULLS FIRST, planned DESC NULLS LAST, accepted DESC, lead_type NULLS LAST
