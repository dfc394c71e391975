-- A store of schema version 1, as sqlite3's .dump gives it; never to be changed.
BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'gongkai','0001_store','2026-11-21 08:12:02.346581+00:00');
CREATE TABLE agencies (
    agency_id TEXT PRIMARY KEY,
    region_code TEXT,
    name TEXT NOT NULL,
    function TEXT,
    kind TEXT NOT NULL,
    site TEXT,                           -- the site whose registry expects it or where it was met
    expected INTEGER NOT NULL DEFAULT 0  -- 1: named by the registry
) STRICT;
CREATE TABLE agency_names (
    agency_id TEXT NOT NULL REFERENCES agencies(agency_id),
    name TEXT NOT NULL,
    first_year INTEGER,
    last_year INTEGER,
    PRIMARY KEY (agency_id, name)
) STRICT;
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
INSERT INTO "captures" VALUES(1,1,0,'640323','http://county.example/0','2026-11-21T08:12:02Z',200,'new',NULL,'abac8eb8dcd189ee45f1948509058971aa429edba7e85d68a536aa1f8ebf1cc2',350,'text/html',NULL,'article',1,0.25,'gongkai-000001-0001-4ca0b342.warc.gz',377,367,'urn:uuid:06027da2-7cf4-4b82-a711-acfab2adf5bc');
INSERT INTO "captures" VALUES(2,1,1,'640323','http://county.example/1','2026-11-21T08:12:02Z',200,'new',NULL,'abac8eb8dcd189ee45f1948509058971aa429edba7e85d68a536aa1f8ebf1cc2',350,'text/html',NULL,'article',1,0.25,'gongkai-000001-0001-4ca0b342.warc.gz',1676,418,'urn:uuid:a4749445-db6a-479f-aa67-f9ebad1307b0');
INSERT INTO "captures" VALUES(3,1,2,'640323','http://county.example/2','2026-11-21T08:12:02Z',NULL,'timeout',NULL,NULL,NULL,'text/html',NULL,'article',1,0.25,'gongkai-000001-0001-4ca0b342.warc.gz',3114,495,'urn:uuid:dead8bb4-9f61-4859-8457-ffe45c9fb90c');
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
INSERT INTO "crawls" VALUES(1,'crawl','kill_driver','2026-11-21T08:12:02Z','2026-11-21T08:12:02Z','complete',3,2,1,0,0,0);
CREATE TABLE documents (
    sha256 TEXT PRIMARY KEY,
    media_type TEXT,
    bytes INTEGER NOT NULL,
    first_seen_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    capture_id INTEGER NOT NULL REFERENCES captures(capture_id) -- whose record holds the bytes
) STRICT;
INSERT INTO "documents" VALUES('abac8eb8dcd189ee45f1948509058971aa429edba7e85d68a536aa1f8ebf1cc2','text/html',350,'2026-11-21T08:12:02Z','2026-11-21T08:12:02Z',1);
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
CREATE TABLE report_evidence (
    report_id TEXT NOT NULL REFERENCES reports(report_id) ON DELETE CASCADE,
    field TEXT NOT NULL,
    value TEXT,
    source TEXT NOT NULL,
    text TEXT
) STRICT;
CREATE TABLE report_sources (
    report_id TEXT NOT NULL REFERENCES reports(report_id) ON DELETE CASCADE,
    url TEXT NOT NULL,
    site TEXT,
    first_seen_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    gone_at TEXT,
    PRIMARY KEY (report_id, url)
) STRICT;
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
INSERT INTO "resources" VALUES('county.example/0','http://county.example/0','640323','article','county.example/0',0,'{"link_text": "第0份"}',NULL,NULL,'abac8eb8dcd189ee45f1948509058971aa429edba7e85d68a536aa1f8ebf1cc2',1,'2026-11-21T08:12:02Z','2026-11-21T08:12:02Z','2026-11-21T08:12:02Z',NULL);
INSERT INTO "resources" VALUES('county.example/1','http://county.example/1','640323','article','county.example/1',0,'{"link_text": "第1份"}',NULL,NULL,'abac8eb8dcd189ee45f1948509058971aa429edba7e85d68a536aa1f8ebf1cc2',2,'2026-11-21T08:12:02Z','2026-11-21T08:12:02Z','2026-11-21T08:12:02Z',NULL);
INSERT INTO "resources" VALUES('county.example/2','http://county.example/2','640323','article','county.example/2',0,'{"link_text": "第2份"}',NULL,NULL,NULL,NULL,'2026-11-21T08:12:02Z','2026-11-21T08:12:02Z','2026-11-21T08:12:02Z',NULL);
CREATE TABLE sections (
    report_id TEXT NOT NULL REFERENCES reports(report_id) ON DELETE CASCADE,
    ordinal INTEGER NOT NULL,
    number INTEGER,
    heading TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (report_id, ordinal)
) STRICT;
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
CREATE TABLE warc_files (
    warc_file TEXT PRIMARY KEY,
    crawl_id INTEGER NOT NULL,
    opened_at TEXT NOT NULL,
    closed_at TEXT,
    bytes INTEGER,
    sha256 TEXT                          -- of the whole file: finds the bits that no checksum inside covers
) STRICT;
INSERT INTO "warc_files" VALUES('gongkai-000001-0001-4ca0b342.warc.gz',1,'2026-11-21T08:12:02Z','2026-11-21T08:12:02Z',3903,'034639ac9476c211463954976ca8b7193d4e2fe57921509235e7eff65af5282f');
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX agencies_by_region ON agencies (region_code, name);
CREATE INDEX requests_to_do ON requests (state, host, priority DESC, request_id);
CREATE INDEX requests_by_root ON requests (root, state);
CREATE INDEX captures_by_url ON captures (url, capture_id);
CREATE INDEX captures_by_sha256 ON captures (sha256);
CREATE INDEX captures_by_crawl ON captures (crawl_id, outcome);
CREATE INDEX captures_by_place ON captures (warc_file, warc_offset);
CREATE INDEX resources_by_root ON resources (root, ordinal);
CREATE INDEX resources_by_site ON resources (site, role);
CREATE INDEX readings_by_report ON readings (report_id);
CREATE INDEX readings_by_parser ON readings (parser_version);
CREATE INDEX reports_by_agency ON reports (agency_id, year);
CREATE INDEX reports_by_change ON reports (changed_at);
CREATE INDEX report_evidence_by_report ON report_evidence (report_id);
CREATE INDEX report_changes_by_report ON report_changes (report_id, to_version);
CREATE INDEX stated_figures_by_report ON stated_figures (report_id);
CREATE INDEX issues_open ON issues (severity, closed_at);
COMMIT;
PRAGMA user_version = 1;
