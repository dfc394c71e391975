"""Tables that lines of text draw with nothing but blanks: columns of a fixed width.

What is blank there leaves no field, and the values left of a row would be too few. Where all values of a
table end, or all begin, in as many places as it has columns, or in those of the names above, the blanks
between them become tabs, one for each column, so that what is blank keeps its place too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise, product
from typing import Final, NamedTuple

from pipelines.parse import vocabulary as words
from pipelines.parse.records import Block, Paragraph
from pipelines.parse.tables import sums
from pipelines.parse.tables.suffix import label_at_end
from pipelines.parse.template import APPLICATIONS, PROACTIVE
from pipelines.parse.vocabulary import is_numberlike

_PIECE: Final = re.compile(r"\S+")
_OTHER: Final = re.compile(r"[\t|\n]|[-=]{4}")  # lines with marks of their own, and rules
_ROWS: Final = {APPLICATIONS: 10, PROACTIVE: 3}  # lines that show how a table is set
_MANY: Final = 10  # rows that show where the columns are though none of them has a value in each
_HEAD: Final = 4  # lines that its header may have
_WIDE: Final = ("W", "F")  # signs that are as wide as two; “ ” and such are in some fonts
_OUTCOMES: Final = 15  # columns of section four
_ITEMS: Final = 3  # most columns that a part of section two has


class _Line(NamedTuple):
    """A line: where it begins, its pieces from left to right, and how many of them are no values."""

    block: int
    text: str
    indent: int
    pieces: tuple[tuple[int, int], ...]
    lead: int

    def value_edges(self, edge: int, width: Callable[[str], int]) -> list[int]:
        """Where the values begin (``edge`` 0) or end (1)."""
        return [self.at(piece[edge], width) for piece in self.pieces[self.lead :]]

    def at(self, offset: int, width: Callable[[str], int]) -> int:
        """The column of the page in which a character of the line stands."""
        return self.indent + width(self.text[:offset])


def with_columns(blocks: list[Block]) -> list[Block]:
    """The blocks, in which the lines of tables of a fixed width have a tab for each column."""
    if not any(isinstance(b, Paragraph) and b.place.line is not None and "  " in b.text for b in blocks):
        return blocks
    lines = list(_lines(blocks))
    two, three = _rows(lines, PROACTIVE), _rows(lines, APPLICATIONS)
    if len(two) >= _ROWS[PROACTIVE]:
        _put(blocks, two, [], _ITEMS)
    if len(three) >= _ROWS[APPLICATIONS]:
        above = [line for line in lines if 0 < three[0].block - line.block <= _HEAD]
        _put(blocks, three, _heads(above, words.APPLICANTS.match), len(words.APPLICANT_ORDER))
    behind = [line for line in lines if not three or line.block > three[-1].block]
    below = [line for line in behind if line.pieces and not line.lead]
    _put(blocks, below[:1], _heads(behind, words.OUTCOMES.match), _OUTCOMES)
    return blocks


def _rows(lines: Sequence[_Line], table: str) -> list[_Line]:
    """The lines that are rows of a table; 其他 or 总计 without a value names one between others alone.

    A label with nothing but values on the line below it, or above, is no row of blanks.
    """
    beside = {line.block + step for line in lines if line.pieces and not line.lead for step in (-1, 1)}
    whole = [line for line in lines if line.lead < len(line.pieces) or line.block not in beside]
    found = [(line, weak) for line in whole for name, weak in [_row_of(line)] if name == table]
    sure = [n for n, (line, weak) in enumerate(found) if not weak or line.lead < len(line.pieces)]
    return [line for line, _ in found[sure[0] : sure[-1] + 1]] if sure else []


def _put(blocks: list[Block], rows: Sequence[_Line], heads: Sequence[tuple[_Line, int]], wanted: int) -> None:
    counts = [len(row.pieces) - row.lead for row in rows]
    if max(counts, default=0) > wanted or min(counts, default=wanted) == wanted:
        return
    for edge, width in product((1, 0), (_width, _narrower, len)):
        columns = _columns(rows, heads, wanted, edge, width)
        fits = columns and not any(_reaches(row, columns[0], width) for row in rows)
        parted = [_parted(row, columns, edge, width) for row in rows] if fits else [""]
        if all(parted) and not (wanted == len(words.APPLICANT_ORDER) and _are_moved(parted)):
            for row, text in zip(rows, parted, strict=True):
                block = blocks[row.block]
                if isinstance(block, Paragraph):
                    blocks[row.block] = replace(block, text=text)
            return


def _reaches(row: _Line, column: int, width: Callable[[str], int]) -> bool:
    """Whether the label of a row stands where the first column has its values: a cell that moved these."""
    return row.lead > 0 and row.at(row.pieces[row.lead - 1][1], width) >= column


def _are_moved(rows: Sequence[str]) -> bool:
    """Whether more rows of section three add up further right, where their last figure is the total.

    Lines whose group took a cell of its own stand further right by this, under other columns' names.
    """
    values = [row.split("\t")[-len(words.APPLICANT_ORDER) :] for row in rows]
    moved = [[""] * (len(row) - len(left)) + left for row in values if (left := _without_end(row)) != row]
    return sum(map(_adds_up, moved)) > max(1, sum(map(_adds_up, values)))


def _without_end(row: Sequence[str]) -> list[str]:
    last = max((n for n, text in enumerate(row) if text.strip()), default=-1)
    return [*row[: last + 1]]


def _adds_up(row: Sequence[str]) -> bool:
    return sums.adds_up(dict(zip(words.APPLICANT_ORDER, row, strict=True))) is True


def _columns(
    rows: Sequence[_Line],
    heads: Sequence[tuple[_Line, int]],
    wanted: int,
    edge: int,
    width: Callable[[str], int],
) -> list[int]:
    """Where the columns end, or begin; nothing where the values do not show it."""
    met = {at for row in rows for at in row.value_edges(edge, width)}
    shown = any(len(row.pieces) - row.lead == wanted for row in rows) or len(rows) >= _MANY
    if len(met) == wanted and shown and _stand_apart(rows, edge, width):
        return sorted(met)
    named = {line.at(line.pieces[n][edge], width) for line, n in heads}
    return sorted(named) if len(heads) == len(named) == wanted and met <= named else []


def _stand_apart(rows: Sequence[_Line], edge: int, width: Callable[[str], int]) -> bool:
    """Whether values that end, or begin, in different places have no column of the page in common.

    Those of one column of the table have, if they are not of the same length.
    """
    reach: dict[int, tuple[int, int]] = {}
    for row in rows:
        for start, end in ((row.at(a, width), row.at(b, width)) for a, b in row.pieces[row.lead :]):
            at = end if edge else start
            low, high = reach.get(at, (start, end))
            reach[at] = (min(low, start), max(high, end))
    return all(left[1] < right[0] for left, right in pairwise(sorted(reach.values())))


def _parted(row: _Line, columns: Sequence[int], edge: int, width: Callable[[str], int]) -> str:
    """A line with tabs in place of blanks, every other sign where it was; "" where there is no room."""
    signs = list(row.text)
    end = row.pieces[row.lead - 1][1] if row.lead else 0
    before = -1 if row.lead else 0
    for (start, stop), at in zip(row.pieces[row.lead :], row.value_edges(edge, width), strict=True):
        column = columns.index(at)
        tabs = column - before
        if tabs > start - end:
            return ""
        signs[end : end + tabs] = "\t" * tabs
        before, end = column, stop
    return "".join(signs) + "\t" * (len(columns) - 1 - before)


def _heads(lines: Sequence[_Line], names: Callable[[str], object]) -> list[tuple[_Line, int]]:
    """The pieces of lines that name the columns of a table."""
    return [
        (line, n)
        for line in lines
        for n, (start, end) in enumerate(line.pieces)
        if names(line.text[start:end])
    ]


# --- lines ---------------------------------------------------------------------------


def _lines(blocks: Sequence[Block]) -> Iterator[_Line]:
    """The lines of a text that blanks part, with the blanks before them, which a paragraph has not."""
    texts = [(i, b) for i, b in enumerate(blocks) if isinstance(b, Paragraph) and b.place.span is not None]
    gaps = [_gap(a, b) for (_, a), (_, b) in pairwise(texts) if _follows(a, b)]
    end = min(gaps, default=1)
    for number, (index, line) in enumerate(texts):
        if _OTHER.search(line.text):
            continue
        above = texts[number - 1][1] if number else None
        indent = _gap(above, line) - end if above and _follows(above, line) else 0
        pieces = tuple(m.span() for m in _PIECE.finditer(line.text))
        values = 0
        while values < len(pieces) and is_numberlike(line.text[slice(*pieces[-1 - values])]):
            values += 1
        yield _Line(index, line.text, indent, pieces, len(pieces) - values)


def _follows(above: Paragraph, line: Paragraph) -> bool:
    return above.place.line is not None and line.place.line == above.place.line + 1


def _gap(above: Paragraph, line: Paragraph) -> int:
    """The characters between the end of one line and the first sign of the next: the end of line, blanks."""
    return line.place.span[0] - above.place.span[1] if above.place.span and line.place.span else 0


def _row_of(line: _Line) -> tuple[str, bool]:
    """The table of which a line is a row, values or not, and whether its label might name anything."""
    lead = [line.text[start:end] for start, end in line.pieces[: line.lead]]
    if line.lead == len(line.pieces) and any(map(is_numberlike, lead[1:])):
        return "", False  # its values stand before the label
    found = label_at_end(lead) if lead else None
    if found is None or not found[1].match.sure:
        return "", False
    return found[1].table, found[1].match.key in words.WEAK_ROWS


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in (*_WIDE, "A") else 1 for sign in text)


def _narrower(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in _WIDE else 1 for sign in text)
