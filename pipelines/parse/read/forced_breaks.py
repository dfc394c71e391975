"""Numbers that a narrow cell of a ruled table breaks over lines: 1259 above 0 is 12590 where no more fitted.

Two numbers that an author put under each other look much the same. A break is taken for a forced one only
where the line above is full: another digit would not fit between the borders, and no cell no wider than this
one prints a wider number on one line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from pipelines.parse.read.glyph import Glyph
from pipelines.parse.records import Box
from pipelines.parse.vocabulary import is_numberlike

_DIGITS: Final = re.compile(r"[0-9０-９]+")
_LEAST: Final = 2  # digits of a full line, lines of a broken number
# points between a border and the text of its cell; word processors leave this by default
_MARGIN: Final = 5.4
_SAME: Final = 1.0  # points by which the widths of like cells may differ
_SLACK: Final = 0.3  # in units of a digit's width
_HANGING: Final = frozenset("、，。；：！？")  # may end a line beyond where its text ends

Lines = Sequence[tuple[str, Sequence[Glyph]]]


def forced_breaks(cells: Sequence[tuple[Box, Lines]]) -> set[int]:
    """Which of a table's cells (box, lines as text and glyphs) print one number on several lines.

    Its unit may stand behind its last digit or go on a further line.
    """
    digits = [(box, _without_unit(lines)) for box, lines in cells]
    broken = [n for n, (_, lines) in enumerate(digits) if _is_broken(lines)]
    if not broken:
        return set()
    margin = min(_MARGIN, *_gaps(cells))
    fits = _whole(digits)
    return {n for n in broken if _is_forced(*digits[n], margin, _fits(_side(digits[n][0]), fits))}


def _without_unit(lines: Lines) -> Lines:
    """The lines of a cell but for a unit that ends the last of several."""
    if len(lines) < _LEAST:
        return lines
    *above, (text, glyphs) = lines
    unit = text.lstrip("0123456789０１２３４５６７８９")
    if not (unit.isalpha() and is_numberlike(f"1{unit}")):
        return lines
    digits = len(text) - len(unit)
    return [*above, (text[:digits], glyphs[:digits])] if digits else above


def _is_broken(lines: Lines) -> bool:
    return (
        len(lines) > 1
        and all(_DIGITS.fullmatch(text) for text, _ in lines)
        and all(_LEAST <= len(text) == len(lines[0][0]) for text, _ in lines[:-1])
        and len(lines[-1][0]) <= len(lines[0][0])
    )


def _is_forced(box: Box, lines: Lines, margin: float, widest: float) -> bool:
    """Whether a line is so full that its next digit had to go below."""
    digit = max(glyph.x1 - glyph.x0 for _, glyphs in lines for glyph in glyphs)
    full = min(_width(glyphs) for _, glyphs in lines[:-1])
    fits = full + digit <= _side(box) - 2 * margin
    return not fits and widest <= full + _SLACK * digit


def _gaps(cells: Sequence[tuple[Box, Lines]]) -> list[float]:
    """How near to the borders at either side text comes anywhere in the table."""
    left = [glyphs[0].x0 - box[0] for box, lines in cells for _, glyphs in lines if glyphs]
    right = [box[2] - _end(glyphs) for box, lines in cells for _, glyphs in lines if glyphs]
    return [max(0.0, min(left)), max(0.0, min(right))]


def _end(glyphs: Sequence[Glyph]) -> float:
    return glyphs[-1].x0 if glyphs[-1].text in _HANGING else glyphs[-1].x1


def _whole(cells: Sequence[tuple[Box, Lines]]) -> list[tuple[float, float]]:
    """The widths of the cells that print a number on one line, and of these numbers."""
    return [
        (_side(box), _width(lines[0][1]))
        for box, lines in cells
        if len(lines) == 1 and _DIGITS.fullmatch(lines[0][0])
    ]


def _fits(side: float, whole: Sequence[tuple[float, float]]) -> float:
    """The width of the widest number on one line in a cell that is no wider."""
    return max((width for other, width in whole if other <= side + _SAME), default=0.0)


def _side(box: Box) -> float:
    return box[2] - box[0]


def _width(glyphs: Sequence[Glyph]) -> float:
    return glyphs[-1].x1 - glyphs[0].x0
