"""Agency × year as an operator sees it, after crawls of sites with every kind of gap."""

import json
import sqlite3
from contextlib import closing
from datetime import date

import pytest
from click.testing import CliRunner

from crawler.enrolment import enrol
from crawler.registry import load_registry
from gongkai.cli import cli
from pipelines.publish import publish
from pipelines.store import Store
from tests.crawler.test_recurring import listed, put

pytestmark = pytest.mark.slow

FEBRUARY = """
import datetime, pipelines.clock
frozen = pipelines.clock.using(lambda: datetime.datetime(2026, 2, 20, tzinfo=datetime.UTC))
frozen.__enter__()
"""


def expecting(*agencies):
    return f"agencies = {json.dumps([f'青河县{agency}' for agency in agencies], ensure_ascii=False)}\n"


def a_site_with_gaps(webs, crawl):
    """The government, an office in time, one late, one with nothing, one whose report can't be read, one that
    only a line names which leads to a challenge, as does one of an earlier year; of a year before any other
    one that is not there, one that leads on to a page that says so and one that leads back to the list.
    """
    web = webs("127.0.0.2")
    entries = [
        put(web, f"/nb/202501/t202501{at}_{at}.html", 2024, f"青河县{name}")
        for at, name in ((20, "人民政府"), (21, "教育局"), (22, "财政局"))
    ]
    status, headers, body = web.routes["/nb/202501/t20250122_22.html"]
    web.routes["/nb/202501/t20250122_22.html"] = (status, headers, body.replace(b"2025-01-20", b"2025-02-10"))
    title = "青河县审计局2024年政府信息公开工作年度报告"
    stub = f'<div id="zoom"><a href="/nb/23.pdf">{title}.pdf</a></div>'
    web.page("/nb/202501/t20250123_23.html", stub, title)
    web.routes["/nb/23.pdf"] = (200, {"Content-Type": "application/pdf"}, b"%PDF-1.7\n" + bytes(range(256)))
    entries.append(f'<li><a href="/nb/202501/t20250123_23.html">{title}</a></li>')
    entries[2] = entries[2].replace("2025-01-20", "2025-02-10")
    entries.append(put(web, "/nb/202501/t20250124_24.html", 2024, "青河县商务局"))
    entries.append(put(web, "/nb/202301/t20230125_25.html", 2022, "青河县财政局"))
    for path in ("/nb/202501/t20250124_24.html", "/nb/202301/t20230125_25.html"):
        web.routes[path] = (412, {"Content-Type": "text/html"}, b"<script></script>")
    entries.append(put(web, "/nb/202401/t20240126_26.html", 2023, "青河县教育局"))
    del web.routes["/nb/202401/t20240126_26.html"]
    for path, name, there in (("/gone", "人民政府", "/404.html"), ("/moved", "教育局", "/nb/")):
        entries.append(put(web, f"/nb{path}/t20230127_27.html", 2022, f"青河县{name}"))
        web.redirect(f"/nb{path}/t20230127_27.html", there)
    listed(web, entries)
    crawl.register(web, "654325", expecting("民政局", "审计局"))
    return web


def a_site_whose_list_is_incomplete(webs, crawl):
    web = webs("127.0.0.3")
    listed(web, [put(web, "/nb/202501/t20250120_31.html", 2024, "青河县水利局")])
    status, headers, body = web.routes["/nb/"]
    web.routes["/nb/"] = (status, headers, body.replace(b"</ul>", "</ul><p>共9条</p>".encode()))
    crawl.register(web, "654325-a", expecting("林业局"))
    return web


def a_site_that_refuses(webs, crawl):
    web = webs("127.0.0.4")
    for path in ("/", "/robots.txt"):
        web.routes[path] = (412, {"Content-Type": "text/html"}, b"<script>document.cookie='a'</script>")
    crawl.register(web, "654325-b", expecting("交通局"))


def a_site_that_links_to_an_office_behind_a_wall(webs, crawl):
    """Whether that office has published its reports is not known; of all others it is."""
    web = webs("127.0.0.6")
    listed(web, [put(web, "/nb/202501/t20250120_61.html", 2024, "青河县气象局")])
    web.page("/", '<a href="/nb/">政府信息公开年报</a><a href="/bmwz/">部门网站</a>')
    web.page("/bmwz/", "<li><a href='/xfj/'>信访局</a></li><li><a href='/dt/'>工作动态</a></li>")
    web.routes["/xfj/"] = (412, {"Content-Type": "text/html"}, b"<script></script>")
    crawl.register(web, "654325-d", expecting("气象局"))


def test_every_gap_has_its_reason_and_its_dated_proof(webs, crawl):
    gaps = a_site_with_gaps(webs, crawl)
    incomplete = a_site_whose_list_is_incomplete(webs, crawl)
    a_site_that_refuses(webs, crawl)
    a_site_that_links_to_an_office_behind_a_wall(webs, crawl)
    crawl(limits=FEBRUARY)
    crawl.register(webs("127.0.0.5"), "654325-c", expecting("统计局"))
    registry = load_registry(crawl.root / "sites")
    with Store.open(crawl.data, write=True) as store:
        enrol(store, registry)
    publish(crawl.data, today=date(2026, 2, 20))

    shown = CliRunner().invoke(cli, ["coverage", "--data", str(crawl.data), "--json"])
    rows = json.loads(shown.output)["coverage"]
    found = {(row["agency"].removeprefix("青河县"), row["year"]): row for row in rows}
    assert {place: (row["status"], row["days_late"]) for place, row in found.items()} == {
        ("人民政府", 2022): ("not_found", None), ("人民政府", 2023): ("not_found", None),
        ("人民政府", 2024): ("have", 0), ("人民政府", 2025): ("due", None),
        ("教育局", 2022): ("not_found", None), ("教育局", 2023): ("not_found", None),
        ("教育局", 2024): ("have", 0), ("教育局", 2025): ("not_found", None),
        ("财政局", 2022): ("blocked", None), ("财政局", 2023): ("not_found", None),
        ("财政局", 2024): ("late", 10), ("财政局", 2025): ("not_found", None),
        ("审计局", 2024): ("unparsed", 0), ("审计局", 2025): ("not_found", None),
        ("商务局", 2024): ("blocked", None), ("商务局", 2025): ("not_found", None),
        ("民政局", 2022): ("not_found", None), ("民政局", 2023): ("not_found", None),
        ("民政局", 2024): ("not_found", None), ("民政局", 2025): ("not_found", None),
        ("水利局", 2024): ("have", 0), ("水利局", 2025): ("overdue", None),
        ("林业局", 2024): ("overdue", None), ("林业局", 2025): ("overdue", None),
        ("交通运输局", 2025): ("blocked", None),
        ("气象局", 2024): ("have", 0), ("气象局", 2025): ("not_found", None),
        ("信访局", 2024): ("blocked", None), ("信访局", 2025): ("blocked", None),
        ("统计局", 2025): ("never_crawled", None),
    }  # fmt: skip
    assert found["统计局", 2025]["evidence"] is None
    with closing(sqlite3.connect(crawl.data / "archive.db")) as db:
        by = {
            place: db.execute(
                "SELECT url, substr(fetched_at, 1, 10), outcome FROM captures WHERE capture_id = ?",
                (row["evidence"],),
            ).fetchone()
            for place, row in found.items()
        }
    assert by["民政局", 2024] == (f"{gaps.base}/nb/", "2026-02-20", "new")
    assert by["林业局", 2024][0] == f"{incomplete.base}/nb/"
    assert by["交通运输局", 2025][2] == "blocked"
    text = CliRunner().invoke(cli, ["coverage", "--data", str(crawl.data)]).output
    assert "2024 迟 late 10 天 days" in text
    assert "2024 未见 not found" in text


def test_a_site_that_no_run_has_taken_up_is_known_not_to_have_been_crawled(tmp_path):
    (tmp_path / "sites").mkdir()
    for code, name in (("640323", "盐池县"), ("640323-k", "盐池工业园区")):
        (tmp_path / "sites" / f"{code}.toml").write_text(f'name = "{name}"\nhome = "http://{code}.gov.cn/"\n')
    registry = load_registry(tmp_path / "sites")
    with Store.open(tmp_path / "data", write=True) as store:
        enrol(store, registry)
        enrol(store, registry)
        assert [row["state"] for row in store.sites()] == ["never_crawled"] * 2
    publish(tmp_path / "data", today=date(2026, 2, 20))
    shown = CliRunner().invoke(
        cli, ["coverage", "--data", str(tmp_path / "data"), "--json", "--year", "2025"]
    )
    rows = json.loads(shown.output)["coverage"]
    assert [(row["agency"], row["status"]) for row in rows] == [("盐池县人民政府", "due")]
    publish(tmp_path / "data", today=date(2026, 4, 20))
    shown = CliRunner().invoke(
        cli, ["coverage", "--data", str(tmp_path / "data"), "--json", "--year", "2025"]
    )
    assert [row["status"] for row in json.loads(shown.output)["coverage"]] == ["never_crawled"]


def test_the_proof_of_a_gap_is_the_agencys_own_list_where_it_has_one(webs, crawl):
    """By its own address, and by a request that only a click makes; of all others the site's latest list."""
    web = webs()
    names = {"d1": "教育局", "d2": "财政局", "d3": "审计局"}
    lines = {
        dept: put(web, f"/nb/202501/t2025012{at}_{at}.html", 2024, f"青河县{name}")
        for at, (dept, name) in enumerate(names.items())
    }
    options = "".join(f'<option value="{dept}">{names[dept]}</option>' for dept in ("d1", "d2"))
    form = f'<form method="post" action="/nb/list.do"><select name="dept">{options}</select></form>'

    def answer(handler):
        dept = handler.rfile.read(int(handler.headers["Content-Length"])).decode().rpartition("=")[2]
        body = f"<html><head><meta charset=utf-8></head><body><ul>{lines[dept]}</ul></body></html>"
        return 200, {"Content-Type": "text/html"}, body.encode()

    web.page("/", '<a href="/nb/">政府信息公开年报</a>')
    web.column("/nb/", f'<a href="/nb/sjj/">审计局</a>{form}')
    web.column("/nb/sjj/", f"<ul>{lines['d3']}</ul>")
    web.routes["/nb/list.do"] = answer
    crawl.register(web, "654325", expecting("民政局"))
    crawl(limits=FEBRUARY)
    publish(crawl.data, today=date(2026, 2, 20))
    with closing(sqlite3.connect(crawl.data / "archive.db")) as db:
        db.execute("ATTACH ? AS store", (str(crawl.data / "store.db"),))
        proof = dict(
            db.execute(
                """SELECT a.name, replace(c.url, ?, '') || coalesce(' ' || r.body, '')
                   FROM agency_years y JOIN agencies a USING (agency_id)
                   JOIN store.captures c ON c.capture_id = y.evidence
                   JOIN store.requests r USING (request_id)
                   WHERE y.year = 2025 AND y.status = 'not_found'""",
                (web.base,),
            )
        )
    assert proof.pop("青河县民政局")  # no list is its own
    assert {name.removeprefix("青河县"): asked for name, asked in proof.items()} == {
        "教育局": "/nb/list.do dept=d1",
        "财政局": "/nb/list.do dept=d2",
        "审计局": "/nb/sjj/",
    }


def test_a_folder_that_answers_with_challenges_blocks_its_own_agency_alone(webs, crawl):
    web = webs()
    walled = [put(web, f"/jyj/{year}/1.html", year, "青河县教育局") for year in range(2016, 2025)]
    open_ = [put(web, f"/czj/{year}/1.html", year, "青河县财政局") for year in (2023, 2024)]
    for path in list(web.routes):
        if path.startswith("/jyj/"):
            web.routes[path] = (412, {"Content-Type": "text/html"}, b"<script></script>")
    listed(web, ['<li><a href="/nb/jyj.html">教育局</a></li><li><a href="/nb/czj.html">财政局</a></li>'])
    web.column("/nb/jyj.html", f"<ul>{''.join(walled)}</ul>")
    web.column("/nb/czj.html", f"<ul>{''.join(open_)}</ul>")
    crawl.register(web, "654325", expecting("民政局"))
    assert crawl(limits=FEBRUARY)["outcome"] == "complete"
    assert sum(path.startswith("/jyj/") for path in web.asked()) == 5
    publish(crawl.data, today=date(2026, 2, 20))
    shown = CliRunner().invoke(cli, ["coverage", "--data", str(crawl.data), "--json"])
    rows = json.loads(shown.output)["coverage"]
    found = {(row["agency"].removeprefix("青河县"), row["year"]): row["status"] for row in rows}
    assert {found["教育局", year] for year in range(2016, 2025)} == {"blocked"}
    assert found["财政局", 2024] == "have"
    assert {found[name, 2025] for name in ("教育局", "财政局", "民政局")} == {"not_found"}
    with Store.open(crawl.data) as store:
        assert store.site("654325")["state"] == "ok"
