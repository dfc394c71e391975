"""A crawl again from the archive: the same findings, no network, nothing added; and what a run tells."""

import json
import sys

import pytest

from tests import forked

pytestmark = pytest.mark.slow


def site(web):
    web.page("/", '<a href="/nb/">政府信息公开年报</a>')
    entries = [web.report(f"/nb/20260{n}/t2026010{n}_1{n}.html", 2020 + n) for n in (1, 2, 3)]
    web.column("/nb/", f"<ul>{''.join(entries)}</ul>")


def command(crawl, *arguments, **environment):
    call = [
        sys.executable,
        "-m",
        "gongkai",
        "crawl",
        "--sites",
        str(crawl.root / "sites"),
        "--data",
        str(crawl.data),
    ]
    return forked.run([*call, "--no-publish", "--workers", "1", *arguments], capture_output=True, text=True)


def counts(crawl):
    with crawl.store() as store:
        tables = ("captures", "documents", "resources", "reports", "report_versions", "site_columns")
        return {table: store.value(f"SELECT count(*) FROM {table}") for table in tables}


def test_the_archive_answers_when_the_site_is_gone(webs, crawl):
    web = webs()
    site(web)
    crawl.register(web)
    assert command(crawl, "--all").returncode in (0, 1)
    before = counts(crawl)
    warcs = sorted((crawl.data / "warc").iterdir())
    web.routes.clear()
    web.log.clear()
    with crawl.store() as store:
        state = store.site("990001")
    done = command(crawl, "--all", "--from-archive", "--json")
    assert json.loads(done.stdout)["outcome"] == "complete", done.stderr
    assert web.log == []
    assert counts(crawl) == before
    assert sorted((crawl.data / "warc").iterdir()) == warcs
    with crawl.store() as store:
        assert store.site("990001") == state
        assert store.value("SELECT count(*) FROM requests WHERE sweep < 0") == 0


def test_what_the_store_forgot_is_found_again_in_the_archive(webs, crawl):
    web = webs()
    site(web)
    lacking = "/nb/202602/t20260102_12.html"
    web.routes[lacking] = (500, {}, b"<html><body>500</body></html>")
    crawl.register(web)
    command(crawl, "--all")
    before = counts(crawl)
    from pipelines.store import Store

    with Store.open(crawl.data, write=True) as store, store.transaction() as db:
        db.execute("DELETE FROM site_columns")
    done = command(crawl, "--all", "--from-archive")
    assert done.returncode == 0
    assert counts(crawl) == before
    told = [line for line in done.stderr.splitlines() if "not in the archive" in line]
    assert [line.rpartition(" ")[2] for line in told] == [web.base + lacking]


def test_the_alert_tells_what_needs_a_person(webs, crawl, tmp_path):
    web = webs()
    web.routes["/"] = (403, {"Content-Type": "text/html"}, b"<html><body>403</body></html>")
    crawl.register(web)
    heard = tmp_path / "heard.json"
    assert command(crawl, "--all", "--alert", f"cat >> {heard}").returncode == 1
    told = json.loads(heard.read_text("utf-8"))
    assert [issue["code"] for issue in told["issues"]] == ["site_blocked"]
    heard.unlink()
    assert command(crawl, "--all", "--alert", f"cat >> {heard}").returncode == 0  # nothing new
    assert not heard.exists()


def test_the_webhook_is_called_once(webs, crawl):
    web, hook = webs(), webs("127.0.0.2")
    web.routes["/"] = (403, {"Content-Type": "text/html"}, b"<html><body>403</body></html>")
    hook.routes["/hook"] = (204, {}, b"")
    crawl.register(web)
    assert command(crawl, "--all", "--alert", f"{hook.base}/hook").returncode == 1
    assert hook.asked() == ["/hook"]


def test_the_ledger_counts_what_was_asked(webs, crawl):
    web = webs()
    site(web)
    web.routes["/nb/202602/t20260102_12.html"] = (500, {}, b"<html><body>500</body></html>")
    crawl.register(web)
    crawl()
    ledger = json.loads((crawl.data / "runs" / "1.json").read_text("utf-8"))
    told = ledger["sites"]["990001"]
    rows = crawl.captures()
    assert told["requests"] == len(rows) == ledger["requests"]
    assert told["failures"]["http_5xx"] == 3
    assert sum(told["outcomes"].values()) == len(rows)
    assert [(column["found"], column["declared"]) for column in told["columns"]] == [(3, None)]


@pytest.mark.parametrize(
    ("outcome", "detail", "expected"),
    [
        ("error", "tls: ResponseNeverReceived: [SSL.Error]", "tls"),
        ("error", "CannotResolveHostError: DNS lookup failed", "dns"),
        ("error", "HTTP 503", "http_5xx"),
        ("refused", "refused_robots: robots.txt forbids it", "robots"),
        ("timeout", "0 bytes so far", "timeout"),
        ("blocked", None, "blocked"),
    ],
)
def test_failures_have_a_class(outcome, detail, expected):
    from crawler.ledger import failure_class

    assert failure_class(outcome, detail) == expected
