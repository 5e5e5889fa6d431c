-- title: Attempts that count for depth, numbered
-- grain: one attempt on one lead
-- meaning: touches through several channels at one instant are one attempt: a call that ends in a voicemail (F14).
--   Several through the same channel at one instant are as many attempts, as exports without times have them.
--   `before_at` is when the one before it was.
CREATE TABLE attempt AS
WITH instant AS (
    SELECT id, occurred_at, max(touches) AS attempts
    FROM (
        SELECT id, occurred_at, channel, count(*) AS touches FROM touch WHERE at_once GROUP BY id, occurred_at, channel
    )
    GROUP BY id, occurred_at
),
every AS (
    SELECT id, occurred_at FROM touch WHERE NOT at_once
    UNION ALL
    SELECT id, occurred_at FROM instant
    UNION ALL
    SELECT id, occurred_at FROM (
        SELECT id, occurred_at, unnest(range(2, attempts + 1)) AS place FROM instant WHERE attempts > 1
    )
)
SELECT
    id, occurred_at,
    row_number() OVER (PARTITION BY id ORDER BY occurred_at) AS place,
    lag(occurred_at) OVER (PARTITION BY id ORDER BY occurred_at) AS before_at
FROM every
