"""The end of a sweep, judged from what was kept of its pages."""

import json

import pytest

from crawler.finishing import finish_site
from crawler.registry import Site
from pipelines.store import Capture, Store

HOME = "http://www.qinghe.gov.cn/"
SITE = Site("990001", "990001", "青河县", HOME, ("www.qinghe.gov.cn:80",))
NOTHING = {
    "column": "",
    "found": [],
    "others": [],
    "declared": None,
    "stuck": False,
    "more": [],
    "articles": 0,
}


class Answered:
    """What a frontier says of a sweep of which nothing is left."""

    def __init__(self, sweep: int) -> None:
        self.sweep = sweep

    def sweep_of(self, site):
        return self.sweep

    def pending(self, site):
        return 0

    def left_out(self, site):
        return {}


def judged(store: Store, pages: dict[str, dict], *, incremental: bool = False) -> dict[str, str]:
    """Severities of the issues open after a sweep of these pages: what each gave, by its name."""
    sweep = store.begin_crawl("crawl", "test")
    store.put_site("990001", name="青河县", home=HOME, definition={})
    for name, kept in pages.items():
        context = json.dumps({"counted": NOTHING | {"leads": []} | kept, "incremental": incremental})
        with store.transaction() as db:
            db.execute(
                """INSERT INTO requests (site, sweep, fingerprint, url, host, role, state, context)
                   VALUES ('990001', ?, ?, ?, 'h', ?, 'done', ?)""",
                (sweep, name, HOME + name, "column" if "column" in kept else "tree", context),
            )
        if "column" in kept:
            store.put_column("990001", HOME + name, found_by="test", title=None, family="", score=1.0)
    assert finish_site(store, Answered(sweep), SITE, sweep, interrupted=False)
    return {
        row["detail"].partition(": ")[0].removeprefix(HOME): row["severity"] for row in store.open_issues()
    }


HUB = {"column": "x", "leads": ["tree"]}


@pytest.mark.parametrize(
    ("tree", "told"),
    [
        ({"tree": {}}, {"hub": "error"}),
        ({"tree": {"leads": ["hub", "bureau"]}, "bureau": {}}, {"hub": "error"}),
        ({"tree": {"leads": ["bureau"]}, "bureau": {"others": ["a"]}}, {}),
        ({"tree": {"articles": 1}}, {}),
        ({"tree": {"more": ["file"]}, "file": {"leads": ["bureau"]}, "bureau": {"found": ["a"]}}, {}),
        ({"tree": {"leads": ["elsewhere"]}}, {}),  # it was led on, or did not answer: that is told by itself
    ],
)
def test_a_column_that_leads_to_nothing_is_told(tmp_path, tree, told):
    with Store.open(tmp_path, write=True) as store:
        assert judged(store, {"hub": HUB} | tree) == told


def test_one_empty_column_of_many_is_a_warning(tmp_path):
    with Store.open(tmp_path, write=True) as store:
        assert judged(store, {"empty": {"column": "x"}, "full": {"column": "x", "found": ["a"]}}) == {
            "empty": "warning"
        }


def test_a_list_that_was_empty_stays_so_until_it_is_seen_with_lines(tmp_path):
    full = {"column": "x", "found": ["a"]}
    with Store.open(tmp_path, write=True) as store:
        told = judged(store, {"hub": HUB, "tree": {}, "full": full})
        assert told == {"hub": "warning"}
        assert (
            judged(store, {"hub": HUB, "full": full}, incremental=True) == told
        )  # its tree is not asked for
        assert judged(store, {"full": full}, incremental=True) == told  # nor is it in every turn
        assert judged(store, {"hub": full}, incremental=True) == {}


@pytest.mark.parametrize(("status", "look_bytes"), [(200, 150), (304, 50)])
def test_what_a_sweep_and_a_look_at_a_list_cost_is_noted(tmp_path, status, look_bytes):
    pages = {
        "first": {"column": "x", "more": ["second"]},
        "second": {"found": ["1"], "articles": 1, "more": ["third"]},
        "third": {"found": ["2"], "articles": 1},
    }
    came = {"first": (100, status), "second": (50, 200), "third": (50, 200), "1": (800, 200)}
    with Store.open(tmp_path, write=True) as store:
        judged(store, pages)
        about = {"crawl_id": 1, "outcome": "new", "fetched_at": "2026-01-20T08:00:00Z", "site": "990001"}
        for name, (size, code) in came.items():
            store.add_capture(Capture(url=HOME + name, status_code=code, bytes=size, role="list", **about))
        assert finish_site(store, Answered(1), SITE, 1, interrupted=False)
        noted = store.row("SELECT look_requests, look_bytes FROM site_columns")
        assert noted == {"look_requests": 2, "look_bytes": look_bytes}
        (row,) = store.sites()
        assert (row["swept_requests"], row["swept_bytes"]) == (4, 850 + look_bytes)
