-- The fact tables of the chosen reports, derived from `cells`: what has no value there has none here.
-- A row that the document does not have (all its cells absent) is no row.

INSERT INTO proactive_disclosure (report_id, item, row, measure, value, unit, raw, state)
SELECT report_id, coalesce(item, ''), row, column_name, value, unit, raw, state
FROM cells
WHERE table_name = 'proactive' AND state <> 'absent' AND report_id IN (SELECT report_id FROM chosen)
ORDER BY report_id, ordinal;

INSERT INTO applications
SELECT
    report_id,
    row,
    max(label),
    max(value) FILTER (WHERE column_name = 'natural_person'),
    max(value) FILTER (WHERE column_name = 'business'),
    max(value) FILTER (WHERE column_name = 'research_institution'),
    max(value) FILTER (WHERE column_name = 'public_welfare_org'),
    max(value) FILTER (WHERE column_name = 'legal_service_org'),
    max(value) FILTER (WHERE column_name = 'other_org'),
    max(value) FILTER (WHERE column_name = 'total')
FROM cells
WHERE table_name = 'applications' AND report_id IN (SELECT report_id FROM chosen)
GROUP BY report_id, row
HAVING sum(state <> 'absent') > 0
ORDER BY report_id, min(ordinal);

INSERT INTO reviews
SELECT
    report_id,
    row,
    max(value) FILTER (WHERE column_name = 'upheld'),
    max(value) FILTER (WHERE column_name = 'corrected'),
    max(value) FILTER (WHERE column_name = 'other'),
    max(value) FILTER (WHERE column_name = 'pending'),
    max(value) FILTER (WHERE column_name = 'total')
FROM cells
WHERE table_name = 'reviews' AND report_id IN (SELECT report_id FROM chosen)
GROUP BY report_id, row
HAVING sum(state <> 'absent') > 0
ORDER BY report_id, min(ordinal)
