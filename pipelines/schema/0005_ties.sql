-- The checks that tie a report to the year before, packed; NULL: they are still to be made.
ALTER TABLE reports ADD COLUMN ties BLOB;
CREATE INDEX reports_waiting ON reports (agency_id) WHERE ties IS NULL;
