-- title: What marketing delivered
-- grain: one group of leads by (by, key), of the leads handed off in the period; the row of all leads comes first
-- unit: leads; money; share
-- meaning: leads handed off in the period and what became of them, in number and in value, beside what the plan asks by
--   now. Delivered is as it came; accepted, by hand, by arbitration or by silence, is net of rejects and is what counts;
--   the undecided may still become either. A lead is worth what was frozen at its hand-off; where nothing was, what the
--   agreement's prices or rates make of it, unrounded. A figure in number says nothing of value, nor the other way
--   round: 150 leads may be 9,000 or 15,000.
-- requirements: S0.23, S0.24, S4.16, S4.22, S4.24, 5.4, 5.6, F5, F6
-- columns:
--   by: all, lead_type, stream, segment, source, persona or month
--   key: the group's value: local month, or name; NULL if unknown
--   delivered: leads handed off
--   accepted: by_hand + by_silence
--   by_hand: accepted by a person, by going on with the lead, or by an arbitration
--   by_silence: accepted since the window to reject had closed
--   rejected: refused within the window, and not restored
--   undecided: neither, and the window still open
--   merged: found to be duplicates, which count for nothing
--   planned: leads that the plan asks of the group by as-of; NULL where it asks for no number
--   of_planned: accepted ÷ planned
--   value: worth of the accepted leads
--   value_delivered: worth of all delivered leads, each once: without the merged
--   value_planned: revenue that the plan asks of the group's leads by as-of; NULL under a price list, which measures by
--     another yard
--   value_of_planned: value ÷ value_planned
--   frozen: accepted leads whose worth was frozen at hand-off
--   unpriced: accepted leads whose worth nobody knows, counted as nothing
--   price: which price was used: hand-off, agreement or both; NULL where no accepted lead has one
--   small: fewer than 10 leads delivered
WITH fact AS (
    SELECT
        h.lead_type, h.stream, h.segment, h."source", h.persona, h.delivered_month AS "month",
        count(*) AS delivered,
        count(*) FILTER (h.state = 'kept' AND NOT h.by_silence) AS by_hand,
        count(*) FILTER (h.state = 'kept' AND h.by_silence) AS by_silence,
        count(*) FILTER (h.state = 'broken') AS rejected,
        count(*) FILTER (h.state = 'pending') AS undecided,
        count(*) FILTER (h.state = 'void') AS merged,
        sum(h.price) FILTER (h.state = 'kept') AS "value",
        sum(h.price) FILTER (h.state <> 'void') AS value_delivered,
        count(*) FILTER (h.state = 'kept' AND h.frozen) AS frozen,
        count(h.price) FILTER (h.state = 'kept') AS priced
    FROM handoff h
    CROSS JOIN params p
    WHERE h.delivered_on BETWEEN p.from_on AND p.to_on
    GROUP BY ALL
),
grouped AS (
    SELECT
        CASE 0
            WHEN grouping(lead_type) THEN 'lead_type' WHEN grouping(stream) THEN 'stream'
            WHEN grouping(segment) THEN 'segment' WHEN grouping("source") THEN 'source'
            WHEN grouping(persona) THEN 'persona' WHEN grouping("month") THEN 'month' ELSE 'all'
        END AS "by",
        CASE 0
            WHEN grouping(lead_type) THEN lead_type WHEN grouping(stream) THEN stream
            WHEN grouping(segment) THEN segment WHEN grouping("source") THEN "source"
            WHEN grouping(persona) THEN persona WHEN grouping("month") THEN strftime("month", '%Y-%m') ELSE 'all'
        END AS "key",
        CAST(sum(delivered) AS BIGINT) AS delivered,
        CAST(sum(by_hand) AS BIGINT) AS by_hand,
        CAST(sum(by_silence) AS BIGINT) AS by_silence,
        CAST(sum(rejected) AS BIGINT) AS rejected,
        CAST(sum(undecided) AS BIGINT) AS undecided,
        CAST(sum(merged) AS BIGINT) AS merged,
        CAST(coalesce(sum("value"), CASE WHEN sum(by_hand + by_silence) = 0 THEN 0 END) AS DOUBLE) AS "value",
        CAST(sum(value_delivered) AS DOUBLE) AS value_delivered,
        CAST(sum(frozen) AS BIGINT) AS frozen,
        CAST(sum(priced) AS BIGINT) AS priced
    FROM fact
    GROUP BY GROUPING SETS ((), (lead_type), (stream), (segment), ("source"), (persona), ("month"))
),
elapsed AS (  -- intervals of the term that are over by now, parts counted as such
    SELECT sum(part) AS intervals
    FROM (
        SELECT count(*) FILTER (t.counts) / any_value(t.days) AS part
        FROM term_day t
        CROSS JOIN params p
        WHERE t."on" BETWEEN p.from_on AND least(p.to_on, p.over_on)
        GROUP BY t.interval_on
    )
),
demand AS (  -- a sum of which a part is unknown is unknown
    SELECT
        CASE 0 WHEN grouping(lead_type) THEN 'lead_type' WHEN grouping(stream) THEN 'stream' ELSE 'all' END AS "by",
        CASE 0 WHEN grouping(lead_type) THEN lead_type WHEN grouping(stream) THEN stream ELSE 'all' END AS "key",
        CASE WHEN count(leads) = count(*) THEN sum(leads) END AS leads,
        CASE WHEN count("value") = count(*) THEN sum("value") END AS "value"
    FROM term_demand
    GROUP BY GROUPING SETS ((), (lead_type), (stream))
)
SELECT
    g."by", g."key", g.delivered,
    g.by_hand + g.by_silence AS accepted,
    g.by_hand, g.by_silence, g.rejected, g.undecided, g.merged,
    d.leads * e.intervals AS planned,
    (g.by_hand + g.by_silence) / nullif(d.leads * e.intervals, 0) AS of_planned,
    g."value",
    g.value_delivered,
    d."value" * e.intervals AS value_planned,
    g."value" / nullif(d."value" * e.intervals, 0) AS value_of_planned,
    g.frozen,
    g.by_hand + g.by_silence - g.priced AS unpriced,
    CASE WHEN g.priced = 0 THEN NULL WHEN g.frozen = g.priced THEN 'hand-off' WHEN g.frozen = 0 THEN 'agreement'
        ELSE 'both' END AS price,
    g.delivered < 10 AS small
FROM grouped g
CROSS JOIN elapsed e
LEFT JOIN demand d ON d."by" = g."by" AND d."key" = g."key"
WHERE g.delivered > 0
ORDER BY g."by" <> 'all', g."by", g."key" NULLS LAST
