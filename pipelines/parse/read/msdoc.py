"""DOC and WPS, Word's binary format: text by its piece table, tables by the definitions of their rows.

After [MS-DOC]. The text of a document that was saved quickly lies scattered over
the file and holds what was deleted: only the piece table and the revision marks
tell what a reader sees.
"""

from __future__ import annotations

import io
import struct
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import olefile  # type: ignore[import-untyped]

from pipelines.parse.glyphs import repair_glyphs
from pipelines.parse.read.fields import Fields
from pipelines.parse.read.gates import MAX_OTHER_BYTES, gate_size
from pipelines.parse.read.looks import are_of_two_sizes, as_shown, behind_digit, sign
from pipelines.parse.read.msdoc_boxes import TextBox, boxes
from pipelines.parse.read.msdoc_looks import CharacterStyles, Manner, sprms
from pipelines.parse.read.rows import fold
from pipelines.parse.read.sniff import DOC
from pipelines.parse.read.word_tables import TwipCell, table_block, with_doubted_blanks
from pipelines.parse.records import UNREAD, Block, Paragraph, Place, Reading, Unreadable
from pipelines.parse.vocabulary import is_figure

_MAGIC: Final = 0xA5EC
_WORD97: Final = 0x00C1
_PAGE: Final = 512
_MAX_CHARS: Final = 5_000_000
# places in the file information block
_FLAGS, _CCP_TEXT, _CHPX, _PAPX, _CLX = 0x0A, 0x4C, 0xFA, 0x102, 0x1A2
# single property modifiers
_IN_TABLE, _ROW_END, _DEPTH, _TABLE_DEF, _HUGE = 0x2416, 0x2417, 0x6649, 0xD608, (0x6645, 0x6646)
_V_MERGE, _LIST, _FRAMED, _SYMBOL = 0xD62B, 0x460B, (0x8418, 0x8419), 0x6A09
_INNER_CELL, _INNER_ROW_END = 0x244B, 0x244C
_MOST_LISTS: Final = 0x7FE
# what the short form of a piece's properties names, by its number: deleted, struck, hidden, raised
_SHORT: Final = {0x41: 0x0800, 0x57: 0x0837, 0x5C: 0x083C, 0x68: 0x2A48}
_PICTURE: Final = "\x01"
_SHOWN_AS: Final = {"\x0b": "\n", "\x0e": "\n", "\x1e": "-", "\xa0": " ", "\x0c": "\n"}
_NOT_SHOWN: Final = frozenset("\x00\x02\x03\x04\x05\x06\x08\x1f")


class _Piece(NamedTuple):
    """Characters ``start`` to ``end`` of the text, at ``offset`` of the stream, one byte each or two;
    properties of theirs that were changed when the document was saved quickly.
    """

    start: int
    end: int
    offset: int
    width: int
    grpprl: bytes


@dataclass(slots=True)
class _Properties:
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


@dataclass(frozen=True, slots=True)
class _Source:
    """The stream with the text, where its characters stand, and what holds for them."""

    doc: bytes
    pieces: list[_Piece]
    paragraphs: _Runs
    characters: _Runs
    styles: CharacterStyles

    def manner(self, at: int, piece: _Piece) -> Manner:
        """How the character at a place of the stream looks."""
        paragraph = self.paragraphs.at(at)
        style = struct.unpack_from("<H", paragraph)[0] if len(paragraph) >= 2 else 0
        return self.styles.manner(self.characters.at(at) + piece.grpprl, style)


_Rows = list[list[TwipCell]]


@dataclass(slots=True)
class _Table:
    """The rows of a table that is being read, and what of the row before their end."""

    rows: _Rows = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    text: str = ""

    def add(self, text: str, ends_cell: bool, row: _Properties | None) -> None:
        """Take in a paragraph, which may end a cell, or be the end of a ``row``."""
        if row:
            self.rows.append(_row(self.cells, row))
            self.cells, self.text = [], ""
        elif ends_cell:
            self.cells.append(_cell(self.text + text))
            self.text = ""
        else:
            self.text += text + "\n"


@dataclass(slots=True)
class _Walk:
    blocks: list[Block] = field(default_factory=list)
    table: _Table = field(default_factory=_Table)
    inner: _Table = field(default_factory=_Table)  # in a cell of that table
    parts: list[str | _Rows] = field(default_factory=list)  # the texts and the inner tables of that table
    n_tables: int = 0
    loose: bool = False  # a figure stands alone in a box or a frame: it may stand over a table


def read_doc(content: bytes) -> Reading:
    """Read a DOC or WPS; raises :class:`Unreadable` encrypted, corrupted, unsupported, empty."""
    gate_size(content, MAX_OTHER_BYTES, "DOC")
    try:
        with olefile.OleFileIO(io.BytesIO(content)) as ole:
            streams = {name: _stream(ole, name) for name in ("WordDocument", "0Table", "1Table", "Data")}
            meta = _meta(ole)
        blocks = _blocks(streams)
    except (OSError, struct.error, IndexError, UnicodeDecodeError) as error:
        raise Unreadable(
            "corrupted", f"DOC 已损坏，请另存为 DOCX / damaged: save it as DOCX: {error}"
        ) from error
    if not blocks:
        raise Unreadable("empty", "文档没有文字 / no text in the document")
    return Reading("markup", DOC, tuple(blocks), meta=meta)


def _stream(ole: Any, name: str) -> bytes:
    return bytes(ole.openstream(name).read()) if ole.exists(name) else b""


def _meta(ole: Any) -> dict[str, str]:
    found = ole.get_metadata()
    codepage = "utf-8" if found.codepage in (65001, None) else f"cp{found.codepage % 0x10000}"
    meta = {}
    for name in ("title", "author"):
        value = getattr(found, name)
        if isinstance(value, bytes) and value.strip(b"\x00 "):
            try:
                meta[name] = value.rstrip(b"\x00").decode(codepage)
            except (LookupError, UnicodeDecodeError):
                continue
    return meta


def _blocks(streams: dict[str, bytes]) -> list[Block]:
    doc = streams["WordDocument"]
    magic, version = struct.unpack_from("<HH", doc, 0)
    if magic != _MAGIC or version < _WORD97:
        raise Unreadable(
            "unsupported", "Word 97 之前的格式，请另存为 DOCX / older than Word 97: save it as DOCX"
        )
    (flags,) = struct.unpack_from("<H", doc, _FLAGS)
    if flags & 0x0100:
        raise Unreadable(
            "encrypted", "文档有密码，请先解密 / the document needs a password: decrypt it first"
        )
    table = streams["1Table" if flags & 0x0200 else "0Table"]
    (count,) = struct.unpack_from("<i", doc, _CCP_TEXT)
    if not 0 <= count <= _MAX_CHARS:
        raise Unreadable("too_large", f"文档声称有 {count} 字 / declares {count} characters")
    source = _Source(
        doc,
        list(_pieces(doc, table)),
        _Runs(doc, table, _PAPX, 13),
        _Runs(doc, table, _CHPX, 1),
        CharacterStyles(doc, table),
    )
    walk = _walked(source, count, boxes(doc, table), streams["Data"])
    return [with_doubted_blanks(block) for block in walk.blocks] if walk.loose else walk.blocks


def _walked(source: _Source, count: int, hanging: Sequence[TextBox], data: bytes) -> _Walk:
    """The text of ``count`` characters; text boxes stand behind the paragraph or table that they hang on."""
    walk = _Walk()
    waiting: list[TextBox] = []
    left = list(hanging)
    for text, end, last in _paragraphs(source, 0, count):
        found = _properties(source.paragraphs.at(end), data)
        if waiting and not found.in_table:  # the table that they hang on is at its end
            waiting = _add_boxes(walk, source, waiting, data)
        here, left = [box for box in left if box.anchor <= last], [box for box in left if box.anchor > last]
        # nobody knows where a figure stands that floats over the table
        floating = found.in_table and any(_has_digit(source, box) for box in here)
        _add(walk, text[:-1] + UNREAD + text[-1] if floating else text, found)
        waiting += here if found.in_table else _add_boxes(walk, source, here, data)
    _add_boxes(walk, source, [*waiting, *left], data)
    return walk


def _add_boxes(walk: _Walk, source: _Source, found: Iterable[TextBox], data: bytes) -> list[TextBox]:
    """Take in what text boxes hold; those that are left, none."""
    _close_table(walk)
    for box in found:
        for text, end, _ in _paragraphs(source, box.start, box.end):
            walk.loose |= is_figure(text.strip("\r\x07"))
            _add(walk, text, _properties(source.paragraphs.at(end), data))
        _close_table(walk)
    return []


def _has_digit(source: _Source, box: TextBox) -> bool:
    return any(c.isdigit() for text, _, _ in _paragraphs(source, box.start, box.end) for c in text)


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


def _paragraphs(source: _Source, first: int, last: int) -> Iterator[tuple[str, int, int]]:
    """Each paragraph between two characters of the document.

    Its visible text with its end mark, the place of that mark in the stream and in the document.
    """
    text: list[str] = []
    fields = Fields()
    before: tuple[Manner, bool] | None = None  # of the digit with which the text so far ends; if of a field
    at = number = 0
    for piece in source.pieces:
        number, end = max(piece.start, first), min(piece.end, last)
        if number >= end:
            continue
        at = piece.offset + (number - piece.start) * piece.width
        raw = source.doc[at : at + (end - number) * piece.width]
        for char in raw.decode("cp1252" if piece.width == 1 else "utf-16-le", "replace"):
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
                here = source.manner(at, piece), fields.are_open
                shown = fields.seen(_set_apart(_shown(char, source.characters.at(at), here[0]), here, before))
                if not shown:
                    fields.instruct(char)
                else:
                    before = here if shown[-1].isdigit() else None
                text.append(shown)
            units = 1 + (char > "\uffff")
            at, number = at + units * piece.width, number + units
    if text:
        yield "".join(text) + "\r", source.pieces[-1].offset, last


def _shown(char: str, grpprl: bytes, manner: Manner) -> str:
    """A character as it looks; one of a font of signs stands for the sign that its properties name."""
    if char == "(" and any(op == _SYMBOL for op, _ in sprms(grpprl)):
        return UNREAD
    if "\uf000" <= char <= "\uf0ff":
        char = sign(ord(char), "")
    return as_shown(_SHOWN_AS.get(char, char), manner.look)


def _set_apart(shown: str, here: tuple[Manner, bool], before: tuple[Manner, bool] | None) -> str:
    """A digit that may be of another figure than the one before it; a field may be the mark of a note."""
    if before is None or not shown.isdecimal():
        return shown
    (manner, of_field), (last, last_of_field) = here, before
    if manner.position != last.position or are_of_two_sizes(manner.size, last.size):
        return behind_digit(shown, manner.size <= last.size)
    return shown if of_field == last_of_field else UNREAD + shown


def _properties(entry: bytes, data: bytes) -> _Properties:
    found = _Properties(style=struct.unpack_from("<H", entry, 0)[0] if len(entry) >= 2 else 0)
    _apply(found, entry[2:], data)
    if found.in_table:
        found.depth = max(found.depth, 1)
    return found


def _apply(found: _Properties, grpprl: bytes, data: bytes) -> None:
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


def _add(walk: _Walk, text: str, found: _Properties) -> None:
    """Take in a paragraph: of the text, of a cell, or the end of a row."""
    body, mark = text[:-1], text[-1]
    if not found.in_table:
        _close_table(walk)
        body = body.replace(_PICTURE, "")
        walk.loose |= found.framed and is_figure(body)
        _add_lines(walk, body, found.style if 1 <= found.style <= 6 else 0)
        return
    text = _doubted(body, found)
    if found.depth > 1:
        walk.inner.add(text, found.inner_cell, found if found.inner_row_end else None)
    else:
        _close_inner(walk)
        walk.parts.append(text)
    walk.table.add(
        text, mark == "\x07" and found.depth == 1, found if found.row_end and found.depth == 1 else None
    )


def _doubted(body: str, found: _Properties) -> str:
    """A paragraph of a cell; the number of a list before a figure, or alone, may pass for a figure."""
    alone = not body.strip() or body.lstrip()[0].isdigit()
    return UNREAD + body if found.listed and alone else body


def _cell(text: str) -> str:
    """The text of a cell; what a picture alone shows is not known."""
    plain = text.replace(_PICTURE, "")
    return UNREAD if plain != text and not plain.strip() else plain


def _row(texts: list[str], found: _Properties) -> list[TwipCell]:
    borders = (
        found.borders if len(found.borders) > len(texts) else tuple(range(0, 1000 * len(texts) + 1, 1000))
    )
    merges = found.merges if len(found.merges) >= len(texts) else (0,) * len(texts)
    return [
        TwipCell(
            text,
            borders[n],
            max(borders[n + 1], borders[n] + 1),
            continues_above=merges[n] & 0x60 == 0x20,
            continues_before=merges[n] & 0x3 == 0x2,
        )
        for n, text in enumerate(texts)
    ]


def _close_inner(walk: _Walk) -> None:
    if walk.inner.rows:
        walk.parts.append(walk.inner.rows)
    walk.inner = _Table()


def _close_table(walk: _Walk) -> None:
    _close_inner(walk)
    rows, parts = walk.table.rows, walk.parts
    walk.table, walk.parts = _Table(), []
    n_cells = sum(map(len, rows))
    if any(not isinstance(part, str) and sum(map(len, part)) > n_cells for part in parts):
        for part in parts:  # a report set in a table
            _add_lines(walk, part) if isinstance(part, str) else _add_table(walk, part)
    elif rows:
        _add_table(walk, rows)


def _add_table(walk: _Walk, rows: _Rows) -> None:
    walk.blocks += table_block(rows, walk.n_tables)
    walk.n_tables += 1


def _add_lines(walk: _Walk, text: str, level: int = 0) -> None:
    for line in filter(None, (fold(line) for line in text.split("\n"))):
        walk.blocks.append(Paragraph(repair_glyphs(line), Place(block=len(walk.blocks)), level))
