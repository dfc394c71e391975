"""``gongkai release``: a dated, citable snapshot of what is published."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from gongkai.options import answer, common
from gongkai.progress import Progress
from pipelines.publish.release import release


@click.command("release")
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--partitioned",
    is_flag=True,
    help="Parquet 按省、按年分文件 Parquet of reports in a file for each province and year.",
)
@common
def command(out: Path, partitioned: bool, data: Path, as_json: bool) -> int:
    """数据快照 Write a dated, citable snapshot of the published data.

    \b
    含 SQLite、Parquet、CSV、datapackage.json、数据字典和校验值。
    OUT 应是新目录、空目录，或以前的快照（将被整个替换）。

    SQLite, Parquet, CSV, datapackage.json, codebook and checksums. OUT is new, empty, or an earlier release,
    which is replaced whole.

    \b
    例 Example:
        gongkai release releases/2026-02
    """
    with Progress() as progress:
        made = release(data, out, progress.count, partitioned=partitioned)
    text = (
        f"{made.path}: {made.version}，报告 reports {made.reports}，表 tables {made.tables}，"
        f"行 rows {made.rows}，{made.bytes / 1e6:.1f} MB"
    )
    answer(as_json, {**asdict(made), "path": str(made.path)}, text)
    return 0
