-- title: Quality of hand-offs
-- grain: one group of leads by (by, key), of the leads handed off in the period; the row of all leads comes first
-- unit: leads; share; seconds
-- meaning: whether the leads handed off in the period came whole, were taken, and what became of those that were not.
--   Acceptance is accepted ÷ (accepted + rejected); the undecided stand apart, in neither. Every rate is of these leads,
--   whenever the reject, the reason or the return came. A reject that came after the window closed takes no credit back.
--   What the log never says is NULL: no hand-off says whether it was complete, nobody is ever named.
-- requirements: S1.21, S0.29, 5.8, F19
-- columns:
--   by: all, lead_type, source, stream or month
--   key: the group's value: local month of the hand-off, or name; NULL if unknown
--   delivered: leads handed off
--   stated: of those, hand-offs that say whether they carried the minimum information
--   complete: of those, with all of it
--   completeness: complete ÷ stated
--   by_hand: accepted by a person, by going on with the lead, or by an arbitration
--   by_silence: accepted since the window to reject had closed
--   rejected: refused within the window, and not restored
--   undecided: neither, and the window still open
--   decided: by_hand + by_silence + rejected
--   acceptance: (by_hand + by_silence) ÷ decided
--   acceptance_by_hand: by_hand ÷ decided
--   rejection: rejected ÷ decided
--   rejected_late: refused after the window had closed
--   reasons: reasons that were given
--   reason_median: working seconds from the reject to its reason, middle of those given
--   reason_p90: the same, 90th percentile by nearest rank
--   reasons_judged: reasons given in time, or late, or overdue
--   reasons_in_time: share of those in time
--   disputed: rejects that marketing challenged
--   settled: of those, settled by both sides
--   overturned: of those, decided for the lead
--   overturned_rate: overturned ÷ settled
--   returned: given back to marketing
--   requalified: of those, ready again later
--   redelivered: of those, handed off again
--   regained: of the returned, those with a deal opened or won after the return
--   unowned: still open, and no person was assigned, touched or decided it; should be 0
--   absent: still open, and its owner is away on the day of as-of, or has left, by the agreement's entry of that name
--   small: fewer than 10 decided
WITH absent AS (
    SELECT DISTINCT t.person FROM term_away t CROSS JOIN params p WHERE p.as_of_on BETWEEN t.from_on AND t.until_on
),
fact AS (
    SELECT
        h.lead_type, h."source", h.stream, h.delivered_month AS "month",
        count(*) AS delivered,
        count(h.complete) AS stated,
        count(*) FILTER (h.complete) AS complete,
        count(*) FILTER (h.state = 'kept' AND NOT h.by_silence) AS by_hand,
        count(*) FILTER (h.state = 'kept' AND h.by_silence) AS by_silence,
        count(*) FILTER (h.state = 'broken') AS rejected,
        count(*) FILTER (h.state = 'pending') AS undecided,
        count(*) FILTER (h.state = 'kept' AND h.refused AND NOT h.overturned) AS rejected_late,
        count(*) FILTER (h.disputed) AS disputed,
        count(*) FILTER (h.settled) AS settled,
        count(*) FILTER (h.overturned) AS overturned,
        count(*) FILTER (h.returned) AS returned,
        count(*) FILTER (h.requalified) AS requalified,
        count(*) FILTER (h.redelivered) AS redelivered,
        count(*) FILTER (h.regained) AS regained,
        count(h.owner) AS owned,
        count(*) FILTER (h.waiting AND h.owner IS NULL) AS unowned,
        count(*) FILTER (h.waiting AND a.person IS NOT NULL) AS absent
    FROM handoff h
    CROSS JOIN params p
    LEFT JOIN absent a ON a.person = h.owner
    WHERE h.delivered_on BETWEEN p.from_on AND p.to_on
    GROUP BY ALL
),
grouped AS (
    SELECT
        CASE 0
            WHEN grouping(lead_type) THEN 'lead_type' WHEN grouping("source") THEN 'source'
            WHEN grouping(stream) THEN 'stream' WHEN grouping("month") THEN 'month' ELSE 'all'
        END AS "by",
        CASE 0
            WHEN grouping(lead_type) THEN lead_type WHEN grouping("source") THEN "source"
            WHEN grouping(stream) THEN stream WHEN grouping("month") THEN strftime("month", '%Y-%m') ELSE 'all'
        END AS "key",
        CAST(sum(delivered) AS BIGINT) AS delivered,
        CAST(sum(stated) AS BIGINT) AS stated,
        CAST(sum(complete) AS BIGINT) AS complete,
        CAST(sum(by_hand) AS BIGINT) AS by_hand,
        CAST(sum(by_silence) AS BIGINT) AS by_silence,
        CAST(sum(rejected) AS BIGINT) AS rejected,
        CAST(sum(undecided) AS BIGINT) AS undecided,
        CAST(sum(rejected_late) AS BIGINT) AS rejected_late,
        CAST(sum(disputed) AS BIGINT) AS disputed,
        CAST(sum(settled) AS BIGINT) AS settled,
        CAST(sum(overturned) AS BIGINT) AS overturned,
        CAST(sum(returned) AS BIGINT) AS returned,
        CAST(sum(requalified) AS BIGINT) AS requalified,
        CAST(sum(redelivered) AS BIGINT) AS redelivered,
        CAST(sum(regained) AS BIGINT) AS regained,
        CAST(sum(owned) AS BIGINT) AS owned,
        CAST(sum(unowned) AS BIGINT) AS unowned,
        CAST(sum(absent) AS BIGINT) AS absent
    FROM fact
    GROUP BY GROUPING SETS ((), (lead_type), ("source"), (stream), ("month"))
),
reason AS (
    SELECT
        CASE 0
            WHEN grouping(h.lead_type) THEN 'lead_type' WHEN grouping(h."source") THEN 'source'
            WHEN grouping(h.stream) THEN 'stream' WHEN grouping(h.delivered_month) THEN 'month' ELSE 'all'
        END AS "by",
        CASE 0
            WHEN grouping(h.lead_type) THEN h.lead_type WHEN grouping(h."source") THEN h."source"
            WHEN grouping(h.stream) THEN h.stream
            WHEN grouping(h.delivered_month) THEN strftime(h.delivered_month, '%Y-%m') ELSE 'all'
        END AS "key",
        count(v.met_at) AS given,
        median(v.worked_us) FILTER (v.met_at IS NOT NULL) / 1e6 AS median,
        quantile_disc(v.worked_us, 0.9) FILTER (v.met_at IS NOT NULL) / 1e6 AS p90,
        count(*) FILTER (v.state IN ('kept', 'broken')) AS judged,
        count(*) FILTER (v.state = 'kept') AS kept
    FROM timed v
    JOIN handoff h ON h.id = v.id AND h.refused
    CROSS JOIN params p
    WHERE v.promise = 'feedback_in_time' AND h.delivered_on BETWEEN p.from_on AND p.to_on
    GROUP BY GROUPING SETS ((), (h.lead_type), (h."source"), (h.stream), (h.delivered_month))
),
named AS (
    SELECT coalesce(sum(owned), 0) AS people FROM fact
)
SELECT
    g."by", g."key", g.delivered, g.stated, g.complete,
    g.complete / nullif(g.stated, 0) AS completeness,
    g.by_hand, g.by_silence, g.rejected, g.undecided,
    g.by_hand + g.by_silence + g.rejected AS decided,
    (g.by_hand + g.by_silence) / nullif(g.by_hand + g.by_silence + g.rejected, 0) AS acceptance,
    g.by_hand / nullif(g.by_hand + g.by_silence + g.rejected, 0) AS acceptance_by_hand,
    g.rejected / nullif(g.by_hand + g.by_silence + g.rejected, 0) AS rejection,
    g.rejected_late,
    coalesce(r.given, 0) AS reasons,
    r.median AS reason_median,
    r.p90 AS reason_p90,
    coalesce(r.judged, 0) AS reasons_judged,
    r.kept / nullif(r.judged, 0) AS reasons_in_time,
    g.disputed, g.settled, g.overturned,
    g.overturned / nullif(g.settled, 0) AS overturned_rate,
    g.returned, g.requalified, g.redelivered, g.regained,
    CASE WHEN n.people > 0 THEN g.unowned END AS unowned,
    CASE WHEN n.people > 0 THEN g.absent END AS absent,
    g.by_hand + g.by_silence + g.rejected < 10 AS small
FROM grouped g
CROSS JOIN named n
LEFT JOIN reason r ON r."by" = g."by" AND r."key" IS NOT DISTINCT FROM g."key"
WHERE g.delivered > 0
ORDER BY g."by" <> 'all', g."by", g."key" NULLS LAST
