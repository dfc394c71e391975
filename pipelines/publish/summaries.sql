-- What pages and canned queries would otherwise count at every reading: for the years in `touched` it is made
-- anew, of what is counted as reports come and go (tallies.sql).

-- What compares a year with the year before: of the agencies and years in `pairs`.
INSERT OR IGNORE INTO touched
SELECT t.year + 1 FROM touched t WHERE EXISTS (SELECT 1 FROM reports r WHERE r.year = t.year + 1);

CREATE TEMP TABLE beside AS
SELECT r.report_id, s.new_received_change AS earlier
FROM pairs p CROSS JOIN reports r ON r.agency_id = p.agency_id AND r.year = p.year
CROSS JOIN report_totals s ON s.report_id = r.report_id;

UPDATE report_totals SET new_received_change = new_received - (
    SELECT b.new_received
    FROM reports r
    JOIN reports p ON p.agency_id = r.agency_id AND p.year = r.year - 1
    JOIN report_totals b ON b.report_id = p.report_id
    WHERE r.report_id = report_totals.report_id
)
WHERE report_id IN (SELECT report_id FROM beside);

-- tallies.sql counts it for the reports that come and go; here what differs, for those of the year after as well.
INSERT INTO rate_tallies
SELECT year, 'same_agencies', '', sum(n * new_received), sum(n * (new_received - change)), sum(n)
FROM (
    SELECT s.year, s.new_received, b.earlier AS change, -1 AS n
    FROM beside b CROSS JOIN report_totals s ON s.report_id = b.report_id
    UNION ALL SELECT s.year, s.new_received, s.new_received_change, 1
    FROM beside b CROSS JOIN report_totals s ON s.report_id = b.report_id
)
WHERE change IS NOT NULL
GROUP BY year
ON CONFLICT (year, figure, stage) DO UPDATE SET
    numerator = numerator + excluded.numerator,
    denominator = denominator + excluded.denominator,
    stating = stating + excluded.stating;

DELETE FROM rate_tallies WHERE stating = 0;

CREATE TEMP TABLE sizes AS
SELECT year, sum(n) AS reports FROM measure_tallies
WHERE measure = 'reports' AND year IN (SELECT year FROM touched) GROUP BY year;

DELETE FROM totals WHERE year IN (SELECT year FROM touched);

INSERT INTO totals
SELECT
    c.year, k.table_name, coalesce(k.item, ''), k.row, k.column_name, max(k.unit),
    -- what was added and taken away again leaves no trace in the last digits
    round(sum(c.total) FILTER (WHERE c.stating), 4), sum(c.stating),
    (SELECT reports FROM sizes z WHERE z.year = c.year)
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
SELECT
    r.year, r.figure, nullif(r.stage, ''), round(r.numerator, 4), round(r.denominator, 4),
    round(1.0 * round(r.numerator, 4) / nullif(round(r.denominator, 4), 0), 4), r.stating, z.reports
FROM touched t
CROSS JOIN rate_tallies r ON r.year = t.year
CROSS JOIN sizes z ON z.year = t.year;

DELETE FROM peers WHERE year IN (SELECT year FROM touched);

-- Quartiles by linear interpolation between the nearest ranks.
INSERT INTO peers
WITH
grouped AS MATERIALIZED (
    SELECT m.year, m.kind, NULL AS peers_function, m.measure, m.value, sum(m.n) AS n
    FROM touched t CROSS JOIN measure_tallies m ON m.year = t.year GROUP BY 1, 2, 4, 5
    UNION ALL
    SELECT m.year, m.kind, m.function, m.measure, m.value, m.n
    FROM touched t CROSS JOIN measure_tallies m ON m.year = t.year WHERE m.function <> ''
),
ranked AS (
    SELECT
        *,
        sum(n) OVER (w ORDER BY value) AS upto,  -- the last rank that has this value
        sum(n) OVER w - 1 AS steps
    FROM grouped WHERE measure <> 'reports'
    WINDOW w AS (PARTITION BY year, kind, peers_function, measure)
),
groups AS (
    SELECT year, kind, peers_function, n AS reports FROM grouped WHERE measure = 'reports'
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
JOIN groups z ON z.year = k.year AND z.kind = k.kind AND z.peers_function IS k.peers_function
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
