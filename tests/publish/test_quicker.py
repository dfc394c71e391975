"""What is asked of the full text in another way gives the same rows."""

from __future__ import annotations

import re

import httpx
import pytest

from pipelines.publish import quicker


def answers(ask, table: str, word: str, monkeypatch, common: int) -> dict:
    monkeypatch.setattr(quicker, "_COMMON", common)
    query = {"_search": word, "_shape": "objects", "_extra_": common}  # another address: nothing kept
    (answer,) = ask(str(httpx.URL(f"/archive/{table}.json", params=query)))
    assert answer.status_code == 200
    return answer.json()


@pytest.mark.parametrize(
    ("table", "word"), [("sections", "公开"), ("sections", "主动公开 30"), ("reports", "教育局")]
)
def test_a_frequent_word_gives_the_same_rows(ask_site, monkeypatch, table, word):
    rare, frequent = (answers(ask_site, table, word, monkeypatch, common) for common in (10_000, 1))
    assert rare["rows"] == frequent["rows"] != []
    assert rare["filtered_table_rows_count"] == frequent["filtered_table_rows_count"] == len(rare["rows"])


def test_it_is_asked_in_another_way(ask_site, monkeypatch):
    asked = []
    put = quicker.put

    async def watched(execute, sql, *arguments):
        asked.append(await put(execute, sql, *arguments))
        return asked[-1]

    monkeypatch.setattr(quicker, "put", watched)
    answers(ask_site, "sections", "公", monkeypatch, 0)
    assert any(re.search(r"where exists \(select 1 from \[sections_fts\]", sql) for sql in asked)
    assert any(re.match(r"select count\(\*\) from \(select rowid from \W?sections_fts", sql) for sql in asked)
