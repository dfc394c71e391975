"""Those of pdfium's functions that are called for every character or object of a page, at the least cost.

pypdfium2's own prototypes check and convert every argument, which takes longer than most of the functions
do; these take plain addresses: of a page, a text or an object (see :func:`address`), of a C variable
(``ctypes.addressof``).
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any, Final

import pypdfium2.raw as fpdf

_ADDRESS: Final = ctypes.c_void_p
_INT: Final = ctypes.c_int


def _direct(function: Any, result: Any, *arguments: Any) -> Callable[..., Any]:
    # none of them comes back to Python or takes long: the interpreter's lock is kept
    return ctypes.PYFUNCTYPE(result, *arguments)(ctypes.cast(function, _ADDRESS).value or 0)


def address(handle: Any) -> int:
    """The address that a handle of pypdfium2's stands for."""
    return ctypes.cast(handle, _ADDRESS).value or 0


unicode_of = _direct(fpdf.FPDFText_GetUnicode, ctypes.c_uint, _ADDRESS, _INT)
has_no_unicode = _direct(fpdf.FPDFText_HasUnicodeMapError, _INT, _ADDRESS, _INT)
angle_of = _direct(fpdf.FPDFText_GetCharAngle, ctypes.c_float, _ADDRESS, _INT)
box_of = _direct(fpdf.FPDFText_GetLooseCharBox, _INT, _ADDRESS, _INT, _ADDRESS)
tight_box_of = _direct(fpdf.FPDFText_GetCharBox, _INT, _ADDRESS, _INT, _ADDRESS, _ADDRESS, _ADDRESS, _ADDRESS)
origin_of = _direct(fpdf.FPDFText_GetCharOrigin, _INT, _ADDRESS, _INT, _ADDRESS, _ADDRESS)
object_of = _direct(fpdf.FPDFText_GetTextObject, _ADDRESS, _ADDRESS, _INT)
font_of = _direct(fpdf.FPDFTextObj_GetFont, _ADDRESS, _ADDRESS)
