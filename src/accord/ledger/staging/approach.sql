-- title: How a lead came and was approached: the first of each
-- grain: one lead with any such event
-- meaning: `moment` packs when a fact occurred, when it was recorded and who it was by into one number, so that the
--   least is the first by the rule of `delivery`. Who raises a hand unasked was touched for marketing; a machine touches
--   for nobody.
CREATE TEMP TABLE approach AS
SELECT
    id,
    min(moment(occurred_at, recorded_at, who)) FILTER (by_hand OR reached) AS touch,
    min(occurred_at) FILTER (reached) AS connected_at,
    min(occurred_at) FILTER (side IN ('marketing', 'prospect')) AS marketing_touched_at,
    min(occurred_at) FILTER (side = 'sales' OR (side IS NULL AND kind = 'attempted')) AS sales_touched_at
FROM known
WHERE kind IN ('attempted', 'connected')
GROUP BY id
