-- What a run looks up for every page, or for every site at its beginning and end, is found without reading
-- a whole table.
CREATE INDEX issues_by_subject ON issues (subject);
CREATE INDEX captures_by_request ON captures (request_id);
CREATE INDEX captures_by_site ON captures (site, fetched_at);
CREATE INDEX report_sources_by_site ON report_sources (site);
CREATE INDEX agencies_by_site ON agencies (site);
