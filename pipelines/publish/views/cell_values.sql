-- What each cell has of its own. The outer loop is over a report's sets: what belongs together stands together.
CREATE VIEW cell_values AS
SELECT s.report_id, v.kind, v.ordinal, v.raw, v.value, v.confidence, v.location
FROM report_sets s CROSS JOIN set_cells v ON v.set_id = s.set_id;
