"""Whether what is published is what the store says: each report's rows are made anew, as a publication would
make them, and held against those of DIR/archive.db (``gongkai verify``).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from pipelines.folder import ARCHIVE, STORE
from pipelines.publish import fill
from pipelines.publish.publication import builder, built_by
from pipelines.publish.said import prepared
from pipelines.publish.shared import Shared
from pipelines.publish.tables import COPIED, DERIVED, SAID, TEXTS

Progress = Callable[[int, int], None]
Difference = tuple[str, str]  # report_id or file, what differs there

_BATCH: Final = 200  # reports held against the archive at a time, in memory
_COMPARED: Final = (*COPIED, *SAID, *TEXTS, *DERIVED, "cells", "checks")
# columns that change without the report: by a later visit, and with the report of the year before
_APART: Final = frozenset({"last_seen_at", "gone_at", "new_received_change"})
_LONGEST: Final = 160  # characters of a row in a message
_MEND: Final = "删除 archive.db 后运行 gongkai publish / delete it, then run gongkai publish"


def differences(data: Path, progress: Progress) -> Iterator[Difference]:
    """What ``data``/archive.db says otherwise than the store. ``progress`` gets reports compared and in all.

    What the store has and the archive does not have yet is no difference, nor is an archive that other code
    built: the next publication brings either up. Changes nothing; a run may write and publish meanwhile.
    """
    archive = data / ARCHIVE
    if not archive.is_file():
        return
    built = built_by(archive)
    if built is None:
        yield ARCHIVE, f"打不开 can't be read: {_MEND}"
    elif built == builder():
        try:
            yield from _compared(data, progress)
        except sqlite3.DatabaseError as error:
            yield ARCHIVE, f"已损坏 is damaged ({error}): {_MEND}"


def _compared(data: Path, progress: Progress) -> Iterator[Difference]:
    with _laid_beside(data) as connection:
        flaws = [flaw for (flaw,) in connection.execute("PRAGMA shown.integrity_check") if flaw != "ok"]
        yield from ((ARCHIVE, f"{flaw}: {_MEND}") for flaw in flaws)
        yield from ((report_id, _FOREIGN_MEANS) for (report_id,) in connection.execute(_FOREIGN))
        ids = [report_id for (report_id,) in connection.execute(_PUBLISHED)]
    for start in range(0, len(ids), _BATCH):
        progress(start, len(ids))
        yield from _of_one_edition(data, ids[start : start + _BATCH])
    progress(len(ids), len(ids))


def _of_one_edition(data: Path, ids: list[str]) -> list[Difference]:
    """Differences of these reports; once more where another archive was swapped in meanwhile."""
    while True:
        edition = _edition(data)
        with _laid_beside(data) as connection:
            found = list(_of_batch(connection, ids))
        if not found or _edition(data) == edition:
            return found


def _edition(data: Path) -> tuple[int, int]:
    status = (data / ARCHIVE).stat()
    return status.st_ino, status.st_mtime_ns


@contextmanager
def _laid_beside(data: Path) -> Iterator[sqlite3.Connection]:
    """An empty archive in memory; the store and the published archive are attached, as ``store`` and
    ``shown``.
    """
    connection = sqlite3.connect("file::memory:", uri=True, isolation_level=None, timeout=60)
    try:
        for name, file, how in (("store", STORE, "mode=ro"), ("shown", ARCHIVE, "mode=ro&immutable=1")):
            connection.execute(f"ATTACH ? AS {name}", (f"{(data / file).resolve().as_uri()}?{how}",))
        fill.register_functions(connection)
        fill.begin_choosing(connection)
        yield connection
    finally:
        connection.close()


def _of_batch(connection: sqlite3.Connection, ids: list[str]) -> Iterator[Difference]:
    """No query stays open on the store: it would keep a run from committing."""
    fill.create(connection)
    fill.choose(connection, ids)
    connection.execute(_DROP_NEWER)
    same = [report_id for (report_id,) in connection.execute("SELECT report_id FROM chosen").fetchall()]
    fill.add_reports(connection, Shared(connection), prepared(fill.packed_reports(connection, same)))
    found = [difference for table in _COMPARED for difference in _of_table(connection, table)]
    connection.execute(_DROP_NEWER)  # what was saved anew meanwhile
    still = {report_id for (report_id,) in connection.execute("SELECT report_id FROM chosen")}
    yield from (difference for difference in found if difference[0] in still)


def _of_table(connection: sqlite3.Connection, table: str) -> Iterator[Difference]:
    """One difference of each report, its first rows."""
    names = [f'"{name}"' for name in fill.columns_of(connection, table) if name not in _APART]
    shown, made = (_rows(connection, table, names, *schemas) for schemas in _BOTH_WAYS)
    for report_id in shown.keys() | made.keys():
        published, stored = (_text(rows.get(report_id)) for rows in (shown, made))
        yield report_id, f"{table}: 已发布 published {published}, 应为 to be {stored}"


_BOTH_WAYS: Final = (("shown", "main"), ("main", "shown"))


def _rows(
    connection: sqlite3.Connection, table: str, names: list[str], schema: str, other: str
) -> dict[str, tuple[Any, ...]]:
    """A row of each report that only one of the two has."""
    rows = f"SELECT {', '.join(names)} FROM {{}}.{table} WHERE report_id IN (SELECT report_id FROM chosen)"  # noqa: S608
    only = connection.execute(f"SELECT report_id, * FROM ({rows.format(schema)} EXCEPT {rows.format(other)})")  # noqa: S608
    return {row[0]: row[1:] for row in only}


def _text(row: tuple[Any, ...] | None) -> str:
    if row is None:
        return "(无 none)"
    return " | ".join("NULL" if value is None else str(value) for value in row[1:])[:_LONGEST]


_FOREIGN_MEANS: Final = "存储库没有此报告 the store has no such report"
_PUBLISHED = "SELECT report_id FROM shown.reports ORDER BY report_id"
_FOREIGN = """
    SELECT report_id FROM shown.reports
    WHERE report_id NOT IN (SELECT report_id FROM store.reports)
        AND report_id NOT IN (SELECT report_id FROM store.touched_reports)
"""
# reports that the store has saved since the publication, or no longer has
_DROP_NEWER = """
    DELETE FROM chosen WHERE report_id NOT IN (
        SELECT report_id FROM shown.reports p JOIN store.reports s USING (report_id)
        WHERE p.changed_at = s.changed_at
    )
"""
