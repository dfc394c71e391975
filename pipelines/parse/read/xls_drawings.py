"""Over which cells of an XLS sheet a figure may float: in a text box, or on a picture.

The numbers of records and their layouts are those of Microsoft's [MS-XLS] and [MS-ODRAW].
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from typing import Final

from pipelines.parse.read.sheet_drawings import cells_within
from pipelines.parse.read.xls_fonts import CONTINUE

_DRAWING: Final = 0x00EC
_OBJECT: Final = 0x005D
_TEXT: Final = 0x01B6
_ANCHOR: Final = b"\0\0\x10\xf0\x12\0\0\0"  # the head of the place of a shape among the cells
_PLACES: Final = struct.Struct("<9H")
_KIND_ENDS: Final = 6  # bytes of an object that tell its kind
_PICTURE: Final = 0x08
_NOTE: Final = 0x19  # of a cell; it is not seen before somebody points at it
_WIDE: Final = 1


def floated_over(records: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, int]]:
    """The cells, by 0-based row and column, over which a sheet of these records has such a thing."""
    below: tuple[tuple[int, int], ...] = ()
    kind = last = 0
    for number, data in records:
        if number == _DRAWING and _ANCHOR in data:
            below = tuple(_below(data))
        elif number == _OBJECT and len(data) >= _KIND_ENDS:
            (kind,) = struct.unpack_from("<H", data, 4)
        shows_text = number == CONTINUE and last == _TEXT and kind != _NOTE and _has_digit(data)
        if shows_text or (number == _OBJECT and kind == _PICTURE):
            yield from below
        last = number


def _below(drawing: bytes) -> Iterator[tuple[int, int]]:
    """The cells over which the shape stands that a piece of a drawing describes last."""
    _, head, anchor = drawing.rpartition(_ANCHOR)
    if head and len(anchor) >= _PLACES.size:
        _, left, _, top, _, right, across, bottom, down = _PLACES.unpack_from(anchor)
        yield from cells_within(range(top, bottom + (down > 0)), range(left, right + (across > 0)))


def _has_digit(text: bytes) -> bool:
    coding = "utf-16-le" if text[:1] and text[0] & _WIDE else "latin-1"
    return any(c.isdigit() for c in text[1:].decode(coding, "replace"))
