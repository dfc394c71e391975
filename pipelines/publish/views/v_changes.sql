-- Edits of published reports: a cell or section that differs between two versions. They are few: the outer loop.
CREATE VIEW v_changes AS
SELECT
    r.report_id, r.agency_id, r.agency, r.region_code, r.year,
    c.from_version, c.to_version, c.table_name, c.row, c.column_name, c.old_raw, c.new_raw, c.found_at
FROM report_changes c CROSS JOIN reports r ON r.report_id = c.report_id;
