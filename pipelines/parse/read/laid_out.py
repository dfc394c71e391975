"""Tables that a page lays out of plain elements: rows of boxes (flex), boxes in a grid, lists side by side.

Only where words of the form's headers stand in such boxes, outside of tables, is a table made of them. Boxes
that are blocks stand apart whatever their style; inline ones where a style puts them apart, or where rows of
many are alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import Final

from lxml import etree
from lxml.etree import _Element as Element

from pipelines.parse.read.rows import plain_text
from pipelines.parse.read.source import Markup

# one word of the header of each of the form's tables
_WORDS: Final = ("信息内容", "自然人", "结果维持")
_BLOCKS: Final = frozenset({"div", "li", "dt", "dd", "p", "section", "article"})
_LISTS: Final = frozenset({"ul", "ol", "dl"})
_INLINE: Final = frozenset({"span", "b", "strong", "em", "i", "label", "a", "font"})
_MARKS: Final = frozenset({"img", "input", "s", "strike", "del", "u", "ins", "wbr", "small", "big"})
_WITHIN: Final = _INLINE | _MARKS | {"p", "br", "div", "sup", "sub"}
_LONGEST: Final = 160  # characters of a cell
_LEAST_ROWS: Final = 3
_HIGHEST: Final = 4  # how far above a word its table may begin
_MANY: Final = (
    7  # inline elements of a row, as many as of the next: one made for each column of section three
)
_MOST_COLUMNS: Final = 60
_MOST_CELLS: Final = 5_000

_RULE = re.compile(r"[.#]([\w-]+)\s*\{([^{}]*)\}")
_APART = re.compile(
    r"display\s*:\s*(?:inline-)?(?:flex|grid|block)|float\s*:\s*(?:left|right)", re.IGNORECASE
)
_PLACED = re.compile(r"position\s*:\s*absolute", re.IGNORECASE)
_SIDE_BY_SIDE = re.compile(r"display\s*:\s*(?:inline-)?(?:flex|grid)", re.IGNORECASE)
_GRID = re.compile(r"display\s*:\s*(?:inline-)?grid", re.IGNORECASE)
_COLUMNS = re.compile(r"grid-template-columns\s*:\s*([^;]+)", re.IGNORECASE)
_REPEAT = re.compile(r"repeat\(\s*(\d+)\s*,([^()]*(?:\([^()]*\))?[^()]*)\)", re.IGNORECASE)
_FUNCTION = re.compile(r"[\w-]+\([^()]*\)")
_TRACK = re.compile(r"grid-(row|column)\s*:\s*([^;!]+)", re.IGNORECASE)
_SPAN = re.compile(r"span\s+(\d+)", re.IGNORECASE)


def lay_out(root: Element, source: Markup) -> None:
    """Make tables of the boxes of the tree of ``source`` that hold a table of the form."""
    words = [word for word in _WORDS if _is_outside_cells(source.lowered, word.encode())]
    if not words:
        return
    for element in root.iter("span") if b"absolute" in source.lowered else ():
        if _PLACED.search(element.get("style", "")):
            element.tag = "div"  # as a browser computes it
    rules = dict(_RULE.findall(source.sheets))
    for word in words:
        for leaf in list(_leaves(root, word)):
            _make_table(leaf, rules)


def _is_outside_cells(source: bytes, word: bytes) -> bool:
    """Whether a word stands in the source of a page, at first outside of the cells of tables."""
    at = source.find(word)
    closed = source.rfind(b"</t", 0, max(at, 0)) + 1
    return at >= 0 and source.find(b"<td", closed, at) < 0 and source.find(b"<th", closed, at) < 0


def _leaves(root: Element, word: str) -> Iterator[Element]:
    """The elements that hold nothing but that word."""
    for element in root.iter("div", "li", "dt", "dd", "p", "span"):
        if len(element.text or "") > _LONGEST or any(child.tag in _BLOCKS for child in element):
            continue
        if "".join(plain_text(element).split()) == word:
            yield element


def _make_table(leaf: Element, rules: dict[str, str]) -> None:
    if next(leaf.iterancestors("td", "th"), None) is not None:
        return
    above = leaf
    for _ in range(_HIGHEST):
        parent = above.getparent()
        if parent is None or parent.tag in ("body", "html"):
            return
        above = parent
        columns = _grid_columns(above, rules)
        if columns and all(_is_cell(child) for child in above):
            _from_grid(above, columns, rules)
            return
        if _are_rows(above, rules):
            _from_rows(above)
            return
        rows = _rows_around(above, rules)
        around = above.getparent()
        if len(rows) >= _LEAST_ROWS and around is not None and not _are_rows(around, rules):
            _from_rows(_gathered(rows))
            return


def _styles(element: Element, rules: dict[str, str]) -> str:
    """What is known of an element's style: its own, then that of its classes."""
    names = (*element.get("class", "").split(), element.get("id", ""))
    return ";".join([element.get("style", ""), *(rules[name] for name in names if name in rules)])


def _is_cell(element: Element) -> bool:
    """Whether an element holds one short text."""
    if element.tag not in _BLOCKS and element.tag not in _INLINE:
        return False
    inner = list(element.iterdescendants())
    blocks = sum(e.tag in _BLOCKS for e in inner)
    return blocks < 2 and all(e.tag in _WITHIN for e in inner) and len(plain_text(element)) <= _LONGEST


def _holds_only_elements(element: Element) -> bool:
    between = [element.text, *(child.tail for child in element)]
    return len(element) > 0 and not any(text and text.strip() for text in between)


# --- rows ----------------------------------------------------------------------------


def _are_rows(table: Element, rules: dict[str, str]) -> bool:
    if not _holds_only_elements(table) or not _LEAST_ROWS <= len(table) <= _MOST_CELLS:
        return False
    wide = [row for row in table if _is_row(row, rules)]
    tags = {row.tag for row in wide}
    alone = [row for row in table if len(row) < 2 and row.tag in tags and _is_title(row)]
    return len(wide) >= _LEAST_ROWS - 1 and len({*wide, *alone}) == len(table)


def _is_title(row: Element) -> bool:
    """Whether a row of one cell may stand in a table; a sentence is a paragraph of the text around it."""
    return (_is_cell(row) or _is_list_of_one(row)) and "。" not in plain_text(row)


def _rows_around(row: Element, rules: dict[str, str]) -> list[Element]:
    """A row among the paragraphs of a text, with those directly before and behind it."""
    if not _is_row(row, rules):
        return []
    before = takewhile(lambda other: _goes_on(other, other, rules), row.itersiblings(preceding=True))
    rows = [*reversed(list(before)), row]
    for other in row.itersiblings():
        if not _goes_on(other, rows[-1], rules):
            break
        rows.append(other)
    return rows[:_MOST_CELLS]


def _goes_on(row: Element, first: Element, rules: dict[str, str]) -> bool:
    """Whether an element is one more row, with nothing behind ``first``, the upper one of both."""
    alone = len(row) == 1 and _is_cell(row[0]) and _SIDE_BY_SIDE.search(_styles(row, rules)) is not None
    return not (first.tail or "").strip() and (alone or _is_row(row, rules))


def _gathered(rows: list[Element]) -> Element:
    """A new element that holds the rows, in the place of the first."""
    table = etree.Element("div")
    rows[0].addprevious(table)
    table.extend(rows)
    table.tail, rows[-1].tail = rows[-1].tail, None
    return table


def _is_row(row: Element, rules: dict[str, str]) -> bool:
    if len(row) < 2 or not _holds_only_elements(row) or not all(_is_cell(cell) for cell in row):
        return False
    if all(cell.tag in _BLOCKS for cell in row):
        return True
    if len(row) >= _MANY and any(_is_alike(row, other) for other in (row.getprevious(), row.getnext())):
        return True
    side_by_side = _SIDE_BY_SIDE.search(_styles(row, rules)) is not None
    return side_by_side or all(_APART.search(_styles(cell, rules)) for cell in row)


def _is_alike(row: Element, other: Element | None) -> bool:
    """Whether another row has as many cells of the same kinds."""
    return other is not None and [cell.tag for cell in row] == [cell.tag for cell in other]


def _is_list_of_one(row: Element) -> bool:
    return row.tag in _LISTS and _holds_only_elements(row) and _is_cell(row[0])


def _from_rows(table: Element) -> None:
    table.tag = "table"
    for row in table:
        if len(row) < 2 and row.tag not in _LISTS:
            _wrap(row)
        row.tag = "tr"
        for cell in row:
            cell.tag = "td"


def _wrap(row: Element) -> None:
    """Put what stands in a row of one cell into a cell."""
    cell = etree.Element("td")
    cell.text, row.text = row.text, None
    cell.extend(list(row))
    row.append(cell)


# --- grids ---------------------------------------------------------------------------


def _grid_columns(element: Element, rules: dict[str, str]) -> int:
    """How many columns an element lays its children out in, 0 where that is not known."""
    style = _styles(element, rules)
    found = _COLUMNS.search(style) if _GRID.search(style) else None
    if found is None or not _holds_only_elements(element) or len(element) > _MOST_CELLS:
        return 0
    tracks = _REPEAT.sub(lambda m: f" {m[2]} " * min(int(m[1]), _MOST_COLUMNS), found[1])
    count = len(_FUNCTION.sub("x", tracks).split())
    return count if 1 < count <= _MOST_COLUMNS else 0


def _from_grid(table: Element, columns: int, rules: dict[str, str]) -> None:
    """Make a table of a grid: each child in its place, as a browser puts it there."""
    placed = _placed(table, columns, rules)
    if placed is None:
        return
    taken = {(row + i, column + j) for row, column, h, w, _ in placed for i in range(h) for j in range(w)}
    height = max(row for row, _ in taken) + 1
    columns = max(columns, *(column + 1 for _, column in taken))
    if height * columns > _MOST_CELLS:
        return
    table.tag, table.text = "table", None
    free = ((row, column) for row in range(height) for column in range(columns) if (row, column) not in taken)
    placed += [(row, column, 1, 1, etree.Element("td")) for row, column in free]
    rows = [etree.Element("tr") for _ in range(height)]
    for row, _, high, wide, cell in sorted(placed, key=lambda item: item[:2]):
        cell.tag, cell.tail = "td", None
        cell.set("rowspan", str(high))
        cell.set("colspan", str(wide))
        rows[row].append(cell)
    table.extend(rows)


def _placed(
    table: Element, columns: int, rules: dict[str, str]
) -> list[tuple[int, int, int, int, Element]] | None:
    """Row, column, height, width of each child; None where styles are not understood.

    What has a place of its own may stand behind the last column, as in a browser.
    """
    taken: set[tuple[int, int]] = set()
    placed: list[tuple[int, int, int, int, Element]] = []
    row = column = 0
    for cell in table:
        tracks = {axis.lower(): value for axis, value in _TRACK.findall(_styles(cell, rules))}
        (fixed_row, height), (fixed_column, width) = _track(tracks.get("row")), _track(tracks.get("column"))
        if not (0 < height <= _MOST_CELLS and 0 < width <= columns) or (fixed_row is None) != (
            fixed_column is None
        ):
            return None
        if fixed_row is not None and fixed_column is not None:
            row, column = fixed_row, fixed_column
        else:
            while column + width > columns or any((row, column + i) in taken for i in range(width)):
                row, column = (row, column + 1) if column + width < columns else (row + 1, 0)
        area = {(row + i, column + j) for i in range(height) for j in range(width)}
        if taken & area or column + width > _MOST_COLUMNS or len(taken) > _MOST_CELLS:
            return None
        taken |= area
        placed.append((row, column, height, width, cell))
        column += width
    return placed


def _track(value: str | None) -> tuple[int | None, int]:
    """Where a cell begins along an axis, if that is fixed, and how far it reaches, 0 if unknown."""
    if value is None:
        return None, 1
    span = _SPAN.search(value)
    lines = [int(part) for part in value.split("/") if part.strip().isdecimal()]
    start = lines[0] - 1 if lines and lines[0] > 0 else None
    if span:
        return start, int(span[1])
    if len(lines) == 2 and start is not None:
        return start, lines[1] - lines[0]
    return start, 1 if len(lines) == 1 and "/" not in value else 0
