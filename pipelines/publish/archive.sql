-- The published archive (archive.db), the tables of the contract. Views stand in views/*.sql, meanings and units in
-- codebook.toml. NULL means "not stated or not readable"; it is never written for 0, nor 0 for it.

-- What this file is: one row.
CREATE TABLE publication (
    published_at TEXT NOT NULL,
    today TEXT NOT NULL,
    builder TEXT NOT NULL,
    parser_version TEXT,
    changes_through TEXT,
    sites INTEGER NOT NULL,
    agencies INTEGER NOT NULL,
    reports INTEGER NOT NULL,
    cells INTEGER NOT NULL
);

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
);
CREATE INDEX regions_by_parent ON regions (parent_code);

CREATE TABLE sites (
    site TEXT PRIMARY KEY,
    region_code TEXT,
    name TEXT NOT NULL,
    home TEXT NOT NULL,
    family TEXT,
    state TEXT NOT NULL,
    state_since TEXT,
    last_attempt_at TEXT,
    last_success_at TEXT,
    last_full_sweep_at TEXT
);
CREATE INDEX sites_by_region ON sites (region_code);

CREATE TABLE agencies (
    agency_id TEXT PRIMARY KEY,
    region_code TEXT,
    name TEXT NOT NULL,
    function TEXT,
    kind TEXT NOT NULL,
    site TEXT,
    expected INTEGER NOT NULL
);
CREATE INDEX agencies_by_region ON agencies (region_code, name);

CREATE TABLE agency_names (
    agency_id TEXT NOT NULL REFERENCES agencies (agency_id),
    name TEXT NOT NULL,
    first_year INTEGER,
    last_year INTEGER,
    PRIMARY KEY (agency_id, name)
);

CREATE TABLE crawls (
    crawl_id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    started_at TEXT NOT NULL,
    finished_at TEXT,
    outcome TEXT,
    requests INTEGER NOT NULL,
    captures INTEGER NOT NULL,
    new_documents INTEGER NOT NULL,
    changed_documents INTEGER NOT NULL,
    new_reports INTEGER NOT NULL,
    errors INTEGER NOT NULL
);

CREATE TABLE captures (
    capture_id INTEGER PRIMARY KEY,
    crawl_id INTEGER NOT NULL REFERENCES crawls (crawl_id),
    site TEXT,
    url TEXT,
    fetched_at TEXT NOT NULL,
    status_code INTEGER,
    outcome TEXT NOT NULL,
    detail TEXT,
    sha256 TEXT,
    bytes INTEGER,
    media_type TEXT,
    role TEXT,
    warc_file TEXT,
    warc_offset INTEGER,
    warc_length INTEGER
);
CREATE INDEX captures_by_sha256 ON captures (sha256);
CREATE INDEX captures_by_site ON captures (site, role, outcome, capture_id);
CREATE INDEX captures_by_crawl ON captures (crawl_id);

CREATE TABLE documents (
    sha256 TEXT PRIMARY KEY,
    media_type TEXT,
    bytes INTEGER NOT NULL,
    first_seen_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL
);

CREATE TABLE reports (
    report_id TEXT PRIMARY KEY,
    agency_id TEXT NOT NULL REFERENCES agencies (agency_id),
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
    changed_at TEXT NOT NULL
);
CREATE INDEX reports_by_agency ON reports (agency_id, year);
CREATE INDEX reports_by_region ON reports (region_code, year);
CREATE INDEX reports_by_year ON reports (year, days_late, state);
CREATE INDEX reports_in_order ON reports (year DESC, report_id);
CREATE INDEX reports_by_state ON reports (state);
CREATE INDEX reports_by_format ON reports (format);
CREATE INDEX reports_by_change ON reports (changed_at);
CREATE INDEX reports_as_of ON reports (report_id, changed_at, parser_version);
CREATE INDEX reports_by_sight ON reports (first_seen_at);
CREATE INDEX reports_by_sha256 ON reports (sha256);

CREATE TABLE report_sources (
    report_id TEXT NOT NULL REFERENCES reports (report_id),
    url TEXT NOT NULL,
    site TEXT,
    first_seen_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    gone_at TEXT,
    PRIMARY KEY (report_id, url)
);

CREATE TABLE report_evidence (
    report_id TEXT NOT NULL REFERENCES reports (report_id),
    field TEXT NOT NULL,
    value TEXT,
    source TEXT NOT NULL,
    text TEXT
);
CREATE INDEX report_evidence_by_report ON report_evidence (report_id);

CREATE TABLE report_versions (
    report_id TEXT NOT NULL REFERENCES reports (report_id),
    version INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    url TEXT,
    first_seen_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    PRIMARY KEY (report_id, version)
);

CREATE TABLE report_changes (
    report_id TEXT NOT NULL REFERENCES reports (report_id),
    from_version INTEGER NOT NULL,
    to_version INTEGER NOT NULL,
    table_name TEXT NOT NULL,
    row TEXT NOT NULL,
    column_name TEXT NOT NULL,
    old_raw TEXT,
    new_raw TEXT,
    found_at TEXT NOT NULL
);
CREATE INDEX report_changes_by_report ON report_changes (report_id, to_version);
CREATE INDEX report_changes_by_time ON report_changes (found_at);

-- Without a primary key of words, what a search finds is read in the order of row numbers (row_numbers.py), unsorted.
CREATE TABLE sections (
    report_id TEXT NOT NULL REFERENCES reports (report_id),
    ordinal INTEGER NOT NULL,
    number INTEGER,
    heading TEXT NOT NULL,
    text TEXT NOT NULL,
    UNIQUE (report_id, ordinal)
);

CREATE TABLE proactive_disclosure (
    report_id TEXT NOT NULL REFERENCES reports (report_id),
    item TEXT NOT NULL,
    row TEXT NOT NULL,
    measure TEXT NOT NULL,
    value NUMERIC,
    unit TEXT,
    raw TEXT,
    state TEXT NOT NULL
);
CREATE INDEX proactive_disclosure_by_report ON proactive_disclosure (report_id);
CREATE INDEX proactive_disclosure_by_row ON proactive_disclosure (row, measure, report_id);
CREATE INDEX proactive_disclosure_amounts ON proactive_disclosure (row, value) WHERE measure = 'amount_yuan';

CREATE TABLE applications (
    report_id TEXT NOT NULL REFERENCES reports (report_id),
    row TEXT NOT NULL,
    label TEXT,
    natural_person INTEGER,
    business INTEGER,
    research_institution INTEGER,
    public_welfare_org INTEGER,
    legal_service_org INTEGER,
    other_org INTEGER,
    total INTEGER,
    PRIMARY KEY (report_id, row)
);
CREATE INDEX applications_by_row ON applications (row);

-- The printed totals (总计) of section three, a row for each report: what `v_requests_wide` reads.
CREATE TABLE report_totals (
    report_id TEXT PRIMARY KEY REFERENCES reports (report_id),
    year INTEGER NOT NULL,
    new_received_natural_person INTEGER,
    new_received INTEGER,
    carried_over INTEGER,
    granted INTEGER,
    partially_granted INTEGER,
    denied_state_secret INTEGER,
    denied_prohibited_by_law INTEGER,
    denied_security_stability INTEGER,
    denied_third_party_rights INTEGER,
    denied_internal_affairs INTEGER,
    denied_process_information INTEGER,
    denied_enforcement_files INTEGER,
    denied_administrative_inquiry INTEGER,
    unavailable_not_held INTEGER,
    unavailable_requires_creation INTEGER,
    unavailable_unclear_after_correction INTEGER,
    not_processed_petition INTEGER,
    not_processed_duplicate INTEGER,
    not_processed_publication INTEGER,
    not_processed_excessive INTEGER,
    not_processed_reconfirmation INTEGER,
    other_handling INTEGER,
    other_correction_overdue INTEGER,
    other_fee_unpaid INTEGER,
    other_remaining INTEGER,
    total_handled INTEGER,
    carried_forward INTEGER,
    new_received_change INTEGER
) WITHOUT ROWID;
CREATE INDEX report_totals_by_year ON report_totals (year, new_received);
CREATE INDEX report_totals_by_change ON report_totals (year, abs(new_received_change));

CREATE TABLE reviews (
    report_id TEXT NOT NULL REFERENCES reports (report_id),
    stage TEXT NOT NULL,
    upheld INTEGER,
    corrected INTEGER,
    other INTEGER,
    pending INTEGER,
    total INTEGER,
    PRIMARY KEY (report_id, stage)
);
CREATE INDEX reviews_corrected ON reviews (corrected DESC, report_id) WHERE corrected > 0;

-- Most forms say what many forms say, above all where nothing was applied for. So the rows of cells and of checks stand
-- in sets, each of them once: a set belongs to all the reports that have these very rows (shared.py). The views `cells`
-- and `checks` put the parts together.
CREATE TABLE row_sets (
    set_id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    uses INTEGER NOT NULL
);
CREATE INDEX row_sets_unused ON row_sets (set_id) WHERE uses = 0;

CREATE TABLE report_sets (
    report_id TEXT NOT NULL REFERENCES reports (report_id),
    set_id INTEGER NOT NULL REFERENCES row_sets (set_id),
    PRIMARY KEY (report_id, set_id)
) WITHOUT ROWID;

-- Every table cell: there are some two hundred to a report, and most of what a cell says many cells say.
CREATE TABLE cell_kinds (
    kind INTEGER PRIMARY KEY,
    table_name TEXT NOT NULL,
    item TEXT,
    row TEXT NOT NULL,
    column_name TEXT NOT NULL,
    label TEXT,
    unit TEXT,
    state TEXT NOT NULL,
    method TEXT NOT NULL
);
CREATE INDEX cell_kinds_by_place ON cell_kinds (row, column_name, table_name, state);

CREATE TABLE set_cells (
    set_id INTEGER NOT NULL REFERENCES row_sets (set_id),
    kind INTEGER NOT NULL REFERENCES cell_kinds (kind),
    ordinal INTEGER NOT NULL,
    raw TEXT,
    value NUMERIC,
    confidence REAL,
    location BLOB,
    PRIMARY KEY (set_id, kind, ordinal)
) WITHOUT ROWID;

CREATE TABLE stated_figures (
    report_id TEXT NOT NULL REFERENCES reports (report_id),
    section INTEGER NOT NULL,
    phrase TEXT NOT NULL,
    value NUMERIC,
    unit TEXT NOT NULL,
    qualifier TEXT NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL
);
CREATE INDEX stated_figures_by_report ON stated_figures (report_id);

-- Every check: a detail without a number is that of the kind.
CREATE TABLE check_kinds (
    kind INTEGER PRIMARY KEY,
    rule TEXT NOT NULL,
    scope TEXT NOT NULL,
    outcome TEXT NOT NULL,
    detail TEXT
);

CREATE TABLE set_checks (
    set_id INTEGER NOT NULL REFERENCES row_sets (set_id),
    kind INTEGER NOT NULL REFERENCES check_kinds (kind),
    left_value REAL,
    right_value REAL,
    detail TEXT,
    PRIMARY KEY (set_id, kind)
) WITHOUT ROWID;

-- The checks that fail, and how alike reports are to those of the year before, for what asks for them in all reports.
CREATE TABLE failed_checks (
    report_id TEXT NOT NULL REFERENCES reports (report_id),
    year INTEGER NOT NULL,
    rule TEXT NOT NULL,
    scope TEXT NOT NULL,
    left_value REAL,
    right_value REAL,
    detail TEXT,
    PRIMARY KEY (report_id, rule, scope)
) WITHOUT ROWID;
CREATE INDEX failed_checks_by_year ON failed_checks (year DESC, report_id, rule, scope);
CREATE INDEX failed_checks_by_difference ON failed_checks (rule, abs(round(left_value - right_value, 6)));

CREATE TABLE similarities (
    report_id TEXT NOT NULL REFERENCES reports (report_id),
    scope TEXT NOT NULL,
    similarity REAL,
    PRIMARY KEY (report_id, scope)
) WITHOUT ROWID;
CREATE INDEX similarities_by_degree ON similarities (similarity) WHERE similarity >= 0.9;

-- What people have read in a document, and sums that fail as printed: the decision behind a cell of method `person`.
CREATE TABLE acceptances (
    report_id TEXT NOT NULL REFERENCES reports (report_id),
    table_name TEXT NOT NULL,
    row TEXT NOT NULL,
    column_name TEXT NOT NULL,
    raw TEXT,
    why TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    decided_at TEXT NOT NULL,
    read_raw TEXT,
    read_value NUMERIC,
    read_state TEXT,
    PRIMARY KEY (report_id, table_name, row, column_name)
) WITHOUT ROWID;

CREATE TABLE issues (
    issue_id INTEGER PRIMARY KEY,
    code TEXT NOT NULL,
    severity TEXT NOT NULL,
    report_id TEXT,
    sha256 TEXT,
    site TEXT,
    detail TEXT NOT NULL,
    first_seen_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL
);
CREATE INDEX issues_by_report ON issues (report_id);
CREATE INDEX issues_by_code ON issues (code);

-- What the view `coverage` reads: brought up to publication.today at every publication (agency_years.sql).
CREATE TABLE agency_years (
    agency_id TEXT NOT NULL REFERENCES agencies (agency_id),
    year INTEGER NOT NULL,
    due_on TEXT NOT NULL,
    status TEXT NOT NULL,
    days_late INTEGER,
    evidence_kind TEXT,
    evidence TEXT,
    PRIMARY KEY (agency_id, year)
) WITHOUT ROWID;
CREATE INDEX agency_years_by_status ON agency_years (status, year);
CREATE INDEX agency_years_missing ON agency_years (year DESC, agency_id)
WHERE status IN ('not_found', 'overdue', 'unparsed', 'blocked', 'never_crawled');

-- What would take a look at every cell or check is counted when the archive is published (summaries.sql).

-- Region × year: how many of how many agencies. What the view `v_coverage` reads.
CREATE TABLE region_years (
    region_code TEXT,
    year INTEGER NOT NULL,
    agencies INTEGER NOT NULL,
    reports INTEGER NOT NULL,
    have INTEGER NOT NULL,
    late INTEGER NOT NULL,
    due INTEGER NOT NULL,
    overdue INTEGER NOT NULL,
    not_found INTEGER NOT NULL,
    unparsed INTEGER NOT NULL,
    blocked INTEGER NOT NULL,
    never_crawled INTEGER NOT NULL
);
CREATE INDEX region_years_by_region ON region_years (region_code, year);

-- Each number of the forms, summed over the reports of a year that state it.
CREATE TABLE totals (
    year INTEGER NOT NULL,
    table_name TEXT NOT NULL,
    item TEXT NOT NULL,
    row TEXT NOT NULL,
    column_name TEXT NOT NULL,
    unit TEXT,
    total NUMERIC,
    stating INTEGER NOT NULL,
    reports INTEGER NOT NULL
);
CREATE INDEX totals_by_row ON totals (table_name, row, column_name, year);

-- Shares by year: sums over the reports that state every number of the share, with how many of how many they are.
CREATE TABLE yearly_rates (
    year INTEGER NOT NULL,
    figure TEXT NOT NULL,
    stage TEXT,
    numerator NUMERIC,
    denominator NUMERIC,
    rate REAL,
    stating INTEGER NOT NULL,
    reports INTEGER NOT NULL
);
CREATE INDEX yearly_rates_by_figure ON yearly_rates (figure, year);

-- Where the middle half of an agency's peers stands: the same year, kind and (where given) function.
CREATE TABLE peers (
    year INTEGER NOT NULL,
    kind TEXT NOT NULL,
    function TEXT,
    measure TEXT NOT NULL,
    n INTEGER NOT NULL,
    reports INTEGER NOT NULL,
    minimum REAL,
    lower_quartile REAL,
    median REAL,
    upper_quartile REAL,
    maximum REAL
);
CREATE INDEX peers_by_group ON peers (kind, function, year);

-- How the rules came out, and what the cells hold.
CREATE TABLE check_tallies (
    year INTEGER NOT NULL,
    rule TEXT NOT NULL,
    outcome TEXT NOT NULL,
    n INTEGER NOT NULL,
    reports INTEGER NOT NULL,
    PRIMARY KEY (year, rule, outcome)
) WITHOUT ROWID;
CREATE TABLE cell_tallies (
    year INTEGER NOT NULL,
    table_name TEXT NOT NULL,
    state TEXT NOT NULL,
    method TEXT NOT NULL,
    n INTEGER NOT NULL
);

-- What the cells of each kind add up to, kept as reports come and go (tallies.sql): the other counts are made of it.
CREATE TABLE kind_tallies (
    year INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    total NUMERIC,
    stating INTEGER NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (year, kind)
) WITHOUT ROWID;

-- The same of the shares by year (`stage` is empty where there is none), and of what peers are compared by: how many
-- reports of agencies of a kind and function (empty: none) have a value (measures.sql).
CREATE TABLE rate_tallies (
    year INTEGER NOT NULL,
    figure TEXT NOT NULL,
    stage TEXT NOT NULL,
    numerator NUMERIC NOT NULL,
    denominator NUMERIC NOT NULL,
    stating INTEGER NOT NULL,
    PRIMARY KEY (year, figure, stage)
) WITHOUT ROWID;
CREATE TABLE measure_tallies (
    year INTEGER NOT NULL,
    kind TEXT NOT NULL,
    function TEXT NOT NULL,
    measure TEXT NOT NULL,
    value NUMERIC NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (year, kind, function, measure, value)
) WITHOUT ROWID;

-- How many reports of a region (empty: none is known) are in which state.
CREATE TABLE region_states (
    region_code TEXT NOT NULL,
    state TEXT NOT NULL,
    reports INTEGER NOT NULL,
    PRIMARY KEY (region_code, state)
) WITHOUT ROWID;

-- How many rows the tables have that grow with the archive, so that whoever opens it need not count them.
CREATE TABLE row_counts (table_name TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;

-- Reports that were withdrawn from everything published, and why.
CREATE TABLE takedowns (
    report_id TEXT PRIMARY KEY,
    taken_down_at TEXT NOT NULL,
    why TEXT NOT NULL
);

CREATE TABLE codebook (
    table_name TEXT NOT NULL,
    column_name TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    label_zh TEXT NOT NULL,
    label_en TEXT NOT NULL,
    unit TEXT,
    source TEXT,
    PRIMARY KEY (table_name, column_name, name)
);
