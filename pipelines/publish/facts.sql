-- The fact tables of the chosen reports, derived from `cells` and `checks`: what has no value there has none here.
-- A row that the document does not have (all its cells absent) is no row.

INSERT INTO proactive_disclosure (report_id, item, row, measure, value, unit, raw, state)
SELECT report_id, coalesce(item, ''), row, column_name, value, unit, raw, state
FROM cells
WHERE table_name = 'proactive' AND state <> 'absent' AND report_id IN (SELECT report_id FROM chosen)
ORDER BY report_id, ordinal;

INSERT INTO failed_checks
SELECT c.report_id, r.year, c.rule, c.scope, c.left_value, c.right_value, c.detail
FROM chosen x
CROSS JOIN reports r ON r.report_id = x.report_id
CROSS JOIN checks c ON c.report_id = x.report_id
WHERE c.outcome = 'fail';

-- Many reports have the same set of cells: its rows are put together once.
INSERT INTO applications
WITH
owned AS MATERIALIZED (SELECT report_id, set_id FROM chosen CROSS JOIN report_sets USING (report_id)),
said AS MATERIALIZED (
    SELECT
        v.set_id, min(v.ordinal) AS place, k.row,
        max(k.label) AS label,
        max(v.value) FILTER (WHERE k.column_name = 'natural_person') AS natural_person,
        max(v.value) FILTER (WHERE k.column_name = 'business') AS business,
        max(v.value) FILTER (WHERE k.column_name = 'research_institution') AS research_institution,
        max(v.value) FILTER (WHERE k.column_name = 'public_welfare_org') AS public_welfare_org,
        max(v.value) FILTER (WHERE k.column_name = 'legal_service_org') AS legal_service_org,
        max(v.value) FILTER (WHERE k.column_name = 'other_org') AS other_org,
        max(v.value) FILTER (WHERE k.column_name = 'total') AS total
    FROM (SELECT DISTINCT set_id FROM owned) s
    CROSS JOIN set_cells v ON v.set_id = s.set_id
    CROSS JOIN cell_kinds k ON k.kind = v.kind
    WHERE k.table_name = 'applications'
    GROUP BY v.set_id, k.row
    HAVING sum(k.state <> 'absent') > 0
)
SELECT report_id, row, label, natural_person, business, research_institution, public_welfare_org, legal_service_org, other_org, total
FROM owned CROSS JOIN said USING (set_id)
ORDER BY report_id, place;

INSERT INTO reviews
WITH
owned AS MATERIALIZED (SELECT report_id, set_id FROM chosen CROSS JOIN report_sets USING (report_id)),
said AS MATERIALIZED (
    SELECT
        v.set_id, min(v.ordinal) AS place, k.row,
        max(v.value) FILTER (WHERE k.column_name = 'upheld') AS upheld,
        max(v.value) FILTER (WHERE k.column_name = 'corrected') AS corrected,
        max(v.value) FILTER (WHERE k.column_name = 'other') AS other,
        max(v.value) FILTER (WHERE k.column_name = 'pending') AS pending,
        max(v.value) FILTER (WHERE k.column_name = 'total') AS total
    FROM (SELECT DISTINCT set_id FROM owned) s
    CROSS JOIN set_cells v ON v.set_id = s.set_id
    CROSS JOIN cell_kinds k ON k.kind = v.kind
    WHERE k.table_name = 'reviews'
    GROUP BY v.set_id, k.row
    HAVING sum(k.state <> 'absent') > 0
)
SELECT report_id, row, upheld, corrected, other, pending, total
FROM owned CROSS JOIN said USING (set_id)
ORDER BY report_id, place;

INSERT INTO report_totals
SELECT
    a.report_id,
    r.year,
    max(natural_person) FILTER (WHERE row = 'new_received'),
    max(total) FILTER (WHERE row = 'new_received'),
    max(total) FILTER (WHERE row = 'carried_over'),
    max(total) FILTER (WHERE row = 'granted'),
    max(total) FILTER (WHERE row = 'partially_granted'),
    max(total) FILTER (WHERE row = 'denied_state_secret'),
    max(total) FILTER (WHERE row = 'denied_prohibited_by_law'),
    max(total) FILTER (WHERE row = 'denied_security_stability'),
    max(total) FILTER (WHERE row = 'denied_third_party_rights'),
    max(total) FILTER (WHERE row = 'denied_internal_affairs'),
    max(total) FILTER (WHERE row = 'denied_process_information'),
    max(total) FILTER (WHERE row = 'denied_enforcement_files'),
    max(total) FILTER (WHERE row = 'denied_administrative_inquiry'),
    max(total) FILTER (WHERE row = 'unavailable_not_held'),
    max(total) FILTER (WHERE row = 'unavailable_requires_creation'),
    max(total) FILTER (WHERE row = 'unavailable_unclear_after_correction'),
    max(total) FILTER (WHERE row = 'not_processed_petition'),
    max(total) FILTER (WHERE row = 'not_processed_duplicate'),
    max(total) FILTER (WHERE row = 'not_processed_publication'),
    max(total) FILTER (WHERE row = 'not_processed_excessive'),
    max(total) FILTER (WHERE row = 'not_processed_reconfirmation'),
    max(total) FILTER (WHERE row = 'other_handling'),
    max(total) FILTER (WHERE row = 'other_correction_overdue'),
    max(total) FILTER (WHERE row = 'other_fee_unpaid'),
    max(total) FILTER (WHERE row = 'other_remaining'),
    max(total) FILTER (WHERE row = 'total_handled'),
    max(total) FILTER (WHERE row = 'carried_forward'),
    NULL  -- summaries.sql, when last year's is there
FROM applications a JOIN reports r ON r.report_id = a.report_id
WHERE a.report_id IN (SELECT report_id FROM chosen)
GROUP BY a.report_id
