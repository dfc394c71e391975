"""What the chosen reports say, as rows: the store keeps each report packed.

The rows stand in temporary tables called ``said_<table>``, with the columns of the published tables.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from pipelines.packing import unpack
from pipelines.parse.records import Check, Report
from pipelines.readout import COLUMNS, rows_of

Packed = tuple[str, bytes, bytes | None]  # report_id, the shown version, its checks over the years
Said = tuple[str, Report, tuple[Check, ...]]
_TABLES: Final = ("sections", "stated_figures", "checks", "report_evidence")  # for the cells see cells.py


def create(connection: sqlite3.Connection) -> None:
    """The tables, empty."""
    for table in _TABLES:
        names = ", ".join(f'"{column}"' for column in COLUMNS[table])
        connection.execute(f"CREATE TEMP TABLE said_{table} (report_id, {names})")


def unpacked(reports: Iterable[Packed]) -> Iterator[Said]:
    """Reports from what the store keeps of them. Raises Damaged."""
    for report_id, body, ties in reports:
        yield report_id, unpack(Report, body), unpack(tuple[Check, ...], ties) if ties else ()


def lay_out(connection: sqlite3.Connection, reports: Iterable[Said]) -> None:
    """Put the rows of these reports in place of those that the tables hold."""
    for table in _TABLES:
        connection.execute(f"DELETE FROM temp.said_{table}")  # noqa: S608
    for report_id, report, ties in reports:
        for table, rows in rows_of(replace(report, cells=()), ties).items():
            if rows:
                marks = ", ".join("?" * (len(rows[0]) + 1))
                connection.executemany(
                    f"INSERT INTO temp.said_{table} VALUES ({marks})",  # noqa: S608
                    [(report_id, *row) for row in rows],
                )
