"""``gongkai reparse``: the archive read again with today's parser."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from gongkai.options import answer, common, publish, workers
from gongkai.outcome import NEEDS_A_PERSON
from gongkai.progress import Progress
from pipelines.publish import publish as publish_archive
from pipelines.recovery import recover
from pipelines.reparse import Difference, reparse
from pipelines.store import Store

_SHOWN = 200


@click.command("reparse")
@click.option("--diff", is_flag=True, help="只比较，不写入（默认）Show what would change; the default.")
@click.option("--accept", is_flag=True, help="采用新的读法 Take today's reading in.")
@workers
@publish
@common
def command(diff: bool, accept: bool, workers: int | None, publish: bool, data: Path, as_json: bool) -> int:
    """用当前解析器重读全部存档，不联网 Read the whole archive again with today's parser, without network.

    Shows which cells and checks change. Nothing is taken in without --accept; with
    differences and without --accept the exit code is 1.

    \b
    例 Example:
        gongkai reparse --diff
        gongkai reparse --accept
    """
    if diff and accept:
        raise click.UsageError("--diff 与 --accept 不能同用 choose one of --diff and --accept")
    with Store.open(data, write=True) as store:
        recover(store)
        crawl_id = store.begin_crawl("ingest", "reparse")
        with Progress() as progress:
            found = list(
                reparse(
                    store,
                    data,
                    crawl_id,
                    accept=accept,
                    workers=workers,
                    progress=lambda done, total: progress.count("重读 read again", done, total),
                )
            )
        store.end_crawl(crawl_id, "complete")
    if accept and publish:
        publish_archive(data)
    answer(as_json, {"accepted": accept, "differences": [asdict(d) for d in found]}, _text(found, accept))
    return NEEDS_A_PERSON if found and not accept else 0


def _text(found: list[Difference], accept: bool) -> str:
    lines = [str(difference) for difference in found[:_SHOWN]]
    if len(found) > _SHOWN:
        lines.append("… --json 列出全部 lists all")
    verb = "已采用 taken in" if accept else "差异 differences"
    return "\n".join([*lines, f"{verb}: {len(found)}"])
