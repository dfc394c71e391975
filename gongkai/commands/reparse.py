"""``gongkai reparse``: the archive read again with today's parser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import click

from gongkai.options import answer, common, publish, workers
from gongkai.outcome import NEEDS_A_PERSON
from gongkai.progress import Progress
from pipelines.folder import READINGS
from pipelines.memo import Memo, forget
from pipelines.publish import publish as publish_archive
from pipelines.recovery import recover
from pipelines.reparse import Difference, reparse, roots_of
from pipelines.spread import read_on
from pipelines.store import Store

_SHOWN = 200


@click.command("reparse")
@click.option("--diff", is_flag=True, help="只比较，不写入（默认）Show what would change; the default.")
@click.option("--accept", is_flag=True, help="采用新的读法 Take today's reading in.")
@click.option(
    "--engine",
    envvar="GONGKAI_DASK",
    show_envvar=True,
    metavar="URL",
    help="多机重读 Read on several machines: a Dask scheduler, tcp://HOST:8786.",
)
@workers
@publish
@common
def command(
    diff: bool,
    accept: bool,
    engine: str | None,
    workers: int | None,
    publish: bool,
    data: Path,
    as_json: bool,
) -> int:
    """重读全部存档 Read the archive again with today's parser.

    \b
    不用网络。列出哪些单元格、核对、数字和段落会变；不加 --accept 不写入，
    此时若有差异，退出码为 1。

    Without network. Shows which cells, checks, figures and sections change. Nothing is taken in without
    --accept; with differences and without --accept the exit code is 1.

    \b
    例 Example:
        gongkai reparse --diff
        gongkai reparse --accept
        gongkai reparse --diff --engine tcp://10.0.0.1:8786
    """
    if diff and accept:
        raise click.UsageError("--diff 与 --accept 不能同用 choose one of --diff and --accept")
    with Store.open(data, write=True, make=False) as store:
        recover(store)
        crawl_id = store.begin_crawl("ingest", "reparse") if accept else 0  # comparing leaves no trace
        with Progress() as progress, _memos(data, wanted=engine is not None) as memos:
            if engine:
                read_on(
                    engine,
                    data,
                    roots_of(store),
                    memos[0],
                    lambda done, total: progress.count("各机已读 read on the machines", done, total),
                )
            found = list(
                reparse(
                    store,
                    data,
                    crawl_id,
                    accept=accept,
                    workers=workers,
                    memos=memos,
                    progress=lambda done, total: progress.count("重读 read again", done, total),
                )
            )
        if accept:
            store.end_crawl(crawl_id, "complete")
            forget(data)
    if accept and publish:
        publish_archive(data)
    answer(as_json, {"accepted": accept, "differences": [asdict(d) for d in found]}, _text(found, accept))
    return NEEDS_A_PERSON if found and not accept else 0


@contextmanager
def _memos(data: Path, *, wanted: bool) -> Iterator[list[Memo]]:
    """What other machines have read; kept from a comparison until its outcome is accepted."""
    memos = [Memo(data / READINGS)] if wanted or (data / READINGS).exists() else []
    try:
        yield memos
    finally:
        for memo in memos:
            memo.close()


def _text(found: list[Difference], accept: bool) -> str:
    lines = [str(difference) for difference in found[:_SHOWN]]
    if len(found) > _SHOWN:
        lines.append("… --json 列出全部 lists all")
    verb = "已采用 taken in" if accept else "差异 differences"
    return "\n".join([*lines, f"{verb}: {len(found)}"])
