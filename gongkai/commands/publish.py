"""``gongkai publish``: archive.db brought up to the store."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import click

from gongkai.options import answer, common
from gongkai.progress import Progress
from pipelines.decisions import load_decisions
from pipelines.decisions.overlay import to_settle
from pipelines.errors import Held
from pipelines.folder import STORE
from pipelines.process import settle
from pipelines.publish import publish
from pipelines.reports import waiting
from pipelines.store import Store


@click.command("publish")
@common
def command(data: Path, as_json: bool) -> int:
    """更新发布库 Bring archive.db up to the store.

    \b
    先核对，再整个换上。

    It is checked, and swapped in whole.

    \b
    例 Example:
        gongkai publish --data data
    """
    _catch_up(data)
    with Progress() as progress:
        result = publish(data, progress=progress.count)
    text = (
        f"{result.path}: 报告 reports {result.reports}，更新 updated {result.updated}，"
        f"移除 removed {result.removed}，{result.seconds:.1f} s"
    )
    answer(as_json, {**asdict(result), "path": str(result.path)}, text)
    return 0


def _catch_up(data: Path) -> None:
    """What people decided since the last run, and the checks over the years that a killed run left, unless
    another run goes on and makes them itself.
    """
    if not (data / STORE).is_file():
        return
    with suppress(Held), Store.open(data, write=True) as store:
        if next(waiting(store), None) or next(to_settle(store, load_decisions(data)), None):
            settle(store)
