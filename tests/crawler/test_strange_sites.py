"""Ways of sites that crawls of strangers met: lists in files of their own, pagers that never end, menus."""

import json
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from crawler import ajax
from crawler.computed import Scripts
from crawler.discovery import follow
from crawler.family import numbered_pages
from crawler.names import Nearness, is_agency, is_stated, may_be_report
from crawler.page import Page
from crawler.tree import MAX_BELOW, MAX_DEPTH
from crawler.wants import Findings, Trail
from pipelines.linked import is_next_page

HOST = "http://www.qinghe.gov.cn"
URL = f"{HOST}/nb/"
TITLE = "青河县教育局2023年政府信息公开工作年度报告"
LINES = "".join(f'<li><a href="/nb/202401/t20240115_{at}.html">{TITLE}</a></li>' for at in range(6))


def page(body: str, url: str = URL) -> Page:
    return Page(url, f"<html><body>{body}</body></html>".encode(), charset="utf-8")


def below(found: Findings, role: str) -> list[str]:
    return [want.url.removeprefix(HOST) for want in found.wants if want.role == role]


COLUMN = Trail(near=Nearness.COLUMN)


@pytest.mark.parametrize(
    "written",
    [
        f"""document.writeln("<li><a href='./202401/t20240115_1.html'>{TITLE}</a> 2024-01-15</li>");""",
        f"""document.write("<li><a href=\\"./202401/t20240115_1.html\\">{TITLE}</a> 2024-01-15</li>");""",
        f"""var list = [{{"title": "{TITLE}", "url": "./202401/t20240115_1.html", "day": "2024-01-15"}}];""",
    ],
)
def test_a_list_in_a_script_of_its_own_is_asked_for_and_read(written):
    shown = page('<ul><script src="/js/nb.js"></script></ul><script src="/js/jquery.js"></script>')
    (want,) = follow(shown, "column", COLUMN).wants
    assert (want.url, want.role) == (f"{HOST}/js/nb.js", "list")
    script = Page(want.url, written.encode(), media_type="application/javascript", charset="utf-8")
    found = follow(script, "list", Trail.of(want.context))
    assert below(found, "article") == ["/nb/202401/t20240115_1.html"]
    nothing = Page(want.url, b"var a = 1;", media_type="application/javascript")
    assert follow(nothing, "list", Trail.of(want.context)).wants == ()


def test_scripts_of_a_page_that_leads_to_agencies_are_no_lists():
    agencies = "".join(
        f"<a href='/nb/{at}/'>{name}局</a>" for at, name in enumerate(["教育", "财政", "审计"])
    )
    found = follow(page(f"<div>{agencies}</div><script src='/js/nb.js'></script>"), "column", COLUMN)
    assert below(found, "list") == []


def test_data_with_entities_for_its_quotes_and_its_text():
    title = "".join(f"&#{ord(sign)};" for sign in TITLE)
    data = f'[{{"title":"{title}","url":"\\/nb\\/2024\\/11.html","time":"2024-01-15"}}]'
    script = f"<script>var data = '{data.replace(chr(34), '&quot;')}';</script>"
    (link,) = page(script).links
    assert (link.url, link.text) == (f"{HOST}/nb/2024/11.html", TITLE)


def test_a_pager_that_never_ends_is_left_where_it_repeats_itself():
    body = f'<ul>{LINES}</ul><a href="/nb/?page=2">下一页</a>'
    first = follow(page(body), "column", COLUMN)
    (more,) = (want for want in first.wants if want.role == "list")
    trail = Trail.of(more.context)
    again = follow(page(body.replace("=2", "=3"), more.url), "list", trail)
    assert (below(again, "list"), again.stuck) == ([], True)
    late = follow(page(body.replace("=2", "=8"), f"{URL}?page=7"), "list", replace(trail, turn=6))
    assert (below(late, "list"), late.stuck) == ([], False)  # the last page, for whatever is asked beyond


def test_pages_chosen_in_a_select_are_pages_of_one_list():
    options = "".join(f'<option value="index_{at}.html">第{at}页</option>' for at in (1, 2, 3))
    shown = page(f"<ul>{LINES}</ul><select onchange='location.href=this.value'>{options}</select>")
    assert [ask.url for ask in numbered_pages(shown)] == [f"{URL}index_2.html", f"{URL}index_3.html"]
    assert below(follow(shown, "column", COLUMN), "column") == []


def test_a_button_turns_pages_too():
    button = "<input type=button value='下一页' onclick=\"location='list-2.html'\">"
    found = follow(page(f"<ul>{LINES}</ul>{button}"), "column", COLUMN)
    assert (below(found, "list"), below(found, "column")) == (["/nb/list-2.html"], [])


def test_a_menu_beside_a_select_of_agencies_is_no_part_of_it():
    menu = "<div><a href='/xw/'>新闻动向</a><a href='/sm/'>网站声明</a></div>"
    options = "".join(f"<option value='/nb/{at}/'>{name}局</option>" for at, name in enumerate("教财审"))
    found = follow(
        page(f"{menu}<select onchange='location.href=this.value'>{options}</select>"), "column", COLUMN
    )
    assert below(found, "column") == ["/nb/0/", "/nb/1/", "/nb/2/"]


def test_a_handler_that_refuses_pages_out_of_range():
    script = Scripts("function go(n){ if(n<1||n>4) return; location.href='/nb/list_'+n+'.html'; }")
    assert script.handled("go(4)", {}) == "/nb/list_4.html"
    assert script.handled("go(5)", {}) == ""
    both = Scripts("function go(n){ if(n>1&&n<=4) location.href='/nb/list_'+n+'.html'; }")
    assert [both.handled(f"go({n})", {}) for n in (1, 2)] == ["", "/nb/list_2.html"]


def test_entries_of_a_menu_are_no_agencies():
    assert not is_agency("新闻中心")
    assert is_agency("政务服务中心")
    assert is_agency("融媒体中心")
    menu = "<div><a href='/xw/'>新闻中心</a><a href='/bs/'>办事服务</a></div>"
    agencies = "".join(
        f"<li><a href='/nb/{at}/'>{name}</a></li>" for at, name in enumerate(["教育局", "财政局", "气象台"])
    )
    found = follow(page(menu + agencies), "column", COLUMN)
    assert below(found, "column") == ["/nb/0/", "/nb/1/", "/nb/2/"]


def test_agencies_far_down_in_a_column_are_reached_and_a_deep_tree_is_not():
    shown = page("<a href='/nb/7/2023/'>2023年</a>")
    assert below(follow(shown, "column", COLUMN, MAX_DEPTH), "column") == ["/nb/7/2023/"]
    assert below(follow(shown, "column", COLUMN, MAX_BELOW), "column") == []
    tree = page("<a href='/zwgk/'>政府信息公开</a>", f"{HOST}/a/")
    assert below(follow(tree, "tree", Trail(near=Nearness.DISCLOSURE), MAX_DEPTH), "tree") == []


@pytest.mark.parametrize(
    "script",
    [
        "var site='qhx'; var at = '7a9';\n$.ajax({url:'/u/tree/'+site+'?level=1&id='+at, dataType:'jsonp'});",
        "var site='qhx', at = '7a9';\n$.getJSON(`/u/tree/${site}?level=1&id=${at}`, draw);",
    ],
)
def test_a_tree_at_an_address_that_a_script_puts_together(script):
    (ask,) = ajax.trees(page(f"<script>{script}</script>"))
    assert ask.url == f"{HOST}/u/tree/qhx?level=1&id=7a9"


def test_a_jpaas_page_of_several_units_is_asked_for_by_the_one_with_the_pager():
    unit = """<div url="/x/jpaas-publish-server/front/page/build/unit" queryData="{'tagId':'%s'}">%s</div>"""
    pager = '<div class="pagination" rows="6" count="12"></div>'
    body = unit % ("当前位置", "<a href='/'>首页</a>") + unit % ("列表", f"<ul>{LINES}</ul>{pager}")
    (more,) = follow(page(body + unit % ("页脚", "")), "column", COLUMN).wants[-1:]
    assert "tagId=%E5%88%97%E8%A1%A8&" in more.url


def test_a_file_that_a_column_loads_may_be_its_tree():
    shown = page("<ul id=t></ul><script>$.getJSON('/nb/tree.json', draw)</script>")
    (want,) = follow(shown, "column", COLUMN).wants
    nodes = [{"id": 1, "name": "政府部门"}] + [
        {"id": at, "pId": 1, "name": f"青河县{name}局", "url": f"/nb/{at}/list.html"}
        for at, name in enumerate("教财审")
    ]
    found = follow(Page(want.url, json.dumps(nodes).encode()), "list", Trail.of(want.context))
    assert below(found, "column") == ["/nb/0/list.html", "/nb/1/list.html", "/nb/2/list.html"]


@pytest.mark.parametrize("href", ["javascript:void(0)", "javascript:;", "#", "javascript:void(0);", "###"])
@pytest.mark.parametrize("name", ["data-url", "data-href"])
def test_an_anchor_that_leads_nowhere_by_itself_leads_where_its_data_say(href, name):
    (link,) = page(f'<li><a href="{href}" {name}="/nb/1.html">{TITLE}</a></li>').links
    assert (link.url, link.text) == (f"{HOST}/nb/1.html", TITLE)


def test_lines_that_lead_nowhere_are_told_and_headings_are_not():
    bare = "".join(f'<li><a href="javascript:;" class="open">{TITLE}{at}</a></li>' for at in range(3))
    assert "3 条" in follow(page(bare), "column", COLUMN).scripted
    heading = f'<h3><a href="#">{TITLE[5:]}</a></h3>'
    assert follow(page(heading + LINES), "column", COLUMN).scripted == ""


def test_a_line_that_only_names_an_agency_may_be_its_report_whatever_its_matter():
    rows = "".join(
        f'<tr><td>{at}</td><td>青河县{name}局</td><td><a href="/nb/{at}/t20240118_7.html">查看</a></td></tr>'
        for at, name in enumerate(["审计", "财政", "教育"])
    )
    found = follow(page(f"<table>{rows}</table>"), "column", COLUMN)
    assert below(found, "article") == [f"/nb/{at}/t20240118_7.html" for at in range(3)]


@pytest.mark.parametrize("link", ["/get?id=7", "/module/out.jsp?i=7&n=2", "/f/7"])
def test_a_link_called_as_its_page_leads_to_the_pages_document(link):
    head, other = f"<title>{TITLE}-青河县人民政府</title>", TITLE.replace("2023", "2022")
    text = f'<h1>{TITLE}</h1><div id="zoom"><a href="{link}">{TITLE}</a></div><a href="/get?id=6">{other}</a>'
    shown = Page(
        f"{HOST}/nb/7.html", f"<html><head>{head}</head><body>{text}</body></html>".encode(), charset="utf-8"
    )
    assert below(follow(shown, "article", Trail()), "attachment") == [link]
    full = text.replace(
        f'<a href="{link}"', "<table>" + "<tr><td>1</td></tr>" * 30 + f'</table><a href="{link}"'
    )
    shown = Page(shown.url, f"<html><head>{head}</head><body>{full}</body></html>".encode(), charset="utf-8")
    assert below(follow(shown, "article", Trail()), "attachment") == []


def test_files_called_after_several_agencies_are_reports_of_their_own():
    def article(*names: str) -> Findings:
        files = "".join(
            f'<p><a href="/f/{at}{".pdf" if name[-4:] == ".pdf" else ""}">{name}</a></p>'
            for at, name in enumerate(names)
        )
        body = f'<h1>青河县各部门2023年政府信息公开年度报告</h1><div id="zoom">{files}</div>'
        return follow(page(body, f"{HOST}/nb/202401/t20240115_1.html"), "article", Trail())

    names = [
        f"附件{at}：青河县{name}局2023年政府信息公开工作年度报告.pdf" for at, name in enumerate("教财审", 1)
    ]
    found = article(*names, "附件4：说明.pdf")
    assert below(found, "article") == ["/f/0.pdf", "/f/1.pdf", "/f/2.pdf"]
    assert below(found, "attachment") == ["/f/3.pdf"]
    bare = article(*(name[4:-4] for name in names))
    assert below(bare, "article") == ["/f/0", "/f/1", "/f/2"]
    assert below(article(names[0], names[1], "统计表.pdf"), "article") == []
    assert (
        below(
            article("青河县教育局年报.pdf", "青河县教育局年报（图解）.pdf", "青河县教育局报告.pdf"), "article"
        )
        == []
    )


@pytest.mark.parametrize(
    ("script", "pages"),
    [
        ('/* createPageHTML(9, 0, "index", "html"); */ createPageHTML(2, 0, "index", "html");', 1),
        ("//createPageHTML(9, 0, 'index', 'html');\ncreatePageHTML(2, 0, 'index', 'html');", 1),
        ('var all = 3, at = 0; createPageHTML(all, at, "index", "html");', 2),
        ('function createPageHTML(all, at, name, ext) {} createPageHTML(3, 0, "index", "html");', 2),
        ('createPageHTML(all, at, "index", "html");', 0),
        ('$.ajax({accepts: "text/html, */*; q=0.01"}); createPageHTML(2, 0, "index", "html"); /* */', 1),
    ],
)
def test_a_pager_counts_as_its_script_does(script, pages):
    found = follow(page(f"<ul>{LINES}</ul><script>{script}</script>"), "column", COLUMN)
    assert below(found, "list") == [f"/nb/index_{at}.html" for at in range(1, pages + 1)]


@pytest.mark.parametrize(
    ("script", "nodes"),
    [
        (
            "nbtree.js",
            "var d = new dTree('d'); d.add(0, -1, '年报'); d.add({at}, 0, '青河县{name}', '/bm/{at}/');",
        ),
        ("zTree_data.js", "var zNodes = [{{id: {at}, pId: 1, name: '青河县{name}', url: '/bm/{at}/'}}];"),
    ],
)
def test_a_tree_of_agencies_in_a_script_of_its_own_leads_to_them(script, nodes):
    loaded = ("jquery.ztree.core.js", "dtree.js", script)
    head = "".join(f"<script src=/js/{name}></script>" for name in loaded)
    shown = Page(URL, f"<html><head>{head}</head><body><ul></ul></body></html>".encode())
    (want,) = follow(shown, "column", COLUMN).wants
    assert want.url == f"{HOST}/js/{script}"
    named = "".join(nodes.format(at=at, name=name) for at, name in enumerate(("教育局", "财政局"), start=1))
    tree = Page(want.url, named.encode(), media_type="application/javascript", charset="utf-8")
    assert below(follow(tree, "list", Trail.of(want.context)), "column") == ["/bm/1/", "/bm/2/"]


def test_a_tree_that_the_page_draws_from_an_answer_without_addresses_leads_on():
    script = """$.get("/public/getOrgans?site=1", function (d) { for (var i = 0; i < d.length; i++) {
        $("#tree").append("<a href='/public/column/" + d[i].organId + "?type=4'>" + d[i].name + "</a>")
      } }, "json")"""
    trail = Trail(title="政府信息公开", near=Nearness.DISCLOSURE)
    found = follow(page(f"<ul id=tree></ul><script>{script}</script>", f"{HOST}/public/"), "tree", trail)
    (want,) = found.wants
    organs = [{"organId": 70 + at, "name": name} for at, name in enumerate(("教育局", "财政局"))]
    answer = Page(want.url, json.dumps(organs).encode(), media_type="application/json")
    led = follow(answer, "tree", Trail.of(want.context))
    assert set(below(led, "tree")) == {"/public/column/70?type=4", "/public/column/71?type=4"}


def test_a_list_whose_total_changes_while_it_is_read_is_read_once_more():
    def listed(url, total, trail, role="list"):
        pager = '<script>createPageHTML(3, 0, "index", "html");</script>' if role == "column" else ""
        return follow(page(f"<ul>{LINES}</ul><p>共{total}条</p>{pager}", url), role, trail)

    def trail_of(found, path):
        (want,) = [want for want in found.wants if want.url == f"{HOST}{path}"]
        return Trail.of(want.context)

    first = listed(URL, 18, COLUMN, "column")
    second = trail_of(first, "/nb/index_1.html")
    assert below(listed(f"{URL}index_1.html", 18, second), "column") == []
    (again,) = [want for want in listed(f"{URL}index_1.html", 19, second).wants if want.role == "column"]
    assert (again.url, again.again) == (URL, True)
    reread = listed(URL, 19, Trail.of(again.context), "column")
    assert all(want.again for want in reread.wants if want.role == "list")
    last = listed(f"{URL}index_1.html", 20, trail_of(reread, "/nb/index_1.html"))
    assert below(last, "column") == []


def test_the_first_base_with_an_address_counts():
    shown = Page(
        f"{HOST}/a/b/nb.html", b"<base target=_blank><a href=c.html>x</a><base href=/d/><base href=/e/>"
    )
    assert shown.base == f"{HOST}/d/"


def test_pages_of_the_disclosure_tree_may_have_addresses_like_articles():
    home = page('<a href="/XxgkRules/show/1.html">政府信息公开</a><a href="/XxgkNews/show/2.html">会议</a>')
    assert below(follow(home, "home", Trail()), "tree") == ["/XxgkRules/show/1.html"]
    agencies = page(
        '<a href="/XxgkRules/show/3.html">青河县教育局</a><a href="/XxgkRules/show/4.html">机构职能</a>',
        f"{HOST}/XxgkRules/show/1.html",
    )
    found = follow(agencies, "tree", Trail(title="政府信息公开", near=Nearness.DISCLOSURE))
    assert below(found, "tree") == ["/XxgkRules/show/3.html"]


def test_lines_without_dates_at_unusual_addresses_are_lines_of_their_column():
    titles = [TITLE, "青河县教育局二〇二三年政府信息公开工作年度报告"]
    lines = "".join(f'<li><a href="/x/{at}">{title}</a></li>' for at, title in enumerate(titles))
    found = follow(page(f"<ul>{lines}</ul>"), "column", COLUMN)
    assert [url.removeprefix(HOST) for url in found.entry_urls] == ["/x/0", "/x/1"]
    assert set(below(found, "article")) == {"/x/0", "/x/1"}


def test_a_year_in_chinese_numerals_is_a_report_below_a_column_too():
    line = '<li><a href="/c1/202401/{:032x}.shtml">青河县教育局二〇二三年政府信息公开工作年度报告</a></li>'
    found = follow(page(f"<ul>{line.format(7)}</ul>"), "tree", Trail(near=Nearness.DISCLOSURE))
    assert len(below(found, "article")) == 1


def test_what_a_button_loads_more_of_is_asked_for():
    lines = "".join(f'<li><a href="/x/{at}">{TITLE}</a></li>' for at in range(6))
    script = "var p = 1; function more() { p++; $.get('/nb/more?p=' + p, function (h) { add(h); }); }"
    button = '<a href="javascript:void(0)" onclick="more()">加载更多</a>'
    first = follow(page(f"<ul>{lines}</ul>{button}<script>{script}</script>"), "column", COLUMN)
    (ask,) = (want for want in first.wants if want.role == "list")
    again = follow(page(lines, ask.url), "list", Trail.of(ask.context))
    assert [want.url for want in again.wants if want.role == "list"] == [f"{HOST}/nb/more?p=2"]


def test_addresses_that_a_script_makes_of_nothing_lead_nowhere():
    found = follow(page('<a href="/c7/null.shtml">部门年报</a>'), "column", COLUMN)
    assert not found.wants


@pytest.mark.parametrize(
    ("first", "other", "goes_on"),
    [
        ("/a/t1_2.html", "/a/t1_2_1.html", True),
        ("/a/9.html", "/a/9_p2.html", True),
        ("/a/show.php?id=9", "/a/show.php?id=9&page=2", True),
        ("/a/9.html", "/a/9.html?page=2", True),
        ("/a/9.html", "/a/9.html?page=1", False),
        ("/a/9.html", "/a/91.html?page=2", False),
        ("/a/9.html", "/a/9.html?share=2", False),
    ],
)
def test_further_pages_of_an_article(first, other, goes_on):
    assert is_next_page(HOST + first, HOST + other) is goes_on


@pytest.mark.parametrize(
    "title",
    [
        "青河县教育局政府信息公开工作2023年度报告",
        "青河县教育局政府信息公开工作年度报告（2023年度）",
        "青河县教育局 2023 年政府信息公开年报",
    ],
)
def test_a_year_anywhere_in_a_title_makes_it_a_reports_and_no_columns(title):
    line = f'<li><a href="/c1/202401/{7:032x}.shtml">{title}</a></li>'
    found = follow(page(f"<ul>{line}</ul>"), "tree", Trail(near=Nearness.DISCLOSURE))
    assert len(below(found, "article")) == 1
    assert not is_stated("青河县教育局政府信息公开工作年度报告")


def test_a_column_called_like_a_report_is_read_as_a_column():
    pager = '<script>createPageHTML(2, 0, "index","html");</script>'
    found = follow(page(f"<ul>{LINES}</ul>{pager}"), "article", Trail(title="2023年政府信息公开年报"))
    (want,) = found.wants
    assert (want.url, want.role, want.again) == (URL, "column", True)
    again = follow(page(f"<ul>{LINES}</ul>{pager}"), "column", Trail.of(want.context))
    assert (len(below(again, "article")), below(again, "list")) == (6, ["/nb/index_1.html"])


def test_headings_that_words_markup_cuts_are_those_of_a_report():
    headings = "<p><b>一、总体情</b><b>况</b></p><p>二、主动公开<span>政府信息</span>情况</p>"
    found = follow(page(f"<a href='/nb/2022/'>2022年</a>{headings}"), "column", Trail(near=Nearness.BELOW))
    assert below(found, "article") == ["/nb/"]


def test_a_suffix_that_a_script_adds_behind_a_dot_of_its_own():
    script = """var countPage = 2; document.write('<a href="index' + "_" + next + "."+"htm\\">下一页</a>");"""
    found = follow(page(f"<ul>{LINES}</ul><script>{script}</script>"), "column", COLUMN)
    assert below(found, "list") == ["/nb/index_1.htm"]


def test_a_suffix_that_only_the_articles_of_a_list_tell():
    script = "var currentPage = 0; var countPage = 2; document.write(turn(countPage, suffix));"
    lines = LINES.replace(".html", ".htm")
    found = follow(page(f"<ul>{lines}</ul><script>{script}</script>"), "column", COLUMN)
    assert below(found, "list") == ["/nb/index_1.htm"]


def test_a_jpaas_page_without_lines_has_them_from_the_api_from_the_first_page_on():
    api = "/api-gateway/jpaas-publish-server/front/page/build/unit"
    shown = page(f"""<div url="{api}" queryData="{{'webId':'7','tagId':'list'}}"></div>""")
    (ask,) = (want for want in follow(shown, "column", COLUMN).wants if want.role == "list")
    markup = f'<ul>{LINES}</ul><div class="pagination" rows="6" count="14"></div>'
    answer = Page(ask.url, json.dumps({"success": True, "data": {"html": markup}}).encode(), charset="utf-8")
    found = follow(answer, "list", Trail.of(ask.context))
    further = [parse_qs(urlsplit(url).query) for url in below(found, "list")]
    assert (len(below(found, "article")), found.declared) == (6, 14)
    assert [json.loads(query["paramJson"][0])["pageNo"] for query in further] == [2, 3]
    assert {query["tagId"][0] for query in further} == {"list"}


@pytest.mark.parametrize(
    ("title", "may_be"),
    [
        ("青河县教育局2023年政府信息公开工…", True),
        ("2023年青河县教育局政府信息公开年...", True),
        ("青河县教育局政府信息公开工作20…", True),
        ("青河县教育局关于2023年度政府信…", True),
        ("关于2023年安全生产大检查的通…", False),
        ("青河县教育局2023年政府信息公开指…", False),
    ],
)
def test_a_title_that_a_list_cuts_may_be_a_reports_wherever_the_list_stands(title, may_be):
    assert may_be_report(title, Nearness.DISCLOSURE) is may_be


@pytest.mark.parametrize(
    "arrow",
    [
        '<a class="page-next" href="/nb/2.html"><i></i></a>',
        '<a rel="next" href="/nb/2.html"><span></span></a>',
    ],
)
def test_an_arrow_without_a_word_leads_to_the_next_page(arrow):
    found = follow(page(f"<ul>{LINES}</ul>{arrow}"), "column", COLUMN)
    assert below(found, "list") == ["/nb/2.html"]
    slider = page(f'<ul>{LINES}</ul><a class="slick-next" href="javascript:;" onclick="slide(1)"><i></i></a>')
    assert not follow(slider, "column", COLUMN).scripted


@pytest.mark.parametrize(
    ("options", "pages"),
    [
        (
            "totalPage: 3, callback: function(a){ var p = a.now(); location.href = 'index_'+p+'.html'; }",
            [2, 3],
        ),
        ("count: 25, limit: 10, jump: function(o){ location = 'index_' + o.curr + '.html' }", [2, 3]),
        ("pages: n, jump: function(o){ location.href = 'index_' + (o.curr - 1) + '.html' }", [1, 2]),
    ],
)
def test_pages_that_a_plug_in_turns_to_are_asked_for_or_told(options, pages):
    script = f"<script>var n = 3; laypage.render({{elem: 'p', {options}}});</script>"
    found = follow(page(f"<ul>{LINES}</ul>{script}"), "column", COLUMN)
    assert below(found, "list") == [f"/nb/index_{number}.html" for number in pages]
    unknown = script.replace("location", "load")
    assert "3 pages" in follow(page(f"<ul>{LINES}</ul>{unknown}"), "column", COLUMN).scripted


def test_a_plug_in_may_be_given_a_function_first_and_call_its_pages_by_another_name():
    turned = "location.href = e.current == 1 ? 'list.html' : 'list_' + e.current + '.html'"
    script = f"$('#p').createPage({{pageNum: 3, current: 1, backfun: function(e){{ {turned} }}}})"
    found = follow(page(f"<ul>{LINES}</ul><script>{script}</script>"), "column", COLUMN)
    assert below(found, "list") == ["/nb/list_2.html", "/nb/list_3.html"]
    script = "Ls.pagination('#p', function(n){ draw(n) }, {currentPage: 1, pageCount: 2, total: 9})"
    found = follow(page(f"<ul>{LINES}</ul><script>{script}</script>"), "column", COLUMN)
    assert (found.declared, "2 pages" in found.scripted) == (9, True)
    shown = page(f"<ul>{LINES}</ul><script>{script.replace('9', '2')}</script>")  # what may count pages
    assert follow(shown, "column", COLUMN).declared is None


@pytest.mark.parametrize(
    ("variables", "declared", "pages"),
    [
        ("var totalCount = 25, pageSize = 10;", 25, 3),
        ("var totalPage = 3; var curPage = 1;", None, 3),
        ("var totalCount = 25;", None, 3),  # of what, nobody says
        ("var totalCount = 3, pageSize = 10;", None, 0),
        ("var totalCount = 6, pageSize = 2, totalPage = 3;", None, 0),  # all are here
    ],
)
def test_what_variables_state_of_a_pager_that_another_file_draws_is_told(variables, declared, pages):
    script = f"<script src='/js/page.min.js'></script><script>{variables} initPage('p');</script>"
    found = follow(page(f"<ul>{LINES}</ul>{script}"), "column", COLUMN)
    assert (found.declared, f"{pages} pages" in found.scripted) == (declared, pages > 0)


def test_a_menu_that_a_script_of_its_own_writes_is_asked_for_where_nothing_else_leads_on():
    body = "<script src='/js/jquery.js'></script><div><script src='/js/nav.js'></script></div>"
    (want,) = follow(page(body, f"{HOST}/"), "home", Trail()).wants
    items = "".join(
        f'<li><a href="{at}">{name}</a></li>' for at, name in (("/", "首页"), ("/zwgk/", "政务公开"))
    )
    written = f"document.write('<ul>{items}</ul>');"
    script = Page(want.url, written.encode(), media_type="application/javascript")
    assert below(follow(script, "tree", Trail.of(want.context)), "tree") == ["/zwgk/"]
    assert below(follow(page(f"{body}<a href='/gk/'>政务公开</a>", f"{HOST}/"), "home", Trail()), "tree") == [
        "/gk/"
    ]


@pytest.mark.parametrize("words", ["第 1 页 / 共 3 页", "共3页", "1/3页"])
def test_pages_that_a_list_states_in_words_are_told_where_nothing_leads_to_them(words):
    assert "3 pages" in follow(page(f"<ul>{LINES}</ul>{words}"), "column", COLUMN).scripted
    leads = f'<ul>{LINES}</ul>{words} <a href="/nb/2.html">下&nbsp;一&nbsp;页</a>'
    found = follow(page(leads), "column", COLUMN)
    assert (below(found, "list"), found.scripted) == (["/nb/2.html"], "")


def test_the_rest_of_a_column_that_shows_its_latest_lines_is_looked_for():
    more = '<a href="/search?q=nb">更多&gt;&gt;</a>'
    assert below(follow(page(f"<ul>{LINES}</ul>{more}"), "column", COLUMN), "tree") == ["/search?q=nb"]
    boxes = f'{more}<a href="/news/">更多</a>'
    assert not below(follow(page(f"<ul>{LINES}</ul>{boxes}"), "column", COLUMN), "tree")


def test_the_viewer_of_a_document_is_no_page_of_the_article():
    viewer = '<iframe src="/pdfjs/web/viewer.html?file=%2Fnb%2F202401%2Fa.pdf"></iframe>'
    found = follow(page(f"<div class=TRS_Editor>{viewer}</div>", f"{URL}202401/t1.html"), "article", Trail())
    assert [want.url for want in found.wants] == [f"{URL}202401/a.pdf"]


def test_the_page_in_a_frame_that_holds_an_articles_text_is_its_next_page():
    frames = '<iframe src="content_7.html"></iframe><iframe src="/widgets/weather.html"></iframe>'
    article = page(f"<div class=TRS_Editor>{frames}</div>", f"{URL}202401/t20240115_7.html")
    assert below(follow(article, "article", Trail()), "page") == ["/nb/202401/content_7.html"]


def test_a_frame_that_is_all_of_an_article_holds_its_text_wherever_it_stands():
    for frame, parts in (
        ('<iframe src="/zwgk/text_7.htm"></iframe>', ["/zwgk/text_7.htm"]),
        (f'<p>{"依法公开政府信息。" * 9}</p><iframe src="/widgets/weather.html"></iframe>', []),
        ('<iframe src="http://player.example/7.html"></iframe>', []),
    ):
        article = page(f"<div class=TRS_Editor>{frame}</div>", f"{URL}202401/t20240115_7.html")
        assert below(follow(article, "article", Trail()), "page") == parts


MORE = "<h3>年度报告 <a href='/nb/all.html'>更多&gt;&gt;</a></h3>"


@pytest.mark.parametrize(
    "box",
    [
        f"{MORE}<ul>{LINES}</ul>",
        f"<div><p><span>信息公开年报</span></p><a href='/nb/all.html'>MORE</a></div><ul>{LINES}</ul>",
        f"<div class=t><h2><a href='/nb/'>年度报告</a></h2><a href='/nb/all.html'>查看更多</a></div>{LINES}",
    ],
)
def test_what_a_box_of_the_tree_leads_to_more_of_is_called_as_the_box(box):
    shown = page(f"<div>{box}</div>", f"{HOST}/gk/")
    assert "/nb/all.html" in below(follow(shown, "tree", Trail(near=Nearness.DISCLOSURE)), "column")


def test_more_of_another_box_is_called_as_that_and_more_of_anything_stays_so():
    boxes = MORE.replace("年度报告", "工作动态") + "<a href='/nb/'>更多</a>" + "政" * 30
    assert [link.text for link in page(boxes).links] == ["工作动态", "更多"]


@pytest.mark.parametrize("name", ["旧版网站", "老版网站入口", "历史网站", "网站归档"])
def test_the_site_of_before_is_looked_through_after_all_else(name):
    body = f"<a href='/old/'>{name}</a><a href='/zwgk/'>政务公开</a><a href='/wh/'>历史文化</a>"
    wants = follow(page(body, f"{HOST}/"), "home", Trail()).wants
    assert [want.url.removeprefix(HOST) for want in wants] == ["/zwgk/", "/old/"]


@pytest.mark.parametrize(
    "name",
    [
        "部门网站",
        "各部门网站",
        "乡镇、街道网站",
        "县直部门网站群",
        "政府网站群",
        "部门",
        "政府部门",
        "县直单位",
        "镇街",
        "乡镇街道",
        "乡镇（街道）",
    ],
)
def test_sites_of_agencies_in_folders_of_the_portal_are_looked_through(name):
    (want,) = follow(page(f"<a href='/bm.html'>{name}</a>", f"{HOST}/"), "home", Trail()).wants
    agencies = "".join(f"<li><a href='/{at}/'>{name}局</a></li>" for at, name in enumerate("教财审"))
    sites = follow(page(f"<ul>{agencies}</ul>", want.url), "tree", Trail.of(want.context))
    assert below(sites, "tree") == ["/0/", "/1/", "/2/"]


def test_pages_without_lines_one_after_the_other_end_a_list():
    empty = '<a href="/nb/?page={}">下一页</a>'
    first = follow(page(f"<ul>{LINES}</ul>{empty.format(2)}"), "column", COLUMN)
    seconds = follow(page(empty.format(3), f"{URL}?page=2"), "list", Trail.of(first.wants[-1].context))
    (third,) = (want for want in seconds.wants if want.role == "list")  # one page may be empty
    assert not follow(page(empty.format(4), third.url), "list", Trail.of(third.context)).wants


def test_a_list_of_lines_at_unusual_addresses_is_turned_to_its_end():
    def listed(number):
        lines = f'<ul><li><a href="/?p={number}">{TITLE}</a></li></ul>'
        return page(
            f'{lines}<a class="next" href="/?cat=5&paged={number + 1}">»</a>', f"{HOST}/?paged={number}"
        )

    found = follow(listed(1), "column", COLUMN)
    for number in (2, 3):
        found = follow(listed(number), "list", Trail.of(found.wants[-1].context))
        assert below(found, "article") + below(found, "list") == [
            f"/?p={number}",
            f"/?cat=5&paged={number + 1}",
        ]


def test_lines_that_call_a_function_of_a_file_lead_where_that_says():
    lines = "".join(f"<li><a href=\"javascript:show('{at}')\">{TITLE}{at}</a></li>" for at in (7, 8))
    pager = "<a href='javascript:turn(2)'>下一页</a>"
    shown = page(f"<ul>{lines}</ul>{pager}<script src='/js/func.js'></script>", f"{URL}list.html")
    (want,) = follow(shown, "column", COLUMN).wants
    code = "function show(id){ open('view.asp?id='+id); } function turn(n){ location='list_'+n+'.html'; }"
    script = Page(want.url, code.encode(), media_type="application/javascript")
    found = follow(script, "list", Trail.of(want.context))
    assert below(found, "article") == ["/nb/view.asp?id=7", "/nb/view.asp?id=8"]
    assert (below(found, "list"), found.scripted) == (["/nb/list_2.html"], "")
    other = Page(want.url, code.replace("show", "hide").encode(), media_type="application/javascript")
    assert "2 条" in follow(other, "list", Trail.of(want.context)).scripted


def test_agencies_that_a_loop_draws_from_a_file_lead_on():
    script = """$.getJSON("/nb/orgs.json", function (d) { for (var i = 0; i < d.rows.length; i++) {
        $("#o").append("<a href='/nb/list_" + d.rows[i].code + ".html'>" + d.rows[i].name + "</a>") }});"""
    (want,) = follow(page(f"<ul id=o></ul><script>{script}</script>"), "column", COLUMN).wants
    rows = {"rows": [{"code": f"d{at}", "name": f"{name}局"} for at, name in enumerate(("教育", "财政"))]}
    found = follow(Page(want.url, json.dumps(rows).encode()), "list", Trail.of(want.context))
    assert below(found, "column") == ["/nb/list_d0.html", "/nb/list_d1.html"]


def test_a_menu_that_the_home_page_draws_from_a_file_is_asked_for():
    script = "$.getJSON('/menu.json', function (d) { draw(d); });"
    (want,) = follow(page(f"<div id=m></div><script>{script}</script>", f"{HOST}/"), "home", Trail()).wants
    menu = [{"name": "新闻", "href": "/xw/"}, {"name": "政务公开", "href": "/gk/"}]
    found = follow(Page(want.url, json.dumps(menu).encode()), "tree", Trail.of(want.context))
    assert below(found, "tree") == ["/gk/"]


def test_an_address_to_which_a_script_posts_is_none_of_a_link():
    code = "function query(){ $.ajax({url: '/api/query', type: 'POST', data: {d: $('#d').val()}}); }"
    assert Scripts(code).handled("query()", {}, "d1") == ""
    assert Scripts(code.replace("POST", "GET")).handled("query()", {}, "d1") == "/api/query"


def test_rows_of_an_interface_lead_where_the_page_opens_them():
    script = """new Vue({data: {cid: 7, page: 1}, methods: {
        load() { axios.get(`/api/list?cid=${this.cid}&pageNum=${this.page}`).then(r => this.rows = r.data) },
        go(row) { window.open("/nb/detail.html?contentId=" + row.contentId) }}})"""
    (ask,) = follow(page(f"<div id=app></div><script>{script}</script>"), "column", COLUMN).wants
    rows = [{"contentId": at, "title": TITLE, "publishDate": "2024-01-15"} for at in (7, 8)]
    answer = Page(ask.url, json.dumps({"total": 2, "rows": rows}).encode(), media_type="application/json")
    found = follow(answer, "list", Trail.of(ask.context))
    assert below(found, "article") == [f"/nb/detail.html?contentId={at}" for at in (7, 8)]
    assert found.wants[0].context["date"] == "2024-01-15"


SHELL = "<h1 id=title></h1><div id=content></div><script>%s</script>"
ARTICLE = Trail(near=Nearness.COLUMN, title=TITLE)


@pytest.mark.parametrize(
    ("script", "url", "fetched"),
    [
        ('var id=getQueryString("id");$.getJSON("/api/one?id="+id,show)', "/d.html?id=31", "/api/one?id=31"),
        ('$.ajax({url:"/api/one",data:{aid:$.getUrlParam("id")}})', "/d.html?id=31", "/api/one?aid=31"),
        (
            'const q = new URLSearchParams(location.search); const id = q.get("id");'
            'axios.get("/api/one", {params: {id: id}})',
            "/d?id=31",
            "/api/one?id=31",
        ),
        ("var n = 30031; fetch(`/data/${n}.json`).then(show)", "/d/30031.html", "/data/30031.json"),
        ('$("#content").load("/text/30031.html")', "/d/30031.html", "/text/30031.html"),
    ],
)
def test_the_text_that_an_articles_script_fetches_is_a_page_of_it(script, url, fetched):
    assert below(follow(page(SHELL % script, HOST + url), "article", ARTICLE), "page") == [fetched]


@pytest.mark.parametrize(
    "body",
    [
        SHELL % '$.get("/hits/count?id=30031")',  # to ask for it is to be counted
        SHELL % '$.get("/api/weather")',
        SHELL % '$.post("/api/one",{id:30031})',
        "<p>一、总体情况。二、主动公开。</p>" + SHELL % '$.get("/api/one?id=30031")',
        '<a href="/u/1.pdf">年度报告.pdf</a>' + SHELL % '$.get("/api/one?id=30031")',
    ],
)
def test_nothing_else_that_an_articles_script_fetches_is_asked_for(body):
    assert below(follow(page(body, f"{HOST}/d/30031.html"), "article", ARTICLE), "page") == []


def test_what_an_article_in_json_attaches_is_asked_for():
    text = {"data": {"title": TITLE, "content": f"<p>见附件。</p><p><a href='/u/1.pdf'>{TITLE}.pdf</a></p>"}}
    answer = Page(f"{HOST}/api/one?id=31", json.dumps(text).encode(), media_type="application/json")
    assert below(follow(answer, "page", ARTICLE), "attachment") == ["/u/1.pdf"]


def test_addresses_that_a_framework_makes_of_what_the_page_holds():
    rows = json.dumps(
        [{"id": at, "title": f"青河县教育局{2020 + at}年政府信息公开工作年度报告"} for at in range(3)]
    )
    drawn = """<li v-for="one in rows"><a :href="'/d/' + one.id + '.html'">{{one.title}}</a></li>"""
    shown = page(f'<div id="app">{drawn}</div><script>new Vue({{data: {{rows: {rows}}}}})</script>')
    assert set(below(follow(shown, "column", COLUMN), "article")) == {f"/d/{at}.html" for at in range(3)}


def test_a_page_of_the_tree_that_lists_reports_in_no_known_form_is_a_column():
    dated = "".join(
        f"<dt><a href='/zfxxgk/jyj/{year}_1.html'>青河县教育局{year}年政府信息公开工作年度报告</a></dt>"
        f"<dd>{year}-01-15</dd>"
        for year in (2022, 2023)
    )
    trail = Trail(near=Nearness.DISCLOSURE, title="教育局")
    found = follow(page(f"<dl>{dated}</dl>", f"{HOST}/zfxxgk/jyj/nb.html"), "tree", trail)
    assert (found.role, found.column, len(found.entry_urls)) == ("column", f"{HOST}/zfxxgk/jyj/nb.html", 2)
