-- title: Why promises of sales broke
-- grain: one duty (first touch, decision), group of leads by (by, key), and cause; all leads come first
-- unit: leads; share
-- meaning: of the first touches and decisions not in time, the one cause of each: nobody could take the lead or had it
--   when its time was over, its owner was away, what sales needs was missing, it was assigned after half of the time,
--   else a rep had it and time. A breach that was recorded names its cause; where none was, the cause follows from what
--   the log tells, which knows nothing of absence and of a rep's load. Excused ones stand apart.
-- requirements: 5.1, 5.11
-- columns:
--   by: all, lead_type, stream, month or owner
--   key: the group's value; NULL if unknown
--   duty: first_touch_in_time or decided_in_time
--   cause: no_capacity, absence, missing_information, system_delay or rep_delay; NULL where the log never says who
--     leads are assigned to
--   broken: broken and not excused
--   share: broken ÷ all broken of the duty and group
--   excused: broken, and excused by the other side
--   recorded: of both, those whose cause was recorded with the breach
--   small: fewer than 10 broken in the duty and group
WITH broken_or_excused AS (
    SELECT
        b.promise AS duty, b.cause, b.lead_type, b.stream, b.worker, date_trunc('month', b.delivered_on) AS month,
        b.excused, b.noted
    FROM breach b
    CROSS JOIN params p
    WHERE b.delivered_on BETWEEN p.from_on AND p.to_on
),
counted AS (
    SELECT
        CASE
            WHEN grouping(lead_type) = 0 THEN 'lead_type'
            WHEN grouping(stream) = 0 THEN 'stream'
            WHEN grouping(month) = 0 THEN 'month'
            WHEN grouping(worker) = 0 THEN 'owner'
            ELSE 'all'
        END AS "by",
        lead_type, stream, worker, month, duty, cause,
        count(*) FILTER (NOT excused) AS broken,
        count(*) FILTER (excused) AS excused,
        count(*) FILTER (noted) AS recorded
    FROM broken_or_excused
    GROUP BY GROUPING SETS (
        (duty, cause),
        (duty, cause, lead_type),
        (duty, cause, stream),
        (duty, cause, month),
        (duty, cause, worker)
    )
),
named AS (
    SELECT
        "by",
        CASE "by"
            WHEN 'lead_type' THEN lead_type
            WHEN 'stream' THEN stream
            WHEN 'month' THEN strftime(month, '%Y-%m')
            WHEN 'owner' THEN worker
            ELSE 'all'
        END AS "key",
        duty, cause, broken, excused, recorded
    FROM counted
)
SELECT
    "by", "key", duty, cause, broken,
    broken / nullif(sum(broken) OVER (PARTITION BY "by", "key", duty), 0) AS share,
    excused, recorded,
    sum(broken) OVER (PARTITION BY "by", "key", duty) < 10 AS small
FROM named
ORDER BY "by" <> 'all', "by", "key" NULLS LAST, duty DESC, broken DESC, cause NULLS LAST
