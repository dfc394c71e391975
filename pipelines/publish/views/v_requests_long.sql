-- Section three, a row for each number: report × row of the form × kind of applicant.
CREATE VIEW v_requests_long AS
SELECT
    r.report_id, r.agency_id, r.agency, r.region_code, r.year, r.format,
    c.row, c.label, c.column_name AS applicant, c.value, c.raw, c.state
FROM cells c JOIN reports r ON r.report_id = c.report_id
WHERE c.table_name = 'applications';
