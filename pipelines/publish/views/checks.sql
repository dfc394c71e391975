-- Every rule applied to each report.
CREATE VIEW checks AS
SELECT
    s.report_id, k.rule, k.scope, k.outcome, v.left_value, v.right_value, coalesce(v.detail, k.detail) AS detail
FROM report_sets s
CROSS JOIN set_checks v ON v.set_id = s.set_id
CROSS JOIN check_kinds k ON k.kind = v.kind;
