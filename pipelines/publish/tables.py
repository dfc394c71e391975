"""Which tables the published archive has, how each is filled, and where personal data could stand in it."""

from __future__ import annotations

from pipelines.parse.template import TABLES

# Copied whole at every publication, parents first: small beside the reports, and rows change in place.
WHOLE = ("regions", "sites", "agencies", "agency_names", "crawls", "captures", "documents", "issues")

# Copied report by report, as the store has them.
COPIED = ("reports", "report_sources", "report_versions", "report_changes", "acceptances")

# Entered from what the store keeps packed (said.py).
SAID = ("report_evidence", "similarities")

# Made from the report's other rows.
DERIVED = ("failed_checks", "proactive_disclosure", "applications", "reviews", "report_totals")

# Masked together, because a mask in a section moves the spans of its figures.
TEXTS = ("sections", "stated_figures")

# The rows of the sets that reports have (shared.py): what the views `cells` and `checks` show, and the kinds.
PER_SET = ("set_cells", "set_checks")
KINDS = {"set_cells": "cell_kinds", "set_checks": "check_kinds"}

PER_REPORT = (*COPIED, *SAID, "report_sets", *TEXTS, *DERIVED)

# Rows of a table that are published; all of them where nothing is said.
ONLY = {
    "issues": "closed_at IS NULL AND NOT EXISTS "
    "(SELECT 1 FROM withdrawn WHERE id IN (report_id, sha256, subject))",
    "documents": "sha256 NOT IN (SELECT id FROM withdrawn)",
    # computing an address takes time, so it is only done where something was withdrawn
    "captures": "NOT EXISTS (SELECT 1 FROM withdrawn) OR NOT EXISTS "
    "(SELECT 1 FROM withdrawn WHERE id IN (sha256, address(url)))",
}

# Of the tables that grow with every capture, the rows that may differ when the captures up to one of them are
# published: a capture stays as it is, and a document changes with a capture of it only.
FOLLOWED = {
    "captures": "capture_id > {after}",
    "documents": "sha256 IN (SELECT c.sha256 FROM store.captures c WHERE c.capture_id > {after})",
}

# Full text, and the columns that it is made of (words.py).
FULL_TEXT = {"sections_fts": "heading, text", "reports_fts": "title", "agency_names_fts": "name"}

# Text columns that hold keys, digests, addresses and times: personal data can't be told from a serial number
# there, and masking would break the link they are.
TECHNICAL = frozenset(
    {
        "agency_id", "applications_state", "builder", "changed_at", "changes_through", "code",
        "column_name", "county", "crawl_id", "decided_at", "due_on", "evidence", "evidence_kind", "family",
        "fetched_at", "field", "finished_at", "first_seen_at", "format", "found_at", "gone_at", "home",
        "item", "kind", "last_attempt_at", "last_full_sweep_at", "last_seen_at", "last_success_at", "level",
        "location", "measure", "media_type", "method", "outcome", "parent_code", "parser_version",
        "prefecture", "proactive_state", "province", "published_at", "published_on", "qualifier",
        "read_state", "region_code", "report_id", "reviews_state", "role", "row", "rule", "scope",
        "severity", "sha256", "site", "source", "stage", "started_at", "state", "state_since", "status",
        "table_name", "taken_down_at", "today", "unit", "url", "valid_from", "valid_to", "warc_file",
    }
)  # fmt: skip

# The tables of the official form; any other may be a roster.
OFFICIAL = f"table_name IN {TABLES}"

# Where a printed text is a statistic, it is published as printed, whatever it looks like.
STATISTIC = {
    "set_cells": f"kind IN (SELECT kind FROM cell_kinds WHERE state = 'number' AND {OFFICIAL})",  # noqa: S608
    "proactive_disclosure": "state = 'number'",
    "report_changes": f"{OFFICIAL} AND is_amount({{column}})",
    "acceptances": f"{OFFICIAL} AND is_amount({{column}})",
}
