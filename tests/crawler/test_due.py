"""Which sites a scheduled run visits."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from crawler.context import Run
from crawler.due import due, mark_late, worth_a_look
from crawler.finishing import finish_site
from crawler.frontier import Frontier
from crawler.registry import Site
from crawler.robots import Rules
from crawler.wants import Want
from gongkai.cli import cli
from pipelines.clock import stamp, using
from pipelines.store import Capture, Store

SITES = [
    Site(code, code, "青河县", f"http://{code}.gov.cn/", (f"{code}.gov.cn:80",))
    for code in ("990001", "990002", "990003")
]
_LARGE = {"captures", "c", "requests", "r", "issues", "resources", "report_sources", "agencies", "readings"}
THEN, NOW = datetime(2026, 2, 1, 6, tzinfo=UTC), datetime(2026, 2, 2, 7, tzinfo=UTC)


def test_new_sites_are_swept_known_ones_looked_at_fresh_ones_left(tmp_path):
    with Store.open(tmp_path, write=True) as store:
        for site in SITES[:2]:
            store.put_site(site.site, name=site.name, home=site.home, definition={})
        with using(lambda: THEN):
            store.set_site_state("990001", "ok", succeeded=True, full_sweep=True)
        with using(lambda: NOW):
            store.set_site_state("990002", "ok", succeeded=True, full_sweep=True)
        found = due(store, SITES, NOW)
    assert [site.site for site in found.sites] == ["990001", "990003"]
    assert found.incremental == ("990001",)


def test_what_an_interrupted_run_left_is_due(tmp_path):
    with Store.open(tmp_path, write=True) as store:
        store.put_site("990001", name="青河县", home=SITES[0].home, definition={})
        with using(lambda: NOW):
            store.set_site_state("990001", "ok", succeeded=True, full_sweep=True)
        with store.transaction() as db:
            db.execute(
                """INSERT INTO requests (site, sweep, fingerprint, url, host, role)
                   VALUES ('990001', 1, 'x', 'u', 'h', 'home')"""
            )
        assert [site.site for site in due(store, SITES[:1], NOW).sites] == ["990001"]


def test_beginning_and_ending_a_site_reads_no_whole_table(tmp_path):
    """Three thousand sites and a million captures: what is asked for each of them must be found by index."""
    site = replace(SITES[0], agencies=("青河县教育局",), min_reports=1)
    asked = set()
    with Store.open(tmp_path, write=True) as store:
        store.db.conn.set_trace_callback(asked.add)
        run = Run(store, [site], offline=False)
        while lease := run.frontier.lease():
            with store.transaction():
                run.frontier.done(lease.request_id)
            run.frontier.release(lease)
            run.frontier.is_complete(lease.site, lease.sweep, "x")
            store.close_issues(lease.url)
        run.judge._page_of(site.site, "home")
        finish_site(store, run.frontier, site, run.crawl_id, interrupted=False)
        store.db.conn.set_trace_callback(None)
        whole = {(table, sql) for sql in asked for table in _read_whole(store, sql)}
    assert len(asked) > 30
    assert not whole


def _read_whole(store, sql):
    if not sql.lstrip().startswith(("SELECT", "UPDATE", "DELETE")) or "sweep < 0" in sql:
        return  # replays are forgotten once a run
    for row in store.rows(f"EXPLAIN QUERY PLAN {sql}"):
        words = row["detail"].split()
        if words[0] == "SCAN" and words[1] in _LARGE:
            yield words[1]


@pytest.mark.parametrize(
    ("state", "days", "expected"),
    [
        ("ok", 1, "ok"),
        ("ok", 3, "late"),
        ("late", 3, "late"),
        ("failing", 3, "failing"),
        ("blocked", 3, "blocked"),
    ],
)
def test_a_site_that_nobody_visited_for_more_than_a_day_too_long_is_late(tmp_path, state, days, expected):
    then = NOW - timedelta(days=days)
    with Store.open(tmp_path, write=True) as store:
        store.put_site("990001", name="青河县", home=SITES[0].home, definition={})
        with using(lambda: then):
            store.set_site_state("990001", "ok", succeeded=True, full_sweep=True)
            store.set_site_state("990001", state, succeeded=state == "ok", full_sweep=state == "ok")
        mark_late(store, NOW)
        assert store.site("990001")["state"] == expected
        store.set_site_state("990001", "ok", succeeded=True)
        assert store.site("990001")["state"] == "ok"


def test_a_site_without_an_answer_in_three_runs_needs_a_person(tmp_path):
    with Store.open(tmp_path, write=True) as store:
        store.put_site("990001", name="青河县", home=SITES[0].home, definition={})
        frontier = Frontier(store, {"990001": SITES[0]}, "run")
        frontier.open_sweep(SITES[0], 1)
        frontier.begin(SITES[0], [Want(SITES[0].home, "home")])
        for host in frontier.hosts.of_site("990001"):
            frontier.hosts.ruled(host.name, Rules(reachable=False))
        for codes in (set(), set(), {"host_dead"}, {"host_dead"}):
            crawl_id = store.begin_crawl("crawl", "test")
            assert not finish_site(store, frontier, SITES[0], crawl_id, interrupted=False)
            assert {row["code"] for row in store.open_issues()} == codes


def _known(store, lists, seen, swept=None, **noted):
    """Lists of a site whose last sweep took that many requests (ten for each list), all seen then."""
    store.put_site("990001", name="青河县", home=SITES[0].home, definition={})
    with using(lambda: seen):
        for name in lists:
            store.put_column("990001", f"http://a.cn/{name}/", found_by="link", title=name, found_total=5)
    store.db.execute("UPDATE sites SET swept_requests = ?", (10 * len(lists) if swept is None else swept,))
    for column, value in noted.items():
        store.db.execute(f"UPDATE site_columns SET {column} = ?", (value,))
    return store.columns_of("990001")


def _looked_at(store, columns, at=NOW):
    with using(lambda: at):
        return [row["title"] for row in worth_a_look(store, "990001", columns)]


@pytest.mark.parametrize(
    ("reported", "days", "looked"),
    [(2025, 1, 1), (2024, 1, 1), (None, 1, 1), (2025, 8, 1)],
    ids=["nothing is due", "the year due is missing", "nothing is known", "a week ago"],
)
def test_lists_take_turns_where_a_look_at_all_costs_too_much(tmp_path, reported, days, looked):
    with Store.open(tmp_path, write=True) as store:
        columns = _known(store, "abcdefgh", NOW - timedelta(days=days), reported_year=reported, swept=29)
        assert len(_looked_at(store, columns)) == looked


def test_each_list_that_waits_for_a_report_has_its_turn_before_others_and_no_visit_costs_more(tmp_path):
    waiting = "abcdefghijklmnopqrst"
    with Store.open(tmp_path, write=True) as store:
        _known(store, waiting, NOW - timedelta(days=2), reported_year=2024)
        _known(store, "xyz", NOW, reported_year=2025, swept=40)
        store.db.execute("UPDATE site_columns SET reported_year = 2024 WHERE title < 'x'")
        seen = []
        for days in range(7):
            at = NOW + timedelta(days=days)
            found = _looked_at(store, store.columns_of("990001"), at)
            assert len(found) == 3  # and one request for robots.txt
            seen += found
            for title in found:
                store.db.execute(
                    "UPDATE site_columns SET last_seen_at = ?, looked_in = ? WHERE title = ?",
                    (stamp(at), days + 1, title),
                )
    assert set(seen) >= set(waiting)


def _place(name, asked, title=""):
    return {"mark": name, "url": f"http://a.cn/{name}.json", "role": "list", "method": "GET", "body": "",
            "context": {"title": title}, "asked": asked}  # fmt: skip


@pytest.mark.parametrize(
    ("swept", "days", "asked_for"),
    [(30, 1, None), (29, 1, "b"), (29, 8, None)],
    ids=["all of it is affordable", "a page of it is", "a week ago it was seen whole"],
)
def test_where_a_list_costs_too_much_the_page_that_shows_it_is_asked_for_instead(
    tmp_path, swept, days, asked_for
):
    places = json.dumps([_place("a", 3), _place("b", 2), _place("past", 1, "2018年")])
    with Store.open(tmp_path, write=True) as store:
        columns = _known(store, "x", NOW - timedelta(days=days), swept=swept, look_requests=2, places=places)
        with using(lambda: NOW):
            (look,) = worth_a_look(store, "990001", columns)
    assert look.get("place", {}).get("mark") == asked_for
    assert look["cost"] == (2 if asked_for else 3)


def test_what_leads_to_all_lists_is_looked_at_on_every_visit(tmp_path):
    with Store.open(tmp_path, write=True) as store:
        columns = _known(store, "abcdefghi", NOW - timedelta(days=2), reported_year=2024, swept=50)
        with using(lambda: NOW - timedelta(hours=1)):
            store.put_column("990001", "http://a.cn/", found_by="link", title="hub")
        columns = store.columns_of("990001")
        assert _looked_at(store, columns) == ["hub", "a", "b", "c"]


def test_what_leads_to_lists_takes_turns_too_where_all_of_it_costs_too_much(tmp_path):
    with Store.open(tmp_path, write=True) as store:
        _known(store, "abcdefghijklmnopqr", NOW - timedelta(days=2), reported_year=2024, swept=63)
        with using(lambda: NOW - timedelta(hours=1)):
            for name in ("hub1", "hub2", "hub3"):
                store.put_column("990001", f"http://a.cn/{name}/", found_by="link", title=name)
        assert _looked_at(store, store.columns_of("990001")) == list("abcde")


@pytest.mark.parametrize(("share", "month", "days"), [(5, 6, 7), (3, 6, 3), (2, 6, 1), (2, 9, 7), (1, 2, 1)])
def test_where_lists_take_turns_visits_come_as_often_as_it_takes(tmp_path, share, month, days):
    last = datetime(2026, month, 1, 6, tzinfo=UTC)
    with Store.open(tmp_path, write=True) as store:
        _known(store, "abcd", last, swept=10 * share)
        with using(lambda: last):
            store.set_site_state("990001", "ok", succeeded=True, full_sweep=True)
        visits = [bool(due(store, SITES[:1], last + timedelta(days=n)).sites) for n in (days - 1, days)]
    assert visits == [False, True]


@pytest.mark.parametrize(
    ("look", "size", "looked"),
    [(1, 10, 4), (2, 10, 2), (1, 100, 2), (1, 0, 4), (9, 900, 1)],
    ids=["a request each", "the list comes by a script", "bytes", "not modified", "one at least"],
)
def test_what_a_look_costs_tells_how_many_are_affordable(tmp_path, look, size, looked):
    with Store.open(tmp_path, write=True) as store:
        columns = _known(
            store, "abcdef", NOW - timedelta(days=1), reported_year=2025, swept=50,
            look_requests=look, look_bytes=size,
        )  # fmt: skip
        store.db.execute("UPDATE sites SET swept_bytes = 12500")
        columns = store.columns_of("990001")
        assert len(_looked_at(store, columns)) == looked


@pytest.mark.parametrize(
    ("outcome", "hours", "looked"),
    [("new", 23, 5), ("gone", 23, 5), ("new", 25, 4), ("error", 1, 4), ("blocked", 1, 4)],
)
def test_rules_of_a_host_that_were_asked_for_within_a_day_cost_nothing(tmp_path, outcome, hours, looked):
    then = stamp(NOW - timedelta(hours=hours))
    robots = {"url": "http://a.cn/robots.txt", "role": "robots", "outcome": outcome, "fetched_at": then}
    with Store.open(tmp_path, write=True) as store:
        _known(store, "abcdef", NOW - timedelta(days=1), reported_year=2025, swept=50)
        store.add_capture(Capture(crawl_id=store.begin_crawl("crawl", "test"), **robots))
        assert len(_looked_at(store, store.columns_of("990001"))) == looked


def test_the_longest_unseen_list_comes_first_and_a_list_of_which_one_is_due_always(tmp_path):
    with Store.open(tmp_path, write=True) as store:
        _known(store, "abcdef", NOW - timedelta(hours=1), reported_year=2025, swept=40)
        for name, hours in (("b", 30), ("e", 60)):
            then = (NOW - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")
            store.db.execute("UPDATE site_columns SET last_seen_at = ? WHERE title = ?", (then, name))
        store.db.execute("UPDATE site_columns SET reported_year = 2024 WHERE title = 'f'")
        assert _looked_at(store, store.columns_of("990001")) == ["f", "e", "b"]


def test_lists_of_years_long_past_are_left_wherever_the_year_stands(tmp_path):
    with Store.open(tmp_path, write=True) as store:
        titles = ("2025年", "2018年 教育局", "教育局 2018年", "2025年 教育局", "教育局 2019年年报", "教育局")
        _known(store, titles, NOW, swept=100)
        assert set(_looked_at(store, store.columns_of("990001"))) == {"2025年", "2025年 教育局", "教育局"}


def test_of_columns_with_the_same_lines_one_is_looked_at(tmp_path):
    with Store.open(tmp_path, write=True) as store:
        _known(store, "abcd", NOW, swept=40)
        store.db.execute("UPDATE site_columns SET lines = 'x' WHERE title IN ('b', 'd')")
        assert _looked_at(store, store.columns_of("990001")) == ["a", "b", "c"]


def test_lists_that_do_not_answer_keep_no_other_from_its_turn(tmp_path):
    with Store.open(tmp_path, write=True) as store:
        _known(store, "abcdef", NOW - timedelta(days=2), reported_year=2024, swept=30)
        crawl_id = store.begin_crawl("crawl", "test")
        for name in "ab":
            store.add_capture(
                Capture(
                    crawl_id=crawl_id, outcome="timeout", fetched_at=stamp(NOW), url=f"http://a.cn/{name}/"
                )
            )
        assert _looked_at(store, store.columns_of("990001")) == ["c", "d"]


@pytest.mark.parametrize(("today", "state"), [(NOW, "ok"), (NOW + timedelta(days=3), "late")])
def test_which_sites_are_late_is_told_by_the_one_clock(tmp_path, today, state):
    with Store.open(tmp_path, write=True) as store:
        store.put_site("990001", name="青河县", home=SITES[0].home, definition={})
        with using(lambda: THEN):
            store.set_site_state("990001", "ok", succeeded=True, full_sweep=True)
    with using(lambda: today):
        told = CliRunner().invoke(cli, ["status", "--json", "--data", str(tmp_path)])
    assert json.loads(told.stdout)["sites"][0]["state"] == state
