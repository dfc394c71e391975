"""What is found in the grids of a form, without the values of any document, if these have no say in it."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from itertools import count
from typing import Final, NamedTuple

from pipelines.parse.labels import Match
from pipelines.parse.records import Grid, GridCell
from pipelines.parse.tables.findings import Findings
from pipelines.parse.tables.form_shapes import Grids, prints_words, values_of
from pipelines.parse.tables.plain import is_plain
from pipelines.parse.template import REVIEWS
from pipelines.parse.vocabulary import is_blank

_MOST_ROWS: Final = 10_000  # rows that several forms may print in the same way

Read = Callable[[Grids], Findings]


class Row(NamedTuple):
    """A row found, without what its document prints in it, and where.

    ``slots`` tell of each value what a slot has beside its text and place: its column's key and
    match, and the unit that is stated for it.
    """

    table: str
    row: str
    match: Match
    slots: tuple[tuple[str, Match | None, str], ...]
    form: str
    ordered: bool

    @property
    def sure(self) -> bool:
        """Whether all its labels are printed as the form has them, in its order."""
        columns = all(column is None or column.sure for _, column, _ in self.slots)
        return columns and self.ordered and self.match.sure and bool(self.slots)


@dataclass(frozen=True, eq=False)
class Rows:
    """The rows that forms print alike, in their order; there is one of each."""

    rows: tuple[Row, ...]

    @classmethod
    def once(cls, rows: tuple[Row, ...]) -> Rows:
        """The one of these rows."""
        return _tables.setdefault(rows, cls(rows))

    @cached_property
    def sure(self) -> bool:
        """Whether all labels are printed as the form has them, in its order."""
        return all(row.sure for row in self.rows)

    @cached_property
    def of_reviews(self) -> list[int]:
        """Where the values of section four stand among the cells of the rows, as a plan counts them."""
        found: list[int] = []
        at = 0
        for row in self.rows:
            first, at = at + 1, at + 1 + len(row.slots)
            found += range(first, at) if row.table == REVIEWS else ()
        return found

    @cached_property
    def by_table(self) -> dict[str, list[str]]:
        """The keys of the rows of each table."""
        found: dict[str, list[str]] = {}
        for row in self.rows:
            found.setdefault(row.table, []).append(row.row)
        return found


class Plan(NamedTuple):
    """What is found in the grids of a form, which are plain; ``used`` tells which of them hold tables.

    ``places`` are the numbers of cells, those of all grids counted on: for each row where it stands,
    then where its values do. ``labels`` are those of the cells that print the label of a row.
    """

    rows: Rows
    places: array[int]
    labels: tuple[tuple[int, ...], ...]
    used: frozenset[int]
    seen: frozenset[str]


_rows: dict[Row, Row] = {}  # each once, whatever number of plans it is of
_tables: dict[tuple[Row, ...], Rows] = {}


def plan_of(grids: Grids, found: Findings, read: Read) -> Plan | None:
    """What is found in plain grids, if it can't hang on their values; else None."""
    if len(_rows) > _MOST_ROWS:
        _rows.clear()
        _tables.clear()
    cells = {id(cell.place): n for n, cell in enumerate(_cells(grids))}
    if len(cells) < sum(len(grid.cells) for _, grid in grids) or not all(_in_order(g) for _, g in grids):
        return None
    plan = _taken_down(found, grids, cells)
    bound = [cells[id(slot.place)] for row in found.rows for slot in row.slots.values()]
    if len(set(bound)) < len(bound) or not _numbers_of_values(grids) <= set(bound):
        return None
    labels = [row.label for row in found.rows]
    printers = [_Printer(grid) for _, grid in grids]
    for print_row in _PRINTINGS:
        others = [(i, each.printed(print_row)) for (i, _), each in zip(grids, printers, strict=True)]
        again = read(others)
        if not is_plain(again, dict(others)) or _taken_down(again, others, cells) != plan:
            return None
        if [row.label for row in again.rows] != labels:
            return None
    marked = _marked(grids)
    again = read(marked)
    if not is_plain(again, dict(marked)) or _taken_down(again, marked, cells) != plan:
        return None
    printed = [_MARKS.findall(row.label) for row in again.rows]
    texts = [cell.text for cell in _cells(grids)]
    label_cells = tuple(tuple(_number(mark) for mark in marks) for marks in printed)
    if ["".join(texts[n] for n in numbers) for numbers in label_cells] != labels:
        return None
    return plan._replace(labels=label_cells)


# white space by which the cell is known that printed a piece of a label
_MARKING: Final = "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u3000"
_MARKS: Final = re.compile(f"[{_MARKING}]{{3}}")


def _marked(grids: Grids) -> list[tuple[int, Grid]]:
    """Grids in which each label ends with white space that tells its cell: each of three signs a digit."""
    number = count()

    def marked(grid: Grid) -> Grid:
        cells = (_printing(cell, _with_mark(cell.text, next(number))) for cell in grid.cells)
        return replace(grid, cells=tuple(cells))

    return [(index, marked(grid)) for index, grid in grids]


def _with_mark(text: str, number: int) -> str:
    base = len(_MARKING)
    signs = (number // base**2, number // base % base, number % base)
    return text + "".join(_MARKING[sign] for sign in signs) if prints_words(text) else text


def _number(mark: str) -> int:
    return reduce(lambda number, sign: number * len(_MARKING) + _MARKING.index(sign), mark, 0)


def _cells(grids: Grids) -> Iterator[GridCell]:
    """The cells of all grids; a plan knows them by their number among these."""
    return (cell for _, grid in grids for cell in grid.cells)


def _numbers_of_values(grids: Grids) -> set[int]:
    found: set[int] = set()
    before = 0
    for _, grid in grids:
        found.update(before + n for n in values_of(grid))
        before += len(grid.cells)
    return found


def _in_order(grid: Grid) -> bool:
    places = [(c.row, c.column) for c in grid.cells]
    return places == sorted(places)


# how the values of a row are printed to see whether they have a say
_PRINTINGS: Final[tuple[Callable[[int, bool], list[str]], ...]] = (
    lambda count, named: ["0"] * count,
    lambda count, named: [str(n) for n in range(1 if named else 2, count + (1 if named else 2))],
    lambda count, named: ["7", *[""] * (count - 1)],
    lambda count, named: [*[""] * (count - 1), "7"],
    lambda count, named: ["" if named else "7"] * count,
)


class _Printer:
    """Prints a grid with other values."""

    def __init__(self, grid: Grid) -> None:
        values = values_of(grid)
        named = {c.row for n, c in enumerate(grid.cells) if n not in values and not is_blank(c.text)}
        by_row: dict[int, list[int]] = {}
        for number in sorted(values):
            by_row.setdefault(grid.cells[number].row, []).append(number)
        self._grid = grid
        self._rows = [(numbers, row in named) for row, numbers in by_row.items()]

    def printed(self, print_row: Callable[[int, bool], list[str]]) -> Grid:
        """The grid; ``print_row`` gives so many values for a row, with words before them or without."""
        cells = list(self._grid.cells)
        for numbers, named in self._rows:
            for n, text in zip(numbers, print_row(len(numbers), named), strict=True):
                cells[n] = _printing(cells[n], text)
        return replace(self._grid, cells=tuple(cells))


def _printing(c: GridCell, text: str) -> GridCell:
    """The cell with another text; from its fields, since ``replace`` takes ten times as long."""
    return GridCell(c.row, c.column, text, c.place, c.rowspan, c.colspan, c.confidence)


def _taken_down(found: Findings, grids: Grids, cells: dict[int, int]) -> Plan:
    """What was found in plain grids. ``cells`` tells where the cell of a place stands, by its identity."""
    number = {index: g for g, (index, _) in enumerate(grids)}
    rows: list[Row] = []
    places = array("H")
    for each in found.rows:
        slots = tuple((key, slot.column, slot.unit_hint) for key, slot in each.slots.items())
        row = Row(each.table, each.row, each.match, slots, each.form, each.ordered)
        rows.append(_rows.setdefault(row, row))
        places.append(cells[id(each.place)])
        places.extend([cells[id(slot.place)] for slot in each.slots.values()])
    return Plan(
        Rows.once(tuple(rows)), places, (), frozenset(number[i] for i in found.used), frozenset(found.seen)
    )
