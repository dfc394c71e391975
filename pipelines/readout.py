"""What reading a document gave, laid out by the worker: the run has only to write it into the store.

A run has one process that fetches and writes, and several that read. So whatever can be
made of a reading without the store is made here: the rows of its tables, its digest, the
compressed record that versions keep. Pure, like the core.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from pipelines.codec import pack, unpack
from pipelines.parse.checks import YearOf, check_years
from pipelines.parse.records import Cell, Check, Identity, Issue, Kind, Parsed, Report
from pipelines.wording import fingerprint

Rows = list[list[Any]]  # of one table, without their first column, the report's id


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A report as the store keeps it. ``identity`` is without its evidence and issues; ``states`` are those
    of the official tables; ``body`` is the packed Report in base 64; ``rows`` are those of each table.

    Where people have read some of it, all this is with what they read. ``fingerprint`` and ``read_state`` are
    what the program alone reads; ``decided`` is the digest of the decisions, "" where there are none.
    """

    identity: Identity
    format: str
    state: str
    states: dict[str, str]
    fingerprint: str
    body: str
    rows: dict[str, Rows]
    read_state: str
    decided: str = ""

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
        body=base64.b64encode(pack(report)).decode("ascii"),
        rows={
            "sections": [[s.ordinal, s.number, s.heading, s.text] for s in report.sections],
            "cells": [_cell(cell) for cell in report.cells],
            "stated_figures": [
                [f.section, f.phrase, f.value, f.unit, f.qualifier, f.start, f.end] for f in report.figures
            ],
            "checks": check_rows(report.checks),
            "report_evidence": [[e.field, e.value, e.source, e.text] for e in report.evidence],
            "acceptances": [],
        },
    )


def _cell(cell: Cell) -> list[Any]:
    return [
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
        cell.place.to_json() if cell.place else None,
    ]


def check_rows(checks: Iterable[Check]) -> Rows:
    """Rows of `checks`."""
    return [[c.rule, c.scope, c.outcome, c.left_value, c.right_value, c.detail] for c in checks]


def tie(years: list[int], bodies: list[bytes]) -> list[Rows]:
    """The checks that tie an agency's reports each to the year before: rows of `checks` for each of them.

    ``years`` ascend; ``bodies`` are their packed reports. The worker's side of ``Processor.conclude``.
    """
    known = {year: _year(year, body) for year, body in zip(years, bodies, strict=True)}
    return [check_rows(check_years(known.get(year - 1), known[year])) for year in years]


def _year(year: int, body: bytes) -> YearOf:
    report = unpack(Report, body)
    return YearOf(year, report.format, report.cells, report.sections)
