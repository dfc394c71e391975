"""Lists that a script fetches: the call is found, its pages are asked for, any answer is read."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from crawler import ajax, further_pages, interface
from crawler.family import Entry, Listing
from crawler.page import Page

URL = "http://www.qinghe.gov.cn/zwgk/ndbg/"
TITLE = "青河县教育局2023年政府信息公开工作年度报告"


def page(script: str, body: str = "") -> Page:
    return Page(URL, f"<html><body>{body}<script>{script}</script></body></html>".encode(), charset="utf-8")


def answer(text: str) -> Page:
    return Page("http://www.qinghe.gov.cn/api", text.encode(), charset="utf-8")


IGS = """var size = 10; // pages of ten
$.ajax({ url: "/igs/front/search/publish/data/list.html", type: "post", dataType: "json",
  data: { index: "zfxxgk", pageNumber: n, pageSize: size, 'filter[CHANNELID]': '14223', by: "a,b" },
  success: function (res) { render(res) } })"""


@pytest.mark.parametrize(
    ("script", "method", "path", "sent"),
    [
        (IGS, "POST", "/igs/front/search/publish/data/list.html",
         {"index": "zfxxgk", "pageSize": "10", "filter[CHANNELID]": "14223", "by": "a,b",
          "pageNumber": "1"}),
        ('$("#list").load("/was5/web/search?channelid=225551&perpage=10&page=" + p);', "GET",
         "/was5/web/search",
         {"channelid": "225551", "perpage": "10", "page": "1"}),
        ("""$.post("/xxgk/loadData?pageSize=15", {"pageIndex": idx, "itemId":"ndbg"}, draw, "json")""",
         "POST", "/xxgk/loadData", {"itemId": "ndbg", "pageIndex": "1"}),
        ("""$.getJSON('/api/list', {page: 0, cat: 'nb'}, f)""", "GET", "/api/list",
         {"cat": "nb", "page": "0"}),
        ("fetch(`/api/list?cat=nb&pageNo=${n}`).then(r)", "GET", "/api/list", {"cat": "nb", "pageNo": "1"}),
    ],
)  # fmt: skip
def test_a_call_by_page_number_is_found(script, method, path, sent):
    (ask,) = ajax.calls(page(script))
    parts = urlsplit(ask.url)
    given = parse_qs(ask.body if method == "POST" else parts.query)
    assert (ask.method, parts.path) == (method, path)
    assert {key: values[0] for key, values in given.items()} == sent


@pytest.mark.parametrize(
    "script",
    [
        "$.get('/count.jsp', {id: 7}, f)",  # no page
        "$.post('/search', {searchword: $('#q').val(), page: 1}, f)",  # words that a visitor types
        "// $.post('/old', {page: 1}, f)",
        "$.ajax({url: base + '/list', data: {page: 1}})",  # computed
        "$.ajax({",
    ],
)
def test_other_calls_are_left_alone(script):
    assert ajax.calls(page(script)) == ()


def listing(text: str, ask: ajax.Ask) -> Listing:
    known = interface.interface_of(json.loads(json.dumps(ask.context)))
    assert interface is not None
    return interface.listing(answer(text), known)


ARTICLES = [
    {
        "infoTitle": f"{TITLE}{n}",
        "infoUrl": f"/a/{n}.html",
        "publishDate": 1705716000000,
        "siteName": "青河县",
    }
    for n in range(7)
]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"totalCount": "17", "pageCount": 3, "infolist": ARTICLES}),
        "f(" + json.dumps({"page": {"totalElements": 17, "totalPages": 3, "content": ARTICLES}}) + ");",
        json.dumps({"total": 17, "html": "".join(
            f"<li><a href='{a['infoUrl']}'>{a['infoTitle']}</a><b>2024-01-20</b></li>" for a in ARTICLES)}),
        "<ul>" + "".join(
            f"<li><a href='{a['infoUrl']}'>{a['infoTitle']}</a><b>2024-01-20</b></li>" for a in ARTICLES
        ) + "</ul>共17条",
    ],
    ids=["json", "jsonp", "markup in json", "markup"],
)  # fmt: skip
def test_any_answer_gives_its_entries_and_all_further_pages(text):
    (first,) = ajax.calls(page("$.post('/xxgk/loadData', {pageIndex: n}, f)"))
    found = listing(text, first)
    assert [entry.url for entry in found.entries] == [
        f"http://www.qinghe.gov.cn/a/{n}.html" for n in range(7)
    ]
    assert (found.entries[3].title, found.entries[3].date) == (f"{TITLE}3", "2024-01-20")
    assert (found.declared, [ask.body for ask in found.more]) == (17, ["pageIndex=2", "pageIndex=3"])


def test_without_a_total_pages_are_asked_for_until_one_is_short_or_repeats_the_first():
    (first,) = ajax.calls(page("$.post('/xxgk/loadData', {pageIndex: n}, f)"))
    whole = json.dumps(ARTICLES)
    (second,) = listing(whole, first).more
    assert second.body == "pageIndex=2"
    assert listing(whole, second).stuck
    (third,) = listing(json.dumps(ARTICLES[1:] + ARTICLES[:1]), second).more
    assert listing(json.dumps(ARTICLES[2:4]), third).more == ()
    (sized,) = ajax.calls(page("$.post('/xxgk/loadData', {pageIndex: n, pageSize: 2}, f)"))
    assert [ask.body for ask in listing(json.dumps(ARTICLES[:2]), sized).more] == ["pageIndex=2&pageSize=2"]
    assert listing(json.dumps(ARTICLES[:1]), sized).more == ()


@pytest.mark.parametrize(
    ("script", "body", "asked"),
    [
        ('function go(n){ location.href = "list.jsp?type=nb&pageNo=" + n; }', "",
         "GET list.jsp?type=nb&pageNo="),
        ("function go(n){ location.href = `?type=nb&page=${n}`; }", "", "GET ?type=nb&page="),
        ("", '<form method="post" action="list.do"><input name="cid" value="7"><input name="pageNo"></form>',
         "POST list.do cid=7&pageNo="),
        ("", '<form action="list.do?m=nb"><input name="cid" value="7"><input name="pageNo"></form>',
         "GET list.do?m=nb&cid=7&pageNo="),
        ("", '<form action="search.do"><input name="keyword"><input name="page"></form>', ""),
    ],
)  # fmt: skip
def test_lists_that_are_turned_by_a_script_or_a_form(script, body, asked):
    entries = tuple(Entry(f"http://www.qinghe.gov.cn/{n}.html", TITLE) for n in range(10))
    further = further_pages.turned(page(script, body), entries, 25)
    found = [f"{ask.method} {ask.url} {ask.body}".strip() for ask in further]
    wanted = asked.replace(" ?", f" {URL}?").replace(" list", f" {URL}list")
    assert found == ([f"{wanted}2", f"{wanted}3"] if asked else [])


def test_a_tree_that_a_script_fetches_whole_is_asked_for_and_read():
    script = "$.getJSON('/api/menu.json', build); $.ajax({url: '/count.jsp', type: 'get'});"
    (ask,) = ajax.trees(page(script))
    assert (ask.url, ask.kind) == ("http://www.qinghe.gov.cn/api/menu.json", "tree")
    nodes = [{"text": "政府信息公开年报", "href": "/nb/", "children": [{"text": "指南", "href": "/zn/"}]}]
    links = answer(f"cb({json.dumps(nodes)});").links
    assert next((link.url, link.text) for link in links) == (
        "http://www.qinghe.gov.cn/nb/",
        "政府信息公开年报",
    )


def test_a_tree_is_asked_for_with_what_its_function_is_called_with():
    script = """function tree(id, level) {
      $.ajax({url: "/u/channel/treeNew/4419?level=" + level + "&channelId=" + id, dataType: "jsonp"}); }
      tree("root01", 1);"""
    (ask,) = ajax.trees(page(script))
    assert ask.url == "http://www.qinghe.gov.cn/u/channel/treeNew/4419?level=1&channelId=root01"


def test_a_list_that_is_fetched_by_how_many_entries_stand_before():
    script = 'function more(o){ fetch("/api/x?start=" + o + "&rows=6").then(draw) }'
    (ask,) = ajax.calls(page(script))
    assert ask.url.endswith("/api/x?start=0&rows=6")
    lines = "".join(f'<li><a href="/nb/2024/{at}00000{at}.html">{TITLE}</a></li>' for at in range(6))
    found = interface.listing(answer(f"<ul>{lines}</ul>"), interface.interface_of(ask.context))
    assert [more.url.partition("?")[2] for more in found.more] == ["start=6&rows=6"]


def test_files_that_a_script_fetches_whole():
    script = """$.getJSON("data.json?v=3", draw); $.ajax({type: "get", url: '/nb/list.xml', success: draw});
        $.post("/log.js", {}); $.get(base + "x.json", draw); fetch("/api/list");"""
    assert [ask.url.removeprefix(URL) for ask in ajax.whole(page(script))] == [
        "data.json?v=3", "http://www.qinghe.gov.cn/nb/list.xml",
    ]  # fmt: skip
