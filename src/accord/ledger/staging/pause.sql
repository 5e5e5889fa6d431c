-- title: When the clocks about a lead stand still
-- grain: one span of one lead; the spans of a lead are disjoint
-- meaning: a pause counts for the agreed reasons only, from when it was said (the later of occurred and recorded) until
--   somebody resumes the clock, the time that it names (a year ahead at most), or the next pause for the same reason;
--   one without an end lasts until as-of. Pauses that overlap are one.
-- requirements: 5.11
CREATE TABLE pause AS
WITH said AS (
    SELECT DISTINCT e.lead, e.kind, e.occurred_at, e.recorded_at, e.reason, e.due_at
    FROM event e
    LEFT JOIN term_pause t ON t.reason = e.reason
    WHERE e.kind = 'resumed' OR (e.kind = 'paused' AND t.reason IS NOT NULL)
),
resumed AS (
    SELECT p.lead, p.occurred_at, min(r.occurred_at) AS at
    FROM said p
    JOIN said r ON r.lead = p.lead AND r.kind = 'resumed' AND r.occurred_at >= p.occurred_at
    WHERE p.kind = 'paused'
    GROUP BY p.lead, p.occurred_at
),
replaced AS (
    SELECT p.lead, p.reason, p.occurred_at, min(n.occurred_at) AS at
    FROM said p
    JOIN said n ON n.lead = p.lead AND n.reason = p.reason AND n.kind = 'paused' AND n.occurred_at > p.occurred_at
    WHERE p.kind = 'paused'
    GROUP BY p.lead, p.reason, p.occurred_at
),
span AS (
    SELECT
        s.lead,
        greatest(s.occurred_at, s.recorded_at) AS start_at,
        coalesce(
            least(
                CASE WHEN s.due_at IS NOT NULL
                    THEN least(s.due_at, greatest(s.occurred_at, s.recorded_at) + to_days(366)) END,
                r.at, n.at
            ),
            k.as_of
        ) AS end_at
    FROM said s
    CROSS JOIN params k
    LEFT JOIN resumed r ON r.lead = s.lead AND r.occurred_at = s.occurred_at
    LEFT JOIN replaced n ON n.lead = s.lead AND n.reason = s.reason AND n.occurred_at = s.occurred_at
    WHERE s.kind = 'paused'
),
begun AS (
    SELECT
        *,
        max(end_at) OVER (
            PARTITION BY lead ORDER BY start_at, end_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS until_at
    FROM span
    WHERE start_at < end_at
),
island AS (
    SELECT
        *,
        count(*) FILTER (until_at IS NULL OR start_at > until_at) OVER (
            PARTITION BY lead ORDER BY start_at, end_at ROWS UNBOUNDED PRECEDING
        ) AS place
    FROM begun
)
SELECT lead, place, min(start_at) AS start_at, max(end_at) AS end_at
FROM island
GROUP BY lead, place
