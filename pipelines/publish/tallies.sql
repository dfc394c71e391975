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

DELETE FROM kind_tallies WHERE n = 0;

DELETE FROM check_tallies WHERE n = 0
