-- title: What counts once, and whose it is
-- grain: one lead that is not a duplicate
-- meaning: `cycle` without the leads that were merged: the lead they went into has the credit, the deal and the value.
--   Measures of what came of leads read this one; clocks go by every hand-off. Whose a lead is has three readings:
--   `source_owner`, as recorded, `first_touch`, and `before_sales`, who touched it before sales did; `sourced_by` is the
--   one that the agreement goes by.
-- requirements: 5.6, 5.9
CREATE VIEW credited AS
WITH reading AS (
    SELECT
        *,
        CASE
            WHEN sales_touched_at < marketing_touched_at OR marketing_touched_at IS NULL
                THEN CASE WHEN sales_touched_at IS NOT NULL THEN 'sales' END
            ELSE 'marketing'
        END AS first_touch,
        CASE
            WHEN marketing_touched_at <= touched_at OR (touched_at IS NULL AND marketing_touched_at IS NOT NULL)
                THEN 'marketing'
            WHEN sales_touched_at IS NOT NULL OR touched_at IS NOT NULL THEN 'sales'
        END AS before_sales
    FROM cycle
    WHERE merged_at IS NULL
)
SELECT
    r.*,
    CASE t.reading
        WHEN 'first touch' THEN r.first_touch
        WHEN 'touch before sales' THEN r.before_sales
        ELSE r.source_owner
    END AS sourced_by
FROM reading r
CROSS JOIN term_attribution t
