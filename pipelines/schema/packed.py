"""Stores up to version 5 kept what the shown reports say twice: as rows, and in ``report_versions.body`` as
JSON by position. From version 6 on it is kept once, see :mod:`pipelines.packing`.
"""

from __future__ import annotations

import json
import logging
import zlib
from typing import Any, Final

from sqlite_utils import Database

from pipelines.codec import from_plain
from pipelines.packing import pack
from pipelines.parse.records import (
    Cell,
    Check,
    Evidence,
    Figure,
    Identity,
    Kind,
    Method,
    Place,
    Report,
    Section,
    State,
    TableState,
)
from pipelines.readout import Rows

log = logging.getLogger(__name__)

TABLES: Final = ("sections", "cells", "stated_figures", "checks", "report_evidence")
_OFFICIAL: Final = ("proactive", "applications", "reviews")
_OF_YEARS: Final = "years."  # what the rules begin with that tie a year to the one before
_TOLD: Final = 5_000  # versions between two words of progress


def pack_rows(db: Database) -> None:
    """Packs every version and the checks over the years. Runs within the transaction of the migration."""
    db.execute("PRAGMA secure_delete = OFF").fetchall()  # what is dropped need not be written over
    versions = db.execute("SELECT report_id, version FROM report_versions ORDER BY rowid").fetchall()
    for number, (report_id, version) in enumerate(versions, 1):
        _pack_version(db, report_id, version)
        if number % _TOLD == 0 or number == len(versions):
            log.info("数据库升级 packing the store: %d / %d", number, len(versions))
    _pack_ties(db)


def _pack_version(db: Database, report_id: str, version: int) -> None:
    key = (report_id, version)
    sql = "SELECT body FROM report_versions WHERE (report_id, version) = (?, ?)"
    report = _by_position(db.execute(sql, key).fetchone()[0]) or _from_rows(db, *key)
    if report is not None:
        db.execute(
            "UPDATE report_versions SET body = ? WHERE (report_id, version) = (?, ?)", (pack(report), *key)
        )


def _by_position(body: bytes | None) -> Report | None:
    """The record in a body; None where there is none, or it is of a form that was given up earlier."""
    try:
        return from_plain(Report, json.loads(zlib.decompress(body))) if body else None
    except (zlib.error, ValueError):
        return None


def _from_rows(db: Database, report_id: str, version: int) -> Report | None:
    """The record that the rows of a shown report tell; None for a version that is not shown."""
    cursor = db.execute("SELECT * FROM reports WHERE (report_id, version) = (?, ?)", (report_id, version))
    found = cursor.fetchone()
    if found is None:
        return None
    shown = dict(zip([column[0] for column in cursor.description], found, strict=True))
    return report_of(shown, {table: _rows(db, table, report_id) for table in TABLES})


def report_of(shown: dict[str, Any], rows: dict[str, Rows]) -> Report:
    """A report from its row in `reports` and its rows in ``TABLES``, without their first column."""
    evidence = tuple(Evidence(*(part or "" for part in row)) for row in rows["report_evidence"])
    identity = Identity(
        kind=Kind.REPORT,
        title=shown["title"],
        agency=shown["agency"],
        agency_printed=shown["agency"],
        agency_names=(shown["agency"],),
        region_code=shown["region_code"],
        year=shown["year"],
        published_on=shown["published_on"],
        evidence=evidence,
    )
    return Report(
        identity=identity,
        format=shown["format"],
        state=shown["state"],
        states={table: TableState(shown[f"{table}_state"]) for table in _OFFICIAL},
        sections=tuple(Section(*row) for row in rows["sections"]),
        cells=tuple(_cell(*row) for row in rows["cells"]),
        figures=tuple(Figure(*row) for row in rows["stated_figures"]),
        checks=tuple(Check(*row) for row in rows["checks"] if not row[0].startswith(_OF_YEARS)),
        evidence=evidence,
    )


def _cell(
    table_name: str,
    ordinal: int,
    item: str | None,
    row: str,
    column_name: str,
    label: str | None,
    raw: str | None,
    value: int | float | None,
    unit: str | None,
    state: str,
    method: str,
    confidence: float | None,
    location: str | None,
) -> Cell:
    return Cell(
        table_name=table_name,
        ordinal=ordinal,
        row=row,
        column_name=column_name,
        raw=raw or "",
        value=value,
        unit=unit or "",
        state=State(state),
        method=Method(method),
        confidence=confidence,
        place=Place.from_json(location) if location else None,
        label=label or "",
        item=item or "",
    )


def _pack_ties(db: Database) -> None:
    sql = "SELECT DISTINCT report_id FROM checks WHERE rule GLOB ?"
    for (report_id,) in db.execute(sql, (f"{_OF_YEARS}*",)).fetchall():
        ties = tuple(Check(*row) for row in _rows(db, "checks", report_id) if row[0].startswith(_OF_YEARS))
        db.execute("UPDATE reports SET ties = ? WHERE report_id = ?", (pack(ties), report_id))


def _rows(db: Database, table: str, report_id: str) -> Rows:
    sql = f"SELECT * FROM {table} WHERE report_id = ? ORDER BY rowid"  # noqa: S608 - names of our own
    return [row[1:] for row in db.execute(sql, (report_id,)).fetchall()]
