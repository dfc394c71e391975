"""Lists whose pager's functions stand in a file of their own, or whose pages a script appends."""

import json

import pytest

from crawler.discovery import follow
from crawler.names import Nearness
from crawler.page import Page
from crawler.wants import Findings, Trail

HOST = "http://www.qinghe.gov.cn"
URL = f"{HOST}/nb/index.html"
TITLE = "青河县教育局2023年政府信息公开工作年度报告"
LINES = "".join(f'<li><a href="/nb/202401/t20240115_{at}.html">{TITLE}</a></li>' for at in range(6))
COLUMN = Trail(near=Nearness.COLUMN)


def page(body: str) -> Page:
    return Page(URL, f"<html><body><ul>{LINES}</ul>{body}</body></html>".encode(), charset="utf-8")


def script(text: str) -> Page:
    return Page(f"{HOST}/js/page.js", text.encode(), media_type="application/javascript", charset="utf-8")


def lists(found: Findings) -> list[str]:
    return [want.url.removeprefix(HOST) for want in found.wants if want.role == "list"]


NEXT = """<input type="hidden" id="pageCount" value="3"><input type="hidden" id="cur" value="1">
    <a href="javascript:nextPage()">下一页</a>"""
NUMBERS = """<script>var base = "/nb/index";</script><p>共3页</p>
    <a onclick="toPage(1)">1</a><a onclick="toPage(2)">2</a>"""


@pytest.mark.parametrize(
    ("body", "file", "pages"),
    [
        (NEXT, """function nextPage(){ var c = parseInt($('#cur').val());
            location.href = 'index_' + (c + 1) + '.html'; }""",
         ["/nb/index_2.html", "/nb/index_3.html"]),
        (NUMBERS, "function toPage(p){ window.location.href = base + '_' + p + '.html'; }",
         ["/nb/index_2.html", "/nb/index_3.html"]),
        ("<script>showPages(3, 1);</script>", """function showPages(n, cur){ for (var i = 1; i <= n; i++)
            h += '<a href="' + (i == 1 ? 'index.html' : 'index_' + (i - 1) + '.html') + '">'; }""",
         ["/nb/index_1.html", "/nb/index_2.html"]),
    ],
)  # fmt: skip
def test_the_file_in_which_a_pager_stands_is_asked_for(body, file, pages):
    found = follow(page(f"{body}<script src='/js/page.js'></script>"), "column", COLUMN)
    assert (lists(found), found.scripted) == (["/js/page.js"], "")
    (want,) = (want for want in found.wants if want.role == "list")
    trail = Trail.of(json.loads(json.dumps(want.context)))
    assert lists(follow(script(file), "list", trail)) == pages
    other = follow(script("function share(){}"), "list", trail)
    assert lists(other) == []
    assert "not understood" in other.scripted


def test_a_function_in_a_file_that_fetches_the_next_page():
    body = """<script>var column = "7";</script><a onclick="next(2)">下一页</a>
        <script src='/js/page.js'></script>"""
    (want,) = (each for each in follow(page(body), "column", COLUMN).wants if each.role == "list")
    file = script("function next(n){ $.post('/list.do', {id: column, pageNum: n, pageSize: 6}, draw); }")
    (second,) = follow(file, "list", Trail.of(json.loads(json.dumps(want.context)))).wants
    assert (second.url, second.body) == (f"{HOST}/list.do", "id=7&pageNum=2&pageSize=6")
    lines = Page(second.url, LINES.replace("/t2024", "/t2023").encode(), charset="utf-8")
    (third,) = (each for each in follow(lines, "list", Trail.of(second.context)).wants if each.role == "list")
    assert third.body == "id=7&pageNum=3&pageSize=6"


def test_files_are_looked_through_one_after_the_other_and_libraries_not_at_all():
    files = "".join(f"<script src='/js/{name}.js'></script>" for name in ("jquery.min", "site", "pager"))
    found = follow(page(NEXT + files), "column", COLUMN)
    assert lists(found) == ["/js/pager.js"]
    (want,) = (want for want in found.wants if want.role == "list")
    after = follow(script("var a = 1;"), "list", Trail.of(want.context))
    assert (lists(after), after.scripted) == (["/js/site.js"], "")


def test_pages_whose_number_is_not_told_are_asked_for_until_there_is_none():
    body = "<a href='javascript:;' onclick='go(2)'>下一页</a><script src='/js/page.js'></script>"
    (want,) = (each for each in follow(page(body), "column", COLUMN).wants if each.role == "list")
    found = follow(
        script("function go(n){ location.href = 'list_' + n + '.html'; }"), "list", Trail.of(want.context)
    )
    (second,) = found.wants
    assert (second.url, second.context["optional"]) == (f"{HOST}/nb/list_2.html", True)
    lines = Page(second.url, f"<ul>{LINES.replace('/t2024', '/t2023')}</ul>".encode(), charset="utf-8")
    assert lists(follow(lines, "list", Trail.of(second.context))) == ["/nb/list_3.html"]


@pytest.mark.parametrize(
    ("button", "called", "first"),
    [
        ("<button onclick='more()'>加载更多</button>",
         "var p = 1; function more(){ p++; $.get('list_' + p + '.html', function(h){ append(h); }); }",
         "/nb/list_2.html"),
        ("<a id='more'>查看更多</a>",
         "var page = 1; $('#more').click(() => { page += 1; $.getJSON('more_' + page + '.json', draw); });",
         "/nb/more_2.json"),
        ("", """var next = 2; $(window).scroll(function(){
            $.ajax({url: 'page/' + next + '.html', success: f}); next++; });""",
         "/nb/page/2.html"),
    ],
)  # fmt: skip
def test_files_that_a_script_appends_are_asked_for_by_their_number(button, called, first):
    found = follow(page(f"{button}<script>{called}</script>"), "column", COLUMN)
    assert lists(found) == [first]
    (want,) = (each for each in found.wants if each.role == "list")
    assert want.context["optional"]
    lines = Page(want.url, LINES.replace("/t2024", "/t2023").encode(), charset="utf-8")
    assert lists(follow(lines, "list", Trail.of(want.context))) == [first.replace("2", "3")]
    few = Page(want.url, LINES.replace("/t2024", "/t2023").split("</li>")[0].encode(), charset="utf-8")
    assert lists(follow(few, "list", Trail.of(want.context))) == []


@pytest.mark.parametrize(
    ("pager", "pages"),
    [
        ('Pager({size:3, current:0, prefix:"index", suffix:"shtml", total:15});',
         ["index_1.shtml", "index_2.shtml"]),
        ("""$("#p").pagination({pageIndex: 0, pageSize: 6, total: 15, callback: function(i){
            window.location.href = (i == 0 ? "more.html" : (i + 1) + ".html"); }});""", ["2.html", "3.html"]),
    ],
)  # fmt: skip
def test_plug_ins_that_state_the_names_of_files_or_a_function_that_opens_them(pager, pages):
    found = follow(page(f"<script>{pager}</script>"), "column", COLUMN)
    assert lists(found) == [f"/nb/{name}" for name in pages]


def test_a_link_whose_function_fetches_the_next_page():
    body = """共<b>15</b>条 <a href="javascript:void(0);" onclick="gotopage(2,'div22')">下一页</a>
      <script>function gotopage(p, d){
        $.post('/module/search.jsp?fbtime=-1&currpage=' + p, {id: 'A05', divid: d}, f); }</script>"""
    wants = [want for want in follow(page(body), "column", COLUMN).wants if want.role == "list"]
    first = f"{HOST}/module/search.jsp?fbtime=-1&currpage=2"
    assert [want.url for want in wants] == [first, first.replace("=2", "=3")]
    assert wants[0].body == "id=A05&divid=div22"


@pytest.mark.parametrize(
    "function",
    [
        """var u = location.pathname.replace(/index(_\\d+)?\\.html/, '');
           location.href = u + 'index_' + n + '.html';""",
        """var path = window.location.pathname; var dir = path.substring(0, path.lastIndexOf('/') + 1);
           location.href = dir + 'index_' + n + '.html';""",
    ],
)
def test_a_pager_that_begins_with_the_page_s_own_address(function):
    numbers = "".join(f"<a href='javascript:turn({n})'>{n}</a>" for n in (1, 2, 3))
    found = follow(page(f"{numbers}<script>function turn(n){{ {function} }}</script>"), "column", COLUMN)
    assert lists(found)[-2:] == ["/nb/index_2.html", "/nb/index_3.html"]


def test_a_regular_expression_that_may_take_long_is_not_tried():
    script = "function turn(n){ location.href = location.pathname.replace(/(\\w+)+x/, '') + n + '.html'; }"
    found = follow(page(f"<a href='javascript:turn(2)'>2</a><script>{script}</script>"), "column", COLUMN)
    assert lists(found) == []


def test_a_file_that_counts_up_the_files_it_appends():
    body = "<a href='javascript:more()'>加载更多</a><script src='/js/page.js'></script>"
    (want,) = (each for each in follow(page(body), "column", COLUMN).wants if each.role == "list")
    file = script("var p = 1; function more(){ p++; $.get('list_' + p + '.html', append); }")
    assert lists(follow(file, "list", Trail.of(want.context))) == ["/nb/list_2.html"]
