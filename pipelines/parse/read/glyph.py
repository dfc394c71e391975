"""A character where it is printed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from operator import attrgetter
from typing import Final, NamedTuple

from pipelines.parse.records import UNREAD, Box

BASE_AND_X = attrgetter("base", "x0")
DIGIT = re.compile(r"[0-9０-９]")
FIGURE = re.compile(r"[0-9０-９/\-—–]")  # what stands where a number may
# in units of the character size: digits of one number stand nearer than this
_ONE_NUMBER: Final = 0.1


class Glyph(NamedTuple):
    """A printed character, its box (of the advance width), baseline and size.

    ``turn`` is by how many quarter turns (clockwise) it is printed rotated. A
    glyph may hold several characters (a word of OCR) with their confidence.
    ``white``: painted in white, nobody knows on what. ``faint``: no reader can tell it for certain.
    ``stained``: a seal or a stain lies over the cell in which it was recognised.
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    base: float
    size: float
    turn: int = 0
    confidence: float | None = None
    white: bool = False
    faint: bool = False
    stained: bool = False


def as_legible(glyph: Glyph) -> Glyph:
    """The glyph, its digits unreadable if it is faint."""
    return glyph._replace(text=DIGIT.sub(UNREAD, glyph.text)) if glyph.faint else glyph


def stands_in(glyph: Glyph, box: Box) -> bool:
    """Whether the middle of a character stands in a box."""
    x, y = (glyph.x0 + glyph.x1) / 2, (glyph.top + glyph.bottom) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def are_one_number(left: Glyph, right: Glyph) -> bool:
    """Whether two characters are digits that stand side by side, nearer than blanks or borders leave them."""
    if not (DIGIT.match(left.text) and DIGIT.match(right.text)) or left.turn or right.turn:
        return False
    size = min(left.size, right.size)
    return (
        abs(left.base - right.base) < _ONE_NUMBER * size and -size < right.x0 - left.x1 < _ONE_NUMBER * size
    )


def hull(glyphs: Sequence[Glyph]) -> Box:
    """The smallest box around characters, of which there is one at least."""
    return (
        min([g.x0 for g in glyphs]),
        min([g.top for g in glyphs]),
        max([g.x1 for g in glyphs]),
        max([g.bottom for g in glyphs]),
    )
