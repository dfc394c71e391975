-- Section three, a row for each report: the printed totals (总计) of every row of the form. The outer join lets SQLite
-- leave `reports` alone where nothing of it is asked for.
CREATE VIEW v_requests_wide AS
SELECT
    t.report_id, r.agency_id, r.agency, r.region_code, t.year, r.format,
    t.new_received_natural_person,
    t.new_received,
    t.carried_over,
    t.granted,
    t.partially_granted,
    t.denied_state_secret,
    t.denied_prohibited_by_law,
    t.denied_security_stability,
    t.denied_third_party_rights,
    t.denied_internal_affairs,
    t.denied_process_information,
    t.denied_enforcement_files,
    t.denied_administrative_inquiry,
    t.unavailable_not_held,
    t.unavailable_requires_creation,
    t.unavailable_unclear_after_correction,
    t.not_processed_petition,
    t.not_processed_duplicate,
    t.not_processed_publication,
    t.not_processed_excessive,
    t.not_processed_reconfirmation,
    t.other_handling,
    t.other_correction_overdue,
    t.other_fee_unpaid,
    t.other_remaining,
    t.total_handled,
    t.carried_forward
FROM report_totals t LEFT JOIN reports r ON r.report_id = t.report_id;
