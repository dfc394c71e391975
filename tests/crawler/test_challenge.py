"""Answers without content, and answers with it."""

import pytest

from crawler.challenge import (
    Known,
    judge,
    judge_status,
    other_owner,
    refresh_target,
    shape,
    shown_text,
    similar,
)
from crawler.page import Page

TEXT = "本年度依法公开政府信息，收到申请三件，均已答复。" * 30


def verdict(body, role="article", **more):
    text = body if body.startswith("<") else f"<p>{body}</p>"
    return judge(
        Page("http://x.gov.cn/a/1.html", f"<html><body>{text}</body></html>".encode(), charset="utf-8"),
        role=role,
        **more,
    )


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, ""),
        (202, "blocked"),
        (403, "blocked"),
        (412, "blocked"),
        (468, "blocked"),
        (521, "blocked"),
        (404, "gone"),
        (410, "gone"),
        (500, "error"),
        (418, "blocked"),
        (301, "error"),
    ],
)
def test_status(status, outcome):
    assert judge_status(status).outcome == outcome


@pytest.mark.parametrize(
    "body",
    [
        "<script>document.cookie='C3VK=abc';location.reload()</script>",
        "<script src=/fp.js></script><script>window.location.reload();</script>",
        "<script>var _$ts=window['$_ts'];</script>",
        "您的访问已被拦截，请完成安全验证",
        "该请求已被创宇盾阻断",
        "为了您的访问安全，请完成以下验证后继续访问 <input name=code> 事件ID: 8f3a2",
        "<title>安全验证</title><p>请输入图中的字符</p><img src=/captcha.png>",
        "您的请求带有不合法的参数，可能对网站有害，已被网站管理员设置拦截！",
        "<title>Just a moment...</title><p>Checking your browser before accessing</p>",
        "<form action=/login><input name=user><input type='password' name=word><button>登录</button></form>",
        "您没有权限访问该页面！",
    ],
)
def test_challenges(body):
    assert verdict(body, promised="某局2023年政府信息公开工作年度报告").outcome == "blocked"


@pytest.mark.parametrize(
    "body",
    [
        "<h1>Welcome to nginx!</h1><p>The web server is successfully installed and working.</p>",
        "<title>域名出售</title><p>该域名已过期，请联系注册商续费或购买，电话见下</p>",
        '{"code": 500, "msg": "系统异常，请联系管理员"}',
    ],
)
def test_what_servers_say_that_have_nothing_to_say_is_an_error(body):
    assert verdict(body).outcome == "error"


@pytest.mark.parametrize(
    "body",
    [
        "<h1>某局2023年政府信息公开工作年度报告</h1><a href=/1.pdf>附件</a>请先登录<input type=password>",
        "<p>一、总体情况</p><p>网站升级维护期间访问被拒绝、页面不存在的问题均已整改。</p>",
    ],
)
def test_a_short_report_may_tell_of_walls(body):
    assert verdict(body, promised="某局2023年政府信息公开工作年度报告").outcome == ""


@pytest.mark.parametrize(
    ("form", "outcome"),
    [
        ("<select name=nd onchange='this.form.submit()'>{}</select>", ""),
        ("<select id=nd onchange=go()>{}</select><script>function go(){{location=b+nd.value}}</script>", ""),
        ("<input name=token><script>document.forms[0].submit()</script>", "blocked"),
        ("<select name=lang onchange='this.form.submit()'><option>中文<option>English</select>", "blocked"),
    ],
)
def test_a_column_that_shows_only_its_years_is_no_challenge(form, outcome):
    years = "<option value=2025>2025年</option><option value=2024>2024年</option>"
    assert verdict(f"<form action=/nb/>{form.format(years)}</form>", role="column").outcome == outcome


@pytest.mark.parametrize(
    "body", ["您访问的页面不存在或已删除", "<h1>404 Not Found</h1>", "抱歉，找不到该页面", "该信息已被删除"]
)
def test_missing_pages(body):
    assert verdict(body).outcome in ("soft_404", "removed")


@pytest.mark.parametrize(
    "script",
    [
        "alert('文章不存在或未审核！');history.back();",
        'layer.msg("该信息已被删除", {time: 2000}, function(){window.close()});',
    ],
)
def test_what_a_script_says_in_a_box_where_a_page_shows_nothing(script):
    assert verdict(f"<script>{script}</script>").outcome in ("soft_404", "removed")
    assert verdict(f"<p>{TEXT}</p><script>{script}</script>").outcome == ""
    words = "alert('出错了，请稍候再试'); history.go(-1)"
    page = Page("http://x.gov.cn/zz/1.html", f"<script>{words}</script>".encode(), charset="utf-8")
    assert verdict(f"<script>{words}</script>", missing=shown_text(page)).outcome == "soft_404"


def test_maintenance_is_an_error_that_replaces_nothing():
    assert verdict("网站正在升级维护中，给您带来不便敬请谅解").outcome == "error"


def test_refresh_leads_on():
    found = verdict("<meta http-equiv='refresh' content='0; url=/new/1.html'>")
    assert (found.outcome, found.target) == ("redirect", "http://x.gov.cn/new/1.html")


def test_a_title_page_that_sends_telephones_elsewhere_is_one():
    script = "<script>if(/Mobile/.test(navigator.userAgent)){location.href='http://m.x.gov.cn/'}</script>"
    assert verdict(f"{script}<a href=/index.html>进入</a>", role="home").outcome == ""
    assert verdict("<script>location.href='/m/index.html'</script>", role="home").target.endswith(
        "/m/index.html"
    )


def test_only_where_a_script_names_a_location_are_links_looked_at_for_where_a_page_leads_on():
    short = Page("http://x.gov.cn/art/1.html", b"<html><a href=/1.pdf>2023</a><script>x=1</script></html>")
    assert refresh_target(short) == ""
    assert "links" not in vars(short)


def test_the_site_s_missing_page_and_home_in_disguise():
    missing = "青河县人民政府 " + "首页 政务公开 互动交流 网站地图 " * 20 + "访问量 10023"
    assert verdict(missing.replace("10023", "10987"), missing=missing).outcome == "soft_404"
    assert verdict(TEXT, missing=missing).outcome == ""
    assert verdict(TEXT, home=Known("", shape(TEXT))).outcome == "soft_404"
    assert verdict(TEXT, role="home", home=Known("", shape(TEXT))).outcome == ""


def test_a_home_page_with_later_news_is_known_by_what_it_does_not_show():
    def shown(title, body):
        text = f"<html><head><title>{title}</title></head><body>{body}</body></html>"
        return Page("http://x.gov.cn/a/1.html", text.encode(), charset="utf-8")

    menu = "青河县人民政府 首页 政务公开 互动交流 网站地图 友情链接 " * 4
    news = "".join(
        f"<p>第{at}次常务会议研究{matter}工作</p>" for at, matter in enumerate("教育水利卫生财税", 1)
    )
    home = Known("青河县", shape(shown("青河县", menu + news).plain))
    later = menu + news.replace("教", "农").replace("水", "交")
    asked = {"role": "article", "home": home, "promised": "青河县教育局2023年政府信息公开工作年度报告"}
    assert judge(shown("青河县", later), **asked).detail == "the home page in disguise"
    assert judge(shown("青河县", later + asked["promised"]), **asked).outcome == ""
    assert judge(shown("年报-青河县", later), **asked).outcome == ""
    assert judge(shown("青河县", TEXT), **asked).outcome == ""


@pytest.mark.parametrize(
    "body",
    [
        TEXT,
        "<h2>年报</h2><ul>"
        + "".join(f"<li><a href='/a/{n}.html'>报告{n}</a></li>" for n in range(3))
        + "</ul>",
        "<img src='/P020240101.jpg'>",
        "<p>网站维护情况：本年度平台维护升级两次。</p>" + f"<p>{TEXT}</p>",
        "<p>有3件申请因信息不存在无法提供，页面不存在的情况已整改。</p>" + f"<p>{TEXT}</p>",
        "<script>document.cookie='visited=1'</script>" + f"<p>{TEXT}</p>",
    ],
)
def test_content_is_content(body):
    assert verdict(body).outcome == ""


def test_files_are_not_looked_into():
    assert judge(Page("http://x.gov.cn/a.pdf", b"%PDF-1.4 404 not found"), role="attachment").outcome == ""


def test_similarity_ignores_counters_only():
    assert similar("共有 100 人访问 页面", "共有 200 人访问 页面")
    assert not similar("青河县教育局年报列表", "青河县财政局通知公告栏目")
    assert not similar("", "")


def test_a_home_page_of_another_division_is_noticed():
    words = "欢迎访问本县政府网站，依法公开政府信息。" * 20

    def home(head: str) -> Page:
        return Page(
            "http://q.gov.cn/",
            f"<html><head>{head}</head><body><p>{words}</p></body></html>".encode(),
            charset="utf-8",
        )

    own = home("<title>青河县人民政府</title><meta name=SiteIDCode content=6543250001>")
    other = home("<title>富蕴县人民政府</title><meta name=SiteIDCode content=6543220001>")
    assert other_owner(own, "青河县", "6543250001") == ""
    assert "富蕴县" in other_owner(other, "青河县")
    assert "6543220001" in other_owner(other, "富蕴县", "6543250001")
    assert other_owner(Page("http://q.gov.cn/", b"<html><frameset></frameset></html>"), "青河县") == ""


def test_an_article_behind_the_end_of_a_page_is_there():
    assert verdict(f"<p>首页</p></body></html><div><p>{TEXT}</p></div>").outcome == ""
    assert verdict("<p>首页</p></body></html>").outcome != ""
