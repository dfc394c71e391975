-- What pages and canned queries would otherwise count at every reading: the years in `touched` are counted anew.

-- What compares a year with the year before.
INSERT OR IGNORE INTO touched
SELECT t.year + 1 FROM touched t WHERE EXISTS (SELECT 1 FROM reports r WHERE r.year = t.year + 1);

UPDATE report_totals SET new_received_change = new_received - (
    SELECT b.new_received
    FROM reports r
    JOIN reports p ON p.agency_id = r.agency_id AND p.year = r.year - 1
    JOIN report_totals b ON b.report_id = p.report_id
    WHERE r.report_id = report_totals.report_id
)
WHERE year IN (SELECT year FROM touched);

DELETE FROM totals WHERE year IN (SELECT year FROM touched);

INSERT INTO totals
SELECT
    c.year, k.table_name, coalesce(k.item, ''), k.row, k.column_name, max(k.unit),
    -- what was added and taken away again leaves no trace in the last digits
    round(sum(c.total) FILTER (WHERE c.stating), 4), sum(c.stating),
    (SELECT count(*) FROM reports a WHERE a.year = c.year)
FROM touched t CROSS JOIN kind_tallies c ON c.year = t.year CROSS JOIN cell_kinds k ON k.kind = c.kind
WHERE k.table_name IN ('proactive', 'applications', 'reviews') AND k.state <> 'absent'
GROUP BY c.year, k.table_name, coalesce(k.item, ''), k.row, k.column_name;

DELETE FROM cell_tallies WHERE year IN (SELECT year FROM touched);

INSERT INTO cell_tallies
SELECT
    c.year, CASE WHEN k.table_name LIKE 'other:%' THEN 'other' ELSE k.table_name END, k.state, k.method, sum(c.n)
FROM touched t CROSS JOIN kind_tallies c ON c.year = t.year CROSS JOIN cell_kinds k ON k.kind = c.kind
GROUP BY 1, 2, 3, 4;

DELETE FROM yearly_rates WHERE year IN (SELECT year FROM touched);

INSERT INTO yearly_rates
WITH
long AS (
    SELECT year, 'grant_rate' AS figure, NULL AS stage, granted_any AS part, total_handled AS whole FROM v_rates
    UNION ALL SELECT year, 'denial_rate', NULL, denied, total_handled FROM v_rates
    UNION ALL SELECT year, 'unavailable_rate', NULL, unavailable, total_handled FROM v_rates
    UNION ALL SELECT year, 'not_processed_rate', NULL, not_processed, total_handled FROM v_rates
    UNION ALL SELECT year, 'petition_share', NULL, not_processed_petition, total_handled FROM v_requests_wide
    UNION ALL SELECT year, 'natural_person_share', NULL, new_received_natural_person, new_received
    FROM v_requests_wide
    UNION ALL SELECT year, 'carried_forward_share', NULL, carried_forward, new_received + carried_over
    FROM v_requests_wide
    UNION ALL SELECT year, 'no_application_share', NULL, new_received = 0, CASE WHEN new_received >= 0 THEN 1 END
    FROM v_requests_wide
    UNION ALL SELECT year, 'correction_rate', stage, corrected, decided FROM v_litigation
    UNION ALL SELECT year, 'same_agencies', NULL, new_received, new_received_before FROM v_cross_year
    UNION ALL SELECT year, 'in_time_share', NULL, coalesce(days_late <= 0, 0), days_late IS NOT NULL FROM reports
    UNION ALL SELECT year, 'mean_days_late', NULL, days_late, 1 FROM reports WHERE days_late > 0
    UNION ALL SELECT r.year, 'copied_share', NULL, s.similarity >= 0.9, CASE WHEN s.similarity >= 0 THEN 1 END
    FROM similarities s JOIN reports r ON r.report_id = s.report_id
)
SELECT
    year, figure, stage, sum(part), sum(whole), round(1.0 * sum(part) / nullif(sum(whole), 0), 4), count(*),
    (SELECT count(*) FROM reports a WHERE a.year = long.year)
FROM long
WHERE year IN (SELECT year FROM touched) AND part IS NOT NULL AND whole IS NOT NULL
GROUP BY year, figure, stage;

DELETE FROM peers WHERE year IN (SELECT year FROM touched);

-- Quartiles by linear interpolation between the nearest ranks. Values are counted first: most of them are the same few.
INSERT INTO peers
WITH
measured AS MATERIALIZED (
    SELECT
        r.year, a.kind, nullif(a.function, '') AS function, r.days_late, s.new_received, s.carried_forward,
        round(1.0 * (s.granted + s.partially_granted) / nullif(s.total_handled, 0), 4) AS grant_rate,
        (SELECT CASE WHEN count(v.total) = count(*) THEN sum(v.total) END
         FROM reviews v WHERE v.report_id = r.report_id) AS reviews,
        (SELECT count(*) FROM failed_checks c WHERE c.report_id = r.report_id) AS failed_checks
    FROM touched t
    CROSS JOIN reports r ON r.year = t.year
    JOIN agencies a ON a.agency_id = r.agency_id
    LEFT JOIN report_totals s ON s.report_id = r.report_id
),
counted AS (
    SELECT year, kind, function, 'days_late' AS measure, days_late AS value, count(*) AS n
    FROM measured GROUP BY 1, 2, 3, 5
    UNION ALL SELECT year, kind, function, 'new_received', new_received, count(*) FROM measured GROUP BY 1, 2, 3, 5
    UNION ALL SELECT year, kind, function, 'carried_forward', carried_forward, count(*)
    FROM measured GROUP BY 1, 2, 3, 5
    UNION ALL SELECT year, kind, function, 'grant_rate', grant_rate, count(*) FROM measured GROUP BY 1, 2, 3, 5
    UNION ALL SELECT year, kind, function, 'reviews', reviews, count(*) FROM measured GROUP BY 1, 2, 3, 5
    UNION ALL SELECT year, kind, function, 'failed_checks', failed_checks, count(*) FROM measured GROUP BY 1, 2, 3, 5
),
grouped AS MATERIALIZED (
    SELECT year, kind, NULL AS peers_function, measure, value, sum(n) AS n FROM counted GROUP BY 1, 2, 4, 5
    UNION ALL
    SELECT year, kind, function, measure, value, n FROM counted WHERE function IS NOT NULL
),
ranked AS (
    SELECT
        *,
        sum(n) OVER (w ORDER BY value) AS upto,  -- the last rank that has this value
        sum(n) OVER w - 1 AS steps
    FROM grouped WHERE value IS NOT NULL
    WINDOW w AS (PARTITION BY year, kind, peers_function, measure)
),
sizes AS (
    SELECT year, kind, peers_function, sum(n) AS reports FROM grouped WHERE measure = 'days_late' GROUP BY 1, 2, 3
)
SELECT
    k.year, k.kind, k.peers_function, k.measure, sum(k.n), max(z.reports), min(k.value),
    min(k.value) FILTER (WHERE k.upto >= 1 + k.steps / 4) * (4 - max(k.steps) % 4) / 4.0
    + coalesce(min(k.value) FILTER (WHERE k.upto >= 2 + k.steps / 4), 0) * (max(k.steps) % 4) / 4.0,
    min(k.value) FILTER (WHERE k.upto >= 1 + k.steps / 2) * (2 - max(k.steps) % 2) / 2.0
    + coalesce(min(k.value) FILTER (WHERE k.upto >= 2 + k.steps / 2), 0) * (max(k.steps) % 2) / 2.0,
    min(k.value) FILTER (WHERE k.upto >= 1 + 3 * k.steps / 4) * (4 - 3 * max(k.steps) % 4) / 4.0
    + coalesce(min(k.value) FILTER (WHERE k.upto >= 2 + 3 * k.steps / 4), 0) * (3 * max(k.steps) % 4) / 4.0,
    max(k.value)
FROM ranked k
JOIN sizes z ON z.year = k.year AND z.kind = k.kind AND z.peers_function IS k.peers_function
GROUP BY k.year, k.kind, k.peers_function, k.measure;

DELETE FROM region_years;

INSERT INTO region_years
SELECT
    a.region_code, y.year,
    count(*),
    sum(y.status IN ('have', 'late')),
    sum(y.status = 'have'),
    sum(y.status = 'late'),
    sum(y.status = 'due'),
    sum(y.status = 'overdue'),
    sum(y.status = 'not_found'),
    sum(y.status = 'unparsed'),
    sum(y.status = 'blocked'),
    sum(y.status = 'never_crawled')
FROM agency_years y JOIN agencies a ON a.agency_id = y.agency_id
GROUP BY a.region_code, y.year
