"""One run of the archive as a WACZ file, for whoever is to replay it elsewhere."""

from __future__ import annotations

from pathlib import Path

from pipelines.archive.wacz import write_wacz
from pipelines.store import Store

# what a run captured, and the earlier records that hold the bytes it found unchanged
_CAPTURES = """
    SELECT * FROM captures WHERE crawl_id = :crawl
    UNION
    SELECT holding.* FROM captures c
    JOIN documents d ON d.sha256 = c.sha256
    JOIN captures holding ON holding.capture_id = d.capture_id
    WHERE c.crawl_id = :crawl
"""


def wacz_of_crawl(store: Store, crawl_id: int, out: Path) -> int:
    """Writes a run to ``out``; returns how many records its index leads to. ValueError if there is none."""
    crawl = store.row("SELECT * FROM crawls WHERE crawl_id = ?", (crawl_id,))
    if crawl is None:
        raise ValueError(f"no run {crawl_id}")
    title = f"gongkai {crawl['kind']} {crawl_id}, {crawl['started_at']}"
    at = crawl["finished_at"] or crawl["started_at"]
    return write_wacz(store.data, store.rows(_CAPTURES, {"crawl": crawl_id}), out, title=title, at=at)
