"""What reading a document gave, laid out by the worker: the run has only to write it into the store.

A run has one process that fetches and writes, and several that read. So whatever can be
made of a reading without the store is made here: its digest, and the packed record that the
store keeps. Pure, like the core. The rows of tables that a record stands for are made here as well.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

from pipelines.packing import pack, unpack
from pipelines.parse.checks import Said
from pipelines.parse.over_years import YearOf, check_years
from pipelines.parse.records import Cell, Check, Identity, Issue, Kind, Parsed, Place, Report, Section
from pipelines.wording import fingerprint

Rows = list[tuple[Any, ...]]  # of one table, without their first column, the report's id


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A report as the store keeps it. ``identity`` is without its evidence and issues; ``states`` are those
    of the official tables; ``body`` is the packed Report in base 64.

    Where people have read some of it, all this is with what they read. ``fingerprint`` and ``read_state`` are
    what the program alone reads; ``decided`` is the digest of the decisions, "" where there are none, and
    ``acceptances`` are their rows.
    """

    identity: Identity
    format: str
    state: str
    states: dict[str, str]
    fingerprint: str
    body: str
    read_state: str
    decided: str = ""
    acceptances: tuple[tuple[Any, ...], ...] = ()

    @property
    def packed(self) -> bytes:
        """The Report record, for ``report_versions.body``."""
        return base64.b64decode(self.body)


@dataclass(frozen=True, slots=True)
class Readout:
    """The outcome of reading a document, as :class:`Parsed`; ``laid_out`` is set for kind report only."""

    kind: Kind
    issues: tuple[Issue, ...] = ()
    used_parts: tuple[int, ...] = ()
    main_part: int | None = None
    own_parts: tuple[int, ...] = ()
    members: tuple[str, ...] = ()
    laid_out: LaidOut | None = None

    @property
    def report(self) -> Report | None:
        """The whole record, unpacked at each call."""
        return unpack(Report, self.laid_out.packed) if self.laid_out else None


def read_out(parsed: Parsed) -> Readout:
    """Lays out what the core read."""
    report = parsed.report
    return Readout(
        kind=parsed.kind,
        issues=parsed.issues,
        used_parts=parsed.used_parts,
        main_part=parsed.main_part,
        own_parts=parsed.own_parts,
        members=parsed.members,
        laid_out=laid_out(report) if report else None,
    )


def laid_out(report: Report) -> LaidOut:
    """A report as the store keeps it."""
    return LaidOut(
        identity=replace(report.identity, evidence=(), issues=()),
        format=report.format,
        state=report.state,
        read_state=report.state,
        states={table: state.value for table, state in report.states.items()},
        fingerprint=fingerprint(report),
        body=_text(pack(report)),
    )


def _text(packed: bytes) -> str:
    return base64.b64encode(packed).decode("ascii")


# Of the tables that `rows_of` gives the rows of, the columns after the report's id.
COLUMNS: Final = {
    "sections": ("ordinal", "number", "heading", "text"),
    "cells": (
        *("table_name", "ordinal", "item", "row", "column_name", "label", "raw", "value", "unit", "state"),
        *("method", "confidence", "location"),
    ),
    "stated_figures": ("section", "phrase", "value", "unit", "qualifier", "start", "end"),
    "checks": ("rule", "scope", "outcome", "left_value", "right_value", "detail"),
    "report_evidence": ("field", "value", "source", "text"),
}


def rows_of(report: Report, ties: Iterable[Check] = ()) -> dict[str, Rows]:
    """What a report says as rows, by table; ``ties`` are its checks over the years."""
    return {
        "sections": [(s.ordinal, s.number, s.heading, s.text) for s in report.sections],
        "cells": [_cell(cell) for cell in report.cells],
        "stated_figures": [
            (f.section, f.phrase, f.value, f.unit, f.qualifier, f.start, f.end) for f in report.figures
        ],
        "checks": [
            (c.rule, c.scope, c.outcome, c.left_value, c.right_value, c.detail)
            for c in (*report.checks, *ties)
        ],
        "report_evidence": [(e.field, e.value, e.source, e.text) for e in report.evidence],
    }


def _cell(cell: Cell) -> tuple[Any, ...]:
    return (
        cell.table_name,
        cell.ordinal,
        cell.item or None,
        cell.row,
        cell.column_name,
        cell.label,
        cell.raw,
        cell.value,
        cell.unit,
        cell.state.value,
        cell.method.value,
        cell.confidence,
        _location(cell.place) if cell.place else None,
    )


@lru_cache(maxsize=1 << 14)  # the places of tables are the same in many documents
def _location(place: Place) -> str:
    return place.to_json()


def tie(years: list[int], bodies: list[bytes]) -> list[str]:
    """The checks that tie an agency's reports each to the year before: for each of them packed, in base 64.

    ``years`` ascend; ``bodies`` are their packed reports. The worker's side of ``Processor.conclude``.
    """
    known = {year: _year(year, body) for year, body in zip(years, bodies, strict=True)}
    return [_text(pack(check_years(known.get(year - 1), known[year]))) for year in years]


@dataclass(frozen=True, slots=True)
class _Tied:
    """Of a packed Report, the fields that a report is tied by."""

    format: str
    sections: tuple[Section, ...]
    cells: tuple[Said, ...]


def _year(year: int, body: bytes) -> YearOf:
    report = unpack(_Tied, body)
    return YearOf(year, report.format, report.cells, report.sections)
