"""Filling the official tables: read a document in two ways, reconcile them, emit the cells of the form."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipelines.parse import vocabulary as words
from pipelines.parse.labels import all_normal, normal
from pipelines.parse.likeness import by_likeness
from pipelines.parse.numbers import read_value
from pipelines.parse.records import (
    OTHER,
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
from pipelines.parse.tables.blocks import Captions, emptied, readable, running_lines
from pipelines.parse.tables.broken.lines import leaves_rests, with_pieces_astride, with_rests
from pipelines.parse.tables.delimited import drawn_with_gaps
from pipelines.parse.tables.emitted import agreed_cells, cell_issues, known_cells
from pipelines.parse.tables.findings import Finding, Findings
from pipelines.parse.tables.forms import Form, Known, read_grids
from pipelines.parse.tables.habitual import are_habitual
from pipelines.parse.tables.none import states_none
from pipelines.parse.tables.others import named_as_others, rows_of_others
from pipelines.parse.tables.reconcile import Agreed, is_doubted, reconcile
from pipelines.parse.tables.stream import read_stream
from pipelines.parse.tables.stream_doubt import IN_PIECES, doubt_all, may_hold_rows
from pipelines.parse.tables.tokens import Foreign, sorts_of, tokens_of
from pipelines.parse.tables.told import TOLD
from pipelines.parse.tables.years import title_year
from pipelines.parse.template import (
    APPLICATIONS,
    REVIEWS,
    SECTION_OF,
    TABLES,
    TEMPLATES,
    detect_format,
    tables_met,
)

_NAMED = 10  # rows of section three that a text names only where it holds the table, however it is told
_VALUES = 4  # beside each of them; one may be an ordinal's
_VALUE = re.compile(r"[\d/—–-]")
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
    said = _said(zone)
    format_name, evidence = detect_format(said)
    if format_name not in TEMPLATES:  # the tables may stand behind the sections
        zone = _zone(blocks, ())
        said = _said(zone)
        format_name, evidence = detect_format(said)
    met = tables_met(format_name, said)
    if not met:
        all_cells = tuple(_other_cells(reading.blocks, set()))
        none = {table: _unseen(table, reading, spans) for table in TABLES}
        return Filled(format_name, all_cells, none, (), (evidence,))
    captions = Captions(blocks, title_year(reading))
    foreign = named_as_others(blocks, reading, captions.year)
    disowned = rows_of_others(blocks, foreign, format_name, captions) if foreign else ()
    if foreign:
        blocks = [emptied(b) if i in foreign and isinstance(b, Grid) else b for i, b in enumerate(blocks)]
        zone = [(i, b) for i, b in zone if i not in foreign]
    form = Form.of(blocks, format_name, captions)
    known = form.known()
    seen = _as_known(known, zone, form, met, reading) if known and not disowned else None
    if seen is None:
        found, plain = (known.findings(), True) if known else read_grids(form)
        seen = _agreed_upon(found, plain, zone, form, met, reading, disowned)
    states = {table: seen.states.get(table) or _unread(table, reading, spans, seen.seen) for table in TABLES}
    others = _other_cells(reading.blocks, seen.used)
    return Filled(format_name, (*seen.cells, *others), states, tuple(seen.issues), (evidence,))


@dataclass(slots=True)
class _Seen:
    """What is read of the official tables.

    ``states`` are those of tables of which there are rows or values; ``used`` are the blocks that
    hold them, ``seen`` the tables of which a label was met.
    """

    cells: list[Cell]
    issues: list[Issue]
    states: dict[str, TableState]
    used: set[int]
    seen: set[str]


def _as_known(
    known: Known, zone: Iterable[tuple[int, Block]], form: Form, met: Collection[str], reading: Reading
) -> _Seen | None:
    """What grids of a known form hold; None where anything beside them may have a say."""
    if form.format_name not in TEMPLATES or reading.kind == "scan" or not known.is_settled():
        return None
    by_sequence = _in_sequence([(i, b) for i, b in zone if i not in known.used], {}, form, reading)
    if by_sequence.rows or by_sequence.unbound or by_sequence.orphans:
        return None
    used = known.used | by_sequence.used
    doubtful = known.has_blanks() and not are_habitual(known)
    if doubtful and is_doubted(found := known.findings().only(met)):
        return _emitted(reconcile(found, by_sequence), form, reading, used, known.seen)
    read = _Seen([], [], {}, used, known.seen)
    for table in TABLES:
        if rows := known.rows.by_table.get(table):
            cells = known_cells(table, known, form.format_name)
            read.cells += cells
            read.issues += cell_issues(table, cells, rows, rows)
            read.states[table] = TableState.TABLE
    return read


def _in_sequence(
    zone: Sequence[tuple[int, Block]], foreign: Foreign, form: Form, reading: Reading
) -> Findings:
    """What the stream of blocks gives."""
    if not may_hold_rows(sorts_of(zone, foreign)):
        return Findings()
    lines = {i: block for i, block in zone if isinstance(block, Paragraph)}
    tokens = with_rests(in_rows(with_pieces_astride(tokens_of(zone, foreign), lines), lines), lines)
    drawn = any(map(drawn_with_gaps, (grid for _, grid in form.grids)))
    found = read_stream(
        tokens, form.format_name, form.captions.unit, form.below, drawn=drawn, sheets=reading.kind == "sheets"
    )
    if leaves_rests(tokens, lines):
        doubt_all(found, APPLICATIONS, IN_PIECES)
    return found


def _agreed_upon(
    by_cells: Findings,
    plain: bool,
    zone: Sequence[tuple[int, Block]],
    form: Form,
    met: Collection[str],
    reading: Reading,
    disowned: Sequence[Finding],
) -> _Seen:
    """What both ways of reading agree upon; ``plain`` grids need no second one."""
    by_cells = by_cells.only(met)
    doubted = [(i, b) for i, b in zone if i not in by_cells.used] if plain else zone
    by_sequence = _in_sequence(doubted, by_cells.foreign, form, reading).only(met)
    agreed = reconcile(by_cells, by_sequence, disowned)
    return _emitted(agreed, form, reading, by_cells.used | by_sequence.used, by_cells.seen)


def _emitted(agreed: Agreed, form: Form, reading: Reading, used: set[int], seen: set[str]) -> _Seen:
    """The cells and states of the tables of which rows or values were agreed upon."""
    read = _Seen([], list(agreed.issues), {}, used, seen)
    for table in TABLES:
        rows = agreed.of(table)
        bound = [row for row, finding in rows.items() if not finding.problem]
        if rows:
            cells = list(agreed_cells(table, agreed, form.format_name, reading.kind == "scan"))
            read.cells += cells
            read.issues += cell_issues(table, cells, rows, bound)
        if bound:
            read.states[table] = TableState.TABLE
        elif rows or agreed.loose_values(table):
            read.states[table] = TableState.UNREADABLE
    return read


# --- reading -------------------------------------------------------------------


def _zone(blocks: Sequence[Block], spans: Iterable[SectionSpan]) -> list[tuple[int, Block]]:
    """The numbered blocks of sections two to four, and every grid; not the heads of their pages."""
    wanted = [s for s in spans if s.number in SECTION_OF.values()]
    start = min((s.start for s in wanted), default=0)
    end = max((s.end for s in wanted), default=len(blocks))
    running = running_lines(blocks)
    return [
        (i, b)
        for i, b in enumerate(blocks)
        if isinstance(b, Grid) or (start <= i < end and b.text not in running)
    ]


def _said(zone: Iterable[tuple[int, Block]]) -> str:
    """What stands in a zone, in its normal form."""
    return "".join([_said_in(b) if isinstance(b, Grid) else normal(b.text) for _, b in zone])


@by_likeness
def _said_in(grid: Grid) -> str:
    return all_normal(cell.text for cell in grid.cells)


def _texts(zone: Iterable[tuple[int, Block]]) -> Iterator[str]:
    for _, block in zone:
        if isinstance(block, Grid):
            yield from [cell.text for cell in block.cells]
        else:
            yield block.text


# --- states --------------------------------------------------------------------


def _unread(table: str, reading: Reading, spans: Sequence[SectionSpan], seen: Collection[str]) -> TableState:
    """The state of a table of which no row was read; of those ``seen`` labels were met."""
    unseen = _unseen(table, reading, spans)
    return TableState.UNREADABLE if unseen is TableState.MISSING and table in seen else unseen


def _unseen(table: str, reading: Reading, spans: Sequence[SectionSpan]) -> TableState:
    """What its section says of a table that is not there."""
    said = [_text(reading.blocks[s.start : s.end]) for s in spans if s.number == SECTION_OF[table]]
    if any(states_none(text) for text in said):
        return TableState.STATED_NONE
    told = {key for text in said for line in text.split("\n") if (key := _row_told(table, line))}
    whole = len(told) >= TOLD or (table == APPLICATIONS and any(map(_runs_together, said)))
    return TableState.UNREADABLE if whole else TableState.MISSING


def _runs_together(text: str) -> bool:
    """Whether a text names many rows of section three, with figures or signs for several columns each."""
    named = {found.key for found, *_ in words.scan([text], words.ROWS)}
    return len(named) >= _NAMED and len(_VALUE.findall(text)) >= _VALUES * len(named)


def _row_told(table: str, line: str) -> str:
    """The row of a table whose label begins a line that goes on with figures; "" where none does."""
    label, colon, rest = line.partition("：") if "：" in line else line.partition(":")
    if not colon or not any(map(str.isdigit, rest)):
        return ""
    stage = words.STAGES.match(label) if table == REVIEWS else None
    row = words.row_label(label)
    return stage.key if stage else row.match.key if row and row.table == table and row.match.sure else ""


def _text(blocks: Iterable[Block]) -> str:
    return "\n".join(_texts((0, block) for block in blocks))


# --- other tables --------------------------------------------------------------


def _other_cells(blocks: Sequence[Block], used: set[int]) -> Iterator[Cell]:
    """The cells of tables that are none of the form's: other:1, other:2 … in reading order."""
    left = _OTHER_MOST
    others = [b for i, b in enumerate(blocks) if isinstance(b, Grid) and i not in used]
    for number, grid in enumerate((g for g in others if g.n_rows > 1 and g.n_columns > 1), 1):
        for ordinal, cell in enumerate(grid.cells[:left]):
            state, value, _ = read_value(cell.text, "signed")
            yield Cell(
                f"{OTHER}{number}",
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
