"""Which digits of the fonts of a PDF are drawn as other digits than the file says they are."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pypdfium2.raw as fpdf

from pipelines.parse.read.digit_shapes import Outline, Point, is_drawn_as_another

# the size, in points, at which outlines are asked for
_SIZE: Final = 100.0
_MOST_SEGMENTS: Final = 2000
# digits change places: a single one is but oddly drawn
_FEWEST: Final = 2
_DIGITS: Final = "0123456789"
# what a font is called of which a file brings along the characters that it needs
_PART = re.compile(rb"[A-Z]{6}\+")
_LONGEST_NAME: Final = 200


def embedded(fonts: Mapping[int, Any]) -> set[int]:
    """Those fonts that the file brings along; ``fonts`` as of :func:`misdrawn`."""
    return {
        key for key, item in fonts.items() if fpdf.FPDFFont_GetIsEmbedded(fpdf.FPDFTextObj_GetFont(item)) == 1
    }


def lost(fonts: Mapping[int, Any]) -> set[int]:
    """Those fonts that the file says to bring along in part, and does not, or broken: their characters can't
    be painted, and pdfium leaves out those that stand alone.
    """
    absent = fonts.keys() - embedded(fonts)
    return {key for key in absent if _PART.match(_name_of(fpdf.FPDFTextObj_GetFont(fonts[key])))}


def without_outlines(fonts: Mapping[int, Any]) -> set[int]:
    """Those embedded fonts that are no file of outlines: their glyphs are drawn as pages are (Type 3)."""
    return {key for key, item in fonts.items() if not _bytes_of(fpdf.FPDFTextObj_GetFont(item))}


def _name_of(font: Any) -> bytes:
    name = ctypes.create_string_buffer(_LONGEST_NAME)
    fpdf.FPDFFont_GetBaseFontName(font, name, _LONGEST_NAME)
    return name.value


def _bytes_of(font: Any) -> int:
    size = ctypes.c_size_t()
    return size.value if fpdf.FPDFFont_GetFontData(font, None, 0, size) else 0


def misdrawn(fonts: Mapping[int, Any]) -> dict[int, str]:
    """For each embedded font that gives the outlines of some digits the shapes of others: those digits.

    ``fonts`` are pieces of text by the addresses of their fonts. A digit that a font has not got may be among
    those found.
    """
    found = {}
    for key, item in fonts.items():
        font = fpdf.FPDFTextObj_GetFont(item)
        wrong = "".join(d for d in _DIGITS if is_drawn_as_another(_outline(font, d), int(d)))
        if len(wrong) >= _FEWEST:
            found[key] = wrong
    return found


def _outline(font: Any, char: str) -> Outline:
    """The contours of a character, those of curves by the corners that lead them."""
    path = fpdf.FPDFFont_GetGlyphPath(font, ord(char), _SIZE)
    return tuple(_contours(path)) if path else ()


def _contours(path: Any) -> Iterator[tuple[Point, ...]]:
    points: list[Point] = []
    x, y = ctypes.c_float(), ctypes.c_float()
    for i in range(min(fpdf.FPDFGlyphPath_CountGlyphSegments(path), _MOST_SEGMENTS)):
        segment = fpdf.FPDFGlyphPath_GetGlyphPathSegment(path, i)
        if fpdf.FPDFPathSegment_GetType(segment) == fpdf.FPDF_SEGMENT_MOVETO and points:
            yield tuple(points)
            points = []
        fpdf.FPDFPathSegment_GetPoint(segment, x, y)
        points.append((x.value, y.value))
    if points:
        yield tuple(points)
