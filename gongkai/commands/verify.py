"""``gongkai verify``: every byte against its digest, every cell against its document, also as published."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from pathlib import Path

import click

from gongkai.options import answer, common
from gongkai.progress import Progress
from pipelines.publish.collation import differences
from pipelines.rereading import reader_again
from pipelines.verify import Findings, verify

_DAMAGED = 4


@click.command("verify")
@common
def command(data: Path, as_json: bool) -> int:
    """核对存档 Check the archive, byte by byte and cell by cell.

    \b
    字节与摘要逐个核对，单元格与原件逐格核对，已发布的与存储库逐行核对。

    Bytes against their digests, cells against their documents, what is published
    against the store.

    \b
    例 Example:
        gongkai verify
    """
    with Progress() as progress, reader_again() as read_again:
        found = verify(
            data,
            progress=lambda done, total: progress.count("核对 verified", done, total, "bytes"),
            read_again=read_again,
            at_report=lambda done, total: progress.count("重读 read again", done, total),
            published=partial(
                differences, progress=lambda done, total: progress.count("已发布 published", done, total)
            ),
        )
    answer(as_json, asdict(found), _text(found))
    return 0 if found.clean else _DAMAGED


def _text(found: Findings) -> str:
    lines = [
        f"文件 files {found.files} · 记录 records {found.records} · 捕获 captures {found.captures} · "
        f"报告 reports {found.reports} · {found.bytes} bytes"
    ]
    lines += [f"  {f.kind} {f.subject}: {f.detail}" for f in found.found]
    lines.append("完好 nothing amiss" if found.clean else f"有问题 amiss: {len(found.found)}")
    return "\n".join(lines)
