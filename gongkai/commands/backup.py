"""``gongkai backup``: a safe copy of a live archive."""

from __future__ import annotations

from pathlib import Path

import click

from gongkai.copied import tell
from gongkai.options import common
from gongkai.progress import Progress
from pipelines.backup import backup

_MEND = (
    "此备份照原样包含已损坏的文件：请保留以前的备份，不要用它替换；用 gongkai verify 查明，"
    "从以前的备份取回该文件；没有时运行 gongkai rebuild（能读的都会保留）。"
    " This backup holds what is damaged as it is: keep the earlier ones and do not replace them with it. See"
    " what is lost with gongkai verify, bring the file back from an earlier backup, or run gongkai rebuild"
    " where there is none (what can be read is kept)."
)


@click.command("backup")
@click.argument("out", type=click.Path(path_type=Path))
@common
def command(out: Path, data: Path, as_json: bool) -> int:
    """备份 Copy the archive safely, also while a run is writing.

    \b
    运行中也可备份；所备份的内容已有损坏时，退出码为 4。

    Ends with 4 if what is copied is damaged.

    \b
    例 Example:
        gongkai backup /mnt/backup/2026-02-01
    """
    with Progress() as progress:
        copied = backup(data, out, lambda done, total: progress.count("复制 copied", done, total))
    return tell(copied, out, _MEND, as_json)
