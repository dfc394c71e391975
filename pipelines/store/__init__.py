"""The private working store, DIR/store.db: one writer, never served.

Public API
    Store.open(data, write=False) -> Store      a context manager; raises StoreError with ``exit_code``
    store.transaction()                         all or nothing; inside another, a savepoint
    store.rows(sql, parameters) / row / value   queries, as dicts
    store.db                                    sqlite_utils.Database
  runs
    begin_crawl(kind, command) -> crawl_id · archive(crawl_id) -> Archive
    end_crawl(crawl_id, outcome) -> row with the counts · crawls(limit) · recount(crawl_id) · warc_files()
  places
    put_regions(rows) · put_site(site, name=, home=, definition=, region_code=, family=) · site(s) · sites()
    set_site_state(site, state, detail=, succeeded=, full_sweep=)
    put_column(site, url, found_by=, …) · columns_of(site)
  captures
    Capture, Capture.of(exchange, stored) · add_capture(capture) -> capture_id
    capture_of(sha256) · location_of(sha256) -> Location for Exchange.earlier
  addresses
    address(url) -> key · put_resource(key, role=, seen_at=, …) · resource(key) · parts_of(root)
    members_of(root) · stand_alone(root, parts, main) · take_apart(root, names)
    documents_of(root), where their bytes are held · reading(root)
    outcome_of(key, sha256) -> new, changed, unchanged
  reports
    said(report_id) -> Report · checks(report_id), those over the years among them
  issues
    add_issue(code, severity, detail, subject=, report_id=, sha256=, site=, crawl_id=) -> issue_id
    close_issues(subject, codes, keep) · new_errors(crawl_id) · open_issues(severity)

How a response is taken in, always in this order::

    stored = archive.write(exchange)                 # durable
    with store.transaction():                        # one
        store.add_capture(Capture.of(exchange, stored))
        ...                                          # links, frontier
    # only now is it acknowledged

At the start of a writing run: ``recovery.recover(store, settle)``, before ``begin_crawl``.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from types import TracebackType

from sqlite_utils import Database

from pipelines.address import address
from pipelines.durable import check_space
from pipelines.errors import Damaged, DiskLow, Held, NewerSchema, NoArchive, NotWritable, StoreError
from pipelines.folder import STORE
from pipelines.schema import VERSION
from pipelines.store.base import Row
from pipelines.store.capture import Capture
from pipelines.store.captures import Captures
from pipelines.store.connection import (
    Lock,
    connect_reader,
    connect_writer,
    lay_out,
    peek,
    refuse_newer,
    require,
)
from pipelines.store.issues import Issues
from pipelines.store.places import Places
from pipelines.store.runs import Runs
from pipelines.store.said import Said

__all__ = [
    "Capture",
    "Damaged",
    "DiskLow",
    "Held",
    "NewerSchema",
    "NoArchive",
    "NotWritable",
    "Row",
    "Store",
    "StoreError",
    "address",
]


class Store(Runs, Places, Captures, Said, Issues):
    """An open store; see the package's docstring for what it can do."""

    def __init__(self, data: Path, db: Database, lock: Lock | None) -> None:
        self.data = data
        self.db = db
        self._lock = lock

    @classmethod
    def open(cls, data: Path, write: bool = False, *, make: bool = True) -> Store:
        """Open the store of ``data``; ``write`` makes it where there is none, unless ``make`` is false, and
        holds it until ``close``.

        Raises, having touched nothing: Held, NewerSchema, Damaged, DiskLow, NotWritable; NoArchive where
        there is none and none is made. Runs that an earlier process left unfinished are closed as
        interrupted.
        """
        path = data / STORE
        refuse_newer(path)
        if not write:
            return cls._open_reader(data)
        if not make:
            require(data)
        lay_out(data)
        lock = Lock(data)
        try:
            refuse_newer(path)
            lock.sign()
            store = cls(data, connect_writer(data), lock)
            store.close_interrupted()
        except BaseException:
            lock.release()
            raise
        return store

    @classmethod
    def _open_reader(cls, data: Path) -> Store:
        """An older store is first brought up to date."""
        if 0 < peek(data / STORE) < VERSION:
            cls.open(data, write=True).close()
        return cls(data, connect_reader(data), None)

    def check_space(self) -> None:
        """Raise DiskLow when the disk is running full; for calling between documents."""
        check_space(self.data)

    def close(self) -> None:
        """Close the run's archive, if any, and the store; let others write."""
        if self._archive:
            self._archive.close()
            self._archive = None
        if self._lock:
            self._end_runs()
        self.db.close()
        if self._lock:
            self._lock.release()
            self._lock = None

    def _end_runs(self) -> None:
        """A run that was broken off says so at once, where the disk allows it; else the next opening does."""
        with suppress(StoreError):
            self.close_interrupted()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Exception) and self._archive:
            self._archive.abandon()
        self.close()
