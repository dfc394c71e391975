"""The text of a DOC as its file keeps it: in pieces, each character and paragraph with its properties.

After [MS-DOC]. The text of a document that was saved quickly lies scattered over
the file and holds what was deleted: only the piece table and the revision marks
tell what a reader sees.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from pipelines.parse.read.fields import Fields
from pipelines.parse.read.looks import are_of_two_sizes, as_shown, behind_digit, sign
from pipelines.parse.read.msdoc_looks import CharacterStyles, Manner, sprms
from pipelines.parse.records import UNREAD, Unreadable

_PAGE: Final = 512
# places in the file information block
_CHPX, _PAPX, _CLX = 0xFA, 0x102, 0x1A2
# single property modifiers
_IN_TABLE, _ROW_END, _DEPTH, _TABLE_DEF, _HUGE = 0x2416, 0x2417, 0x6649, 0xD608, (0x6645, 0x6646)
_V_MERGE, _LIST, _FRAMED, _SYMBOL = 0xD62B, 0x460B, (0x8418, 0x8419), 0x6A09
_INNER_CELL, _INNER_ROW_END = 0x244B, 0x244C
_MOST_LISTS: Final = 0x7FE
# what the short form of a piece's properties names, by its number: deleted, struck, hidden, raised
_SHORT: Final = {0x41: 0x0800, 0x57: 0x0837, 0x5C: 0x083C, 0x68: 0x2A48}
_SHOWN_AS: Final = {"\x0b": "\n", "\x0e": "\n", "\x1e": "-", "\xa0": " ", "\x0c": "\n"}
_NOT_SHOWN: Final = frozenset("\x00\x02\x03\x04\x05\x06\x08\x1f")

_Digit = tuple[Manner, bool]  # how it looks, and whether it is of a field


class _Piece(NamedTuple):
    """Characters ``start`` to ``end`` of the text, at ``offset`` of the stream, one byte each or two;
    properties of theirs that were changed when the document was saved quickly.
    """

    start: int
    end: int
    offset: int
    width: int
    grpprl: bytes


class _Runs:
    """Properties by place in the stream, from the pages of a PLC (PlcBteChpx, PlcBtePapx)."""

    def __init__(self, doc: bytes, table: bytes, fib_offset: int, entry_bytes: int) -> None:
        start, size = struct.unpack_from("<II", doc, fib_offset)
        self.ends: list[int] = []
        self.grpprls: list[bytes] = []
        count = max(0, (size - 4) // 8)
        if start + size > len(table):
            raise Unreadable("corrupted", "DOC 的属性表不完整 / the tables of properties are cut off")
        for page in struct.unpack_from(f"<{count}I", table, start + 4 * (count + 1)):
            self._add_page(doc[(page & 0x3FFFFF) * _PAGE : ((page & 0x3FFFFF) + 1) * _PAGE], entry_bytes)

    def _add_page(self, page: bytes, entry_bytes: int) -> None:
        if len(page) < _PAGE:
            return
        runs = page[_PAGE - 1]
        for i, end in enumerate(struct.unpack_from(f"<{runs}I", page, 4)):
            offset = 2 * page[4 * (runs + 1) + i * entry_bytes]
            self.ends.append(end)
            self.grpprls.append(self._entry(page, offset, entry_bytes) if offset else b"")

    @staticmethod
    def _entry(page: bytes, offset: int, entry_bytes: int) -> bytes:
        size = page[offset]
        if entry_bytes == 1:  # character properties: a count of bytes
            return page[offset + 1 : offset + 1 + size]
        if size:  # paragraph properties: a count of words, less one byte
            return page[offset + 1 : offset + 2 * size]
        return page[offset + 2 : offset + 2 + 2 * page[offset + 1]]

    def at(self, offset: int) -> bytes:
        """The properties that hold at a byte of the stream."""
        i = bisect_right(self.ends, offset)
        return self.grpprls[i] if i < len(self.grpprls) else b""


@dataclass(slots=True)
class Properties:
    """Of a paragraph: style, table depth, whether it ends a row, and the row's definition."""

    style: int = 0
    in_table: bool = False
    row_end: bool = False
    inner_cell: bool = False
    inner_row_end: bool = False
    depth: int = 0
    listed: bool = False
    framed: bool = False
    borders: tuple[int, ...] = ()
    merges: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """The stream with the text, where its characters stand, and what holds for them."""

    doc: bytes
    data: bytes
    pieces: list[_Piece]
    of_paragraphs: _Runs
    of_characters: _Runs
    styles: CharacterStyles

    @classmethod
    def of(cls, doc: bytes, table: bytes, data: bytes) -> Text:
        """Of the streams WordDocument, Data and the one of tables that holds."""
        return cls(
            doc,
            data,
            list(_pieces(doc, table)),
            _Runs(doc, table, _PAPX, 13),
            _Runs(doc, table, _CHPX, 1),
            CharacterStyles(doc, table),
        )

    def paragraphs(self, first: int, last: int) -> Iterator[tuple[str, int, int]]:
        """Each paragraph between two characters of the document.

        Its visible text with its end mark, the place of that mark in the stream and in the document.
        """
        text: list[str] = []
        fields = Fields()
        before: _Digit | None = None  # with which the text so far ends
        for char, at, number, piece in self._characters(first, last):
            if char == "\x13":
                fields.begin()
            elif char == "\x14":
                fields.separate()
            elif char == "\x15":
                text.append(fields.end())
            elif char in "\r\x07":
                yield "".join(text) + char, at, number
                text, before = [], None
            elif char not in _NOT_SHOWN:
                manner = self._manner(at, piece)
                here = manner, fields.are_open
                looks = _shown(char, self.of_characters.at(at), manner)
                shown = fields.seen(_set_apart(looks, here, before))
                if not shown:
                    fields.instruct(char)
                else:
                    before = here if shown[-1].isdigit() else None
                text.append(shown)
        if text:
            yield "".join(text) + "\r", self.pieces[-1].offset, last

    def _characters(self, first: int, last: int) -> Iterator[tuple[str, int, int, _Piece]]:
        """Each with its place in the stream, its place in the document, and the piece it is of."""
        for piece in self.pieces:
            number, end = max(piece.start, first), min(piece.end, last)
            if number >= end:
                continue
            at = piece.offset + (number - piece.start) * piece.width
            raw = self.doc[at : at + (end - number) * piece.width]
            for char in raw.decode("cp1252" if piece.width == 1 else "utf-16-le", "replace"):
                yield char, at, number, piece
                units = 1 + (char > "\uffff")
                at, number = at + units * piece.width, number + units

    def properties(self, at: int) -> Properties:
        """Those of the paragraph of which the end mark stands at a place of the stream."""
        return _properties(self.of_paragraphs.at(at), self.data)

    def _manner(self, at: int, piece: _Piece) -> Manner:
        """How the character at a place of the stream looks."""
        paragraph = self.of_paragraphs.at(at)
        style = struct.unpack_from("<H", paragraph)[0] if len(paragraph) >= 2 else 0
        return self.styles.manner(self.of_characters.at(at) + piece.grpprl, style)


def _pieces(doc: bytes, table: bytes) -> Iterator[_Piece]:
    start, size = struct.unpack_from("<II", doc, _CLX)
    clx = table[start : start + size]
    at = 0
    lists: list[bytes] = []
    while at < len(clx) and clx[at] == 1:  # property lists of pieces
        (length,) = struct.unpack_from("<H", clx, at + 1)
        lists.append(clx[at + 3 : at + 3 + length])
        at += 3 + length
    if at >= len(clx) or clx[at] != 2:
        raise Unreadable("corrupted", "DOC 缺少文字的位置表，请另存为 DOCX / no piece table: save it as DOCX")
    (length,) = struct.unpack_from("<I", clx, at + 1)
    plc = clx[at + 5 : at + 5 + length]
    count = (length - 4) // 12
    places = struct.unpack_from(f"<{count + 1}I", plc, 0)
    for i in range(count):
        fc, changed = struct.unpack_from("<IH", plc, 4 * (count + 1) + 8 * i + 2)
        compressed = bool(fc & 0x40000000)
        offset = (fc & 0x3FFFFFFF) // 2 if compressed else fc & 0x3FFFFFFF
        yield _Piece(places[i], places[i + 1], offset, 1 if compressed else 2, _changes(changed, lists))


def _changes(changed: int, lists: Sequence[bytes]) -> bytes:
    """The properties of a piece (Prm): one of a byte, or the number of a list."""
    if changed & 1:
        return lists[changed >> 1] if changed >> 1 < len(lists) else b""
    op = _SHORT.get(changed >> 1 & 0x7F)
    return struct.pack("<HB", op, changed >> 8) if op else b""


def _shown(char: str, grpprl: bytes, manner: Manner) -> str:
    """A character as it looks; one of a font of signs stands for the sign that its properties name."""
    if char == "(" and any(op == _SYMBOL for op, _ in sprms(grpprl)):
        return UNREAD
    if "\uf000" <= char <= "\uf0ff":
        char = sign(ord(char), "")
    return as_shown(_SHOWN_AS.get(char, char), manner.look)


def _set_apart(shown: str, here: _Digit, before: _Digit | None) -> str:
    """A digit that may be of another figure than the one before it; a field may be the mark of a note."""
    if before is None or not shown.isdecimal():
        return shown
    (manner, of_field), (last, last_of_field) = here, before
    if manner.position != last.position or are_of_two_sizes(manner.size, last.size):
        return behind_digit(shown, manner.size <= last.size)
    return shown if of_field == last_of_field else UNREAD + shown


def _properties(entry: bytes, data: bytes) -> Properties:
    found = Properties(style=struct.unpack_from("<H", entry, 0)[0] if len(entry) >= 2 else 0)
    _apply(found, entry[2:], data)
    if found.in_table:
        found.depth = max(found.depth, 1)
    return found


def _apply(found: Properties, grpprl: bytes, data: bytes) -> None:
    for op, operand in sprms(grpprl):
        if op == _IN_TABLE:
            found.in_table = operand[:1] == b"\x01"
        elif op == _ROW_END:
            found.row_end = operand[:1] == b"\x01"
        elif op == _INNER_CELL:
            found.inner_cell = operand[:1] == b"\x01"
        elif op == _INNER_ROW_END:
            found.inner_row_end = operand[:1] == b"\x01"
        elif op == _DEPTH:
            found.depth = struct.unpack("<i", operand)[0]
        elif op == _LIST:
            found.listed = 0 < struct.unpack("<H", operand)[0] <= _MOST_LISTS
        elif op in _FRAMED:
            found.framed = any(operand)
        elif op == _TABLE_DEF:
            found.borders, found.merges = _definition(operand)
        elif op == _V_MERGE and len(operand) >= 2 and operand[0] < len(found.merges):
            merges = list(found.merges)
            merges[operand[0]] = merges[operand[0]] & ~0x60 | operand[1] << 5 & 0x60
            found.merges = tuple(merges)
        elif op in _HUGE:  # a list too long for its page lies in the stream Data
            (offset,) = struct.unpack("<I", operand)
            if offset + 2 <= len(data):
                (size,) = struct.unpack_from("<H", data, offset)
                _apply(found, data[offset + 2 : offset + 2 + size], b"")


def _definition(operand: bytes) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The borders of a row's cells in twips, and how each cell is merged (TDefTableOperand)."""
    count = operand[0] if operand else 0
    borders = struct.unpack_from(f"<{count + 1}h", operand, 1)
    at = 1 + 2 * (count + 1)
    merges = [
        struct.unpack_from("<H", operand, at + 20 * i)[0]
        for i in range(count)
        if at + 20 * i + 2 <= len(operand)
    ]
    return borders, (*merges, *[0] * (count - len(merges)))
