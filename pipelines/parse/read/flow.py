"""A tree of HTML to blocks in reading order: paragraphs and grids, nothing chosen or left out."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from lxml.etree import _Element as Element

from pipelines.parse.read.arranging import SHORT_CELL, arranges, dense_rows
from pipelines.parse.read.aside import shown_spans
from pipelines.parse.read.grid import Groups
from pipelines.parse.read.html_cells import CELLS, FIGURE
from pipelines.parse.read.patterns import Table
from pipelines.parse.read.regular import Frame, printed, texts_of
from pipelines.parse.read.rows import (
    BLOCKS,
    INLINE,
    SKIPPED,
    cell_text,
    inner_tables,
    own_rows,
    own_texts,
    plain_text,
)
from pipelines.parse.read.rows import (
    fold as fold,
)
from pipelines.parse.read.rows import (
    fold_cell as fold_cell,
)
from pipelines.parse.read.set_apart import number_of
from pipelines.parse.records import UNREAD, Block, Issue, Paragraph, Place

_LEVELS = {f"h{n}": n for n in range(1, 7)}
_NOWHERE = Place()  # a paragraph is given its place once it is known to be of the article
_DENSE = 2  # rows of several short cells that make data of a table around others


@dataclass(slots=True)
class Found:
    """A block, the element that holds it, and how many of its characters stand in links."""

    block: Block
    element: Element
    linked: int = 0
    _of_grid: str | None = None

    @property
    def text(self) -> str:
        """The block's text; of a grid all cells, one a line."""
        block = self.block
        if isinstance(block, Paragraph):
            return block.text
        if self._of_grid is None:
            self._of_grid = "\n".join([cell.text for cell in block.cells])
        return self._of_grid


@dataclass(slots=True)
class Flow:
    """What a tree holds: ``found`` in reading order, ``ranges`` the part of it inside each element."""

    found: list[Found] = field(default_factory=list)
    ranges: dict[Element, tuple[int, int]] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)


def flow(root: Element, tables: Sequence[Element], apart: Sequence[Table] = ()) -> Flow:
    """All blocks below ``root``; ``tables`` are the document's tables in order, for their places.

    Those of them that are set ``apart`` only stand for what was read of them.
    """
    walker = _Walker(tables, apart)
    walker.walk(root)
    walker.flush()
    return walker.result


class _Walker:
    def __init__(self, tables: Sequence[Element], apart: Sequence[Table]) -> None:
        self.result = Flow()
        self._apart = apart
        self._index = {table: number for number, table in enumerate(tables)}
        self._pieces: list[str] = []
        self._holder: Element | None = None
        self._linked = 0
        self._links = 0
        self._lines = False  # inside <pre>: a line end is one

    def walk(self, element: Element) -> None:
        tag = element.tag
        if tag in SKIPPED:
            return
        if tag == "br":
            self.flush()
        elif tag == "table":
            self.flush()
            self._range(element, self._table)
        elif tag in BLOCKS:
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
            child.tag in BLOCKS or child.tag == "table" for child in element
        )
        self._links += is_link
        if text := element.text:
            self._add(text)
        for child in element:
            if child.tag in INLINE and not len(child):
                if text := child.text:
                    self._add(text)
            else:
                self.walk(child)
            if text := child.tail:
                self._add(text)
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
            self.result.found.append(Found(Paragraph(text, _NOWHERE, level), holder, linked))

    # --- tables

    def _table(self, table: Element) -> None:
        number = number_of(table) if self._apart else None
        if number is not None:
            self._blocks_of(table, self._apart[number])
            return
        nested = next(table.iterdescendants("table"), None) is not None
        regular = None if nested else printed(table)
        texts = texts_of(regular, table) if regular else []
        if regular is None or arranges(regular.frame.groups, texts):
            self._walked_table(table, nested)
        else:
            self._blocks_of(table, Table(regular.frame, texts))

    def _walked_table(self, table: Element, nested: bool) -> None:
        """Any table, element by element."""
        groups, stray = own_rows(table)
        for element in stray:
            self._stray(element, table)
        cells = [cell for group in groups for row in group for cell in row]
        texts = [cell_text(cell, nested) for cell in cells]
        if nested:
            texts = [text + _held(cell, text) for text, cell in zip(texts, cells, strict=True)]
        if stray:
            texts = [text or _left_out(cell) for text, cell in zip(texts, cells, strict=True)]
        spans = shown_spans(groups)
        if _is_layout(spans, texts, table if nested else None):
            for cell in cells:
                self._block(cell)
            return
        self._blocks_of(table, Table(Frame(spans), texts))
        if nested:
            for inner in inner_tables(table):
                self._range(inner, self._table)

    def _stray(self, element: Element, table: Element) -> None:
        """Content of a table outside its cells: browsers show it before the table."""
        outer, self._holder = self._holder, table
        if element is not table:
            self.walk(element)
        else:
            self._add(" ".join(text for text in own_texts(table)))
        self.flush()
        self._holder = outer

    def _blocks_of(self, table: Element, printed: Table) -> None:
        number = self._index.get(table, -1)
        try:
            blocks = printed.blocks(number)
        except ValueError as error:
            self._flat(table, printed, str(error))
            return
        if cut := printed.frame.layout.cut:
            self.result.issues.append(
                Issue("span_clamped", "warning", f"表 {number}: {cut} 个合并单元格被截断 / spans cut")
            )
        self.result.found.extend(Found(block, table) for block in blocks)

    def _flat(self, table: Element, printed: Table, why: str) -> None:
        """A table beyond all bounds: its rows as lines, so that no text is lost."""
        self.result.issues.append(
            Issue("table_too_large", "warning", f"表过大，按文字保存 / kept as text: {why}")
        )
        queue = iter(printed.texts)
        for row in itertools.chain(*printed.frame.groups):
            line = "\t".join(next(queue).replace("\n", " ") for _ in row)
            if line.strip():
                self.result.found.append(Found(Paragraph(line, Place()), table))


def _held(cell: Element, text: str) -> str:
    """A sign that a cell is not blank, nor a dash or figure alone: more of it stands in a table in it."""
    if any(map(str.isalpha, text)):
        return ""
    inside = "".join(plain_text(inner) for inner in inner_tables(cell))
    return UNREAD if len(inside.strip()) <= SHORT_CELL and any(map(str.isdigit, inside)) else ""


def _left_out(cell: Element) -> str:
    """A sign that a cell is not blank, perhaps: a figure stands between it and the next one, in no cell."""
    before, behind = cell.itersiblings(preceding=True), cell.itersiblings()
    between = [cell, *itertools.takewhile(_is_no_cell, behind)]
    for element in before:
        between.append(element)
        if not _is_no_cell(element):
            break
    texts = [element.tail or "" for element in between]
    texts += [plain_text(element) for element in between if _is_no_cell(element)]
    return UNREAD if any(FIGURE.fullmatch(text.strip()) for text in texts) else ""


def _is_no_cell(element: Element) -> bool:
    return element.tag not in CELLS


def _is_layout(groups: Groups, texts: Sequence[str], outer: Element | None) -> bool:
    """True for a table that only arranges a page; ``outer`` is the table itself where it holds others."""
    if arranges(groups, texts):
        return True
    if outer is None:
        return False
    own = sum(map(len, texts))
    inside = sum(len(plain_text(inner).strip()) for inner in inner_tables(outer))
    return dense_rows(groups, texts) < _DENSE or inside > 3 * own
