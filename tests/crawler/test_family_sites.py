"""A site of each CMS family, crawled from its home address in one run: every report found."""

import json
from urllib.parse import parse_qs, quote, urlsplit

import pytest

pytestmark = pytest.mark.slow

AGENCIES = ["教育局", "财政局", "民政局", "城关镇"]
YEARS = range(2019, 2026)
META = '<meta name="ColumnType" content="信息公开年报">'


def report(web, path, agency, year):
    web.report(path, year, f"青河县{agency}")
    return path


def line(path, agency, year, text=""):
    title = f"青河县{agency}{year}年政府信息公开工作年度报告"
    return f'<li><a href="{path}" title="{title}">{text or title[:18]}…</a><span>{year + 1}-01-20</span></li>'


def pages(items, size):
    return [items[at : at + size] for at in range(0, len(items), size)]


def articles(web, pattern):
    """Every agency's report of every year at an address made by ``pattern``; returns (path, list line)."""
    made = []
    for number, (agency, year) in enumerate((a, y) for a in AGENCIES for y in YEARS):
        path = pattern.format(n=10_000 + number, y=year + 1, hex=f"{number:032x}")
        made.append((path, line(report(web, path, agency, year), agency, year)))
    return made


def vsb(web):
    """Counted down: page 1 nb.htm, page 2 of 4 nb/3.htm, the last nb/1.htm."""
    made = articles(web, "/info/1050/{n}.htm")
    chunks = pages([entry for _, entry in made], 8)
    names = ["/xxgk/nb.htm", *(f"/xxgk/nb/{n}.htm" for n in range(len(chunks) - 1, 0, -1))]
    for at, (name, chunk) in enumerate(zip(names, chunks, strict=True)):
        turn = (
            f'<span class="p_next p_fun"><a href="{names[at + 1]}">下页</a></span>'
            if at + 1 < len(names)
            else ""
        )
        pager = f'<span class="p_pages"><span class="p_t">共{len(made)}条</span>{turn}</span>'
        web.page(name, f'<ul id="line_u7_0">{"".join(chunk)}</ul>{pager}', "政府信息公开年报")
    web.page("/", '<a href="/xxgk/">信息公开</a>')
    web.page("/xxgk/", '<a href="/xxgk/nb.htm">政府信息公开年报</a><a href="/xxgk/zn.htm">指南</a>')
    return made


def jpaas(web):
    """HTML in JSON from the build API, page 2 on."""
    made = articles(web, "/col/col12294/art/{y}/art_{hex}.html")
    chunks = pages([entry for _, entry in made], 15)
    query = "{'webId':'3185','pageId':'12294','tagId':'列表'}"
    api = "/api-gateway/jpaas-publish-server/front/page/build/unit"
    pager = f'<div class="pagination" rows="15" count="{len(made)}"></div>'
    body = f'<div url="{api}" querydata="{query}"><ul>{"".join(chunks[0])}</ul>{pager}</div>'
    web.page("/col/col12294/index.html", body, "政府信息公开年报")

    def answer(handler):
        asked = json.loads(parse_qs(urlsplit(handler.path).query)["paramJson"][0])
        html = f"<ul>{''.join(chunks[asked['pageNo'] - 1])}</ul>"
        return (
            200,
            {"Content-Type": "application/json"},
            json.dumps({"success": True, "data": {"html": html}}).encode(),
        )

    for number in range(2, len(chunks) + 1):
        parameters = {"webId": "3185", "pageId": "12294", "tagId": "列表"}
        text = "&".join(f"{key}={quote(value)}" for key, value in parameters.items())
        parameter = quote(json.dumps({"pageNo": number, "pageSize": 15}, separators=(",", ":")), safe="")
        web.routes[f"{api}?{text}&paramJson={parameter}"] = answer
    web.page("/", '<a href="/col/col1/index.html">政务公开</a>')
    web.page("/col/col1/index.html", '<a href="/col/col12294/index.html">公开年报</a>')
    return made


def ucap(web):
    """The tree only as JSONP with a null page; lists xlist_2.shtml on."""
    made = articles(web, "/qhx/c100123/202601/{hex}.shtml")
    chunks = pages([entry for _, entry in made], 10)
    for number, chunk in enumerate(chunks, 1):
        name = f"/qhx/c100123/xlist{f'_{number}' if number > 1 else ''}.shtml"
        call = f"createPageHTML('page_div', {len(chunks)}, {number}, 'xlist', 'shtml', {len(made)});"
        web.page(
            name, f"<div id=UCAP-CONTENT></div><ul>{''.join(chunk)}</ul><script>{call}</script>", "列表", META
        )
    nodes = [
        {"name": "政府信息公开年报", "url": "/qhx/c100123/null.shtml"},
        {"name": "指南", "url": "/qhx/c9/null.shtml"},
    ]
    tree = f"null({json.dumps({'data': nodes})});".encode()
    web.routes["/u/channel/treeNew/qhx?level=1&channelId=7"] = (
        200,
        {"Content-Type": "text/javascript"},
        tree,
    )
    web.page("/", '<script src="/ucap.js"></script><a href="/qhx/zwgk/zwgk.shtml">政务公开</a>')
    web.page(
        "/qhx/zwgk/zwgk.shtml", "<script>$.getJSON('/u/channel/treeNew/qhx?level=1&channelId=7');</script>"
    )
    return made


def anhui(web):
    """Organs linked by their catalogue only; reports at ?type=3 of each."""
    made = []
    organs = ""
    for index, agency in enumerate(AGENCIES):
        organ = 6596420 + index
        organs += f'<a href="/public/column/{organ}?type=4&amp;catId=1&amp;action=list">{agency}</a>'
        entries = []
        for year in YEARS:
            path = f"/public/{organ}/{index}{year}01.html"
            entries.append(line(report(web, path, agency, year), agency, year))
            made.append((path, entries[-1]))
        web.page(f"/public/column/{organ}?type=3", f"<ul>{''.join(entries)}</ul>", "信息公开年报", META)
        web.page(f"/public/column/{organ}?type=4&catId=1&action=list", "<p>目录</p>")
    web.page("/", '<a href="/public/">政府信息公开</a>')
    web.page("/public/", organs, "政府信息公开")
    return made


def tree_of_years(web):
    """No CMS known: departments, then years, then a table with plain links."""
    made = []
    departments = ""
    for index, agency in enumerate(AGENCIES):
        departments += f'<option value="/bm/{index}/">{agency}</option>'
        years = ""
        for year in YEARS:
            path = f"/bm/{index}/nb/{year}/show.asp?id={index}{year}"
            report(web, path, agency, year)
            made.append((path, ""))
            years += f'<a href="nb/{year}/list.asp">{year}年</a>'
            row = (
                f'<table><tr><td><a href="show.asp?id={index}{year}">年度报告</a></td>'
                f"<td>{year + 1}-01-20</td></tr></table>"
            )
            web.page(f"/bm/{index}/nb/{year}/list.asp", row, f"{year}年")
        web.page(f"/bm/{index}/", years, agency)
    web.page("/", '<frameset><frame src="/main.asp"></frameset>')
    web.page("/main.asp", '<a href="/xxgk.asp"><img alt="信息公开"></a>')
    web.page("/xxgk.asp", '<a href="/nbhz/">年报汇总</a>', "信息公开")
    web.page("/nbhz/", f"<select>{departments}</select>", "年报汇总")
    return made


def jcms_groups(web):
    """Groups by POST; from the third on the first record is repeated; a date with a line break."""
    made = articles(web, "/art/{y}/1/20/art_61490_{n}.html")
    records = [f"<record><![CDATA[{entry.replace('-01-', '-01-' + chr(10))}]]></record>" for _, entry in made]
    script = (
        f'<script type="text/xml"><datastore><recordset>{"".join(records[:5])}</recordset></datastore>'
        "</script>"
        "<script>var param_247 = {col:1,appid:1,webid:39,path:'/',columnid:61490,unitid:247};"
        f"$('#a').jpage({{proxyUrl:'/module/web/jpage/dataproxy.jsp',perPage:3,totalRecord:{len(made)}}});</script>"
    )
    web.page("/col/col61490/index.html", script, "政府信息公开年报")

    def answer(handler):
        form = handler.rfile.read(int(handler.headers["Content-Length"])).decode()
        assert parse_qs(form)["columnid"] == ["61490"]
        query = {key: int(value[0]) for key, value in parse_qs(urlsplit(handler.path).query).items()}
        first = query["startrecord"] - 1
        chosen = records[first - (first > 14) : query["endrecord"]]
        total = f"<totalrecord>{len(made)}</totalrecord>"
        text = f"<datastore>{total}<recordset>{''.join(chosen)}</recordset></datastore>"
        return 200, {"Content-Type": "text/xml"}, text.encode()

    for start in range(6, len(made) + 1, 9):
        end = min(start + 8, len(made))
        web.routes[f"/module/web/jpage/dataproxy.jsp?startrecord={start}&endrecord={end}&perpage=3"] = answer
    web.page("/", '<a href="/col/col1/index.html">政务公开</a>')
    web.page("/col/col1/index.html", '<a href="/col/col61490/index.html">信息公开年报</a>')
    return made


SITES = {
    "vsb": vsb,
    "jpaas": jpaas,
    "ucap": ucap,
    "anhui": anhui,
    "generic": tree_of_years,
    "jcms": jcms_groups,
}


@pytest.mark.slow
def test_every_report_of_every_family_is_found_from_home(webs, crawl):
    expected = {}
    for number, (name, build) in enumerate(SITES.items(), 1):
        web = webs(f"127.0.0.{10 + number}")
        expected[f"99000{number}"] = (name, {web.base + path for path, _ in build(web)})
        crawl.register(web, f"99000{number}")
    assert crawl()["outcome"] == "complete"
    for site, (name, urls) in expected.items():
        rows = crawl.captures(site=site, role="article")
        got = {row["url"] for row in rows if row["outcome"] == "new"}
        assert (name, sorted(urls - got)) == (name, [])
        assert len(rows) == len({row["url"] for row in rows})
    assert not {"list_incomplete", "no_columns"} & set(crawl.issues())
    with crawl.store() as store:
        families = {row["site"]: row["family"] for row in store.sites()}
    assert families["990001"] == "vsb"
    assert families["990002"] == "jpaas"


def test_paging_that_repeats_page_one_is_an_alarm(webs, crawl):
    web = webs()
    made = jpaas(web)
    api = "/api-gateway/jpaas-publish-server"
    first = f"<ul>{''.join(entry for _, entry in made[:15])}</ul>"
    same = json.dumps({"success": True, "data": {"html": first}}).encode()
    for path in [path for path in web.routes if path.startswith(api)]:
        web.routes[path] = (200, {"Content-Type": "application/json"}, same)
    crawl.register(web)
    crawl()
    assert "15 of 28" in crawl.issues()["list_incomplete"]
    assert "repeat" in crawl.issues()["list_incomplete"]
