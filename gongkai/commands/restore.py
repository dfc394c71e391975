"""``gongkai restore``: a backup brought back."""

from __future__ import annotations

from pathlib import Path

import click

from gongkai.copied import tell
from gongkai.options import common
from pipelines.backup import restore

_MEND = (
    "备份时这些文件已损坏，已照原样恢复：请从更早的备份取回，或运行 gongkai rebuild（能读的都会保留）。"
    " They were damaged when the backup was made and are here as they were: bring them back from an earlier"
    " backup, or run gongkai rebuild (what can be read is kept)."
)


@click.command("restore")
@click.argument("source", metavar="FROM", type=click.Path(exists=True, path_type=Path))
@common
def command(source: Path, data: Path, as_json: bool) -> int:
    """恢复 Bring a backup back into an empty data directory.

    \b
    恢复到空的数据目录，逐个核对校验值。

    Every checksum is verified.

    \b
    例 Example:
        gongkai restore /mnt/backup/2026-02-01 --data data-restored
    """
    copied = restore(source, data)
    return tell(copied, data, _MEND, as_json)
