"""Runs after the first: what they cost, and what they notice of pages that go, move and come back."""

import json
from collections import Counter
from dataclasses import replace
from itertools import chain, pairwise

import pytest

from pipelines.rebuild import rebuild
from pipelines.reparse import reparse
from pipelines.store import Store
from samples import server
from samples.counties import World
from samples.registry import write_registry
from samples.server import serve

pytestmark = pytest.mark.slow

EVERY_LIST = (
    "from crawler import due; due._SHARE_OF_REQUESTS = due._SHARE_OF_BYTES = 1\n"  # else they take turns
)
ON_DAY = """from datetime import UTC, datetime
from pipelines import clock
clock._clock = lambda: datetime(2026, 2, {}, 8, tzinfo=UTC)
"""
GONE = (404, {"Content-Type": "text/html"}, b"<html><body>404 Not Found</body></html>")


def tables(year, agency="青河县教育局"):
    """A whole report of the 2021 form, small: enough for the reading core to take it for a report."""
    title = f"{agency}{year}年政府信息公开工作年度报告"
    prose = "本机关认真贯彻落实《中华人民共和国政府信息公开条例》，依法主动公开政府信息。" * 6
    heads = [
        "一、总体情况",
        "四、政府信息公开行政复议、行政诉讼情况",
        "五、存在的主要问题及改进情况",
        "六、其他需要报告的事项",
    ]
    body = "".join(f"<p>{head}</p><p>{prose}</p>" for head in heads)
    return title, f"<div class=TRS_Editor><p>{title}</p>{body}</div>"


def put(web, path, year, agency="青河县教育局"):
    title, body = tables(year, agency)
    web.page(
        path,
        body,
        title,
        f'<meta name="ArticleTitle" content="{title}"><meta name="PubDate" content="{year + 1}-01-20">',
    )
    return f'<li><a href="{path}">{title}</a><span>{year + 1}-01-20</span></li>'


def listed(web, entries):
    web.page("/", '<a href="/nb/">政府信息公开年报</a>')
    web.column("/nb/", f"<ul>{''.join(entries)}</ul>")


def sources(crawl):
    with crawl.store() as store:
        rows = list(store.rows("SELECT url, gone_at, site FROM report_sources ORDER BY url"))
        count = store.value("SELECT count(*) FROM reports")
    return count, {row["url"]: row["gone_at"] for row in rows}


def test_a_page_that_goes_is_told_and_its_report_stays(webs, crawl):
    web = webs()
    entries = [put(web, f"/nb/20260{n}/t2026010{n}_1{n}.html", 2020 + n) for n in (1, 2)]
    listed(web, entries)
    crawl.register(web)
    crawl()
    count, before = sources(crawl)
    assert (count, set(before.values())) == (2, {None})
    lost = "/nb/202601/t20260101_11.html"
    kept = web.routes[lost]
    listed(web, entries[1:])  # no list shows it any more, either
    for status in (404, 410):
        web.routes[lost] = (status, *GONE[1:])
        crawl()
    count, during = sources(crawl)
    assert count == 2
    assert [url for url, gone in during.items() if gone] == [web.base + lost]
    web.routes[lost] = kept
    crawl()
    assert sources(crawl) == (2, before)


def test_a_report_whose_address_leads_on_to_a_page_that_says_so_is_gone_until_it_is_back(webs, crawl):
    web = webs()
    paths = [f"/nb/20260{n}/t2026010{n}_1{n}.html" for n in (1, 2, 3)]
    listed(web, [put(web, path, 2020 + n) for n, path in enumerate(paths)])
    web.page("/404.html", "<h2>您访问的页面不存在</h2>")
    crawl.register(web)
    crawl(limits=ON_DAY.format(1))
    kept = [web.routes[path] for path in paths]
    for path in paths[:2]:  # the first leads there over another address
        web.redirect(path, "/404.html" if path == paths[1] else "/hop")
    web.redirect("/hop", "/404.html")
    for day in (2, 3):  # still gone since then
        crawl(limits=ON_DAY.format(day))
        gone = {url.removeprefix(web.base): at for url, at in sources(crawl)[1].items()}
        assert [(gone[path] or "")[:10] for path in paths] == ["2026-02-02", "2026-02-02", ""]
    told = sources(crawl)
    rebuild(crawl.data, workers=1)
    assert sources(crawl) == told
    web.routes[paths[0]], web.routes["/new/"] = kept[0], kept[1]
    web.redirect(paths[1], "/new/")
    crawl(limits=ON_DAY.format(4))
    count, found = sources(crawl)
    assert (count, set(found.values())) == (3, {None})


def test_a_moved_report_is_one_report_with_both_addresses(webs, crawl):
    web = webs()
    listed(web, [put(web, "/nb/202601/t20260101_11.html", 2025)])
    crawl.register(web)
    crawl()
    del web.routes["/nb/202601/t20260101_11.html"]
    listed(web, [put(web, "/nb/202603/t20260301_99.html", 2025)])
    crawl()
    count, found = sources(crawl)
    assert count == 1
    assert [bool(gone) for _, gone in sorted(found.items())] == [True, False]


def test_a_redirected_report_keeps_both_addresses(webs, crawl):
    web = webs()
    listed(web, [put(web, "/nb/202601/t20260101_11.html", 2025)])
    crawl.register(web)
    crawl()
    put(web, "/new/202601/t20260101_11.html", 2025)
    web.redirect("/nb/202601/t20260101_11.html", "/new/202601/t20260101_11.html", 301)
    crawl()
    count, found = sources(crawl)
    assert count == 1
    assert sorted(found) == [f"{web.base}/{folder}/202601/t20260101_11.html" for folder in ("nb", "new")]


def edit(web, path, old, new):
    status, headers, body = web.routes[path]
    assert old.encode() in body
    web.routes[path] = (status, headers, body.replace(old.encode(), new.encode()))


def shown(crawl):
    with crawl.store() as store:
        report = store.row("SELECT url, version FROM reports")
        versions = [row["url"] for row in store.rows("SELECT url FROM report_versions ORDER BY version")]
        seen = list(store.rows("SELECT url, last_seen_at, gone_at FROM report_sources ORDER BY url"))
        changes = list(store.rows("SELECT from_version, old_raw, new_raw FROM report_changes"))
        return report, versions, seen, changes, [issue["subject"] for issue in store.open_issues()]


@pytest.mark.parametrize(
    ("listed_then", "over", "found_first"),
    [("old", (), False), ("old", ("/hop",), False), ("new", (), False), ("new", ("/hop",), True)],
)
def test_a_report_that_moved_and_was_edited_is_shown_as_it_is_now(
    webs, crawl, listed_then, over, found_first
):
    """It moves by 301, over other paths; ``found_first``: by a visit for what is new."""
    web = webs()
    paths = {"old": "/nb/202601/t20260101_11.html", "new": "/new/202601/t20260101_11.html"}
    old, new = (web.base + path for path in paths.values())
    entries = {which: put(web, path, 2025) for which, path in paths.items()}
    listed(web, [entries["old"]])
    crawl.register(web)
    crawl(limits=ON_DAY.format(1))
    edit(web, paths["new"], "本机关认真贯彻", "本机关全面贯彻")
    for path, target in pairwise([paths["old"], *over, paths["new"]]):
        web.redirect(path, target, 301)
    listed(web, [entries[listed_then]])
    crawl(limits=ON_DAY.format(3), incremental="990001" if found_first else "")
    report, versions, seen, changes, issues = told = shown(crawl)
    assert (report, versions) == ({"url": new, "version": 2}, [old, new])
    assert changes
    assert all(row["new_raw"] == row["old_raw"].replace("认真", "全面") for row in changes)
    assert {row["url"]: row["last_seen_at"][:10] for row in seen if row["url"] in (old, new)} == {
        old: "2026-02-01",
        new: "2026-02-03",
    }
    assert "sources_differ" not in crawl.issues()
    assert paths["old"] not in " ".join(issues)
    rebuild(crawl.data, workers=1)
    assert shown(crawl) == told
    with Store.open(crawl.data, write=True) as store:
        list(reparse(store, crawl.data, 3, accept=True, workers=1))
    assert shown(crawl) == told
    edit(web, paths["new"], "全面贯彻", "切实贯彻")
    crawl(limits=ON_DAY.format(4))
    assert shown(crawl)[:2] == ({"url": new, "version": 3}, [old, new, new])


def test_a_report_of_a_department_and_the_portal_is_one(webs, crawl):
    portal, department = webs("127.0.0.2"), webs("127.0.0.3")
    for web, path in ((portal, "/nb/202601/t20260101_11.html"), (department, "/nb/202601/t20260109_88.html")):
        listed(web, [put(web, path, 2025)])
    crawl.register(portal, "990001")
    crawl.register(department, "990001-a")
    crawl()
    count, found = sources(crawl)
    assert count == 1
    assert {url.split("/")[2].split(":")[0] for url in found} == {"127.0.0.2", "127.0.0.3"}


@pytest.mark.slow
def test_an_unchanged_site_costs_little(crawl, tmp_path, monkeypatch):
    """At most a tenth of the first run's requests, and a fiftieth of its bytes, also where the server knows
    no conditional requests.
    """
    respond = server.Server.answer

    def unconditional(sites, host, request):
        headers = {k: v for k, v in request.headers.items() if not k.startswith("if-")}
        return respond(sites, host, replace(request, headers=headers))

    monkeypatch.setattr(server.Server, "answer", unconditional)
    world = World.build(
        counties=4, agencies=10, years=range(2019, 2026), families=["trs", "jcms", "gkmlpt", "ucap"]
    )
    with serve(world, port=0) as sites:
        write_registry(sites.world, tmp_path / "sites")
        crawl(timeout=300)
        second = crawl(incremental=",".join(site.region.code for site in world.sites), timeout=300)
    assert second["outcome"] == "complete"
    first, again = (json.loads((crawl.data / "runs" / f"{n}.json").read_text("utf-8")) for n in (1, 2))
    cost = {}
    for site in first["sites"]:
        one, two = first["sites"][site], again["sites"][site]
        cost[one["family"]] = (two["requests"] / one["requests"], two["bytes"] / one["bytes"], two["roles"])
    assert again["new_reports"] == 0
    assert max(requests for requests, _, _ in cost.values()) <= 0.10, cost
    assert max(size for _, size, _ in cost.values()) <= 0.02, cost
    assert Counter(again["sites"][next(iter(again["sites"]))]["outcomes"])["new"] == 0


def columns(web, **lists):
    """A portal with a column for each of ``lists``, moved ones under a new address."""
    web.page("/", '<a href="/zwgk/">政务公开</a>')
    links = {"zf": "政府年报", "bm": "部门年报", "bm2": "部门年报", "xz": "乡镇年报"}
    web.page("/zwgk/", "".join(f'<a href="/zwgk/{key}nb/">{links[key]}</a>' for key in lists))
    for key, entries in lists.items():
        web.column(f"/zwgk/{key}nb/", f"<ul>{''.join(entries)}</ul>")


def test_a_look_at_known_columns_sees_them_emptied_moved_and_walled_off(webs, crawl):
    web = webs()
    entries = {
        key: [put(web, f"/zwgk/{key}nb/202{n}01/t202{n}0120_{at}{n}.html", 2019 + n, name) for n in (4, 5, 6)]
        for at, (key, name) in enumerate(
            (("zf", "青河县人民政府"), ("bm", "青河县财政局"), ("xz", "青河县城关镇"))
        )
    }
    columns(web, **entries)
    crawl.register(web)
    crawl()
    moved = [
        put(web, f"/zwgk/bm2nb/202{n}01/t202{n}0120_8{n}.html", 2019 + n, "青河县财政局") for n in (4, 5, 6)
    ]
    del web.routes["/zwgk/bmnb/"]
    columns(web, zf=entries["zf"], bm2=moved, xz=[])
    crawl(incremental="990001", limits=EVERY_LIST)
    issues = crawl.issues()
    assert issues["list_empty"] == f"{web.base}/zwgk/xznb/: 现在没有条目，原有 empty, had 3 条 entries"
    assert issues["column_replaced"] == f"{web.base}/zwgk/bmnb/ → {web.base}/zwgk/bm2nb/"
    assert not {"column_moved", "list_incomplete"} & set(issues)
    assert all(f"{web.base}{path}" in sources(crawl)[1] for path in web.routes if "/bm2nb/202" in path)

    web.log.clear()
    for path in list(web.routes):
        web.routes[path] = (412, {"Content-Type": "text/html"}, b"<script>document.cookie='a'</script>")
    crawl(incremental="990001", limits=EVERY_LIST)
    assert "/" not in web.asked()
    with crawl.store() as store:
        assert store.site("990001")["state"] == "blocked"
    assert {"site_blocked", "list_empty"} <= set(crawl.issues())


def test_lists_are_asked_for_conditionally_and_an_unchanged_one_is_still_read(webs, crawl):
    web = webs()
    entries = [put(web, f"/nb/20260{n}/t2026010{n}_1{n}.html", 2020 + n) for n in (1, 2)]
    listed(web, entries[:1])
    _, headers, body = web.routes["/nb/"]

    def answer(handler):
        if handler.headers.get("If-None-Match") == '"1"':
            return 304, {"ETag": '"1"'}, b""
        return 200, headers | {"ETag": '"1"'}, body

    web.routes["/nb/"] = answer
    crawl.register(web)
    crawl()
    assert crawl()["outcome"] == "complete"
    last = crawl.captures(url=f"{web.base}/nb/")[-1]
    assert (last["status_code"], last["outcome"]) == (304, "unchanged")
    with crawl.store() as store:
        assert store.value("SELECT found_total FROM site_columns") == 1
    assert not crawl.issues().keys() & {"list_empty", "list_shrunk"}


def test_that_links_could_not_be_read_is_told_until_they_are(webs, crawl):
    web = webs()
    listed(web, [put(web, "/nb/202601/t20260101_11.html", 2024)])
    crawl.register(web)
    fault = "from crawler import settling\ndef fault(*_): raise ValueError\nsettling.follow = fault\n"
    crawl(limits=fault)
    assert "follow_failed" in crawl.issues()
    crawl()
    assert "follow_failed" not in crawl.issues()


def test_records_that_were_damaged_end_no_later_run(webs, crawl):
    web = webs()
    entries = [put(web, f"/nb/20260{n}/t2026010{n}_1{n}.html", 2020 + n) for n in (1, 2)]
    listed(web, entries)
    for path in list(web.routes):
        web.routes[path] = _confirming(web.routes[path])
    crawl.register(web)
    crawl()
    (first,) = (crawl.data / "warc").iterdir()
    content = first.read_bytes()
    with crawl.store() as store:
        places = [row["warc_offset"] for row in store.rows("SELECT warc_offset FROM captures")]
    damaged = bytearray(content)
    for offset in places:
        damaged[offset + 40] ^= 1
    first.write_bytes(damaged)
    web.log.clear()
    assert crawl()["outcome"] == "complete"
    assert "archive.damaged" in crawl.issues()
    assert not crawl.issues().keys() & {"follow_failed", "list_empty", "list_shrunk"}
    (again,) = [row for row in crawl.captures(url=f"{web.base}/nb/") if row["crawl_id"] == 2]
    assert again["status_code"] == 200, "it is not asked whether a list has changed that can't be read"
    first.write_bytes(content)
    assert crawl()["outcome"] == "complete"
    assert "archive.damaged" not in crawl.issues()


def _confirming(route):
    """A page that a server calls unchanged."""
    status, headers, body = route

    def answer(handler):
        if handler.headers.get("If-None-Match"):
            return 304, {"ETag": '"1"'}, b""
        return status, headers | {"ETag": '"1"'}, body

    return answer


def test_an_attachment_of_two_articles_belongs_to_both(webs, crawl):
    web = webs()
    title, body = tables(2024)
    web.page("/files/nb.html", body, title)
    stub = f'<div class=TRS_Editor><p>附件：<a href="/files/nb.html">{title}.pdf</a></p></div>'
    meta = f'<meta name="ArticleTitle" content="{title}"><meta name="PubDate" content="2025-01-20">'
    for path in ("/nb/202501/t20250120_11.html", "/nb/202501/t20250125_12.html"):
        web.page(path, stub, title, meta)
    listed(web, [f'<li><a href="/nb/202501/t2025012{n}.html">{title}</a></li>' for n in ("0_11", "5_12")])
    crawl.register(web)
    crawl()
    with crawl.store() as store:
        assert store.value("SELECT count(*) FROM parts") == 2
        bundles = [
            row["address"]
            for root in store.rows("SELECT root FROM parts")
            for row in store.parts_of(root["root"])
        ]
        kinds = [row["kind"] for row in store.rows("SELECT kind FROM readings")]
    assert kinds == ["report", "report"]
    assert bundles.count(f"{web.host}:{web.port}/files/nb.html") == 2


def test_what_an_interrupted_run_saved_is_checked_against_the_year_before(webs, crawl):
    web = webs()
    entries = [put(web, f"/nb/20260{n}/t2026010{n}_1{n}.html", 2015 + n) for n in range(1, 9)]
    listed(web, entries)
    crawl.register(web)
    assert crawl(stop=10)["outcome"] == "interrupted"
    with crawl.store() as store:
        saved, tied = tuple(store.row("SELECT count(*), count(ties) FROM reports").values())
    assert saved == tied > 0


@pytest.mark.parametrize("family", ["jcms", "gkmlpt"])
def test_a_silent_edit_is_one_version_with_exactly_the_changed_cell(crawl, tmp_path, family):
    world = World.build(seed=2, counties=1, agencies=3, years=range(2023, 2025), families=[family])
    truth = next(expected for expected in world.expected if expected.edit)
    cell = truth.edit
    with serve(world, port=0) as sites:
        write_registry(sites.world, tmp_path / "sites")
        crawl()
        crawl()
    place = (cell.table_name, cell.row, cell.column)
    before = next(c.raw for c in truth.cells if (c.table_name, c.row, c.column) == place)
    with crawl.store() as store:
        changes = list(
            store.rows("SELECT table_name, row, column_name, old_raw, new_raw FROM report_changes")
        )
        versions = store.value("SELECT count(*) FROM report_versions WHERE version > 1")
    assert versions == 1
    assert [tuple(change.values()) for change in changes] == [(*place, before, cell.raw)]


def test_articles_that_links_redirect_to_are_not_asked_for_again(webs, crawl):
    web = webs()
    entry = put(web, "/nb/202401/t20240120_1.html", 2023)
    web.redirect("/link.jsp?id=7", "/nb/202401/t20240120_1.html")
    listed(web, [entry.replace("/nb/202401/t20240120_1.html", "/link.jsp?id=7")])
    crawl.register(web)
    crawl()
    web.log.clear()
    assert crawl(incremental="990001")["outcome"] == "complete"
    assert web.asked() == ["/nb/"]


def test_an_address_that_leads_on_to_a_report_is_one_of_its_addresses(webs, crawl):
    web = webs()
    way, there = "/link.jsp?id=7", "/nb/202401/t20240120_1.html"
    listed(web, [put(web, there, 2023).replace(there, way)])
    web.redirect(way, there, 301)
    crawl.register(web)
    crawl(limits=ON_DAY.format(1))
    assert sources(crawl) == (1, {web.base + there: None, web.base + way: None})
    crawl(limits=ON_DAY.format(3))
    with crawl.store() as store:
        seen = list(store.rows("SELECT first_seen_at, last_seen_at FROM report_sources"))
    assert all(row["first_seen_at"] < row["last_seen_at"] for row in seen)
    web.routes[way] = GONE
    crawl()
    assert {url: bool(gone) for url, gone in sources(crawl)[1].items()} == {
        web.base + there: False,
        web.base + way: True,
    }
    told = said(crawl)
    rebuild(crawl.data, workers=1)
    assert said(crawl) == told


def test_each_address_that_leads_on_to_a_report_is_one_of_its_addresses(webs, crawl):
    web = webs()
    there = "/nb/202401/t20240120_1.html"
    entry, ways = put(web, there, 2023), ("/go.jsp?id=7", "/link/7")
    web.page("/", '<a href="/nb/">政府信息公开年报</a><a href="/bm/">部门信息公开年报</a>')
    for column, way in zip(("/nb/", "/bm/"), ways, strict=True):
        web.column(column, f"<ul>{entry.replace(there, way)}</ul>")
        web.redirect(way, there)
    crawl.register(web)
    crawl()
    assert sources(crawl) == (1, {web.base + path: None for path in (there, *ways)})
    told = said(crawl)
    rebuild(crawl.data, workers=1)
    assert said(crawl) == told


def said(crawl):
    with crawl.store() as store:
        return list(store.rows("SELECT * FROM report_sources ORDER BY url"))


def test_a_column_that_robots_forbid_blocks_its_site(webs, crawl):
    web = webs()
    listed(web, [put(web, "/nb/202601/t20260120_11.html", 2025)])
    web.routes["/robots.txt"] = (200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /nb/")
    crawl.register(web)
    crawl()
    issues = crawl.issues()
    assert "refused_robots" in issues["site_blocked"] and "no_columns" not in issues
    with crawl.store() as store:
        assert store.site("990001")["state"] == "blocked"


def test_articles_that_are_missing_are_asked_for_ever_more_seldom(webs, crawl):
    web = webs()
    missing = "/nb/202601/t20260120_12.html"
    listed(web, [put(web, f"/nb/202601/t20260120_1{n}.html", 2023 + n) for n in (1, 2)])
    del web.routes[missing]
    crawl.register(web)
    asked = []
    for day in (1, 3, 4, 6):
        web.log.clear()
        crawl(incremental="990001" if day > 1 else "", limits=EVERY_LIST + ON_DAY.format(day))
        asked += [day] * (missing in web.asked())
    assert asked == [1, 3, 6]  # not there for two days: two days later


@pytest.mark.parametrize(
    ("agencies", "days", "again"),
    [
        (("人民政府", "教育局", "财政局"), (1, 2, 3, 4), [0, 1, 1, 1]),
        (("人民政府",), (1, 2, 8, 9), [0, 0, 1, 1]),
    ],
)
def test_of_many_missing_articles_a_visit_asks_for_few_again(webs, crawl, agencies, days, again):
    web = webs()
    entries = [
        put(web, f"/nb/202601/t2026012{at}_{n}.html", 2005 + n, f"青河县{name}")
        for at, name in enumerate(agencies)
        for n in range(10, 21)
    ]
    missing = [f"/nb/202601/t20260120_{n}.html" for n in (12, 15, 18)]
    web.page("/", '<a href="/nb/">政府信息公开年报</a>')
    web.column("/nb/", f'<ul>{"".join(entries)}</ul><a href="/nb/index_2.html">下一页</a>')
    web.column("/nb/index_2.html", f"<ul>{put(web, '/nb/202001/t20200120_9.html', 2014)}</ul>")
    for path in missing:
        del web.routes[path]
    crawl.register(web)
    crawl(limits=ON_DAY.format(1))
    cost, asked = len(web.log), []
    for day in days:
        web.log.clear()
        crawl(incremental="990001", limits=ON_DAY.format(day))
        asked.append([path for path in web.asked() if path in missing])
        assert "/nb/index_2.html" not in web.asked()
        assert len(web.log) <= max(cost // 10, 3)
    assert list(map(len, asked)) == again
    assert sorted(chain(*asked)) == missing[: sum(again)]


@pytest.mark.parametrize(("status", "says"), [(503, "error"), (412, "blocked")])
@pytest.mark.parametrize("rules", ["/robots.txt", ""])
def test_a_host_of_an_office_that_does_not_let_itself_be_asked_keeps_nothing_back(
    webs, crawl, rules, status, says
):
    web, office = webs(), webs("127.0.0.2")
    entries = [put(web, f"/nb/202601/t2026012{n}_1.html", 2020 + n) for n in range(3)]
    listed(web, entries[1:])
    web.page("/", '<a href="/nb/">政府信息公开年报</a><a href="/bm/">部门网站</a>')
    web.page("/bm/", f'<li><a href="{office.base}/">财政局</a></li>')
    listed(office, [put(office, "/nb/202601/t20260120_1.html", 2024, "青河县财政局")])
    kept = {path: office.routes.get(path, GONE) for path in (rules, "/") if path}
    for path in kept:
        office.routes[path] = (status, {"Content-Type": "text/html"}, b"<script></script>")
    crawl.register(web, also=[f"{office.host}:{office.port}"])
    assert crawl(limits=ON_DAY.format(1))["outcome"] == "complete"
    assert crawl.issues()["list_unreachable"].startswith(says)
    listed(web, entries)  # what is new is seen whatever the office's host does
    office.log.clear()
    crawl(incremental="990001", limits=ON_DAY.format(2))
    assert sources(crawl)[0] == 3
    assert 0 < len(office.log) <= 2
    office.routes |= kept
    crawl(incremental="990001", limits=ON_DAY.format(3))
    assert sources(crawl)[0] == 4
    assert "list_unreachable" not in crawl.issues()


def test_a_missing_article_that_leads_on_costs_as_many_requests(webs, crawl):
    web = webs()
    entries = [
        put(web, f"/nb/202601/t2026012{at}_{n}.html", 2005 + n, f"青河县{name}")
        for at, name in enumerate(("人民政府", "教育局", "财政局"))
        for n in range(10, 21)
    ]
    missing = "/nb/202601/t20260120_12.html"
    web.redirect(missing, "/404.html")
    listed(web, entries)
    crawl.register(web)
    asked = []
    for day in (1, 2, 8):
        web.log.clear()
        crawl(incremental="990001" if day > 1 else "", limits=ON_DAY.format(day))
        asked += [day] * (missing in web.asked())
    assert asked == [1, 8]  # a visit may cost three requests; after a week it is asked for whatever it costs


def test_rules_of_a_host_are_kept_for_a_day(webs, crawl):
    web = webs()
    listed(web, [put(web, f"/nb/{folder}/t20260120_1.html", 2025) for folder in ("202601", "private")])
    web.routes["/robots.txt"] = (
        200,
        {"Content-Type": "text/plain"},
        b"User-agent: *\nDisallow: /nb/private/",
    )
    crawl.register(web)
    asked = []
    for day in (1, 1, 2):
        web.log.clear()
        crawl(limits=ON_DAY.format(day))
        asked.append("/robots.txt" in web.asked())
        assert "/nb/private/t20260120_1.html" not in web.asked()
        assert "/nb/" in web.asked()
    assert asked == [True, False, True]


def test_a_tree_that_only_its_family_reads_leads_to_what_is_new_below(webs, crawl):
    web = webs()
    script = "<script>load('/u/channel/treeNew/1?level=1&channelId=c1');</script>"
    web.page("/", f'<a href="/xxgk/zfxxgk_list.shtml">政府信息公开年报</a><p id="UCAP-CONTENT">{script}</p>')
    web.page("/xxgk/zfxxgk_list.shtml", script)
    answers = "/u/channel/treeNew/1?level=1&channelId="
    column = {"channelId": "c9", "name": "政府信息公开年报", "url": "/c9/null.shtml", "isParent": True}
    for bureaus in (["教育局"], ["教育局", "财政局"]):
        nodes = [{"channelName": name, "url": f"/c{at}/null.shtml"} for at, name in enumerate(bureaus)]
        web.routes[f"{answers}c1"] = (200, {}, f"null({json.dumps([column])});".encode())
        web.routes[f"{answers}c9"] = (200, {}, f"null({json.dumps(nodes)});".encode())
        for at, name in enumerate(bureaus):
            line = put(web, f"/c{at}/202601/{at:032x}.shtml", 2025, f"青河县{name}")
            web.page(f"/c{at}/xlist.shtml", f"<ul>{line}</ul>", name)
        if len(bureaus) == 1:
            crawl.register(web)
        crawl()
        assert sources(crawl)[0] == len(bureaus)
        assert "list_empty" not in crawl.issues()


def test_a_report_whose_page_refreshes_to_the_home_page_is_gone(webs, crawl):
    web = webs()
    listed(
        web, [put(web, "/nb/202401/t20240120_1.html", 2023), put(web, "/nb/202501/t20250120_2.html", 2024)]
    )
    crawl.register(web)
    crawl()
    stub = b'<html><head><meta http-equiv="refresh" content="0; url=/"></head><body></body></html>'
    web.routes["/nb/202401/t20240120_1.html"] = (200, {"Content-Type": "text/html"}, stub)
    crawl()
    count, gone = sources(crawl)
    assert count == 2
    assert [url.rpartition("_")[2] for url, when in gone.items() if when] == ["1.html"]


def test_columns_that_only_a_post_brings_take_turns(webs, crawl):
    web = webs()
    agencies = {"d1": "青河县教育局", "d2": "青河县财政局"}
    lines = {
        dept: [
            put(web, f"/nb/{year}/{at}{dept}.html", year, name) for at, year in enumerate(range(2010, 2025))
        ]
        for dept, name in agencies.items()
    }
    options = "".join(f'<option value="{dept}">{name}</option>' for dept, name in agencies.items())
    form = f'<form method="post" action="/nb/list.do"><select name="dept">{options}</select></form>'

    def answer(handler):
        dept = handler.rfile.read(int(handler.headers["Content-Length"])).decode().rpartition("=")[2]
        body = f"<html><head><meta charset=utf-8></head><body><ul>{''.join(lines[dept])}</ul></body></html>"
        return 200, {"Content-Type": "text/html"}, body.encode()

    web.page("/", '<a href="/nb/">政府信息公开年报</a>')
    web.column("/nb/", form)
    web.routes["/nb/list.do"] = answer
    crawl.register(web)
    crawl(limits=ON_DAY.format(1))
    whole, late = len(web.log), []
    for dept, name in agencies.items():
        lines[dept].insert(0, put(web, f"/nb/2025/{dept}.html", 2025, name))
    for day in (2, 3):
        web.log.clear()
        crawl(incremental="990001", limits=ON_DAY.format(day))
        late += [path for path in web.asked() if "/2025/" in path]
        assert len([path for path in web.asked() if "/2025/" not in path]) <= whole // 10 + 1
    assert sorted(late) == ["/nb/2025/d1.html", "/nb/2025/d2.html"]


def _by_script(web, lines, answer="/nb/data.json"):
    """A column whose lines a script fetches from ``answer``."""
    draw = """$("#list").append('<li><a href="' + e.url + '">' + e.title + '</a></li>');"""
    asked = f'$.get("{answer}", function (r) {{ $.each(r.rows, function (i, e) {{ {draw} }}); }});'
    script = f'<ul id="list"></ul><script>{asked}</script>'
    web.page("/", '<a href="/nb/">政府信息公开年报</a>')
    web.column("/nb/", script)
    rows = [{"url": path, "title": tables(year)[0]} for path, year in lines.items()]
    body = json.dumps({"total": len(rows), "rows": rows}, ensure_ascii=False).encode()
    web.routes[answer] = (200, {"Content-Type": "application/json"}, body)


def test_a_small_site_whose_list_comes_by_a_script_costs_a_tenth_each_day(webs, crawl):
    web = webs()
    lines = {f"/nb/{year}/1.html": year for year in range(2001, 2024)}
    for path, year in {**lines, "/nb/2024/1.html": 2024, "/nb/2025/1.html": 2025}.items():
        put(web, path, year)
    _by_script(web, lines)
    crawl.register(web)
    crawl(limits=ON_DAY.format(1))
    assert sources(crawl)[0] == len(lines) and 20 <= len(web.log) < 30
    for day, found, answer, costs in (
        (2, 0, "/nb/data.json", ["/nb/data.json", "/robots.txt"]),
        (3, 1, "/nb/data.json", None),
        (4, 2, "/nb/moved.json", None),
    ):
        if found:
            lines[f"/nb/{2023 + found}/1.html"] = 2023 + found
        _by_script(web, lines, answer)
        if answer.endswith("moved.json"):
            del web.routes["/nb/data.json"]
        web.log.clear()
        crawl(incremental="990001", limits=ON_DAY.format(day))
        assert costs is None or sorted(web.asked()) == costs
        assert sources(crawl)[0] == len(lines)
        assert "list_unreachable" not in crawl.issues()
    with Store.open(crawl.data) as store:
        assert store.site("990001")["last_full_sweep_at"] < "2026-02-02"
