"""Digits of a page that are drawn, or may be, as other digits than the file says.

The outlines of a font tell, where it has some and one glyph for each digit. Where it says of two glyphs that
they are the same digit, or draws its glyphs by commands (Type 3), the page is painted and they are looked at.
"""

from __future__ import annotations

import ctypes
from collections import Counter
from collections.abc import Sequence
from typing import Final

from pipelines.parse.read.digit_shapes import is_painted_as_another
from pipelines.parse.read.glyph import Glyph
from pipelines.parse.read.pdfium_calls import address, font_of, object_of, origin_of, tight_box_of
from pipelines.parse.read.pdfium_drawing import Point
from pipelines.parse.read.pdfium_fonts import embedded, misdrawn, without_outlines
from pipelines.parse.read.pdfium_seen import Page, change_by

# in units of its size, the sides of a glyph vary by less with the place where it stands
_SAME: Final = 0.002
# this share of the glyphs that are said to be one digit, drawn as another one, is no blot
_SHARE: Final = 0.05

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
    looked_at: list[int] = []
    for font in by_font.keys() - lying:
        found = by_font[font]
        looked_at += found if font in drawn else _of_several_shapes(found, numbers, glyphs, page)
    unlike = _painted_otherwise(looked_at, numbers, glyphs, page) if looked_at else set()
    lying |= {font for font, found in by_font.items() if unlike and _is_often(found, unlike, glyphs)}
    return unlike.union(*(by_font[font] for font in lying))


def _digits_of_fonts(numbers: Sequence[int], glyphs: Sequence[Glyph], page: Page) -> dict[int, list[int]]:
    """The indexes of the digits in each font that the file brings along."""
    own = embedded(page.drawing.fonts)
    handle = address(page.text.raw)
    by_font: dict[int, list[int]] = {font: [] for font in own}
    for i, glyph in enumerate(glyphs) if own else ():
        if glyph.text.isdecimal():
            item = object_of(handle, numbers[i])
            font = (font_of(item) or 0) if item else 0
            if font in own:
                by_font[font].append(i)
    return {font: found for font, found in by_font.items() if found}


def _is_often(found: Sequence[int], unlike: set[int], glyphs: Sequence[Glyph]) -> bool:
    """Whether so many of what a font says is some digit are unlike it that these are no blots."""
    said = Counter(glyphs[i].text for i in found)
    other = Counter(glyphs[i].text for i in found if i in unlike)
    return any(count > _SHARE * said[digit] for digit, count in other.items())


def _of_several_shapes(
    found: Sequence[int], numbers: Sequence[int], glyphs: Sequence[Glyph], page: Page
) -> list[int]:
    """Of the digits of a font those that it says of several glyphs; none where it says all ten, for which
    it has ten glyphs."""
    if len({glyphs[i].text for i in found}) == 10:
        return []
    handle = address(page.text.raw)
    sides = tuple(ctypes.c_double() for _ in range(4))
    into = [ctypes.addressof(side) for side in sides]
    first: dict[str, _Shape] = {}
    several: set[str] = set()
    for i in found:
        glyph = glyphs[i]
        if glyph.turn or glyph.text in several or not tight_box_of(handle, numbers[i], *into):
            continue
        left, right, bottom, top = (side.value for side in sides)
        x0, y0, x1, y1 = page.frame.rectangle(left, bottom, right, top)
        x, y, size = glyph.x0, glyph.base, glyph.size
        shape = (x0 - x) / size, (y0 - y) / size, (x1 - x) / size, (y1 - y) / size
        known = first.setdefault(glyph.text, shape)
        if known is not shape and max(abs(a - b) for a, b in zip(known, shape, strict=True)) > _SAME:
            several.add(glyph.text)
    return [i for i in found if glyphs[i].text in several]


def _painted_otherwise(
    found: Sequence[int], numbers: Sequence[int], glyphs: Sequence[Glyph], page: Page
) -> set[int]:
    """Of these digits those that look like another one as they are painted."""
    change, scale = change_by(page, page.drawing.visible)
    starts = _starts(numbers, page)
    unlike = set()
    for i in found:
        glyph = glyphs[i]
        x0, base = starts[i]
        # the box of a font of drawings may be that of all its glyphs: the next one ends this one's room
        x1, next_base = starts[i + 1] if i + 1 < len(starts) else (glyph.x1, base)
        if next_base != base or not x0 < x1 < glyph.x1:
            x1 = glyph.x1
        room = x0 * scale, glyph.top * scale, x1 * scale, glyph.bottom * scale
        picture = change.crop((round(room[0]), round(room[1]), round(room[2]), round(room[3])))
        if not glyph.turn and is_painted_as_another(picture, int(glyph.text)):
            unlike.add(i)
    return unlike


def _starts(numbers: Sequence[int], page: Page) -> list[Point]:
    """Where each of these characters begins on its base line."""
    handle = address(page.text.raw)
    x, y = ctypes.c_double(), ctypes.c_double()
    into = ctypes.addressof(x), ctypes.addressof(y)
    starts = []
    for number in numbers:
        origin_of(handle, number, *into)
        starts.append(page.frame.point(x.value, y.value))
    return starts
