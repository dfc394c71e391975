"""Text boxes of a DOC: their text lies behind that of the document, and they hang on a character of it.

After [MS-DOC], 2.8.24 (Plcfspa) and 2.8.32 (PlcftxbxTxt).
"""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

# places in the file information block: the counts of characters, and the lists of boxes and of anchors
_COUNTS, _BOXES, _ANCHORS = 0x4C, 0x25A, 0x1DA
# how many counts stand before that of the boxes: text, footnotes, headers, macros, notes, endnotes
_BEFORE: Final = 6
_BOX_BYTES, _ANCHOR_BYTES = 22, 26
_SHAPE_OF_BOX: Final = 14


class TextBox(NamedTuple):
    """Characters ``start`` to ``end`` of the document, that hang on the character ``anchor``."""

    anchor: int
    start: int
    end: int


def boxes(doc: bytes, table: bytes) -> list[TextBox]:
    """The text boxes of a document's body in the order of what they hang on; those on nothing first."""
    counts = struct.unpack_from(f"<{_BEFORE + 1}i", doc, _COUNTS)
    first, length = sum(counts[:_BEFORE]), counts[_BEFORE]
    if length <= 0 or min(counts) < 0:
        return []
    anchors = {
        struct.unpack_from("<i", entry)[0]: place
        for place, _, entry in _entries(doc, table, _ANCHORS, _ANCHOR_BYTES)
    }
    found = (
        TextBox(anchors.get(struct.unpack_from("<i", entry, _SHAPE_OF_BOX)[0], 0), first + start, first + end)
        for start, end, entry in _entries(doc, table, _BOXES, _BOX_BYTES)
        if 0 <= start < end <= length
    )
    return sorted(found)


def _entries(doc: bytes, table: bytes, place: int, size: int) -> list[tuple[int, int, bytes]]:
    """The entries of a PLC: from which character to which, and what it tells of them."""
    start, length = struct.unpack_from("<II", doc, place)
    if start + length > len(table) or length < 4:
        return []
    count = (length - 4) // (4 + size)
    ends = struct.unpack_from(f"<{count + 1}i", table, start)
    data = start + 4 * (count + 1)
    return [(ends[i], ends[i + 1], table[data + i * size : data + (i + 1) * size]) for i in range(count)]
