"""Tables that differ in nothing but values are read once.

Thousands of offices fill in the same file, and a site prints all of them alike. The markup of a table is cut
behind its cells; what a piece says but the value at its end, a figure or a sign for none, is its mark. Tables
of the same marks are of one pattern, which is read with zeros in place of the values; each table lends it its
own.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from pipelines.parse.likeness import is_bare_number, share
from pipelines.parse.read.regular import Frame
from pipelines.parse.read.table_blocks import Layout, liken_part, table_blocks
from pipelines.parse.records import Block, Grid, GridCell
from pipelines.parse.vocabulary import heads_columns, row_label

_END: Final = b"</td>"
_CELL: Final = re.compile(rb"<t[dh][\s>]", re.IGNORECASE)
# a cell in which nothing but a text stands, between tags that begin and tags that end
_ALONE: Final = re.compile(
    rb"<[tT][dD](?:\s[^<>]*+)?+>(?:\s|<[a-zA-Z][^<>]*+>)*+([^<>\s]*+)(?:\s|</[^<>]*+>)*+"
)
# beside them nothing may be drawn in a cell that says nothing, nor may it stand for several
_TELLING: Final = re.compile(rb"<i\b|url\(|span\s*=", re.IGNORECASE)
# what cells print most for nothing; whatever else they do is part of their table's pattern
_BLANKS: Final = (b"", b"&nbsp;", "\u00a0".encode())
_DASHES: Final = ("-", "--", "－", "—", "——", "–", "/", "／", "无")
_SIGNS: Final = {dash.encode(): dash for dash in _DASHES} | dict.fromkeys(_BLANKS, "")
_SAYING_NONE: Final = frozenset(_SIGNS.values())
# no label of a row or column, nor a year beside one, is written so
_NUMBER: Final = re.compile(r"[+\-－]?[0-9０-９](?:[0-9０-９,.，．]*[0-9０-９])?(?:[件条个项宗次份]|万?元)?")
_MARGIN: Final = b" \t\r\n"  # says nothing around a value
_ZERO: Final = "0"
# longer pieces, in bytes, and more of them are worth no memory
_LONGEST: Final = 1_200
_MOST: Final = 400
_MOST_KNOWN: Final = 12_000  # pieces
_PLACES: Final = 16  # at which tables of a pattern are known, each among the tables of its document
_KINDS: Final = 64  # sets of values where their kinds have a say, that are known of each


class Table(NamedTuple):
    """What a table prints: its frame, and the texts of its cells in order; ``pattern`` if it is of one."""

    frame: Frame
    texts: Sequence[str]
    pattern: Pattern | None = None

    def blocks(self, number: int) -> list[Block]:
        """Its blocks, as those of the table of that ``number`` in its document.

        Raises ValueError where it is too large to be laid out.
        """
        if self.pattern is None:
            return table_blocks(self.frame.layout, self.texts, number)
        return self.pattern.blocks(self.texts, number)


class Pattern:
    """A table with zeros where others of its pattern have other values; ``slots`` are the cells of these."""

    def __init__(self, table: Table, slots: Sequence[int]) -> None:
        self._frame, self._texts, _ = table
        self._slots = slots
        self._parts: dict[int, list[_Part]] = {}

    def table(self, values: Iterable[str]) -> Table:
        """The table that has these values, in order."""
        texts = list(self._texts)
        for slot, value in zip(self._slots, values, strict=True):
            texts[slot] = value
        return Table(self._frame, texts, self)

    def blocks(self, texts: Sequence[str], number: int) -> list[Block]:
        """The blocks of a table of this pattern."""
        if number not in self._parts:
            if len(self._parts) >= _PLACES:
                self._parts.clear()
            blocks = table_blocks(self._frame.layout, self._texts, number)
            self._parts[number] = list(map(self._part, blocks))
        return [part.filled(texts) for part in self._parts[number]]

    def _part(self, block: Block) -> _Part:
        layout = self._frame.layout
        first = bisect_left(layout.rows, block.place.row or 0)
        end = first + len(block.cells) if isinstance(block, Grid) else first
        return _Part(block, layout, first, [slot for slot in self._slots if first <= slot < end])


class _Part:
    """A block of a table, which begins with the ``first`` of its cells; ``slots`` are those of values.

    Beside the label of a row it is all one which of its values are blank, dashes or with units: what is told
    of grids that are alike is told of all that differ in nothing else.
    """

    def __init__(self, block: Block, layout: Layout, first: int, slots: Sequence[int]) -> None:
        self._block, self._layout, self._first, self._slots = block, layout, first, slots
        self._telling = list(_telling(block, {slot - first for slot in slots}))
        self._alike: dict[tuple[bool, tuple[str, ...]], Grid] = {}
        if isinstance(block, Grid):
            self._alike[True, (_ZERO,) * len(self._telling)] = block

    def filled(self, texts: Sequence[str]) -> Block:
        """The block with the texts of a table's cells."""
        if not isinstance(self._block, Grid) or not self._slots:
            return self._block
        cells = list(self._block.cells)
        for slot in self._slots:
            text = texts[slot]
            if text != _ZERO:
                cell = cells[slot - self._first]
                cells[slot - self._first] = GridCell(
                    cell.row, cell.column, text, cell.place, cell.rowspan, cell.colspan
                )
        filled = Grid(tuple(cells), self._block.n_rows, self._block.n_columns, self._block.place)
        return self._likened(filled, any(map(texts.__getitem__, self._slots)))

    def _likened(self, grid: Grid, says: bool) -> Grid:
        """A grid, which ``says`` anything or nothing, with what is told of those in which such values stand
        where it is not all one.
        """
        texts = [grid.cells[at].text for at in self._telling]
        kinds = says, tuple([_ZERO if is_bare_number(text) else text for text in texts])
        if kinds in self._alike:
            return share(grid, self._alike[kinds])
        if len(self._alike) >= _KINDS:
            self._alike.clear()
        self._alike[kinds] = liken_part(grid, self._layout)
        return grid


def _telling(block: Block, slots: Container[int]) -> Iterator[int]:
    """The cells of a grid, of those for values, whose kinds of values have a say in what it is: all but those
    behind the label of a row of the form.
    """
    at = 0
    for number, row in enumerate(block.rows() if isinstance(block, Grid) else ()):
        values = [n for n in range(at, at + len(row)) if n in slots]
        labels = [cell.text for n, cell in enumerate(row, at) if n not in slots]
        is_behind = not values or values[0] == at + len(labels)
        if number == 0 or not (is_behind and labels and row_label(labels[-1])) or heads_columns(labels):
            yield from values
        at += len(row)


class Piece(NamedTuple):
    """A piece of a table, with the value that it ends with, None if it does with anything else."""

    mark: bytes
    value: str | None


def pieces_of(markup: bytes) -> list[Piece] | None:
    """The markup of a table, cut behind its cells; None where they are longer or more than usual."""
    pieces = markup.split(_END)
    is_usual = len(pieces) < _MOST and max(map(len, pieces)) < _LONGEST
    return list(map(_known.__getitem__, pieces)) if is_usual else None


class _Pieces(dict[bytes, Piece]):
    """Each piece is looked at once; all are forgotten when they are many.

    Tables have hundreds: a dictionary finds one in a third of the time that ``lru_cache`` takes for bytes.
    """

    def __missing__(self, markup: bytes) -> Piece:
        if len(self) >= _MOST_KNOWN:
            self.clear()
        piece = self[markup] = _piece(markup)
        return piece


_known: Final = _Pieces()


def _piece(markup: bytes) -> Piece:
    start = max(markup.rfind(b"<td"), markup.rfind(b"<TD"))
    alone = _ALONE.fullmatch(markup, start) if start >= 0 else None
    value = _value(markup[start : alone.start(1)], alone[1]) if alone else None
    if alone is None or value is None:
        return Piece(markup, None)
    before, behind = markup[: alone.start(1)], markup[alone.end(1) :]
    # no piece holds what all are cut at, so that it may stand for the value
    return Piece(before.rstrip(_MARGIN) + _END + behind.lstrip(_MARGIN), value)


def _value(before: bytes, text: bytes) -> str | None:
    """What a text says that stands in a cell alone, if it is a value; ``before`` are the tags around it."""
    if text in _SIGNS:
        return None if _TELLING.search(before) else _SIGNS[text]
    return number if _NUMBER.fullmatch(number := text.decode()) else None


def with_zeros(marks: Iterable[bytes]) -> bytes:
    """The markup of which these are the marks, each value a zero."""
    return _END.join([mark.replace(_END, _ZERO.encode()) for mark in marks])


def pattern_of(marks: Sequence[bytes], table: Table) -> Pattern | None:
    """The pattern of the tables of these marks, of which one with zeros is given; None where a value is not
    all that stands in its cell, or stands where it may have a say in how the table is laid out.
    """
    counts = [len(_CELL.findall(mark)) for mark in marks]
    if sum(counts) != len(table.texts):
        return None
    slots, end = [], 0
    for mark, count in zip(marks, counts, strict=True):
        end += count
        if _END in mark:
            slots.append(end - 1)
    try:
        layout = table.frame.layout
    except ValueError:  # too large
        return None
    telling = {*layout.wide, *layout.tall}
    plain = all(table.texts[slot] == _ZERO and slot not in telling for slot in slots)
    return Pattern(table, slots) if plain else None
