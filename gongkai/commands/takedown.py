"""``gongkai takedown``: a document withdrawn from everything published."""

from __future__ import annotations

from pathlib import Path

import click

from gongkai.options import answer, common, stated
from pipelines.decisions.takedowns import take_down
from pipelines.publish import publish
from pipelines.store import Store


@click.command("takedown")
@click.argument("wanted", metavar="ID")
@click.option(
    "--why",
    required=True,
    callback=stated,
    help="原因，随撤下的事实一并公布 The reason; published with the fact.",
)
@common
def command(wanted: str, why: str, data: Path, as_json: bool) -> int:
    """撤下文件 Withdraw a document from everything published.

    \b
    ID 是 report_id、文件的 sha256 或网址。决定写入 DATA/decisions.toml；
    要收回，删去该条后运行 `gongkai publish`。文件仍封存在不公开的存储库中。

    ID is a report_id, a document's sha256, or an address. The decision is written to
    DATA/decisions.toml; to take it back, delete the entry there and run `gongkai publish`.
    The bytes stay sealed in the private store.

    \b
    例 Example:
        gongkai takedown 640323-bf2b99f5-2023 --why "names a private person; asked by the agency"
    """
    with Store.open(data, write=True, make=False) as store:
        covered = take_down(store, wanted, why)
    publish(data)
    result = {"reports": sorted(covered.reports), "documents": sorted(covered.documents)}
    text = f"已撤下 withdrawn: 报告 reports {len(covered.reports)} · 文件 documents {len(covered.documents)}"
    answer(as_json, result, "\n".join([text, *(f"  {report}" for report in result["reports"])]))
    return 0
