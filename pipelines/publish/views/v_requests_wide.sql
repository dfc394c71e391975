-- Section three, a row for each report: the printed totals (总计) of every row of the form.
CREATE VIEW v_requests_wide AS
SELECT
    r.report_id, r.agency_id, r.agency, r.region_code, r.year, r.format,
    max(a.natural_person) FILTER (WHERE a.row = 'new_received') AS new_received_natural_person,
    max(a.total) FILTER (WHERE a.row = 'new_received') AS new_received,
    max(a.total) FILTER (WHERE a.row = 'carried_over') AS carried_over,
    max(a.total) FILTER (WHERE a.row = 'granted') AS granted,
    max(a.total) FILTER (WHERE a.row = 'partially_granted') AS partially_granted,
    max(a.total) FILTER (WHERE a.row = 'denied_state_secret') AS denied_state_secret,
    max(a.total) FILTER (WHERE a.row = 'denied_prohibited_by_law') AS denied_prohibited_by_law,
    max(a.total) FILTER (WHERE a.row = 'denied_security_stability') AS denied_security_stability,
    max(a.total) FILTER (WHERE a.row = 'denied_third_party_rights') AS denied_third_party_rights,
    max(a.total) FILTER (WHERE a.row = 'denied_internal_affairs') AS denied_internal_affairs,
    max(a.total) FILTER (WHERE a.row = 'denied_process_information') AS denied_process_information,
    max(a.total) FILTER (WHERE a.row = 'denied_enforcement_files') AS denied_enforcement_files,
    max(a.total) FILTER (WHERE a.row = 'denied_administrative_inquiry') AS denied_administrative_inquiry,
    max(a.total) FILTER (WHERE a.row = 'unavailable_not_held') AS unavailable_not_held,
    max(a.total) FILTER (WHERE a.row = 'unavailable_requires_creation') AS unavailable_requires_creation,
    max(a.total) FILTER (WHERE a.row = 'unavailable_unclear_after_correction') AS unavailable_unclear_after_correction,
    max(a.total) FILTER (WHERE a.row = 'not_processed_petition') AS not_processed_petition,
    max(a.total) FILTER (WHERE a.row = 'not_processed_duplicate') AS not_processed_duplicate,
    max(a.total) FILTER (WHERE a.row = 'not_processed_publication') AS not_processed_publication,
    max(a.total) FILTER (WHERE a.row = 'not_processed_excessive') AS not_processed_excessive,
    max(a.total) FILTER (WHERE a.row = 'not_processed_reconfirmation') AS not_processed_reconfirmation,
    max(a.total) FILTER (WHERE a.row = 'other_handling') AS other_handling,
    max(a.total) FILTER (WHERE a.row = 'other_correction_overdue') AS other_correction_overdue,
    max(a.total) FILTER (WHERE a.row = 'other_fee_unpaid') AS other_fee_unpaid,
    max(a.total) FILTER (WHERE a.row = 'other_remaining') AS other_remaining,
    max(a.total) FILTER (WHERE a.row = 'total_handled') AS total_handled,
    max(a.total) FILTER (WHERE a.row = 'carried_forward') AS carried_forward
FROM reports r JOIN applications a ON a.report_id = r.report_id
GROUP BY r.report_id;
