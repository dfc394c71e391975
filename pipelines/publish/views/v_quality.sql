-- A row for each report: how its checks came out, and how many of its cells could not be read.
CREATE VIEW v_quality AS
SELECT
    r.report_id, r.agency_id, r.agency, r.region_code, r.year, r.format, r.state,
    (SELECT count(*) FROM checks c WHERE c.report_id = r.report_id AND c.outcome = 'pass') AS pass,
    (SELECT count(*) FROM failed_checks c WHERE c.report_id = r.report_id) AS fail,
    (SELECT count(*) FROM checks c WHERE c.report_id = r.report_id AND c.outcome = 'assumed') AS assumed,
    (SELECT count(*) FROM checks c WHERE c.report_id = r.report_id AND c.outcome = 'not_assessable') AS not_assessable,
    (SELECT count(*) FROM cells c WHERE c.report_id = r.report_id AND c.state = 'unreadable') AS unreadable_cells
FROM reports r;
