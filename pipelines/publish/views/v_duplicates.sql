-- Reports whose text repeats last year's: similarity 0.9 and more.
CREATE VIEW v_duplicates AS
SELECT r.report_id, r.agency_id, r.agency, r.region_code, r.year, c.left_value AS similarity
FROM checks c JOIN reports r ON r.report_id = c.report_id
WHERE c.rule = 'years.copied' AND c.left_value >= 0.9;
