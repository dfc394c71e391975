"""OpenDocument text (ODT): paragraphs and tables of its content.xml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from pipelines.parse.glyphs import repair_glyphs
from pipelines.parse.read.gates import MAX_OTHER_BYTES, Package, gate_size, parse_xml
from pipelines.parse.read.grid import MAX_PLACES, place_spans
from pipelines.parse.read.looks import (
    PAPER,
    Look,
    are_alike,
    are_of_two_sizes,
    as_shown,
    behind_digit,
    look_of,
    struck_text,
)
from pipelines.parse.read.rows import fold, fold_cell
from pipelines.parse.read.sniff import ODF
from pipelines.parse.read.word_tables import with_doubted_blanks
from pipelines.parse.records import UNREAD, Block, Grid, GridCell, Paragraph, Place, Reading, Unreadable
from pipelines.parse.vocabulary import is_figure

Element = etree._Element

_NAMES: Final = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_OFFICE, _TEXT, _TABLE, _STYLE = (_NAMES % name for name in ("office", "text", "table", "style"))
_FO: Final = _NAMES % "xsl-fo-compatible"
_UNSEEN: Final = frozenset(
    _TEXT + name
    for name in ("tracked-changes", "note", "sequence-decls", "variable-decls", "bookmark", "ruby-text")
) | {f"{_OFFICE}annotation"}
_DRAWN: Final = _NAMES % "drawing"
_PARAGRAPHS: Final = frozenset({f"{_TEXT}p", f"{_TEXT}h"})
_HELD: Final = frozenset({f"{_TEXT}p", f"{_TEXT}h", f"{_TEXT}list", f"{_TABLE}table"})
_START, _END = f"{_TEXT}change-start", f"{_TEXT}change-end"
_MOST_REPEATS: Final = 100
_SIGNS: Final = {f"{_TEXT}s": " ", f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}
_RAISED = re.compile(r"super|[1-9]\d*%$")
_LOWERED = re.compile(r"sub|-\d+%$")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)(pt|cm|mm|in|%)")
_POINTS: Final = {"pt": 1.0, "cm": 72 / 2.54, "mm": 7.2 / 2.54, "in": 72.0}
_USUAL_SIZE: Final = 12.0  # points
_MEND: Final = "请另存为 PDF 或 DOCX / save it as PDF or DOCX"


def read_odt(content: bytes) -> Reading:
    """Read an ODT; raises :class:`Unreadable` unsupported, bomb, corrupted, empty."""
    package = Package(content)
    if "content.xml" not in package:
        raise Unreadable("unsupported", _MEND)
    return _read(package.xml("content.xml"), package.xml("styles.xml") if "styles.xml" in package else None)


def read_flat_odt(content: bytes) -> Reading:
    """Read an OpenDocument text in one XML file; raises :class:`Unreadable` as for an ODT, and too_large."""
    gate_size(content, MAX_OTHER_BYTES, "FODT")
    root = parse_xml(content, "document")
    return _read(root, root)


def _read(root: Element, common: Element | None) -> Reading:
    """Read a content part; ``common`` holds the styles of the document."""
    body = root.find(f"{_OFFICE}body/{_OFFICE}text")
    if body is None:
        raise Unreadable("unsupported", _MEND)
    told = _told_by_styles(*(part for part in (common, root) if part is not None))
    changes = {
        name: region.find(f"{_TEXT}deletion") is not None
        for region in root.iter(f"{_TEXT}changed-region")
        for key, name in region.items()
        if key.endswith("}id")
    }
    walk = _Walk(told, changes)
    walk.blocks_of(body)
    if not walk.blocks:
        raise Unreadable("empty", "文档没有文字 / no text in the document")
    blocks = map(with_doubted_blanks, walk.blocks) if walk.loose else walk.blocks
    return Reading("markup", ODF, tuple(blocks), issues=tuple(struck_text(walk.struck)))


def _told_by_styles(*parts: Element) -> dict[str, dict[str, str]]:
    """Style name → what it says of letters, or what it is based on; "" are paragraphs without a style."""
    styles = {
        style.get(f"{_STYLE}name", ""): style for part in parts for style in part.iter(f"{_STYLE}style")
    }
    usual = [
        _told(style, {})
        for part in parts
        for style in part.iter(f"{_STYLE}default-style")
        if style.get(f"{_STYLE}family") == "paragraph"
    ]
    return {"": usual[0] if usual else {}} | {name: _told(style, styles) for name, style in styles.items()}


def _points(told: dict[str, str], outer: float) -> float:
    """How large letters are of which this is told, among others that are ``outer`` points large."""
    size = _SIZE.fullmatch(told.get(f"{_FO}font-size", ""))
    if size is None:
        return outer
    return float(size[1]) * (outer / 100 if size[2] == "%" else _POINTS[size[2]])


def _told(style: Element, styles: dict[str, Element]) -> dict[str, str]:
    """What a style says of letters, with what it is based on."""
    chain: list[Element] = []
    step: Element | None = style
    while step is not None and step not in chain:
        chain.append(step)
        step = styles.get(step.get(f"{_STYLE}parent-style-name", ""))
    found: dict[str, str] = {}
    for step in reversed(chain):
        properties = step.find(f"{_STYLE}text-properties")
        found |= {str(k): str(v) for k, v in properties.items()} if properties is not None else {}
    return found


def _look(told: dict[str, str]) -> Look:
    struck = {told.get(f"{_STYLE}text-line-through-{kind}", "none") for kind in ("style", "type")}
    position = told.get(f"{_STYLE}text-position", "").split()
    behind = told.get(f"{_FO}background-color", "transparent").removeprefix("#")
    return look_of(
        hidden=told.get(f"{_TEXT}display") == "none",
        struck=struck != {"none"},
        raised=bool(position) and _RAISED.match(position[0]) is not None,
        lowered=bool(position) and _LOWERED.match(position[0]) is not None,
        white=are_alike(
            told.get(f"{_FO}color", "").removeprefix("#"), PAPER if behind == "transparent" else behind
        ),
    )


class _Walk:
    def __init__(self, told: dict[str, dict[str, str]], changes: dict[str, bool]) -> None:
        self.blocks: list[Block] = []
        self._told = told
        self._looks = {
            name: look for name, of_style in told.items() if (look := _look(of_style)) is not Look.PLAIN
        }
        self._usual = _points(told[""], _USUAL_SIZE)
        self._size = self._usual  # of the letters that the walk is in
        self._digit = 0.0  # the size of the digit with which the text so far ends
        self._changes = changes  # those that the document lists, and whether they struck what they mark
        self._striking: set[str] = set()  # the changes in whose struck text the walk is
        self.struck = 0
        self.loose = False  # a figure stands alone in a box: it may stand over a table
        self._tables = 0

    def blocks_of(self, parent: Element) -> None:
        for child in _elements(parent):
            if child.tag in (_START, _END):
                self._turn(child)
            elif child.tag in _PARAGRAPHS:
                self._paragraph(child)
            elif child.tag == f"{_TABLE}table":
                self._table(child)
            else:  # lists, sections, indexes
                self.blocks_of(child)

    def _paragraph(self, element: Element) -> None:
        level = element.get(f"{_TEXT}outline-level", "") if element.tag == f"{_TEXT}h" else ""
        for line in filter(None, (fold(line) for line in self._text(element).split("\n"))):
            place = Place(block=len(self.blocks))
            heading = min(int(level), 6) if level.isdigit() else 0
            self.blocks.append(Paragraph(repair_glyphs(line), place, heading))
        self._boxes(element)

    def _boxes(self, element: Element) -> None:
        """The text boxes that hang on an element stand behind it."""
        for box in _boxes(element):
            start = len(self.blocks)
            self.blocks_of(box)
            self.loose |= any(isinstance(b, Paragraph) and is_figure(b.text) for b in self.blocks[start:])

    def _table(self, table: Element) -> None:
        number, self._tables = self._tables, self._tables + 1
        rows = [list(_cells(row)) for row in _rows(table)]
        if sum(map(len, rows)) > MAX_PLACES:
            raise Unreadable("bomb", f"表格超过 {MAX_PLACES} 格 / a table of more than {MAX_PLACES} cells")
        spans = place_spans([[[(_number(c, "rows"), _number(c, "columns")) for c in row] for row in rows]])
        cells = [cell for row in rows for cell in row]
        grid = tuple(
            GridCell(
                at.row,
                at.column,
                self._cell_text(cell),
                Place(number, at.row, at.column),
                at.rowspan,
                at.colspan,
            )
            for at, cell in zip(spans.places, cells, strict=True)
        )
        if spans.n_columns > 1:
            self.blocks.append(Grid(grid, spans.n_rows, spans.n_columns, Place(table=number)))
            for cell in cells:
                self._boxes(cell)
        else:  # a frame around text
            for cell in cells:
                self.blocks_of(cell)

    def _cell_text(self, cell: Element) -> str:
        lines = [fold_cell(self._text(p)) for p in _paragraphs(cell)]
        # nobody knows where a figure stands that floats over the table
        floating = any(c.isdigit() for box in _boxes(cell) for text in box.itertext() for c in text)
        text = repair_glyphs("\n".join(line for line in lines if line))
        pictured = not text and next(cell.iter(f"{_DRAWN}image", f"{_DRAWN}object"), None) is not None
        return text + (UNREAD if floating or pictured else "")

    def _text(self, element: Element) -> str:
        """The text of a paragraph or span as it looks."""
        style, outer = element.get(f"{_TEXT}style-name", ""), self._size
        if element.tag in _PARAGRAPHS:
            self._digit, outer = 0.0, self._usual
        self._size = _points(self._told.get(style, {}), outer)
        text = "".join(self._texts(element))
        self._size = outer
        look = self._looks.get(style, Look.PLAIN)
        self.struck += look is Look.STRUCK and bool(text.strip())
        return as_shown(text, look)

    def _texts(self, element: Element) -> Iterator[str]:
        yield self._kept(element.text or "")
        for child in element:
            if child.tag in (_START, _END):
                yield self._turn(child)
            elif child.tag in _SIGNS:
                yield self._kept(_SIGNS[child.tag])
            elif not _is_out(child) and not _is_box(child):
                yield self._text(child)
            yield self._kept(child.tail or "")

    def _kept(self, text: str) -> str:
        """A piece of text, set apart where its digits may be of another figure than those that they touch."""
        if self._striking or not text:
            return ""
        before, self._digit = self._digit, self._size if text[-1].isdigit() else 0.0
        if before and text[0].isdigit() and are_of_two_sizes(before, self._size):
            return behind_digit(text, self._size < before)
        return text

    def _turn(self, mark: Element) -> str:
        """Note where struck text begins or ends; a sign where no list tells what a change has done."""
        name = mark.get(f"{_TEXT}change-id", "")
        if mark.tag == _END:
            self._striking.discard(name)
        elif name not in self._changes:
            return UNREAD
        elif self._changes[name]:
            self._striking.add(name)
        return ""


def _elements(parent: Element) -> Iterator[Element]:
    """The children that a reader may see."""
    return (child for child in parent if not _is_out(child))


def _is_out(child: Element) -> bool:
    return not isinstance(child.tag, str) or child.tag in _UNSEEN or _is_hidden(child)


def _is_hidden(element: Element) -> bool:
    """Whether a section, a paragraph or a text of a condition is hidden."""
    return element.get(f"{_TEXT}display") == "none" or element.get(f"{_TEXT}is-hidden") == "true"


def _is_box(element: Element) -> bool:
    """Whether an element is a text box, or a shape with text in it."""
    return str(element.tag).startswith(_DRAWN) and any(child.tag in _HELD for child in element)


def _boxes(element: Element) -> Iterator[Element]:
    """The text boxes below an element, without those in others and in tables."""
    for child in _elements(element):
        if _is_box(child):
            yield child
        elif child.tag != f"{_TABLE}table":
            yield from _boxes(child)


def _paragraphs(cell: Element) -> Iterator[Element]:
    """The paragraphs of a cell, without those of its text boxes."""
    for child in _elements(cell):
        if child.tag in _PARAGRAPHS:
            yield child
        elif not _is_box(child):
            yield from _paragraphs(child)


def _rows(table: Element) -> Iterator[Element]:
    for child in _elements(table):
        if child.tag == f"{_TABLE}table-row":
            yield from _times(child, "rows")
        elif child.tag in {f"{_TABLE}table-header-rows", f"{_TABLE}table-rows", f"{_TABLE}table-row-group"}:
            yield from _rows(child)


def _cells(row: Element) -> Iterator[Element]:
    """The cells of a row; places that others cover are no cells."""
    for child in row.iterchildren(f"{_TABLE}table-cell"):
        yield from _times(child, "columns")


def _times(element: Element, axis: str) -> Iterator[Element]:
    printed = element.get(f"{_TABLE}number-{axis}-repeated", "1")
    times = min(int(printed), _MOST_REPEATS) if printed.isascii() and printed.isdigit() else 1
    return (element for _ in range(times))


def _number(cell: Element, axis: str) -> int:
    printed = cell.get(f"{_TABLE}number-{axis}-spanned", "1")
    return max(1, int(printed)) if printed.isascii() and printed.isdigit() and len(printed) < 9 else 1
