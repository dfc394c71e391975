"""The cells of the form, in its order: each with what the document prints in it, or why there is nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache, reduce
from typing import Final, NamedTuple

from pipelines.parse.numbers import MONEY, read_value
from pipelines.parse.records import Cell, Issue, Method, Place, State
from pipelines.parse.tables.findings import Finding, Slot
from pipelines.parse.tables.form_plans import Rows
from pipelines.parse.tables.forms import Known
from pipelines.parse.tables.reconcile import Agreed
from pipelines.parse.template import PROACTIVE, TEMPLATES, FormCell, Template

_WANTING: Final = frozenset((State.UNREADABLE, State.ABSENT))


class _Source(NamedTuple):
    """Where a cell of the form stands among those of known rows, the unit stated for it, its row's number."""

    wanted: FormCell
    cell: int | None
    unit_hint: str
    row: int | None


def known_cells(table: str, known: Known, format_name: str) -> list[Cell]:
    """The cells of a table whose rows are known, all bound by labels as the form has them."""
    cells, labels = known.cells, known.labels
    found = []
    for wanted, number, unit_hint, row in _sources(table, known.rows, format_name):
        label = "" if row is None else labels[row]
        if number is None:
            found.append(_empty(wanted, State.ABSENT, label))
            continue
        printed = cells[number]
        state, value, unit = read_value(printed.text, wanted.kind, unit_hint)
        found.append(
            Cell(
                table,
                wanted.ordinal,
                wanted.row,
                wanted.column_name,
                printed.text,
                value,
                unit,
                state,
                Method.EXACT,
                None,
                printed.place,
                label,
                wanted.item,
            )
        )
    return found


@lru_cache(maxsize=512)  # rows are known by their identity
def _sources(table: str, rows: Rows, format_name: str) -> tuple[_Source, ...]:
    places: dict[tuple[str, str], tuple[int, str]] = {}
    numbers: dict[str, int] = {}
    at = 0
    for number, row in enumerate(rows.rows):
        at += 1  # where the row stands
        if row.table == table:
            numbers[row.row] = number
        for key, _, unit_hint in row.slots:
            if row.table == table:
                places[row.row, key] = (at, unit_hint)
            at += 1
    return tuple(
        _Source(
            wanted,
            place,
            unit_hint if wanted.kind == MONEY else "",
            numbers.get(wanted.row),
        )
        for wanted in _forms(table, format_name, numbers)
        for place, unit_hint in [places.get((wanted.row, wanted.column_name), (None, ""))]
    )


def agreed_cells(table: str, agreed: Agreed, format_name: str, scanned: bool) -> Iterator[Cell]:
    """The cells of a table of which rows were found; all are OCR's of a document that is ``scanned``."""
    rows = agreed.of(table)
    if table == PROACTIVE and format_name not in TEMPLATES:
        return _emit(rows, _mixed_cells(rows), agreed.loose_values(table) > 0, scanned)
    return _emit(rows, _forms(table, format_name, rows), agreed.loose_values(table) > 0, scanned)


def _forms(table: str, format_name: str, rows: Collection[str]) -> list[FormCell]:
    """The cells to emit of a table: those of the document's form, or of the nearest one."""
    form = TEMPLATES.get(format_name) or _nearest_form(rows)
    return [c for c in form.cells(() if table == PROACTIVE else rows) if c.table_name == table]


def _nearest_form(rows: Collection[str]) -> Template:
    """The form that has most of the rows met."""
    return max(TEMPLATES.values(), key=lambda t: sum(row.key in rows for row in t.applications.rows))


def _mixed_cells(rows: dict[str, Finding]) -> list[FormCell]:
    """Section two of a document that mixes forms: each sub-table in the form its own header shows."""
    found: list[FormCell] = []
    form_of = {row: finding.form for row, finding in rows.items() if finding.form}
    for item in sorted({table.item for t in TEMPLATES.values() for table in t.proactive}):
        for name, template in TEMPLATES.items():
            cells = [c for c in template.cells() if c.item == item]
            if any(form_of.get(c.row) == name for c in cells):
                found += [FormCell(c.table_name, len(found) + i, *_rest(c)) for i, c in enumerate(cells)]
                break
    return found


def _rest(cell: FormCell) -> tuple[str, str, str, str]:
    return cell.item, cell.row, cell.column_name, cell.kind


def _emit(rows: dict[str, Finding], form: Iterable[FormCell], lost: bool, scanned: bool) -> Iterator[Cell]:
    for wanted in form:
        finding = rows.get(wanted.row)
        slot = finding.slots.get(wanted.column_name) if finding else None
        if finding is None:
            yield _empty(wanted, State.UNREADABLE if lost else State.ABSENT)
        elif finding.problem:
            yield _unbound_cell(wanted, finding)
        elif slot is None:
            yield _empty(wanted, State.ABSENT, finding.label)
        else:
            yield _cell(wanted, finding, slot, scanned)


def _empty(wanted: FormCell, state: State, label: str = "") -> Cell:
    return Cell(
        wanted.table_name,
        wanted.ordinal,
        wanted.row,
        wanted.column_name,
        "",
        None,
        "",
        state,
        label=label,
        item=wanted.item,
    )


def _unbound_cell(wanted: FormCell, finding: Finding) -> Cell:
    """A cell of a row that can't be bound: its raw text is all that the row prints."""
    return Cell(
        wanted.table_name,
        wanted.ordinal,
        wanted.row,
        wanted.column_name,
        " ".join(slot.text for slot in finding.loose),
        None,
        "",
        State.UNREADABLE,
        place=reduce(Place.through, (slot.place for slot in finding.loose or (finding,))),
        label=finding.label,
        item=wanted.item,
    )


def _cell(wanted: FormCell, finding: Finding, slot: Slot, scanned: bool) -> Cell:
    state, value, unit = read_value(slot.text, wanted.kind, slot.unit_hint if wanted.kind == MONEY else "")
    method, confidence = _how(finding, slot, scanned)
    return Cell(
        wanted.table_name,
        wanted.ordinal,
        wanted.row,
        wanted.column_name,
        slot.text,
        value,
        unit,
        state,
        method,
        confidence,
        slot.place,
        finding.label,
        wanted.item,
    )


def _how(finding: Finding, slot: Slot, scanned: bool) -> tuple[Method, float | None]:
    """How the cell was bound: the weakest link of row label, column label and recognised text."""
    if (
        not scanned
        and slot.confidence is None
        and finding.match.sure
        and (slot.column is None or slot.column.sure)
    ):
        return Method.EXACT, None
    matches = [m for m in (finding.match, slot.column) if m is not None]
    sure = [c for c in (slot.confidence, *(m.confidence for m in matches)) if c is not None]
    if scanned or slot.confidence is not None:
        method = Method.OCR
    else:
        method = Method.FUZZY if any(m.method is Method.FUZZY for m in matches) else Method.EXACT
    return method, min(sure, default=None)


# --- issues --------------------------------------------------------------------


def cell_issues(
    table: str, cells: Sequence[Cell], rows: Collection[str], bound: Collection[str]
) -> Iterator[Issue]:
    """Cells that hold something unreadable, and rows of the form that are not there.

    ``rows`` are those met, ``bound`` those of them whose values are bound.
    """
    if _WANTING.isdisjoint({cell.state for cell in cells}):
        return
    for cell in cells:
        if cell.state is State.UNREADABLE and cell.row in bound:
            detail = f"{table}.{cell.row}.{cell.column_name}: {cell.raw!r} 不是确定的数 is no certain number"
            yield Issue("cell_unreadable", "warning", detail)
    absent = list(dict.fromkeys(cell.row for cell in cells if cell.row not in rows))
    if absent:
        yield Issue(
            "rows_absent",
            "warning",
            f"{table}: 原件缺少的行 rows of the form that the document lacks: " + ", ".join(absent),
        )
    gaps = [f"{c.row}.{c.column_name}" for c in cells if c.state is State.ABSENT and c.row in rows]
    if gaps:
        yield Issue(
            "cells_absent",
            "warning",
            f"{table}: 原件缺少的格 cells of the form that the document lacks: " + ", ".join(gaps),
        )
