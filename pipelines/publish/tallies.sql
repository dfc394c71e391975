-- The chosen reports, as the archive has them now, are counted in or, with a minus for a sign, out again.

INSERT INTO kind_tallies
SELECT s.year, v.kind, {sign} sum(v.value * s.n), {sign} sum((v.value IS NOT NULL) * s.n), {sign} sum(s.n)
FROM (
    SELECT r.year, p.set_id, count(*) AS n
    FROM chosen c
    CROSS JOIN reports r ON r.report_id = c.report_id
    CROSS JOIN report_sets p ON p.report_id = r.report_id
    GROUP BY r.year, p.set_id
) s
CROSS JOIN set_cells v ON v.set_id = s.set_id
WHERE true
GROUP BY s.year, v.kind
ON CONFLICT (year, kind) DO UPDATE SET
    total = coalesce(total + excluded.total, total, excluded.total),
    stating = stating + excluded.stating,
    n = n + excluded.n;

INSERT INTO check_tallies
SELECT r.year, k.rule, k.outcome, {sign} count(*), {sign} count(DISTINCT k.report_id)
FROM chosen c
CROSS JOIN reports r ON r.report_id = c.report_id
CROSS JOIN checks k ON k.report_id = r.report_id
WHERE true
GROUP BY r.year, k.rule, k.outcome
ON CONFLICT (year, rule, outcome) DO UPDATE SET n = n + excluded.n, reports = reports + excluded.reports;

INSERT INTO region_states
SELECT coalesce(region_code, ''), state, {sign} count(*) FROM reports WHERE {chosen}
GROUP BY 1, 2
ON CONFLICT (region_code, state) DO UPDATE SET reports = reports + excluded.reports;

-- A figure is counted where all of its numbers are stated. Without joins: for one of them SQLite might make a filter of
-- a whole table.
INSERT INTO rate_tallies
SELECT year, figure, stage, {sign} sum(part), {sign} sum(whole), {sign} count(*)
FROM (
    SELECT year, 'grant_rate' AS figure, '' AS stage, granted_any AS part, total_handled AS whole
    FROM v_rates WHERE {chosen}
    UNION ALL SELECT year, 'denial_rate', '', denied, total_handled FROM v_rates WHERE {chosen}
    UNION ALL SELECT year, 'unavailable_rate', '', unavailable, total_handled FROM v_rates WHERE {chosen}
    UNION ALL SELECT year, 'not_processed_rate', '', not_processed, total_handled FROM v_rates WHERE {chosen}
    UNION ALL SELECT year, 'petition_share', '', not_processed_petition, total_handled
    FROM report_totals WHERE {chosen}
    UNION ALL SELECT year, 'natural_person_share', '', new_received_natural_person, new_received
    FROM report_totals WHERE {chosen}
    UNION ALL SELECT year, 'carried_forward_share', '', carried_forward, new_received + carried_over
    FROM report_totals WHERE {chosen}
    UNION ALL SELECT year, 'no_application_share', '', new_received = 0, CASE WHEN new_received >= 0 THEN 1 END
    FROM report_totals WHERE {chosen}
    UNION ALL SELECT year, 'same_agencies', '', new_received, new_received - new_received_change
    FROM report_totals WHERE {chosen}
    UNION ALL SELECT
        (SELECT r.year FROM reports r WHERE r.report_id = v.report_id), 'correction_rate',
        v.stage, v.corrected, v.upheld + v.corrected + v.other
    FROM reviews v WHERE {chosen}
    UNION ALL SELECT year, 'in_time_share', '', coalesce(days_late <= 0, 0), days_late IS NOT NULL
    FROM reports WHERE {chosen}
    UNION ALL SELECT year, 'mean_days_late', '', days_late, 1 FROM reports WHERE {chosen} AND days_late > 0
    UNION ALL SELECT
        (SELECT r.year FROM reports r WHERE r.report_id = s.report_id), 'copied_share',
        '', s.similarity >= 0.9, CASE WHEN s.similarity >= 0 THEN 1 END
    FROM similarities s WHERE {chosen}
)
WHERE part IS NOT NULL AND whole IS NOT NULL
GROUP BY year, figure, stage
ON CONFLICT (year, figure, stage) DO UPDATE SET
    numerator = numerator + excluded.numerator,
    denominator = denominator + excluded.denominator,
    stating = stating + excluded.stating;

DELETE FROM kind_tallies WHERE n = 0;

DELETE FROM region_states WHERE reports = 0;

DELETE FROM rate_tallies WHERE stating = 0;

DELETE FROM check_tallies WHERE n = 0
