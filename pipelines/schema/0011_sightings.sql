-- Of which reports a source was seen again or went since, with the newest capture that there was then: a publication
-- asks for them by number, so that the sources of all others need not be read.
CREATE TABLE sightings (
    report_id TEXT PRIMARY KEY REFERENCES reports(report_id) ON DELETE CASCADE,
    capture_id INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sightings_by_capture ON sightings (capture_id);
CREATE TRIGGER report_sources_sighted AFTER UPDATE OF last_seen_at, gone_at ON report_sources
WHEN (new.last_seen_at, new.gone_at) IS NOT (old.last_seen_at, old.gone_at)
BEGIN
    INSERT INTO sightings VALUES (new.report_id, (SELECT coalesce(max(capture_id), 0) FROM captures))
    ON CONFLICT (report_id) DO UPDATE SET capture_id = excluded.capture_id;
END;
