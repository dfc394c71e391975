"""Addresses that a page's script makes up of what the page states; and what is not understood is told."""

import time

import pytest

from crawler import ajax, interface
from crawler.computed import Scripts
from crawler.discovery import follow
from crawler.names import Nearness
from crawler.page import Page
from crawler.wants import Trail

URL = "http://www.qinghe.gov.cn/nb/"
TITLE = "青河县教育局2023年政府信息公开工作年度报告"


def page(body: str, script: str = "", url: str = URL) -> Page:
    text = f"<html><body>{body}<script>{script}</script></body></html>"
    return Page(url, text.encode(), charset="utf-8")


def links(body: str, script: str = "") -> dict[str, str]:
    return {link.text: link.url.removeprefix("http://www.qinghe.gov.cn") for link in page(body, script).links}


ENCODED = 'var root = "/x/"; function go(q){ location.assign(root + encodeURIComponent(q) + ".html?s=;") }'
IF = """function go(p){ if (p > 3) return false; if (p <= 1) { location.href = 'list.html'; }
    else { location.href = 'list_' + p + '.html'; } }"""
OPENS = [
    (
        "open7('12')",
        "function open7(id){ window.open('/nb/show.jsp?lm=1&id=' + id, '_blank'); }",
        "/nb/show.jsp?lm=1&id=12",
    ),
    (
        "view(12, 'jyj')",
        "const view = (id, dw) => { location.href = `${dw}/c_${id}.html` }",
        "/nb/jyj/c_12.html",
    ),
    (
        "view(12)",
        "var view = function(n){ var u = 'c'; u += n; u = u + '.htm';\nif (n) { self.location = u } }",
        "/nb/c12.htm",
    ),
    ("go('a')", ENCODED, "/x/a.html?s=;"),
    ("go('a b')", ENCODED, ""),  # a space is no part of an address
    ("list('dw3')", "function list(c){ $('#r').load('/nb/' + c + '/list.html'); }", "/nb/dw3/list.html"),
    (
        "list('dw3')",
        "function list(c){ $.ajax({type: 'GET', url: c + '/list.html', data: {a: 1}}) }",
        "/nb/dw3/list.html",
    ),
    (
        "go(2)",
        "function go(p){ location.href = p == 1 ? 'list.html' : 'list_' + p + '.html' }",
        "/nb/list_2.html",
    ),
    (
        "go(1)",
        "function go(p){ location.href = p == 1 ? 'list.html' : 'list_' + p + '.html' }",
        "/nb/list.html",
    ),
    (
        "go(3)",
        "function go(n){ window.location = 'index' + (n > 1 ? '_' + (n - 1) : '') + '.shtml'; }",
        "/nb/index_2.shtml",
    ),
    ("go(2)", IF, "/nb/list_2.html"),
    ("go(1)", IF, "/nb/list.html"),
    ("go(9)", IF, ""),  # beyond the last page
    ("go('1')", "function go(id){ location.href = '/nb/' + md5(id) + '.html' }", ""),
    ("go('1')", "", ""),
    ("go()", "function go(id){ location.href = '/nb/' + id + '.html' }", ""),
]


@pytest.mark.parametrize(("handler", "script", "address"), OPENS)
def test_what_a_handler_hands_to_a_function_of_the_page(handler, script, address):
    found = links(f'<ul><li><a href="javascript:{handler}">{TITLE}</a></li></ul>', script)
    assert found == ({TITLE: address} if address else {})
    found = links(f'<table><tr onclick="{handler}"><td>{TITLE}</td><td>2024-01-20</td></tr></table>', script)
    assert found == ({TITLE: address} if address else {})


@pytest.mark.parametrize(
    "script",
    [
        """$(".item").on("click", function(){ window.open("/nb/" + $(this).data("id") + ".html"); });""",
        """rows.forEach(r => r.onclick = function(e){ var id = this.dataset.id;
        location.href = '/nb/' + id + '.html' })""",
        """$("li").click(function(){ location.href = "/nb/" + $(this).attr('data-id') + '.html' })""",
    ],
)
def test_what_a_handler_bound_elsewhere_takes_of_an_element(script):
    assert links(f'<div class=item data-id="77" data-x="">{TITLE}</div>', script) == {TITLE: "/nb/77.html"}
    assert links(f'<div class=item data-x="1">{TITLE}</div>', script) == {}


def test_the_options_of_a_select_that_opens_an_address():
    body = """<select onchange="location='nb_'+this.value+'.html'">
        <option value="">请选择</option><option value="2023">2023年</option>
        <option value="/x/">其他</option></select>"""
    assert links(body) == {"2023年": "/nb/nb_2023.html", "其他": "/x/"}
    body = '<select onchange="go(this)"><option value="2023">2023年</option></select>'
    script = "function go(s){ var v = s.options[s.selectedIndex].value; location.href = v + '/'; }"
    assert links(body, script) == {"2023年": "/nb/2023/"}


RENDERING = [
    """for (var i in rows) { $("#l").append('<li><a href="/nb/' + rows[i].nf + '/' + rows[i].docId
        + '.shtml">' + rows[i].docTitle + '</a><span>' + rows[i].at + '</span></li>'); }""",
    "rows.map(o => `<li><a href='/nb/${o.nf}/${o.docId}.shtml' title='${o.docTitle}'>…</a>${o.at}</li>`)",
    """function show(id, nf){ window.open('/nb/' + nf + '/' + id + '.shtml') }
       html += '<li onclick="show(\\'' + o['docId'] + '\\',' + o.nf + ')">' + o.docTitle + ' ' + o.at
       + '</li>'""",
]


@pytest.mark.parametrize("script", RENDERING)
def test_objects_without_an_address_that_a_script_puts_into_markup(script):
    row = f'{{"docId": 311, "docTitle": "{TITLE}", "at": "2024-01-20", "nf": 2023}}'
    (link,) = page("<ul id=l></ul>", f"var rows = [{row}];\n{script}").links
    assert (link.url, link.date) == ("http://www.qinghe.gov.cn/nb/2023/311.shtml", "2024-01-20")
    assert TITLE in link.text


def test_arrays_that_a_script_puts_into_markup_by_their_places():
    script = """var d = [['青河县教育局', 'jyj'], ['青河县财政局', 'czj']];
        for (var i = 0; i < 2; i++)
            document.write('<a href="/nb/' + d[i][1] + '/list.html">' + d[i][0] + '</a>');"""
    assert links("", script) == {
        f"青河县{name}局": f"/nb/{at}/list.html" for name, at in (("教育", "jyj"), ("财政", "czj"))
    }


@pytest.mark.parametrize(
    "shown",
    [
        """<a :href="'./show/' + row.id + '.html'">{{row.title}}</a>""",
        '<a v-bind:href="`./show/${row.id}.html`">{{row.title}}</a>',
        '<a href="./show/{{ row.id }}.html">{{row.title}}</a>',
        "<p @click='go(x)'></p><script>function go(r){ location.href = './show/' + r.id + '.html' }</script>",
    ],
)
def test_answers_of_an_interface_lead_where_the_markup_of_the_page_says_and_as_seen_from_it(shown):
    script = "axios.get('/api/list', {params: {lm: 'nb', pageNum: this.n}}).then(r => this.rows = r.data)"
    (ask,) = ajax.calls(page(shown, script))
    row = f'{{"total": 1, "rows": [{{"id": 9, "title": "{TITLE}"}}]}}'
    (entry,) = interface.listing(Page(ask.url, row.encode()), interface.interface_of(ask.context)).entries
    assert entry.url == "http://www.qinghe.gov.cn/nb/show/9.html"


@pytest.mark.parametrize("quote", ["&quot;", '"'])
def test_a_list_that_is_handed_to_a_component_in_an_attribute(quote):
    rows = f'[{{"title": "{TITLE}", "url": "./9.html", "date": "2024-01-20"}}]'.replace('"', quote)
    around = "'" if quote == '"' else '"'
    (link,) = page(f"<news-list :items={around}{rows}{around}></news-list>").links
    assert (link.url, link.text, link.date) == ("http://www.qinghe.gov.cn/nb/9.html", TITLE, "2024-01-20")


def test_the_nodes_of_a_tree_whose_handler_makes_an_address():
    script = """var zNodes = [{id: 101, pId: 0, name: '青河县教育局'}]; var setting = {callback: {onClick:
        function(event, treeId, treeNode){ location.href = "list_" + treeNode.id + ".html"; }}};"""
    assert links("<ul id=tree></ul>", script) == {"青河县教育局": "/nb/list_101.html"}


def test_json_objects_that_hold_others():
    row = f'{{"id": 7, "title": "{TITLE}", "dept": {{"code": 3, "name": "青河县"}}, "at": "2024-01-20"}}'
    script = (
        f'window.__STATE__ = {{"rows": [{row}]}}; show(o => `<a href="/nb/${{o.id}}.html">${{o.title}}</a>`);'
    )
    (link,) = page("", script).links
    assert (link.url, link.text, link.date) == ("http://www.qinghe.gov.cn/nb/7.html", TITLE, "2024-01-20")


def test_a_link_that_says_nothing_is_named_by_its_line():
    body = '<ul><li>县教育局 <a href="1.html">进入&gt;&gt;</a></li><li>县 <a href="2.html">网站</a></li></ul>'
    assert links(body) == {"县教育局": "/nb/1.html", "网站": "/nb/2.html"}


def test_answers_of_an_interface_are_put_into_the_markup_of_the_page_that_asks():
    script = """$.ajax({url: "/api/list", type: "post", data: {page: n, lm: "nb"}, success: function(r){
        $.each(r.rows, (i, o) => { html += '<a href="/nb/' + o.id + '.html">' + o.name + '</a>'; }); }});"""
    (ask,) = ajax.calls(page("", script))
    known = interface.interface_of(ask.context)
    answer = Page(
        "http://www.qinghe.gov.cn/api/list", f'{{"total":1,"rows":[{{"id":9,"name":"{TITLE}"}}]}}'.encode()
    )
    (entry,) = interface.listing(answer, known).entries
    assert (entry.url, entry.title) == ("http://www.qinghe.gov.cn/nb/9.html", TITLE)


def column(body: str, script: str = "", head: str = ""):
    text = f"<html><head>{head}</head><body>{body}<script>{script}</script></body></html>"
    return follow(Page(URL, text.encode(), charset="utf-8"), "column", Trail(near=Nearness.COLUMN))


LINES = "".join(f'<li><a href="/nb/2024/{at}00000{at}.html">{TITLE}</a></li>' for at in range(6))


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('<div id="app"></div><script src="/js/app.9b1c.js"></script>', "made by a script"),
        (f"<ul><li><a href=\"javascript:show('{'0' * 8}')\">{TITLE}</a></li></ul>", "1 条"),
        (f'{LINES}<a href="javascript:turn(2)">下一页</a>', "turn(2)"),
        (f'{LINES}<a href="javascript:turn(1)">1</a><a href="javascript:turn(2)">2</a>', "turn(2)"),
    ],
)
def test_what_only_a_browser_could_tell_is_said(body, told):
    assert told in column(body).scripted


@pytest.mark.parametrize(
    "pager",
    [
        '<a href="javascript:void(0)">下一页</a>',
        '<a href="#" onclick="return false">下一页</a>',
        '第1页/共1页 <a href="javascript:turn(2)">下一页</a>',
        '<a href="index_2.html">下一页</a>',
        "".join(f'<a href="javascript:pick({day})">{day}</a>' for day in range(1, 31)),  # a calendar
        '<a onclick="share(\'wx\')">分享</a><a href="javascript:print()">打印</a>',
    ],
)
def test_ordinary_pagers_are_no_cause_for_alarm(pager):
    assert column(f'<script src="/js/jquery.js"></script><ul>{LINES}</ul>{pager}').scripted == ""


@pytest.mark.slow
def test_long_scripts_cost_little():
    script = "function f%d(a){ if(a){ location.href='/x/'+a+'.html' } }\n" * 3000 % tuple(range(3000))
    body = "".join(f"<a href=\"javascript:f{at}('{at}')\">{at}</a>" for at in range(2000))
    start = time.process_time()
    assert len(page(body, script).links) == 2000
    assert time.process_time() - start < 5
    handlers = "$(function(){ var a = $(this).data('id'); location.href = '/x/' + b(a) });\n" * 3000
    assert links('<p data-id="1">x</p>' * 500, handlers) == {}
    assert time.process_time() - start < 10
    deep = f"function go(a){{ location.href = {'(' * 1500}a{')' * 1500} }}"
    assert Scripts(deep).handled("go('/a/1.html')", {}) == ""
    assert Scripts("'" * 100_000 + "(" * 50_000).handled("go('1')", {}) == ""
