-- Shares with their denominators. A share is NULL where its denominator is 0 or not stated, or where a part of its
-- numerator is not stated: nothing is counted as 0 that the report leaves blank.
CREATE VIEW v_rates AS
SELECT
    report_id, agency_id, agency, region_code, year, format,
    new_received, total_handled,
    granted + partially_granted AS granted_any,
    denied, unavailable, not_processed,
    round(1.0 * (granted + partially_granted) / nullif(total_handled, 0), 4) AS grant_rate,
    round(1.0 * denied / nullif(total_handled, 0), 4) AS denial_rate,
    round(1.0 * unavailable / nullif(total_handled, 0), 4) AS unavailable_rate,
    round(1.0 * not_processed / nullif(total_handled, 0), 4) AS not_processed_rate,
    round(1.0 * not_processed_petition / nullif(total_handled, 0), 4) AS petition_share,
    round(1.0 * new_received_natural_person / nullif(new_received, 0), 4) AS natural_person_share
FROM (
    SELECT
        *,
        denied_state_secret + denied_prohibited_by_law + denied_security_stability + denied_third_party_rights
        + denied_internal_affairs + denied_process_information + denied_enforcement_files
        + denied_administrative_inquiry AS denied,
        unavailable_not_held + unavailable_requires_creation + unavailable_unclear_after_correction AS unavailable,
        not_processed_petition + not_processed_duplicate + not_processed_publication + not_processed_excessive
        + not_processed_reconfirmation AS not_processed
    FROM v_requests_wide
);
