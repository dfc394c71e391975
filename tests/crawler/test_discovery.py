"""Names, links and pages: what leads to annual reports, what may be one."""

import time

import pytest

from crawler.challenge import refresh_target
from crawler.discovery import follow
from crawler.names import Nearness, is_agency, is_annual_column, is_annual_path, link_score, may_be_report
from crawler.page import Page
from crawler.scripted import day
from crawler.wants import Trail


def page(body: str, url: str = "http://www.qinghe.gov.cn/zwgk/", head: str = "") -> Page:
    return Page(url, f"<html><head>{head}</head><body>{body}</body></html>".encode(), charset="utf-8")


@pytest.mark.parametrize(
    "name",
    [
        "政府信息公开年报",
        "政府信息公开年度报告",
        "信息公开年报",
        "年度报告",
        "公开年报",
        "部门年报",
        "乡镇年报",
        "年报汇总",
        "政府信息公开工作年度报告",
        "2024年政府信息公开年报",
    ],
)
def test_column_names_of_the_field(name):
    assert is_annual_column(name)
    assert link_score(name, "http://x.gov.cn/a/", Nearness.ELSEWHERE)[0] == 10


@pytest.mark.parametrize(
    "name",
    [
        "政府信息公开指南",
        "企业年报公示",
        "法治政府建设年度报告",
        "财政预决算",
        "政府网站工作年度报表",
        "新闻",
    ],
)
def test_other_columns_are_none(name):
    assert not is_annual_column(name)


@pytest.mark.parametrize(
    "token", ["zfxxgknb", "xxgknb", "gknb", "bmnb", "ndbg", "zfxxgkndbg", "xxgkgzndbg", "xxgknb2024n"]
)
def test_path_tokens_of_the_field(token):
    assert is_annual_path(f"http://x.gov.cn/zwgk/{token}/")
    assert not is_annual_path("http://x.gov.cn/zwgk/zfxxgkml/")


@pytest.mark.parametrize(
    "name", ["教育局", "县教育体育局", "花马池镇", "城关街道办事处", "部门年报", "乡镇(街道)"]
)
def test_agencies_and_groups(name):
    assert is_agency(name)


@pytest.mark.parametrize(
    ("title", "near", "expected"),
    [
        ("青河县教育局2023年政府信息公开工作年度报告", Nearness.ELSEWHERE, True),
        ("2022年度信息公开年报", Nearness.ELSEWHERE, True),
        ("青河县2021年政府信息公开工作年度报告（图片版）", Nearness.ELSEWHERE, True),
        ("2023年度报告", Nearness.BELOW, True),
        ("2023年度报告", Nearness.DISCLOSURE, False),
        ("教育局", Nearness.COLUMN, True),
        ("2023年政府工作报告", Nearness.COLUMN, False),
        ("2023年政府网站工作年度报表", Nearness.COLUMN, False),
        ("2023年法治政府建设年度报告", Nearness.COLUMN, False),
        ("关于做好2023年政府信息公开工作年度报告编制工作的通知", Nearness.COLUMN, False),
        ("一图读懂2023年政府信息公开工作年度报告", Nearness.ELSEWHERE, True),
        ("政府信息公开指南", Nearness.COLUMN, False),
        ("招聘公告", Nearness.COLUMN, False),
    ],
)
def test_titles(title, near, expected):
    assert may_be_report(title, near) is expected


def test_home_leads_to_disclosure_and_annual_columns_best_first():
    home = page(
        '<a href="/zwgk/">政务公开</a><a href="/news/">新闻动态</a><a href="/zfxxgknb/">政府信息公开年报</a>'
        '<a href="http://www.elsewhere.cn/zwgk/">政务公开</a><a href="javascript:;">信息公开</a>'
    )
    wants = follow(home, "home", Trail()).wants
    assert (wants[0].role, wants[0].url.partition(".cn")[2]) == ("column", "/zfxxgknb/")
    assert "/news/" not in {want.url.partition(".cn")[2] for want in wants}


def test_column_type_decides_and_agencies_below_are_followed():
    found = follow(
        page(
            '<a href="./jyj_51/">教育局</a><a href="2024n/">2024年</a>'
            '<ul><li><a href="./202401/t20240121_1.html">年度报告</a></li></ul>',
            head='<meta name="ColumnType" content="信息公开年报">',
        ),
        "tree",
        Trail(title="监督保障"),
    )
    assert found.role == "column"
    assert found.why == "ColumnType 信息公开年报"
    assert {want.role for want in found.wants} == {"article", "column"}
    assert len([want for want in found.wants if want.role == "column"]) == 2


def test_two_links_to_one_address_the_better_name_counts():
    wants = follow(
        page('<a href="/gkmlpt/index">政府信息公开指南</a><a href="/gkmlpt/index#9">政府信息公开年报</a>'),
        "tree",
        Trail(),
    ).wants
    assert [(want.role, want.context["title"]) for want in wants] == [("column", "政府信息公开年报")]


def test_an_article_met_as_a_column_is_asked_for_as_an_article():
    article = page(
        "<h1>2023年政府信息公开工作年度报告</h1><p>一、总体情况</p><p>二、主动公开政府信息情况</p>",
        url="http://www.qinghe.gov.cn/nb/jyj.html",
    )
    (want,) = follow(article, "column", Trail(title="教育局", near=2)).wants
    assert (want.role, want.url, want.again) == ("article", article.url, True)


def test_neighbours_complete_a_list():
    article = page(
        '<p>正文</p><a href="t20240121_2.html">上一篇：青河县民政局2023年政府信息公开工作年度报告</a>'
        '<a href="t20240121_3.html">下一篇：招聘公告</a>',
        url="http://www.qinghe.gov.cn/nb/202401/t20240121_1.html",
    )
    wants = [want for want in follow(article, "article", Trail()).wants if want.role == "article"]
    assert [want.url.rpartition("/")[2] for want in wants] == ["t20240121_2.html"]


def test_frames_of_an_entrance_are_followed():
    wants = follow(
        page('<iframe src="/main/index.html"></iframe>', url="http://www.qinghe.gov.cn/"), "home", Trail()
    ).wants
    assert [want.url for want in wants] == ["http://www.qinghe.gov.cn/main/index.html"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("[2024-1-5]", "2024-01-05"), ("2024年1月5日", "2024-01-05"), ("2024-13-01", ""), ("无", "")],
)
def test_dates(text, expected):
    assert day(text) == expected


def test_nested_rows_cost_no_square():
    links = "".join(f"<a href='/t/{number}/'>2024-1-1 信息公开</a>" for number in range(3_000))
    nested = page(f"<ul>{'<li>' * 2_000}{links}")
    start = time.process_time()
    assert len(nested.links) == 3_000
    assert time.process_time() - start < 5


def test_a_page_that_would_hold_the_parser_is_not_parsed():
    attributes = " ".join(f"a{number}=1" for number in range(20_000))
    hostile = Page(
        "http://x.gov.cn/", f"<html><body {attributes}><a href='/zwgk/'>政务公开</a></body></html>".encode()
    )
    assert hostile.tree is None
    assert hostile.links == ()


def follow_links(body: str, near: Nearness, url: str = "http://www.qinghe.gov.cn/zfxxgk/") -> dict[str, str]:
    findings = follow(page(body, url), "tree", Trail(near=near, title="政府信息公开"))
    return {want.url.rpartition("gov.cn")[2]: want.role for want in findings.wants}


@pytest.mark.parametrize(
    "name",
    [
        "应急管理局",
        "文化和旅游局",
        "红旗街道办事处",
        "政务服务和数据管理局",
        "卫生健康委员会",
        "审计局（12）",
    ],
)
def test_an_agency_is_one_whatever_matter_it_is_named_after(name):
    assert link_score(name, "http://q.gov.cn/a/", Nearness.BELOW)[0] == 6.0
    assert link_score(name, "http://q.gov.cn/a/", Nearness.DISCLOSURE)[0] == 3.0
    assert link_score(name, "http://q.gov.cn/a/", Nearness.ELSEWHERE)[0] <= 0


@pytest.mark.parametrize(
    "name", ["审计局年报", "卫生健康局年报", "生态环境局2023年度报告", "会计中心信息公开年报"]
)
def test_an_agencys_own_name_does_not_speak_against_its_column(name):
    assert is_annual_column(name)
    assert not is_annual_column("环境质量年报")
    assert not is_annual_column("企业年报公示")
    assert may_be_report("审计局2023年年报", Nearness.COLUMN)


def test_among_agencies_an_unusual_name_is_followed():
    names = ["教育局", "财政局", "民政局", "招商投资促进中心", "红十字"]
    found = follow_links(
        "".join(f'<ul><li><a href="b{n}/">{x}</a></li></ul>' for n, x in enumerate(names)),
        Nearness.DISCLOSURE,
    )
    assert list(found) == [f"/zfxxgk/b{n}/" for n in range(5)]


def test_in_a_column_a_folder_below_is_followed_whatever_it_is_called():
    body = '<a href="cg/">城关</a><a href="zn/">公开指南</a><a href="/bsfw/">办事</a>'
    assert follow_links(body, Nearness.COLUMN, "http://www.qinghe.gov.cn/nb/") == {"/nb/cg/": "column"}


def test_a_column_that_shows_a_report_itself_leads_to_its_other_years():
    years = "".join(f'<a href="?y={year}">{year}年</a>' for year in (2022, 2023))
    report = "<p>一、总体情况</p><p>二、主动公开政府信息情况</p>"
    assert follow_links(years + report, Nearness.DISCLOSURE) == {
        "/zfxxgk/": "article",
        "/zfxxgk/?y=2022": "column",
        "/zfxxgk/?y=2023": "column",
    }


def test_news_beside_a_list_is_none_of_its_lines():
    line = '<li><a href="/nb/202{n}/10{n}.html">青河县202{n}年政府信息公开工作年度报告</a>2026-01-2{n}</li>'
    news = '<li><a href="/xw/202{n}/11{n}.html">青河县召开第{n}次常务会议</a>2026-01-2{n}</li>'
    lists = "".join(
        f'<div class="{name}"><ul>{"".join(text.format(n=n) for n in range(count))}</ul></div>'
        for name, text, count in (("list", line, 3), ("hot", news, 6))
    )
    findings = follow(page(lists + "共5条"), "column", Trail(near=Nearness.COLUMN))
    assert (len(findings.entry_urls), len(findings.other_urls), findings.declared) == (3, 6, 5)


def test_the_way_on_is_not_that_for_telephones():
    text = (
        'if(/Mobile/.test(navigator.userAgent)){location.href="/m/"}else{location.replace("/web/index.html")}'
    )
    home = Page("http://q.gov.cn/", f"<html><script>{text}</script></html>".encode(), charset="utf-8")
    assert refresh_target(home) == "http://q.gov.cn/web/index.html"


def test_a_list_in_a_frame_of_its_column():
    body = '<a href="/">首页</a><iframe src="/common/list.jsp?lm=77"></iframe>'
    (want,) = (w for w in follow(page(body), "column", Trail(near=Nearness.COLUMN)).wants if "list" in w.url)
    assert (want.role, want.context["near"]) == ("column", Nearness.COLUMN)
    listed = body + '<li><a href="/nb/202401/t20240120_7.html">2023年政府信息公开年报</a></li>'
    assert not [
        w for w in follow(page(listed), "column", Trail(near=Nearness.COLUMN)).wants if "list" in w.url
    ]


def test_an_entrance_leads_on_and_so_do_agencies_on_other_hosts():
    entrance = follow(page('<a href="main.htm"><img src=bg.jpg></a>'), "home", Trail())
    assert [want.url for want in entrance.wants] == ["http://www.qinghe.gov.cn/zwgk/main.htm"]
    body = (
        '<a href="http://jyj.qinghe.gov.cn/">教育局</a><a href="/jyj/">财政局</a>' + "<a href=/x/>x</a>" * 9
    )
    assert [want.url for want in follow(page(body), "home", Trail()).wants] == ["http://jyj.qinghe.gov.cn/"]


def test_the_own_site_of_an_agency_is_followed_whatever_matter_it_is_named_after():
    names = ["政务服务和数据管理局", "应急管理局", "文化和旅游局", "旅游", "投资服务"]
    body = "".join(f'<a href="http://b{at}.qinghe.gov.cn/">{name}</a>' for at, name in enumerate(names))
    found = follow(page(f"{body}{'<a href=/x/>x</a>' * 9}"), "home", Trail()).wants
    assert sorted(want.url for want in found) == [f"http://b{at}.qinghe.gov.cn/" for at in range(3)]


def test_an_area_of_an_image_is_named_by_its_other_text():
    areas = '<map><area href="/nb/" alt="政府信息公开年报"><area href="/zn/" alt="公开指南"></map>'
    (want,) = follow(page(areas), "tree", Trail(near=Nearness.DISCLOSURE)).wants
    assert (want.url, want.role) == ("http://www.qinghe.gov.cn/nb/", "column")


@pytest.mark.parametrize("kept", ["<textarea>{}</textarea>", '<script type="text/html">{}</script>'])
def test_a_list_that_a_page_holds_as_a_text_is_one(kept):
    title = "青河县财政局2024年政府信息公开工作年度报告"
    line = f'<li><a href="/zwgk/202501/t20250120_7.html">{title}</a><span>2025-01-20</span></li>'
    found = follow(page(kept.format(line)), "column", Trail(near=Nearness.COLUMN))
    assert [(want.role, want.context["title"]) for want in found.wants] == [("article", title)]
    blanks = '<a href="{{each.url}}">{{each.title}}</a><a href="/nb/1.html">政府信息公开年报</a>'
    assert page(kept.format(blanks)).links == ()


def test_a_line_named_after_a_group_of_agencies_may_lead_to_them():
    below = "".join(
        f'<dd><a href="/c01_{at}.shtml">{name}</a></dd>'
        for at, name in enumerate(("县财政局", "县教育局", "县民政局"))
    )
    trail = Trail(title="县直部门", near=Nearness.COLUMN)
    (want,) = follow(page(below, "http://www.qinghe.gov.cn/c01_3.shtml"), "article", trail).wants
    assert (want.url, want.role) == ("http://www.qinghe.gov.cn/c01_3.shtml", "column")
    text = f"{below}<p>{'本年度依法公开政府信息。' * 30}</p>"
    shown = page(
        text, head='<meta name="ArticleTitle" content="年报"><meta name="PubDate" content="2025-01-20">'
    )
    assert not [want for want in follow(shown, "article", trail).wants if want.role == "column"]


def test_what_no_menu_shows_may_stand_on_the_site_s_map():
    links = '<a href="/map.html">网站地图</a><a href="/zwgk/gk/">政务公开</a><a href="/lxwm/">联系我们</a>'
    home = follow(page(links), "home", Trail())
    assert [want.url.rpartition("cn/")[2] for want in home.wants] == ["zwgk/gk/", "map.html"]


def test_a_site_without_a_disclosure_tree_has_its_reports_among_notices():
    links = '<a href="/xw/">新闻动态</a><a href="/tzgg/">通知公告</a><a href="/hd/">互动交流</a>'
    home = follow(page(links), "home", Trail())
    assert [(want.url, want.role) for want in home.wants] == [("http://www.qinghe.gov.cn/tzgg/", "tree")]
    tree = follow(page(f'{links}<a href="/zwgk/gk/">政务公开</a>'), "home", Trail())
    assert [want.url for want in tree.wants] == ["http://www.qinghe.gov.cn/zwgk/gk/"]


@pytest.mark.parametrize("name", ["区政府", "县政府", "本级政府", "县级人民政府", "政府办公室"])
def test_the_government_among_the_agencies(name):
    assert is_agency(name)


def test_a_full_title_below_a_column_is_a_report_and_no_column():
    line = '<li><a href="/a/2024/2809131.html">青河县教育局2023年政府信息公开工作年度报告</a></li>'
    found = follow(page(line), "column", Trail(near=Nearness.BELOW, title="青河县教育局"))
    assert [want.role for want in found.wants] == ["article"]


def test_a_column_that_shows_a_report_and_the_years_before_is_known_as_one():
    marks = "<p>一、总体情况</p><p>二、主动公开政府信息情况</p>"
    years = '<a href="2022.html">2022年</a><a href="2023.html">2023年</a>'
    found = follow(page(marks + years), "column", Trail(near=Nearness.DISCLOSURE, title="公开年报"))
    assert found.column == "http://www.qinghe.gov.cn/zwgk/"
    assert len(found.entry_urls) == 3
    assert follow(page(marks), "column", Trail(title="2023年报告")).column == ""


def test_a_list_that_is_turned_by_its_interface_is_asked_for_whole():
    lines = "".join(
        f'<li><a href="/a/2024/280913{at}.html">2023年政府信息公开年报</a></li>' for at in range(6)
    )
    script = "function more(p){ $.get('/api/x?page=' + p, draw) }"
    body = f'{lines}<a href="javascript:more(2)">下一页</a><script>{script}</script>'
    found = follow(page(body), "column", Trail(near=Nearness.COLUMN))
    (want,) = (want for want in found.wants if want.role == "list")
    assert want.url.endswith("/api/x?page=1")
    assert not want.context.get("optional")


LINES = "".join(f'<li><a href="/a/2024/280913{at}.html">2023年政府信息公开年报</a></li>' for at in range(6))


@pytest.mark.parametrize(
    "turn", ['location.href=p==1?"xlist.shtml":"xlist_"+p+".shtml"', 'location.href="xlist_"+p+".shtml"']
)
def test_pages_whose_number_fields_state_and_whose_names_a_click_makes_are_asked_for(turn):
    links = "".join(f'<a href="javascript:void(0)" paged="{n}">{n}</a>' for n in (1, 2, 3))
    fields = '<input type="hidden" id="pageCount" value="3"><input type="hidden" id="rowCount" value="16">'
    script = f'<script>$("#page a").on("click",function(){{var p=$(this).attr("paged");{turn};}});</script>'
    found = follow(
        page(f"<ul>{LINES}</ul>{fields}<div>{links}</div>{script}"), "column", Trail(near=Nearness.COLUMN)
    )
    further = [want.url.rpartition("/")[2] for want in found.wants if want.role == "list"]
    assert further == ["xlist_2.shtml", "xlist_3.shtml"]
    assert found.declared == 16


@pytest.mark.parametrize(
    ("pager", "is_told"),
    [
        ('<a href="javascript:;">1</a><a href="javascript:;">2</a><a href="javascript:;">下一页</a>', True),
        ('<a href="javascript:;">1</a><a href="javascript:;">2</a><a href="javascript:;">3</a>', False),
        ('<a href="javascript:;">1</a><a href="javascript:;">下一页</a>', False),
    ],
    ids=["a pager", "a carousel", "the only page"],
)
def test_a_pager_whose_links_lead_nowhere_is_told(pager, is_told):
    found = follow(page(f"<ul>{LINES}</ul><div>{pager}</div>"), "column", Trail(near=Nearness.COLUMN))
    assert bool(found.scripted) == is_told


def _lists(body, url="http://www.qinghe.gov.cn/zwgk/"):
    found = follow(Page(url, body.encode(), charset="utf-8"), "column", Trail(near=Nearness.COLUMN))
    return [want.url.removeprefix("http://www.qinghe.gov.cn") for want in found.wants if want.role == "list"]


def test_what_hidden_fields_hold_stands_in_the_address_that_is_loaded():
    link = "'/label/8?organId=' + $('#organ').val() + '&key=' + $('#key').val() + '&pageIndex=1'"
    script = f"$('#list').load({link})"
    fields = '<input type="hidden" id="organ" value="77"><input id="key" value="">'
    assert _lists(f"{fields}<div id='list'></div><script>{script}</script>") == [
        "/label/8?organId=77&key=&pageIndex=1"
    ]


def test_an_attribute_that_one_element_has_is_the_address_that_is_asked_for_more():
    button = '<button id="more" data-url="/nb/more.php" data-page="1">加载更多</button>'
    script = "$('#more').click(function(){ var b=$(this), p=parseInt(b.attr('data-page'))+1;"
    script += "$.get(b.attr('data-url'), {page:p}, function(h){ $('#box').append(h); }); });"
    assert _lists(f"<ul>{LINES}</ul>{button}<script>{script}</script>") == ["/nb/more.php?page=1"]


def test_a_file_of_all_lines_beside_the_first_ones_is_asked_for():
    script = (
        "var recordCount=16,pageSize=6; $.getJSON('./documents_4567.json', function(d){ show(d.docs); });"
    )
    assert _lists(f"<ul>{LINES}</ul><script>{script}</script>") == ["/zwgk/documents_4567.json"]


def test_a_pager_call_reckons_with_variables():
    script = "var pageCount=3, cur=0; createPageHTML('page', pageCount, cur+1, 'common_list', 'shtml', 16);"
    asked = _lists(f"<ul>{LINES}</ul><script>{script}</script>")
    assert set(asked) >= {"/zwgk/common_list_2.shtml", "/zwgk/common_list_3.shtml"}
