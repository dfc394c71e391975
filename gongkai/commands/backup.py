"""``gongkai backup``: a safe copy of a live archive."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from gongkai.options import answer, common
from gongkai.progress import Progress
from pipelines.backup import backup


@click.command("backup")
@click.argument("out", type=click.Path(path_type=Path))
@common
def command(out: Path, data: Path, as_json: bool) -> int:
    """备份 Copy the archive safely, also while a run is writing.

    \b
    例 Example:
        gongkai backup /mnt/backup/2026-02-01
    """
    with Progress() as progress:
        copied = backup(data, out, lambda done, total: progress.count("复制 copied", done, total))
    answer(as_json, {k: str(v) for k, v in asdict(copied).items()}, f"{out}: {copied.files} 个文件 files")
    return 0
