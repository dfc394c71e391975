"""Tables as browsers show them.

Tables that styles make of other elements, texts that styles put into elements, hidden columns, frames
in the page and around the text of a cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from itertools import islice
from typing import Final

from lxml import etree
from lxml.etree import _Element as Element

from pipelines.parse.read.grid import place_spans
from pipelines.parse.read.laid_out import lay_out
from pipelines.parse.read.markdown import without_marks
from pipelines.parse.read.rows import SKIPPED, own_rows, plain_text, spans_of_rows
from pipelines.parse.read.run_on import with_ends
from pipelines.parse.read.source import Markup
from pipelines.parse.read.style_sheets import MOST_CHARS, blocks, chosen
from pipelines.parse.read.styles import AS_BLOCK, AS_TABLE, COLLAPSED, KEEPS_LINES, WRITES, Styles
from pipelines.parse.records import UNREAD

_FRAME = re.compile(
    r"<iframe\b[^<>]*?\bsrcdoc\s*=\s*(?:\"([^\"]*)\"|'([^']*)')[^<>]*>(?:\s*</iframe\s*>)?", re.IGNORECASE
)
_TABLE = re.compile(r"(<table\b(?:(?!</?table\b).)*</table\s*>)", re.IGNORECASE | re.DOTALL)
_STRUCTURE = re.compile(r"<(?:html|head|body|div|p|br|section|article|span|font)\b", re.IGNORECASE)
# what no markdown has: parts of a page, paragraphs; and what it has: headings, bold lines
_OF_PAGE = re.compile(r"<(?:!doctype|head|title|meta|link|style|script)\b", re.IGNORECASE)
_PARAGRAPH = re.compile(r"<(?:p|br|h[1-6])\b", re.IGNORECASE)
_HEADING = re.compile(r"^[ \t]*(?:(#{1,6})[ \t]+(\S.*?)|\*\*([^*\n]+)\*\*)[ \t]*\r?$", re.MULTILINE)
_HEADINGS: Final = 3
_AROUND = re.compile(r"</?(?:html|body)\b[^<>]*>", re.IGNORECASE)
_CELL = re.compile("table-cell", re.IGNORECASE)
# the last name of a selector, and what it is displayed as
_RULE = re.compile(r"[.#]([\w-]+)\s*\{[^{}]*?display\s*:\s*((?:inline-)?table(?:-[a-z-]+)?)", re.IGNORECASE)
_TAGS: Final = {
    "table": "table",
    "inline-table": "table",
    "table-row-group": "tbody",
    "table-header-group": "thead",
    "table-footer-group": "tfoot",
    "table-row": "tr",
    "table-cell": "td",
}
_INLINE: Final = ("span", "font", "b", "strong", "em", "i", "u", "a", "label")
_CELLS: Final = ("td", "th")
_GROUPS: Final = ("table", "tbody", "thead", "tfoot")
# that a style shows one of an element's attributes alone, and which; or a figure or a sign for none
_CONTENT = re.compile(
    r"content\s*:\s*(?:attr\(\s*([\w-]+)\s*\)|[\"']([^\"'\\]*\d[^\"'\\]*|[-/—–−]{1,2}|无)[\"'])\s*(?:[;!]|$)",
    re.IGNORECASE,
)
_ESCAPED = re.compile(r"\\0{0,4}(3\d|2[df]|201[345]|2212|65e0)\s?", re.IGNORECASE)
_BESIDE = re.compile(r"::?(?:before|after)\s*$", re.IGNORECASE)
_FIGURE = re.compile(r"[+-]?\d[\d,]*(?:\.\d+)?(?:万?元|件|条|项|个)?")
_NOTHING = re.compile("[-/—–−]{1,2}|无")
_MOST_SELECTORS: Final = 100
_STYLED = etree.XPath("//*[@style or @class or @id]")


def with_frames(text: str) -> str:
    """The source of a page with the documents that its frames carry in the place of these frames."""
    if "srcdoc" not in text:
        return text
    return _FRAME.sub(lambda found: f"<div>{unescape(found[1] or found[2] or '')}</div>", text)


def with_lines(text: str) -> str:
    """The source of a text whose only markup is that of its tables (as converters to markdown write it).

    Its line ends, which may be written out, are no white space: outside the tables they are made line breaks.
    Its headings lose their signs, and each table what makes it a page of its own.
    """
    if ("\n" not in text and "\\n" not in text) or _OF_PAGE.search(text) or not _TABLE.search(text):
        return text
    text = with_ends(text)
    marked = sum(1 for _ in islice(_HEADING.finditer(text), _HEADINGS)) == _HEADINGS
    if not marked and _STRUCTURE.search(text):
        return text
    parts = _TABLE.split(_AROUND.sub("", text) if marked else text)
    if any(map(_PARAGRAPH.search, parts[::2])):
        return text
    return "".join(part if n % 2 else _with_breaks(part) for n, part in enumerate(parts))


def _with_breaks(part: str) -> str:
    lines = _HEADING.sub(r"\2\3", part).split("\n")
    return "<br>\n".join(map(without_marks, lines))


def as_displayed(root: Element, source: Markup, styles: Styles) -> None:
    """Make tables and blocks of the elements of a tree that styles show as such; take out hidden columns.

    Rows and cells are made only where a whole table is.
    """
    sheets = source.sheets
    if _CELL.search(sheets) or any(_CELL.search(e.get("style", "")) for e in styles.like(AS_TABLE)):
        _make_tables(root, sheets)
    lay_out(root, source)
    for element in styles.like(AS_BLOCK):
        if element.tag in _INLINE:
            element.tag = "div"
    if "content" in sheets and WRITES.search(sheets):
        _write_texts(root, sheets)
    if keeping := [*styles.like(KEEPS_LINES), *_of_sheets(root, sheets)]:
        for element in keeping:
            _break_lines(element)
        styles.tree_changed()
    hidden = [element for element in styles.like(COLLAPSED) if element.tag == "col"]
    if hidden:
        _take_columns_out(hidden)
        styles.tree_changed()


# --- tables made by styles -----------------------------------------------------------


def _make_tables(root: Element, sheets: str) -> None:
    of_name = {name: display.lower() for name, display in _RULE.findall(sheets)}
    shown = {element: tag for element in _STYLED(root) if (tag := _TAGS.get(_display(element, of_name), ""))}
    cells = {element for element, tag in shown.items() if tag == "td"}
    rows = {row for row, tag in shown.items() if tag == "tr" and len(row) and all(c in cells for c in row)}
    tables = {row.getparent() for row in rows}
    for table in tables:
        if table is not None and all(row in rows for row in table) and not _is_cell(table):
            table.tag = shown[table] if shown.get(table) in _GROUPS else "table"
            for row in table:
                row.tag = "tr"
                for cell in row:
                    cell.tag = "td"
    for element, tag in shown.items():
        if tag == "table" and len(element) and all(child.tag in _GROUPS[1:] for child in element):
            element.tag = tag


def _is_cell(element: Element) -> bool:
    return element.tag in ("body", "html", "td", "th", "tr")


def _display(element: Element, of_name: dict[str, str]) -> str:
    """What an element is displayed as: by its own style, else by its classes and its id."""
    own = AS_TABLE.search(element.get("style", ""))
    if own:
        return own[1].lower()
    names = (*element.get("class", "").split(), element.get("id", ""))
    return next((of_name[name] for name in names if name in of_name), "")


# --- line ends that are shown -------------------------------------------------------


def _of_sheets(root: Element, sheets: str) -> Iterator[Element]:
    """The elements in which style sheets have line ends shown."""
    if KEEPS_LINES.search(sheets):
        for selectors, style in blocks(sheets):
            if KEEPS_LINES.search(style):
                for selector in selectors:
                    yield from chosen(root, selector) if len(selector) <= MOST_CHARS else ()


def _break_lines(element: Element) -> None:
    """Put a line break for each line end in the texts of an element, but not in tables."""
    for node in list(element.iter()):
        if next(node.iterancestors("table"), None) is not None:
            continue
        parent = node.getparent()
        if isinstance(node.tag, str) and node.tag not in SKIPPED and node.tag != "table":
            node.text, ends = _with_line_ends(node.text)
            node[:0] = ends
        if node is not element and parent is not None:
            node.tail, ends = _with_line_ends(node.tail)
            at = parent.index(node) + 1
            parent[at:at] = ends


def _with_line_ends(text: str | None) -> tuple[str | None, list[Element]]:
    """The first line of a text, and a line break for each other one, which stands behind it."""
    if text is None or "\n" not in text:
        return text, []
    first, *others = text.split("\n")
    ends = [etree.Element("br") for _ in others]
    for end, line in zip(ends, others, strict=True):
        end.tail = line
    return first, ends


# --- texts of styles, frames in cells --------------------------------------------------


def _write_texts(root: Element, sheets: str) -> None:
    """Write the figures that style sheets show for elements without text: content: attr(data-value), "12".

    So are signs for none in cells. Beside a figure one makes a figure of a cell that stands nowhere in the
    page: it is marked.
    """
    for selector, name, figure in islice(_shown(sheets), _MOST_SELECTORS):
        for element in chosen(root, selector):
            value = figure or element.get(name, "")
            if not (_FIGURE.fullmatch(value) or (_NOTHING.fullmatch(value) and _is_in_cell(element))):
                continue
            if not len(element) and not (element.text or "").strip():
                element.text = value
            elif _is_figure_of_cell(element):
                element.text = UNREAD + (element.text or "")


def _is_figure_of_cell(element: Element) -> bool:
    """Whether an element is, or stands in, a cell and holds nothing but a figure."""
    return _is_in_cell(element) and _FIGURE.fullmatch("".join(plain_text(element).split())) is not None


def _is_in_cell(element: Element) -> bool:
    return element.tag in _CELLS or next(element.iterancestors(*_CELLS), None) is not None


def _unescaped(found: re.Match[str]) -> str:
    return chr(int(found[1], 16))


def _shown(sheets: str) -> Iterator[tuple[str, str, str]]:
    """The selectors of style sheets beside whose elements an attribute stands, or a figure; both."""
    for selectors, style in blocks(sheets):
        if found := _CONTENT.search(_ESCAPED.sub(_unescaped, style)):
            for selector in filter(_BESIDE.search, selectors):
                if len(selector) <= MOST_CHARS:
                    yield _BESIDE.sub("", selector).strip() or "*", (found[1] or "").lower(), found[2] or ""


def without_frames(tables: Iterable[Element]) -> None:
    """Make plain elements of the tables in cells that only frame a text: these have one column."""
    inner = (table for table in tables if next(table.iterancestors("td", "th"), None) is not None)
    for table in list(filter(_is_frame, inner)):
        for element in table.iter("table", "tbody", "thead", "tfoot", "tr", "td", "th"):
            element.tag = "div"


def _is_frame(table: Element) -> bool:
    if next(table.iterdescendants("table"), None) is not None or _is_wide(
        next(table.iter("tr"), None), table
    ):
        return False
    return all(len(row) < 2 for group in own_rows(table)[0] for row in group)


def _is_wide(row: Element | None, table: Element) -> bool:
    """Whether the first row is the table's own and has several cells: all else need not be looked at."""
    if row is None or len(row) < 2 or any(cell.tag not in _CELLS for cell in row):
        return False
    parent = row.getparent()
    return parent is table or (parent is not None and parent.tag in _GROUPS and parent.getparent() is table)


# --- hidden columns ------------------------------------------------------------------


def _take_columns_out(hidden: Iterable[Element]) -> None:
    """Take the cells of hidden columns out of their tables; one that reaches into others stays."""
    by_table: dict[Element, set[int]] = {}
    for col in hidden:
        table = next((e for e in col.iterancestors("table")), None)
        if table is not None:
            by_table.setdefault(table, set()).update(_columns_of(col, table))
    for table, columns in by_table.items():
        _take_out(table, columns)


def _columns_of(col: Element, table: Element) -> range:
    start = 0
    for other in table.iter("col"):
        width = int(other.get("span", "1")) if other.get("span", "1").isdecimal() else 1
        if other is col:
            return range(start, start + min(width, 100))
        start += width
    return range(0)


def _take_out(table: Element, columns: set[int]) -> None:
    groups, _ = own_rows(table)
    try:
        spans = place_spans(spans_of_rows(groups))
    except ValueError:  # too large for a grid
        return
    cells = [cell for group in groups for row in group for cell in row]
    for span, cell in zip(spans.places, cells, strict=True):
        covered = set(range(span.column, span.column + span.colspan))
        parent = cell.getparent()
        if parent is None or not covered & columns:
            continue
        if covered <= columns:
            parent.remove(cell)
        else:
            cell.set("colspan", str(len(covered - columns)))
