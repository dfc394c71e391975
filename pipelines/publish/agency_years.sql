-- Agency × year: every agency, from the first year of which its site has or lists a report of it to the last year whose
-- report is due, with a reason in each empty place. An agency that only the registry knows begins with the first year of
-- which its site has or lists a report of anybody.
--
-- have, late      a report, in time or after the legal date
-- unparsed        something is there that could not be had, not be read as the report, or was taken down
-- due             the legal date is still to come
-- not_found       the site was swept whole after the legal date, and the report was not there (the agency's own list
--                 is the proof, if it was seen after that date, the site's latest list otherwise)
-- blocked         the site, or the list that may have it, refuses us
-- never_crawled   nobody has looked: no registered site, or not crawled yet
-- overdue         the legal date has passed, and nobody has been able to look through the lists since
--
-- What is known to be incomplete, emptied, moved or unreachable (`doubt`: lists, and reports on them that could not be
-- had) proves no absence: of no agency of its site, unless its title names others, and of no year, unless its title
-- names others (a list called by a year has that year's reports, or those that came in it).
--
-- Looked at again are agencies of which a report came, changed or went (`pairs`), and those that lack one, or did. All
-- others have a report for each year, as they had: nothing else tells their places.
CREATE TEMP TABLE taken AS
SELECT
    report_id, substr(report_id, 1, length(report_id) - 5) AS agency_id, CAST(substr(report_id, -4) AS INTEGER) AS year
FROM takedowns WHERE report_id GLOB '*-[0-9][0-9][0-9][0-9]';

CREATE TEMP TABLE span AS
WITH
clock AS (SELECT CAST(substr(today, 1, 4) AS INTEGER) - 1 AS last_year FROM publication),
seat AS (
    SELECT
        a.agency_id, a.kind, a.name,
        coalesce(a.site, (SELECT s.site FROM sites s WHERE s.region_code = a.region_code ORDER BY s.site LIMIT 1)) AS site
    FROM agencies a
),
own AS MATERIALIZED (
    SELECT agency_id, min(year) AS first_year, max(year) AS last_year, sum(is_there) AS reports
    FROM (
        SELECT agency_id, year, 1 AS is_there FROM reports
        UNION ALL SELECT agency_id, year, 0 FROM taken
        UNION ALL
        SELECT a.agency_id, l.year, 0
        FROM listed l JOIN agencies a ON a.site = l.site CROSS JOIN clock
        WHERE l.year <= clock.last_year AND (
            l.agency = a.name OR EXISTS (
                SELECT 1 FROM agency_names n WHERE n.agency_id = a.agency_id AND n.name = l.agency
            )
        )
    )
    GROUP BY agency_id
),
of_site AS (
    SELECT seat.site, min(own.first_year) AS first_year
    FROM seat JOIN own USING (agency_id) WHERE seat.site IS NOT NULL GROUP BY seat.site
)
SELECT
    seat.agency_id, seat.kind, seat.name, seat.site,
    coalesce(own.first_year, of_site.first_year, clock.last_year) AS first_year,
    max(clock.last_year, coalesce(own.last_year, 0)) AS last_year,
    coalesce(own.reports, 0) AS reports
FROM seat CROSS JOIN clock LEFT JOIN own USING (agency_id) LEFT JOIN of_site ON of_site.site = seat.site;

CREATE TEMP TABLE looked_at (agency_id TEXT PRIMARY KEY) WITHOUT ROWID;

INSERT INTO looked_at
SELECT agency_id FROM pairs
UNION SELECT agency_id FROM span WHERE reports < last_year - first_year + 1
UNION SELECT agency_id FROM agency_years
WHERE status IN ('unparsed', 'due', 'not_found', 'blocked', 'never_crawled', 'overdue');

DELETE FROM agency_years
WHERE agency_id IN (SELECT agency_id FROM looked_at) OR agency_id NOT IN (SELECT agency_id FROM agencies);

INSERT INTO agency_years (agency_id, year, due_on, status, days_late, evidence_kind, evidence)
WITH RECURSIVE
years (year) AS (
    SELECT min(first_year) FROM span
    UNION ALL
    SELECT year + 1 FROM years WHERE year < (SELECT max(last_year) FROM span)
),
proof AS (
    SELECT
        site,
        max(capture_id) FILTER (WHERE role IN ('list', 'column') AND outcome IN ('new', 'changed', 'unchanged')) AS list,
        max(capture_id) FILTER (WHERE outcome = 'blocked') AS blocked,
        max(capture_id) AS latest
    FROM captures WHERE site IS NOT NULL GROUP BY site
),
own_proof AS (
    SELECT agency_id, max(seen) AS list
    FROM (
        SELECT agency_id, coalesce(capture_id, (
            SELECT max(k.capture_id) FROM store.captures k
            WHERE k.url = own_list.url AND k.outcome IN ('new', 'changed', 'unchanged')
        )) AS seen
        FROM own_list WHERE agency_id IN (SELECT agency_id FROM looked_at)
    )
    GROUP BY agency_id
),
place AS (
    SELECT
        span.agency_id, span.site, span.name, years.year,
        (years.year + 1) || CASE WHEN span.kind = 'government' THEN '-03-31' ELSE '-01-31' END AS due_on,
        (
            SELECT max(d.blocked) FROM doubt d
            WHERE d.site = span.site
                AND (NOT d.names_agencies OR instr(span.name, d.title) OR instr(d.title, span.name))
                AND (NOT coalesce(d.names_years, 0) OR instr(d.title, years.year) OR instr(d.title, years.year + 1))
        ) AS doubted
    FROM span JOIN years ON years.year BETWEEN span.first_year AND span.last_year
    WHERE span.agency_id IN (SELECT agency_id FROM looked_at)
),
judged AS (
    SELECT
        place.agency_id, place.year, place.due_on, r.report_id, r.days_late, taken.report_id AS taken_down,
        CASE WHEN r.report_id IS NULL AND taken.report_id IS NULL THEN (
            SELECT max(u.capture_id) FROM unread u
            WHERE u.site = place.site AND instr(u.clue, place.year) AND (
                instr(u.clue, place.name) OR EXISTS (
                    SELECT 1 FROM agency_names n WHERE n.agency_id = place.agency_id AND instr(u.clue, n.name)
                )
            )
        ) END AS unread_capture,
        CASE
            WHEN r.state = 'unreadable' OR taken.report_id IS NOT NULL THEN 'unparsed'
            WHEN r.days_late > 0 THEN 'late'
            WHEN r.report_id IS NOT NULL THEN 'have'
            WHEN place.due_on >= (SELECT today FROM publication) THEN 'due'
            WHEN substr(s.last_full_sweep_at, 1, 10) > place.due_on AND place.doubted IS NULL THEN 'not_found'
            WHEN s.state = 'blocked' OR place.doubted = 1 THEN 'blocked'
            WHEN s.site IS NULL OR s.state = 'never_crawled' THEN 'never_crawled'
            ELSE 'overdue'
        END AS status,
        coalesce(own.capture_id, proof.list) AS list, proof.blocked, proof.latest
    FROM place
    LEFT JOIN reports r ON r.agency_id = place.agency_id AND r.year = place.year
    LEFT JOIN taken ON taken.agency_id = place.agency_id AND taken.year = place.year
    LEFT JOIN sites s ON s.site = place.site
    LEFT JOIN proof ON proof.site = place.site
    LEFT JOIN own_proof ON own_proof.agency_id = place.agency_id
    LEFT JOIN captures own ON own.capture_id = own_proof.list AND substr(own.fetched_at, 1, 10) > place.due_on
)
SELECT
    agency_id, year, due_on,
    CASE WHEN unread_capture IS NULL THEN status ELSE 'unparsed' END,
    days_late,
    CASE
        WHEN report_id IS NOT NULL THEN 'report'
        WHEN taken_down IS NOT NULL THEN 'takedown'
        WHEN coalesce(unread_capture, list, blocked, latest) IS NOT NULL AND status <> 'never_crawled' THEN 'capture'
    END,
    CASE
        WHEN coalesce(report_id, taken_down) IS NOT NULL THEN coalesce(report_id, taken_down)
        WHEN unread_capture IS NOT NULL THEN CAST(unread_capture AS TEXT)
        WHEN status = 'blocked' THEN CAST(coalesce(blocked, latest) AS TEXT)
        WHEN status <> 'never_crawled' THEN CAST(coalesce(list, latest) AS TEXT)
    END
FROM judged
