"""A font whose characters are plain boxes: it says how high one is that a PDF's own font does not tell."""

from __future__ import annotations

import struct
from functools import cache
from typing import Final

_EM: Final = 1000
_VERSION: Final = 0x10000  # of the file and its tables, 1.0
# left, bottom, right and top of the boxes, in thousandths of the font's size: narrow characters, wide ones
_NARROW: Final = (30, 0, 470, 730)
_WIDE: Final = (40, -90, 960, 830)
# first and last character and the number of their glyph; the first is of those that it lacks, as if blank
_BLANK, _HALF, _FULL = 1, 2, 3
_CHARACTERS: Final = (
    (0x20, 0x20, _BLANK), (0x21, 0x7E, _HALF), (0xA0, 0xA0, _BLANK), (0xA1, 0x1FFF, _HALF),
    (0x2010, 0x2FFF, _FULL), (0x3000, 0x3000, _BLANK), (0x3001, 0x10FFFF, _FULL),
)  # fmt: skip


@cache
def stand_in() -> bytes:
    """The font, a TrueType file."""
    glyphs = [b"", b"", _box(_NARROW), _box(_WIDE)]
    starts = [0]
    for glyph in glyphs:
        starts.append(starts[-1] + len(glyph))
    edges = (_NARROW[0], *_WIDE[1:])
    widths = (_EM, _EM // 2, _EM // 2, _EM)
    tables = {
        b"cmap": _cmap(),
        b"glyf": b"".join(glyphs),
        b"head": struct.pack(
            ">4IHH2q4h2H3h", _VERSION, _VERSION, 0, 0x5F0F3CF5, 3, _EM, 0, 0, *edges, 0, 8, 2, 1, 0
        ),
        b"hhea": struct.pack(">I3hH3h8hH", _VERSION, 880, -120, 0, _EM, 0, 0, _EM, 1, *[0] * 7, len(glyphs)),
        b"hmtx": b"".join(struct.pack(">Hh", width, 0) for width in widths),
        b"loca": struct.pack(f">{len(starts)}I", *starts),
        b"maxp": struct.pack(">I14H", _VERSION, len(glyphs), 4, 1, 0, 0, 1, *[0] * 8),
    }
    return _file(tables)


def _box(box: tuple[int, int, int, int]) -> bytes:
    """A glyph of four corners."""
    left, bottom, right, top = box
    xs, ys = (left, 0, right - left, 0), (bottom, top - bottom, 0, bottom - top)
    outline = struct.pack(">HH4B8h", 3, 0, *[1] * 4, *xs, *ys)
    return struct.pack(">5h", 1, *box) + outline + b"\0" * (-(10 + len(outline)) % 4)


def _cmap() -> bytes:
    """Many characters to a glyph (format 13)."""
    groups = b"".join(struct.pack(">3I", *group) for group in _CHARACTERS)
    inner = struct.pack(">HHIII", 13, 0, 16 + len(groups), 0, len(_CHARACTERS)) + groups
    return struct.pack(">HHHHI", 0, 1, 3, 10, 12) + inner


def _file(tables: dict[bytes, bytes]) -> bytes:
    count = len(tables)
    power = count.bit_length() - 1
    head = struct.pack(">I4H", _VERSION, count, 16 << power, power, 16 * count - (16 << power))
    at, entries, body = 12 + 16 * count, b"", b""
    for tag, content in tables.items():
        entries += struct.pack(">4s3I", tag, 0, at + len(body), len(content))
        body += content + b"\0" * (-len(content) % 4)
    return head + entries + body
