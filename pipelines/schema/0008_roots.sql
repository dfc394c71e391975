-- Which report is shown from an article or file is asked for each one that is read again.
CREATE INDEX reports_by_root ON reports (root);
