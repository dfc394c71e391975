"""How the letters of an XLS look: its fonts, the colours behind them, and strings of several fonts.

The numbers of records and their layouts are those of Microsoft's [MS-XLS].
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from pipelines.parse.read.looks import PAPER, Look
from pipelines.parse.read.sheet_marks import INDEXED, Font, Runs, font_look

FONT: Final = 0x0031
PALETTE: Final = 0x0092
XF: Final = 0x00E0
STRINGS: Final = 0x00FC
CONTINUE: Final = 0x003C

_STRUCK: Final = 0x08
_NO_FONT: Final = 4  # the number that no font has
_FIRST_OF_PALETTE: Final = 8
_SOLID: Final = 1
_WIDE, _EXTENDED, _RICH = 1, 4, 8

_Record = tuple[int, bytes]


@dataclass(slots=True)
class Fonts:
    """What the records that stand once for all sheets tell of letters."""

    fonts: list[Font] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    """By the number of a cell's format."""
    strings: dict[int, Runs] = field(default_factory=dict)
    """Number of a shared string → its pieces, for those that are in pieces."""


def fonts_of(records: Iterable[_Record]) -> Fonts:
    """The fonts of a workbook of the format BIFF8; raises struct.error and IndexError where it is broken."""
    found = Fonts()
    colours = dict(INDEXED)
    fonts: list[bytes] = []
    forms: list[bytes] = []
    strings: list[bytes] = []
    last = 0
    for kind, data in records:
        last = last if kind == CONTINUE else kind
        if kind == FONT:
            fonts.append(data)
        elif kind == PALETTE:
            colours |= {_FIRST_OF_PALETTE + n: data[at : at + 3].hex() for n, at in _palette(data)}
        elif kind == XF:
            forms.append(data)
        elif last == STRINGS:
            strings.append(data)
    found.fonts = [_font(data, colours) for data in fonts]
    found.looks = [_look(data, found.fonts, colours) for data in forms]
    found.strings = dict(_rich(strings, found.fonts))
    return found


def _palette(data: bytes) -> Iterator[tuple[int, int]]:
    return enumerate(range(2, len(data) - 3, 4))


def _font(data: bytes, colours: dict[int, str]) -> Font:
    height, flags, colour, _, script = struct.unpack_from("<5H", data)
    coding, width = ("utf-16-le", 2) if data[15] & _WIDE else ("latin-1", 1)
    return Font(
        struck=bool(flags & _STRUCK),
        raised=script == 1,
        lowered=script == 2,
        colour=colours.get(colour, f"icv={colour}"),
        size=height / 20,
        name=data[16 : 16 + data[14] * width].decode(coding, "replace"),
    )


def _look(form: bytes, fonts: Sequence[Font], colours: dict[int, str]) -> Look:
    """How the letters of cells of a format look."""
    (font,) = struct.unpack_from("<H", form)
    pattern = struct.unpack_from("<I", form, 14)[0] >> 26
    colour = struct.unpack_from("<H", form, 18)[0] & 0x7F
    behind = PAPER if not pattern else colours.get(colour, f"icv={colour}") if pattern == _SOLID else ""
    return font_look(_of_number(font, fonts), behind)


def _of_number(number: int, fonts: Sequence[Font]) -> Font:
    at = number - (number > _NO_FONT)
    return fonts[at] if at < len(fonts) else Font()


def _rich(parts: list[bytes], fonts: Sequence[Font]) -> Iterator[tuple[int, Runs]]:
    """The strings that are in pieces, with their numbers."""
    if not parts:
        return
    strings = _Strings(parts)
    _, count = struct.unpack("<II", strings.take(8))
    for number in range(count):
        text, runs = strings.string()
        if runs:
            told = [(start, _of_number(font, fonts)) for start, font in runs]
            edges = [(0, None), *told, (len(text), None)]
            yield number, [(text[start:end], font) for (start, font), (end, _) in pairwise(edges)]


class _Strings:
    """Reads the table of strings, that goes on over several records."""

    def __init__(self, parts: list[bytes]) -> None:
        self._parts = parts
        self._part = self._at = 0

    def string(self) -> tuple[str, list[tuple[int, int]]]:
        """The next string, and where in it which font begins."""
        length, flags = struct.unpack("<HB", self.take(3))
        runs = struct.unpack("<H", self.take(2))[0] if flags & _RICH else 0
        extended = struct.unpack("<I", self.take(4))[0] if flags & _EXTENDED else 0
        text = self._letters(length, flags)
        places = struct.unpack(f"<{2 * runs}H", self.take(4 * runs))
        self.take(extended)
        return text, list(zip(places[::2], places[1::2], strict=True))

    def take(self, count: int) -> bytes:
        """So many bytes, over the ends of records."""
        taken = b""
        while len(taken) < count:
            taken += self._some(count - len(taken))
        return taken

    def _some(self, most: int) -> bytes:
        if self._at >= len(self._parts[self._part]):
            self._part, self._at = self._part + 1, 0
        piece = self._parts[self._part][self._at : self._at + most]
        self._at += len(piece)
        return piece

    def _letters(self, count: int, flags: int) -> str:
        """So many letters; a record that goes on with them begins with how wide they are there."""
        text = ""
        while len(text) < count:
            if self._at >= len(self._parts[self._part]):
                flags = self._some(1)[0]
            coding, width = ("utf-16-le", 2) if flags & _WIDE else ("latin-1", 1)
            left = (len(self._parts[self._part]) - self._at) // width
            piece = self._some(min(count - len(text), left) * width)
            text += piece.decode(coding, "surrogatepass" if width == 2 else "strict")
            if not piece:
                raise IndexError("a string is cut off")
        return text
