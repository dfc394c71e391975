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

Where a label breaks its lines is no matter of the form: each document lends its own labels to what is found.
"""

from __future__ import annotations

import itertools
import marshal
import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, reduce
from hashlib import blake2b
from itertools import count
from operator import attrgetter
from typing import Any, Final, NamedTuple

from pipelines.parse import vocabulary as words
from pipelines.parse.labels import Match
from pipelines.parse.likeness import by_likeness, is_bare_number
from pipelines.parse.records import Block, Grid, GridCell
from pipelines.parse.tables.blocks import Captions
from pipelines.parse.tables.broken.pieces import is_in_pieces
from pipelines.parse.tables.findings import Finding, Findings, Slot
from pipelines.parse.tables.grid import GridReader
from pipelines.parse.tables.plain import is_plain
from pipelines.parse.tables.reviews_labels import captioned
from pipelines.parse.tables.suffix import labels_together
from pipelines.parse.tables.years import named_year
from pipelines.parse.vocabulary import is_blank, is_numberlike, row_label

_SPOT: Final = attrgetter("row", "column", "rowspan", "colspan")
_LONGEST: Final = 200  # characters of a label
_LARGEST: Final = 1_000  # cells of a document whose form is worth to be known
_MOST: Final = 1_500  # forms that are known at a time, each in some 3 kB
_MOST_MET: Final = 10_000  # forms that were met once
_MOST_ROWS: Final = 10_000  # rows that several forms may print in the same way

Grids = Sequence[tuple[int, Grid]]  # with their indexes in the document
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
    def by_table(self) -> dict[str, list[str]]:
        """The keys of the rows of each table."""
        found: dict[str, list[str]] = {}
        for row in self.rows:
            found.setdefault(row.table, []).append(row.row)
        return found


class _Plan(NamedTuple):
    """What is found in the grids of a form, which are plain; ``used`` tells which of them hold tables.

    ``places`` are the numbers of cells, those of all grids counted on: for each row where it stands,
    then where its values do. ``labels`` are those of the cells that print the label of a row.
    """

    rows: Rows
    places: array[int]
    labels: tuple[tuple[int, ...], ...]
    used: frozenset[int]
    seen: frozenset[str]


class Known:
    """Grids of a form that is known: what is found in them.

    ``cells`` are, for each row, the cell where it stands, then those of its values.
    """

    def __init__(self, plan: _Plan, grids: Grids) -> None:
        every = [cell for _, grid in grids for cell in grid.cells]
        self.rows = plan.rows
        self.cells = [every[n] for n in plan.places]
        # but numbers in one piece, of which nothing is asked
        self._printed = {cell.text for cell in self.cells if not cell.text.isdecimal()}
        self.used = {grids[g][0] for g in plan.used}
        self.seen = set(plan.seen)
        self.labels = [
            every[numbers[0]].text if len(numbers) == 1 else "".join([every[n].text for n in numbers])
            for numbers in plan.labels
        ]

    def is_settled(self) -> bool:
        """Whether nothing but blanks may be doubted: labels as the form has them, values in one piece."""
        return (
            self.rows.sure
            and not any(map(is_in_pieces, self._printed))
            and {cell.confidence for cell in self.cells} == {None}
        )

    def has_blanks(self) -> bool:
        """Whether nothing stands in some of the cells."""
        return any(map(is_blank, self._printed))

    def findings(self) -> Findings:
        """The same as if the grids had been read cell by cell."""
        found = Findings(used=set(self.used), seen=set(self.seen))
        cells = iter(self.cells)
        for (table, row, match, columns, form, ordered), label in zip(
            self.rows.rows, self.labels, strict=True
        ):
            place = next(cells).place
            slots = {}
            for key, column, unit_hint in columns:
                cell = next(cells)
                slots[key] = Slot(cell.text, cell.place, cell.confidence, column, unit_hint)
            found.rows.append(
                Finding(table, row, label, match, place, slots, (), "", form, ordered, plain=True)
            )
        return found


_known: dict[bytes, _Plan | None] = {}  # None: values have a say in this form; the last used stand last
_met: dict[bytes, None] = {}  # in the order met
_rows: dict[Row, Row] = {}  # each once, whatever number of plans it is of
_tables: dict[tuple[Row, ...], Rows] = {}


@dataclass(frozen=True, slots=True)
class Form:
    """The grids of a document, with their indexes in it, and what they print but values, as a digest.

    ``end`` is the index of its last block in which anything stands.
    """

    grids: Grids
    format_name: str
    captions: Captions
    digest: bytes
    end: int

    @classmethod
    def of(cls, blocks: Sequence[Block], format_name: str, captions: Captions) -> Form:
        """The form of the grids among the blocks of a document."""
        grids = [(index, block) for index, block in enumerate(blocks) if isinstance(block, Grid)]
        digest = _form_of(grids, format_name, captions)
        return cls(grids, format_name, captions, digest, _end_of(blocks))

    def known(self) -> Known | None:
        """What is known of the form."""
        plan = _plan_of(self.digest)
        return Known(plan, self.grids) if plan else None


def _end_of(blocks: Sequence[Block]) -> int:
    last = len(blocks) - 1
    standing = (i for i in range(last, -1, -1) if _stands(blocks[i]))
    return next(standing, last)


def _stands(block: Block) -> bool:
    """Whether anything stands in a block."""
    return bool(block.cells if isinstance(block, Grid) else block.text.strip())


def read_grids(form: Form) -> tuple[Findings, bool]:
    """What the grids of a document give, read cell by cell, and whether they are plain."""

    def read(these: Grids) -> Findings:
        reader = GridReader(form.format_name, form.captions)
        for index, grid in these:
            reader.read(index, grid)
        return reader.finish()

    found = read(form.grids)
    plain = is_plain(found, dict(form.grids))
    if plain and form.digest and form.digest not in _known:
        _meet(form.digest, form.grids, found, read)
    return found, plain


def _plan_of(form: bytes) -> _Plan | None:
    """What is known of a form, as the last one used."""
    if form not in _known:
        return None
    plan = _known[form] = _known.pop(form)
    return plan


def _meet(form: bytes, grids: Grids, found: Findings, read: Read) -> None:
    """Take note of a form; what is found in it is kept when it is met again."""
    if form not in _met:
        if len(_met) >= _MOST_MET:
            del _met[next(iter(_met))]
        _met[form] = None
        return
    if len(_known) >= _MOST:
        del _known[next(iter(_known))]
    if len(_rows) > _MOST_ROWS:
        _rows.clear()
        _tables.clear()
    _known[form] = _plan(grids, found, read)


# --- forms -----------------------------------------------------------------------


def _form_of(grids: Grids, format_name: str, captions: Captions) -> bytes:
    """A digest of all that the reader of grids may look at but values; b"" where there is too much."""
    if sum(len(grid.cells) for _, grid in grids) > _LARGEST:
        return b""
    shapes = [(_shape(grid), _stage_above(captions, index), captions.unit(index)) for index, grid in grids]
    by_year = any(_names_years(grid) for _, grid in grids)
    return _digest((format_name, captions.year if by_year else "", shapes))


def _digest(said: Any) -> bytes:
    return blake2b(marshal.dumps(said, 2), digest_size=20).digest()


@by_likeness
def _names_years(grid: Grid) -> bool:
    return any(map(named_year, [cell.text for cell in grid.cells if "年" in cell.text]))


def _stage_above(captions: Captions, index: int) -> str:
    line = captions.line(index)
    return line.text if line and captioned(line) else ""


def _shape(grid: Grid) -> bytes:
    """What a grid prints but values."""
    return _shape_by_likeness(grid) if grid.told is not None and _has_but_values(grid) else _shape_of(grid)


@by_likeness
def _has_but_values(grid: Grid) -> bool:
    """Whether all figures of a grid are values, which its shape does not say."""
    values = _values(grid)
    return all(n in values for n, cell in enumerate(grid.cells) if is_bare_number(cell.text))


def _shape_of(grid: Grid) -> bytes:
    values = _values(grid)
    texts = [None if n in values else _asked(cell.text) for n, cell in enumerate(grid.cells)]
    on_page = any(c.place.page is not None for c in grid.cells if c.colspan > 1)
    spots = list(map(_SPOT, grid.cells))
    return _digest((grid.exact, grid.n_rows, grid.n_columns, on_page, spots, texts))


_shape_by_likeness = by_likeness(_shape_of)


@by_likeness
def _values(grid: Grid) -> set[int]:
    """Which cells of a grid are values: those behind the last words of their row, each in one row alone.

    A row of blanks has none if no words stand in it: it may be one that the form does not have.
    """
    kinds = "".join(
        [_kind(c.text) if c.rowspan == 1 else _IN_SEVERAL_ROWS[_kind(c.text)] for c in grid.cells]
    )
    found: set[int] = set()
    end = 0
    for _, row in itertools.groupby([cell.row for cell in grid.cells]):
        start, end = end, end + len(list(row))
        if kinds[start:end].strip(_SAYING_NOTHING):
            found.update(range(start + len(kinds[start:end].rstrip(_BLANK + _VALUE)), end))
    return found


@lru_cache(maxsize=8192)
def _asked(text: str) -> str:
    """A label without white space, if it then says the same: readers drop it before they compare."""
    bare = "".join(text.split())
    same = (
        len(text) < _LONGEST
        and row_label(bare) == row_label(text)
        and labels_together(bare) == labels_together(text)
        and words.item_title(bare) == words.item_title(text)
        and named_year(bare) == named_year(text)
    )
    return bare if same else text


# what a cell prints, a sign for each
# most values; no label prints as much, and no year
_FIGURE: Final = re.compile(r"[+-]?(?!(?:19|20)\d\d$)(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?")
_BLANK: Final = "b"
_VALUE: Final = "v"
_WORDS: Final = "w"
_TALL_BLANK: Final = "t"
_SAYING_NOTHING: Final = _BLANK + _TALL_BLANK
_IN_SEVERAL_ROWS: Final = {_BLANK: _TALL_BLANK, _VALUE: _WORDS, _WORDS: _WORDS}


@lru_cache(maxsize=8192)
def _kind(text: str) -> str:
    """What a cell prints; what is like a number counts as words where it might name anything."""
    if _FIGURE.fullmatch(text):
        return _VALUE
    if is_blank(text):
        return _BLANK
    if not is_numberlike(text) or row_label(text) or words.names_column(text):
        return _WORDS
    names = words.GROUPS.match(text) or words.item_title(text) or words.is_extra(text) or named_year(text)
    return _WORDS if names else _VALUE


# --- what is found in them ---------------------------------------------------------


def _plan(grids: Grids, found: Findings, read: Read) -> _Plan | None:
    """What is found in plain grids, if it can't hang on their values; else None."""
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
    return text + "".join(_MARKING[sign] for sign in signs) if _kind(text) == _WORDS else text


def _number(mark: str) -> int:
    return reduce(lambda number, sign: number * len(_MARKING) + _MARKING.index(sign), mark, 0)


def _cells(grids: Grids) -> Iterator[GridCell]:
    """The cells of all grids; a plan knows them by their number among these."""
    return (cell for _, grid in grids for cell in grid.cells)


def _numbers_of_values(grids: Grids) -> set[int]:
    found: set[int] = set()
    before = 0
    for _, grid in grids:
        found.update(before + n for n in _values(grid))
        before += len(grid.cells)
    return found


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


class _Printer:
    """Prints a grid with other values."""

    def __init__(self, grid: Grid) -> None:
        values = _values(grid)
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


def _taken_down(found: Findings, grids: Grids, cells: dict[int, int]) -> _Plan:
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
    return _Plan(
        Rows.once(tuple(rows)), places, (), frozenset(number[i] for i in found.used), frozenset(found.seen)
    )
