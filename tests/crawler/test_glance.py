"""What an article's source tells at a glance is never more than what parsing it does."""

from pathlib import Path

import pytest

from crawler import challenge, discovery
from crawler.challenge import Known, judge, shape
from crawler.discovery import follow
from crawler.families.gkmlpt import Gkmlpt
from crawler.families.trs import Trs
from crawler.family import Family
from crawler.glance import leads_on, may_show, shows_words
from crawler.page import Page
from crawler.wants import Trail

URL = "http://www.qinghe.gov.cn/zwgk/202601/t20260121_4711.html"
TEXT = "本年度依法公开政府信息，收到申请三件，均已答复。" * 30
PAGES = sorted(Path(__file__).with_name("pages").rglob("*.html"))


def article(body, head=""):
    markup = f"<html><head>{head}</head><body><div id='zoom'><p>{TEXT}</p>{body}</div></body></html>"
    return Page(URL, markup.encode(), charset="utf-8", media_type="text/html")


def both(monkeypatch, function):
    """What a function gives by a glance, and what by parsing only."""
    first = function()
    with monkeypatch.context() as patched:
        patched.setattr(discovery, "leads_on", lambda *_: True)
        patched.setattr(challenge, "_surely_holds_content", lambda *_: False)
        return first, function()


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<a href='/'>首页</a><a href='../index.html' title='年报'>政府信息公开年报</a>",
        "<a href='javascript:;'>关闭</a><a href='javascript:void(0)'>打印</a><a name='top'></a>",
        "<img src='/images/logo.png'><A HREF='http://www.qinghe.gov.cn/'>清河县</A>",
        "<script>var hits = 1; load('/js/main.js');</script>",
        "<a href='../202501/t20250120_4312.html'>关于召开全县教育工作会议和学校安全工作会议的通知公告</a>",
    ],
)
def test_most_articles_lead_nowhere(body, monkeypatch):
    page = article(body)
    assert not leads_on(page, (Family(), Trs(), Gkmlpt()))
    found, parsed = both(monkeypatch, lambda: follow(page, "article", Trail(family="trs")))
    assert found.wants == parsed.wants == ()


@pytest.mark.parametrize(
    ("body", "url"),
    [
        ("<a href='P020.PDF'>全文</a>", "P020.PDF"),
        ("<A HREF=P020.pdf>全文</A>", "P020.pdf"),
        ("<a href='a&#46;pdf'>全文</a>", "a.pdf"),
        ("<a href='/attach?id=3'>附件：年报.<b>docx</b></a>", "/attach?id=3"),
        ("<a href='/x/download.jsp?id=3'>附件1</a>", "/x/download.jsp?id=3"),
        ("<a href='/get?id=3'>青河县财政局2025年政府信息公开工作年度报告</a>", None),
        ("<a title='a > b' href='P020.doc'>全文</a>", "P020.doc"),
        ("<a href='t20260121_4711_1.html'>2</a>", "t20260121_4711_1.html"),
        ("<script>createPageHTML(3, 0, 't20260121_4711', 'html')</script>", "t20260121_4711_1.html"),
        ("<iframe src='/pdf/web/viewer.html?file=/f/1.pdf'></iframe>", "/f/1.pdf"),
        ("<script>var shown = '/files/report.pdf';</script>", "/files/report.pdf"),
        ("<img oldsrc='W020260121.jpg' src='/images/blank.gif'>", "W020260121.jpg"),
        ("<img data-original='W020260121.jpg' src='/images/1.gif'>", "W020260121.jpg"),
        ("<svg><image href='W020260121.jpg'/></svg>", "W020260121.jpg"),
        ("<button onclick=\"down('/f/1.pdf')\">下载</button>", "/f/1.pdf"),
        ("<span data-src='/f/1.pdf'></span>", "/f/1.pdf"),
        ("<object><param name='src' value='/f/1.pdf'></object>", "/f/1.pdf"),
        ("<iframe src='/onlinePreview?url=L2YvMS5wZGY='></iframe>", "/f/1.pdf"),
        ("<img src='./W020260121.jpg'>", "W020260121.jpg"),
        (
            "上一篇：<a href='../202501/t20250120_4312.html'>青河县2024年政府信息公开工作年度报告</a>",
            "../202501/t20250120_4312.html",
        ),
        (
            "<li>青河县2024年政府信息公开工作年度报告<a href='../202501/t20250120_4312.html'>查看</a>",
            "../202501/t20250120_4312.html",
        ),
        (
            "<b onclick=\"open('../202501/t20250120_4312.html')\">青河县2024年政府信息公开工作年度报告</b>",
            "../202501/t20250120_4312.html",
        ),
        (
            "<select><option value='/202501/t20250120_4312.html'>青河县2024年政府信息公开工作年度报告"
            "</option></select>",
            "/202501/t20250120_4312.html",
        ),
        ("<a href='P020.pdf'>全文", "P020.pdf"),
        ("<a src='' href='P020.pdf'>全文</a>", "P020.pdf"),
        ("<script>'</scripty>'; var shown = '/files/report.pdf';</script>", "/files/report.pdf"),
        ("<a data-x='href=\"#\"' href='P020.pdf'>全文</a>", "P020.pdf"),
        ("<a alt='href=#' href='/x/download.jsp?id=3'>附件1</a>", "/x/download.jsp?id=3"),
        (
            "<a data-title='' title='青河县2025年政府信息公开工作年度报告' href='/get?id=3'>查看</a>",
            "/get?id=3",
        ),
        ("<a href='/get?id=3'>年报.d<!-- </a> -->ocx</a>", "/get?id=3"),
        ("<a href='/get?id=3'>年报.d<div></a>ocx</div>", "/get?id=3"),
        ("<img alt='a > b' src='W020260121.jpg'>", "W020260121.jpg"),
        ("<img src='' data-src='W020260121.jpg'>", "W020260121.jpg"),
    ],
)
def test_whatever_leads_on_is_followed(body, url, monkeypatch):
    page = article(body)
    assert leads_on(page, (Trs(),))
    found, parsed = both(monkeypatch, lambda: follow(page, "article", Trail(family="trs")))
    assert found == parsed
    assert url is None or [want.url for want in found.wants if want.url.endswith(url.lstrip("./"))]


def test_links_relative_to_another_address_are_followed(monkeypatch):
    page = article("<a href='x.pdf'>全文</a>", head="<base href='http://www.qinghe.gov.cn/files/'>")
    found, parsed = both(monkeypatch, lambda: follow(page, "article", Trail()))
    assert found == parsed
    assert found.wants[0].url == "http://www.qinghe.gov.cn/files/x.pdf"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_recorded_pages_give_the_same_as_when_parsed(path, monkeypatch):
    page = Page("http://www.qinghe.gov.cn/zwgk/content/2026/1.html", path.read_bytes(), charset="utf-8")
    for role in ("article", "page"):
        found, parsed = both(monkeypatch, lambda role=role: follow(page, role, Trail()))
        assert found.wants == parsed.wants
        verdict, read = both(monkeypatch, lambda role=role: judge(page, role=role, missing="页面不存在"))
        assert verdict == read


def test_words_are_counted_that_are_shown():
    hidden = f"<title>{TEXT}</title><script>{TEXT}</script><!-- {TEXT} --><style>{TEXT}</style>"
    assert not shows_words(f"{hidden}<p title='{TEXT}'>一二三</p><script>{TEXT}", 3)
    assert shows_words(f"{hidden}<p>一二三</p><td>四</td>", 3)
    assert not shows_words(f"<meta content='首页 > {TEXT}'><script>'</scripty>{TEXT}'</script>一二三", 3)
    assert not shows_words(f"<p title='{TEXT} > {TEXT}", 3)
    assert not shows_words(f"<a title=it's>一</a><input value='a > {TEXT}'>二", 3)


def test_a_home_page_in_disguise_is_still_known():
    home = f"<html><body><p>清河县 {TEXT}</p><p>点击 3 次</p></body></html>"
    disguised = home.replace("3", "4")
    page = Page(URL, disguised.encode(), charset="utf-8")
    known = Known("", shape(Page(URL, home.encode(), charset="utf-8").plain))
    assert may_show(page.text, known.text)
    assert not may_show(article("").text, known.text)
    assert judge(page, role="article", home=known).detail == "the home page in disguise"


def test_a_long_missing_page_is_still_known():
    page = article("<p>您访问的页面</p>")
    assert judge(page, role="article", missing=page.plain).outcome == "soft_404"


def test_words_and_files_behind_hundreds_of_unclosed_elements_are_found():
    page = article("<a href='P020.pdf'>全文</a>", head="<font>" * 400)
    assert len(page.plain) > len(TEXT)
    assert [want.url.rpartition("/")[2] for want in follow(page, "article", Trail()).wants] == ["P020.pdf"]


def test_a_page_of_twice_the_length_of_the_home_page_is_not_that():
    text = shape("清河县人民政府收到申请依法公开")
    page = article("<p>清河县人民政府</p>")
    assert may_show(page.text, text)
    assert judge(page, role="article", home=Known("首页", text)).outcome == ""
    assert "tree" not in vars(page)
