"""Families on recorded pages: recognised, read, continued."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from crawler.articles import parts_of
from crawler.discovery import SURE
from crawler.family import Family, families, family_named, recognise
from crawler.page import Page
from crawler.signs import _word_in

PAGES = Path(__file__).with_name("pages")
ADDRESSES = {
    "trs": "http://www.qinghe.gov.cn/xxgk/zfxxgknb/",
    "jcms": "http://www.yunling.gov.cn/col/col61490/index.html",
    "gkmlpt": "http://www.haiwan.gov.cn/gkmlpt/index",
    "jpaas": "https://www.hezhou.gov.cn/col/col1229410724/index.html",
    "ucap": "http://www.hongshan.gov.cn/hsx/c100123/xlist.shtml",
    "vsb": "http://www.shanyin.gov.cn/xxgknb.htm",
    "anhui": "http://www.dinghe.gov.cn/public/column/6596420?type=4",
    "epoint": "http://www.changping.gov.cn/govxxgk/11411082094577395T/moreinfo.html",
    "generic": "http://www.plain.gov.cn/nb/list.asp",
}


def page(name: str, url: str = "") -> Page:
    family = name.partition("/")[0]
    return Page(url or ADDRESSES[family], (PAGES / name).read_bytes(), charset="utf-8")


def test_every_family_of_the_folder_is_known():
    modules = {file.stem for file in Path("crawler/families").glob("*.py")} - {"__init__"}
    assert modules == {family.name for family in families()} - {"generic"}
    assert families()[-1].name == "generic"


@pytest.mark.parametrize(
    "name",
    [
        "trs/list_four_arguments.html",
        "jcms/list_post.html",
        "gkmlpt/index.html",
        "jpaas/list.html",
        "ucap/list.html",
        "vsb/list.html",
        "anhui/organs.html",
        "epoint/list.html",
        "generic/list.html",
    ],
)
def test_family_is_recognised_from_the_page(name):
    assert recognise(page(name))[0].name == name.partition("/")[0]


@pytest.mark.parametrize(
    ("name", "url", "names", "declared"),
    [
        ("list_four_arguments.html", "", ["index_1.html", "index_2.html", "index_3.html"], None),
        ("list_six_arguments.html", "fg.shtml", ["fg_1.shtml", "fg_2.shtml", "fg_3.shtml"], 29),
        ("list_count_page.html", "list.html", ["list_1.html", "list_2.html"], None),
        ("list_config.html", "index.html", ["index_1.html"], None),
    ],
)
def test_trs_pages_are_counted_by_script(name, url, names, declared):
    listing = family_named("trs").listing(page(f"trs/{name}", ADDRESSES["trs"] + url), {})
    assert [ask.url.rpartition("/")[2] for ask in listing.more] == names
    assert listing.declared == declared


def test_trs_title_is_taken_whole_and_dated():
    first = family_named("trs").listing(page("trs/list_four_arguments.html"), {}).entries[0]
    assert first.title == "青河县教育局2025年政府信息公开工作年度报告"
    assert (first.url, first.date) == (
        "http://www.qinghe.gov.cn/xxgk/zfxxgknb/202601/t20260121_2715633.html",
        "2026-01-21",
    )


def test_trs_ambiguous_pager_guesses_the_ends_only():
    body = b"<html><body><script>createPageHTML(3, 1, 'index', 'shtml');</script></body></html>"
    asks = family_named("trs").listing(Page("http://a.gov.cn/x/", body), {}).more
    assert [(ask.url.rpartition("_")[2], ask.optional) for ask in asks] == [
        ("1.shtml", True),
        ("2.shtml", False),
        ("3.shtml", True),
    ]


@pytest.mark.parametrize(
    ("text", "pictures"),
    [
        ("<p>一、总体情况</p><p>三、收到和处理政府信息公开申请情况</p><p><img src=/up/1.png></p>", ["1.png"]),
        ("<h1>青河县教育局2025年政府信息公开工作年度报告</h1><p><img src=W1.jpg></p>", ["W1.jpg"]),
        ("<p>一、总体情况</p><table>" + "<tr><td>5</td></tr>" * 25 + "</table><img src=W1.jpg>", []),
    ],
)
def test_pictures_of_a_report_are_its_own_where_nothing_names_its_text(text, pictures):
    body = f"<body><img src=/images/logo.png><div class=unknown>{text}</div><img src=/images/qr.png></body>"
    article = Page("http://a.gov.cn/nb/1.html", f"<html>{body}</html>".encode(), charset="utf-8")
    parts = parts_of(article, family_named("generic"))
    assert [part.url.rpartition("/")[2] for part in parts] == pictures


def test_trs_article_has_pages_and_attachments_but_not_the_site_s_files():
    article = page("trs/article_first_page.html", "http://www.qinghe.gov.cn/a/201904/t20190419_6377489.htm")
    parts = [(part.role, part.url.rpartition("/")[2]) for part in parts_of(article, family_named("trs"))]
    assert parts == [
        ("page", "t20190419_6377489_1.htm"),
        ("page", "t20190419_6377489_2.htm"),
        ("attachment", "P020190419001.pdf"),
    ]


def test_jcms_asks_for_the_rest_in_groups_of_three_screens():
    listing = family_named("jcms").listing(page("jcms/list_post.html"), {})
    assert [entry.url.rpartition("_")[2] for entry in listing.entries] == ["1001.html", "1002.html"]
    assert listing.entries[0].date == "2026-01-21"
    assert listing.declared == 100
    ranges = [parse_qs(urlsplit(ask.url).query) for ask in listing.more]
    assert [(r["startrecord"], r["endrecord"]) for r in ranges] == [
        (["3"], ["47"]),
        (["48"], ["92"]),
        (["93"], ["100"]),
    ]
    form = parse_qs(listing.more[0].body)
    assert (listing.more[0].method, form["columnid"], form["unitid"], form["webid"]) == (
        "POST",
        ["61490"],
        ["247686"],
        ["39"],
    )


def test_jcms_follows_the_next_group_without_parameters():
    asks = family_named("jcms").listing(page("jcms/list_next_group.html"), {}).more
    assert [ask.url for ask in asks] == [
        "http://www.yunling.gov.cn/module/web/jpage/dataproxy.jsp?page=2&appid=1&webid=110&path=/&columnid=12377"
    ]


def test_jcms_answer_is_a_list_and_a_posted_one_ends_there():
    answer = page("jcms/answer.xml")
    assert len(family_named("jcms").listing(answer, {"group": 1, "posted": True}).more) == 0
    listing = family_named("jcms").listing(answer, {"group": 1})
    assert (len(listing.entries), len(listing.more), listing.declared) == (1, 1, 100)


def test_jcms_empty_answer_falls_back_to_the_next_group():
    empty = Page("http://www.yunling.gov.cn/module/web/jpage/dataproxy.jsp", b"<datastore></datastore>")
    context = {"group": 46, "posted": True, "fallback": "http://www.yunling.gov.cn/x?page=2"}
    assert [a.url for a in family_named("jcms").listing(empty, context).more] == [
        "http://www.yunling.gov.cn/x?page=2"
    ]


def test_gkmlpt_takes_the_leaves_named_after_reports():
    asks = family_named("gkmlpt").branches(page("gkmlpt/index.html"))
    assert [(ask.url, ask.kind) for ask in asks] == [
        ("http://www.haiwan.gov.cn/gkmlpt/api/all/21?page=1&sid=755041", "column"),
        ("http://www.haiwan.gov.cn/zwgk/bmnb/", "column"),
    ]


def test_gkmlpt_pages_begin_at_one():
    url = "http://www.haiwan.gov.cn/gkmlpt/api/all/21?page=1&sid=755041"
    listing = family_named("gkmlpt").listing(page("gkmlpt/list.json", url), {})
    assert [ask.url.partition("page=")[2] for ask in listing.more] == ["2&sid=755041", "3&sid=755041"]
    assert [entry.date for entry in listing.entries] == ["2026-01-21", "2025-02-01"]
    assert listing.entries[0].parts == ("http://www.haiwan.gov.cn/gkmlpt/attachment/0/1/1.pdf",)
    assert listing.declared == 5


def test_gkmlpt_detail_announces_files_in_its_json():
    url = "http://www.haiwan.gov.cn/gkmlpt/content/2/2155/post_2155421.html"
    found = [
        part.url.rpartition("/")[2]
        for part in parts_of(page("gkmlpt/detail.html", url), family_named("gkmlpt"))
    ]
    assert found == ["1.pdf", "2.docx"]


def test_jpaas_pages_come_from_the_api_and_repetition_is_noticed():
    family = family_named("jpaas")
    listing = family.listing(page("jpaas/list.html"), {})
    assert listing.declared == 40
    assert len(listing.more) == 2
    query = parse_qs(urlsplit(listing.more[0].url).query)
    assert (query["webId"], query["paramJson"]) == (["3185"], ['{"pageNo":2,"pageSize":15}'])
    again = family.listing(page("jpaas/same.json", listing.more[0].url), listing.more[0].context)
    assert again.stuck


def test_ucap_pages_begin_at_two_and_the_tree_is_unwrapped():
    family = family_named("ucap")
    listing = family.listing(page("ucap/list.html"), {})
    assert [ask.url.rpartition("/")[2] for ask in listing.more] == ["xlist_2.shtml", "xlist_3.shtml"]
    assert listing.declared == 41
    assert [ask.kind for ask in family.branches(page("ucap/list.html"))] == ["tree"]
    nodes = [(ask.url.rpartition("/c")[2], ask.optional) for ask in family.branches(page("ucap/tree.json"))]
    assert nodes == [
        ("100123/xxgk.shtml", False),
        ("100124/xlist.shtml", True),
        ("100124/xxgkList.shtml", True),
    ]


def test_ucap_tree_tells_the_columns_below_a_node_to_who_asks():
    node = '[{"channelId":"c9","name":"政府信息公开年报","url":"/c9/null.shtml","isParent":true}]'
    url = "http://a.gov.cn/u/channel/treeNew/1?level=1&channelId=c1"
    below, *lists = family_named("ucap").branches(Page(url, f"null({node});".encode(), charset="utf-8"))
    assert (below.url, below.kind) == (url.replace("c1", "c9"), "tree")
    assert [ask.url for ask in lists] == [
        "http://a.gov.cn/c9/xlist.shtml",
        "http://a.gov.cn/c9/xxgkList.shtml",
    ]


def test_a_pager_that_names_its_element_first_turns_pages_of_any_shtml_site():
    body = "<div id='p'></div><script>createPageHTML('p', 3, 1, 'ndbg', 'shtml', 29);</script>"
    found = Page("http://a.gov.cn/x/ndbg.shtml", f"<html><body>{body}</body></html>".encode())
    family, sure = recognise(found)
    listing = family.listing(found, {})
    assert sure >= SURE
    assert listing.declared == 29
    assert {ask.url.rpartition("/")[2] for ask in listing.more} >= {"ndbg_2.shtml"}


@pytest.mark.parametrize(
    ("text", "declared"),
    [
        ("共 52 条", 52),
        ("共有37条信息，每页10条", 37),
        ("第1页 / 共4页 共计28条信息", 28),
        ("总记录数：128 页数：7", 128),
        ("记录总数 8", 8),
        ("总页数：9", None),
        ("共 9 页", None),
    ],
)
def test_a_list_states_its_total_in_many_ways(text, declared):
    assert (
        Family().declared(Page("http://a.gov.cn/", f"<body>{text}</body>".encode(), charset="utf-8"))
        == declared
    )


def test_vsb_follows_the_next_page_only():
    listing = family_named("vsb").listing(page("vsb/list.html"), {})
    assert [ask.url.rpartition("/")[2] for ask in listing.more] == ["10.htm"]
    assert listing.declared == 52


def test_anhui_enumerates_organs():
    asks = family_named("anhui").branches(page("anhui/organs.html"))
    assert [ask.url.rpartition("/")[2] for ask in asks] == [f"659642{n}?type=3" for n in (0, 1, 2)]


def test_anhui_organs_that_a_script_opens_and_the_page_s_own():
    opened = """<a onclick="go('65')">教育局</a><script>
        function go(id){ location.href = '/public/column/' + id + '?type=4'; }</script>"""
    index = Page("http://www.qinghe.gov.cn/public/", f"<html>{opened}</html>".encode(), charset="utf-8")
    own = Page("http://www.qinghe.gov.cn/public/column/66?type=4", b"<html><p>x</p></html>")
    for shown, organ in ((index, "65"), (own, "66")):
        family, sure = recognise(shown)
        assert (family.name, sure >= 0.5) == ("anhui", True)
        (ask,) = family.branches(shown)
        assert ask.url == f"http://www.qinghe.gov.cn/public/column/{organ}?type=3"


def test_epoint_counts_pages_by_script():
    asks = family_named("epoint").listing(page("epoint/list.html"), {}).more
    assert [ask.url.rpartition("/")[2] for ask in asks] == ["2.html", "3.html"]


def test_plain_list_follows_the_visible_link():
    listing = family_named("nobody").listing(page("generic/list.html"), {})
    assert [ask.url for ask in listing.more] == ["http://www.plain.gov.cn/nb/list.asp?p=2"]
    assert [entry.title for entry in listing.entries] == ["2025年政府信息公开年度报告"]
    assert listing.declared == 31


def test_the_second_vendor_of_the_disclosure_platforms():
    url = "http://www.dinghe.gov.cn/XxgkAnnualReport/showList/704/page_1.html"
    found = page("anhui/xxgk_list.html", url)
    family, sure = recognise(found)
    assert (family.name, sure > 0.3) == ("anhui", True)
    listing = family.listing(found, {})
    assert [(urlsplit(entry.url).path, entry.date) for entry in listing.entries if "年" in entry.title] == [
        ("/XxgkAnnualReport/show/5365.html", "2024-01-18"),
        ("/XxgkAnnualReport/show/4108.html", "2023-01-20"),
        ("/OpennessContent/show/2277958.html", "2022-01-25"),
    ]
    assert [urlsplit(ask.url).path for ask in listing.more] == ["/XxgkAnnualReport/showList/704/page_2.html"]
    assert listing.declared == 5
    assert family.branches(found) == ()


@pytest.mark.parametrize(
    ("pattern", "word"),
    [
        (r"/public/\d+/\d+\.html?", "/public/"),
        (r"xlist(_\d+)?\.shtml", ".shtml"),
        (r"/govlist\.html", "/govlist.html"),
        (r"SID\b(?<!\wSID)", "SID"),
        (r"_\$ts", "_$ts"),
        (r"ab?c*de+[fgh]ijk{2}", "de"),
        (r"\d+", ""),
    ],
)
def test_a_sign_can_not_be_without_its_word(pattern, word):
    assert _word_in(pattern) == word


def test_a_page_that_shows_nothing_of_a_family_is_plain():
    assert recognise(Page("http://a.gov.cn/", b"<html><body>1</body></html>"))[0].name == "generic"
