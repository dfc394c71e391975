"""``gongkai publish``: archive.db brought up to the store."""

from __future__ import annotations

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
    answer(as_json, result.plain(), result.text())
    return 0
