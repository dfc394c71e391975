"""``gongkai rebuild``: the store made again from the WARC files alone."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from gongkai.options import answer, common, publish, workers
from gongkai.outcome import NEEDS_A_PERSON
from gongkai.progress import Progress
from pipelines.publish import publish as publish_archive
from pipelines.rebuild import rebuild

_COUNTED = {"files": "文件 files", "documents": "文档 documents"}


@click.command("rebuild")
@workers
@publish
@common
def command(workers: int | None, publish: bool, data: Path, as_json: bool) -> int:
    """重建 Make the store again from the WARC files.

    \b
    按采集的先后重读每份文件，报告的各个版本随之恢复；旧库留在 quarantine/。

    Every document is read again, run by run, so that reports have their versions again. The old store is kept
    in quarantine/.

    \b
    例 Example:
        gongkai rebuild
    """
    with Progress() as progress:
        rebuilt = rebuild(
            data,
            lambda what, done, total: progress.count(f"重建 rebuilt: {_COUNTED[what]}", done, total),
            workers,
        )
    if publish:
        publish_archive(data)
    for place in rebuilt.damaged:
        click.echo(f"损坏 damaged: {place}", err=True)
    answer(
        as_json,
        asdict(rebuilt),
        f"文件 files {rebuilt.files} · 捕获 captures {rebuilt.captures} · 报告 reports {rebuilt.reports}",
    )
    return NEEDS_A_PERSON if rebuilt.damaged else 0
