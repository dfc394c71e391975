-- A row for each report that has one of the year before: the main totals of both.
CREATE VIEW v_cross_year AS
SELECT
    t.report_id, t.agency_id, t.agency, t.region_code, t.year,
    l.new_received AS new_received_before, t.new_received,
    l.total_handled AS total_handled_before, t.total_handled,
    l.carried_forward AS carried_forward_before, t.carried_over,
    t.new_received - l.new_received AS new_received_change
FROM v_requests_wide t
JOIN reports b ON b.agency_id = t.agency_id AND b.year = t.year - 1
JOIN v_requests_wide l ON l.report_id = b.report_id;
