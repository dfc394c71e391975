"""What is asked of the full text in another way gives the same rows."""

from __future__ import annotations

import re

import httpx
import pytest

from pipelines.publish import quicker, whole_reports


def answers(ask, table: str, word: str, monkeypatch, common: int, **more: str) -> dict:
    monkeypatch.setattr(quicker, "COMMON", common)
    query = {"_search": word, "_shape": "objects", "_extra_": common, **more}  # another address: nothing kept
    (answer,) = ask(str(httpx.URL(f"/archive/{table}.json", params=query)))
    assert answer.status_code == 200
    return answer.json()


@pytest.fixture
def asked(monkeypatch) -> list[str]:
    """The queries as they are put."""
    queries: list[str] = []
    put = quicker.Quicker.put

    async def watched(self, sql, parameters):
        as_put = await put(self, sql, parameters)
        queries.append(as_put[0])
        return as_put

    monkeypatch.setattr(quicker.Quicker, "put", watched)
    return queries


@pytest.mark.parametrize(
    "more", [{}, {"_sort_desc": "report_id"}, {"report_id": "990101-aaaa-2024"}, {"report_id__gt": "9901"}]
)
@pytest.mark.parametrize(
    ("table", "word"), [("sections", "公开"), ("sections", "主动公开 30"), ("reports", "教育局")]
)
def test_a_frequent_word_gives_the_same_rows(ask_site, monkeypatch, table, word, more):
    rare, frequent = (answers(ask_site, table, word, monkeypatch, common, **more) for common in (10_000, 1))
    assert rare["rows"] == frequent["rows"] != []
    assert rare["filtered_table_rows_count"] == len(rare["rows"])
    told = len(rare["rows"]) <= 1 or (table == "reports" and "_sort_desc" not in more and more)
    assert frequent["filtered_table_rows_count"] == (len(rare["rows"]) if told else None)


def test_so_many_rows_as_to_take_long_are_not_counted(ask_site, monkeypatch):
    number = len(answers(ask_site, "reports", "教育局", monkeypatch, 10_000)["rows"])
    (left,) = ask_site("/archive/reports.json?report_id__gt=1")
    reports = left.json()["filtered_table_rows_count"]
    told = f"<strong>{number}</strong>"
    for common, looked_for, whole, narrowed in (
        (10_000, 0, told, told),
        (0, reports, "没有计数", told),
        (0, reports - 1, "没有计数", "没有计数"),
    ):
        monkeypatch.setattr(quicker, "COMMON", common)
        monkeypatch.setattr(whole_reports, "_LOOKED_FOR", looked_for)
        for also, more in (("", whole), ("&report_id__gt=1", narrowed)):
            (page,) = ask_site(f"/archive/reports?_search=教育局&_other={common}-{looked_for}{also}")
            assert more in page.text


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"_sort": "report_id"},
        {"_sort_desc": "title"},
        {"year": "2024"},
        {"report_id__gt": "9901"},
        {"_size": "1"},
        {"_size": "2", "_next": "2024,990101-aaaa-2024", "_sort_desc": "year"},
    ],
)
@pytest.mark.parametrize("word", ["公开", "教育局 公开", "教育局 公开 2", "教育局 无此词"])
def test_reports_are_the_same_however_they_are_sought(ask_site, monkeypatch, word, more):
    few = answers(ask_site, "reports", word, monkeypatch, 10_000, **more)["rows"]
    for stretches in ((1_000,), (1, 2, 4), (1,), ()):
        for of_a_year in (30_000, 0):
            monkeypatch.setattr(whole_reports, "_STRETCHES", stretches)
            monkeypatch.setattr(whole_reports, "_OF_A_YEAR", of_a_year)
            again = {**more, "_again": f"{stretches}{of_a_year}"}
            assert answers(ask_site, "reports", word, monkeypatch, 0, **again)["rows"] == few
    assert bool(few) == ("无" not in word)


def test_the_newest_reports_with_a_frequent_word_are_sought_where_the_list_begins(
    ask_site, monkeypatch, asked
):
    sought = count_calls(monkeypatch, whole_reports.WholeReports, "_rows")
    monkeypatch.setattr(whole_reports, "_STRETCHES", (2, 1_000))
    answers(ask_site, "reports", "公开", monkeypatch, 0, _size="1")
    assert len(sought) == 1  # what was found in the first two reports is enough
    assert not any("exists" in sql for sql in asked)


def test_words_of_a_report_may_stand_in_title_and_text(ask_site, monkeypatch):
    found = [
        {row["report_id"] for row in answers(ask_site, "reports", word, monkeypatch, 10_000)["rows"]}
        for word in ("教育局", "主动公开", "教育局 主动公开", '"教育局" 主动公开')
    ]
    assert found[2] == found[3] == found[0] & found[1] != set()


def test_a_word_of_most_reports_is_looked_for_as_they_come(ask_site, monkeypatch, asked):
    monkeypatch.setattr(whole_reports, "_OF_A_YEAR", 0)
    answers(ask_site, "reports", "公", monkeypatch, 0, _sort="report_id")
    listed = [sql for sql in asked if sql.startswith("select report_id")]
    assert listed and all("exists" in sql and " in (" not in sql for sql in listed)


def test_a_word_of_few_rows_is_looked_for_in_the_order_asked_for(ask_site, monkeypatch, asked):
    answers(ask_site, "sections", "公", monkeypatch, 0, _sort_desc="report_id")
    assert any(re.search(r"where \+\W?rowid\W? in \(select rowid from \[?sections_fts", sql) for sql in asked)


def test_facets_of_a_frequent_word_are_not_counted_and_the_answer_is_kept(ask_site, monkeypatch, asked):
    assert answers(ask_site, "reports", "教育局", monkeypatch, 10_000)["facet_results"]["year"]["results"]
    answer = answers(ask_site, "reports", "教育局", monkeypatch, 0)
    assert answer["facet_results"] == {}
    assert len(answer["rows"]) > 0
    done = len(asked)
    assert answers(ask_site, "reports", "教育局", monkeypatch, 0) == answer
    assert len(asked) == done, "the second answer comes from memory"
    (page,) = ask_site("/archive/reports?_search=教育局&_other=1")
    assert "没有逐一计数：" in page.text


def test_in_the_order_of_the_rows_no_more_is_found_than_shown(ask_site, monkeypatch, asked):
    whole = answers(ask_site, "sections", "公开", monkeypatch, 1)["rows"]
    found, after = [], None
    while len(found) <= len(whole):
        more = {"_size": "2"} | ({"_next": after} if after else {})
        page = answers(ask_site, "sections", "公开", monkeypatch, 1, **more)
        found, after = found + page["rows"], page["next"]
        assert len(page["rows"]) <= 2
        if not after:
            break
    assert found == whole and len(whole) > 4
    bounded = [sql for sql in asked if re.search(r"limit 3\).* order by rowid limit 3\s*$", sql)]
    assert sum(" and rowid > :" in sql for sql in bounded) == len(bounded) - 1 > 1


def test_a_search_is_exported_whole(ask_site, monkeypatch, asked):
    found = len(answers(ask_site, "sections", "公开", monkeypatch, 10_000)["rows"])
    assert found > 4
    for common, step in ((10_000, "json_each(:found)"), (1, "match escape_fts(:search) and rowid > :")):
        monkeypatch.setattr(quicker, "COMMON", common)
        query = {"_search": "公开", "_stream": "on", "_size": "2", "_other": common}
        (answer,) = ask_site(str(httpx.URL("/archive/sections.csv", params=query)))
        assert len(answer.text.splitlines()) - 1 == found
        assert any(step in sql for sql in asked)


def count_calls(monkeypatch, kind, name: str) -> list:
    """What a method is called with, from now on."""
    calls, method = [], getattr(kind, name)

    async def watched(self, *given):
        calls.append(given)
        return await method(self, *given)

    monkeypatch.setattr(kind, name, watched)
    return calls


def test_the_hits_of_a_word_are_counted_once_for_all_that_a_page_asks(ask_site, monkeypatch):
    for table, kind, method in (
        ("sections", quicker.Quicker, "_find"),
        ("reports", whole_reports.WholeReports, "_look"),
    ):
        counted = count_calls(monkeypatch, kind, method)
        for at in (1, 2):
            answers(ask_site, table, "教育局2", monkeypatch, 10_000, _sort_desc="report_id", _at=str(at))
        assert len(counted) == 1
