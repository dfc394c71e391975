"""Characters of a PDF's page put in their places, however they are printed."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

import pypdfium2 as pdfium
import pypdfium2.raw as fpdf

from pipelines.parse.read.bare import is_small
from pipelines.parse.read.glyph import Glyph, are_one_number
from pipelines.parse.read.pdfium_frame import Frame, Point
from pipelines.parse.records import UNREAD, Box
from pipelines.parse.vocabulary import is_numberlike

# text that leans by more than this off the page's axes, in radians, is a watermark
_SLANTED: Final = 0.2
# a box this much higher than its character's size is of a font set vertically, or of one that says how far
# its outermost glyph reaches, and wrong
_BROKEN_BOX: Final = 1.6
# the least size of a character, in points
LOWEST: Final = 1.0
# digits of one number are set in one size but for this share
_SAME_SIZE: Final = 0.98


def quarter_turns(angle: float) -> int:
    """Quarter turns counter-clockwise; pdfium's angles (-1 where it fails) grow clockwise."""
    return -round(angle / (math.pi / 2)) % 4 if angle > 0 else 0


def _slant(angle: float) -> float:
    """How far an angle is from the nearest quarter turn, in radians."""
    return abs(angle - round(angle / (math.pi / 2)) * (math.pi / 2))


def level(numbers: Sequence[int], glyphs: list[Glyph], pen: Pen) -> None:
    """Give digits of one number the size of those before them where only their fonts' boxes differ in height.

    A figure typed in two fonts is one figure; a digit that is set smaller is the mark of a note.
    """
    before = glyphs[0]
    for n, glyph in enumerate(glyphs):
        if glyph[6] != before[6] and glyph[5] == before[5] and are_one_number(before, glyph):
            sizes = sorted((pen.true_size(numbers[n - 1]), pen.true_size(numbers[n])))
            if sizes[0] >= _SAME_SIZE * sizes[1] > 0:
                glyphs[n] = glyph = glyph._replace(size=before.size)
        before = glyph


class Pen:
    """Puts characters in their places, however they are printed; the C variables are made once."""

    def __init__(self, text: pdfium.PdfTextPage, frame: Frame, main_turn: int, highest: float) -> None:
        self._text, self._frame, self._main_turn = text.raw, frame, main_turn
        self._highest = highest
        self._tight = tuple(ctypes.c_double() for _ in range(4))
        self._matrix = fpdf.FS_MATRIX()
        self._slanted: list[tuple[int, str, Box]] = []  # what is left out

    def slanted_figures(self) -> Iterator[tuple[int, Glyph]]:
        """The numbers and places of small slanted characters that make figures by themselves, unreadable.

        A watermark has words, or is large; such a figure may be a cell's.
        """
        for _, of_run in groupby(enumerate(self._slanted), lambda item: item[1][0] - item[0]):
            run = [character for _, character in of_run]
            if is_numberlike("".join(char for _, char, _ in run)):
                for i, _, box in run:
                    x0, top, x1, bottom = self._frame.rectangle(*box)
                    if is_small((x0, top, x1, bottom)):
                        yield i, Glyph(UNREAD, x0, top, x1, bottom, bottom, bottom - top)

    def glyph(self, i: int, char: str, angle: float, box: Box, origin: Point) -> Glyph | None:
        """Character ``i``, printed at ``angle``, in its place; None of a watermark.

        ``box``: left, bottom, right, top.
        """
        left, bottom, right, top = box
        if angle > 0 and _slant(angle) > _SLANTED:
            lean, angle = math.tan(angle), self._along(i)
            if _slant(angle) > _SLANTED:
                self._slanted.append((i, char, box))
                return None
            if not quarter_turns(
                angle
            ):  # the box is that of the leaning character: as wide as the upright one
                left, right = origin[0], origin[0] + right - left - lean * (top - bottom)
                box = left, bottom, right, top
        quarters = quarter_turns(angle) if angle > 0 else 0
        turn = (quarters - self._main_turn) % 4
        high = right - left if quarters % 2 else top - bottom  # across its line
        size = min(top - bottom, right - left) if turn % 2 else high
        if size > self._highest:
            box, size = self._checked(i, box, size)
        place = self._frame.rectangle(*box)
        _, base = self._frame.point(*origin)
        # pdfium counts turns against the clock, a glyph with it
        return Glyph(char, *place, base, max(size, LOWEST), -turn % 4)

    def _along(self, i: int) -> float:
        """The angle at which the line of a character runs: pdfium's is that at which its stems lean."""
        matrix = self._matrix
        if not fpdf.FPDFText_GetMatrix(self._text, i, matrix):
            return 0.0
        return math.atan2(-matrix.b, matrix.a) % (2 * math.pi)

    def is_broken(self, i: int, size: float) -> bool:
        """Whether a box of this height is too high for character ``i``."""
        return 0 < self.true_size(i) * _BROKEN_BOX < size

    def true_size(self, i: int) -> float:
        """The size in which a character is set, 0 where it can't be told."""
        text, matrix = self._text, self._matrix
        if not fpdf.FPDFText_GetMatrix(text, i, matrix):
            return 0.0
        size: float = fpdf.FPDFText_GetFontSize(text, i)
        return size * math.hypot(matrix.c, matrix.d)

    def _checked(self, i: int, box: Box, size: float) -> tuple[Box, float]:
        """The box of a character by its outline, where the font's own box forgets the scale."""
        text, true_size, matrix = self._text, self.true_size(i), self._matrix
        if not 0 < true_size * _BROKEN_BOX < size:
            return box, size
        left, right, bottom, top = self._tight
        fpdf.FPDFText_GetCharBox(text, i, left, right, bottom, top)
        if abs(matrix.b) < abs(matrix.a) and box[2] - box[0] <= _BROKEN_BOX * true_size:
            return (box[0], bottom.value, box[2], top.value), true_size  # as wide as it is set
        return (left.value, bottom.value, right.value, top.value), true_size
