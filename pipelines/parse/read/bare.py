"""What a page shows besides text and rules: figures drawn as outlines, pictures or notes.

They stand in a cell as other figures do, and a reader sees them: a cell that holds such a thing is neither
blank, nor is the rest of it all of its number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from pipelines.parse.read.boxes import meet
from pipelines.parse.read.glyph import DIGIT, Glyph
from pipelines.parse.read.ruling import Edge
from pipelines.parse.records import UNREAD, Box

if TYPE_CHECKING:
    from PIL.Image import Image

# by how much of 255 two pixels differ at least where something can be read
_LEGIBLE: Final = 48
# in points: what a cell's borders take of its inside, and how far a line keeps off them that is none of them
_RIM: Final = 3.0
_OFF_BORDER: Final = 4.0
# in points: what is larger than this is no part of a number
_LARGEST: Final = 30.0
# in points: by how much characters may run into one another
_TOUCHING: Final = 1.0
# in units of its size: how far a figure stands from one of the column before
_APART: Final = 2.0
# a stroke is shorter than this share of its cell's side, or underlines or parts what it holds
_STROKE: Final = 0.8
# in units of its size: the middle of the next line is no further below the base of one
_NEXT_LINE: Final = 1.5
# pairs of a figure beyond the page and a character on it that are looked at: more than printed pages have
_WORK: Final = 10_000_000


@dataclass(frozen=True, slots=True)
class Bare:
    """Where on a page stands what is neither text nor a rule, and the page painted in grey without its text
    where that can be had. ``beyond`` are the places of digits that the page's edge cuts off, ``unseen``
    those of figures that the file has on the page and nobody sees.
    """

    marks: tuple[Box, ...]
    picture: Image | None = None
    scale: float = 1.0
    beyond: tuple[Box, ...] = ()
    unseen: tuple[Box, ...] = ()

    def shows(self, box: Box) -> bool:
        """Whether something legible is painted within a box of the page, as far as that can be told."""
        if self.picture is None:
            return True
        x0, top, x1, bottom = (round(value * self.scale) for value in box)
        if x1 <= x0 or bottom <= top:
            return False
        shades = [
            shade for shade, count in enumerate(self.picture.crop((x0, top, x1, bottom)).histogram()) if count
        ]
        return bool(shades) and shades[-1] - shades[0] >= _LEGIBLE


def holds_more(
    text: str, glyphs: Sequence[Glyph], box: Box, bare: Bare | None, strokes: Sequence[Edge]
) -> bool:
    """Whether a cell without words shows more than its ``text``.

    ``strokes`` are lines that are no borders: one that stands alone, or beside what is printed, is a dash, a
    1 or a sign.
    """
    if text and not DIGIT.search(text):
        return False
    if any(_is_within(edge, box) and not _above_or_below(edge, glyphs) for edge in strokes):
        return True
    if bare is None:
        return False
    inside = _inside(box, _RIM)
    if not text:  # what is cut away or painted over may have been meant to be read
        shown = any(meet(mark, inside) for mark in bare.marks) and bare.shows(inside)
        return shown or any(meet(figure, inside) for figure in bare.unseen)
    if any(_is_just_below(figure, glyphs, inside) for figure in bare.unseen):
        return True
    return any(_is_beside(mark, glyphs, inside) and bare.shows(_shared(mark, inside)) for mark in bare.marks)


def in_lines(glyphs: Sequence[Glyph], bare: Bare | None, strokes: Sequence[Edge]) -> list[Glyph]:
    """What stands in line behind some text, or well before a figure, each as an unreadable character: marks,
    and figures that are not on the page.

    ``strokes`` are the lines of a page without ruled tables.
    """
    upright = [glyph for glyph in glyphs if not glyph.turn and glyph.text.strip()]
    marks = [mark for mark in bare.marks if is_small(mark) and bare.shows(mark)] if bare else []
    marks += bare.beyond[: _WORK // (len(upright) + 1)] if bare else ()
    small = [edge for edge in strokes if is_small(edge)]
    found = [_in_line(mark, upright) for mark in marks] + [
        glyph for edge in small if (glyph := _in_line(edge, upright)) and _is_short(edge, glyph)
    ]
    return [glyph for glyph in found if glyph is not None]


def _is_short(edge: Edge, glyph: Glyph) -> bool:
    """Whether a line is no longer than a character is high, and so parts no columns."""
    return max(edge.x1 - edge.x0, edge.bottom - edge.top) <= glyph.size


def _in_line(mark: Box | Edge, glyphs: Sequence[Glyph]) -> Glyph | None:
    x0, top, x1, bottom = mark
    middle = (top + bottom) / 2
    line = [glyph for glyph in glyphs if glyph.top < middle < glyph.bottom]
    beside = [
        glyph
        for glyph in line
        if glyph.x1 <= x0 + _TOUCHING or (DIGIT.match(glyph.text) and glyph.x0 - x1 > _APART * glyph.size)
    ]
    if not beside or any(glyph.x0 < (x0 + x1) / 2 < glyph.x1 for glyph in line):
        return None
    nearest = min(beside, key=lambda glyph: abs(glyph.x1 - x0))
    return nearest._replace(text=UNREAD, x0=x0, x1=max(x1, x0 + _TOUCHING))


def is_small(mark: Box | Edge) -> bool:
    """Whether a mark is as small as a character."""
    return max(mark[2] - mark[0], mark[3] - mark[1]) <= _LARGEST


def _inside(box: Box, rim: float) -> Box:
    return box[0] + rim, box[1] + rim, box[2] - rim, box[3] - rim


def _is_just_below(figure: Box, glyphs: Sequence[Glyph], inside: Box) -> bool:
    """Whether a figure stands on what would be the next line of a cell: a row too low for it cuts it away."""
    x, y = (figure[0] + figure[2]) / 2, (figure[1] + figure[3]) / 2
    last = max(glyphs, key=attrgetter("base"))
    return inside[0] < x < inside[2] and last.base < y < last.base + _NEXT_LINE * last.size


def _shared(a: Box, b: Box) -> Box:
    return max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])


def _is_within(edge: Edge, box: Box) -> bool:
    x0, top, x1, bottom = _inside(box, _RIM)
    if not (x0 <= edge.x0 and edge.x1 <= x1 and top <= edge.top and edge.bottom <= bottom):
        return False
    if edge.top == edge.bottom:
        return (
            edge.x1 - edge.x0 < _STROKE * (x1 - x0)
            and min(edge.top - box[1], box[3] - edge.top) > _OFF_BORDER
        )
    return min(edge.x0 - box[0], box[2] - edge.x0) > _OFF_BORDER


def _above_or_below(edge: Edge, glyphs: Sequence[Glyph]) -> bool:
    return any(glyph.x0 < edge.x1 and edge.x0 < glyph.x1 for glyph in glyphs if glyph.text.strip())


def _is_beside(mark: Box, glyphs: Sequence[Glyph], inside: Box) -> bool:
    """Whether a mark of the size of a character stands in a cell, on none of its characters."""
    x, y = (mark[0] + mark[2]) / 2, (mark[1] + mark[3]) / 2
    if not (inside[0] < x < inside[2] and inside[1] < y < inside[3]):
        return False
    if not is_small(mark):
        return False
    return not any(glyph.x0 < x < glyph.x1 and glyph.top < y < glyph.bottom for glyph in glyphs)
