"""What was read of a document (Word, a spreadsheet, text), as a page of our own with the place marked."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from html import escape
from typing import Final

from pipelines.parse.read import read
from pipelines.parse.records import Block, Document, Grid, GridCell, Paragraph, Place
from pipelines.publish.marking.reason import NOT_FOUND, Unmarkable
from pipelines.publish.masks import mask
from pipelines.publish.rosters import LABEL, rows_of_people

_MOST_CELLS: Final = 20_000

_STYLE: Final = """
body { font: 15px/1.7 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; color: #1d2733;
  margin: 16px; width: 1040px; overflow-wrap: anywhere }
table { border-collapse: collapse; margin: 12px 0; width: max-content;
  overflow-wrap: break-word; font-size: 13px; line-height: 1.4 }
td { border: 1px solid #8a949f; padding: 4px 6px; max-width: 24rem; text-align: center;
  white-space: pre-line }
p { margin: .5em 0; white-space: pre-wrap } h1, h2, h3 { font-size: 1.1em }
#here { color: inherit; outline: 3px solid #b22218; background: #ffe9a8; scroll-margin: 14rem 8rem;
  scroll-initial-target: nearest }
"""


def page(document: Document, place: Place, keep: Collection[str]) -> str:
    """The blocks of ``document`` as HTML. Raises Unmarkable, Unreadable."""
    blocks = read(document).blocks
    if sum(len(block.cells) for block in blocks if isinstance(block, Grid)) > _MOST_CELLS:
        raise Unmarkable("文件太大。 The document is too large.")
    writer = _Writer(place, keep)
    body = "\n".join(writer.block(block) for block in blocks)
    if not writer.found:
        raise Unmarkable(NOT_FOUND)
    head = f'<meta charset="utf-8"><title>{escape(document.name)}</title><style>{_STYLE}</style>'
    return f'<!DOCTYPE html>\n<html lang="zh-CN"><head>{head}</head><body>{body}</body></html>'


class _Writer:
    """Writes blocks as HTML; ``found`` tells whether the place was among them."""

    def __init__(self, place: Place, keep: Collection[str]) -> None:
        self.found = False
        self._place = place
        self._keep = keep

    def block(self, block: Block) -> str:
        if isinstance(block, Grid):
            return f"<table>{''.join(self._rows(block))}</table>"
        if self._place.span and not self.found and (cut := _cut(block, self._place)):
            self.found = True
            before, here, after = (self._text(piece) for piece in cut)
            return f'<p>{before}<mark id="here">{here or "　"}</mark>{after}</p>'
        return f"<p{self._mark(block)}>{self._text(block.text)}</p>"

    def _rows(self, grid: Grid) -> Iterator[str]:
        rows = list(grid.rows())
        people = set(rows_of_people([[cell.text for cell in row] for row in rows]))
        for number, row in enumerate(rows):
            texts = (LABEL if number in people else self._text(cell.text) for cell in row)
            yield f"<tr>{''.join(map(self._cell, row, texts))}</tr>"

    def _cell(self, cell: GridCell, text: str) -> str:
        spans = "".join(
            f' {name}="{size}"'
            for name, size in (("rowspan", cell.rowspan), ("colspan", cell.colspan))
            if size > 1
        )
        return f"<td{spans}{self._mark(cell)}>{text}</td>"

    def _mark(self, piece: GridCell | Paragraph) -> str:
        if self.found or not self._is_here(piece.place):
            return ""
        self.found = True
        return ' id="here"'

    def _is_here(self, place: Place) -> bool:
        sought = self._place
        if sought.line is not None:
            return place.line == sought.line and _is_within(place.span, sought.span)
        if sought.block is not None:
            return place.block == sought.block
        return sought.table is not None and (place.table, place.row, place.column) == (
            sought.table,
            sought.row,
            sought.column,
        )

    def _text(self, text: str) -> str:
        return escape(mask(text, self._keep).text)


def _is_within(span: tuple[int, int] | None, wide: tuple[int, int] | None) -> bool:
    """Whether a piece of a line is a part of another one; whatever has no span is the whole line."""
    return span is None or (wide is not None and wide[0] <= span[0] and span[1] <= wide[1])


def _cut(paragraph: Paragraph, place: Place) -> tuple[str, str, str] | None:
    """The text before, in and after a span of a paragraph or line, where it is this one."""
    here = paragraph.place
    if place.span is None or (here.line, here.block) != (place.line, place.block):
        return None
    begin = here.span[0] if here.span else 0
    start, end = (offset - begin for offset in place.span)
    return paragraph.text[:start], paragraph.text[start:end], paragraph.text[end:]
