-- title: Verdicts on the completeness of hand-offs
-- grain: one delivered lead whose hand-off says whether it carried all the minimum information
-- meaning: decided at the hand-off; nobody waits, so there is no clock
-- requirements: S1.21, 5.8
CREATE VIEW complete AS
WITH judged AS (
    SELECT
        c.*,
        c.delivered_at AS due_at,
        CASE WHEN c.complete THEN 'kept' ELSE 'broken' END AS state
    FROM cycle c
    WHERE c.delivered_at IS NOT NULL AND c.complete IS NOT NULL
),
late AS (
    SELECT c.id
    FROM judged c
    JOIN term_excuse x ON x.calendar = c.calendar AND c.due_at >= x.from_at AND c.due_at < x.to_at
    JOIN worktime_day d ON d.calendar = c.calendar AND d.day = CAST(c.due_at AS DATE)
    JOIN worktime_day e ON e.calendar = c.calendar AND e.day = CAST(c.complete_excused_at AS DATE)
    WHERE c.complete_excused_at > c.due_at AND spent(x.wall, d, c.due_at, e, c.complete_excused_at) > x.budget_us
)
SELECT
    'complete_handoffs' AS promise, c.id, c.lead, c.lead_type,
    CASE
        WHEN c.state = 'broken' AND c.complete_excused_at IS NOT NULL AND l.id IS NULL THEN 'excused' ELSE c.state
    END AS state,
    c.delivered_at, c.delivered_on, c.delivered_at AS started_at, c.delivered_on AS started_on, c.due_at,
    CASE WHEN c.complete THEN c.delivered_at END AS met_at,
    CASE WHEN NOT c.complete THEN c.delivered_at END AS ended_at,
    CASE WHEN c.complete THEN c.delivered_by END AS actor,
    CASE WHEN c.complete THEN c.delivered_through END AS channel,
    CAST(0 AS BIGINT) AS worked_us,
    CAST(0 AS BIGINT) AS wall_us,
    CAST(0 AS BIGINT) AS budget_us,
    TRUE AS on_wall, c.calendar, c.agreement,
    FALSE AS before_delivery,
    FALSE AS by_silence,
    CAST(NULL AS BIGINT) AS done,
    CAST(NULL AS BIGINT) AS needed,
    CAST(0 AS BIGINT) AS paused_us
FROM judged c
LEFT JOIN late l ON l.id = c.id
