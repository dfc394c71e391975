"""While a PDF is read, no font of the system stands in for one that it names but does not bring along.

What is read would otherwise differ from machine to machine: of a Chinese font without any stand-in pdfium
leaves out each digit that stands alone. And of the system's own, which have tens of megabytes, it would load
the whole, and the outlines of all characters of a page, only to learn how high each is; a font of boxes says
that as well. Pages that are shown to people are painted with the system's.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

import pypdfium2 as pdfium
import pypdfium2.raw as fpdf

from pipelines.parse.read.stand_in import stand_in

_STAND_IN: Final = 1  # its handle: those of the system's fonts are addresses
_CHARSET: Final = 2  # its place among what is asked for: weight, slant, set of characters, pitch, name
_FAR_EASTERN: Final = {
    fpdf.FXFONT_SHIFTJIS_CHARSET, fpdf.FXFONT_HANGEUL_CHARSET, fpdf.FXFONT_GB2312_CHARSET,
    fpdf.FXFONT_CHINESEBIG5_CHARSET,
}  # fmt: skip
_ANY: Final = fpdf.FXFONT_DEFAULT_CHARSET


class _SystemFonts(pdfium.PdfSysfontBase):  # type: ignore[misc]  # pypdfium2 has no types
    """The system's fonts as pdfium finds them, for files that are not being read; for others a stand-in for
    those of the far east, without which pdfium leaves out single digits, and none for the rest.
    """

    reading = 0  # files

    def MapFont(self, _: Any, *asked: Any) -> Any:  # noqa: N802 - its name
        """The font of the system that comes near the one asked for, if there may be one."""
        if not self.reading:
            return self.default.MapFont(self.default, *asked)
        return _STAND_IN if asked[_CHARSET] in _FAR_EASTERN else None

    def GetFont(self, _: Any, face: Any) -> Any:  # noqa: N802
        """The font of the system of that name, if there may be one."""
        return None if self.reading else self.default.GetFont(self.default, face)

    def GetFontData(self, _: Any, font: Any, table: int, buffer: Any, size: int) -> int:  # noqa: N802
        """How many bytes a table of a font has, or its file; if there is room for them they are given."""
        if font != _STAND_IN:
            return int(self.default.GetFontData(self.default, font, table, buffer, size))
        content = b"" if table else stand_in()
        if content and size >= len(content):
            ctypes.memmove(buffer, content, len(content))
        return len(content)

    def GetFaceName(self, _: Any, font: Any, buffer: Any, size: int) -> int:  # noqa: N802
        """The name of a font, as :meth:`GetFontData` gives bytes; the stand-in has none."""
        return 0 if font == _STAND_IN else int(self.default.GetFaceName(self.default, font, buffer, size))

    def GetFontCharset(self, _: Any, font: Any) -> int:  # noqa: N802
        """The characters that a font is for."""
        return _ANY if font == _STAND_IN else int(self.default.GetFontCharset(self.default, font))

    def DeleteFont(self, _: Any, font: Any) -> None:  # noqa: N802
        """The font is needed no longer."""
        if font != _STAND_IN:
            self.default.DeleteFont(self.default, font)


@cache
def _system_fonts() -> _SystemFonts | None:
    """None on a system on which pdfium looks for fonts in another way."""
    try:
        fonts = _SystemFonts()
        fonts.setup()
    except pdfium.PdfiumError:
        return None
    return fonts


@contextmanager
def own_fonts_alone() -> Iterator[None]:
    """As long as this lasts, what a file does not bring along is not looked for."""
    fonts = _system_fonts()
    if fonts is None:
        yield
        return
    fonts.reading += 1
    try:
        yield
    finally:
        fonts.reading -= 1
