"""DOC and WPS, Word's binary format: paragraphs to blocks, tables by the definitions of their rows."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import olefile  # type: ignore[import-untyped]

from pipelines.parse.read.gates import MAX_OTHER_BYTES, NO_TEXT, gate_size
from pipelines.parse.read.msdoc_boxes import TextBox, boxes
from pipelines.parse.read.msdoc_text import Properties, Text
from pipelines.parse.read.paragraphs import add_lines
from pipelines.parse.read.sniff import DOC
from pipelines.parse.read.word_tables import TwipCell, table_block, with_doubted_blanks
from pipelines.parse.records import UNREAD, Block, Reading, Unreadable
from pipelines.parse.vocabulary import is_figure

_MAGIC: Final = 0xA5EC
_WORD97: Final = 0x00C1
_MAX_CHARS: Final = 5_000_000
# places in the file information block
_FLAGS, _CCP_TEXT = 0x0A, 0x4C
_PICTURE: Final = "\x01"
_Rows = list[list[TwipCell]]


@dataclass(slots=True)
class _Table:
    """The rows of a table that is being read, and what of the row before their end."""

    rows: _Rows = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    text: str = ""

    def add(self, text: str, ends_cell: bool, row: Properties | None) -> None:
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
        raise Unreadable("empty", NO_TEXT)
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
    walk = _walked(Text.of(doc, table, streams["Data"]), count, boxes(doc, table))
    return [with_doubted_blanks(block) for block in walk.blocks] if walk.loose else walk.blocks


def _walked(source: Text, count: int, hanging: Sequence[TextBox]) -> _Walk:
    """The text of ``count`` characters; text boxes stand behind the paragraph or table that they hang on."""
    walk = _Walk()
    waiting: list[TextBox] = []
    left = list(hanging)
    for text, end, last in source.paragraphs(0, count):
        found = source.properties(end)
        if waiting and not found.in_table:  # the table that they hang on is at its end
            waiting = _add_boxes(walk, source, waiting)
        here, left = [box for box in left if box.anchor <= last], [box for box in left if box.anchor > last]
        # nobody knows where a figure stands that floats over the table
        floating = found.in_table and any(_has_digit(source, box) for box in here)
        _add(walk, text[:-1] + UNREAD + text[-1] if floating else text, found)
        waiting += here if found.in_table else _add_boxes(walk, source, here)
    _add_boxes(walk, source, [*waiting, *left])
    return walk


def _add_boxes(walk: _Walk, source: Text, found: Iterable[TextBox]) -> list[TextBox]:
    """Take in what text boxes hold; those that are left, none."""
    _close_table(walk)
    for box in found:
        for text, end, _ in source.paragraphs(box.start, box.end):
            walk.loose |= is_figure(text.strip("\r\x07"))
            _add(walk, text, source.properties(end))
        _close_table(walk)
    return []


def _has_digit(source: Text, box: TextBox) -> bool:
    return any(c.isdigit() for text, _, _ in source.paragraphs(box.start, box.end) for c in text)


def _add(walk: _Walk, text: str, found: Properties) -> None:
    """Take in a paragraph: of the text, of a cell, or the end of a row."""
    body, mark = text[:-1], text[-1]
    if not found.in_table:
        _close_table(walk)
        body = body.replace(_PICTURE, "")
        walk.loose |= found.framed and is_figure(body)
        add_lines(body.split("\n"), walk.blocks, found.style if 1 <= found.style <= 6 else 0)
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


def _doubted(body: str, found: Properties) -> str:
    """A paragraph of a cell; the number of a list before a figure, or alone, may pass for a figure."""
    alone = not body.strip() or body.lstrip()[0].isdigit()
    return UNREAD + body if found.listed and alone else body


def _cell(text: str) -> str:
    """The text of a cell; what a picture alone shows is not known."""
    plain = text.replace(_PICTURE, "")
    return UNREAD if plain != text and not plain.strip() else plain


def _row(texts: list[str], found: Properties) -> list[TwipCell]:
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
            if isinstance(part, str):
                add_lines(part.split("\n"), walk.blocks)
            else:
                _add_table(walk, part)
    elif rows:
        _add_table(walk, rows)


def _add_table(walk: _Walk, rows: _Rows) -> None:
    walk.blocks += table_block(rows, walk.n_tables)
    walk.n_tables += 1
