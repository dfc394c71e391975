"""Tables that differ in nothing but values are read once.

Thousands of offices fill in the same file, and a site prints all of them alike. The markup of a table is cut
behind its cells; what a piece says but the value at its end, a figure or a sign for none, is its mark. Tables
of the same marks are of one pattern, which is read with zeros in place of the values; each table lends it its
own.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from pipelines.parse.likeness import is_bare_number, share
from pipelines.parse.read.regular import Frame
from pipelines.parse.read.table_blocks import liken_part, table_blocks
from pipelines.parse.records import Block, Grid, GridCell

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
_NUMBER: Final = re.compile(r"[+\-−－]?[0-9０-９][0-9０-９,.，．]*(?:[件条个项宗次份]|万?元)?")
_MARGIN: Final = b" \t\r\n"  # says nothing around a value
_ZERO: Final = "0"
# longer pieces, in bytes, and more of them are worth no memory
_LONGEST: Final = 1_200
_MOST: Final = 400
_MOST_KNOWN: Final = 12_000  # pieces
_PLACES: Final = 16  # at which tables of a pattern are known, each among the tables of its document


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
        self._blocks: dict[int, list[tuple[Block, int, Sequence[int]]]] = {}

    def table(self, values: Iterable[str]) -> Table:
        """The table that has these values, in order."""
        texts = list(self._texts)
        for slot, value in zip(self._slots, values, strict=True):
            texts[slot] = value
        return Table(self._frame, texts, self)

    def blocks(self, texts: Sequence[str], number: int) -> list[Block]:
        """The blocks of a table of this pattern."""
        if number not in self._blocks:
            if len(self._blocks) >= _PLACES:
                self._blocks.clear()
            blocks = table_blocks(self._frame.layout, self._texts, number)
            self._blocks[number] = [(block, *self._slots_of(block)) for block in blocks]
        return [
            self._filled(block, texts, first, slots) if isinstance(block, Grid) and slots else block
            for block, first, slots in self._blocks[number]
        ]

    def _slots_of(self, block: Block) -> tuple[int, list[int]]:
        """The cell of the table that a block begins with, and which of the slots stand in the block."""
        first = bisect_left(self._frame.layout.rows, block.place.row or 0)
        end = first + len(block.cells) if isinstance(block, Grid) else first
        return first, [slot for slot in self._slots if first <= slot < end]

    def _filled(self, grid: Grid, texts: Sequence[str], first: int, slots: Sequence[int]) -> Grid:
        cells = list(grid.cells)
        for slot in slots:
            text = texts[slot]
            if text != _ZERO:
                cell = cells[slot - first]
                cells[slot - first] = GridCell(
                    cell.row, cell.column, text, cell.place, cell.rowspan, cell.colspan
                )
        filled = Grid(tuple(cells), grid.n_rows, grid.n_columns, grid.place)
        if all(map(is_bare_number, map(texts.__getitem__, slots))):
            return share(filled, grid)
        return liken_part(filled, self._frame.layout)


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
