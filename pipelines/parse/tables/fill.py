"""Filling the official tables: read a document in two ways, reconcile them, emit the cells of the form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pipelines.parse.numbers import MONEY, read_value
from pipelines.parse.records import (
    Block,
    Cell,
    Filled,
    Grid,
    Issue,
    Method,
    Paragraph,
    Reading,
    SectionSpan,
    State,
    TableState,
)
from pipelines.parse.tables.aligned import in_rows
from pipelines.parse.tables.blocks import Captions, readable, running_lines
from pipelines.parse.tables.broken.lines import leaves_rests, with_rests
from pipelines.parse.tables.findings import Finding, Findings, Slot
from pipelines.parse.tables.forms import read_grids
from pipelines.parse.tables.none import states_none
from pipelines.parse.tables.reconcile import Agreed, reconcile
from pipelines.parse.tables.stream import read_stream
from pipelines.parse.tables.stream_doubt import IN_PIECES, doubt_all
from pipelines.parse.tables.tokens import tokens_of
from pipelines.parse.tables.years import title_year
from pipelines.parse.template import (
    APPLICATIONS,
    PROACTIVE,
    REVIEWS,
    TABLES,
    TEMPLATES,
    FormCell,
    Template,
    detect_format,
    tables_met,
)

_NUMBER_OF = {PROACTIVE: 2, APPLICATIONS: 3, REVIEWS: 4}
_OTHER_MOST = 5_000  # cells of tables that are none of the form


def fill(reading: Reading, spans: tuple[SectionSpan, ...]) -> Filled:
    """The cells of the three official tables, and of other tables, with their states.

    ``spans`` tell where sections two to four stand: lines of text are read only
    there (in the whole document where none was found); grids are known by their
    labels wherever they stand. Every cell of the form comes out, in its order,
    for each table that the document has; what the document lacks is ``absent``.
    """
    blocks = readable(reading)
    zone = _zone(blocks, spans)
    format_name, evidence = detect_format(_texts(zone))
    if format_name not in TEMPLATES:  # the tables may stand behind the sections
        zone = _zone(blocks, ())
        format_name, evidence = detect_format(_texts(zone))
    met = tables_met(format_name, _texts(zone))
    if not met:
        others = tuple(_other_cells(reading.blocks, set()))
        none = {table: _unseen(table, reading, spans) for table in TABLES}
        return Filled(format_name, others, none, (), (evidence,))
    captions = Captions(blocks, title_year(reading))
    by_cells, plain = read_grids(blocks, format_name, captions)
    by_cells = by_cells.only(met)
    doubted = [(i, b) for i, b in zone if i not in by_cells.used] if plain else zone
    lines = {i: block for i, block in doubted if isinstance(block, Paragraph)}
    tokens = with_rests(in_rows(tokens_of(doubted, by_cells.foreign), lines), lines)
    by_sequence = read_stream(tokens, format_name, captions.unit).only(met)
    if leaves_rests(tokens, lines):
        doubt_all(by_sequence, APPLICATIONS, IN_PIECES)
    agreed = reconcile(by_cells, by_sequence)
    states = {table: _state(table, agreed, by_cells, reading, spans) for table in TABLES}
    cells: list[Cell] = []
    issues = list(agreed.issues)
    scanned = reading.kind == "scan"
    for table in TABLES:
        if states[table] in (TableState.TABLE, TableState.UNREADABLE) and agreed.of(table):
            emitted = list(_emit(table, agreed, _forms(table, format_name, agreed), scanned))
            cells += emitted
            issues += _cell_issues(table, emitted, agreed)
    cells += _other_cells(reading.blocks, by_cells.used | by_sequence.used)
    return Filled(format_name, tuple(cells), states, tuple(issues), (evidence,))


# --- reading -------------------------------------------------------------------


def _zone(blocks: Sequence[Block], spans: Iterable[SectionSpan]) -> list[tuple[int, Block]]:
    """The numbered blocks of sections two to four, and every grid; not the heads of their pages."""
    wanted = [s for s in spans if s.number in _NUMBER_OF.values()]
    start = min((s.start for s in wanted), default=0)
    end = max((s.end for s in wanted), default=len(blocks))
    running = running_lines(blocks)
    return [
        (i, b)
        for i, b in enumerate(blocks)
        if isinstance(b, Grid) or (start <= i < end and b.text not in running)
    ]


def _texts(zone: Iterable[tuple[int, Block]]) -> Iterator[str]:
    for _, block in zone:
        if isinstance(block, Grid):
            yield from (cell.text for cell in block.cells)
        else:
            yield block.text


# --- states --------------------------------------------------------------------


def _state(
    table: str, agreed: Agreed, by_cells: Findings, reading: Reading, spans: Sequence[SectionSpan]
) -> TableState:
    rows = agreed.of(table)
    if any(not finding.problem for finding in rows.values()):
        return TableState.TABLE
    if rows or agreed.loose_values(table):
        return TableState.UNREADABLE
    unseen = _unseen(table, reading, spans)
    seen = unseen is TableState.MISSING and table in by_cells.seen
    return TableState.UNREADABLE if seen else unseen


def _unseen(table: str, reading: Reading, spans: Sequence[SectionSpan]) -> TableState:
    """What its section says of a table that is not there."""
    said = [_text(reading.blocks[s.start : s.end]) for s in spans if s.number == _NUMBER_OF[table]]
    return TableState.STATED_NONE if any(states_none(text) for text in said) else TableState.MISSING


def _text(blocks: Iterable[Block]) -> str:
    return "\n".join(_texts((0, block) for block in blocks))


# --- cells ---------------------------------------------------------------------


def _forms(table: str, format_name: str, agreed: Agreed) -> list[FormCell]:
    """The cells to emit: those of the document's form, by sub-table where it mixes forms."""
    rows = agreed.of(table)
    if table != PROACTIVE:
        form = TEMPLATES.get(format_name) or _nearest_form(rows)
        return [c for c in form.cells(rows) if c.table_name == table]
    if format_name in TEMPLATES:
        return [c for c in TEMPLATES[format_name].cells() if c.table_name == table]
    return _mixed_cells(rows)


def _nearest_form(rows: dict[str, Finding]) -> Template:
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


def _emit(table: str, agreed: Agreed, form: Iterable[FormCell], scanned: bool) -> Iterator[Cell]:
    rows = agreed.of(table)
    lost = agreed.loose_values(table) > 0
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
        place=finding.loose[0].place if finding.loose else finding.place,
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


def _cell_issues(table: str, cells: Sequence[Cell], agreed: Agreed) -> Iterator[Issue]:
    """Cells that hold something unreadable, and rows of the form that are not there."""
    rows = agreed.of(table)
    for cell in cells:
        if cell.state is State.UNREADABLE and cell.row in rows and not rows[cell.row].problem:
            detail = f"{table}.{cell.row}.{cell.column_name}: {cell.raw!r} is no certain number"
            yield Issue("cell_unreadable", "warning", detail)
    absent = list(dict.fromkeys(cell.row for cell in cells if cell.row not in rows))
    if absent:
        yield Issue(
            "rows_absent",
            "warning",
            f"{table}: rows of the form that the document lacks: " + ", ".join(absent),
        )
    gaps = [f"{c.row}.{c.column_name}" for c in cells if c.state is State.ABSENT and c.row in rows]
    if gaps:
        yield Issue(
            "cells_absent",
            "warning",
            f"{table}: cells of the form that the document lacks: " + ", ".join(gaps),
        )


# --- other tables --------------------------------------------------------------


def _other_cells(blocks: Sequence[Block], used: set[int]) -> Iterator[Cell]:
    """The cells of tables that are none of the form's: other:1, other:2 … in reading order."""
    left = _OTHER_MOST
    others = [b for i, b in enumerate(blocks) if isinstance(b, Grid) and i not in used]
    for number, grid in enumerate((g for g in others if g.n_rows > 1 and g.n_columns > 1), 1):
        for ordinal, cell in enumerate(grid.cells[:left]):
            state, value, _ = read_value(cell.text, "signed")
            yield Cell(
                f"other:{number}",
                ordinal,
                str(cell.row),
                str(cell.column),
                cell.text,
                value if state is State.NUMBER else None,
                "",
                state,
                confidence=cell.confidence,
                method=Method.EXACT if cell.confidence is None else Method.OCR,
                place=cell.place,
            )
        left -= min(left, len(grid.cells))
