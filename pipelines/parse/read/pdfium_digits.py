"""Digits of a page that are drawn, or may be, as other digits than the file says.

The outlines of a font tell, where it has some and one glyph for each digit. Where it says of two glyphs that
they are the same digit, or draws its glyphs by commands (Type 3), the page is painted and they are looked at.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Final

from PIL import ImageChops

from pipelines.parse.read.digit_shapes import is_painted_as_another
from pipelines.parse.read.glyph import Glyph
from pipelines.parse.read.pdfium_calls import address, font_of, object_of, origin_of, tight_box_of
from pipelines.parse.read.pdfium_fonts import embedded, misdrawn, without_outlines
from pipelines.parse.read.pdfium_frame import Point
from pipelines.parse.read.pdfium_painted import Page, painted_alone

# in units of its width and height, the sides of a glyph vary by less with the place where it stands
_SAME: Final = 0.002
# this share of the shapes that are said to be one digit, drawn as another one, is no blot
_SHARE: Final = 0.05
# of more than these a single one may be a blot
_FEW: Final = 3
# digits change places: a single one is but oddly drawn
_FEWEST: Final = 2
# in pixels, a character as it is painted to be looked at
_HIGH: Final = 36.0

_Shape = tuple[float, ...]


def misread(numbers: Sequence[int], glyphs: Sequence[Glyph], page: Page) -> set[int]:
    """The indexes of the digits that are drawn as others than they are said to be, and of all digits of a
    font that draws any so. ``numbers`` are those of the characters on the page.
    """
    by_font = _digits_of_fonts(numbers, glyphs, page)
    if not by_font:
        return set()
    fonts = {font: page.drawing.fonts[font] for font in by_font}
    wrong, drawn = misdrawn(fonts), without_outlines(fonts)
    lying = {font for font in wrong if any(glyphs[i].text in wrong[font] for i in by_font[font])}
    looked_at = {
        font: _specimens(by_font[font], numbers, glyphs, page, font in drawn)
        for font in by_font
        if font not in lying and (font in drawn or not _says_all_ten(by_font[font], glyphs))
    }
    specimens = [i for of_font in looked_at.values() for of_digit in of_font for i in of_digit]
    unlike = _painted_otherwise(specimens, numbers, glyphs, page) if specimens else set()
    lying |= {font for font, of_font in looked_at.items() if unlike and _are_others(of_font, unlike)}
    return {i for font in lying for i in by_font[font]}


def _says_all_ten(found: Sequence[int], glyphs: Sequence[Glyph]) -> bool:
    """Whether a font says each of the ten digits, for which it has ten glyphs."""
    return len({glyphs[i].text for i in found}) == 10


def _are_others(of_font: Sequence[Sequence[int]], unlike: set[int]) -> bool:
    """Whether a font draws some of what it says is one digit as another, or all of what it says are two."""
    odd = 0
    for of_digit in of_font:
        others = len(unlike.intersection(of_digit))
        if max(_SHARE * len(of_digit), len(of_digit) > _FEW) < others < len(of_digit):
            return True
        odd += others == len(of_digit)
    return odd >= _FEWEST


def _digits_of_fonts(numbers: Sequence[int], glyphs: Sequence[Glyph], page: Page) -> dict[int, list[int]]:
    """The indexes of the digits in each font that the file brings along."""
    own = embedded(page.drawing.fonts)
    handle = address(page.text.raw)
    by_font: dict[int, list[int]] = {font: [] for font in own}
    for i, glyph in enumerate(glyphs) if own else ():
        if glyph.text.isdecimal():
            item = object_of(handle, numbers[i])
            font = (font_of(ctypes.c_void_p(item)) or 0) if item else 0
            if font in own:
                by_font[font].append(i)
    return {font: found for font, found in by_font.items() if found}


def _specimens(
    found: Sequence[int], numbers: Sequence[int], glyphs: Sequence[Glyph], page: Page, is_drawn: bool
) -> list[list[int]]:
    """Digits of a font to look at: of each digit that it says, one of each shape.

    All where the shapes, being those of the whole font, tell nothing. Of a font that is not drawn by commands
    only digits of several shapes, the others being told by its outlines.
    """
    handle = address(page.text.raw)
    sides = tuple(ctypes.c_double() for _ in range(4))
    into = [ctypes.byref(side) for side in sides]
    hidden = {
        piece.key for piece in page.drawing.visible if piece.doubtful
    }  # a part of a digit tells nothing
    found = [i for i in found if object_of(handle, numbers[i]) not in hidden]
    shapes: dict[str, list[tuple[_Shape, int]]] = {}
    for i in found:
        text, x, _, end, _, y, size, turn, *_ = glyphs[i]
        if turn or end <= x or not tight_box_of(handle, numbers[i], *into):
            continue
        left, right, bottom, top = (side.value for side in sides)
        x0, y0, x1, y1 = page.frame.rectangle(left, bottom, right, top)
        wide = end - x  # letters may be pressed together or drawn out
        shape = (x0 - x) / wide, (y0 - y) / size, (x1 - x) / wide, (y1 - y) / size
        of_digit = shapes.setdefault(text, [])
        if not any(_is_same(known, shape) for known, _ in of_digit):
            of_digit.append((shape, i))
    distinct = [shape for of_digit in shapes.values() for shape, _ in of_digit]
    if is_drawn and len(shapes) > 1 and all(_is_same(distinct[0], shape) for shape in distinct):
        return [[i for i in found if glyphs[i].text == digit] for digit in shapes]
    doubted = (of_digit for of_digit in shapes.values() if is_drawn or len(of_digit) > 1)
    return [[i for _, i in of_digit] for of_digit in doubted]


def _is_same(one: _Shape, other: _Shape) -> bool:
    return all(abs(a - b) <= _SAME for a, b in zip(one, other, strict=True))


def _painted_otherwise(
    found: Sequence[int], numbers: Sequence[int], glyphs: Sequence[Glyph], page: Page
) -> set[int]:
    """Of these digits those that look like another one as they are painted."""
    handle = address(page.text.raw)
    scale = _HIGH / min(glyphs[i].size for i in found)
    picture, ground, scale = painted_alone(page, {object_of(handle, numbers[i]) or 0 for i in found}, scale)
    unlike = set()
    for i in found:
        glyph = glyphs[i]
        x0, base = _start(numbers[i], page)
        # the box of a font of drawings may be that of all its glyphs: the next one ends this one's room
        x1, next_base = _start(numbers[i + 1], page) if i + 1 < len(numbers) else (glyph.x1, base)
        if next_base != base or not x0 < x1 < glyph.x1:
            x1 = glyph.x1
        left, top, right, bottom = (round(side * scale) for side in (x0, glyph.top, x1, glyph.bottom))
        room = (left, top, right, bottom)
        drawn = ImageChops.difference(picture.crop(room), ground.crop(room))  # without a rule at its side
        if is_painted_as_another(drawn, int(glyph.text)):
            unlike.add(i)
    return unlike


def _start(number: int, page: Page) -> Point:
    """Where a character begins on its base line."""
    x, y = ctypes.c_double(), ctypes.c_double()
    origin_of(address(page.text.raw), number, ctypes.byref(x), ctypes.byref(y))
    return page.frame.point(x.value, y.value)
