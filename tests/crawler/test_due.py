"""Which sites a scheduled run visits."""

from dataclasses import replace
from datetime import UTC, datetime

from crawler.context import Run
from crawler.due import due
from crawler.finishing import finish_site
from crawler.registry import Site
from pipelines.clock import using
from pipelines.store import Store

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
        run.judge._text_of(site.site, "home")
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
