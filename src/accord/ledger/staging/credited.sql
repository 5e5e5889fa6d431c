-- title: What counts once
-- grain: one lead that is not a duplicate
-- meaning: `cycle` without the leads that were merged: the lead they went into has the credit, the deal and the value.
--   Measures of what came of leads read this one; clocks go by every hand-off.
-- requirements: 5.6, 5.9
CREATE VIEW credited AS
SELECT * FROM cycle WHERE merged_at IS NULL
