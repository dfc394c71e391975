"""Rows that reports have in common, each set of them once.

Where nobody applied for anything, whole forms and their checks are the same from report to report. The rows
of a table, or of checks, that stand in a report together are a set, known by the digest of its rows; reports
that have the very same rows have the same set. A set that no report has any more goes.
"""

from __future__ import annotations

import marshal
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from operator import itemgetter
from typing import Any, Final

from pipelines.publish.tables import KINDS, PER_SET

_DIGEST: Final = 16  # bytes
_PLAIN: Final = 2  # the marshal format in which equal values are equal bytes

Row = tuple[tuple[Any, ...], ...]  # columns of the kind, and of the value after its set and kind


@dataclass(frozen=True, slots=True)
class RowSet:
    """Rows of ``table``, one of ``PER_SET``, and their digest."""

    table: str
    rows: tuple[Row, ...]
    digest: bytes


def row_set(table: str, rows: Iterable[Row]) -> RowSet:
    """Rows as a set."""
    rows = tuple(rows)
    return RowSet(table, rows, blake2b(marshal.dumps((table, rows), _PLAIN), digest_size=_DIGEST).digest())


class Shared:
    """The sets of an archive, as reports come and go. One for each publication.

    What comes is noted in the temporary table ``fresh_sets``.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._kinds: dict[str, dict[tuple[Any, ...], int]] = {}
        self._columns: dict[str, tuple[list[str], list[str]]] = {}
        connection.execute("CREATE TEMP TABLE fresh_sets (set_id INTEGER PRIMARY KEY)")
        for table, kinds in KINDS.items():
            names, own = self._names(kinds), self._names(table)
            self._columns[table] = names[1:], own
            known = connection.execute(f"SELECT {', '.join(names)} FROM {kinds}")  # noqa: S608
            self._kinds[table] = {row[1:]: row[0] for row in known}

    def enter(self, report_id: str, rows: RowSet) -> None:
        """Give a report these rows."""
        self._connection.execute(_ENTER, (report_id, self._known(rows) or self._new(rows)))

    def _known(self, rows: RowSet) -> int | None:
        known = self._connection.execute(_FIND, (rows.digest,)).fetchone()
        if known:
            self._connection.execute(_COUNT_IN, known)
        return known and int(known[0])

    def _new(self, rows: RowSet) -> int:
        set_id = int(self._connection.execute(_NEW, (rows.digest,)).lastrowid or 0)
        self._connection.execute(_ROWS, ("row_sets", 1))
        self._connection.execute("INSERT OR IGNORE INTO fresh_sets VALUES (?)", (set_id,))
        kinds = self._kinds[rows.table]
        numbered = [
            (set_id, kinds.get(kind) or self._number(rows.table, kind), *own) for kind, own in rows.rows
        ]
        self._connection.execute(_ROWS, (rows.table, len(numbered)))
        marks = ", ".join("?" * len(self._columns[rows.table][1]))
        self._connection.executemany(
            f"INSERT INTO {rows.table} VALUES ({marks})",  # noqa: S608
            sorted(numbered, key=itemgetter(1)),
        )
        return set_id

    def _number(self, table: str, kind: tuple[Any, ...]) -> int:
        names = self._columns[table][0]
        marks = ", ".join("?" * len(names))
        sql = f"INSERT INTO {KINDS[table]} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608
        number = int(self._connection.execute(sql, kind).lastrowid or 0)
        self._kinds[table][kind] = number
        return number

    def _names(self, table: str) -> list[str]:
        return [row[1] for row in self._connection.execute(f"PRAGMA table_info({table})")]


def release(connection: sqlite3.Connection) -> None:
    """Take the sets of the chosen reports from them, and those that nobody else has out of the archive."""
    connection.execute(_COUNT_OUT)
    connection.execute("DELETE FROM report_sets WHERE report_id IN (SELECT report_id FROM chosen)")
    for table in (*PER_SET, "row_sets"):
        gone = connection.execute(
            f"DELETE FROM {table} WHERE set_id IN (SELECT set_id FROM row_sets WHERE uses = 0)"  # noqa: S608
        )
        connection.execute(_ROWS, (table, -gone.rowcount))


def remove_unused_kinds(connection: sqlite3.Connection) -> None:
    """Forget what no row says any more: a withdrawn report's labels must not stay behind."""
    for table, kinds in KINDS.items():
        connection.execute(f"DELETE FROM {kinds} WHERE kind NOT IN (SELECT kind FROM {table})")  # noqa: S608


_FIND: Final = "SELECT set_id FROM row_sets WHERE digest = ?"
_NEW: Final = "INSERT INTO row_sets (digest, uses) VALUES (?, 1)"
_ROWS: Final = """
    INSERT INTO row_counts VALUES (?, ?) ON CONFLICT (table_name) DO UPDATE SET n = n + excluded.n
"""
_ENTER: Final = "INSERT INTO report_sets VALUES (?, ?)"
_COUNT_IN: Final = "UPDATE row_sets SET uses = uses + 1 WHERE set_id = ?"
_COUNT_OUT: Final = """
    UPDATE row_sets SET uses = uses - gone.n
    FROM (
        SELECT p.set_id, count(*) AS n
        FROM chosen CROSS JOIN report_sets p USING (report_id) GROUP BY p.set_id
    ) gone
    WHERE row_sets.set_id = gone.set_id
"""
