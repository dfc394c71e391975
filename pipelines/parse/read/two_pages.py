"""Two pages printed side by side on one sheet."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from pipelines.parse.read.pdfium_page import PrintedPage

# a sheet for two pages is wider than high by this, and nothing stands within this share of its middle
_WIDE: Final = 1.2
_FOLD: Final = 0.015
# characters that each of the two pages has at least
_LEAST: Final = 20


def pages_of(sheet: PrintedPage) -> list[PrintedPage]:
    """The two pages of a sheet, left one first, in the sheet's own points; or the sheet itself.

    A page of its own that lies crosswise has text or lines across its middle.
    """
    if sheet.width < _WIDE * sheet.height:
        return [sheet]
    middle, half = sheet.width / 2, _FOLD * sheet.width
    printed = [glyph for glyph in sheet.glyphs if glyph.text.strip()]
    spans = [(item.x0, item.x1) for items in (printed, sheet.edges, sheet.faint) for item in items]
    if any(x0 < middle + half and x1 > middle - half for x0, x1 in spans):
        return [sheet]
    left = sum(glyph.x1 < middle for glyph in printed)
    if not _LEAST <= left <= len(printed) - _LEAST:
        return [sheet]
    return [_side(sheet, middle, right) for right in (False, True)]


def _side(sheet: PrintedPage, middle: float, right: bool) -> PrintedPage:
    return replace(
        sheet,
        glyphs=tuple(glyph for glyph in sheet.glyphs if (glyph.x0 > middle) == right),
        edges=tuple(edge for edge in sheet.edges if (edge.x0 > middle) == right),
        faint=tuple(edge for edge in sheet.faint if (edge.x0 > middle) == right),
    )
