-- Reports whose text repeats last year's: similarity 0.9 and more.
CREATE VIEW v_duplicates AS
SELECT r.report_id, r.agency_id, r.agency, r.region_code, r.year, s.similarity
FROM similarities s JOIN reports r ON r.report_id = s.report_id
WHERE s.similarity >= 0.9;
