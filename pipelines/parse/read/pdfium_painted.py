"""A page of a PDF as pdfium paints it: with pieces of its text, without them, and what they change."""

from __future__ import annotations

import ctypes
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

import pypdfium2 as pdfium
import pypdfium2.raw as fpdf
from PIL import Image, ImageChops

from pipelines.parse.read.bare import Bare, is_small
from pipelines.parse.read.boxes import hull, meet
from pipelines.parse.read.glyph import FIGURE, Glyph
from pipelines.parse.read.pdfium_calls import font_of
from pipelines.parse.read.pdfium_drawing import Drawing, Text
from pipelines.parse.read.pdfium_fonts import lost
from pipelines.parse.read.pdfium_frame import Frame
from pipelines.parse.records import Box

# pixels to a point, and the most on a side of the picture that is looked at
_SCALE: Final = 3.0
_MOST_SIDE: Final = 4000.0
# by how much of 255 a pixel changes at least where something is painted, and where it can be read
_PAINTED: Final = 8
_LEGIBLE: Final = 64
# the share of a digit, and the pixels, by which its edges may be missing
_LEEWAY: Final = 0.08
_BLUR: Final = 1.0
# more marks than this are one
_MOST_MARKS: Final = 2000


@dataclass(frozen=True, slots=True)
class Page:
    """What is known of a page that is looked at; ``quarters`` turn it clockwise until its text is upright."""

    page: pdfium.PdfPage
    text: pdfium.PdfTextPage
    frame: Frame
    quarters: int
    drawing: Drawing


def bare_of(page: Page, hidden: Sequence[Glyph]) -> Bare | None:
    """The page without its text, where it shows something that is neither text nor a rule; else None.

    In the place of ``hidden`` characters it may show them all the same, painted in another way.
    """
    drawing = page.drawing
    without_font = _without_font(drawing)
    all_marks = [*drawing.marks, *((g.x0, g.top, g.x1, g.bottom) for g in hidden), *without_font]
    if not all_marks:
        return None
    around = hull([*drawing.edges, *drawing.faint]) if drawing.edges or drawing.faint else (0.0,) * 4
    marks = [mark for mark in all_marks if meet(mark, around) or is_small(mark)]
    if not marks:
        return None
    if len(marks) > _MOST_MARKS:
        marks = [hull(marks)]
    paper = (0.0, 0.0, *page.frame.size)
    figures = [(g.x0, g.top, g.x1, g.bottom) for g in hidden if FIGURE.match(g.text)] + without_font
    with _hidden(drawing.visible):
        return Bare(
            tuple(marks),
            _painted(page).convert("L"),
            _scale_of(page),
            tuple(box for box in figures if not meet(box, paper)),
            tuple(box for box in figures if meet(box, paper)),
        )


def _without_font(drawing: Drawing) -> list[Box]:
    """Where characters stand alone of which the font is lost: they have no extent."""
    fonts = lost(drawing.fonts)
    if not fonts:
        return []
    narrow = [piece for piece in drawing.visible if piece.box[0] == piece.box[2]]
    return [piece.box for piece in narrow if font_of(piece.item) in fonts]


@contextmanager
def _hidden(pieces: Iterable[Text]) -> Iterator[None]:
    """Pieces of text are no part of the page as it is painted meanwhile."""
    pieces = list(pieces)
    for piece in pieces:
        fpdf.FPDFPageObj_SetIsActive(piece.item, False)
    try:
        yield
    finally:
        for piece in pieces:
            fpdf.FPDFPageObj_SetIsActive(piece.item, True)


def _scale_of(page: Page) -> float:
    return min(_SCALE, _MOST_SIDE / max(*page.frame.size, 1.0))


def _painted(page: Page) -> Image.Image:
    picture: Image.Image = page.page.render(scale=_scale_of(page), rotation=90 * page.quarters).to_pil()
    return picture.convert("RGB")


def painted_alone(page: Page, keys: Container[int], scale: float) -> tuple[Image.Image, Image.Image, float]:
    """The page in grey with no other pieces of text than those of these keys, the same without any text, and
    the pixels to a point of both. ``scale`` are those that are asked for.
    """
    scale = min(scale, _MOST_SIDE / max(*page.frame.size, 1.0))

    def in_grey() -> Image.Image:
        rendered = page.page.render(scale=scale, rotation=90 * page.quarters, grayscale=True)
        picture: Image.Image = rendered.to_pil()
        return picture

    pieces = page.drawing.visible
    with _hidden(piece for piece in pieces if piece.key not in keys):
        painted = in_grey()
        with _hidden(piece for piece in pieces if piece.key in keys):
            return painted, in_grey(), scale


class Sight(Enum):
    """What is seen of a character."""

    SEEN = auto()
    HIDDEN = auto()
    UNCLEAR = auto()


class Difference:
    """What pieces of text change on a page."""

    def __init__(self, page: Page, pieces: Sequence[Text]) -> None:
        self._text, self._frame = page.text.raw, page.frame
        self._sides = tuple(ctypes.c_double() for _ in range(4))
        self._scale = _scale_of(page)
        with_them = _painted(page)
        with _hidden(pieces):
            without = _painted(page)
        red, green, blue = ImageChops.difference(with_them, without).split()
        change = ImageChops.lighter(ImageChops.lighter(red, green), blue)
        self._painted_at = change.point(lambda value: 255 if value >= _PAINTED else 0)
        self._legible_at = change.point(lambda value: 255 if value >= _LEGIBLE else 0)

    def sight(self, number: int, glyph: Glyph) -> Sight:
        """What is seen of a character."""
        digit = glyph.text.isdecimal()
        if not digit and not self._is_embedded(number):
            return Sight.SEEN  # its font may lack on this machine
        left, right, bottom, top = self._sides
        if not fpdf.FPDFText_GetCharBox(self._text, number, left, right, bottom, top):
            return Sight.UNCLEAR
        box = self._frame.rectangle(left.value, bottom.value, right.value, top.value)
        return self._sight_of(box) if digit else self._sight_of_other(box)

    def _sight_of(self, box: Box) -> Sight:
        x0, y0, x1, y1 = box
        frame, shown = self._looked_at(box, self._legible_at)
        if shown is None:
            return Sight.UNCLEAR if self._looked_at(box, self._painted_at)[1] else Sight.HIDDEN
        across, down = (_LEEWAY * self._scale * side + _BLUR for side in (x1 - x0, y1 - y0))
        whole = (
            shown[0] + frame[0] - x0 * self._scale <= across
            and shown[1] + frame[1] - y0 * self._scale <= down
            and x1 * self._scale - shown[2] - frame[0] <= across
            and y1 * self._scale - shown[3] - frame[1] <= down
        )
        return Sight.SEEN if whole else Sight.UNCLEAR

    def _sight_of_other(self, box: Box) -> Sight:
        return Sight.SEEN if self._looked_at(box, self._painted_at)[1] else Sight.HIDDEN

    def _looked_at(
        self, box: Box, picture: Image.Image
    ) -> tuple[tuple[int, int, int, int], tuple[int, int, int, int] | None]:
        """The frame in pixels that holds the box, and within it the box of what is not black."""
        x0, y0, x1, y1 = (value * self._scale for value in box)
        frame = (int(x0 - _BLUR), int(y0 - _BLUR), int(x1 + _BLUR) + 1, int(y1 + _BLUR) + 1)
        return frame, picture.crop(frame).getbbox()

    def _is_embedded(self, number: int) -> bool:
        item = fpdf.FPDFText_GetTextObject(self._text, number)
        return bool(item) and fpdf.FPDFFont_GetIsEmbedded(fpdf.FPDFTextObj_GetFont(item)) == 1
