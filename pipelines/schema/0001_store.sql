-- The private working store (store.db). Tables that are also published keep their published names
-- and columns; what is derived from them (fact tables, views, indexes, full text) is made on publishing.
-- NULL means "not stated or not readable"; it is never written for 0, nor 0 for it.
-- Times are UTC, ISO 8601 with Z; dates ISO 8601; booleans 0 and 1.

-- Where: divisions that the registry or a report needed, and those a registry folder brings along.
CREATE TABLE regions (
    code TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    level TEXT NOT NULL,
    parent_code TEXT,
    province TEXT,
    prefecture TEXT,
    county TEXT,
    valid_from TEXT,
    valid_to TEXT
) STRICT;

CREATE TABLE sites (
    site TEXT PRIMARY KEY,               -- stem of the registry file
    region_code TEXT,
    name TEXT NOT NULL,
    home TEXT NOT NULL,
    family TEXT,
    state TEXT NOT NULL DEFAULT 'never_crawled',
    state_since TEXT,
    state_detail TEXT,
    last_attempt_at TEXT,
    last_success_at TEXT,
    last_full_sweep_at TEXT,
    failures INTEGER NOT NULL DEFAULT 0, -- runs without success in a row
    definition TEXT NOT NULL             -- the registry file as JSON, for coverage and expectations
) STRICT;

-- The columns (list addresses) of a site, found or configured, with why.
CREATE TABLE site_columns (
    site TEXT NOT NULL REFERENCES sites(site),
    url TEXT NOT NULL,
    title TEXT,
    family TEXT,
    found_by TEXT NOT NULL,
    score REAL,
    declared_total INTEGER,
    found_total INTEGER,
    first_seen_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    PRIMARY KEY (site, url)
) STRICT;

-- Who.
CREATE TABLE agencies (
    agency_id TEXT PRIMARY KEY,
    region_code TEXT,
    name TEXT NOT NULL,
    function TEXT,
    kind TEXT NOT NULL,
    site TEXT,                           -- the site whose registry expects it or where it was met
    expected INTEGER NOT NULL DEFAULT 0  -- 1: named by the registry
) STRICT;
CREATE INDEX agencies_by_region ON agencies (region_code, name);

CREATE TABLE agency_names (
    agency_id TEXT NOT NULL REFERENCES agencies(agency_id),
    name TEXT NOT NULL,
    first_year INTEGER,
    last_year INTEGER,
    PRIMARY KEY (agency_id, name)
) STRICT;

-- Runs, what was asked for, and what came.
CREATE TABLE crawls (
    crawl_id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,                  -- crawl, ingest
    command TEXT NOT NULL DEFAULT '',
    started_at TEXT NOT NULL,
    finished_at TEXT,
    outcome TEXT,                        -- complete, partial, interrupted, failed; NULL while it runs
    requests INTEGER NOT NULL DEFAULT 0,
    captures INTEGER NOT NULL DEFAULT 0,
    new_documents INTEGER NOT NULL DEFAULT 0,
    changed_documents INTEGER NOT NULL DEFAULT 0,
    new_reports INTEGER NOT NULL DEFAULT 0,
    errors INTEGER NOT NULL DEFAULT 0
) STRICT;

-- The files of the archive. A file without closed_at is being written, or was left by a killed run.
CREATE TABLE warc_files (
    warc_file TEXT PRIMARY KEY,
    crawl_id INTEGER NOT NULL,
    opened_at TEXT NOT NULL,
    closed_at TEXT,
    bytes INTEGER,
    sha256 TEXT                          -- of the whole file: finds the bits that no checksum inside covers
) STRICT;

-- The frontier. A sweep is one visit of a site; a run resumes the sweep an earlier run left.
CREATE TABLE requests (
    request_id INTEGER PRIMARY KEY,
    site TEXT NOT NULL,
    sweep INTEGER NOT NULL,              -- crawl_id of the run that began the sweep
    fingerprint TEXT NOT NULL,           -- method, canonical address, body
    method TEXT NOT NULL DEFAULT 'GET',
    url TEXT NOT NULL,
    body TEXT,
    host TEXT NOT NULL,                  -- host:port, the unit of politeness
    role TEXT NOT NULL,                  -- home, tree, column, list, article, page, attachment
    root TEXT,                           -- address of the article that a page or attachment belongs to
    context TEXT NOT NULL DEFAULT '{}',  -- JSON: link text, date on the list, column, state of the family
    depth INTEGER NOT NULL DEFAULT 0,
    priority INTEGER NOT NULL DEFAULT 0, -- higher first
    state TEXT NOT NULL DEFAULT 'pending', -- pending, leased, done
    attempts INTEGER NOT NULL DEFAULT 0,
    not_before REAL NOT NULL DEFAULT 0,  -- unix time
    UNIQUE (site, sweep, fingerprint)
) STRICT;
CREATE INDEX requests_to_do ON requests (state, host, priority DESC, request_id);
CREATE INDEX requests_by_root ON requests (root, state);

CREATE TABLE captures (
    capture_id INTEGER PRIMARY KEY,
    crawl_id INTEGER NOT NULL REFERENCES crawls(crawl_id),
    request_id INTEGER,
    site TEXT,
    url TEXT,
    fetched_at TEXT NOT NULL,
    status_code INTEGER,
    outcome TEXT NOT NULL,
    detail TEXT,
    sha256 TEXT,
    bytes INTEGER,
    media_type TEXT,
    charset TEXT,
    role TEXT,
    attempt INTEGER NOT NULL DEFAULT 1,
    elapsed REAL,                        -- seconds
    warc_file TEXT,
    warc_offset INTEGER,
    warc_length INTEGER,
    record_id TEXT UNIQUE                -- WARC-Record-ID: a record is taken in once
) STRICT;
CREATE INDEX captures_by_url ON captures (url, capture_id);
CREATE INDEX captures_by_sha256 ON captures (sha256);
CREATE INDEX captures_by_crawl ON captures (crawl_id, outcome);
CREATE INDEX captures_by_place ON captures (warc_file, warc_offset);

CREATE TABLE documents (
    sha256 TEXT PRIMARY KEY,
    media_type TEXT,
    bytes INTEGER NOT NULL,
    first_seen_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    capture_id INTEGER NOT NULL REFERENCES captures(capture_id) -- whose record holds the bytes
) STRICT;

-- What is known of an address now: captures are its history. `address` is the key without the scheme.
CREATE TABLE resources (
    address TEXT PRIMARY KEY,
    url TEXT,
    site TEXT,
    role TEXT NOT NULL,                  -- article, page, attachment, file (ingested)
    root TEXT,                           -- address of its article; its own for an article or file
    ordinal INTEGER NOT NULL DEFAULT 0,
    hints TEXT NOT NULL DEFAULT '{}',    -- JSON: link_text, published_on, agency, region_code, name
    etag TEXT,
    last_modified TEXT,
    sha256 TEXT,                         -- the last good body
    capture_id INTEGER,                  -- the capture of it
    first_seen_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    checked_at TEXT,
    gone_at TEXT
) STRICT;
CREATE INDEX resources_by_root ON resources (root, ordinal);
CREATE INDEX resources_by_site ON resources (site, role);

-- What reading an article (with its parts) or file gave.
CREATE TABLE readings (
    root TEXT PRIMARY KEY,               -- resources.root
    bundle TEXT NOT NULL,                -- digest over the bytes read, parts included
    parser_version TEXT NOT NULL,
    kind TEXT NOT NULL,                  -- report, form, not_report, perhaps, unreadable
    report_id TEXT,
    state TEXT,                          -- of the report
    fingerprint TEXT,                    -- digest of the report's content; noise does not change it
    main_address TEXT,                   -- where its tables stand: the article or one of its parts
    main_sha256 TEXT,
    read_at TEXT NOT NULL
) STRICT;
CREATE INDEX readings_by_report ON readings (report_id);
CREATE INDEX readings_by_parser ON readings (parser_version);

-- Reports: the chosen reading of an agency's report for a year, laid out.
CREATE TABLE reports (
    report_id TEXT PRIMARY KEY,
    agency_id TEXT NOT NULL REFERENCES agencies(agency_id),
    agency TEXT NOT NULL,
    region_code TEXT,
    year INTEGER NOT NULL,
    title TEXT NOT NULL,
    format TEXT NOT NULL,
    published_on TEXT,
    first_seen_at TEXT NOT NULL,
    days_late INTEGER,
    url TEXT,
    sha256 TEXT NOT NULL,
    version INTEGER NOT NULL,
    parser_version TEXT NOT NULL,
    state TEXT NOT NULL,
    proactive_state TEXT NOT NULL,
    applications_state TEXT NOT NULL,
    reviews_state TEXT NOT NULL,
    root TEXT NOT NULL,                  -- the reading that is shown
    fingerprint TEXT NOT NULL,
    crawl_id INTEGER,                    -- the run that found it first
    changed_at TEXT NOT NULL             -- last change of any row of the report: publishing is incremental
) STRICT;
CREATE INDEX reports_by_agency ON reports (agency_id, year);
CREATE INDEX reports_by_change ON reports (changed_at);

CREATE TABLE report_sources (
    report_id TEXT NOT NULL REFERENCES reports(report_id) ON DELETE CASCADE,
    url TEXT NOT NULL,
    site TEXT,
    first_seen_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    gone_at TEXT,
    PRIMARY KEY (report_id, url)
) STRICT;

CREATE TABLE report_evidence (
    report_id TEXT NOT NULL REFERENCES reports(report_id) ON DELETE CASCADE,
    field TEXT NOT NULL,
    value TEXT,
    source TEXT NOT NULL,
    text TEXT
) STRICT;
CREATE INDEX report_evidence_by_report ON report_evidence (report_id);

CREATE TABLE report_versions (
    report_id TEXT NOT NULL REFERENCES reports(report_id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    url TEXT,
    first_seen_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    body BLOB,                           -- the Report record of that version, compressed JSON
    PRIMARY KEY (report_id, version)
) STRICT;

CREATE TABLE report_changes (
    report_id TEXT NOT NULL REFERENCES reports(report_id) ON DELETE CASCADE,
    from_version INTEGER NOT NULL,
    to_version INTEGER NOT NULL,
    table_name TEXT NOT NULL,
    row TEXT NOT NULL,
    column_name TEXT NOT NULL,
    old_raw TEXT,
    new_raw TEXT,
    found_at TEXT NOT NULL
) STRICT;
CREATE INDEX report_changes_by_report ON report_changes (report_id, to_version);

CREATE TABLE sections (
    report_id TEXT NOT NULL REFERENCES reports(report_id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    number INTEGER,
    heading TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (report_id, ordinal)
) STRICT;

CREATE TABLE cells (
    report_id TEXT NOT NULL REFERENCES reports(report_id) ON DELETE CASCADE,
    table_name TEXT NOT NULL,
    ordinal INTEGER NOT NULL,
    item TEXT,                           -- section two: 20(1) …
    row TEXT NOT NULL,
    column_name TEXT NOT NULL,
    label TEXT,
    raw TEXT,
    value ANY,                           -- INTEGER or REAL, NULL unless state = number
    unit TEXT,
    state TEXT NOT NULL,
    method TEXT NOT NULL,
    confidence REAL,
    location TEXT,
    PRIMARY KEY (report_id, table_name, ordinal)
) STRICT;

CREATE TABLE stated_figures (
    report_id TEXT NOT NULL REFERENCES reports(report_id) ON DELETE CASCADE,
    section INTEGER NOT NULL,            -- sections.ordinal
    phrase TEXT NOT NULL,
    value ANY,
    unit TEXT NOT NULL,
    qualifier TEXT NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL
) STRICT;
CREATE INDEX stated_figures_by_report ON stated_figures (report_id);

CREATE TABLE checks (
    report_id TEXT NOT NULL REFERENCES reports(report_id) ON DELETE CASCADE,
    rule TEXT NOT NULL,
    scope TEXT NOT NULL,
    outcome TEXT NOT NULL,
    left_value REAL,
    right_value REAL,
    detail TEXT,
    PRIMARY KEY (report_id, rule, scope)
) STRICT;

-- What a person should know. `subject` tells apart issues of one code (a report, document, site or place).
CREATE TABLE issues (
    issue_id INTEGER PRIMARY KEY,
    code TEXT NOT NULL,
    severity TEXT NOT NULL,
    report_id TEXT,
    sha256 TEXT,
    site TEXT,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    first_seen_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    closed_at TEXT,                      -- no longer found
    crawl_id INTEGER,                    -- the run that found it first
    UNIQUE (code, subject, detail)
) STRICT;
CREATE INDEX issues_open ON issues (severity, closed_at);
