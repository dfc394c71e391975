-- Which report is shown from an article or file is asked for each one that is read again.
CREATE INDEX reports_by_root ON reports (root);
-- Which issues a report has is asked whenever it is read.
CREATE INDEX issues_by_report ON issues (report_id) WHERE report_id IS NOT NULL;
