"""What is printed down a margin, a piece a line, and is no text: numbers that count lines, 装订线."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from operator import attrgetter
from typing import Final

from pipelines.parse.read.glyph import Glyph
from pipelines.parse.read.pdfium_page import PrintedPage

# as many numbered lines left of all else on some page are no figures that begin lines
_FEWEST: Final = 5
# in points: the numbers end at one place
_ONE_PLACE: Final = 1.0
# in units of their size: nothing stands so near behind them
_GAP: Final = 0.4
# digits: the number of a line has no more
_LONGEST: Final = 6

# where a sheet is bound, one character below the other, perhaps along dots
_BINDING: Final = "装订线"
_DOTS: Final = frozenset(".·…⋮┆┊┇┋|│○〇。- ")

_LEFT, _RIGHT, _BASE = attrgetter("x0"), attrgetter("x1"), attrgetter("base")


def without_binding_lines(pages: Sequence[PrintedPage]) -> Sequence[PrintedPage]:
    """Pages without the words of the line at which they are bound, left or right of all else."""
    return [_unbound(page) for page in pages]


def _unbound(page: PrintedPage) -> PrintedPage:
    first, last = min(page.glyphs, key=_LEFT, default=None), max(page.glyphs, key=_RIGHT, default=None)
    for outer in (first, last):
        if outer is None or outer.text not in _BINDING:  # nearly always
            continue
        column = [glyph for glyph in page.glyphs if glyph.x0 < outer.x1 and outer.x0 < glyph.x1]
        words = [glyph.text for glyph in sorted(column, key=_BASE) if glyph.text not in _DOTS]
        if "".join(words) == _BINDING:
            return _but(page, column)
    return page


def without_line_numbers(pages: Sequence[PrintedPage]) -> Sequence[PrintedPage]:
    """Pages without the numbers of their lines, where some page has a margin that holds nothing else."""
    ends = (end for page in pages if (end := _margin(page.glyphs)) is not None)
    end = next(ends, None)
    return pages if end is None else [_without(page, end) for page in pages]


def _margin(glyphs: Sequence[Glyph]) -> float | None:
    """Where the numbers of a page's lines end; None where it has none, or others stand as far left."""
    first = min(glyphs, key=_LEFT, default=None)
    if first is None or not first.text.isdecimal():  # nearly always
        return None
    rows = _rows(glyphs)
    number = next(_leading(row) for row in rows if row[0] is first)
    if not number:
        return None
    end = number[-1].x1
    numbers = _numbers(rows, end)
    return end if len(numbers) >= _FEWEST and len(numbers) == sum(row[0].x0 < end for row in rows) else None


def _rows(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """What is printed, by baselines, top first, each from left to right."""
    printed = sorted((glyph for glyph in glyphs if glyph.text.strip()), key=_BASE)
    return [sorted(row, key=_LEFT) for _, row in groupby(printed, key=_BASE)]


def _numbers(rows: Sequence[Sequence[Glyph]], end: float) -> list[Sequence[Glyph]]:
    """The numbers that begin lines and end at one place; none unless each counts on from the one above."""
    leading = [number for row in rows if (number := _leading(row))]
    found = [number for number in leading if abs(number[-1].x1 - end) <= _ONE_PLACE]
    values = [int("".join(glyph.text for glyph in number)) for number in found]
    steps = {below - above for above, below in pairwise(values)}
    return found if len(steps) <= 1 and all(step > 0 for step in steps) else []


def _leading(row: Sequence[Glyph]) -> Sequence[Glyph]:
    """The digits that begin a line, well apart from all behind them."""
    for n, glyph in enumerate(row):
        apart = n > 0 and glyph.x0 - row[n - 1].x1 > _GAP * row[0].size
        if apart or n == _LONGEST or not glyph.text.isdecimal() or glyph.turn:
            return row[:n] if apart else ()
    return row


def _without(page: PrintedPage, end: float) -> PrintedPage:
    numbers = [glyph for number in _numbers(_rows(page.glyphs), end) for glyph in number]
    return _but(page, numbers) if numbers else page


def _but(page: PrintedPage, dropped: Sequence[Glyph]) -> PrintedPage:
    left_out = set(map(id, dropped))
    glyphs = tuple(glyph for glyph in page.glyphs if id(glyph) not in left_out)
    return replace(page, glyphs=glyphs, plain="".join(glyph.text for glyph in glyphs))
