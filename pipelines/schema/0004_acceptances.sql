-- What people have read in a document: cells whose reading they accepted (table_name: that of the cell), and sums
-- that fail as printed (table_name: checks, row: the rule, column_name: the scope). `read_…` is what the program
-- alone reads there.
CREATE TABLE acceptances (
    report_id TEXT NOT NULL REFERENCES reports(report_id) ON DELETE CASCADE,
    table_name TEXT NOT NULL,
    row TEXT NOT NULL,
    column_name TEXT NOT NULL,
    raw TEXT,
    why TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    decided_at TEXT NOT NULL,
    read_raw TEXT,
    read_value ANY,
    read_state TEXT,
    PRIMARY KEY (report_id, table_name, row, column_name)
) STRICT;
ALTER TABLE reports ADD COLUMN read_state TEXT;  -- the state without what people have read; NULL: the same
ALTER TABLE reports ADD COLUMN decided TEXT;     -- digest of the decisions on its document, NULL where none
CREATE INDEX reports_decided ON reports (decided) WHERE decided IS NOT NULL;
