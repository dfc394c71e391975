"""Tables that print a form in the same way are bound in the same way: what was found once is used again.

Thousands of offices fill in the same file: their tables differ in nothing but the figures. Which cell
belongs to which row and column is told by labels and spans, not by figures. So a form is known by all that
its grids print but the *values*: cells behind the label of their row that hold a number, a dash, what else
stands for a figure, or nothing. The second time that a form is met, what the reader of grids finds is kept,
each value by where it stands; the next document of the form has its own values put there.

That is done only where values had no say: where the tables are plain (see :mod:`plain`), every value comes
out once, and the reader finds the same whatever stands in their places: nothing but zeros, others that
number each row's columns, rows without a value and rows with one alone. For all that the reader asks of
a value is whether it is blank and, where it lies below several columns, whether it is zero: then it stands
for each of them, comes out more than once among zeros, and its form is not kept.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import Enum, auto
from functools import lru_cache
from hashlib import blake2b
from typing import Final, NamedTuple

from pipelines.parse import vocabulary as words
from pipelines.parse.labels import Match
from pipelines.parse.records import Block, Grid
from pipelines.parse.tables.blocks import Captions
from pipelines.parse.tables.findings import Finding, Findings, Slot
from pipelines.parse.tables.grid import GridReader
from pipelines.parse.tables.plain import is_plain
from pipelines.parse.tables.reviews_grid import captioned
from pipelines.parse.tables.years import named_year
from pipelines.parse.vocabulary import is_blank, is_numberlike

_LARGEST: Final = 1_000  # cells of a document whose form is worth to be known
_MOST: Final = 150  # forms that are known at a time, each in some 40 kB
_MOST_MET: Final = 10_000  # forms that were met once

Grids = Sequence[tuple[int, Grid]]  # with their indexes in the document
At = tuple[int, int]  # a grid of a document, and a cell of it
Read = Callable[[Grids], Findings]


class _Value(NamedTuple):
    """A value of a row: where it stands, and what a slot has beside its text and place."""

    at: At
    column: Match | None
    unit_hint: str


class _Row(NamedTuple):
    """A row found, without what its document prints in it."""

    table: str
    row: str
    label: str
    match: Match
    at: At
    slots: tuple[tuple[str, _Value], ...]
    form: str
    ordered: bool


class _Plan(NamedTuple):
    """What is found in the grids of a form, which are plain; ``used`` tells which of them hold tables."""

    rows: tuple[_Row, ...]
    used: frozenset[int]
    seen: frozenset[str]


_known: dict[bytes, _Plan | None] = {}  # None: values have a say in this form
_met: set[bytes] = set()


def read_grids(blocks: Sequence[Block], format_name: str, captions: Captions) -> tuple[Findings, bool]:
    """What the grids of a document give, read cell by cell, and whether they are plain."""
    grids = [(index, block) for index, block in enumerate(blocks) if isinstance(block, Grid)]
    form = _form_of(grids, format_name, captions)
    plan = _known.get(form)
    if plan is not None:
        return _filled_in(plan, grids), True

    def read(these: Grids) -> Findings:
        reader = GridReader(format_name, captions)
        for index, grid in these:
            reader.read(index, grid)
        return reader.finish()

    found = read(grids)
    plain = is_plain(found, dict(grids))
    if plain and form and form not in _known:
        _meet(form, grids, found, read)
    return found, plain


def _meet(form: bytes, grids: Grids, found: Findings, read: Read) -> None:
    """Take note of a form; what is found in it is kept when it is met again."""
    if form not in _met:
        if len(_met) >= _MOST_MET:
            _met.clear()
        _met.add(form)
        return
    if len(_known) >= _MOST:
        _known.clear()
    _known[form] = _plan(grids, found, read)


# --- forms -----------------------------------------------------------------------


def _form_of(grids: Grids, format_name: str, captions: Captions) -> bytes:
    """A digest of all that the reader of grids may look at but values; b"" where there is too much."""
    if sum(len(grid.cells) for _, grid in grids) > _LARGEST:
        return b""
    shapes = [(*_shape(grid), _stage_above(captions, index), captions.unit(index)) for index, grid in grids]
    by_year = any(named_year(cell.text) for _, grid in grids for cell in grid.cells if "年" in cell.text)
    form = (format_name, captions.year if by_year else "", shapes)
    return blake2b(marshal.dumps(form, 2), digest_size=20).digest()


def _stage_above(captions: Captions, index: int) -> str:
    line = captions.line(index)
    return line.text if line and captioned(line) else ""


def _shape(grid: Grid) -> tuple[object, ...]:
    values = _values(grid)
    cells = [
        (c.row, c.column, c.rowspan, c.colspan, None if n in values else c.text)
        for n, c in enumerate(grid.cells)
    ]
    on_page = any(c.place.page is not None for c in grid.cells if c.colspan > 1)
    return grid.exact, grid.n_rows, grid.n_columns, on_page, cells


def _values(grid: Grid) -> set[int]:
    """Which cells of a grid are values: those behind the last words of their row, each in one row alone.

    A row of blanks has none if no words stand in it: it may be one that the form does not have.
    """
    found: set[int] = set()
    row, tail, says = -1, list[int](), False
    for number, cell in enumerate(grid.cells):
        kind = _kind(cell.text)
        if cell.row != row:
            found.update(tail if says else ())
            row, tail, says = cell.row, [], False
        if kind is _Kind.WORDS or cell.rowspan > 1:
            tail = []
        else:
            tail.append(number)
        says = says or kind is not _Kind.BLANK
    found.update(tail if says else ())
    return found


class _Kind(Enum):
    BLANK = auto()
    VALUE = auto()
    WORDS = auto()


@lru_cache(maxsize=8192)
def _kind(text: str) -> _Kind:
    """What a cell prints; what is like a number counts as words where it might name anything."""
    if is_blank(text):
        return _Kind.BLANK
    if not is_numberlike(text) or words.row_label(text) or words.names_column(text):
        return _Kind.WORDS
    names = words.GROUPS.match(text) or words.item_title(text) or words.is_extra(text) or named_year(text)
    return _Kind.WORDS if names else _Kind.VALUE


# --- what is found in them ---------------------------------------------------------


def _plan(grids: Grids, found: Findings, read: Read) -> _Plan | None:
    """What is found in plain grids, if it can't hang on their values; else None."""
    cells = {id(c.place): (g, n) for g, (_, grid) in enumerate(grids) for n, c in enumerate(grid.cells)}
    if len(cells) < sum(len(grid.cells) for _, grid in grids) or not all(_in_order(g) for _, g in grids):
        return None
    plan = _taken_down(found, grids, cells)
    bound = [value.at for row in plan.rows for _, value in row.slots]
    values = {(g, n) for g, (_, grid) in enumerate(grids) for n in _values(grid)}
    if len(set(bound)) < len(bound) or not values <= set(bound):
        return None
    for print_row in _PRINTINGS:
        others = [(index, _printed(grid, print_row)) for index, grid in grids]
        again = read(others)
        if not is_plain(again, dict(others)) or _taken_down(again, others, cells) != plan:
            return None
    return plan


def _in_order(grid: Grid) -> bool:
    places = [(c.row, c.column) for c in grid.cells]
    return places == sorted(places)


# how the values of a row are printed to see whether they have a say
_PRINTINGS: Final[tuple[Callable[[int, bool], list[str]], ...]] = (
    lambda count, named: ["0"] * count,
    lambda count, named: [str(n + 1) for n in range(count)],
    lambda count, named: ["7", *[""] * (count - 1)],
    lambda count, named: [*[""] * (count - 1), "7"],
    lambda count, named: ["" if named else "7"] * count,
)


def _printed(grid: Grid, print_row: Callable[[int, bool], list[str]]) -> Grid:
    """A grid with other values: ``print_row`` gives so many for a row, with words before them or without."""
    values = _values(grid)
    by_row: dict[int, list[int]] = {}
    for number in sorted(values):
        by_row.setdefault(grid.cells[number].row, []).append(number)
    named = {c.row for n, c in enumerate(grid.cells) if n not in values and not is_blank(c.text)}
    texts = {
        number: text
        for row, numbers in by_row.items()
        for number, text in zip(numbers, print_row(len(numbers), row in named), strict=True)
    }
    cells = (replace(c, text=texts[n]) if n in texts else c for n, c in enumerate(grid.cells))
    return replace(grid, cells=tuple(cells))


def _taken_down(found: Findings, grids: Grids, cells: dict[int, At]) -> _Plan:
    """What was found in plain grids. ``cells`` tells where the cell of a place stands, by its identity."""
    number = {index: g for g, (index, _) in enumerate(grids)}
    rows = tuple(
        _Row(
            row.table,
            row.row,
            row.label,
            row.match,
            cells[id(row.place)],
            tuple(
                (key, _Value(cells[id(slot.place)], slot.column, slot.unit_hint))
                for key, slot in row.slots.items()
            ),
            row.form,
            row.ordered,
        )
        for row in found.rows
    )
    return _Plan(rows, frozenset(number[index] for index in found.used), frozenset(found.seen))


def _filled_in(plan: _Plan, grids: Grids) -> Findings:
    """What is found in other grids of the plan's form."""
    cells = [grid.cells for _, grid in grids]
    found = Findings(used={grids[g][0] for g in plan.used}, seen=set(plan.seen))
    for table, row, label, match, (at, first), values, form, ordered in plan.rows:
        slots = {}
        for key, ((grid, number), column, unit_hint) in values:
            cell = cells[grid][number]
            slots[key] = Slot(cell.text, cell.place, cell.confidence, column, unit_hint)
        place = cells[at][first].place
        found.rows.append(Finding(table, row, label, match, place, slots, (), "", form, ordered, plain=True))
    return found
