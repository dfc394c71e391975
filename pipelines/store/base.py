"""The connection that the tables share, and its transactions."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from pipelines.checkpoint import checkpoint
from pipelines.errors import translated
from pipelines.folder import STORE

log = logging.getLogger(__name__)

Row = dict[str, Any]
Parameters = Sequence[Any] | Mapping[str, Any]
# with SQLite's own wait of 30 s each: a reader may sit on the file for ten minutes before the run gives up
COMMIT_TRIES = 20


class Tables:
    """A store's connection. The classes of this package each add the methods of their tables."""

    db: Database
    data: Path
    part_failed = False  # of the transaction under way

    @cached_property
    def _name(self) -> str:
        """The store's file, for messages."""
        return str(self.data / STORE)

    def transaction(self) -> AbstractContextManager[Database]:
        """All or nothing, durable at the end. Inside another it is a part of that one: if it fails, so does
        the whole, unless it is an :meth:`attempt`.
        """
        return _Part(self) if self.db.conn.in_transaction else self._whole()

    @contextmanager
    def _whole(self) -> Iterator[Database]:
        with translated(self._name):
            self.part_failed = False
            self._patiently("BEGIN IMMEDIATE")
            try:
                yield self.db
                self._refuse_half()
                checkpoint("in_transaction")
                self._patiently("COMMIT")
            except BaseException:
                self.db.rollback()
                raise
            checkpoint("after_commit")

    @contextmanager
    def attempt(self) -> Iterator[Database]:
        """A part of a transaction that goes on where it fails: all or nothing by itself."""
        with translated(self._name):
            execute = self.db.conn.execute
            execute("SAVEPOINT attempt")  # of one name the latest counts
            try:
                yield self.db
                self._refuse_half()
            except BaseException:
                self.part_failed = False
                if self.db.conn.in_transaction:  # some errors end the whole
                    execute("ROLLBACK TO attempt")
                    execute("RELEASE attempt")
                raise
            execute("RELEASE attempt")

    def _refuse_half(self) -> None:
        if self.part_failed:
            raise RuntimeError("a part of the transaction failed, and nobody took it back")

    def _patiently(self, statement: str) -> None:
        """Run BEGIN or COMMIT, waiting for a reader who holds the file."""
        for left in range(COMMIT_TRIES - 1, -1, -1):
            try:
                self.db.conn.execute(statement)
                return
            except sqlite3.OperationalError as error:
                if left == 0 or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    raise
                log.warning("%s waits: another program is reading %s", statement, self._name)

    def rows(self, sql: str, parameters: Parameters = ()) -> Iterator[Row]:
        """The rows of a query, as dicts."""
        with translated(self._name):
            cursor = self.db.conn.execute(sql, _plain(parameters))
            names = [column[0] for column in cursor.description]
            for row in cursor:
                yield dict(zip(names, row, strict=True))

    def row(self, sql: str, parameters: Parameters = ()) -> Row | None:
        """The first row of a query, or None."""
        return next(iter(self.rows(sql, parameters)), None)

    def value(self, sql: str, parameters: Parameters = ()) -> Any:
        """The first value of a query's first row, or None."""
        with translated(self._name):
            found = self.db.conn.execute(sql, _plain(parameters)).fetchone()
        return found[0] if found else None

    def _put(self, table: str, rows: Iterable[Mapping[str, Any]], key: str) -> None:
        """Insert rows, or update the given columns of those that exist.

        Not by sqlite-utils' upsert: on a full disk it turns to INSERT OR IGNORE, and rows vanish.
        """
        with self.transaction() as db:
            for row in rows:
                names = ", ".join(row)
                values = ", ".join(f":{name}" for name in row)
                updates = ", ".join(f"{name} = excluded.{name}" for name in row)
                db.execute(
                    f"INSERT INTO {table} ({names}) VALUES ({values}) "  # noqa: S608
                    f"ON CONFLICT ({key}) DO UPDATE SET {updates}",
                    dict(row),
                )


class _Part:
    """A transaction inside another."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def __enter__(self) -> Database:
        return self._tables.db

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        if kind is not None:
            self._tables.part_failed = True


def _plain(parameters: Parameters) -> Sequence[Any] | dict[str, Any]:
    return dict(parameters) if isinstance(parameters, Mapping) else parameters
