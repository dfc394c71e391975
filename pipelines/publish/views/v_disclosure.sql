-- Section two with the report beside each number.
CREATE VIEW v_disclosure AS
SELECT
    r.report_id, r.agency_id, r.agency, r.region_code, r.year, r.format,
    p.item, p.row, p.measure, p.value, p.unit, p.raw, p.state
FROM proactive_disclosure p JOIN reports r ON r.report_id = p.report_id;
