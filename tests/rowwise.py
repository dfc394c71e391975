"""What the reports of a store say as rows, for tests: to be asked in SQL, and to be changed by it."""

from __future__ import annotations

import re
import sqlite3
from typing import Any

from pipelines.packing import pack, unpack
from pipelines.parse.records import Check, Report
from pipelines.readout import COLUMNS, rows_of
from pipelines.schema.packed import TABLES, report_of

_WRITES = re.compile(rf"\s*(INSERT INTO|UPDATE|DELETE FROM) ({'|'.join(TABLES)})\b")
_CHANGES = (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD"))
_PACKED = "SELECT report_id, body, ties FROM reports JOIN report_versions USING (report_id, version)"


def spread(connection: sqlite3.Connection) -> sqlite3.Connection:
    """Lays the shown reports out in temporary tables (cells, sections …), which note in ``touched`` whose
    rows are changed; gives the connection back.
    """
    connection.execute("PRAGMA query_only = OFF")
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS touched (report_id TEXT PRIMARY KEY)")
    for table in TABLES:
        connection.execute(f"DROP TABLE IF EXISTS temp.{table}")
        names = ", ".join(f'"{column}"' for column in COLUMNS[table])
        connection.execute(f"CREATE TEMP TABLE {table} (report_id, {names})")
        connection.execute(f"CREATE INDEX temp.{table}_of ON {table} (report_id)")
    packed = [row for row in connection.execute(_PACKED).fetchall() if row[1]]
    for report_id, body, ties in packed:
        known = unpack(tuple[Check, ...], ties) if ties else ()
        for table, rows in rows_of(unpack(Report, body), known).items():
            marks = ", ".join("?" * (len(COLUMNS[table]) + 1))
            values = [(report_id, *row) for row in rows]
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", values)
    for table in TABLES:
        for change, row in _CHANGES:
            connection.execute(
                f"CREATE TEMP TRIGGER {table}_{change} AFTER {change} ON {table}"
                f" BEGIN INSERT OR IGNORE INTO touched VALUES ({row}.report_id); END"
            )
    return connection


class Rowwise(sqlite3.Connection):
    """A store whose reports are written and changed row by row: what is changed is packed at once."""

    def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
        cursor = super().execute(sql, *parameters)
        if _WRITES.match(sql):
            touched = (
                super().execute("SELECT report_id FROM reports JOIN touched USING (report_id)").fetchall()
            )
            for (report_id,) in touched:
                self.gather(report_id)
            super().execute("DELETE FROM touched")
        return cursor

    def gather(self, report_id: str) -> None:
        """Packs the rows of a report."""
        cursor = super().execute("SELECT * FROM reports WHERE report_id = ?", (report_id,))
        shown = dict(zip([column[0] for column in cursor.description], cursor.fetchone(), strict=True))
        rows = {table: self._rows(table, report_id) for table in TABLES}
        ties = tuple(Check(*row) for row in rows["checks"] if row[0].startswith("years."))
        super().execute(
            "UPDATE report_versions SET body = ? WHERE (report_id, version) = (?, ?)",
            (pack(report_of(shown, rows)), report_id, shown["version"]),
        )
        super().execute("UPDATE reports SET ties = ? WHERE report_id = ?", (pack(ties), report_id))

    def _rows(self, table: str, report_id: str) -> list[tuple[Any, ...]]:
        sql = f"SELECT * FROM {table} WHERE report_id = ? ORDER BY rowid"
        return [row[1:] for row in super().execute(sql, (report_id,)).fetchall()]
