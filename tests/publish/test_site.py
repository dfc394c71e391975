"""The site answers every address of the contract in both languages, safely, and follows a new publication."""

from __future__ import annotations

import asyncio
import html
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
import yaml

from pipelines.publish import accuracy, codebook, metadata, publish, serve
from pipelines.publish.pages import language
from pipelines.publish.plugins import parquet
from pipelines.publish.publication import builder

pytestmark = pytest.mark.slow

REPORT = "990101-aaaa-2024"
PAGES = {
    "/": ("清溪县", "清溪县"),
    "/region/990101": ("机关与年度", "Agencies and years"),
    "/agency/990101-aaaa": ("历年情况", "Year by year"),
    f"/report/{REPORT}": ("一、本年新收政府信息公开申请数量", "Applications received and handled"),
    f"/evidence/{REPORT}?table=applications&row=granted&column=total": (
        "这个数字出自哪里",
        "Where this number comes from",
    ),
    "/coverage": ("已有", "here / due"),
    "/quality": ("不符", "Fails"),
    "/changes": ("发布后的改动", "Edits after publication"),
    "/codebook": ("数据字典", "Codebook"),
    "/about": ("我们的承诺", "What we promise"),
    "/archive": ("第三部分", "Section three"),
    "/archive/reports": ("清溪县教育局", "清溪县教育局"),
    "/archive/applications?report_id=" + REPORT: ("予以公开", "予以公开"),
}
QUERIES = sorted(metadata.load()["databases"]["archive"]["queries"])


@pytest.fixture
def ask(ask_site) -> Callable[..., Any]:
    return ask_site


@pytest.fixture
def patient(ask: Any) -> Iterator[Callable[..., Any]]:
    """The site with time enough for every query, however busy the machine is."""
    ask("/about")
    settings = ask.site._edition.datasette._settings
    limit = settings["sql_time_limit_ms"]
    settings["sql_time_limit_ms"] = 600_000
    yield ask
    settings["sql_time_limit_ms"] = limit


def rows(response: httpx.Response) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.text
    return response.json()


def test_every_page_answers_in_both_languages_with_headers(patient):
    chinese = patient(*PAGES)
    english = patient(*(f"{page}{'&' if '?' in page else '?'}lang=en" for page in PAGES))
    for index, page in enumerate(PAGES):
        for response, words in ((chinese[index], PAGES[page][0]), (english[index], PAGES[page][1])):
            assert response.status_code == 200, (page, response.text)
            assert words in response.text, page
            assert "script-src 'self'" in response.headers["content-security-policy"]
            assert response.headers["x-content-type-options"] == "nosniff"
            assert response.headers["x-frame-options"] == "DENY"
            assert response.headers["referrer-policy"] == "no-referrer"
            assert not re.search(r"<script(?! src)|\son\w+=|javascript:", response.text), page


def test_no_page_shows_the_inside_of_a_template(ask):
    pages = [*PAGES, *(f"/archive/{query}" for query in QUERIES), "/search?q=公开", "/archive?sql=select+1"]
    both = [*pages, *(f"{page}{'&' if '?' in page else '?'}lang=en" for page in pages)]
    for page, answer in zip(both, ask(*both), strict=True):
        text = html.unescape(answer.text)
        assert not re.search(r"<bound method|<function|<generator|Undefined|\bNone\b|\{\{|\}\}", text), page


def test_no_word_hides_behind_a_function():
    words = language.Words("zh")
    assert all(isinstance(getattr(words, key), str) for key in language.names())


def test_every_word_is_said_somewhere():
    folder = Path(serve.__file__).parent
    told = "".join(p.read_text("utf-8") for p in folder.rglob("*") if p.suffix in (".py", ".html", ".txt"))
    # a word may be named by its beginning and what is known only then
    begun = tuple({template or code for template, code in re.findall(r'"(\w+_)" ~|f"(\w+_)\{', told)})
    unsaid = [key for key in language.names() if not re.search(rf"\b{key}\b", told)]
    assert [key for key in unsaid if not key.startswith(begun)] == []


def test_a_page_is_named_by_its_heading(ask):
    pages = ["/search?q=公开", "/archive?sql=select+1", "/archive/reports", "/archive"]
    for page in ask(*pages, *(f"{page}{'&' if '?' in page else '?'}lang=en" for page in pages)):
        title, heading = (re.search(f"<{tag}>([^<]*)", page.text)[1].strip() for tag in ("title", "h1"))
        assert heading and heading in title, title


def test_a_query_that_takes_too_long_says_so_and_can_be_changed(ask):
    sql = "with recursive a(x) as (select 1 union all select x + 1 from a) select count(*) from a"
    chinese, english = ask(
        *(str(httpx.URL("/archive", params={"sql": sql, "lang": lang})) for lang in ("zh", "en"))
    )
    for page, told in ((chinese, "查询太久"), (english, "The query took too long")):
        assert page.status_code == 400 and f"<h1>{told}</h1>" in page.text
        assert f'spellcheck="false">{sql}</textarea>' in page.text and "sql_time_limit_ms" not in page.text


def test_what_is_no_sql_is_told_in_the_readers_language(ask):
    chinese, english = ask("/archive?sql=selec+1", "/archive?sql=selec+1&lang=en")
    assert "<h1>SQL 有误</h1>" in chinese.text and "<h1>Invalid SQL</h1>" in english.text


def test_a_record_explains_its_columns_units_and_values(ask):
    (captures,) = ask("/archive/captures.json?_shape=array&_size=1")
    (capture,) = rows(captures)
    address = f"/archive/captures/{capture['capture_id']}"
    chinese, english = ask(address, f"{address}?lang=en")
    assert "（字节）" in chinese.text and "(byte)" in english.text
    told = codebook.labels("captures", "outcome")[capture["outcome"]]
    assert f"<small>{told.zh}</small>" in chinese.text and f"<small>{told.en}</small>" in english.text


def test_what_is_not_offered_says_so_in_the_readers_language(ask):
    chinese, english = ask("/archive.db", "/archive.db?lang=en")
    assert chinese.status_code == english.status_code == 403
    assert "这里不提供整个数据库" in chinese.text and "not offered here" in english.text


def test_the_language_is_remembered(ask):
    (chosen,) = ask("/about?lang=en")
    assert "lang=en" in chosen.headers["set-cookie"]
    (kept,) = ask("/about", headers={"cookie": "lang=en"})
    assert "What we promise" in kept.text


def test_the_report_shows_numbers_with_links_checks_and_source(ask):
    (page,) = ask(f"/report/{REPORT}")
    assert (
        f'href="/evidence/{REPORT}?table=applications&amp;row=granted&amp;column=natural_person"' in page.text
    )
    assert "上年 2" in page.text
    assert "2≠3" in page.text
    assert "http://www.example.gov.cn/2024.html" in page.text


def test_the_report_explains_the_marks_of_its_checks_once(ask):
    (page,) = ask(f"/report/{REPORT}")
    (legend,) = re.findall(r'<ul class="legend".*?</ul>', page.text, re.DOTALL)
    told = [re.sub(r"<[^>]+>", "", line) for line in legend.split("</li>")]
    assert told[:4] == ["✓ 相符", "✗ 不符", "≈ 空格按 0 计则相符", "? 无法判断"]
    assert re.search(r"<summary>(其余|全部) \d+ 项</summary>", page.text)


def test_the_evidence_marks_the_cell_and_names_its_place(ask):
    (page,) = ask(f"/evidence/{REPORT}?table=applications&row=granted&column=natural_person")
    assert re.search(r'id="here"><mark>2</mark>', page.text)
    assert "第 1 张表" in page.text and "第 4 行" in page.text


def test_the_evidence_of_what_a_person_read_names_the_decision(ask):
    (page,) = ask(f"/evidence/{REPORT}?table=applications&row=granted&column=natural_person")
    assert "人工查看原件后认定" in page.text and "盖章遮住，原件可辨；可问 [已隐去:手机号]" in page.text
    assert re.search(r"lin <time>2026-02-20T00:00:00Z</time>", page.text)
    assert "? · 无法辨认" in page.text
    (other,) = ask(f"/evidence/{REPORT}?table=applications&row=granted&column=total")
    assert "盖章" not in other.text


def test_what_is_not_there_is_not_found(ask):
    for answer in ask(
        "/report/990101-aaaa-1999",
        "/region/000001",
        "/agency/x",
        f"/evidence/{REPORT}?table=cells&row=x&column=y",
    ):
        assert answer.status_code == 404


@pytest.mark.parametrize("query", QUERIES)
def test_every_canned_query_runs_and_is_explained(patient, query):
    page, data = patient(f"/archive/{query}", f"/archive/{query}.json?_shape=array")
    assert page.status_code == 200 and "problem" not in page.text
    rows(data)
    told = metadata.load()["databases"]["archive"]["queries"][query]
    for key in ("title", "title_en", "description", "description_en"):
        assert told[key] and ("_en" in key or not told[key].isascii())
    (english,) = patient(f"/archive/{query}?lang=en")
    assert html.escape(told["title_en"], quote=False).replace("'", "&#39;") in english.text


def test_there_are_queries_enough():
    assert len(QUERIES) >= 20


def test_sums_say_how_many_of_how_many_reports_are_in_them(ask):
    for query in ("grant_rates", "applicants", "corrections", "backlog", "refusal_grounds"):
        (answer,) = ask(f"/archive/{query}.json?_shape=array")
        assert rows(answer), query
        for row in rows(answer):
            stating = row.get("reports_stating_it", row.get("reports"))
            assert 0 < stating <= row["all_reports"], query


@pytest.mark.parametrize(
    ("table", "word", "expected"),
    [
        ("sections", "公", 5),
        ("sections", "主动公开", 5),
        ("sections", "30条", 5),
        ("reports", "教育局", 3),
        ("reports", "水利局2023", 1),
        ("reports", "教育局 2024", 1),
        ("sections", '"信息30"', 5),
        ("sections", "教育局", 0),
        ("sections", '"', 0),
        ("sections", "一、", 5),
    ],
)
def test_datasettes_own_search_finds_chinese_words(ask, table, word, expected):
    (answer,) = ask(str(httpx.URL(f"/archive/{table}.json", params={"_search": word, "_shape": "array"})))
    assert len(rows(answer)) == expected


def test_tables_are_described_with_units(ask):
    (page,) = ask("/archive/applications")
    assert "自然人（件 item）" in page.text


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/-/databases.json", 404),
        ("/-/settings.json", 404),
        ("/-/threads.json", 404),
        ("/-/metadata.json", 404),
        ("/-/allow-debug", 404),
        ("/-/permissions", 404),
        ("/-/logout", 404),
        ("/_internal", 404),
        ("/_memory", 404),
        ("/archive.db", 403),
        ("//example.com/", 400),
        ("/%5Cexample.com/", 400),
        ("/static/../serve.py", 404),
        ("/wp-login.php", 404),
        ("/favicon.ico", 200),
        ("/static/site.css", 200),
        ("/robots.txt", 200),
    ],
)
def test_only_known_routes_answer(ask, address, status):
    (answer,) = ask(f"http://localhost{address}")
    assert answer.status_code == status
    assert "location" not in answer.headers


def test_writing_is_not_possible(ask):
    (answer,) = ask("/archive", method="POST")
    assert answer.status_code == 405


@pytest.mark.parametrize(
    "sql",
    [
        "select length(hex(zeroblob(400000000)))",
        "select length(randomblob(900000000))",
        "select * from pragma_database_list",
        "select printf('%.*c', 100000000, 'x')",
        "select fts3_tokenizer('simple')",
        "attach 'x' as y",
        "delete from reports",
        "select replace(hex(group_concat(text)), 'A', hex(group_concat(text))) from sections, cells, cells",
    ],
)
def test_hostile_sql_is_refused_quickly(ask, sql):
    (answer,) = ask(str(httpx.URL("/archive.json", params={"sql": sql})))
    assert answer.status_code == 400
    assert answer.elapsed.total_seconds() < 3


def test_a_new_publication_is_noticed(store, run):
    run()

    async def go() -> list[int]:
        site = serve.app(store.data)
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=site), base_url="http://localhost"
        ) as client:
            address = "/archive/reports.json?_shape=array&_search=河东镇"
            before = await client.get(address)
            store.add_report("990102-dddd", "石桥县河东镇人民政府", 2023)
            run()
            after = await client.get(address)
        site.close()
        return [len(answer.json()) for answer in (before, after)]

    assert asyncio.run(go()) == [0, 1]


def test_before_the_first_publication_it_says_so(tmp_path: Path):
    async def go() -> httpx.Response:
        site = serve.app(tmp_path)
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=site), base_url="http://localhost"
        ) as client:
            return await client.get("/")

    answer = asyncio.run(go())
    assert answer.status_code == 503 and "gongkai publish" in answer.text


def test_that_another_version_published_is_said_where_the_site_is_run(site_data, monkeypatch, capsys):
    async def ask(site: serve.Site) -> int:
        transport = httpx.ASGITransport(app=site)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return (await client.get("/about")).status_code

    told = []
    for built_by in (builder(), "another"):
        monkeypatch.setattr(serve, "builder", lambda built_by=built_by: built_by)
        site = serve.Site(site_data / "archive.db", {"lists": None})
        assert asyncio.run(ask(site)) == 200
        site.close()
        told.append("gongkai publish" in capsys.readouterr().err)
    assert told == [False, True]


def test_an_issue_whose_code_is_not_known_has_a_heading_all_the_same(store, run, ask_archive):
    times = {"first_seen_at": "2026-02-20T00:00:00Z", "last_seen_at": "2026-02-20T00:00:00Z"}
    store.add("issues", code="brand_new", severity="warning", subject="z", detail="细节", **times)
    run()
    (page,) = ask_archive(store.data)("/quality")
    assert (
        "需要查看的情况</a> <code>brand_new</code>" in page.text
        and "无法打开</a> <code>corrupted" in page.text
    )


def test_what_is_said_of_a_row_names_it_as_people_do_and_leads_to_its_table(store, run, ask_archive):
    times = {"first_seen_at": "2026-02-20T00:00:00Z", "last_seen_at": "2026-02-20T00:00:00Z"}
    told = {"code": "row_doubtful", "severity": "warning", "subject": "z", "report_id": REPORT, **times}
    store.add("issues", detail="http://copy.test/1: applications.new_received: 有空格 / blanks", **told)
    told["subject"] = "y"
    store.add("issues", detail="1.pdf: reviews.lawsuit_direct.total: '3' 不是确定的数", **told)
    run()
    (page,) = ask_archive(store.data)(f"/report/{REPORT}")
    assert '<a href="#applications">本年新收申请</a>' in page.text and "：有空格 / blanks <span" in page.text
    assert ">http://copy.test/1</span>" in page.text
    assert re.search('<a href="#reviews">[^<]*未经复议直接起诉 · 总计</a>：', page.text)


def test_of_a_damaged_file_it_is_said_that_it_is_damaged(store, run, ask_archive, capsys):
    run()
    path = store.data / "archive.db"
    good, damaged = path.read_bytes(), store.data / "damaged"
    damaged.write_bytes(good[:4096] + b"\0" * (len(good) - 4096))
    asking = ask_archive(store.data)
    assert asking("/about")[0].status_code == 200
    damaged.replace(path)
    for answer in asking("/about", "/coverage"):
        assert answer.status_code == 503 and "损坏" in answer.text and "gongkai publish" in answer.text
    said = capsys.readouterr().err
    assert said.count("读不出") == 1, "it is looked at once"
    assert "Traceback" not in said
    run()
    assert asking("/about")[0].status_code == 200


@pytest.mark.parametrize(
    "feed", ["/region/990101.atom", "/agency/990101-aaaa.atom", "/changes.atom", "/quality.atom"]
)
def test_feeds_are_atom(ask, feed):
    (answer,) = ask(feed)
    root = ElementTree.fromstring(answer.text)
    assert root.tag == "{http://www.w3.org/2005/Atom}feed"
    assert root.find("{http://www.w3.org/2005/Atom}updated") is not None
    assert feed == "/changes.atom" or root.findall("{http://www.w3.org/2005/Atom}entry")


def test_feeds_have_what_a_reader_of_feeds_needs(ask):
    (answer,) = ask("/agency/990101-aaaa.atom")
    atom = "{http://www.w3.org/2005/Atom}"
    assert answer.headers["content-type"].startswith("application/atom+xml")
    root = ElementTree.fromstring(answer.text)
    assert {link.get("rel") for link in root.findall(f"{atom}link")} == {"self", None}
    ids = [entry.find(f"{atom}id").text for entry in root.findall(f"{atom}entry")]
    assert len(ids) == len(set(ids)) == 3
    for entry in (root, *root.findall(f"{atom}entry")):
        assert entry.find(f"{atom}title").text and entry.find(f"{atom}id").text
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:]{8}Z", entry.find(f"{atom}updated").text)


def test_the_sitemap_names_pages_that_answer(ask):
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    robots, index, past = ask("/robots.txt", "/sitemap.xml", "/sitemap-9.xml")
    assert "Sitemap: http://localhost/sitemap.xml" in robots.text and past.status_code == 404
    parts = [loc.text for loc in ElementTree.fromstring(index.text).iter(f"{space}loc")]
    pages = [
        loc.text for part in ask(*parts) for loc in ElementTree.fromstring(part.text).iter(f"{space}loc")
    ]
    assert f"http://localhost/report/{REPORT}" in pages and len(pages) == len(set(pages))
    assert all(answer.status_code == 200 for answer in ask(*pages))


def test_an_agency_has_a_chart_on_its_page_and_as_a_file(ask):
    page, file, none = ask(
        "/agency/990101-aaaa", "/agency/990101-aaaa/received.svg", "/agency/990101-aaaa/nothing.svg"
    )
    assert "<desc>2022: 3; 2023: 3; 2024: 3</desc>" in page.text
    assert file.headers["content-type"].startswith("image/svg+xml") and ElementTree.fromstring(file.text)
    assert none.status_code == 404


def test_years_before_the_first_have_a_reason_and_its_proof(ask):
    chinese, english = ask("/agency/990101-aaaa", "/agency/990101-aaaa?lang=en")
    (link,) = re.findall(
        r'2022 年以前没有见到该机关的报告[^<]*<a href="(/archive/captures/\d+)"', chinese.text
    )
    assert "for the years before 2022" in english.text
    assert ask(link)[0].status_code == 200


def test_coverage_goes_from_provinces_to_regions(ask):
    (provinces,) = ask("/coverage")
    link = re.search(r'href="(/coverage\?province=[^"]+)"', provinces.text)[1]
    (regions,) = ask(link)
    assert 'href="/region/990101"' in regions.text


def test_metadata_is_fresh_and_whole():
    text = metadata.METADATA.read_text(encoding="utf-8")
    assert text == metadata.refreshed(text), "run: python -m pipelines.publish"
    tables = yaml.safe_load(text)["databases"]["archive"]["tables"]
    assert set(tables) == {e.name for e in codebook.entries() if e.kind == "table"}


def test_an_empty_archive_has_a_home(tmp_path, store):
    for table in ("reports", "agency_names", "agencies", "sites", "captures", "crawls", "issues"):
        store.connection.execute(f"DELETE FROM {table}")
    publish(store.data)

    async def go() -> list[int]:
        site = serve.app(store.data)
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=site), base_url="http://localhost"
        ) as client:
            answers = [
                (await client.get(page)).status_code for page in ("/", "/coverage", "/quality", "/changes")
            ]
        site.close()
        return answers

    assert asyncio.run(go()) == [200] * 4


def test_search_marks_the_words_in_their_sentence(ask):
    (page, nothing, empty) = ask("/search?q=公开 30", "/search?q=没有的词", "/search")
    assert "<mark>公开</mark>" in page.text and "<mark>30</mark>" in page.text
    assert f'href="/report/{REPORT}#section-0"' in page.text
    assert nothing.status_code == empty.status_code == 200
    assert "<mark>" not in nothing.text
    (year,) = ask("/search?q=公开&year=2022")
    assert year.text.count("<mark>公开</mark>") == page.text.count("<mark>公开</mark>") / 5


def test_a_table_tells_how_it_is_sorted_and_what_its_values_mean(ask):
    (page,) = ask("/archive/reports")
    assert re.findall(r">(\w+ [▲▼])<", page.text) == ["year ▼"]
    (page,) = ask("/archive/reports?_sort=title")
    assert re.findall(r">(\w+ [▲▼])<", page.text) == ["title ▲"]
    (facets,) = re.findall(r'<div class="facet-results">.*?<div class="scroll"', page.text, re.DOTALL)
    assert "报告格式" in facets and ">2021 年格式</a>" in facets and "state=complete" in facets
    assert ">complete<" not in facets
    (chosen,) = ask("/archive/reports?state=complete")
    assert re.search(r"三张表均已读出，或载明“无” · \d", chosen.text)


def test_ids_in_tables_lead_to_their_pages(ask):
    (table,) = ask("/archive/applications")
    assert f'<a href="/report/{REPORT}">' in table.text


def test_counts_that_are_told_without_counting_are_true(site_data):
    with closing(sqlite3.connect(site_data / "archive.db")) as db:
        for name, told in serve.COUNTS.items():
            counted = db.execute(f"SELECT count(*) FROM {name}").fetchone()
            assert db.execute(told).fetchone() == counted, name


def test_answers_explain_their_columns_and_tell_meanings_once(ask):
    (chinese, english) = ask("/archive/refusal_grounds", "/archive/refusal_grounds?lang=en")
    assert '<th scope="col">ground<small>情形</small></th>' in chinese.text and "ground_en" not in heads(
        chinese
    )
    assert "ground_en" in heads(english) and "ground<" not in heads(english)
    assert '<th scope="col" class="n">applications' in chinese.text


def test_in_ones_own_query_only_columns_of_its_tables_have_meanings(ask):
    own = "select year, count(*) n, sum(days_late) reports from reports group by year"
    (answer,) = ask(str(httpx.URL("/archive", params={"sql": own})))
    assert "year<small>报告年度" in heads(answer)
    assert "n</th>" in heads(answer) and "reports</th>" in heads(answer), "these names are the reader's own"


@pytest.mark.parametrize("installed", [True, False])
def test_parquet_is_promised_where_it_can_be_had(ask_archive, site_data, monkeypatch, installed):
    monkeypatch.setattr(parquet, "is_installed", lambda: installed)
    (page,) = ask_archive(site_data)("/archive")
    assert ("Parquet" in page.text) is installed


def heads(answer: httpx.Response) -> str:
    return answer.text.partition("<thead>")[2].partition("</thead>")[0]


@pytest.mark.parametrize("query", QUERIES)
def test_every_column_of_a_ready_question_has_a_meaning(site_data, query):
    sql = metadata.queries()[query]["sql"]
    with closing(sqlite3.connect(site_data / "archive.db")) as db:
        names = [column[0] for column in db.execute(sql, {"year": ""}).description]
    assert [name for name in names if codebook.answer_label(name) is None] == []


def test_the_accuracy_measured_stands_on_home_and_quality_with_its_day_and_method(ask):
    known = accuracy.measured()
    assert known.cells == known.right + known.flagged + known.wrong and known.wrong == 0
    home, quality, about = ask("/", "/quality", "/about")
    assert f"{known.cells:,}" in home.text and 'href="/quality#accuracy"' in home.text
    assert f"{known.flagged:,}" in quality.text and known.measured_on in quality.text
    assert 'href="/about#accuracy"' in quality.text and 'id="accuracy"' in about.text


def test_a_citation_names_the_permanent_address(ask):
    (page,) = ask(f"/report/{REPORT}")
    citation = re.search(r'<p class="cite" id="citation">(.*?)</p>', page.text)[1]
    assert f"http://localhost/report/{REPORT}" in citation and "清溪县教育局" in citation


def test_a_citation_of_a_number_says_it_and_leads_to_its_cell(ask):
    where = f"/evidence/{REPORT}?table=applications&row=new_received&column=total"
    (page,) = ask(where)
    citation = html.unescape(re.search(r'<p class="cite" id="citation">(.*?)</p>', page.text)[1])
    printed = re.search(r"<dd class=\"big\"><mark>(.*?)</mark>", page.text)[1]
    assert f"http://localhost{where}" in citation and f"总计：{printed}。" in citation


def test_programs_are_told_what_there_is(ask):
    (text,) = ask("/llms.txt")
    assert text.headers["content-type"].startswith("text/markdown")
    addresses = re.findall(r"\]\((/[^)]*)\)", text.text)
    assert len(addresses) > 6 and all(answer.status_code == 200 for answer in ask(*addresses))


def test_a_page_for_which_a_query_ran_out_of_time_is_not_kept(ask_archive, store, run):
    run()
    asking = ask_archive(store.data)
    asking("/about")
    settings = asking.site._edition.datasette._settings
    address, before = "/archive/cells?_facet=raw", settings["facet_time_limit_ms"]
    settings["facet_time_limit_ms"] = 1e-9
    (cut,) = asking(address)
    settings["facet_time_limit_ms"] = before
    (whole,) = asking(address)
    assert cut.status_code == whole.status_code == 200
    assert "facet-results" not in cut.text and "facet-results" in whole.text


def test_a_page_is_kept_until_the_archive_changes(ask_archive, store, run, monkeypatch):
    run()
    asking = ask_archive(store.data)
    (first,) = asking("/archive")
    kept = asking.site._edition.app
    assert len(kept._answers) == 1
    assert asking("/archive")[0].text == first.text and len(kept._answers) == 1
    asking("/archive", headers={"cookie": "lang=en"})
    assert len(kept._answers) == 2
    # nobody's own query, nothing that sets a cookie, no error
    asking("/archive?sql=select+1", "/archive?lang=en", "/none")
    assert len(kept._answers) == 2
    monkeypatch.setattr("pipelines.publish.kept._IN_ALL", len(first.content))
    asking("/about")
    assert kept._size <= len(first.content)
    run()
    asking("/archive")
    assert asking.site._edition.app is not kept


def test_the_map_of_provinces_is_on_the_page_and_a_file(ask):
    page, file = ask("/coverage", "/coverage/provinces.svg")
    assert "虚构 75%" in page.text or "虚构" in page.text
    assert ElementTree.fromstring(file.text).tag.endswith("svg")


def test_what_a_search_finds_is_counted_in_the_full_text(ask, site_data):
    answers = ask(
        "/archive/sections.json?_search=公开",
        "/archive/sections.json?_search=公开&_size=1",
        "/archive/sections.json?_search=公开&number=1&report_id=990101-aaaa-2023",
    )
    assert [answer.json()["filtered_table_rows_count"] for answer in answers] == [5, 5, 1]
