"""Fonts of the system that stand in for those that a PDF names but does not bring along, loaded once.

pdfium forgets such a font with the last file that is set in it, and a Chinese one has tens of megabytes: to
load it takes longer than to read a page. So a file that is read stays open until the next one is. What is
loaded is found again by the font's name, but not where a file holds several fonts: that is read anew each
time, to be looked up by its bytes. pdfium takes the first of them; handed on as a file of that one, it is
found by its name as all others are.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

import pypdfium2 as pdfium

# the tables by which pdfium asks for a file of several fonts, and for one of a single font
_COLLECTION: Final = int.from_bytes(b"ttcf", "big")
_WHOLE: Final = 0
# a larger file is not held on to
_MOST_BYTES: Final = 1 << 20

_before: list[pdfium.PdfDocument] = []


class _SystemFonts(pdfium.PdfSysfontBase):  # type: ignore[misc]  # pypdfium2 has no types
    """The system's fonts as pdfium finds them, each in a file of its own."""

    def GetFontData(self, _: Any, font: Any, table: int, buffer: Any, size: int) -> int:  # noqa: N802 - its name
        """Copies a table of a font into a buffer that is large enough; returns its length, 0 without it."""
        if table == _COLLECTION:
            return 0
        ask = self.default.GetFontData
        found: int = ask(self.default, font, table, buffer, size)
        if table == _WHOLE and not found:
            found = ask(self.default, font, _COLLECTION, buffer, size)
        return found


@cache
def _set_up() -> None:
    try:
        _SystemFonts().setup()
    except pdfium.PdfiumError:  # a system on which pdfium looks for fonts in another way
        return


@contextmanager
def loaded_once(pdf: pdfium.PdfDocument, content: bytes) -> Iterator[None]:
    """A PDF while it is read; then it stays open in the place of the one before, unless it is large."""
    _set_up()
    try:
        yield
    finally:
        while _before:
            _before.pop().close()
        if len(content) <= _MOST_BYTES:
            _before.append(pdf)
        else:
            pdf.close()
