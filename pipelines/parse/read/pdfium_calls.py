"""Those of pdfium's functions that are called for every character or object of a page, at the least cost.

pypdfium2's own prototypes check and convert every argument, which takes longer than most of the functions
do. These convert nothing: an int is handed on as a C int, so every address must be a handle of pypdfium2's,
what :func:`address` makes, or a reference to a C variable (``ctypes.byref``).
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
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
