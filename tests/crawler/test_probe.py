"""A probe: what it finds from a home address, and how politely."""

import re
import tomllib

import pytest

from crawler.probe import probe
from crawler.registry import load_registry
from gongkai.cli import run
from samples.counties import World
from samples.server import serve
from samples.sites import FAMILIES

HOME = "http://www.qinghe.gov.cn/"
PAGES = {
    "robots.txt": "User-agent: *\nDisallow: /secret/\n",
    "": '<meta name="SiteName" content="青河县人民政府"><a href="/news/">新闻</a><a href="zwgk/">公开</a>'
    '<a href="/zwgk/">政务公开</a>',
    "zwgk/": '<a href="/secret/nb/">政府信息公开年报</a><a href="/zwgk/nb/">部门年报</a>',
    "zwgk/nb/": '<ul><li><a href="202601/t20260121_1001.html">2025年信息公开年报</a></li></ul>共 12 条',
}


def fetch(asked):
    def answer(url, want):
        asked.append(url)
        text = PAGES.get(url.removeprefix(HOME))
        if text is None:
            return 404, "text/html", b"", ""
        body = text if url.endswith(".txt") else f"<html><body>{text}</body></html>"
        return 200, "text/html; charset=utf-8", body.encode(), ""

    return answer


def test_columns_are_named_with_their_reasons_and_a_registry_file_is_written():
    asked = []
    found = probe(HOME, delay=0, fetch=fetch(asked))
    (column,) = found.columns
    assert (column.url, column.why, column.entries, column.declared) == (
        HOME + "zwgk/nb/",
        "link 部门年报",
        1,
        12,
    )
    assert found.family == "trs"
    assert HOME + "secret/nb/" not in asked
    assert any("robots.txt forbids" in problem for problem in found.problems)
    registry = tomllib.loads(found.registry)
    assert registry == {"name": "青河县", "home": HOME}
    assert HOME + "zwgk/nb/" in found.registry


def test_a_list_that_only_a_script_asks_for_is_told_so_and_is_no_address_for_the_registry(monkeypatch):
    script = "function q(id){ $.post('/api/list', {dept: id, page: 1}, draw); }"
    offices = "<li onclick=\"q('1')\">教育局</li><li onclick=\"q('2')\">财政局</li>"
    monkeypatch.setitem(PAGES, "zwgk/nb/", f"{offices}<script>{script}</script>")
    monkeypatch.setitem(
        PAGES, "api/list", PAGES["zwgk/nb/"] + '<a href="/nb/t20260121_1.html">2025年信息公开年报</a>'
    )
    found = probe(HOME, delay=0, fetch=fetch([]))
    asked = [column.asked for column in found.columns]
    assert asked == ["", "POST dept=1&page=1", "POST dept=2&page=1"]
    assert "api/list" not in found.registry


def test_sites_of_agencies_on_hosts_of_the_domain_are_told_to_be_listed(monkeypatch):
    monkeypatch.setitem(PAGES, "", PAGES[""] + '<a href="/bm/">部门网站</a>')
    sites = "".join(
        f'<li><a href="http://{host}/">{name}</a></li>'
        for host, name in (("jyj.qinghe.gov.cn", "教育局"), ("www.prov.gov.cn", "省政府"))
    )
    monkeypatch.setitem(PAGES, "bm/", sites)
    found = probe(HOME, delay=0, fetch=fetch([]))
    assert [problem for problem in found.problems if "another host" in problem] == [
        "http://jyj.qinghe.gov.cn/ 教育局: 另一主机，须列入 another host, to be listed in hosts"
    ]
    assert '# hosts = ["www.qinghe.gov.cn", "jyj.qinghe.gov.cn"]' in found.registry


def test_lists_that_a_script_fetches_are_told_as_pages_not_asked_for(monkeypatch):
    script = '$.post("/api/list", {column: "nb", pageNo: 1}, draw)'
    monkeypatch.setitem(PAGES, "zwgk/nb/", f"<ul></ul><script>{script}</script>")
    (column,) = probe(HOME, delay=0, fetch=fetch([])).columns
    assert (column.entries, column.further) == (0, 1)


def test_a_budget_and_a_dead_site_end_it():
    asked = []
    probe(HOME, requests=1, delay=0, fetch=fetch(asked))
    assert len(asked) == 2
    dead = probe(HOME, delay=0, fetch=lambda url, want: (None, "", b"", "ConnectTimeout"))
    assert dead.columns == ()
    assert "ConnectTimeout" in dead.problems[0]


def test_an_entrance_that_leads_on_another_host_and_a_script_are_told():
    pages = {
        HOME: '<meta http-equiv="refresh" content="0;url=/main.html">',
        HOME + "main.html": '<a href="/nb/">政府信息公开年报</a><a href="//gk.x.gov.cn/">政府信息公开平台</a>'
        + "<p>青河县</p>" * 60,
        HOME + "nb/": '<div id=app></div><script src="/js/app.9b1c.js"></script>',
    }
    found = probe(HOME, delay=0, fetch=lambda url, want: (200, "text/html", pages.get(url, "").encode(), ""))
    assert [column.url for column in found.columns] == [HOME + "nb/"]
    told = " ".join(found.problems)
    assert "http://gk.x.gov.cn/ 政府信息公开平台: 另一主机" in told
    assert "made by a script" in told


@pytest.mark.slow
@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_every_sample_family_is_named_and_its_columns_found(family, tmp_path):
    world = World.build(counties=1, agencies=3, years=range(2022, 2026), families=[family])
    with serve(world, port=0) as server:
        data = tmp_path / "data"
        outcome = run(["probe", server.homes[0], "--write", "--data", str(data)])
        assert outcome == 0
        (folder,) = (data / "probe").iterdir()
        registry = tomllib.loads((folder / "site.toml").read_text("utf-8"))
        assert registry["home"] == server.homes[0]
        named = re.search(r"detected: family (\w+)", (folder / "site.toml").read_text("utf-8"))[1]
        assert named == {"old_asp": "generic", "xxgk": "anhui"}.get(family, family)
        assert len(list(folder.glob("*.page"))) > 1
        # what was written can be crawled from
        (folder / "site.toml").rename(folder / "990001.toml")
        assert load_registry(folder).sites["990001"].home == server.homes[0]
