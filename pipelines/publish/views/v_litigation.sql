-- Section four with correction rates: corrected of those decided (upheld, corrected, other); pending ones are not decided.
CREATE VIEW v_litigation AS
SELECT
    r.report_id, r.agency_id, r.agency, r.region_code, r.year, r.format,
    v.stage, v.upheld, v.corrected, v.other, v.pending, v.total,
    v.upheld + v.corrected + v.other AS decided,
    round(1.0 * v.corrected / nullif(v.upheld + v.corrected + v.other, 0), 4) AS correction_rate
FROM reviews v JOIN reports r ON r.report_id = v.report_id;
