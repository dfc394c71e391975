-- Every rule that does not hold, with its operands.
CREATE VIEW v_failed_checks AS
SELECT
    r.report_id, r.agency_id, r.agency, r.region_code, r.year, c.rule, c.scope, c.left_value, c.right_value,
    round(c.left_value - c.right_value, 6) AS difference, c.detail
FROM failed_checks c JOIN reports r ON r.report_id = c.report_id;
