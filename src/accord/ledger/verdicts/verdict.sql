-- title: Every verdict
-- grain: one promise about one delivered lead
-- meaning: the column form of accord.promises.judge, row for row
CREATE VIEW verdict AS
SELECT * FROM timed
UNION ALL BY NAME
SELECT * FROM cadence
UNION ALL BY NAME
SELECT * FROM complete
