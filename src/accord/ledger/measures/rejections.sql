-- title: Why leads were rejected
-- grain: one reason and one group of rejected leads: all, one source, one lead type, or one source and type
-- unit: leads; share
-- meaning: the leads handed off in the period that sales refused, by the reason it gave, with the reject or later. A
--   reject that an arbitration took back stays in, and stands beside its reason too: it says which reasons do not hold.
-- requirements: S1.21, S1.33, 5.8
-- columns:
--   by: all, source, lead_type, or source and lead_type
--   source: the source; NULL if unknown, or of all sources together
--   lead_type: the type; NULL if unknown, or of all types together
--   reason: the reason; NULL where none was given
--   rejected: leads refused for it
--   share: of all leads of the group that were refused
--   delivered: leads of the group that were handed off, refused or not
--   of_delivered: rejected ÷ delivered
--   disputed: of the rejected, challenged by marketing
--   overturned: of those, decided for the lead
--   small: fewer than 10 leads of the group refused
WITH fact AS (
    SELECT
        h."source", h.lead_type, h.refused,
        CASE WHEN h.refused THEN h.reason END AS reason,
        count(*) AS leads,
        count(*) FILTER (h.disputed) AS disputed,
        count(*) FILTER (h.overturned) AS overturned
    FROM handoff h
    CROSS JOIN params p
    WHERE h.delivered_on BETWEEN p.from_on AND p.to_on
    GROUP BY ALL
),
grouped AS (
    SELECT
        CASE
            WHEN grouping("source") = 0 AND grouping(lead_type) = 0 THEN 'source and lead_type'
            WHEN grouping("source") = 0 THEN 'source'
            WHEN grouping(lead_type) = 0 THEN 'lead_type'
            ELSE 'all'
        END AS "by",
        "source", lead_type, reason, refused,
        CAST(sum(leads) AS BIGINT) AS leads,
        CAST(sum(disputed) AS BIGINT) AS disputed,
        CAST(sum(overturned) AS BIGINT) AS overturned
    FROM fact
    GROUP BY GROUPING SETS (
        (reason, refused), ("source", reason, refused), (lead_type, reason, refused),
        ("source", lead_type, reason, refused)
    )
),
summed AS (
    SELECT
        *,
        CAST(sum(leads) OVER grp AS BIGINT) AS delivered,
        CAST(sum(CASE WHEN refused THEN leads ELSE 0 END) OVER grp AS BIGINT) AS all_refused
    FROM grouped
    WINDOW grp AS (PARTITION BY "by", "source", lead_type)
)
SELECT
    "by", "source", lead_type, reason,
    leads AS rejected,
    leads / all_refused AS share,
    delivered,
    leads / delivered AS of_delivered,
    disputed, overturned,
    all_refused < 10 AS small
FROM summed
WHERE refused
ORDER BY "by" <> 'all', "by", "source" NULLS LAST, lead_type NULLS LAST, leads DESC, reason NULLS LAST
