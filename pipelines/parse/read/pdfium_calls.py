"""Those of pdfium's functions that are called for every character or object of a page, at the least cost.

pypdfium2's own prototypes check and convert every argument, which takes longer than most of the functions
do. These convert nothing: an int is handed on as a C int, so every address must be a handle of pypdfium2's,
what :func:`address` makes, or a reference to a C variable (``ctypes.byref``).
"""

from __future__ import annotations

import ctypes
import struct
from collections import deque
from collections.abc import Callable, Iterator
from itertools import repeat
from typing import Any, Final

import pypdfium2.raw as fpdf

_ADDRESS: Final = ctypes.c_void_p
_INT: Final = ctypes.c_int


def _direct(function: Any, result: Any) -> Callable[..., Any]:
    # none of them comes back to Python or takes long: the interpreter's lock is kept
    return ctypes.PYFUNCTYPE(result)(ctypes.cast(function, _ADDRESS).value or 0)


def address(handle: Any) -> ctypes.c_void_p:
    """The address that a handle of pypdfium2's stands for."""
    return ctypes.cast(handle, _ADDRESS)


# of a text and the number of a character
unicode_of = _direct(fpdf.FPDFText_GetUnicode, ctypes.c_uint)
is_generated = _direct(fpdf.FPDFText_IsGenerated, _INT)
has_no_unicode = _direct(fpdf.FPDFText_HasUnicodeMapError, _INT)
angle_of = _direct(fpdf.FPDFText_GetCharAngle, ctypes.c_float)
box_of = _direct(fpdf.FPDFText_GetLooseCharBox, _INT)
tight_box_of = _direct(fpdf.FPDFText_GetCharBox, _INT)
origin_of = _direct(fpdf.FPDFText_GetCharOrigin, _INT)
object_of = _direct(fpdf.FPDFText_GetTextObject, _ADDRESS)
# of what is drawn on a page
item_at = _direct(fpdf.FPDFPage_GetObject, fpdf.FPDF_PAGEOBJECT)
kind_of = _direct(fpdf.FPDFPageObj_GetType, _INT)
bounds_of = _direct(fpdf.FPDFPageObj_GetBounds, _INT)
matrix_of = _direct(fpdf.FPDFPageObj_GetMatrix, _INT)
colour_of = _direct(fpdf.FPDFPageObj_GetFillColor, _INT)
marks_of = _direct(fpdf.FPDFPageObj_CountMarks, _INT)
clip_of = _direct(fpdf.FPDFPageObj_GetClipPath, fpdf.FPDF_CLIPPATH)
clips_in = _direct(fpdf.FPDFClipPath_CountPaths, _INT)
font_of = _direct(fpdf.FPDFTextObj_GetFont, _ADDRESS)
mode_of = _direct(fpdf.FPDFTextObj_GetTextRenderMode, _INT)
# of an outline, and of a part of it
drawn_how = _direct(fpdf.FPDFPath_GetDrawMode, _INT)
segments_in = _direct(fpdf.FPDFPath_CountSegments, _INT)
segment_at = _direct(fpdf.FPDFPath_GetPathSegment, fpdf.FPDF_PATHSEGMENT)
segment_kind = _direct(fpdf.FPDFPathSegment_GetType, _INT)
segment_end = _direct(fpdf.FPDFPathSegment_GetPoint, _INT)
segment_closes = _direct(fpdf.FPDFPathSegment_GetClose, _INT)


# characters asked about at a time: the C variables that take the answers are made once, and kept
_AT_ONCE: Final = 512
_boxes, _points = (fpdf.FS_RECTF * _AT_ONCE)(), (ctypes.c_double * (2 * _AT_ONCE))()
_into_boxes: Final = [ctypes.byref(_boxes, n * ctypes.sizeof(fpdf.FS_RECTF)) for n in range(_AT_ONCE)]
_into_points: Final = [
    [ctypes.byref(_points, (2 * n + k) * ctypes.sizeof(ctypes.c_double)) for n in range(_AT_ONCE)]
    for k in (0, 1)
]
_read_boxes: Final = struct.Struct("4f").iter_unpack  # left, top, right and bottom of an FS_RECTF
_read_points: Final = struct.Struct("2d").iter_unpack


_sides = tuple(ctypes.c_double() for _ in range(4))
_into_sides: Final = [ctypes.byref(side) for side in _sides]
_INK: Final = 0.5  # points: what is painted of a character is wider and higher


def paints(text: ctypes.c_void_p, number: int) -> bool:
    """Whether a character has an outline, whatever it is said to be."""
    if not tight_box_of(text, number, *_into_sides):
        return False
    left, right, bottom, top = (side.value for side in _sides)
    return right - left > _INK and top - bottom > _INK


Character = tuple[int, int, float, int, tuple[float, float, float, float], tuple[float, float]]


def characters(text: ctypes.c_void_p, count: int) -> Iterator[Character]:
    """Of each character of a text: its code, whether it has no Unicode, its angle, whether it has a box,
    that box (left, top, right, bottom), and where it begins on its base line.
    """
    for first in range(0, count, _AT_ONCE):
        numbers = range(first, min(count, first + _AT_ONCE))
        placed = list(map(box_of, repeat(text), numbers, _into_boxes))
        deque(map(origin_of, repeat(text), numbers, *_into_points), maxlen=0)
        yield from zip(
            map(unicode_of, repeat(text), numbers),
            map(has_no_unicode, repeat(text), numbers),
            map(angle_of, repeat(text), numbers),
            placed,
            _read_boxes(bytes(_boxes)),
            _read_points(bytes(_points)),
            strict=False,
        )
