"""Making the store again from the WARC files alone: runs, captures, documents, addresses, and the reports
with their versions.

Run by run, in order: first all that came, then each article and file that something came of is read as it
was at the end of that run. So an edited report gets its versions, their dates and their differences again.
What is not in the archive comes back by its own means: the state and the columns of sites by the next crawl.
Runs that captured nothing leave no trace in the archive.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from pipelines.archive.members import Gap
from pipelines.archive.parsing import Group, exchange_of, groups
from pipelines.archive.reader import OPEN
from pipelines.checkpoint import checkpoint
from pipelines.clock import now
from pipelines.decisions import load_decisions
from pipelines.divisions import known_regions
from pipelines.durable import fsync_dir, fsync_file, move, sha256_of
from pipelines.errors import NoArchive, from_os_error
from pipelines.folder import QUARANTINE, STORE, WARC
from pipelines.process import NO_RUN, Processor
from pipelines.recovery import crawl_of
from pipelines.reports.agencies import expect_agencies
from pipelines.store import Capture, Store
from pipelines.store.capture import RESOURCE_ROLES
from pipelines.store.connection import Lock, lay_out, open_file
from pipelines.workers import Pool

Progress = Callable[[str, int, int], None]
DRAFT = f"{STORE}.new"


@dataclass(slots=True)
class Rebuilt:
    """What was made again, and what could not be read."""

    files: int = 0
    captures: int = 0
    documents: int = 0
    reports: int = 0
    damaged: list[str] = field(default_factory=list)


def rebuild(
    data: Path, progress: Progress = lambda what, done, total: None, workers: int | None = None
) -> Rebuilt:
    """Write a new store beside the old one and swap it in whole; the old one is kept in quarantine.

    ``progress`` gets what is counted (files, documents), how many are done and how many there are.
    """
    paths = sorted((data / WARC).glob("*.warc.gz*"), key=lambda path: (crawl_of(path.name), path.name))
    if not paths:
        raise NoArchive(f"{data} 中没有 WARC 文件 (no WARC files here)")
    lay_out(data)
    lock = Lock(data)
    try:
        with Pool(workers) as pool:
            rebuilt = _Rebuilding(data, pool, progress).run(paths)
        checkpoint("rebuild_done")
        _swap_in(data)
    except OSError as error:
        raise from_os_error(error, f"重建 {data} (rebuilding)") from error
    finally:
        lock.release()
    return rebuilt


class _Rebuilding:
    """A store being made again, in a file of its own."""

    def __init__(self, data: Path, pool: Pool, progress: Progress) -> None:
        self._data = data
        self._pool = pool
        self._progress = progress
        self._rebuilt = Rebuilt()

    def run(self, paths: list[Path]) -> Rebuilt:
        draft = self._data / DRAFT
        for leftover in (draft, draft.with_name(f"{DRAFT}-journal")):
            leftover.unlink(missing_ok=True)
        with Store(self._data, open_file(draft), None) as store:
            # nothing rests on the draft before it is whole: it is on the disk when it takes the store's place
            store.db.execute("PRAGMA synchronous = OFF")
            for crawl_id, files in groupby(paths, key=lambda path: crawl_of(path.name)):
                touched: dict[str, None] = {}
                for path in files:
                    with store.transaction():
                        self._take_in(store, path, touched)
                    self._progress("files", self._rebuilt.files, len(paths))
                self._read(store, crawl_id, touched)
            Processor(store, self._data, self._pool, NO_RUN).conclude()
            store.close_interrupted()
            for row in list(store.rows("SELECT crawl_id FROM crawls")):
                store.recount(row["crawl_id"])
            self._rebuilt.reports = int(store.value("SELECT count(*) FROM reports"))
        fsync_file(draft)
        return self._rebuilt

    def _take_in(self, store: Store, path: Path, touched: dict[str, None]) -> None:
        """``touched``: the articles and files that something came of, the last one last."""
        warc_file = path.name.removesuffix(OPEN)
        store.segment_opened(warc_file, crawl_of(warc_file))
        with path.open("rb") as source:
            for item in groups(source):
                if isinstance(item, Gap):
                    self._rebuilt.damaged.append(f"{warc_file} bytes {item.offset}–{item.end}")
                elif capture := _capture_of(store, item, warc_file):
                    self._add(store, capture, touched)
        self._rebuilt.files += 1
        if path.name == warc_file:
            store.segment_closed(warc_file, path.stat().st_size, sha256_of(path))

    def _add(self, store: Store, capture: Capture, touched: dict[str, None]) -> None:
        root = (capture.root or capture.key) if capture.role in RESOURCE_ROLES else None
        if root in touched and _comes_again(store, capture):
            self._read(store, capture.crawl_id, [root])
        if store.value("SELECT 1 FROM crawls WHERE crawl_id = ?", (capture.crawl_id,)) is None:
            # the record that told of the run is damaged
            store.know_crawl(capture.crawl_id, _kind_of(capture), "", capture.fetched_at)
        store.add_capture(capture)
        self._rebuilt.captures += 1
        for read in (root, *store.members_of(root)) if root else ():
            touched.pop(read, None)
            touched[read] = None

    def _read(self, store: Store, crawl_id: int, roots: Iterable[str]) -> None:
        """Reads what a run brought, as it was at its end; saved in order, whatever is read first."""
        for was_read in Processor(store, self._data, self._pool, crawl_id).read(roots):
            self._rebuilt.documents += was_read
            self._progress("documents", self._rebuilt.documents, self._rebuilt.documents)


def _capture_of(store: Store, group: Group, warc_file: str) -> Capture | None:
    """The capture that a group tells of; what other groups tell goes into the store."""
    if group.records[0].type == "warcinfo":
        _know_run(store, group)
    note = group.note()
    if note is None:
        return None
    if note["kind"] == "run_end":
        store.set_outcome(note["crawl_id"], note["outcome"], note["finished_at"])
    elif note["kind"] == "facts":
        _know_facts(store, note)
    return Capture.of(*exchange_of(group, warc_file)) if "about" in note else None


def _kind_of(capture: Capture) -> str:
    return "ingest" if capture.site is None else "crawl"


def _comes_again(store: Store, capture: Capture) -> bool:
    """Whether an address comes a second time in a run: a web archive that was taken in may hold one more than
    once, and each copy was read.
    """
    sql = """SELECT 1 FROM captures JOIN crawls USING (crawl_id)
             WHERE +crawl_id = ? AND kind = 'ingest' AND url = ? AND sha256 IS NOT NULL"""  # by the address
    return store.value(sql, (capture.crawl_id, capture.url)) is not None


def _know_facts(store: Store, note: Mapping[str, Any]) -> None:
    """Divisions and the registration of a site, as the run had them."""
    store.put_regions(note.get("regions", ()))
    site = note.get("site")
    if site is None:
        return
    definition = json.loads(site["definition"])
    store.put_site(**{**site, "definition": definition})
    if site["region_code"] and "agencies" in definition:
        expect_agencies(
            store, site["site"], site["region_code"], definition["agencies"], known_regions(store),
            load_decisions(store.data),
        )  # fmt: skip


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
    store = data / STORE
    quarantine = data / QUARANTINE
    quarantine.mkdir(exist_ok=True)
    stamp = now().replace(":", "")
    journal = data / f"{STORE}-journal"
    if journal.exists():
        move(journal, quarantine / f"{STORE}-journal.{stamp}")
    if store.exists():
        kept = quarantine / f"{STORE}.{stamp}"
        kept.unlink(missing_ok=True)
        os.link(store, kept)
        fsync_dir(quarantine)
    move(data / DRAFT, store)
    (data / f"{DRAFT}-journal").unlink(missing_ok=True)
