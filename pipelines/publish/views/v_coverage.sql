-- Region × year: how many of how many agencies.
CREATE VIEW v_coverage AS
SELECT
    y.region_code, r.name AS region, y.year, y.agencies, y.reports, y.have, y.late, y.due, y.overdue, y.not_found,
    y.unparsed, y.blocked, y.never_crawled
FROM region_years y LEFT JOIN regions r ON r.code = y.region_code;
