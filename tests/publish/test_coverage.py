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
