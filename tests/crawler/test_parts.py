"""Addresses, permits, robots, the calendar: small rules."""

from datetime import UTC, datetime, timedelta

import pytest

from crawler.addresses import fingerprint, host_port, is_of_domain, resolve
from crawler.permits import is_private, is_trap, permits, private_hosts
from crawler.registry import Site
from crawler.resolver import GuardedResolver, RefusedAddress
from crawler.robots import rules_from
from crawler.schedule import Plan, Visit, interval, plan

BASE = "http://www.qinghe.gov.cn/zwgk/nb/index.html"
SITE = Site(
    "990001", "990001", "青河县", "http://www.qinghe.gov.cn/", ("www.qinghe.gov.cn:80", "127.0.0.2:8001")
)


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("./a.html", "http://www.qinghe.gov.cn/zwgk/nb/a.html"),
        (" ../../../../a.html\n", "http://www.qinghe.gov.cn/a.html"),
        ("//WWW.qinghe.gov.cn./x", "http://www.qinghe.gov.cn/x"),
        ("\\zwgk\\b.html", "http://www.qinghe.gov.cn/zwgk/b.html"),
        ("c.html#top", "http://www.qinghe.gov.cn/zwgk/nb/c.html"),
        ("/d.jsp;jsessionid=ABC?x=1", "http://www.qinghe.gov.cn/d.jsp?x=1"),
        ("/年报/1.html", "http://www.qinghe.gov.cn/%E5%B9%B4%E6%8A%A5/1.html"),
        ("javascript:void(0)", ""),
        ("mailto:a@b.cn", ""),
        ("file:///etc/passwd", ""),
        ("data:text/html,x", ""),
        ("#", ""),
        ("", ""),
        ("http://[bad/", ""),
        ("/" + "x" * 3000, ""),
    ],
)
def test_links_are_joined_as_sites_mean_them(link, expected):
    assert resolve(BASE, link) == expected


def test_http_and_https_twins_are_one_request():
    assert fingerprint("GET", "http://a.gov.cn/x") == fingerprint("GET", "https://a.gov.cn/x")
    assert fingerprint("GET", "http://a.gov.cn/x") != fingerprint("POST", "http://a.gov.cn/x", "a=1")


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://A.gov.cn", "a.gov.cn:80"),
        ("https://a.gov.cn/", "a.gov.cn:443"),
        ("http://a.gov.cn:81/", "a.gov.cn:81"),
        ("http://[::1]:8/", "[::1]:8"),
    ],
)
def test_host_and_port(url, host):
    assert host_port(url) == host


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("http://www.qinghe.gov.cn/a", True),
        ("https://www.qinghe.gov.cn/a", True),
        ("http://www.qinghe.gov.cn:8080/a", False),
        ("http://other.gov.cn/", False),
        ("http://127.0.0.2:8001/", True),
        ("http://127.0.0.2/", False),
        ("http://127.0.0.1:8001/", False),
        ("ftp://www.qinghe.gov.cn/", False),
        ("http://www.qinghe.gov.cn@127.0.0.1/", False),
    ],
)
def test_only_listed_hosts_are_permitted(url, allowed):
    assert permits(SITE, url) is allowed


def test_private_addresses_are_known_in_every_writing():
    assert all(
        is_private(name)
        for name in (
            "127.0.0.1",
            "10.1.2.3",
            "169.254.169.254",
            "::1",
            "::ffff:10.0.0.1",
            "192.168.0.1",
            "0.0.0.0",
        )
    )
    assert not is_private("8.8.8.8")
    assert private_hosts([SITE]) == {"127.0.0.2"}


def test_names_that_resolve_inside_are_refused():
    resolver = object.__new__(GuardedResolver)
    with pytest.raises(RefusedAddress, match=r"10\.0\.0\.1"):
        resolver._check("10.0.0.1", "www.qinghe.gov.cn")
    assert resolver._check("8.8.8.8", "www.qinghe.gov.cn") == "8.8.8.8"


def test_hosts_of_a_domain():
    home = "http://www.qinghe.gov.cn/"
    of_it = ("http://jyj.qinghe.gov.cn/nb/", "https://a.b.qinghe.gov.cn/")
    assert all(is_of_domain(url, home) for url in of_it)
    assert not any(is_of_domain(url, home) for url in ("http://x.gov.cn/", "http://evilqinghe.gov.cn/", "/a"))
    assert not is_of_domain("http://b.localhost/", "http://localhost/")


def test_traps():
    assert is_trap("http://a.gov.cn/a/b/a/b/a/b/x.html")
    assert is_trap("http://a.gov.cn/cal?year=2024&month=13")
    assert is_trap("http://a.gov.cn/xxgk/calendar/2026/04/")
    assert not is_trap("http://a.gov.cn/xxgk/nb/2026/04/")
    assert not is_trap("http://a.gov.cn/zwgk/zfxxgk/zfxxgknb/2024n/art/2026/art_1.html")


def test_robots_rules():
    assert rules_from(404, b"").allows("http://a.gov.cn/x")
    assert rules_from(403, b"").allows("http://a.gov.cn/x")
    assert not rules_from(503, b"").allows("http://a.gov.cn/x")
    assert not rules_from(None, b"").reachable
    rules = rules_from(200, b"User-agent: *\nDisallow: /zwgk/\nCrawl-delay: 10\n")
    assert (rules.allows("http://a.gov.cn/zwgk/x"), rules.allows("http://a.gov.cn/x"), rules.delay) == (
        False,
        True,
        10,
    )
    assert rules_from(200, b"User-agent: *\nCrawl-delay: 9999\n").delay == 60
    assert rules_from(200, b"<html>not found</html>").allows("http://a.gov.cn/x")
    assert rules_from(200, b"#" * (600 * 1024) + b"\nUser-agent: *\nDisallow: /\n").allows(
        "http://a.gov.cn/x"
    )


def at(month: int, day: int, year: int = 2026) -> datetime:
    return datetime(year, month, day, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("month", "day", "days"),
    [(1, 5, 1), (4, 15, 1), (4, 16, 7), (7, 31, 7), (8, 1, 30), (12, 31, 30), (1, 4, 30)],
)
def test_intervals_follow_the_season(month, day, days):
    assert interval(at(month, day).date()) == timedelta(days=days)


@pytest.mark.parametrize(
    ("visit", "now", "expected"),
    [
        (Visit("never_crawled"), at(8, 1), Plan.FULL),
        (Visit("ok", at(1, 9), at(1, 9), at(1, 1)), at(1, 10), Plan.INCREMENTAL),
        (Visit("ok", at(8, 9), at(8, 9), at(7, 1)), at(8, 20), Plan.WAIT),
        (Visit("ok", at(9, 9), at(9, 9), at(3, 1)), at(10, 20), Plan.FULL),
        (Visit("failing", at(8, 9), at(7, 9), at(7, 1)), at(8, 10), Plan.INCREMENTAL),
        (Visit("failing", at(8, 10), at(7, 9), at(7, 1)), at(8, 10), Plan.WAIT),
        (Visit("ok", at(5, 26), at(5, 26), at(4, 1)), at(6, 6), Plan.FULL),
    ],
)
def test_what_is_due(visit, now, expected):
    assert plan(visit, now) is expected
