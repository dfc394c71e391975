"""OpenDocument text (ODT): paragraphs and tables of its content.xml."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

from pipelines.parse.glyphs import repair_glyphs
from pipelines.parse.read.gates import MAX_OTHER_BYTES, NO_TEXT, Package, gate_size, parse_xml
from pipelines.parse.read.grid import MAX_PLACES, place_spans
from pipelines.parse.read.looks import struck_text
from pipelines.parse.read.odf_letters import (
    END,
    OFFICE,
    PARAGRAPHS,
    START,
    STYLE,
    TABLE,
    TEXT,
    Letters,
    boxes,
    is_box,
    is_out,
    shows_more,
    told_by_styles,
)
from pipelines.parse.read.paragraphs import add_lines
from pipelines.parse.read.rows import fold_cell
from pipelines.parse.read.sniff import ODF
from pipelines.parse.read.word_tables import with_doubted_blanks
from pipelines.parse.records import UNREAD, Block, Grid, GridCell, Paragraph, Place, Reading, Unreadable
from pipelines.parse.vocabulary import is_figure

Element = etree._Element

_MOST_REPEATS: Final = 100
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
    body = root.find(f"{OFFICE}body/{OFFICE}text")
    if body is None:
        raise Unreadable("unsupported", _MEND)
    told = told_by_styles(*(part for part in (common, root) if part is not None))
    changes = {
        name: region.find(f"{TEXT}deletion") is not None
        for region in root.iter(f"{TEXT}changed-region")
        for key, name in region.items()
        if key.endswith("}id")
    }
    walk = _Walk(Letters(told, changes), _numbering(common, root))
    walk.blocks_of(body)
    if not walk.blocks:
        raise Unreadable("empty", NO_TEXT)
    blocks = map(with_doubted_blanks, walk.blocks) if walk.loose else walk.blocks
    return Reading("markup", ODF, tuple(blocks), issues=tuple(struck_text(walk.letters.struck)))


def _numbering(*parts: Element | None) -> frozenset[str]:
    """The names of the styles of lists that print numbers."""
    styles = (style for part in parts if part is not None for style in part.iter(f"{TEXT}list-style"))
    return frozenset(
        style.get(f"{STYLE}name", "")
        for style in styles
        if any(level.get(f"{STYLE}num-format") for level in style.iter(f"{TEXT}list-level-style-number"))
    )


class _Walk:
    def __init__(self, letters: Letters, numbering: frozenset[str]) -> None:
        self.blocks: list[Block] = []
        self.letters = letters
        self.loose = False  # a figure stands alone in a box: it may stand over a table
        self._numbering = numbering
        self._tables = 0

    def blocks_of(self, parent: Element) -> None:
        for child in _elements(parent):
            if child.tag in (START, END):
                self.letters.turn(child)
            elif child.tag in PARAGRAPHS:
                self._paragraph(child)
            elif child.tag == f"{TABLE}table":
                self._table(child)
            else:  # lists, sections, indexes
                self.blocks_of(child)

    def _paragraph(self, element: Element) -> None:
        level = element.get(f"{TEXT}outline-level", "") if element.tag == f"{TEXT}h" else ""
        heading = min(int(level), 6) if level.isdigit() else 0
        add_lines(self.letters.text(element).split("\n"), self.blocks, heading)
        self._boxes(element)

    def _boxes(self, element: Element) -> None:
        """The text boxes that hang on an element stand behind it."""
        for box in boxes(element):
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
        lines = [fold_cell(self.letters.text(p)) for p in _paragraphs(cell)]
        text = repair_glyphs("\n".join(line for line in lines if line))
        if (not text or text[0].isdigit()) and self._is_numbered(cell):
            text = UNREAD + text
        # nobody knows where a figure stands that floats over the table
        return text + (UNREAD if shows_more(cell, text) else "")

    def _is_numbered(self, cell: Element) -> bool:
        """Whether the number of a list stands before what a cell prints."""
        lists = cell.iter(f"{TEXT}list")
        return any(each.get(f"{TEXT}style-name", "") in self._numbering for each in lists)


def _elements(parent: Element) -> Iterator[Element]:
    """The children that a reader may see."""
    return (child for child in parent if not is_out(child))


def _paragraphs(cell: Element) -> Iterator[Element]:
    """The paragraphs of a cell, without those of its text boxes."""
    for child in _elements(cell):
        if child.tag in PARAGRAPHS:
            yield child
        elif not is_box(child):
            yield from _paragraphs(child)


def _rows(table: Element) -> Iterator[Element]:
    for child in _elements(table):
        if child.tag == f"{TABLE}table-row":
            yield from _times(child, "rows")
        elif child.tag in {f"{TABLE}table-header-rows", f"{TABLE}table-rows", f"{TABLE}table-row-group"}:
            yield from _rows(child)


def _cells(row: Element) -> Iterator[Element]:
    """The cells of a row; places that others cover are no cells."""
    for child in row.iterchildren(f"{TABLE}table-cell"):
        yield from _times(child, "columns")


def _times(element: Element, axis: str) -> Iterator[Element]:
    printed = element.get(f"{TABLE}number-{axis}-repeated", "1")
    times = min(int(printed), _MOST_REPEATS) if printed.isascii() and printed.isdigit() else 1
    return (element for _ in range(times))


def _number(cell: Element, axis: str) -> int:
    printed = cell.get(f"{TABLE}number-{axis}-spanned", "1")
    return max(1, int(printed)) if printed.isascii() and printed.isdigit() and len(printed) < 9 else 1
