-- Region × year: how many of how many agencies.
CREATE VIEW v_coverage AS
SELECT
    a.region_code, r.name AS region, y.year,
    count(*) AS agencies,
    sum(y.status IN ('have', 'late')) AS reports,
    sum(y.status = 'have') AS have,
    sum(y.status = 'late') AS late,
    sum(y.status = 'due') AS due,
    sum(y.status = 'overdue') AS overdue,
    sum(y.status = 'not_found') AS not_found,
    sum(y.status = 'unparsed') AS unparsed,
    sum(y.status = 'blocked') AS blocked,
    sum(y.status = 'never_crawled') AS never_crawled
FROM agency_years y
JOIN agencies a ON a.agency_id = y.agency_id
LEFT JOIN regions r ON r.code = a.region_code
GROUP BY a.region_code, y.year;
