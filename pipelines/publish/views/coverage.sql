CREATE VIEW coverage AS
SELECT
    a.region_code, y.agency_id, a.name AS agency, y.year, y.status, y.days_late, y.evidence, y.evidence_kind, y.due_on
FROM agency_years y JOIN agencies a ON a.agency_id = y.agency_id;
