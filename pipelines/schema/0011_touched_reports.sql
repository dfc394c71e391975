-- The reports that came, changed or went, or of which a source was seen again or went, with the newest capture that
-- there was then: a publication asks for them by number, so that it need not read what there is of all others.
-- (No trigger replaces: what the statement says that it is fired by would be done instead.)
CREATE TABLE touched_reports (report_id TEXT PRIMARY KEY, capture_id INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX touched_reports_by_capture ON touched_reports (capture_id);

CREATE TRIGGER reports_come AFTER INSERT ON reports BEGIN
    DELETE FROM touched_reports WHERE report_id = new.report_id;
    INSERT INTO touched_reports SELECT new.report_id, coalesce(max(capture_id), 0) FROM captures;
END;
CREATE TRIGGER reports_change AFTER UPDATE OF changed_at ON reports BEGIN
    DELETE FROM touched_reports WHERE report_id = new.report_id;
    INSERT INTO touched_reports SELECT new.report_id, coalesce(max(capture_id), 0) FROM captures;
END;
CREATE TRIGGER reports_go AFTER DELETE ON reports BEGIN
    DELETE FROM touched_reports WHERE report_id = old.report_id;
    INSERT INTO touched_reports SELECT old.report_id, coalesce(max(capture_id), 0) FROM captures;
END;
CREATE TRIGGER report_sources_are_seen AFTER UPDATE OF last_seen_at, gone_at ON report_sources BEGIN
    DELETE FROM touched_reports WHERE report_id = new.report_id;
    INSERT INTO touched_reports SELECT new.report_id, coalesce(max(capture_id), 0) FROM captures;
END;
