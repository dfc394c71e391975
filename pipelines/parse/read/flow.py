"""A tree of HTML to blocks in reading order: paragraphs and grids, nothing chosen or left out."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree
from lxml.etree import _Element as Element

from pipelines.parse.headings import match_heading
from pipelines.parse.read.grid import Span, Spans, place_spans
from pipelines.parse.records import Block, Grid, GridCell, Issue, Paragraph, Place

_BLOCKS_WORDS = (
    "html body div p h1 h2 h3 h4 h5 h6 ul ol li dl dt dd section article main aside header figure "
    "figcaption address blockquote pre center form fieldset legend hr td th tr tbody thead tfoot "
    "caption details summary"
)
_BLOCKS = frozenset(_BLOCKS_WORDS.split())
# nothing a reader sees as text of the article
_SKIPPED_WORDS = (
    "script style template noscript title select option button iframe object svg nav footer input "
    "textarea canvas video audio map"
)
_SKIPPED = frozenset(_SKIPPED_WORDS.split())
_INLINE = frozenset(("span", "b", "strong", "i", "em", "u", "font", "sup", "sub"))
_LEVELS = {f"h{n}": n for n in range(1, 7)}
_CELLS = frozenset(("td", "th"))
_GROUPS = frozenset(("thead", "tbody", "tfoot"))
INVISIBLE = re.compile("[\u200b-\u200f\u2060-\u2064\ufeff\u00ad\u202a-\u202e]")
_RUN = re.compile(r"\s{2,}|[^\S ]")
_WIDE_BLANK = re.compile("[\u00a0\u2000-\u200a\u3000]")
_NUMBER = re.compile(r"\s*(\d{1,9})")
_TITLES = re.compile(
    "总体情况|主动公开政府信息情况|收到和处理政府信息公开申请|存在的主要问题|其他需要报告的事项"
)
_LONG_CELL = 800  # characters; a cell of a data table holds less
_SHORT_CELL = 60
_PROSE_ROW = 80  # characters of a row of one cell that is a paragraph and not a title


@dataclass(slots=True)
class Found:
    """A block, the element that holds it, and how many of its characters stand in links."""

    block: Block
    element: Element
    linked: int = 0

    @property
    def text(self) -> str:
        """The block's text; of a grid all cells, one a line."""
        block = self.block
        return block.text if isinstance(block, Paragraph) else "\n".join(cell.text for cell in block.cells)


@dataclass(slots=True)
class Flow:
    """What a tree holds: ``found`` in reading order, ``ranges`` the part of it inside each element."""

    found: list[Found] = field(default_factory=list)
    ranges: dict[Element, tuple[int, int]] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)


def fold(text: str) -> str:
    """White space as a browser shows it, but tabs and runs of wide blanks kept as a tab."""
    text = text.strip()
    return text if text.isalnum() else _RUN.sub(_blank, INVISIBLE.sub("", text).strip())


def fold_cell(text: str) -> str:
    """The same for a line of a cell, where a run of blanks is one blank."""
    return fold(text).replace("\t", " ")


def _blank(run: re.Match[str]) -> str:
    blanks, text = run.group(), run.string
    if len(_WIDE_BLANK.findall(blanks)) > 1:
        return "\t"
    if "\n" in blanks or "\r" in blanks:
        # a line end of the source between two Chinese characters is no blank
        return "" if text[run.start() - 1] > "\u2e7f" and text[run.end()] > "\u2e7f" else " "
    return "\t" if "\t" in blanks else " "


def plain_text(root: Element) -> str:
    """All text of a tree, run together."""
    return etree.tostring(root, method="text", encoding="unicode", with_tail=False)


def unread_text(root: Element) -> str:
    """The text of ``root`` that is left out on purpose: navigation, footers, controls.

    An unclosed <textarea> takes the rest of the page, which nobody meant.
    """
    return "".join(plain_text(element) for element in root.iter(*_SKIPPED) if element.tag != "textarea")


def flow(root: Element, tables: list[Element]) -> Flow:
    """All blocks below ``root``; ``tables`` are the document's tables in order, for their places."""
    walker = _Walker(tables)
    walker.walk(root)
    walker.flush()
    return walker.result


class _Walker:
    def __init__(self, tables: list[Element]) -> None:
        self.result = Flow()
        self._index = {table: number for number, table in enumerate(tables)}
        self._pieces: list[str] = []
        self._holder: Element | None = None
        self._linked = 0
        self._links = 0
        self._lines = False  # inside <pre>: a line end is one

    def walk(self, element: Element) -> None:
        tag = element.tag
        if tag in _SKIPPED:
            return
        if tag == "br":
            self.flush()
        elif tag == "table":
            self.flush()
            self._range(element, self._table)
        elif tag in _BLOCKS:
            self._block(element)
        elif len(element):
            self._range(element, self._content)
        else:
            self._content(element)

    def _block(self, element: Element) -> None:
        self.flush()
        outer, self._holder = self._holder, element
        outer_lines, self._lines = self._lines, self._lines or element.tag == "pre"
        start = len(self.result.found)
        self._content(element)
        self.flush()
        self.result.ranges[element] = (start, len(self.result.found))
        self._holder, self._lines = outer, outer_lines

    def _range(self, element: Element, inner: Callable[[Element], None]) -> None:
        start = len(self.result.found)
        inner(element)
        self.result.ranges[element] = (start, len(self.result.found))

    def _content(self, element: Element) -> None:
        # an unclosed <a> runs around whole paragraphs: it links nothing
        is_link = element.tag == "a" and not any(
            child.tag in _BLOCKS or child.tag == "table" for child in element
        )
        self._links += is_link
        if element.text:
            self._add(element.text)
        for child in element:
            if child.tag in _INLINE and not len(child):
                if child.text:
                    self._add(child.text)
            else:
                self.walk(child)
            if child.tail:
                self._add(child.tail)
        self._links -= is_link

    def _add(self, text: str) -> None:
        if not self._pieces and text.isspace() and not self._lines:
            return
        if self._lines and "\n" in text:
            for line in text.split("\n"):
                self._pieces.append(line)
                self.flush()
            return
        self._pieces.append(text)
        if self._links:
            self._linked += len(text.strip())

    def flush(self) -> None:
        """End the paragraph that is being gathered."""
        if not self._pieces:
            return
        text = fold("".join(self._pieces))
        self._pieces.clear()
        linked, self._linked = self._linked, 0
        holder = self._holder
        if text and holder is not None:
            level = _LEVELS.get(str(holder.tag), 0)
            self.result.found.append(Found(Paragraph(text, Place(), level), holder, linked))

    # --- tables

    def _table(self, table: Element) -> None:
        groups, stray = _rows(table)
        for element in stray:
            self._stray(element, table)
        cells = [cell for group in groups for row in group for cell in row]
        nested = table.find(".//table") is not None
        texts = [_cell_text(cell, nested) for cell in cells]
        if _is_layout(groups, texts, table if nested else None):
            for cell in cells:
                self._block(cell)
            return
        try:
            spans = place_spans([[[_spans(cell) for cell in row] for row in group] for group in groups])
        except ValueError as error:
            self._flat(table, groups, texts, str(error))
        else:
            self._grids(table, spans, texts)
        if nested:
            for inner in _inner_tables(table):
                self._range(inner, self._table)

    def _stray(self, element: Element, table: Element) -> None:
        """Content of a table outside its cells: browsers show it before the table."""
        outer, self._holder = self._holder, table
        if element is not table:
            self.walk(element)
        else:
            self._add(" ".join(text for text in _own_texts(table)))
        self.flush()
        self._holder = outer

    def _grids(self, table: Element, spans: Spans, texts: list[str]) -> None:
        number = self._index.get(table, -1)
        if spans.cut:
            self.result.issues.append(
                Issue("span_clamped", "warning", f"表 {number}: {spans.cut} 个合并单元格被截断 / spans cut")
            )
        printed = list(zip(spans.places, texts, strict=True))
        for start, end in _cuts(printed, spans.n_rows, spans.n_columns):
            part = [(span, text) for span, text in printed if start <= span.row < end]
            place = Place(table=number, row=start or None)
            if len(part) == 1 and end - start == 1 and _is_line(part[0], spans.n_columns):
                self._lines_of(part[0][1], Place(table=number, row=start, column=0), table)
            else:
                cells = tuple(_grid_cell(span, text, start, number) for span, text in part)
                self.result.found.append(Found(Grid(cells, end - start, spans.n_columns, place), table))

    def _lines_of(self, text: str, place: Place, table: Element) -> None:
        self.result.found.extend(Found(Paragraph(line, place), table) for line in text.split("\n"))

    def _flat(self, table: Element, groups: list[list[list[Element]]], texts: list[str], why: str) -> None:
        """A table beyond all bounds: its rows as lines, so that no text is lost."""
        self.result.issues.append(
            Issue("table_too_large", "warning", f"表过大，按文字保存 / kept as text: {why}")
        )
        queue = iter(texts)
        for group in groups:
            for row in group:
                line = "\t".join(next(queue).replace("\n", " ") for _ in row)
                if line.strip():
                    self.result.found.append(Found(Paragraph(line, Place()), table))


def _grid_cell(span: Span, text: str, first_row: int, table: int) -> GridCell:
    place = Place(table=table, row=span.row, column=span.column)
    return GridCell(span.row - first_row, span.column, text, place, span.rowspan, span.colspan)


def _is_line(printed: tuple[Span, str], n_columns: int) -> bool:
    """A row of one cell over the whole width that is a section's heading or a paragraph."""
    span, text = printed
    if n_columns < 2 or span.colspan < n_columns or span.rowspan > 1 or not text:
        return False
    return len(text) > _PROSE_ROW or (
        match_heading(text) is not None and match_heading(text.split("\n")[0]) is not None
    )


def _cuts(printed: list[tuple[Span, str]], n_rows: int, n_columns: int) -> list[tuple[int, int]]:
    """The row ranges of a table that are grids, or single rows that are lines of text."""
    lines = sorted({item[0].row for item in printed if _is_line(item, n_columns)})
    edges = sorted({0, n_rows, *lines, *(row + 1 for row in lines)})
    return [(a, b) for a, b in itertools.pairwise(edges) if b > a]


def _rows(table: Element) -> tuple[list[list[list[Element]]], list[Element]]:
    """The table's own rows by group, as shown (thead, bodies, tfoot), and what stands outside of cells."""
    heads: list[list[list[Element]]] = []
    bodies: list[list[list[Element]]] = []
    feet: list[list[list[Element]]] = []
    stray: list[Element] = []
    if any(True for _ in _own_texts(table)):
        stray.append(table)
    loose: list[list[Element]] = []
    for child in table:
        if child.tag in _GROUPS:
            target = {"thead": heads, "tfoot": feet}.get(str(child.tag), bodies)
            rows: list[list[Element]] = []
            _gather(child, rows, stray)
            target.append(rows)
            loose = []
        else:
            if not loose:
                loose = []
                bodies.append(loose)
            _gather_one(child, loose, stray)
    return [*heads, *bodies, *feet], stray


def _gather(group: Element, rows: list[list[Element]], stray: list[Element]) -> None:
    for child in group:
        _gather_one(child, rows, stray)


def _gather_one(child: Element, rows: list[list[Element]], stray: list[Element]) -> None:
    tag = child.tag
    if tag == "tr":
        cells: list[Element] = []
        _gather_cells(child, cells, stray)
        rows.append(cells)
    elif tag in _CELLS:  # the <tr> is missing
        previous = child.getprevious()
        if rows and previous is not None and previous.tag in _CELLS:
            rows[-1].append(child)
        else:
            rows.append([child])
    elif tag not in ("col", "colgroup") and child.find(".//tr") is not None:
        _gather(child, rows, stray)
    elif tag not in _SKIPPED and tag not in ("col", "colgroup"):
        stray.append(child)


def _gather_cells(row: Element, cells: list[Element], stray: list[Element]) -> None:
    for item in row:
        if item.tag in _CELLS:
            cells.append(item)
        elif item.tag != "table" and item.find("td") is not None:  # <form> between row and cells
            _gather_cells(item, cells, stray)
        elif item.tag not in _SKIPPED:
            stray.append(item)


def _own_texts(table: Element) -> list[str]:
    """Text directly in a table or its rows, outside any cell."""
    texts = [table.text, *(child.tail for child in table)]
    for group in table:
        if group.tag in _GROUPS or group.tag == "tr":
            texts.extend([group.text, *(child.tail for child in group)])
            for row in group:
                if row.tag == "tr":
                    texts.extend([row.text, *(child.tail for child in row)])
    return [text.strip() for text in texts if text and not text.isspace()]


def _inner_tables(element: Element) -> list[Element]:
    """The outermost tables below ``element``."""
    found = []
    for child in element:
        if child.tag == "table":
            found.append(child)
        else:
            found.extend(_inner_tables(child))
    return found


def _spans(cell: Element) -> tuple[int, int]:
    """(rowspan, colspan) as printed; 0 is kept for a rowspan only."""
    rowspan, colspan = cell.get("rowspan"), cell.get("colspan")
    return _span(rowspan) if rowspan else 1, (_span(colspan) or 1) if colspan else 1


def _span(printed: str) -> int:
    found = _NUMBER.match(printed)
    return int(found.group(1)) if found else 1


def _cell_text(cell: Element, nested: bool) -> str:
    """The cell's own text; paragraphs and line breaks as line ends; tables inside (``nested``) left out."""
    pieces = [piece for piece in cell.itertext() if not piece.isspace()]
    if not pieces:
        return ""
    if len(pieces) == 1 and not nested:
        return fold_cell(pieces[0])
    lines: list[list[str]] = [[]]
    _cell_lines(cell, lines)
    folded = (fold_cell("".join(line)) for line in lines)
    return "\n".join(line for line in folded if line)


def _cell_lines(element: Element, lines: list[list[str]]) -> None:
    if element.text:
        lines[-1].append(element.text)
    for child in element:
        tag = child.tag
        if tag not in _SKIPPED and tag != "table":
            breaks = tag == "br" or tag in _BLOCKS
            if breaks and lines[-1]:
                lines.append([])
            _cell_lines(child, lines)
            if breaks and lines[-1]:
                lines.append([])
        if child.tail:
            lines[-1].append(child.tail)


def _is_layout(groups: list[list[list[Element]]], texts: list[str], outer: Element | None) -> bool:
    """True for a table that only arranges a page; ``outer`` is the table itself where it holds others."""
    rows = [row for group in groups for row in group]
    if all(len(row) < 2 for row in rows) or any(len(text) > _LONG_CELL for text in texts):
        return True
    queue = iter(texts)
    filled = [[text for _ in row if 0 < len(text := next(queue)) <= _SHORT_CELL] for row in rows]
    dense = sum(len(row) > 1 for row in filled)
    if len(_TITLES.findall("\n".join(texts))) > 1 and dense < 3:
        return True
    if outer is None:
        return False
    own = sum(map(len, texts))
    inside = sum(len("".join(inner.itertext()).strip()) for inner in _inner_tables(outer))
    return dense < 2 or inside > 3 * own
