-- A row for each report: when it was due, when it says it came, and when it was first seen.
CREATE VIEW v_timeliness AS
SELECT
    r.report_id, r.agency_id, r.agency, a.kind, r.region_code, r.year, y.due_on, r.published_on, r.first_seen_at,
    r.days_late
FROM reports r
JOIN agencies a ON a.agency_id = r.agency_id
LEFT JOIN agency_years y ON y.agency_id = r.agency_id AND y.year = r.year;
