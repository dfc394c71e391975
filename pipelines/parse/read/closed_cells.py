"""Tables of which a pipe closes each cell, wherever lines end: each row on a line of its own again.

Converters of pages write ``规章 |``, ``3 |`` and for a blank cell ``|`` under one another, merged cells
once, and fill rows up with pipes to the same number (``0 | ||``). So pipes tell where rows end. Nothing
moves: what is taken out leaves blanks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Final, NamedTuple

from pipelines.parse.headings import match_heading
from pipelines.parse.vocabulary import is_numberlike

_LINE = re.compile(r"[^\r\n]+")
_FILL = re.compile(r"(?<!\S)\|{2,}")  # ends a row; the pipe of a blank cell stands alone
_LEAST: Final = 3  # rows that show that each has as many pipes
_WIDEST: Final = 24  # cells of a row in a table that fills up none
_CELLS: Final = 10  # on lines of their own, between pipes on lines of theirs
_WORD: Final = 40  # characters of a line that is one of several in a cell
_WORDS: Final = 8  # such lines
_LONGEST: Final = 4_000  # lines of a table


class _Line(NamedTuple):
    start: int
    end: int
    text: str
    pipes: int


@dataclass(frozen=True)
class _Row:
    """Where a row stands, the pipes that close its cells, and its other ones; ``is_filled`` by several at its
    end, ``is_whole`` where none fill it up before.
    """

    start: int
    end: int
    pipes: Sequence[int]
    cells: Sequence[str]
    others: Sequence[int]
    is_filled: bool
    is_whole: bool

    @cached_property
    def labels(self) -> int:
        """How many cells with words it begins with."""
        return next((n for n, cell in enumerate(self.cells) if not _is_word(cell)), len(self.cells))

    @property
    def values(self) -> int:
        """How many cells stand behind its labels."""
        return len(self.cells) - self.labels

    @property
    def is_header(self) -> bool:
        """Whether nothing but words stands in it, in several cells, whatever fills it up."""
        return self.labels > 1 and not any(self.cells[self.labels :])

    @property
    def may_end_with_fill(self) -> bool:
        """Whether its last blank cell may be a pipe that fills it up."""
        return not self.is_filled and len(self.cells) > 1 and not self.cells[-1]

    def without_first(self) -> _Row:
        """The row without the pipe that it begins with."""
        others = (*self.others, self.pipes[0])
        return replace(self, pipes=self.pipes[1:], cells=self.cells[1:], others=others)

    def without_last(self) -> _Row:
        """The row with its last cell taken for a pipe that fills it up."""
        others = (*self.others, self.pipes[-1])
        return replace(self, pipes=self.pipes[:-1], cells=self.cells[:-1], others=others)


def with_rows_on_lines(text: str) -> str:
    """The text, as long as it is, with blanks for line ends in such rows and for what fills them up."""
    if text.count("|") < _LEAST:
        return text
    lines = [_Line(*found.span(), found[0], found[0].count("|")) for found in _LINE.finditer(text)]
    letters = list(text)
    at = 0
    while at < len(lines):
        if not lines[at].pipes:
            at += 1
            continue
        rows, behind = _table(text, lines, at)
        if not rows and at and _may_begin(lines[at - 1]) and _width(lines, at):
            rows, behind = _table(text, lines, at - 1)
        changes = _changes(text, rows) if rows else _between(text, lines[max(at - 1, 0) : behind])
        for n, letter in changes:
            letters[n] = letter
        at = behind
    return "".join(letters)


def _changes(text: str, rows: Sequence[_Row]) -> Iterator[tuple[int, str]]:
    """Where blanks are to stand: for line ends in rows, and for pipes that close no cell.

    A row that begins with a blank cell has two pipes there: one alone would be the edge of a table.
    """
    for row in _without_fill(rows):
        yield from ((n, " ") for n in row.others)
        yield from ((n, " ") for n in range(row.start, row.end) if text[n] in "\r\n")
        if row.cells and not row.cells[0]:
            yield row.pipes[0] - 1 if row.pipes[0] > row.start else row.pipes[0] + 1, "|"


def _table(text: str, lines: Sequence[_Line], at: int) -> tuple[Sequence[_Row], int]:
    """The rows of the table that begins with a line, none if it is no such table, and the line behind it.

    The line behind all that may be one table where there are none. Where each line begins with a pipe,
    pipes stand around the cells and do not close them.
    """
    filled = _width(lines, at)
    for width in (filled,) if filled else range(2, _WIDEST):
        cut = _cut(lines, at, width)
        rows = [_row(text, lines[first:last]) for first, last in cut]
        told = any(row.is_filled for row in rows) or any(last - first > 1 for first, last in cut)
        told = told and not all(line.text.startswith("|") for line in lines[at : cut[-1][1]])
        rows = _without_lead(rows)
        if len(rows) >= _LEAST and told and _are_rows(rows, filled > 0) and all(row.is_whole for row in rows):
            return rows, cut[-1][1]
    end = at
    while end < len(lines) and (lines[end].pipes or _may_be_in_cell(lines[end])):
        end += 1
    return (), end


def _width(lines: Sequence[_Line], at: int) -> int:
    """How many pipes each row has from a line on, as told by the first that is filled up; 0 where none is."""
    pipes = 0
    for line in lines[at:]:
        if not line.pipes and not _may_be_in_cell(line):
            return 0
        pipes += line.pipes
        if any(found.end() == len(line.text.rstrip()) for found in _FILL.finditer(line.text)):
            return pipes
    return 0


def _cut(lines: Sequence[_Line], at: int, width: int) -> list[tuple[int, int]]:
    """The first line of each row of so many pipes, and the one behind it; the last row may have fewer.

    There are none where pipes do not come out even.
    """
    rows = []
    first, pipes = at, 0
    for n in range(at, len(lines)):
        line = lines[n]
        if not line.pipes and not _goes_on(lines, n, width - pipes):
            break
        pipes += line.pipes
        if pipes > width or n > at + _LONGEST:
            return []
        if pipes == width:
            rows.append((first, n + 1))
            first, pipes = n + 1, 0
    else:
        n = len(lines)
    return [*rows, (first, n)] if pipes else rows


def _goes_on(lines: Sequence[_Line], at: int, pipes: int) -> bool:
    """Whether lines from one on hold just so many pipes, and what stands in cells."""
    words = 0
    for n in range(at, len(lines)):
        line = lines[n]
        words = 0 if line.pipes else words + 1
        if words > _WORDS or not (line.pipes or _may_be_in_cell(line)):
            return False
        pipes -= line.pipes
        if pipes <= 0:
            return not pipes
    return False


def _may_begin(line: _Line) -> bool:
    """Whether a line may be the first cell of a table, its pipe on the next line."""
    return not line.pipes and _may_be_in_cell(line)


def _may_be_in_cell(line: _Line) -> bool:
    return len(line.text) <= _WORD and match_heading(line.text) is None


def _row(text: str, lines: Sequence[_Line]) -> _Row:
    start, end = lines[0].start, lines[-1].end
    last = next(
        (found for found in _FILL.finditer(text, start, end) if not text[found.end() : end].strip()), None
    )
    behind = last.start() if last else end
    pipes = [n for n in range(start, behind) if text[n] == "|"]
    cells = [
        text[before:pipe].strip()
        for before, pipe in zip((start, *(n + 1 for n in pipes)), pipes, strict=False)
    ]
    is_whole = _FILL.search(text, start, behind) is None
    return _Row(start, end, pipes, cells, range(*last.span()) if last else (), last is not None, is_whole)


def _without_lead(rows: list[_Row]) -> list[_Row]:
    """The rows without a pipe that all begin with."""
    if any(row.cells[0] for row in rows if row.cells):
        return rows
    return [row.without_first() if row.cells else row for row in rows]


def _are_rows(rows: Sequence[_Row], filled: bool) -> bool:
    """Whether rows hold labels and then values; in a table that is filled up, one may hold values alone.

    Words alone, as those of a menu, are none.
    """
    if not any(row.values for row in rows):
        return False
    return all((row.labels or filled) and not any(map(_is_word, row.cells[row.labels :])) for row in rows)


def _without_fill(rows: Sequence[_Row]) -> Iterator[_Row]:
    """The rows without a single pipe that fills up.

    A row has as many values as its header has columns, or as one whose end is known.
    """
    known = {row.values for row in rows if row.labels and not row.may_end_with_fill}
    header = 0
    for row in rows:
        if row.is_header:
            header = row.labels - 1
        spare = row.is_header or _fits(row.values - 1, row.values, header, known)
        yield row.without_last() if row.may_end_with_fill and spare else row


def _fits(values: int, other: int, header: int, known: set[int]) -> bool:
    """Whether a row has so many values rather than the other number."""
    if header in (values, other):
        return header == values
    return values in known and other not in known


# --- pipes between lines ---------------------------------------------------------------


class _Gap(NamedTuple):
    """What stands between a cell on a line of its own and the next one: pipes on lines of their own."""

    cell: _Line
    lines: Sequence[_Line]
    behind: _Line | None

    @property
    def pipes(self) -> int:
        return sum(line.pipes for line in self.lines)


def _between(text: str, lines: Sequence[_Line]) -> Iterator[tuple[int, str]]:
    """Where pipes stand, if they alone part cells, each on a line of its own, and always as many.

    More of them close blank cells: values and these then stay on the line of their label.
    """
    cells = [n for n, line in enumerate(lines) if not line.pipes]
    gaps = [
        _Gap(lines[n], lines[n + 1 : after], lines[after] if after < len(lines) else None)
        for n, after in pairwise([*cells, len(lines)])
    ]
    usual = min((gap.pipes for gap in gaps if gap.pipes), default=0)
    if len(cells) < _CELLS or any(
        gap.pipes % usual or any(map(_is_word, (line.text.strip("| ") for line in gap.lines))) for gap in gaps
    ):
        return
    whole = all(gap.pipes in (0, usual) for gap in gaps)
    for gap in filter(None, gaps):
        yield from ((n, " ") for n in _parted(text, gap, gap.pipes // usual if not whole else 0))


def _parted(text: str, gap: _Gap, pipes: int) -> Iterator[int]:
    """What is to be blank in a gap in which so many pipes close cells."""
    value = gap.behind is not None and not gap.behind.pipes and not _is_word(gap.behind.text.strip())
    kept = pipes if pipes > 1 or value or not _is_word(gap.cell.text.strip()) else 0
    found = [n for line in gap.lines for n in range(line.start, line.end) if text[n] == "|"]
    yield from found[kept:]
    if kept:
        end = gap.behind.start if value and gap.behind else found[kept - 1]
        yield from (n for n in range(gap.cell.end, end) if text[n] in "\r\n")


def _is_word(cell: str) -> bool:
    return bool(cell) and not is_numberlike(cell)
