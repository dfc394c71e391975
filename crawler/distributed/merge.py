"""Ending rounds: the shards of the workers become part of the archive, and their sites are judged."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, Final

from crawler.budgets import LEFT_OUT
from crawler.distributed.dossier import FETCH_ISSUES
from crawler.enrolment import put_sites, register
from crawler.finishing import NOT_FOLLOWED, finish_site
from crawler.frontier import Frontier
from crawler.ledger import write_ledger
from crawler.registry import Site
from pipelines.merging import Merged, Merging, runs_of, shards_at
from pipelines.parse.regions import Region
from pipelines.store import Row, Store

_AT_ONCE: Final = 64  # sites whose judgement shares a commit


def merge(
    store: Store,
    folders: Sequence[Path],
    *,
    workers: int | None = None,
    progress: Callable[[str, int], None] = lambda what, done: None,
) -> Merged:
    """Bring the data directories of workers into the archive ``store``, which is open for writing.

    Run by run, the shards of a run together: first all that came, then each article whose parts are all here,
    then each site that was seen through. May be repeated, interrupted and begun again; give all shards of a
    run at once if they can be had. What comes after a later run was merged is archived; of what that run
    visited too nothing is filed (``Merged.late``): a rebuild puts it in its place. Raises Held while a worker
    runs, NotMergeable, Damaged, DiskLow.
    """
    merged = Merged()
    with shards_at(folders, store) as shards:
        _register(store, shards)
        for run in runs_of(store, shards):
            merging = Merging(store, shards, run, merged, progress)
            merging.take_files()
            merging.take_captures()
            merging.take_notes(FETCH_ISSUES)
            merging.read(workers)
            sites = _sites_of(shards, run)
            done = _finish_all(store, merging, shards, sites.values(), run["crawl_id"])
            merging.end(complete=done)
            write_ledger(store, run["crawl_id"], sites)
    return merged


def _register(store: Store, shards: Sequence[Store]) -> None:
    """Sites, divisions and expected agencies that this archive may not know yet."""
    sites: dict[str, Site] = {}
    regions: dict[str, Region] = {}
    known = {row["site"] for row in store.rows("SELECT site FROM sites")}
    for shard in shards:
        for row in shard.rows("SELECT code, name, level, parent_code, province, prefecture, county, "
                              "valid_from, valid_to FROM regions"):  # fmt: skip
            texts: dict[str, Any] = {name: value or "" for name, value in row.items()}
            regions.setdefault(row["code"], Region(**texts))
        for row in shard.rows("SELECT site, definition FROM sites"):
            if row["site"] not in known:
                sites.setdefault(row["site"], Site.defined(json.loads(row["definition"])))
    if sites:
        register(store, sites.values(), tuple(regions.values()))
    else:
        put_sites(store, (), tuple(regions.values()))


def _sites_of(shards: Sequence[Store], run: Row) -> dict[str, Site]:
    """The sites that anything was asked of in a run."""
    asked = "SELECT DISTINCT site FROM captures WHERE crawl_id = ? AND site IS NOT NULL"
    sites: dict[str, Site] = {}
    for shard in shards:
        for row in shard.rows(f"SELECT definition FROM sites WHERE site IN ({asked})", (run["crawl_id"],)):  # noqa: S608
            site = Site.defined(json.loads(row["definition"]))
            sites.setdefault(site.site, site)
    return dict(sorted(sites.items()))


def _finish_all(
    store: Store, merging: Merging, shards: Sequence[Store], sites: Iterable[Site], sweep: int
) -> bool:
    """Judge the sites of a run, many in one commit; whether all are complete."""
    rest = iter(sites)
    complete = True
    while some := list(islice(rest, _AT_ONCE)):
        with store.transaction():
            for site in some:
                complete &= _finish(store, merging, shards, site, sweep)
    return complete


def _finish(store: Store, merging: Merging, shards: Sequence[Store], site: Site, sweep: int) -> bool:
    """Judge a site that was seen through, as a run on one machine does at its end; whether it is complete."""
    finisher = merging.finished(site.site)
    if finisher is None:
        merging.take_state(site.site)
        return False
    if merging.take_requests(finisher, site.site):
        frontier = _Past(store, replace(site, delay=0.0), sweep, _left_out(shards, site.site, sweep))
        finish_site(store, frontier, site, sweep, interrupted=False)
        frontier.forget_sweeps_before(site.site, sweep)
    return True


class _Past(Frontier):
    """The frontier of a sweep that other machines have finished, for judging it."""

    def __init__(self, store: Store, site: Site, sweep: int, left_out: dict[str, list[str]]) -> None:
        super().__init__(store, {site.site: site}, "")
        self.open_sweep(site, sweep)
        self._left_out = left_out

    def left_out(self, site: str) -> dict[str, list[str]]:
        """The addresses that the workers did not ask for."""
        return self._left_out


def _left_out(shards: Sequence[Store], site: str, sweep: int) -> dict[str, list[str]]:
    """The addresses that a budget or the trap guard kept a worker from."""
    sql = "SELECT detail FROM issues WHERE code = ? AND site = ? AND crawl_id = ? ORDER BY detail"
    return {
        code: [
            row["detail"].removeprefix(NOT_FOLLOWED)
            for shard in shards
            for row in shard.rows(sql, (code, site, sweep))
        ]
        for code in LEFT_OUT
    }
