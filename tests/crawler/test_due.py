"""Which sites a scheduled run visits."""

from datetime import UTC, datetime

from crawler.due import due
from crawler.registry import Site
from pipelines.clock import using
from pipelines.store import Store

SITES = [
    Site(code, code, "青河县", f"http://{code}.gov.cn/", (f"{code}.gov.cn:80",))
    for code in ("990001", "990002", "990003")
]
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
