"""Making the store again from the WARC files alone: runs, captures, documents and what is known of addresses.

What people and parsers add comes back by its own means: readings and reports by `reparse`, sites by the next
crawl. Runs that captured nothing leave no trace in the archive.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.archive.members import Gap
from pipelines.archive.parsing import Group, exchange_of, groups
from pipelines.archive.reader import OPEN
from pipelines.checkpoint import checkpoint
from pipelines.clock import now
from pipelines.durable import fsync_dir, fsync_file, move, sha256_of
from pipelines.errors import NoArchive, from_os_error
from pipelines.recovery import crawl_of
from pipelines.store import Capture, Store
from pipelines.store.connection import Lock, lay_out, open_file

Progress = Callable[[int, int], None]
DRAFT = "store.db.new"


@dataclass(slots=True)
class Rebuilt:
    """What was made again, and what could not be read."""

    files: int = 0
    captures: int = 0
    damaged: list[str] = field(default_factory=list)


def rebuild(data: Path, progress: Progress = lambda done, total: None) -> Rebuilt:
    """Write a new store beside the old one and swap it in whole; the old one is kept in quarantine."""
    paths = sorted((data / "warc").glob("*.warc.gz*"))
    if not paths:
        raise NoArchive(f"{data} 中没有 WARC 文件 (no WARC files here)")
    lay_out(data)
    lock = Lock(data)
    try:
        rebuilt = _build(data, paths, progress)
        checkpoint("rebuild_done")
        _swap_in(data)
    except OSError as error:
        raise from_os_error(error, f"重建 {data} (rebuilding)") from error
    finally:
        lock.release()
    return rebuilt


def _build(data: Path, paths: list[Path], progress: Progress) -> Rebuilt:
    draft = data / DRAFT
    for leftover in (draft, draft.with_name(f"{DRAFT}-journal")):
        leftover.unlink(missing_ok=True)
    rebuilt = Rebuilt()
    with Store(data, open_file(draft), None) as store:
        for done, path in enumerate(paths):
            progress(done, len(paths))
            with store.transaction():
                _take_in(store, path, rebuilt)
        progress(len(paths), len(paths))
        store.close_interrupted()
        for row in list(store.rows("SELECT crawl_id FROM crawls")):
            store.recount(row["crawl_id"])
    fsync_file(draft)
    return rebuilt


def _take_in(store: Store, path: Path, rebuilt: Rebuilt) -> None:
    warc_file = path.name.removesuffix(OPEN)
    store.segment_opened(warc_file, crawl_of(warc_file))
    for item in groups(path):
        if isinstance(item, Gap):
            rebuilt.damaged.append(f"{warc_file} bytes {item.offset}–{item.end}")
        else:
            rebuilt.captures += _take_in_group(store, item, warc_file)
    rebuilt.files += 1
    if path.name == warc_file:
        store.segment_closed(warc_file, path.stat().st_size, sha256_of(path))


def _take_in_group(store: Store, group: Group, warc_file: str) -> int:
    """Returns the number of captures taken in."""
    if group.records[0].type == "warcinfo":
        _know_run(store, group)
    note = group.note()
    if note is None:
        return 0
    if note["kind"] == "run_end":
        store.set_outcome(note["crawl_id"], note["outcome"], note["finished_at"])
        return 0
    store.add_capture(Capture.of(*exchange_of(group, warc_file)))
    return 1


def _know_run(store: Store, group: Group) -> None:
    """The run, from the warcinfo of its file."""
    lines = group.records[0].block.decode("utf-8").splitlines()
    info = dict(line.split(": ", 1) for line in lines if ": " in line)
    if "gongkai-crawl" in info:
        store.know_crawl(
            int(info["gongkai-crawl"]),
            info["gongkai-kind"],
            info.get("gongkai-command", ""),
            info["gongkai-started"],
        )


def _swap_in(data: Path) -> None:
    """The old store's journal goes first: SQLite would apply it to the new one."""
    store = data / "store.db"
    quarantine = data / "quarantine"
    quarantine.mkdir(exist_ok=True)
    stamp = now().replace(":", "")
    journal = data / "store.db-journal"
    if journal.exists():
        move(journal, quarantine / f"store.db-journal.{stamp}")
    if store.exists():
        kept = quarantine / f"store.db.{stamp}"
        kept.unlink(missing_ok=True)
        os.link(store, kept)
        fsync_dir(quarantine)
    move(data / DRAFT, store)
    (data / f"{DRAFT}-journal").unlink(missing_ok=True)
