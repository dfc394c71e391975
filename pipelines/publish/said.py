"""What the chosen reports say, as rows: the store keeps each report packed.

The rows stand in temporary tables called ``said_<table>``, with the columns of the published tables.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from pipelines.packing import unpack
from pipelines.parse.records import Check, Report
from pipelines.readout import COLUMNS, rows_of

Packed = tuple[str, bytes, bytes | None]  # report_id, the shown version, its checks over the years


def create(connection: sqlite3.Connection) -> None:
    """The tables, empty."""
    for table, columns in COLUMNS.items():
        names = ", ".join(f'"{column}"' for column in columns)
        connection.execute(f"CREATE TEMP TABLE said_{table} (report_id, {names})")


def lay_out(connection: sqlite3.Connection, reports: Iterable[Packed]) -> None:
    """Put the rows of these reports in place of those that the tables hold. Raises Damaged."""
    for table in COLUMNS:
        connection.execute(f"DELETE FROM temp.said_{table}")  # noqa: S608
    for report_id, body, ties in reports:
        said = unpack(Report, body)
        for table, rows in rows_of(said, unpack(tuple[Check, ...], ties) if ties else ()).items():
            if rows:
                marks = ", ".join("?" * (len(rows[0]) + 1))
                connection.executemany(
                    f"INSERT INTO temp.said_{table} VALUES ({marks})",  # noqa: S608
                    [(report_id, *row) for row in rows],
                )
