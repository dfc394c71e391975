"""``gongkai wacz``: a run or a report as one file that any web archive player replays."""

from __future__ import annotations

from pathlib import Path

import click

from gongkai.options import answer, common
from pipelines.store import Store
from pipelines.wacz import export


@click.command("wacz")
@click.argument("wanted", metavar="ID")
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@common
def command(wanted: str, out: Path, data: Path, as_json: bool) -> int:
    """导出原件 Write the originals of a run or a report as a WACZ file.

    \b
    可用 ReplayWeb.page、pywb 重放。ID 是一次运行的编号（其全部所获），
    或 report_id、文件的 sha256、网址（该报告连同附件的各个版本）。
    其中是未经遮盖的原件，可能含个人信息，不宜公开。

    ReplayWeb.page and pywb replay it. ID is the number of a run (all it captured), or a report_id, a
    document's sha256 or an address (that report with its attachments, in every version). The file holds the
    originals as they came, with whatever personal data stands in them: it is not for publishing.

    \b
    例 Example:
        gongkai wacz 12 crawl-12.wacz
        gongkai wacz 640323-bf2b99f5-2023 report.wacz
    """
    with Store.open(data) as store:
        records = export(store, wanted, out)
    answer(as_json, {"path": str(out), "records": records}, f"{out}: {records} 条记录 records")
    return 0
