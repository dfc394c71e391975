"""Crawls of loopback sites, from the home address alone."""

import socket
import threading
import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from crawler.frontier import Frontier, Lease
from crawler.only_new import OnlyNew
from crawler.registry import Site
from crawler.requests import conditional
from crawler.settling import Settlement
from crawler.wants import Want
from pipelines.clock import using
from pipelines.store import Capture, Store

pytestmark = pytest.mark.slow

GOOD = {"new", "changed", "unchanged"}


def small_site(web, reports=3):
    web.page("/", '<a href="/zwgk/">政务公开</a><a href="/news/">新闻动态</a>')
    web.page("/zwgk/", '<a href="zfxxgknb/">政府信息公开年报</a><a href="zn/">政府信息公开指南</a>')
    entries = [
        web.report(f"/zwgk/zfxxgknb/20260{n}/t2026010{n}_100{n}.html", 2020 + n)
        for n in range(1, reports + 1)
    ]
    web.column("/zwgk/zfxxgknb/", f"<ul>{''.join(entries)}</ul>")
    return entries


def outcomes(crawl, web):
    return {row["url"].removeprefix(web.base): (row["outcome"], row["detail"]) for row in crawl.captures()}


def test_reports_are_found_from_home_and_a_second_run_adds_nothing(webs, crawl):
    web = webs()
    small_site(web)
    crawl.register(web)
    assert crawl()["outcome"] == "complete"
    found = outcomes(crawl, web)
    assert [path for path in found if "/t2026" in path] == [
        f"/zwgk/zfxxgknb/20260{n}/t2026010{n}_100{n}.html" for n in (1, 2, 3)
    ]
    assert "/news/" not in found
    assert "/zwgk/zn/" not in found
    with crawl.store() as store:
        assert [row["found_by"] for row in store.columns_of("990001")] == ["ColumnType 信息公开年报"]
        assert store.site("990001")["state"] == "ok"
        before = store.value("SELECT count(*) FROM reports")
    again = crawl()
    assert again["outcome"] == "complete"
    assert "new" not in {row["outcome"] for row in crawl.captures(crawl_id=again["crawl_id"])}
    with crawl.store() as store:
        assert store.value("SELECT count(*) FROM reports") == before == 3
        assert (
            store.value(
                "SELECT count(*) FROM documents d JOIN captures USING (capture_id) WHERE role = 'article'"
            )
            == 3
        )


def test_incremental_run_asks_for_new_articles_only(webs, crawl):
    web = webs()
    entries = small_site(web)
    crawl.register(web)
    crawl()
    entries.append(web.report("/zwgk/zfxxgknb/202701/t20270109_1009.html", 2026))
    web.column("/zwgk/zfxxgknb/", f"<ul>{''.join(entries)}</ul>")
    web.log.clear()
    assert crawl(incremental="990001")["outcome"] == "complete"
    column, probe, article = web.asked()
    assert column == "/zwgk/zfxxgknb/"
    assert crawl.captures(url=web.base + probe)[0]["role"] == "probe"  # what is missing here looks so
    assert article == "/zwgk/zfxxgknb/202701/t20270109_1009.html"


def test_a_look_for_what_is_new_goes_through_few_pages_of_other_lines(tmp_path):
    further = [Want("http://x.gov.cn/2.html", "list", context={"turn": turn}) for turn in (1, 10, 11, 400)]
    report = Want("http://x.gov.cn/nb/1.html", "article")
    with Store.open(tmp_path / "data", write=True) as store:
        only_new = OnlyNew(store, Frontier(store, {}, "run"))
        lease = Lease(1, "990001", 2, "GET", "http://x.gov.cn/", "", "x.gov.cn:80", "column", None, {}, 0, 1)
        assert only_new.of(further, lease) == further[:2]
        assert only_new.of([report, *further], lease) == [report, *further]


def test_an_article_that_another_list_brought_in_the_same_sweep_is_new_in_this_one_too(tmp_path):
    report, further = Want("http://x.gov.cn/nb/1.html", "article"), Want("http://x.gov.cn/2.html", "list")
    site = Site("990001", "990001", "青河县", "http://x.gov.cn/", ("x.gov.cn:80",))
    with Store.open(tmp_path / "data", write=True) as store:
        crawl_id = store.begin_crawl("crawl", "test")
        store.put_site(site.site, name=site.name, home=site.home, definition={})
        frontier = Frontier(store, {site.site: site}, "run")
        frontier.open_sweep(site, 2)
        only_new = OnlyNew(store, frontier)
        lease = Lease(1, site.site, 2, "GET", site.home, "", site.hosts[0], "column", None, {}, 0, 1)
        came = {"fetched_at": "2026-03-01T00:00:00Z", "outcome": "new", "role": "article", "sha256": "x"}
        store.add_capture(Capture(crawl_id=crawl_id, url=report.url, bytes=1, status_code=200, **came))
        assert only_new.of([report, further], lease) == []
        frontier.begin(site, [report])
        assert only_new.of([report, further], lease) == [report, further]


def test_sites_of_agencies_on_hosts_of_the_domain_that_are_not_listed_are_told(tmp_path):
    site = Site("990001", "990001", "青河县", "http://www.x.gov.cn/", ("www.x.gov.cn:80",))
    links = (
        ("http://jyj.x.gov.cn/", "教育局"),
        ("http://sjj.x.gov.cn/", "审计局"),
        ("http://y.gov.cn/", "省政府"),
    )
    with Store.open(tmp_path / "data", write=True) as store:
        store.put_site(site.site, name=site.name, home=site.home, definition={})
        settlement = Settlement(store, Frontier(store, {}, "run"), {site.site: site})
        lease = Lease(1, site.site, 2, "GET", site.home, "", site.hosts[0], "tree", None, {}, 0, 1)
        settlement._note_elsewhere(lease, [Want(url, "tree", context={"title": name}) for url, name in links])
        (told,) = store.open_issues()
    assert (told["code"], told["severity"]) == ("host_not_listed", "info")
    assert told["detail"].startswith("2 个机关网站")
    assert told["detail"].endswith(" jyj.x.gov.cn, sjj.x.gov.cn")


def test_the_home_page_in_place_of_a_new_report_is_none_in_an_incremental_run_either(webs, crawl):
    web = webs()
    entries = small_site(web)
    crawl.register(web)
    crawl()
    title = "青河县教育局2026年政府信息公开工作年度报告"
    entries.append(f'<li><a href="/zwgk/zfxxgknb/9.html">{title}</a><span>2027-01-09</span></li>')
    web.column("/zwgk/zfxxgknb/", f"<ul>{''.join(entries)}</ul>")
    news = "".join(f"<p>今日要闻第{at}条：全县召开会议，部署下一阶段的各项工作。</p>" for at in range(30))
    web.page("/", f"<a href='/zwgk/'>信息公开</a>{news}")
    web.fallback = web.routes["/"]  # and the home page has changed since
    assert crawl(incremental="990001")["outcome"] == "complete"
    (missing,) = crawl.captures(url=f"{web.base}/zwgk/zfxxgknb/9.html")
    assert missing["outcome"] == "soft_404"


def test_what_is_kept_back_is_told_with_its_reason(webs, crawl):
    web = webs()
    entries = [*small_site(web), web.report("/private/1.html", 2022, "青河县财政局")]
    web.column("/zwgk/zfxxgknb/", f"<ul>{''.join(entries)}</ul>")
    web.routes["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /private/")
    web.page(
        "/", "<a href='/zwgk/'>信息公开</a><a href='/bm/'>部门信息公开</a><a href='/jd/'>政务公开解读</a>"
    )
    web.routes["/bm/"] = (412, {}, b"")
    crawl.register(web)
    assert crawl()["outcome"] == "complete"
    with crawl.store() as store:
        told = {row["subject"]: (row["code"], row["detail"]) for row in store.open_issues()}
    assert told[f"{web.base}/bm/"] == ("list_unreachable", "blocked: HTTP 412")
    code, why = told[f"{web.base}/private/1.html"]
    assert (code, "refused_robots" in why) == ("document_unreachable", True)
    assert f"{web.base}/jd/" not in told  # nothing is there


@pytest.mark.parametrize("signal", [2, 9])
def test_interrupted_run_resumes_and_ends_like_an_undisturbed_one(webs, crawl, signal):
    web = webs()
    small_site(web, 8)
    crawl.register(web)
    first = crawl(stop=6, signal=signal)
    assert first["outcome"] == ("killed" if signal == 9 else "interrupted")
    assert crawl()["outcome"] == "complete"
    articles = [row["url"] for row in crawl.captures(role="article") if row["outcome"] in GOOD]
    assert len(articles) == len(set(articles)) == 8
    with crawl.store() as store:
        assert store.value("SELECT count(*) FROM reports") == 8
        assert store.value("SELECT count(*) FROM requests WHERE state <> 'done'") == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    "killpoint", ["mid_append:9", "after_fsync:8", "in_transaction:14", "after_commit:15"]
)
def test_nothing_is_lost_or_doubled_wherever_the_run_is_killed(webs, crawl, killpoint):
    web = webs()
    small_site(web, 8)
    crawl.register(web)
    assert crawl(killpoint=killpoint) == {"outcome": "killed", "code": -9}
    assert crawl()["outcome"] == "complete"
    good = [row["url"] for row in crawl.captures() if row["outcome"] in GOOD and row["role"] != "robots"]
    assert len(good) == len(set(good)) == 11
    with crawl.store() as store:
        assert store.value("SELECT count(*) FROM reports") == 8
        assert store.value("SELECT count(*) FROM requests WHERE state <> 'done'") == 0


@pytest.mark.slow
def test_an_interrupt_does_not_wait_for_a_slow_server(webs, crawl):
    web = webs()
    small_site(web, 5)
    over, answered = threading.Event(), []
    slow = webs("127.0.0.2")
    slow.routes["/"] = lambda handler: answered.append(over.wait(300))
    crawl.register(web)
    crawl.register(slow, "990002")
    assert crawl(stop=8, signal=15, timeout=250)["outcome"] == "interrupted"
    assert "/" in slow.asked()
    assert not answered, "the run ended first"
    over.set()


def test_robots_refusals_are_recorded_and_obeyed(webs, crawl):
    web = webs()
    small_site(web)
    web.routes["/robots.txt"] = (
        200,
        {"Content-Type": "text/plain"},
        b"User-agent: *\nDisallow: /zwgk/zfxxgknb/202601/\n",
    )
    crawl.register(web)
    crawl()
    path = "/zwgk/zfxxgknb/202601/t20260101_1001.html"
    assert path not in web.asked()
    outcome, detail = outcomes(crawl, web)[path]
    assert (outcome, "robots" in detail) == ("refused", True)


@pytest.mark.parametrize("status", [500, 503])
def test_robots_errors_forbid_the_crawl(webs, crawl, status):
    web = webs()
    small_site(web)
    web.routes["/robots.txt"] = (status, {}, b"")
    crawl.register(web)
    assert crawl()["outcome"] == "partial"
    assert set(web.asked()) == {"/robots.txt"}
    assert "robots_unreachable" in crawl.issues()
    web.routes["/robots.txt"] = (404, {}, b"")
    assert crawl()["outcome"] == "complete"
    assert "robots_unreachable" not in crawl.issues()


def test_a_site_that_was_down_and_has_moved_is_crawled_where_it_is_now(webs, crawl):
    down, moved = webs("127.0.0.2"), webs("127.0.0.3")
    down.routes["/robots.txt"] = (503, {}, b"")
    crawl.register(down)
    assert crawl()["outcome"] == "partial"
    small_site(moved)
    crawl.register(moved)
    result = crawl()
    assert (result["outcome"], crawl.issues()) == ("complete", {})
    assert crawl.captures(outcome="new", role="article")
    assert set(down.asked()) == {"/robots.txt"}


def test_redirects_are_captures_and_loops_end(webs, crawl):
    web = webs()
    small_site(web)
    moved, target = "/zwgk/zfxxgknb/202601/t20260101_1001.html", "/new/t20260101_1001.html"
    web.routes[target] = web.routes[moved]
    web.redirect(moved, target, 301)
    web.redirect("/zwgk/zfxxgknb/202602/t20260102_1002.html", "/loop/b.html")
    web.redirect("/loop/b.html", "/zwgk/zfxxgknb/202602/t20260102_1002.html")
    for n in range(9):
        web.redirect(f"/inf/{n}.html", f"/inf/{n + 1}.html")
    web.redirect("/zwgk/zfxxgknb/202603/t20260103_1003.html", "/inf/0.html")
    crawl.register(web)
    assert crawl()["outcome"] == "complete"
    found = outcomes(crawl, web)
    assert found[moved][0] == "redirect"
    assert found[target][0] == "new"
    loops = [detail for outcome, detail in found.values() if outcome == "error" and "redirect_loop" in detail]
    assert len(loops) >= 1
    assert "/inf/6.html" not in found


def test_pages_are_asked_for_as_linked_from_their_site(webs, crawl):
    web = webs()
    path = "/nb/202401/t20240120_1.html"
    web.page("/", '<a href="/nb/">政府信息公开年报</a>')
    web.column("/nb/", web.report(path, 2023))
    crawl.register(web)
    crawl()
    told = {path: headers.get("Referer") for _, path, headers in web.log}
    assert (told["/"], told["/robots.txt"]) == (None, None)
    assert told["/nb/"] == told[path] == f"{web.base}/"


def test_self_redirect_that_sets_a_cookie_is_followed_with_it(webs, crawl):
    web = webs()
    small_site(web)
    path = "/zwgk/zfxxgknb/202601/t20260101_1001.html"
    article = web.routes[path]
    web.routes[path] = lambda handler: (
        article
        if "seen=1" in handler.headers.get("Cookie", "")
        else (302, {"Location": path, "Set-Cookie": "seen=1; Path=/"}, b"")
    )
    crawl.register(web)
    crawl()
    assert [row["outcome"] for row in crawl.captures(url=web.base + path)] == ["redirect", "new"]


FORBIDDEN = [
    "http://127.0.0.1:{port}/secret.html",
    "http://localhost:{port}/secret.html",
    "http://2130706433:{port}/secret.html",
    "http://0x7f.1:{port}/secret.html",
    "http://[::1]:{port}/secret.html",
    "http://[::ffff:127.0.0.1]:{port}/secret.html",
    "http://169.254.169.254/latest/secret.html",
    "file:///etc/passwd",
    "ftp://127.0.0.1/x",
    "data:text/html,x",
    "http://127.0.0.2:{own}0/secret.html",
]


def test_what_leads_through_a_login_comes_back_with_its_cookie(webs, crawl):
    web = webs()
    web.column("/nb/", web.report("/nb/202401/t20240120_1.html", 2023))
    web.page("/", "<a href=/nb/>政府信息公开年报</a>")
    pages = dict(web.routes)

    def guarded(path):
        def answer(handler):
            known = "known=1" in (handler.headers.get("Cookie") or "")
            return pages[path] if known else (302, {"Location": f"/login?to={path}"}, b"")

        return answer

    for path in pages:
        web.routes[path] = guarded(path)
        web.routes[f"/login?to={path}"] = 302, {"Location": path, "Set-Cookie": "known=1; path=/"}, b""
    crawl.register(web)
    crawl()
    assert crawl.captures(role="article", outcome="new")
    assert web.asked().count("/") == 2
    assert web.asked().count("/nb/") == 1


def test_a_server_that_wants_its_session_in_the_address_gets_it(webs, crawl):
    web = webs()
    web.column("/nb/", web.report("/nb/202401/t20240120_1.html", 2023))
    web.page("/", "<a href=/nb/>政府信息公开年报</a>")
    for path, answer in list(web.routes.items()):
        web.routes[f"/(S(a1b2c3d4e5f6a1b2c3d4e5f6)){path}"] = answer
        web.redirect(path, f"/(S(a1b2c3d4e5f6a1b2c3d4e5f6)){path}")
    crawl.register(web)
    crawl()
    assert crawl.captures(role="article", outcome="new")
    with crawl.store() as store:
        assert store.value("SELECT count(*) FROM reports") == 1


def test_what_leads_to_the_home_page_is_gone(webs, crawl):
    web = webs()
    web.page("/", "<a href=/nb/>政府信息公开年报</a>")
    lines = [web.report(f"/nb/202401/t20240120_{at}.html", 2021 + at) for at in range(2)]
    web.column("/nb/", f"<ul>{''.join(lines)}</ul>")
    web.redirect("/nb/202401/t20240120_0.html", "/")
    web.redirect("/old/", "/")
    crawl.register(web, more=f'columns = ["{web.base}/nb/", "{web.base}/old/"]')
    crawl()
    issues = crawl.issues()
    assert issues["document_unreachable"] == "soft_404: leads to the home page"
    assert "/old/" in issues["column_moved"]
    assert len(crawl.captures(role="article", outcome="new")) == 1


def test_nothing_private_or_unlisted_is_asked_by_link_redirect_or_refresh(webs, crawl):
    secret, web = webs("127.0.0.1"), webs("127.0.0.2")
    secret.page("/secret.html", "SECRET" * 50)
    small_site(web)
    lines = []
    for number, form in enumerate(FORBIDDEN):
        link = form.format(port=secret.port, own=web.port)
        redirecting, refreshing = (
            f"/zwgk/202601/t20260101_2{number}.html",
            f"/zwgk/202601/t20260101_3{number}.html",
        )
        web.redirect(redirecting, link)
        web.page(refreshing, "", head=f'<meta http-equiv="refresh" content="0;url={link}">')
        for target in (link, redirecting, refreshing):
            lines.append(f'<li><a href="{target}">2019年政府信息公开工作年度报告</a></li>')
    web.column("/zwgk/zfxxgknb/", f"<ul>{''.join(lines)}</ul>")
    crawl.register(web)
    assert crawl()["outcome"] == "complete"
    assert secret.log == []
    rows = crawl.captures()
    sent = [row for row in rows if row["status_code"] is not None]
    assert {row["url"].split("/")[2] for row in sent} == {f"{web.host}:{web.port}"}
    assert sum(row["outcome"] == "refused" for row in rows) >= len(FORBIDDEN)


@pytest.mark.slow
def test_hosts_are_asked_one_by_one_with_their_delay(webs, crawl):
    web = webs()
    small_site(web)
    crawl.register(web, delay=1)
    crawl()
    times = [at for at, _, _ in web.log]
    assert min(b - a for a, b in pairwise(times)) > 0.8  # as the server saw them: its thread may wake late


@pytest.mark.slow
def test_retry_after_is_obeyed(webs, crawl):
    web = webs()
    small_site(web)
    path = "/zwgk/zfxxgknb/202601/t20260101_1001.html"
    article, seen = web.routes[path], []

    def busy(handler):
        seen.append(time.monotonic())
        return article if len(seen) > 1 else (503, {"Retry-After": "2"}, b"busy")

    web.routes[path] = busy
    crawl.register(web)
    assert crawl()["outcome"] == "complete"
    assert seen[1] - seen[0] >= 1.9
    assert [row["outcome"] for row in crawl.captures(url=web.base + path)] == ["error", "new"]


@pytest.mark.slow
def test_cut_bodies_are_kept_as_truncated_and_never_read(webs, crawl):
    web = webs()
    small_site(web)

    def cut(handler):
        handler.wfile.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9999\r\n\r\n<html><body>half"
        )
        handler.wfile.flush()
        handler.connection.shutdown(socket.SHUT_RDWR)

    web.routes["/zwgk/zfxxgknb/202601/t20260101_1001.html"] = cut
    crawl.register(web)
    assert crawl()["outcome"] == "complete"
    rows = crawl.captures(url=f"{web.base}/zwgk/zfxxgknb/202601/t20260101_1001.html")
    assert [row["outcome"] for row in rows] == ["truncated", "truncated"]
    assert crawl.issues()["document_unreachable"].startswith("truncated")


def test_a_challenge_is_blocked_once_and_never_fought(webs, crawl):
    web = webs()
    web.routes["/"] = (412, {}, b"<html><script>var _$ts=1;</script></html>")
    crawl.register(web)
    crawl()
    assert web.asked().count("/") == 1
    assert crawl.captures(role="home")[0]["outcome"] == "blocked"
    assert crawl.issues().keys() >= {"site_blocked"}
    with crawl.store() as store:
        assert store.site("990001")["state"] == "blocked"


def test_a_host_that_challenges_for_its_rules_already_is_blocked(webs, crawl):
    web = webs()
    web.fallback = (521, {"Set-Cookie": "__jsluid_h=1"}, b"<script>document.cookie='__jsl=1'</script>")
    crawl.register(web)
    crawl()
    assert web.asked() == ["/robots.txt"]
    assert "challenges" in crawl.issues()["site_blocked"]
    with crawl.store() as store:
        assert store.site("990001")["state"] == "blocked"


def test_good_capture_survives_a_soft_404_and_a_maintenance_page(webs, crawl):
    web = webs()
    small_site(web)
    crawl.register(web)
    crawl()
    path = "/zwgk/zfxxgknb/202601/t20260101_1001.html"
    web.page(path, "您访问的页面不存在或已删除")
    web.page("/zwgk/zfxxgknb/202602/t20260102_1002.html", "系统维护中，请稍后访问")
    second = crawl()["crawl_id"]
    seen = {row["url"].removeprefix(web.base): row["outcome"] for row in crawl.captures(crawl_id=second)}
    assert seen[path] == "soft_404"
    assert seen["/zwgk/zfxxgknb/202602/t20260102_1002.html"] == "error"
    with crawl.store() as store:
        assert store.value("SELECT count(*) FROM reports") == 3
        told = [row["subject"] for row in store.open_issues() if row["code"] == "document_unreachable"]
    assert told == [f"{web.base}/zwgk/zfxxgknb/202602/t20260102_1002.html"]  # the other one is gone


def test_a_configured_column_spares_the_discovery_and_is_found_again_when_it_moves(webs, crawl):
    web = webs()
    small_site(web)
    crawl.register(web, more=f'columns = ["{web.base}/zwgk/zfxxgknb/"]\n')
    crawl()
    assert "/zwgk/" not in web.asked()
    assert len(crawl.captures(role="article")) == 3
    web.routes["/zwgk/nb2027/"] = web.routes.pop("/zwgk/zfxxgknb/")
    web.page("/zwgk/", '<a href="nb2027/">政府信息公开年报</a>')
    crawl()
    issues = crawl.issues()
    assert "column_moved" in issues
    assert issues["column_proposed"] == f'columns = ["{web.base}/zwgk/nb2027/"]'


def test_declared_totals_and_shrunken_lists_are_alarms(webs, crawl):
    web = webs()
    entries = small_site(web)
    crawl.register(web, more="[expect]\nmin_reports = 9\n")
    web.column("/zwgk/zfxxgknb/", f"<ul>{''.join(entries)}</ul><div>共 20 条</div>")
    crawl()
    issues = crawl.issues()
    assert "3 of 20" in issues["list_incomplete"]
    assert "9" in issues["expectation_broken"]
    web.column("/zwgk/zfxxgknb/", "<ul></ul>")
    crawl()
    assert "had 3" in crawl.issues()["list_empty"]


def test_conditional_requests_cost_no_body(webs, crawl):
    web = webs()
    small_site(web)
    path = "/zwgk/zfxxgknb/202601/t20260101_1001.html"
    status, headers, body = web.routes[path]
    web.routes[path] = lambda handler: (
        (304, {"ETag": '"1"'}, b"")
        if handler.headers.get("If-None-Match") == '"1"'
        else (status, headers | {"ETag": '"1"'}, body)
    )
    crawl.register(web)
    crawl()
    crawl()
    rows = crawl.captures(url=web.base + path)
    assert [(row["outcome"], row["status_code"]) for row in rows] == [("new", 200), ("unchanged", 304)]
    assert rows[0]["sha256"] == rows[1]["sha256"]
    with crawl.store() as store:  # no server's word is relied on for ever
        lease = Lease(1, "990001", 1, "GET", web.base + path, "", "", "article", None, {}, 1, 1)
        assert conditional(store, lease) == {"If-None-Match": '"1"'}
        with using(lambda: datetime.now(UTC) + timedelta(days=200)):
            assert conditional(store, lease) == {}


@pytest.mark.slow
def test_an_endless_tree_ends(webs, crawl):
    web = webs()
    small_site(web)

    class Endless(dict):
        def get(self, key, default=None):
            if key.startswith("/cal/"):
                n = int(key.rstrip("/").rpartition("/")[2] or 0)
                text = "".join(
                    f'<a href="/cal/{n * 10 + k}/">信息公开第{n * 10 + k}期</a>' for k in range(1, 10)
                )
                return (200, {"Content-Type": "text/html"}, f"<html><body>{text}</body></html>".encode())
            return super().get(key, default)

    web.routes = Endless(web.routes)
    web.page("/zwgk/", '<a href="zfxxgknb/">政府信息公开年报</a><a href="/cal/1/">信息公开往期</a>')
    crawl.register(web)
    assert crawl()["outcome"] == "complete"
    assert len(web.log) < 450
    assert sum(row["role"] == "article" for row in crawl.captures()) == 3
    assert "budget_spent" in crawl.issues()
    assert "crawl_trap" not in crawl.issues()


@pytest.mark.slow
def test_pages_that_a_list_states_and_that_give_nothing_are_an_alarm(webs, crawl):
    web = webs()
    entries = small_site(web)
    pager = "<script>createPageHTML(3, 0, 'index', 'html');</script>"
    column = "/zwgk/zfxxgknb/"
    web.column(column, f"<ul>{''.join(entries)}</ul>{pager}")
    web.page(f"{column}index_1.html", "<div>&nbsp;</div><script>var a = 1;</script>")
    crawl.register(web)
    crawl()
    assert "2 页无内容" in crawl.issues()["list_incomplete"]  # one is a stub, one is gone
    for at in (1, 2):
        web.column(
            f"{column}index_{at}.html", web.report(f"/zwgk/zfxxgknb/201801/t2018010{at}_{at}.html", 2017)
        )
    crawl()
    assert "list_incomplete" not in crawl.issues()


@pytest.mark.slow
def test_a_list_that_only_a_browser_sees_is_an_alarm_until_it_is_seen(webs, crawl):
    web = webs()
    entries = small_site(web)
    web.column("/zwgk/zfxxgknb/", '<div id="app"></div><script src="/js/app.9b1c.js"></script>')
    crawl.register(web)
    crawl()
    assert "a browser would tell" in crawl.issues()["list_scripted"]
    web.column("/zwgk/zfxxgknb/", f"<ul>{''.join(entries)}</ul>")
    crawl()
    assert "list_scripted" not in crawl.issues()
