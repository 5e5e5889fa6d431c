-- title: Where the time to the first touch goes
-- grain: one group of leads by (by, key), of the leads delivered in the period; the row of all leads comes first
-- unit: seconds; share
-- meaning: the way from a raised hand to the first touch, cut where it changes hands, so that nobody is blamed for
--   another's part. The prospect waits from raising a hand to the first touch. The system takes from qualified to
--   assigned; of that, a lead lies in the queue from delivery to its first assignment to somebody. The rep has it from
--   the last assignment to who touched it until that touch, never from before delivery; a lead that was touched by
--   somebody it was never assigned to counts in no rep's time. Wall time, as the prospect lives it, unless working time
--   is said, which runs on the lead's calendar and leaves out pauses. Medians are midpoints, p90 the nearest rank. Beside
--   speed stands what it is worth: who only dials to stop the clock reaches nobody and does not call again.
-- requirements: 5.1, S0.36, S4.5
-- columns:
--   by: all, lead_type, stream, segment, month or owner
--   key: the group's value; NULL if unknown
--   delivered: leads of the group
--   touched: of those, touched by a person of sales
--   unassigned: of those, never assigned to anybody by name up to as-of
--   prospect_n: leads with both ends of the prospect's wait
--   prospect_median: from raised hand to first touch, median
--   prospect_p90: the same, nearest rank
--   prospect_mean: the same, mean
--   system_n: leads with both ends of the system's part
--   system_median: from qualified to first assigned, median; 0 if assigned before
--   system_p90: the same, nearest rank
--   system_mean: the same, mean
--   queue_n: leads assigned to somebody
--   queue_median: from delivered to first assigned, median; 0 if assigned before
--   queue_p90: the same, nearest rank
--   queue_mean: the same, mean
--   queue_worked_mean: the same in working seconds, mean
--   rep_n: leads touched by a rep they had been assigned to
--   rep_median: working seconds from that assignment to the touch, median
--   rep_p90: the same, nearest rank
--   rep_mean: the same, mean
--   rep_wall_mean: the same in wall seconds, mean
--   traced: leads of which every stop is known, in order; over them the next five means add up to their wait
--   to_qualified: mean from raised hand to qualified
--   to_delivered: mean from there to delivered
--   to_assigned: mean from there to first assigned: the queue
--   to_rep: mean from there to the assignment to who touched it: with others
--   to_touched: mean from there to the first touch: with the rep
--   reached_at_once: touched leads with a live contact within an hour of the first touch
--   share_reached_at_once: reached_at_once ÷ touched
--   abandoned: leads touched once and then left, though never connected with and older than the first checkpoint
--   abandoned_of: leads touched, never connected with and as old: those who could have been tried again
--   share_abandoned: abandoned ÷ abandoned_of
--   small: fewer than 10 leads touched
WITH way AS (
    SELECT
        f.lead_type, f.stream, f.segment, f.worker, date_trunc('month', f.delivered_on) AS month,
        f.touched_at IS NOT NULL AS touched,
        f.assigned_at IS NULL AS unassigned,
        CASE WHEN f.touched_at >= f.created_at THEN date_diff('microsecond', f.created_at, f.touched_at) END AS prospect_us,
        CASE
            WHEN f.assigned_at IS NOT NULL
                THEN greatest(date_diff('microsecond', f.qualified_at, f.assigned_at), 0)
        END AS system_us,
        CASE
            WHEN f.assigned_at IS NOT NULL
                THEN greatest(date_diff('microsecond', f.delivered_at, f.assigned_at), 0)
        END AS queue_us,
        f.queued_us,
        f.held_us,
        CASE
            WHEN f.given_at IS NOT NULL AND f.touched_at IS NOT NULL THEN greatest(
                date_diff('microsecond', greatest(f.given_at, f.delivered_at), f.touched_at), 0
            )
        END AS held_wall_us,
        f.created_at <= f.qualified_at AND f.qualified_at <= f.delivered_at AND f.delivered_at <= f.touched_at
            AND f.given_at IS NOT NULL AS traced,
        date_diff('microsecond', f.created_at, f.qualified_at) AS to_qualified_us,
        date_diff('microsecond', f.qualified_at, f.delivered_at) AS to_delivered_us,
        date_diff(
            'microsecond', greatest(f.assigned_at, f.delivered_at), greatest(f.given_at, f.delivered_at)
        ) AS to_rep_us,
        f.connected_at <= f.touched_at + to_hours(1) AS at_once,
        f.abandoned,
        f.unreached AND f.touched_at IS NOT NULL AS abandonable
    FROM pursuit f
    CROSS JOIN params p
    WHERE f.delivered_on BETWEEN p.from_on AND p.to_on
),
cell AS (  -- what adds up is added up once for each person, and for each combination of all else
    SELECT
        grouping(worker, lead_type) AS half,
        lead_type, stream, segment, month, worker,
        count(*) AS delivered,
        count(*) FILTER (touched) AS touched,
        count(*) FILTER (unassigned) AS unassigned,
        count(prospect_us) AS prospect_n, sum(prospect_us) AS prospect_us,
        count(system_us) AS system_n, sum(system_us) AS system_us,
        count(queue_us) AS queue_n, sum(queue_us) AS queue_us, sum(queued_us) AS queued_us,
        count(held_us) AS rep_n, sum(held_us) AS held_us, sum(held_wall_us) AS held_wall_us,
        count(*) FILTER (traced) AS traced,
        sum(to_qualified_us) FILTER (traced) AS to_qualified_us,
        sum(to_delivered_us) FILTER (traced) AS to_delivered_us,
        sum(queue_us) FILTER (traced) AS to_assigned_us,
        sum(to_rep_us) FILTER (traced) AS to_rep_us,
        sum(held_wall_us) FILTER (traced) AS to_touched_us,
        count(*) FILTER (touched AND at_once) AS reached_at_once,
        count(*) FILTER (abandoned) AS abandoned,
        count(*) FILTER (abandonable) AS abandoned_of
    FROM way
    GROUP BY GROUPING SETS ((worker), (lead_type, stream, segment, month))
),
counted AS (
    SELECT
        grouping(lead_type, stream, segment, month, worker) AS cut,
        lead_type, stream, segment, month, worker,
        sum(delivered) AS delivered, sum(touched) AS touched, sum(unassigned) AS unassigned,
        sum(prospect_n) AS prospect_n, sum(prospect_us) AS prospect_us,
        sum(system_n) AS system_n, sum(system_us) AS system_us,
        sum(queue_n) AS queue_n, sum(queue_us) AS queue_us, sum(queued_us) AS queued_us,
        sum(rep_n) AS rep_n, sum(held_us) AS held_us, sum(held_wall_us) AS held_wall_us,
        sum(traced) AS traced,
        sum(to_qualified_us) AS to_qualified_us, sum(to_delivered_us) AS to_delivered_us,
        sum(to_assigned_us) AS to_assigned_us, sum(to_rep_us) AS to_rep_us, sum(to_touched_us) AS to_touched_us,
        sum(reached_at_once) AS reached_at_once, sum(abandoned) AS abandoned, sum(abandoned_of) AS abandoned_of
    FROM cell
    GROUP BY GROUPING SETS ((half), (half, lead_type), (half, stream), (half, segment), (half, month), (half, worker))
    HAVING half = CASE grouping(worker) WHEN 0 THEN 1 ELSE 2 END
),
spread AS (  -- one pass for each length: the two middle values and the p90
    SELECT
        grouping(lead_type, stream, segment, month, worker) AS cut,
        lead_type, stream, segment, month, worker,
        quantile_disc(prospect_us, [0.5, 0.5000000001, 0.9]) AS prospect,
        quantile_disc(system_us, [0.5, 0.5000000001, 0.9]) AS system,
        quantile_disc(queue_us, [0.5, 0.5000000001, 0.9]) AS queue,
        quantile_disc(held_us, [0.5, 0.5000000001, 0.9]) AS rep
    FROM way
    GROUP BY GROUPING SETS ((), (lead_type), (stream), (segment), (month), (worker))
),
named AS (
    SELECT
        CASE c.cut
            WHEN 15 THEN 'lead_type'
            WHEN 23 THEN 'stream'
            WHEN 27 THEN 'segment'
            WHEN 29 THEN 'month'
            WHEN 30 THEN 'owner'
            ELSE 'all'
        END AS "by",
        c.*, s.prospect, s.system, s.queue, s.rep
    FROM counted c
    JOIN spread s
        ON s.cut = c.cut
        AND s.lead_type IS NOT DISTINCT FROM c.lead_type
        AND s.stream IS NOT DISTINCT FROM c.stream
        AND s.segment IS NOT DISTINCT FROM c.segment
        AND s.month IS NOT DISTINCT FROM c.month
        AND s.worker IS NOT DISTINCT FROM c.worker
)
SELECT
    "by",
    CASE "by"
        WHEN 'lead_type' THEN lead_type
        WHEN 'stream' THEN stream
        WHEN 'segment' THEN segment
        WHEN 'month' THEN strftime(month, '%Y-%m')
        WHEN 'owner' THEN worker
        ELSE 'all'
    END AS "key",
    CAST(delivered AS BIGINT) AS delivered,
    CAST(touched AS BIGINT) AS touched,
    CAST(unassigned AS BIGINT) AS unassigned,
    CAST(prospect_n AS BIGINT) AS prospect_n,
    (prospect[1] + prospect[2]) / 2e6 AS prospect_median,
    prospect[3] / 1e6 AS prospect_p90,
    prospect_us / nullif(prospect_n, 0) / 1e6 AS prospect_mean,
    CAST(system_n AS BIGINT) AS system_n,
    (system[1] + system[2]) / 2e6 AS system_median,
    system[3] / 1e6 AS system_p90,
    system_us / nullif(system_n, 0) / 1e6 AS system_mean,
    CAST(queue_n AS BIGINT) AS queue_n,
    (queue[1] + queue[2]) / 2e6 AS queue_median,
    queue[3] / 1e6 AS queue_p90,
    queue_us / nullif(queue_n, 0) / 1e6 AS queue_mean,
    queued_us / nullif(queue_n, 0) / 1e6 AS queue_worked_mean,
    CAST(rep_n AS BIGINT) AS rep_n,
    (rep[1] + rep[2]) / 2e6 AS rep_median,
    rep[3] / 1e6 AS rep_p90,
    held_us / nullif(rep_n, 0) / 1e6 AS rep_mean,
    held_wall_us / nullif(rep_n, 0) / 1e6 AS rep_wall_mean,
    CAST(traced AS BIGINT) AS traced,
    to_qualified_us / nullif(traced, 0) / 1e6 AS to_qualified,
    to_delivered_us / nullif(traced, 0) / 1e6 AS to_delivered,
    to_assigned_us / nullif(traced, 0) / 1e6 AS to_assigned,
    to_rep_us / nullif(traced, 0) / 1e6 AS to_rep,
    to_touched_us / nullif(traced, 0) / 1e6 AS to_touched,
    CAST(reached_at_once AS BIGINT) AS reached_at_once,
    reached_at_once / nullif(touched, 0) AS share_reached_at_once,
    CAST(abandoned AS BIGINT) AS abandoned,
    CAST(abandoned_of AS BIGINT) AS abandoned_of,
    abandoned / nullif(abandoned_of, 0) AS share_abandoned,
    touched < 10 AS small
FROM named
ORDER BY "by" <> 'all', "by", "key" NULLS LAST
