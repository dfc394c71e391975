-- Which reports changed since they were published is asked of all of them, without what they say.
CREATE INDEX reports_as_of ON reports (report_id, changed_at);
