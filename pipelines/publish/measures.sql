-- What the peers of the agencies of the chosen reports are compared by, counted in or, with a minus for a sign, out
-- again. It hangs on the agency's kind and function as well; the measure `reports` is every report.
INSERT INTO measure_tallies
WITH measured AS MATERIALIZED (
    SELECT
        r.year, coalesce(a.kind, '') AS kind, coalesce(a.function, '') AS function, r.days_late, s.new_received, s.carried_forward,
        round(1.0 * (s.granted + s.partially_granted) / nullif(s.total_handled, 0), 4) AS grant_rate,
        (SELECT CASE WHEN count(v.total) = count(*) THEN sum(v.total) END
         FROM reviews v WHERE v.report_id = r.report_id) AS reviews,
        (SELECT count(*) FROM failed_checks f WHERE f.report_id = r.report_id) AS failed_checks
    FROM chosen c
    CROSS JOIN reports r ON r.report_id = c.report_id
    LEFT JOIN agencies a ON a.agency_id = r.agency_id
    LEFT JOIN report_totals s ON s.report_id = r.report_id
)
SELECT year, kind, function, measure, value, {sign} count(*)
FROM (
    SELECT year, kind, function, 'reports' AS measure, 0 AS value FROM measured
    UNION ALL SELECT year, kind, function, 'days_late', days_late FROM measured
    UNION ALL SELECT year, kind, function, 'new_received', new_received FROM measured
    UNION ALL SELECT year, kind, function, 'carried_forward', carried_forward FROM measured
    UNION ALL SELECT year, kind, function, 'grant_rate', grant_rate FROM measured
    UNION ALL SELECT year, kind, function, 'reviews', reviews FROM measured
    UNION ALL SELECT year, kind, function, 'failed_checks', failed_checks FROM measured
)
WHERE value IS NOT NULL
GROUP BY year, kind, function, measure, value
ON CONFLICT (year, kind, function, measure, value) DO UPDATE SET n = n + excluded.n;

DELETE FROM measure_tallies WHERE n = 0
