"""``gongkai restore``: a backup brought back."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from gongkai.options import answer, common
from pipelines.backup import restore


@click.command("restore")
@click.argument("source", metavar="FROM", type=click.Path(exists=True, path_type=Path))
@common
def command(source: Path, data: Path, as_json: bool) -> int:
    """恢复 Bring a backup back into an empty data directory, every checksum verified.

    \b
    例 Example:
        gongkai restore /mnt/backup/2026-02-01 --data data-restored
    """
    copied = restore(source, data)
    answer(as_json, {k: str(v) for k, v in asdict(copied).items()}, f"{data}: {copied.files} 个文件 files")
    return 0
