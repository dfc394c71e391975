"""``gongkai publish``: archive.db brought up to the store."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from gongkai.options import answer, common
from gongkai.progress import Progress
from pipelines.publish import publish


@click.command("publish")
@common
def command(data: Path, as_json: bool) -> int:
    """更新发布库 Bring archive.db up to the store, check it, and swap it in whole.

    \b
    例 Example:
        gongkai publish --data data
    """
    with Progress() as progress:
        result = publish(data, progress=progress.count)
    text = (
        f"{result.path}: 报告 reports {result.reports}，更新 updated {result.updated}，"
        f"移除 removed {result.removed}，{result.seconds:.1f} s"
    )
    answer(as_json, {**asdict(result), "path": str(result.path)}, text)
    return 0
