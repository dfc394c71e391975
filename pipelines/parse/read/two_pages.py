"""Two pages printed side by side on one sheet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from pipelines.parse.read.glyph import Glyph
from pipelines.parse.read.pdfium_page import PrintedPage

# a sheet for two pages is wider than high by this, and nothing stands within this share of its middle
_WIDE: Final = 1.2
_FOLD: Final = 0.015
# characters that each of the two pages has at least
_LEAST: Final = 20


def pages_of(sheet: PrintedPage) -> list[PrintedPage]:
    """The two pages of a sheet, left one first, in the sheet's own points; or the sheet itself.

    A page of its own that lies crosswise has text or lines across its middle, or the figures of a table
    without lines right of it.
    """
    if sheet.width < _WIDE * sheet.height:
        return [sheet]
    middle, half = sheet.width / 2, _FOLD * sheet.width
    printed = [glyph for glyph in sheet.glyphs if glyph.text.strip()]
    spans = [(item.x0, item.x1) for items in (printed, sheet.edges, sheet.faint) for item in items]
    if any(x0 < middle + half and x1 > middle - half for x0, x1 in spans):
        return [sheet]
    right = [glyph for glyph in printed if glyph.x0 > middle]
    if not _LEAST <= len(right) <= len(printed) - _LEAST or _are_figures(right):
        return [sheet]
    return [_side(sheet, middle, side) for side in (False, True)]


def _are_figures(glyphs: Iterable[Glyph]) -> bool:
    """Whether most lines hold figures alone: the labels of their rows stand elsewhere."""
    lines: dict[int, str] = {}
    for glyph in glyphs:
        lines[round(glyph.base)] = lines.get(round(glyph.base), "") + glyph.text
    figures = sum(not any(map(str.isalpha, text)) for text in lines.values())
    return 2 * figures > len(lines)


def _side(sheet: PrintedPage, middle: float, right: bool) -> PrintedPage:
    return replace(
        sheet,
        glyphs=tuple(glyph for glyph in sheet.glyphs if (glyph.x0 > middle) == right),
        edges=tuple(edge for edge in sheet.edges if (edge.x0 > middle) == right),
        faint=tuple(edge for edge in sheet.faint if (edge.x0 > middle) == right),
    )
