"""Agency × year: what proves that a report is not there, and what does not."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from pipelines.publish import publish
from tests.publish.conftest import EDUCATION, FINANCE, FULL, TODAY

LIST = "http://www.example.gov.cn/nb/"


def statuses(data: Path, year: int) -> dict[str, str]:
    publish(data, today=TODAY)
    with closing(sqlite3.connect(data / "archive.db")) as db:
        rows = db.execute("SELECT agency_id, status FROM coverage WHERE year = ?", (year,)).fetchall()
    return dict(rows)


def complain(store, code, detail, *, subject="site:990101", title=None):
    store.add("issues", code=code, severity="error", site="990101", subject=subject, detail=detail,
              first_seen_at=FULL, last_seen_at=FULL)  # fmt: skip
    if title:
        store.add("site_columns", site="990101", url=LIST, title=title, found_by="link",
                  first_seen_at=FULL, last_seen_at=FULL)  # fmt: skip


@pytest.mark.parametrize(
    ("code", "detail", "title", "education", "finance"),
    [
        ("list_incomplete", f"{LIST}: 3 of 9 declared entries found", "部门年报", "overdue", "overdue"),
        ("list_empty", f"{LIST}: empty, had 9 entries", None, "overdue", "overdue"),
        ("list_incomplete", f"{LIST}: 3 of 9 declared entries found", "财政局", "not_found", "overdue"),
        ("list_shrunk", f"{LIST}: 3 entries, had 9", "清溪县教育局年报", "overdue", "not_found"),
        ("list_shrunk", f"{LIST}: 3 entries, had 9", "2022年", "not_found", "not_found"),
        ("list_shrunk", f"{LIST}: 3 entries, had 9", "2025年", "overdue", "overdue"),
        ("list_shrunk", f"{LIST}: 3 entries, had 9", "2026年", "overdue", "overdue"),
        ("document_unreachable", "timeout: 0 bytes", None, "not_found", "not_found"),
    ],
)
def test_a_list_known_to_be_incomplete_is_no_proof_of_what_it_may_have(
    store, code, detail, title, education, finance
):
    complain(store, code, detail, title=title)
    found = statuses(store.data, 2025)
    assert (found[EDUCATION], found[FINANCE]) == (education, finance)


@pytest.mark.parametrize(
    ("detail", "status"),
    [("blocked: challenge", "blocked"), ("timeout: 0 bytes", "overdue"), ("gone: 404", "not_found")],
)
def test_a_list_that_could_not_be_had_proves_nothing_but_one_that_is_gone_is_none(store, detail, status):
    complain(store, "list_unreachable", detail, subject=LIST, title="部门年报")
    assert statuses(store.data, 2025)[FINANCE] == status


@pytest.mark.parametrize(
    ("text", "outcome", "education", "finance"),
    [
        ("清溪县财政局2025年政府信息公开年报", "timeout", "not_found", "unparsed"),
        ("清溪县财政局2025年政府信息公开年报", "blocked", "not_found", "blocked"),
        ("2025年政府信息公开年报", "error", "overdue", "overdue"),
        ("2023年政府信息公开年报", "error", "not_found", "not_found"),
        ("清溪县财政局2025年政府信息公开年报", "redirect", "not_found", "not_found"),
    ],
)
def test_a_listed_report_that_could_not_be_had_is_not_missing_from_the_site(
    store, text, outcome, education, finance
):
    url = "http://www.example.gov.cn/nb/9.html"
    store.add("resources", address="www.example.gov.cn/nb/9.html", url=url, site="990101", role="article",
              hints=json.dumps({"link_text": text}), first_seen_at=FULL, last_seen_at=FULL)  # fmt: skip
    store.add("captures", capture_id=99, crawl_id=1, fetched_at=FULL, site="990101", url=url, outcome=outcome,
              role="article")  # fmt: skip
    found = statuses(store.data, 2025)
    assert (found[EDUCATION], found[FINANCE]) == (education, finance)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "years"),
    [
        ("SELECT 1", 1),
        ("UPDATE sites SET last_full_sweep_at = '2020-01-01T00:00:00Z'", 0),
        ("UPDATE sites SET state = 'blocked'", 1),
        (
            f"DELETE FROM reports WHERE agency_id = '{FINANCE}';"
            f"DELETE FROM agency_names WHERE agency_id = '{FINANCE}';"
            f"DELETE FROM agencies WHERE agency_id = '{FINANCE}'",
            0,
        ),
        (f"UPDATE agencies SET kind = 'government', name = 'x' WHERE agency_id = '{EDUCATION}'", 0),
        ("INSERT INTO agencies VALUES ('990101-new', '990101', '新局', NULL, 'department', '990101', 1)", 0),
        (f"UPDATE reports SET days_late = 3, changed_at = '2027' WHERE agency_id = '{EDUCATION}'", 0),
        ("DELETE FROM reports WHERE year = (SELECT min(year) FROM reports)", 0),
        ("DELETE FROM reports WHERE year = (SELECT max(year) FROM reports)", 0),
    ],
)
def test_coverage_brought_up_to_date_is_that_made_anew(store, change, years):
    """Whatever changes, and however many years later: agencies that have all reports are passed over."""
    later = TODAY.replace(year=TODAY.year + years)
    publish(store.data, today=TODAY)
    store.connection.executescript(f"PRAGMA foreign_keys = ON; {change}")
    assert publish(store.data, today=later).incremental
    brought_up = coverage(store.data)
    (store.data / "archive.db").unlink()
    assert not publish(store.data, today=later).incremental
    assert brought_up == coverage(store.data)


def coverage(data: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(data / "archive.db")) as db:
        return db.execute("SELECT * FROM agency_years ORDER BY agency_id, year").fetchall()
