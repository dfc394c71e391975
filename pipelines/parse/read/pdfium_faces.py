"""While a PDF is read, no font of the system stands in for one that it names but does not bring along.

What is read would otherwise differ from machine to machine. And of a Chinese font, which has tens of
megabytes, pdfium would load the outlines of all characters of a page only to learn how high each is; without
it the measures that the file states say that. Pages that are shown to people are painted with stand-ins.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pypdfium2 as pdfium


class _SystemFonts(pdfium.PdfSysfontBase):  # type: ignore[misc]  # pypdfium2 has no types
    """The system's fonts as pdfium finds them, for files that are not being read."""

    reading = 0  # files

    def MapFont(self, _: Any, *asked: Any) -> Any:  # noqa: N802 - its name
        """The font of the system that comes near the one asked for, if there may be one."""
        return None if self.reading else self.default.MapFont(self.default, *asked)


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
