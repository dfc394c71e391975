"""What ``backup`` and ``restore`` tell of a copy: how much it is, and what of it is damaged."""

from __future__ import annotations

from pathlib import Path

import click

from gongkai.options import answer
from pipelines.backup import Copied

_DAMAGED = 4


def tell(copied: Copied, folder: Path, mend: str, as_json: bool) -> int:
    """Prints a copy, and on stderr what is damaged and ``mend``, what to do; returns the exit code."""
    counts = {"files": str(copied.files), "bytes": str(copied.bytes)}
    answer(as_json, {**counts, "damaged": list(copied.damaged)}, f"{folder}: {copied.files} 个文件 files")
    if not copied.damaged:
        return 0
    for flaw in copied.damaged:
        click.echo(f"gongkai: 已损坏 damaged: {flaw}", err=True)
    click.echo(mend, err=True)
    return _DAMAGED
