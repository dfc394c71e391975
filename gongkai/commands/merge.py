"""``gongkai merge``: what the workers of a crawl on several machines brought, into the archive."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from crawler.distributed.merge import merge
from gongkai.options import answer, common, publish, workers
from gongkai.progress import Progress
from pipelines.publish import publish as publish_archive
from pipelines.store import Store

_COUNTED = {"files": "文件 files", "captures": "捕获 captures", "documents": "文档 documents"}

_LATE = (
    "\n迟到 late: {late} 篇文章此后已再次采集，其旧内容已存档，但不在版本之中；重建可按时间排入\n"
    "  articles that were visited again: what they said before is archived, and no version of a report\n"
    "  gongkai rebuild --data {data}  排入 puts it in its place"
)


@click.command("merge")
@click.argument(
    "shards", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path, file_okay=False)
)
@workers
@publish
@common
def command(shards: tuple[Path, ...], workers: int | None, publish: bool, data: Path, as_json: bool) -> int:
    """合并 Bring what several machines crawled into the archive.

    \b
    SHARDS 是一轮多机采集中各台机器（crawl --engine）的数据目录。
    重复合并、中断后再合并，结果都一样；合并过的可以删除。

    SHARDS are the data directories of all workers (crawl --engine) of a round. Merging again, or going on
    after an interruption, changes nothing; a shard may be deleted once it was merged.

    \b
    例 Example:
        gongkai merge worker-1 worker-2 --data data
    """
    with Store.open(data, write=True) as store, Progress() as progress:
        merged = merge(
            store,
            shards,
            workers=workers,
            progress=lambda what, done: progress.show(f"合并 merged: {_COUNTED[what]} {done}"),
        )
    if publish:
        publish_archive(data)
    answer(
        as_json,
        asdict(merged),
        f"文件 files {merged.files} · 捕获 captures {merged.captures} · 文档 documents {merged.documents}"
        + (f" · 待齐 articles waiting for other shards {merged.waiting}" if merged.waiting else "")
        + (_LATE.format(late=merged.late, data=data) if merged.late else ""),
    )
    return 0
