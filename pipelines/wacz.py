"""A run or a report as a WACZ file, for whoever is to replay it elsewhere: the originals, as they came."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipelines.archive.wacz import write_wacz
from pipelines.clock import now
from pipelines.decisions.takedowns import UnknownDocument, all_withdrawn, covered_by
from pipelines.durable import check_space
from pipelines.errors import StoreError, from_os_error
from pipelines.store import Row, Store

# what a run captured, and the earlier records that hold the bytes it found unchanged
_CAPTURES = """
    SELECT * FROM captures WHERE crawl_id = :crawl
    UNION
    SELECT holding.* FROM captures c
    JOIN documents d ON d.sha256 = c.sha256
    JOIN captures holding ON holding.capture_id = d.capture_id
    WHERE c.crawl_id = :crawl
"""


class Withheld(StoreError):
    """The report was taken down; nothing of it leaves the archive."""

    exit_code = 1  # it needs a person


def export(store: Store, wanted: str, out: Path) -> int:
    """Writes to ``out`` the run (``wanted`` is its number), or all that a report, given by its id, digest or
    address, was read from; returns how many records the index leads to.

    Raises UnknownDocument if the archive has no such thing, Withheld if the report was taken down, Damaged
    where a record is not whole, DiskLow or NotWritable.
    """
    check_space(out.parent)
    try:
        if re.fullmatch(r"\d{1,9}", wanted):
            return _of_run(store, int(wanted), out)
        return _of_report(store, wanted, out)
    except OSError as error:
        raise from_os_error(error, f"写入 {out} (writing)") from error


def _of_run(store: Store, crawl_id: int, out: Path) -> int:
    crawl = store.row("SELECT * FROM crawls WHERE crawl_id = ?", (crawl_id,))
    if crawl is None:
        raise UnknownDocument(f"存档中没有第 {crawl_id} 次运行 (no run {crawl_id})")
    title = f"gongkai {crawl['kind']} {crawl_id}, {crawl['started_at']}"
    at = crawl["finished_at"] or crawl["started_at"]
    return write_wacz(store.data, store.rows(_CAPTURES, {"crawl": crawl_id}), out, title=title, at=at)


def _of_report(store: Store, wanted: str, out: Path) -> int:
    covered = covered_by(store, wanted)
    if not covered:
        raise UnknownDocument(f"存档中没有 {wanted} (no run, report, document or address of the archive)")
    for takedown, withdrawn in all_withdrawn(store.data):
        if withdrawn.reports & covered.reports or withdrawn.documents & covered.documents:
            raise Withheld(f"{wanted} 已撤下 (was taken down): {takedown.why}")
    captures = [capture for digest in sorted(covered.documents) for capture in _holding(store, digest)]
    return write_wacz(store.data, captures, out, title=_title(store, wanted), at=now(), alone=True)


def _holding(store: Store, digest: str) -> Iterator[dict[str, Any]]:
    return store.rows("SELECT * FROM captures WHERE sha256 = ?", (digest,))


def _title(store: Store, wanted: str) -> str:
    row: Row | None = store.row("SELECT title FROM reports WHERE report_id = ?", (wanted,))
    return str(row["title"]) if row else wanted
