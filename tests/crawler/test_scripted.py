"""Links that only scripts state."""

from time import process_time

import pytest

from crawler.page import Page
from crawler.scripted import opened, stated_links, without_prose

TITLE = "青河县2023年政府信息公开工作年度报告"


@pytest.mark.parametrize(
    ("script", "address"),
    [
        ("window.open('xxgk.asp')", "xxgk.asp"),
        ("location.href='/zwgk/'", "/zwgk/"),
        ("javascript:openInfo('show.asp?id=7','_blank')", "show.asp?id=7"),
        ("javascript:go('nb', '1')", ""),
        ("javascript:;", ""),
    ],
)
def test_what_a_handler_opens(script, address):
    assert opened(script) == address


@pytest.mark.parametrize(
    "script",
    [
        f"var zNodes=[{{id:2, name:'{TITLE}', icon:'/img/a.png', url:'/nb/1.html', date:'2024-01-20'}}];",
        f'infos[0]=["{TITLE}","/nb/1.html","2024-01-20"];',
        f"list.push(new Array('/nb/1.html', '{TITLE}', '2024/1/20'));",
        f'var d = [{{"TITLE":"{TITLE}","SOURCE":"青河县人民政府办公室秘书一科政府信息公开股",'
        '"DOCPUBURL":"\\/nb\\/1.html","PUBTIME":1705716000000}];',
        f'document.writeln("<li><a href=\\"/nb/1.html\\">{TITLE}<\\/a><span>2024-01-20<\\/span><\\/li>");',
    ],
)
def test_trees_and_lists_in_scripts(script):
    (found,) = stated_links(script)
    assert (found.link, found.title, found.date) == ("/nb/1.html", TITLE, "2024-01-20")


@pytest.mark.parametrize(
    "script",
    [
        'document.write("<a href="index"+"_" + nextPage + "."+"html">下一页</a>");',
        "var a = {name: '青河县', code: '640323'}; var b = ['/a.html', '/b.html'];",
        "var logo = {title: '青河县人民政府', src: '/images/logo.png'};",
    ],
)
def test_other_scripts_state_no_links(script):
    assert list(stated_links(script)) == []


def test_elements_that_scripts_make_links_of():
    body = """<li data-url="/nb/"><span>政府信息公开年报</span></li>
        <div onclick="location.href='zn.htm'">指南</div><a href="#" data-href="b/">部门年报</a>
        <a href="javascript:void(0)" onclick="window.open('a.asp')">公开年报</a>"""
    page = Page("http://q.gov.cn/x/", f"<html><body>{body}</body></html>".encode(), charset="utf-8")
    assert {(link.url, link.text) for link in page.links} == {
        ("http://q.gov.cn/nb/", "政府信息公开年报"),
        ("http://q.gov.cn/x/zn.htm", "指南"),
        ("http://q.gov.cn/x/a.asp", "公开年报"),
        ("http://q.gov.cn/x/b/", "部门年报"),
    }


@pytest.mark.parametrize(
    "items",
    [
        '<item id="1" text="教育局"><userdata name="url">/nb/jyj/</userdata></item>',
        '<item id="1" text="教育局" url="/nb/jyj/" im0="book.gif"/>',
        '<item text="部门"><item text="教育局"><userdata name="ud">/nb/jyj/</userdata></item></item>',
    ],
)
def test_trees_as_xml(items):
    text = f'<?xml version="1.0" encoding="utf-8"?><tree id="0">{items}</tree>'
    page = Page("http://q.gov.cn/nb/tree.xml", text.encode())
    assert [(link.url, link.text) for link in page.links] == [("http://q.gov.cn/nb/jyj/", "教育局")]


def test_lists_as_xml():
    text = f"""<?xml version="1.0" encoding="gb2312"?><rss><channel><title>年报</title>
        <item><title><![CDATA[{TITLE}]]></title><link>/nb/1.html</link><pubDate>2024-01-20</pubDate></item>
        <item><title>无链接</title></item></channel></rss>"""
    page = Page("http://q.gov.cn/nb/list.xml", text.encode("gb18030"), charset="gb2312")
    (link,) = (link for link in page.links if link.text)
    assert (link.url, link.text, link.date) == ("http://q.gov.cn/nb/1.html", TITLE, "2024-01-20")
    assert Page("http://q.gov.cn/x", b"<?xml version='1.0'?><a").links == ()


def test_an_article_in_a_string_is_not_looked_through_for_links():
    prose = "<p>本年度收到申请三件，均已答复。<\\/p>" * 200
    state = f'var page = {{"list": [1], "title": "{TITLE}", "url": "/nb/1.html", "content": "%s"}};'
    page = Page("http://a.gov.cn/", f"<html><script>{state % prose}</script></html>".encode())
    assert len(page.scripts) < len(prose)
    assert [(link.url, link.text) for link in page.links] == [("http://a.gov.cn/nb/1.html", TITLE)]


@pytest.mark.parametrize(
    "lead", ["<A HREF=/nb/2.html>", "/nb/2.pdf", "https:\\/\\/a.cn", '{"to": "/nb/2.html"}']
)
def test_a_long_string_that_may_state_a_link_stays(lead):
    scripts = f"var content = '{'本年度收到申请三件。' * 400}{lead}';"
    assert without_prose(scripts) == scripts


def test_a_string_of_nothing_but_escaped_quotes_is_looked_through_once():
    script = "var a = 'href=" + 100_000 * r"\'"
    begun = process_time()
    assert Page("http://a.gov.cn/", f"<html><script>{script}</script></html>".encode()).links == ()
    assert process_time() - begun < 3


def test_every_link_of_a_text_of_markup_is_stated_with_its_own_date():
    lines = "".join(f"<li><a href='{at}.html'>年报{at}年</a> 2024-01-1{at}</li>" for at in range(4))
    stated = stated_links(f'document.write("{lines}<a href=9.html>其他</a>")')
    dates = {f"{at}.html": f"2024-01-1{at}" for at in range(4)} | {"9.html": ""}
    assert {each.link: each.date for each in stated} == dates
