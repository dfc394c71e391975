"""RTF to paragraphs and grids: striprtf decodes, marks set before it keep the cells apart."""

from __future__ import annotations

import re
from typing import Final

from striprtf.striprtf import rtf_to_text

from pipelines.parse.read.cut_off import rtf_end
from pipelines.parse.read.gates import MAX_OTHER_BYTES, gate_size
from pipelines.parse.read.paragraphs import add_lines
from pipelines.parse.read.rtf_boxes import BOX, with_boxes
from pipelines.parse.read.rtf_looks import with_looks
from pipelines.parse.read.sniff import RTF
from pipelines.parse.read.word_tables import TwipCell, table_block, with_doubted_blanks
from pipelines.parse.records import Block, Reading, Unreadable
from pipelines.parse.vocabulary import is_figure

# private characters that stand for \trowd, \cell, \row and a cell's border while striprtf works
_ROW_BEGINS, _CELL_ENDS, _ROW_ENDS, _BORDER = (chr(code) for code in range(0xE000, 0xE004))
_MARKED: Final = {b"trowd": _ROW_BEGINS, b"cell": _CELL_ENDS, b"nestcell": "\n", b"row": _ROW_ENDS}
# every row begins at the left border of its table, wherever that is
_LEFTMOST: Final = -31_680
_WORD = re.compile(rb"\\(trowd|nestcell|cell|row)(?![a-z0-9])")
_DEFINITION = re.compile(rb"((?:\\cl[a-z]+-?\d*\s?|\\[a-z]+-?\d*\s?)*?)\\cellx(-?\d+)")
# the definition of a row: all up to the border of its last cell
_ROW = re.compile(rb"\\trowd(?![a-z])(?:[^{}]*?\\cellx-?\d+)+")
_END = re.compile(rb"\\row(?![a-z])")
_CELL = re.compile(rb"\\cell(?![a-z])")
_INSIDE = re.compile(rb"(?:\\pard(?![a-z])[^{}]{0,80}?)?\\intbl(?![a-z])")
_BORDER_TEXT = re.compile(f"{_BORDER}([vh]*)(-?\\d+){_BORDER}")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
# the printed numbers of lists, which older writers mark as nothing to be read
_NUMBER = re.compile(rb"\{\\pntext(?![a-z])")
_HIDDEN = re.compile(rb"\{\\\*\\(?:bkmkstart|bkmkend|annotation|atnid|atnauthor)[^{}]*\}")
_BINARY = re.compile(rb"\\bin(\d{1,9}) ?")
# bytes of letters that no number stands for: any of UTF-8, pairs of the code pages of this country
_UTF_8: Final = re.compile(rb"[\x80-\xff]")
_PAIRS: Final = re.compile(rb"[\x81-\xfe][\x40-\xfe]|[\x80-\xff]")


def read_rtf(content: bytes) -> Reading:
    """Read an RTF; raises :class:`Unreadable` corrupted, too_large, empty."""
    gate_size(content, MAX_OTHER_BYTES, "RTF")
    try:
        text = rtf_to_text(_with_marks(_in_ascii(content)).decode("latin-1"), errors="replace")  # type: ignore[no-untyped-call]
    except Exception as error:  # striprtf raises whatever broken groups make it raise
        raise Unreadable("corrupted", f"RTF 已损坏 / damaged RTF: {error}") from error
    text = _CONTROL.sub("", text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    blocks: list[Block] = []
    rows: list[list[TwipCell]] = []
    tables = 0
    loose = False  # a figure stands alone in a box: it may stand over a table
    for is_row, piece in _pieces(text):
        if is_row:
            rows.append(_row(piece))
        elif piece.strip():
            tables += _close_table(rows, tables, blocks)
            loose |= any(BOX in line and is_figure(line.replace(BOX, "")) for line in piece.splitlines())
            add_lines(piece.replace(BOX, "").splitlines(), blocks)
    _close_table(rows, tables, blocks)
    if not blocks:
        raise Unreadable("empty", "RTF 中没有文字 / no text in the RTF")
    blocks = [with_doubted_blanks(block) for block in blocks] if loose else blocks
    return Reading("markup", RTF, tuple(blocks), issues=tuple(rtf_end(content)))


def _in_ascii(content: bytes) -> bytes:
    """The RTF without the data of pictures that stand there as they are, and with each letter as a number."""
    parts: list[bytes] = []
    at = 0
    while found := _BINARY.search(content, at):
        parts.append(content[at : found.start()])
        at = found.end() + int(found[1])
    content = b"".join([*parts, content[at:]])
    if content.isascii():
        return content
    letters = _UTF_8 if b"\\ansicpg65001" in content else _PAIRS
    return letters.sub(lambda found: b"".join(b"\\'%02x" % byte for byte in found[0]), content)


def _with_marks(content: bytes) -> bytes:
    """The RTF with private characters before the words that make its tables."""
    content = _NUMBER.sub(
        rb"{\\listtext", _HIDDEN.sub(b"", with_looks(_with_definitions(with_boxes(content))))
    )
    content = _DEFINITION.sub(_border, content)
    return _WORD.sub(lambda m: _escaped(_MARKED[m[1]]) + (b"" if m[1] == b"nestcell" else m[0]), content)


def _with_definitions(content: bytes) -> bytes:
    """The RTF with the definition of each row in front of its cells.

    One that stands behind them is put there too, and that of the row before holds where there is none.
    """
    parts: list[bytes] = []
    start, known = 0, b""
    for end in _END.finditer(content):
        row = content[start : end.end()]
        start = end.end()
        own = _ROW.search(row)
        known = own[0] if own else known
        cell, inside = _CELL.search(row), _INSIDE.search(row)
        if cell and inside and inside.start() < cell.start() and not (own and own.start() < cell.start()):
            row = row[: inside.start()] + known + row[inside.start() :]
        parts.append(row)
    return b"".join(parts) + content[start:]


def _border(found: re.Match[bytes]) -> bytes:
    flags = b"v" * (b"\\clvmrg" in found[1]) + b"h" * (b"\\clmrg" in found[1])
    mark = _escaped(_BORDER)
    return found[1] + mark + flags + found[2] + mark


def _escaped(char: str) -> bytes:
    if char == "\n":
        return b"\\line "
    return b"{\\uc0\\u%d}" % (ord(char) - 0x10000)


def _pieces(text: str) -> list[tuple[bool, str]]:
    """Runs outside tables, and rows (true)."""
    pieces: list[tuple[bool, str]] = []
    for before, row in re.findall(
        f"([^{_ROW_BEGINS}]*)(?:{_ROW_BEGINS}([^{_ROW_ENDS}]*){_ROW_ENDS}?)?", text
    ):
        pieces.append((False, before))
        if row:
            pieces.append((True, row))
    return pieces


def _row(piece: str) -> list[TwipCell]:
    """Cells with the borders that the row defines, in front of its cells or (again) behind them."""
    definition = piece.rsplit(_ROW_BEGINS, 1)[-1]
    borders = [(flags, int(x)) for flags, x in _BORDER_TEXT.findall(definition)]
    texts = _BORDER_TEXT.sub("", piece).replace(_ROW_BEGINS, "").split(_CELL_ENDS)[:-1]
    cells: list[TwipCell] = []
    left = _LEFTMOST
    for n, text in enumerate(texts):
        flags, right = borders[n] if n < len(borders) else ("", left + 1000)
        cells.append(TwipCell(text.strip("|"), left, max(right, left + 1), "v" in flags, "h" in flags))
        left = max(right, left + 1)
    return cells


def _close_table(rows: list[list[TwipCell]], number: int, blocks: list[Block]) -> int:
    """Add the table that has come to its end; returns how many were added."""
    if not rows:
        return 0
    blocks += table_block(rows, number)
    rows.clear()
    return 1
