"""What must hold before an archive is shown to anybody."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from pipelines.publish import figures, fill
from pipelines.publish.masks import SHORTEST, find
from pipelines.publish.tables import CELL_KINDS, CELL_VALUES, PER_REPORT, STATISTIC, TECHNICAL

_NAMED = 5  # places named in a message


def problems(connection: sqlite3.Connection, renewed: str | None = None) -> list[str]:
    """Why the archive on ``connection`` must not be published; empty if nothing stands against it.

    ``renewed`` is a table of the reports that came, changed or went; rows of the others were looked at when
    they were published, by the same rules. Without it every row is looked at.
    """
    damaged = [row[0] for row in connection.execute("PRAGMA integrity_check(5)") if row[0] != "ok"]
    orphans = list(_orphans(connection, renewed))
    exposed = list(personal_data(connection, renewed))
    return [*damaged[:_NAMED], *orphans[:_NAMED], *exposed[:_NAMED]]


def _orphans(connection: sqlite3.Connection, renewed: str | None) -> Iterator[str]:
    tables = [name for name in _tables(connection) if not (renewed and name == CELL_VALUES)]
    for table in tables:
        for row in connection.execute(f"PRAGMA foreign_key_check({table})"):
            yield f"{row[0]} row {row[1]} has no {row[2]}"
    if renewed:  # most rows of the archive stand in this table
        for (report_id,) in connection.execute(_CELLS_ALONE.format(renewed=renewed)):
            yield f"{CELL_VALUES} of {report_id} have no report or no kind"


_CELLS_ALONE = f"""
    SELECT DISTINCT n.report_id FROM {{renewed}} n
    CROSS JOIN {CELL_VALUES} v ON v.report_id = n.report_id
    WHERE v.report_id NOT IN (SELECT report_id FROM reports) OR v.kind NOT IN (SELECT kind FROM {CELL_KINDS})
"""  # noqa: S608


def personal_data(connection: sqlite3.Connection, renewed: str | None = None) -> Iterator[str]:
    """Where personal data stands unmasked, as ``table.column (kind) key``; never the data itself."""
    fill.register_functions(connection)
    for table, column in text_columns(connection):
        report = "report_id" if "report_id" in fill.columns_of(connection, table) else "NULL"
        where = f'length("{column}") >= {SHORTEST}'
        if table in STATISTIC:
            where += f" AND NOT ({STATISTIC[table].format(column=column)})"
        if renewed and table in PER_REPORT:
            where += f" AND report_id IN (SELECT report_id FROM {renewed})"  # noqa: S608
        rows = f'SELECT {report}, "{column}" FROM {table} WHERE {where}'  # noqa: S608
        for report_id, text in connection.execute(rows):
            found = figures.find_beside(connection, report_id, text) if table == "sections" else find(text)
            for hit in found:
                yield f"unmasked personal data in {table}.{column} ({hit.kind}) {report_id or ''}".rstrip()


def _tables(connection: sqlite3.Connection) -> list[str]:
    found = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%\\_fts%' ESCAPE '\\'"
    return [name for (name,) in connection.execute(found)]


def text_columns(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    """Tables and columns that hold text somebody wrote."""
    for table in _tables(connection):
        for name, declared in fill.columns_of(connection, table).items():
            if declared == "TEXT" and name not in TECHNICAL:
                yield table, name
