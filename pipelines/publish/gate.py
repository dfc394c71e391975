"""What must hold before an archive is shown to anybody."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from pipelines.publish import fill
from pipelines.publish.masks import find
from pipelines.publish.tables import STATISTIC, TECHNICAL

_NAMED = 5  # places named in a message


def problems(connection: sqlite3.Connection) -> list[str]:
    """Why the archive on ``connection`` must not be published; empty if nothing stands against it."""
    damaged = [row[0] for row in connection.execute("PRAGMA integrity_check(5)") if row[0] != "ok"]
    orphans = [
        f"{row[0]} row {row[1]} has no {row[2]}" for row in connection.execute("PRAGMA foreign_key_check")
    ]
    exposed = list(personal_data(connection))
    return [*damaged[:_NAMED], *orphans[:_NAMED], *exposed[:_NAMED]]


def personal_data(connection: sqlite3.Connection) -> Iterator[str]:
    """Where personal data stands unmasked, as ``table.column (kind) key``; never the data itself."""
    fill.register_functions(connection)
    known = fill.statistics_of(connection)
    for table, column in text_columns(connection):
        keys = fill.columns_of(connection, table)
        report = "report_id" if "report_id" in keys else "NULL"
        where = f'length("{column}") >= 11'
        if table in STATISTIC:
            where += f" AND NOT ({STATISTIC[table].format(column=column)})"
        rows = f'SELECT {report}, "{column}" FROM {table} WHERE {where}'  # noqa: S608
        for report_id, text in connection.execute(rows):
            keep = known.get(report_id, ()) if table == "sections" else ()
            for hit in find(text, keep):
                yield f"unmasked personal data in {table}.{column} ({hit.kind}) {report_id or ''}".rstrip()


def text_columns(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Tables and columns that hold text somebody wrote."""
    tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%\\_fts%' ESCAPE '\\'"
    for (table,) in connection.execute(tables).fetchall():
        for name, declared in fill.columns_of(connection, table).items():
            if declared == "TEXT" and name not in TECHNICAL:
                yield table, name
