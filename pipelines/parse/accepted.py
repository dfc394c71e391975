"""What people have read: cells whose reading somebody accepted, and sums that fail in the document itself.

A person looks at the archived page and says what is printed. What they say is read by the rules by which
the program reads what it finds (:mod:`numbers`), the cell keeps its place in the document and gets the method
``person``, and whatever follows from the cells (checks, states, issues) is made anew. Where the program reads
something else, the person's word stands and an issue says so.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from pipelines.parse.checks import FAIL, Address, address_of, check_report, template_for
from pipelines.parse.numbers import MONEY, UNITS_OF_MONEY, Value, read_value
from pipelines.parse.outcome import report_state
from pipelines.parse.records import Cell, Check, Issue, Method, Report, State, TableState
from pipelines.parse.settled import is_settled
from pipelines.parse.template import TEMPLATES, FormCell

AS_PRINTED: Final = "经人工核对，原文如此 as printed, a person has looked"
_NAMED: Final = 20  # cells that an issue names
_UNKNOWN: Final = (State.UNREADABLE, State.TEXT, State.ABSENT)  # the program claims nothing


@dataclass(frozen=True, slots=True)
class AcceptedReading:
    """What a person read in a cell of a document, ``raw`` as printed. ``document`` is its SHA-256; ``unit``
    that of a header or caption, where the cell holds an amount of money; ``at`` ISO 8601.
    """

    document: str
    table: str
    row: str
    column: str
    raw: str
    why: str
    by: str
    at: str
    unit: str = ""

    @property
    def key(self) -> Address:
        """The cell."""
        return self.table, self.row, self.column


@dataclass(frozen=True, slots=True)
class AcceptedSum:
    """A check of a document that fails because the document says so; ``left`` and ``right`` are its sides."""

    document: str
    rule: str
    scope: str
    why: str
    by: str
    at: str
    left: float | None = None
    right: float | None = None


@dataclass(frozen=True, slots=True)
class Applied:
    """A decision that holds, and the cell as the program alone reads it; None for a sum."""

    decision: AcceptedReading | AcceptedSum
    read: Cell | None


@dataclass(frozen=True, slots=True)
class Accepted:
    """A report with what people have read in its document."""

    report: Report
    issues: tuple[Issue, ...]
    applied: tuple[Applied, ...]


# --- one reading ---------------------------------------------------------------


def value_of(reading: AcceptedReading) -> Value:
    """What the printed text says, by the rules of the cell's column."""
    return read_value(reading.raw, _kinds()[reading.key], reading.unit)


def flaw(reading: AcceptedReading) -> tuple[str, str] | None:
    """The field that keeps a reading from being used, with why and what to write; None where all is well."""
    kinds = _kinds()
    for at, field in enumerate(("table", "row", "column"), 1):
        known = dict.fromkeys(key[at - 1] for key in kinds if key[: at - 1] == reading.key[: at - 1])
        if reading.key[at - 1] not in known:
            return (
                field,
                f"{reading.key[at - 1]!r} 表式中没有，应为其一 not in the form; one of: {', '.join(known)}",
            )
    money = kinds[reading.key] == MONEY
    if reading.unit and not (money and reading.unit in UNITS_OF_MONEY):
        units = "、".join(UNITS_OF_MONEY)
        return "unit", f"只用于金额 for amounts of money only, one of: {units}"
    state = value_of(reading).state
    with_digits = any(char.isdecimal() for char in unicodedata.normalize("NFKC", reading.raw))
    if state is State.UNREADABLE or (state is State.TEXT and with_digits):
        return "raw", (
            f"{reading.raw!r} 读不成数 makes no number: 只抄格中所印 write only what the cell prints, "
            "e.g. 12、1,234、3.5万元、/ or an empty text for a blank"
        )
    return None


def sum_flaw(one: AcceptedSum) -> tuple[str, str] | None:
    """As :func:`flaw`, of a sum; whether a document has its scope is told when it is read."""
    if one.rule in _rules():
        return None
    return "rule", f"没有这项核对 no such check within a report; one of: {', '.join(_rules())}"


@cache
def _rules() -> tuple[str, ...]:
    every = (check.rule for name in TEMPLATES for check in check_report(name, (), ()))
    return tuple(dict.fromkeys(every))


@cache
def _kinds() -> dict[Address, str]:
    """The kind (count, signed, money) of every cell of every form, alternative rows included."""
    found: dict[Address, str] = {}
    for template in TEMPLATES.values():
        rows = [row.key for alternative in template.alternatives for row in alternative.rows]
        for cell in (*template.cells(), *template.cells(rows)):
            found[cell.table_name, cell.row, cell.column_name] = cell.kind
    return found


# --- a report ------------------------------------------------------------------


def accept(
    report: Report,
    issues: Sequence[Issue],
    readings: Iterable[AcceptedReading],
    sums: Iterable[AcceptedSum],
) -> Accepted:
    """The report with what was accepted of its document; ``issues`` are those of its reading.

    What does not fit the document is left alone, and an issue says so.
    """
    cells = _Cells(report)
    for reading in readings:
        cells.take(reading)
    states = {table: cells.state(table) for table in report.states}
    found = tuple(cells.cells)
    checks = _Checks(check_report(report.format, found, report.sections))
    for one in sums:
        checks.take(one)
    kept = [issue for issue in issues if not is_settled(issue, found)]
    return Accepted(
        replace(
            report,
            cells=found,
            states=states,
            state=report_state(states, found, report.sections),
            checks=tuple(checks.checks),
        ),
        (*kept, *cells.issues(), *checks.issues),
        (*cells.applied, *checks.applied),
    )


class _Cells:
    """The cells of a report, with what people read in them."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.cells = list(report.cells)
        self.applied: list[Applied] = []
        self._void: list[Issue] = []
        self._differs: list[Issue] = []
        self._agree: list[Address] = []

    def take(self, reading: AcceptedReading) -> None:
        at = self._find(reading)
        if at is None:
            why = "该文件的表中没有此格 the document's form has no such cell"
            self._void.append(_void(".".join(reading.key), why))
            return
        before = self.cells[at]
        state, value, unit = value_of(reading)
        self.cells[at] = replace(
            before,
            raw=reading.raw,
            value=value,
            unit=unit,
            state=state,
            method=Method.PERSON,
            confidence=None,
        )
        self.applied.append(Applied(reading, before))
        self._compare(before, self.cells[at])

    def _find(self, reading: AcceptedReading) -> int | None:
        at = self._at(reading.key)
        if at is None and not any(cell.table_name == reading.table for cell in self.cells):
            unread = self._unread(reading.table)
            if reading.key in map(address_of, unread):
                self.cells += unread
                at = self._at(reading.key)
        return at

    def _at(self, key: Address) -> int | None:
        return next((at for at, cell in enumerate(self.cells) if address_of(cell) == key), None)

    def _unread(self, table: str) -> list[Cell]:
        """Every cell of a table of which the program could read nothing."""
        template = template_for(self.report.format, self.report.cells)
        if template is None or self.report.states[table] is TableState.STATED_NONE:
            return []
        return [_unread(cell) for cell in template.cells() if cell.table_name == table]

    def _compare(self, before: Cell, after: Cell) -> None:
        if before.state in _UNKNOWN:
            return
        key = address_of(before)
        if (before.state, before.value) == (after.state, after.value):
            self._agree.append(key)
            return
        said = f"人工认定为 a person read {after.raw!r}，程序读作 the program reads {before.raw!r}"
        self._differs.append(Issue("acceptance_differs", "warning", f"{'.'.join(key)}: {said}"))

    def state(self, table: str) -> TableState:
        """A table that could not be read is one as soon as somebody read a cell of it."""
        read = any(one.read is not None and one.read.table_name == table for one in self.applied)
        return TableState.TABLE if read else self.report.states[table]

    def issues(self) -> tuple[Issue, ...]:
        agree = []
        if self._agree:
            named = ", ".join(".".join(key) for key in self._agree[:_NAMED])
            detail = (
                f"{len(self._agree)} 格程序也读作如此 cells that the program reads as the person did: {named}"
            )
            agree.append(Issue("acceptance_agrees", "info", detail))
        return (*self._void, *self._differs, *agree)


def _unread(cell: FormCell) -> Cell:
    return Cell(
        cell.table_name,
        cell.ordinal,
        cell.row,
        cell.column_name,
        "",
        None,
        "",
        State.UNREADABLE,
        item=cell.item,
    )


class _Checks:
    """The checks of a report, with those that people have looked into."""

    def __init__(self, checks: Sequence[Check]) -> None:
        self.checks = list(checks)
        self.applied: list[Applied] = []
        self.issues: list[Issue] = []

    def take(self, one: AcceptedSum) -> None:
        places = ((check.rule, check.scope) for check in self.checks)
        at = next((at for at, place in enumerate(places) if place == (one.rule, one.scope)), None)
        name = f"{one.rule}/{one.scope}"
        if at is None:
            self.issues.append(_void(name, "该文件没有此项核对 the document's form has no such check"))
            return
        check = self.checks[at]
        if (check.outcome, check.left_value, check.right_value) != (FAIL, one.left, one.right):
            why = (
                f"认定时为 accepted as {one.left} ≠ {one.right}，"
                f"现为 now {check.outcome} {check.left_value} / {check.right_value}"
            )
            self.issues.append(Issue("acceptance_differs", "warning", f"{name}: {why}"))
            return
        self.checks[at] = replace(check, detail=f"{check.detail}；{AS_PRINTED}")
        self.applied.append(Applied(one, None))


def _void(name: str, why: str) -> Issue:
    return Issue("acceptance_void", "warning", f"{name}: {why}")
