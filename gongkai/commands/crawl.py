"""``gongkai crawl``: one run over chosen sites."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import click

from crawler.context import Progress as CrawlProgress
from crawler.context import Run
from crawler.distributed.engine import Engine
from crawler.distributed.round import open_round
from crawler.distributed.worker import AT_ONCE, work
from crawler.due import Due
from crawler.due import due as due_now
from crawler.enrolment import enrol
from crawler.registry import Registry, Site, choose, load_registry
from crawler.run import RunResult, crawl
from gongkai.alert import alert as send
from gongkai.options import answer, common, publish, workers
from gongkai.outcome import NEEDS_A_PERSON, tell_errors
from gongkai.progress import Progress
from pipelines.clock import moment
from pipelines.publish import publish as publish_archive
from pipelines.store import Store, StoreError

_INTERRUPTED = 130
_FLAGS = {"--all": "everything", "--due": "due", "--from-archive": "from_archive"}


@click.command("crawl")
@click.argument("sites", nargs=-1, metavar="[SITE]...")
@click.option("--all", "everything", is_flag=True, help="全部站点 Every site of the registry.")
@click.option("--due", is_flag=True, help="到期站点 The sites that are due by the season's plan.")
@click.option(
    "--sites",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="站点登记目录 A folder of registry files instead of the bundled one.",
)
@click.option(
    "--from-archive", is_flag=True, help="离线重走 Answer every request from the archive, no network."
)
@click.option(
    "--alert",
    envvar="GONGKAI_ALERT",
    show_envvar=True,
    metavar="CMD|URL",
    help="有待人工处理时通知 A command (JSON on its input) or webhook, called if a person is needed.",
)
@click.option(
    "--engine",
    envvar="GONGKAI_ENGINE",
    show_envvar=True,
    metavar="URL",
    help="多机采集 Several machines: opens a round on a Redis or Valkey; without sites, works on it.",
)
@click.option("--worker", metavar="NAME", help="本机名 What this worker is called on the engine.")
@click.option(
    "--at-once",
    type=click.IntRange(1),
    default=AT_ONCE,
    show_default=True,
    help="同时处理的站点数 Sites that a worker holds at a time.",
)
@workers
@publish
@common
def command(
    sites: tuple[str, ...],
    everything: bool,
    due: bool,
    folder: Path | None,
    from_archive: bool,
    alert: str | None,
    engine: str | None,
    worker: str | None,
    at_once: int,
    workers: int | None,
    publish: bool,
    data: Path,
    as_json: bool,
) -> int:
    """采集一次 Crawl the chosen sites once.

    \b
    从上次停下的地方接着采集。SITE 是登记文件名（不含 .toml）或其开头：
    640323 是盐池县，64 是全宁夏。

    Goes on with what an earlier run left.

    SITE is the name of a registry file without .toml, or a prefix of it: 640323 is 盐池县, 64 all of 宁夏.

    \b
    例 Example:
        gongkai crawl 640323
        gongkai crawl --due
        gongkai crawl --all --sites my-sites/
        gongkai crawl 640323 --from-archive
        gongkai crawl --all --engine redis://10.0.0.1:6379
        gongkai crawl --engine redis://10.0.0.1:6379 --data worker-1
    """
    if engine and not (sites or everything or due):
        with closing(Engine(engine, name=worker or platform.node())) as at_work:
            return _work(at_work, data, workers, at_once, as_json)
    if sum((bool(sites), everything, due)) != 1:
        raise click.UsageError("请指明站点、--all 或 --due 之一 give sites, or --all, or --due")
    registry = load_registry(folder)
    chosen = _chosen(registry, sites)
    words = [*sites, *(name for name, on in _FLAGS.items() if click.get_current_context().params[on])]
    command = " ".join(("crawl", *words))
    told = {"command": command, "data": str(data)}
    try:
        with Store.open(data, write=True, make=not from_archive) as store:
            enrol(store, registry)
            planned = due_now(store, chosen, moment()) if due else Due(tuple(chosen), ())
            if engine:
                with closing(Engine(engine)) as opening:
                    return _open(store, opening, planned, registry, command, as_json)
            ran = _crawl(store, planned, registry, command, workers=workers, offline=from_archive)
    except StoreError as error:
        _tell(alert, told, error, [])
        raise
    _tell(alert, told | {"run": ran.summary}, ran.result.failure, ran.errors)
    if publish:
        publish_archive(data)
    sites_asked = [site.site for site in planned.sites]
    answer(as_json, {**ran.summary, "sites": sites_asked}, _text(ran.summary, ran.result))
    return _code(ran.result, ran.code)


class _Ran(NamedTuple):
    """What a run did: the store's row of it, its new errors, and the exit code that these give."""

    result: RunResult
    summary: dict[str, Any]
    errors: list[dict[str, Any]]
    code: int


def _crawl(
    store: Store, planned: Due, registry: Registry, command: str, *, workers: int | None, offline: bool
) -> _Ran:
    """Crawl on this machine."""
    with Progress() as progress:
        run = Run(
            store,
            planned.sites,
            registry.regions,
            workers=workers,
            incremental=planned.incremental,
            progress=lambda state: progress.show(_line(state)),
            command=command,
            offline=offline,
        )
        result = crawl(run)
    code = tell_errors(store, result.crawl_id)
    errors = store.new_errors(result.crawl_id)
    return _Ran(result, _summary(store, result), errors, code)


def _tell(alert: str | None, told: dict[str, Any], failure: BaseException | None, issues: list[Any]) -> None:
    """Call whoever wants to hear of what needs a person, if anything does."""
    if alert and (failure or issues):
        send(alert, told | {"failure": str(failure) if failure else None, "issues": issues})


def _summary(store: Store, result: RunResult) -> dict[str, Any]:
    return store.row("SELECT * FROM crawls WHERE crawl_id = ?", (result.crawl_id,)) or {}


def _open(store: Store, engine: Engine, planned: Due, registry: Registry, command: str, as_json: bool) -> int:
    """Give the sites to the workers of an engine."""
    opened = open_round(
        store, engine, planned.sites, registry.regions, incremental=planned.incremental, command=command
    )
    answer(
        as_json,
        {"crawl_id": opened.round_id, "sites": [site.site for site in planned.sites]},
        f"第 {opened.round_id} 轮已就绪 round {opened.round_id} is open: {len(planned.sites)} 个站点 sites\n"
        "  在各台机器上 on each machine:  gongkai crawl --engine URL --data SHARD\n"
        "  完成后 afterwards:             gongkai merge SHARD…",
    )
    return 0


def _work(engine: Engine, data: Path, workers: int | None, at_once: int, as_json: bool) -> int:
    """Work on the round that is open."""
    with Store.open(data, write=True) as store:
        with Progress() as progress:
            result = work(
                store,
                engine,
                workers=workers,
                at_once=at_once,
                progress=lambda state: progress.show(_line(state)),
            )
        summary = _summary(store, result)
    text = (
        f"第 {result.crawl_id} 轮 round {result.crawl_id}: {result.outcome} · "
        f"本机请求 requests here {sum(result.outcomes.values())}"
    )
    answer(as_json, summary | {"outcomes": result.outcomes}, text)
    return _code(result, 0)


def _chosen(registry: Registry, wanted: Iterable[str]) -> list[Site]:
    if not wanted:
        return list(registry.sites.values())
    try:
        return choose(registry, wanted)
    except LookupError as error:
        raise click.UsageError(
            f"登记中没有 {error.args[0]!r} no registry file begins so ({registry.folder}); "
            "新站点 a new site: gongkai probe URL --write"
        ) from None


def _line(state: CrawlProgress) -> str:
    outcomes = " ".join(f"{name} {count}" for name, count in sorted(state.outcomes.items()))
    return (
        f"请求 requests {state.requests} ({outcomes}) · 待取 waiting {state.waiting} · "
        f"已读 read {state.read} · {state.site}"
    )


def _text(summary: dict[str, Any], result: RunResult) -> str:
    return (
        f"第 {result.crawl_id} 次采集 run {result.crawl_id}: {result.outcome} · "
        f"请求 requests {summary['requests']} · 新文件 new documents {summary['new_documents']} · "
        f"变动 changed {summary['changed_documents']} · 新报告 new reports {summary['new_reports']} · "
        f"错误 errors {summary['errors']}"
    )


def _code(result: RunResult, code: int) -> int:
    if result.outcome == "interrupted":
        return _INTERRUPTED
    if result.failure is not None:
        click.echo(f"gongkai: {result.failure}", err=True)
        return NEEDS_A_PERSON
    return code
