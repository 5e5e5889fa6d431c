-- title: Who did things and through what, numbered in order
-- grain: one pair of actor and channel of the log
-- meaning: NULL comes last, as in the row form; so that ties between facts are broken by comparing numbers
CREATE TABLE who AS
SELECT
    actor, channel,
    CAST(row_number() OVER (ORDER BY actor NULLS LAST, channel NULLS LAST) AS INTEGER) AS who
FROM (SELECT DISTINCT actor, channel FROM event)
