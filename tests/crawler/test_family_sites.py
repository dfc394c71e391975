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


def xxgk(web):
    """The other vendor of disclosure platforms: ids of organs in the path, page_N.html, short titles."""
    made = []
    organs = ""
    for index, agency in enumerate(AGENCIES):
        organ = 650 + index
        organs += f'<li><a href="/XxgkPolicy/showList/{organ}/page_1.html">{agency}</a></li>'
        tabs = (
            f'<a href="/XxgkRules/show/{organ}1.html">政府信息公开制度</a>'
            f'<a href="/XxgkAnnualReport/showList/{organ}/page_1.html">政府信息公开年报</a>'
        )
        web.page(f"/XxgkPolicy/showList/{organ}/page_1.html", tabs)
        rows = []
        for year in YEARS:
            path = report(web, f"/XxgkAnnualReport/show/{index}{year}.html", agency, year)
            rows.append(f'<tr><td><a href="{path}">{year}年年报</a></td><td>{year + 1}/1/20</td></tr>')
            made.append((path, rows[-1]))
        chunks = pages(rows, 3)
        base = f"/XxgkAnnualReport/showList/{organ}/page_"
        numbers = "".join(f'<a href="{base}{n}.html">{n}</a>' for n in range(1, len(chunks) + 1))
        for number, chunk in enumerate(chunks, 1):
            body = f"{tabs}<table>{''.join(chunk)}</table>共{len(rows)}条记录 {numbers}"
            web.page(f"{base}{number}.html", body, "年报", META)
    web.page("/", '<a href="/Openness/index.html">政府信息公开</a>')
    web.page("/Openness/index.html", organs, "政府信息公开")
    return made


def epoint(web):
    """Credit codes in the path, the column's name in the query, pages that only a script counts."""
    made = []
    organs = ""
    for index, agency in enumerate(AGENCIES):
        folder = f"/govxxgk/1165432500{index}41762XK"
        organs += f'<a href="{folder}/govlist.html">{agency}</a>'
        column = f"{folder}/category/002/002001/govlist.html?righttitle={quote('信息公开年度报告')}"
        web.page(f"{folder}/govlist.html", f'<a href="{column}">信息公开年度报告</a>', agency)
        lines = []
        for year in YEARS:
            path = f"{folder}/{year + 1}-01-20/{index:08x}-ab12-4f05-9a2b-{year:012d}.html"
            lines.append(line(report(web, path, agency, year), agency, year))
            made.append((path, lines[-1]))
        chunks = pages(lines, 3)
        for number, chunk in enumerate(chunks, 1):
            name = column if number == 1 else f"{folder}/category/002/002001/{number}.html"
            script = f"<script>var pageCount = {len(chunks)}; $('#pager').pager();</script>"
            web.page(name, f'<ul class="ewb-list">{"".join(chunk)}</ul>{script}')
    web.page("/", '<a href="/govxxgk/govindex.html">政府信息公开</a>')
    web.page("/govxxgk/govindex.html", organs, "政府信息公开")
    return made


def trs_search(web):
    """A static list of ten; the others come from a search interface."""
    made = articles(web, "/zwgk/ndbg/{y}01/t{y}0120_{n}.html")
    call = """$.ajax({url: "/igs/front/search/list.html", type: "post", data: {index: "zfxxgk", pageNumber: n,
        pageSize: 10, "filter[CHANNELID]": "14223"}, success: draw});"""
    listed = "".join(entry for _, entry in made[:10])
    web.page("/zwgk/ndbg/", f"<ul>{listed}</ul><script>function load(n){{ {call} }}</script>", "年度报告")

    def answer(handler):
        form = parse_qs(handler.rfile.read(int(handler.headers["Content-Length"])).decode())
        assert form["filter[CHANNELID]"] == ["14223"]
        first = 10 * (int(form["pageNumber"][0]) - 1)
        found = [
            {"DOCTITLE": f"青河县{AGENCIES[at // len(YEARS)]}{YEARS[at % len(YEARS)]}年政府信息公开年度报告",
             "DOCPUBURL": made[at][0], "DOCRELTIME": "2026-01-20T08:00:00.000+0800"}
            for at in range(first, min(first + 10, len(made)))
        ]  # fmt: skip
        body = json.dumps({"page": {"total": len(made), "totalPages": 3, "content": found}}).encode()
        return 200, {"Content-Type": "application/json"}, body

    web.routes["/igs/front/search/list.html"] = answer
    web.page("/", '<a href="/zwgk/">政府信息公开</a>')
    web.page("/zwgk/", '<a href="/zwgk/ndbg/">年度报告</a>')
    return made


def scripted(web):
    """GBK without a charset in the header; tree, list and pager only in scripts, links by handlers."""
    made = []
    rows = []
    for number, (agency, year) in enumerate((a, y) for a in AGENCIES for y in YEARS):
        path = report(web, f"/nb/show.asp?id={number + 1}", agency, year)
        title = f"青河县{agency}{year}年政府信息公开工作年度报告"
        rows.append(f'["{title}","show.asp?id={number + 1}","{year + 1}-01-20"]')
        made.append((path, rows[-1]))
    chunks = pages(rows, 12)
    for number, chunk in enumerate(chunks, 1):
        turn = 'function turn(n){ location.href = "list.asp?c=7&page=" + n; }'
        body = f"<script>var items = [{','.join(chunk)}]; {turn}</script>共{len(rows)}条"
        name = f"/nb/list.asp?c=7{f'&page={number}' if number > 1 else ''}"
        web.routes[name] = (
            200,
            {"Content-Type": "text/html"},
            f"<html><body>{body}</body></html>".encode("gbk"),
        )
    tree = "var nodes = [{name:'公开指南', url:'/zn/'}, {name:'政府信息公开年报', url:'/nb/list.asp?c=7'}];"
    web.page("/", "<div onclick=\"location.href='/xxgk/'\">政府信息公开</div>")
    web.page("/xxgk/", f"<script>{tree}</script>", "政府信息公开")
    return made


SITES = {
    "vsb": vsb,
    "jpaas": jpaas,
    "ucap": ucap,
    "anhui": anhui,
    "generic": tree_of_years,
    "jcms": jcms_groups,
    "xxgk": xxgk,
    "epoint": epoint,
    "trs": trs_search,
    "scripted": scripted,
}


@pytest.mark.slow
def test_every_report_of_every_family_is_found_from_home(webs, crawl):
    expected = {}
    for number, (name, build) in enumerate(SITES.items(), 1):
        web = webs(f"127.0.0.{10 + number}")
        expected[f"9900{number:02d}"] = (name, {web.base + path for path, _ in build(web)})
        crawl.register(web, f"9900{number:02d}")
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
