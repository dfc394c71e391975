"""The search page: what is typed is found where it stands, marked, counted by facets, and nothing else."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from datasette.database import QueryInterrupted

from pipelines.publish import row_numbers
from pipelines.publish.pages.reader import Reader
from pipelines.publish.pages.search import marked

TEXTS = {
    2022: "2022年，本机关主动公开政府信息30条，其中规范性文件2件。",
    2023: "收到申请12件，同比增长8.5%；均已按时答复。ＰＤＦ文件可下载。",
    2024: "危及“三安全一稳定”的，不予公开。见www.example.gov.cn。It's a test_case (A/B) * - ^ : OR NOT。",
    2025: "依 申 请 公 开\n政府信息公开\t0\t1\n縣政府網站；国务院办公厅（2021）30 号文件",
}


@pytest.fixture(scope="module")
def ask(tmp_path_factory, store_at, publish_at) -> Any:
    data = tmp_path_factory.mktemp("search")
    store = store_at(data)
    for year, text in TEXTS.items():
        store.add_report("990102-dddd", "石桥县河东镇人民政府", year, text=text)
    return publish_at(data)


def search(ask: Callable[..., Any], typed: str, **more: str) -> httpx.Response:
    (answer,) = ask(str(httpx.URL("/search", params={"q": typed, **more})))
    assert answer.status_code == 200, typed
    return answer


def years(answer: httpx.Response) -> list[int]:
    return sorted(int(year) for year in re.findall(r"/report/990102-dddd-(\d{4})#section", answer.text))


FOUND = {
    "公": [2022, 2024, 2025],
    "件": [2022, 2023, 2025],
    "主动公开": [2022],
    "信息30条": [2022],
    "12": [2023],
    "8.5%": [2023],
    "pdf": [2023],
    "PDF": [2023],
    "ＰＤＦ": [2023],
    "不予公开": [2024],
    "“三安全一稳定”": [2024],
    "www.example.gov.cn": [2024],
    "test_case": [2024],
    "It's": [2024],
    "(A/B)": [2024],
    "OR NOT": [2024],
    "*": [2024],
    "- ^ :": [2024],
    "依申请公开": [2025],
    "縣政府": [2025],
    "（2021）30号": [2025],
    "(2021)30号": [2025],
    '"30 号"': [2025],
    "公开 信息": [2022, 2025],
    "公开信息": [],
    "县政府網站": [],
    "公开 申请12件": [],
    "NOT 公开": [2024],
    "text:公开": [],
    "公开*": [],
    "8": [2023],
    "％": [2023],
    "饕餮": [],
    "政府信息公开01": [],
}


@pytest.mark.parametrize("typed", FOUND)
def test_what_is_typed_is_found_where_it_stands_and_nowhere_else(ask, typed):
    answer = search(ask, typed)
    assert years(answer) == FOUND[typed]
    marked = [html.unescape(text) for text in re.findall(r"<mark>(.*?)</mark>", answer.text)]
    assert bool(marked) == bool(years(answer))


@pytest.mark.parametrize(
    "typed",
    ["", "   ", '"', '""', "\x00", "公" * 5000, "公开 " * 500, "%_\\%", "<script>alert(1)</script>", "；"],
)
def test_odd_input_is_answered(ask, typed):
    (answer,) = ask(str(httpx.URL("/search", params={"q": typed})))
    assert (
        answer.status_code == 200 or "查询太久" in answer.text
    )  # thousands of characters, on a busy machine
    assert "<script>alert" not in answer.text


def facet(answer: httpx.Response, name: str) -> dict[str, int]:
    block = re.search(rf"<summary>{name}</summary>(.*?)</details>", answer.text, re.DOTALL)
    found = re.findall(r">([^<>]+) <small>(\d+)</small></(?:a|b)>", block[1] if block else "")
    return {name: int(n) for name, n in found}


def test_facets_count_what_the_other_filters_let_through(ask):
    answer = search(ask, "公开")
    assert facet(answer, "年度") == {"2025": 1, "2024": 3, "2023": 2, "2022": 2}
    assert facet(answer, "地区") == {"清溪县": 4, "石桥县": 3}
    assert facet(answer, "部分") == {"第 1 部分": 8}
    year = search(ask, "公开", year="2024")
    assert facet(year, "年度") == facet(answer, "年度")
    assert facet(year, "地区") == {"清溪县": 2, "石桥县": 1}
    assert "机关" not in re.findall(r"<summary>(.*?)</summary>", year.text)


def test_a_region_is_narrowed_to_an_agency(ask):
    region = search(ask, "公开", region="990101")
    assert facet(region, "机关") == {"清溪县教育局": 3, "清溪县人民政府": 1}
    agency = search(ask, "公开", region="990101", agency="990101-aaaa")
    assert len(re.findall(r"/report/990101-aaaa-\d{4}#section", agency.text)) == 3
    assert "/report/990101-cccc" not in agency.text
    assert facet(agency, "年度") == {"2024": 1, "2023": 1, "2022": 1}
    assert years(search(ask, "公开", section="5")) == []
    assert years(search(ask, "公开", section="1", year="2022", agency="990102-dddd")) == [2022]


def test_a_county_or_agency_of_that_name_stands_first(ask):
    assert 'href="/region/990102">石桥县</a>' in search(ask, "石桥").text
    assert 'href="/agency/990101-bbbb"' in search(ask, "清溪 财政").text
    assert 'class="named"' not in search(ask, "%").text


def test_what_takes_too_long_to_count_is_shown_all_the_same(ask, monkeypatch):
    async def late(*_: object) -> None:
        raise QueryInterrupted(TimeoutError(), "select 1", {})

    monkeypatch.setattr("pipelines.publish.pages.passages.tally", late)
    answer = search(ask, "主动公开政府", region="990102")
    assert "no-store" in answer.headers["cache-control"]
    assert years(answer) == [2022] and "来不及逐一计数" in answer.text and "没有找到" not in answer.text


@pytest.mark.parametrize(("year", "word", "shown"), [(2024, "公", [2024, 2025]), (2024, "信息30条", [])])
def test_what_was_found_in_time_is_shown_and_earlier_years_are_asked_for(ask, monkeypatch, year, word, shown):
    rows = Reader.rows

    async def late(self, sql: str, *values: Any) -> Any:
        if "h.rowid AS place" in sql and values[1] < row_numbers.of_section(year << 34, 0, 0):
            raise QueryInterrupted(TimeoutError(), sql, {})
        return await rows(self, sql, *values)

    with monkeypatch.context() as patched:
        patched.setattr(Reader, "rows", late)
        cut = search(ask, word, other="cut")
    assert years(cut) == shown and "没有找到" not in cut.text
    (earlier,) = re.findall(r'rel="next" href="([^"]+)"', cut.text)
    (rest,) = ask(html.unescape(earlier))
    assert years(rest) == [2022]


def test_what_is_shown_whole_is_counted_as_what_is_not(ask, monkeypatch):
    whole = search(ask, "公")
    monkeypatch.setattr("pipelines.publish.pages.search._SHOWN", 2)
    counted = search(ask, "公", other="1")
    assert years(whole) == [2022, 2024, 2025] and len(years(counted)) == 2
    for name in ("年度", "部分", "地区"):
        assert facet(whole, name) == facet(counted, name) != {}
    told = r"<strong>\d+</strong> "
    assert re.findall(told, whole.text) == re.findall(told, counted.text) != []


def test_of_a_word_too_frequent_to_count_the_values_are_named(ask, monkeypatch):
    monkeypatch.setattr("pipelines.publish.pages.passages.MOST", 5)
    monkeypatch.setattr("pipelines.publish.pages.search._SHOWN", 5)
    answer = search(ask, "主动公开 政府信息")
    assert "超过 5 处" in answer.text and "没有找到" not in answer.text
    assert re.findall(r"year=(\d{4})", answer.text) == ["2025", "2024", "2023", "2022"]
    assert "region=990101" in answer.text and facet(answer, "年度") == {}
    narrow = search(ask, "主动公开 政府信息", year="2022")
    assert "<strong>2</strong>" in narrow.text and years(narrow) == [2022]


@pytest.mark.parametrize(
    ("text", "typed", "marks"),
    [
        ("主动公开", ["公开"], ["公开"]),
        ("ＰＤＦ与pdf", ["Pdf"], ["ＰＤＦ", "pdf"]),
        ("公 \u3000开㈠、公\u200b开，", ["公开", "一"], ["公 \u3000开", "㈠", "公\u200b开"]),
        ("公开", ["\u200b"], []),
        ("İstanbul公开", ["公"], ["公"]),
    ],
)
def test_words_are_marked_as_they_are_printed(text, typed, marks):
    pieces = marked(text, typed)
    assert [piece for is_term, piece in pieces if is_term] == marks
    assert "".join(piece for _, piece in pieces) == text


def test_later_pages_bring_every_passage_once(ask, monkeypatch):
    whole = re.findall(r"/report/([\w-]+)#section", search(ask, "公").text)
    monkeypatch.setattr("pipelines.publish.pages.search._SHOWN", 3)
    found, address = [], "/search?q=公&fresh=1"
    while address and len(found) <= len(whole):
        (answer,) = ask(html.unescape(address))
        page = re.findall(r"/report/([\w-]+)#section", answer.text)
        assert 0 < len(page) <= 3
        found += page
        later = re.search(r'rel="next" href="([^"]+)"', answer.text)
        address = later and later[1]
    assert sorted(found) == sorted(whole) and len(whole) > 6
