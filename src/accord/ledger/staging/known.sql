-- title: Facts, each with the number of its lead
-- grain: one fact of the log
-- meaning: `fact` with the numbers of leads that the list lacks; there are seldom any
CREATE TEMP VIEW known AS
SELECT id, kind, occurred_at, recorded_at, seq, who, side, automated, by_hand, reached, outcome, reason, amount
FROM fact
WHERE id IS NOT NULL
UNION ALL
SELECT
    l.id, f.kind, f.occurred_at, f.recorded_at, f.seq, f.who, f.side, f.automated, f.by_hand, f.reached, f.outcome,
    f.reason, f.amount
FROM fact f
JOIN lead l ON l.lead = f.stray
WHERE f.id IS NULL
