"""OpenDocument text (ODT): paragraphs and tables of its content.xml."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

from pipelines.parse.glyphs import repair_glyphs
from pipelines.parse.read.gates import Package
from pipelines.parse.read.grid import MAX_PLACES, place_spans
from pipelines.parse.read.rows import fold, fold_cell
from pipelines.parse.read.sniff import ODF
from pipelines.parse.records import Block, Grid, GridCell, Paragraph, Place, Reading, Unreadable

Element = etree._Element

_NAMES: Final = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_OFFICE, _TEXT, _TABLE = (_NAMES % name for name in ("office", "text", "table"))
_UNSEEN: Final = frozenset(
    _TEXT + name for name in ("tracked-changes", "note", "sequence-decls", "variable-decls", "bookmark")
) | {f"{_OFFICE}annotation"}
_MOST_REPEATS: Final = 100


def read_odt(content: bytes) -> Reading:
    """Read an ODT; raises :class:`Unreadable` unsupported, bomb, corrupted, empty."""
    package = Package(content)
    body = (
        package.xml("content.xml").find(f"{_OFFICE}body/{_OFFICE}text") if "content.xml" in package else None
    )
    if body is None:
        raise Unreadable("unsupported", "请另存为 PDF 或 DOCX / save it as PDF or DOCX")
    walk = _Walk()
    walk.blocks_of(body)
    if not walk.blocks:
        raise Unreadable("empty", "文档没有文字 / no text in the document")
    return Reading("markup", ODF, tuple(walk.blocks))


class _Walk:
    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._tables = 0

    def blocks_of(self, parent: Element) -> None:
        for child in _elements(parent):
            if child.tag in (f"{_TEXT}p", f"{_TEXT}h"):
                self._paragraph(child)
            elif child.tag == f"{_TABLE}table":
                self._table(child)
            else:  # lists, sections, indexes
                self.blocks_of(child)

    def _paragraph(self, element: Element) -> None:
        level = element.get(f"{_TEXT}outline-level", "") if element.tag == f"{_TEXT}h" else ""
        for line in filter(None, (fold(line) for line in "".join(_texts(element)).split("\n"))):
            place = Place(block=len(self.blocks))
            heading = min(int(level), 6) if level.isdigit() else 0
            self.blocks.append(Paragraph(repair_glyphs(line), place, heading))

    def _table(self, table: Element) -> None:
        number, self._tables = self._tables, self._tables + 1
        rows = [list(_cells(row)) for row in _rows(table)]
        if sum(map(len, rows)) > MAX_PLACES:
            raise Unreadable("bomb", f"表格超过 {MAX_PLACES} 格 / a table of more than {MAX_PLACES} cells")
        spans = place_spans([[[(_number(c, "rows"), _number(c, "columns")) for c in row] for row in rows]])
        cells = [cell for row in rows for cell in row]
        grid = tuple(
            GridCell(
                at.row, at.column, _cell_text(cell), Place(number, at.row, at.column), at.rowspan, at.colspan
            )
            for at, cell in zip(spans.places, cells, strict=True)
        )
        if spans.n_columns > 1:
            self.blocks.append(Grid(grid, spans.n_rows, spans.n_columns, Place(table=number)))
        else:  # a frame around text
            for cell in cells:
                self.blocks_of(cell)


def _elements(parent: Element) -> Iterator[Element]:
    return (child for child in parent if isinstance(child.tag, str) and child.tag not in _UNSEEN)


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


def _cell_text(cell: Element) -> str:
    lines = [fold_cell("".join(_texts(p))) for p in cell.iter(f"{_TEXT}p", f"{_TEXT}h")]
    return repair_glyphs("\n".join(line for line in lines if line))


def _texts(element: Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag == f"{_TEXT}s":
            yield " "
        elif child.tag == f"{_TEXT}tab":
            yield "\t"
        elif child.tag == f"{_TEXT}line-break":
            yield "\n"
        elif isinstance(child.tag, str) and child.tag not in _UNSEEN:
            yield from _texts(child)
        yield child.tail or ""
