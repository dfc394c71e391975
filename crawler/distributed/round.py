"""Opening a round: a run of the archive begins, and its sites go to the engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from crawler.distributed.dossier import pack_dossier
from crawler.distributed.engine import Engine, Round, RoundRuns
from crawler.enrolment import register
from crawler.registry import Site
from pipelines.parse.regions import Region
from pipelines.store import Store


def open_round(
    store: Store,
    engine: Engine,
    sites: Sequence[Site],
    regions: Iterable[Region],
    *,
    incremental: Iterable[str] = (),
    command: str = "crawl",
) -> Round:
    """Give ``sites`` to the workers of an engine, with what the archive ``store`` knows of them.

    The run is one of the archive like any other; merging ends it. Raises RoundRuns, having
    changed nothing, while an earlier round is not over.
    """
    engine.check()
    if engine.round() and not engine.standing().over:
        raise RoundRuns(
            "上一轮尚未结束 a round is not over: let workers finish it (gongkai crawl --engine URL)"
        )
    regions = tuple(regions)
    register(store, sites, regions)
    round_id = store.begin_crawl("crawl", command)
    started_at = store.value("SELECT started_at FROM crawls WHERE crawl_id = ?", (round_id,))
    opened = Round(round_id, command, started_at, tuple(asdict(region) for region in regions))
    engine.open_round(opened, _sites(store, sites, frozenset(incremental)))
    return opened


def _sites(
    store: Store, sites: Sequence[Site], incremental: frozenset[str]
) -> Iterator[tuple[str, dict[str, Any], bytes]]:
    for site in sites:
        dossier = pack_dossier(store, site.site, incremental=site.site in incremental)
        yield site.site, asdict(site), dossier
