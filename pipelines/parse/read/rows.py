"""The text and the rows that stand in HTML elements: white space, cells, spans as printed."""

from __future__ import annotations

import re
from functools import lru_cache

from lxml import etree
from lxml.etree import _Element as Element

from pipelines.parse.read.grid import Groups
from pipelines.parse.records import UNREAD

_BLOCKS_WORDS = (
    "html body div p h1 h2 h3 h4 h5 h6 ul ol li dl dt dd section article main aside header figure "
    "figcaption address blockquote pre center form fieldset legend hr td th tr tbody thead tfoot "
    "caption details summary"
)
BLOCKS = frozenset(_BLOCKS_WORDS.split())
# nothing a reader sees as text of the article
_SKIPPED_WORDS = (
    "script style template noscript title select option button iframe object svg nav footer input "
    "textarea canvas video audio map"
)
SKIPPED = frozenset(_SKIPPED_WORDS.split())
BREAKING = BLOCKS | SKIPPED | {"br", "table"}
_CELLS = frozenset(("td", "th"))
INLINE = frozenset(("span", "b", "strong", "i", "em", "u", "font", "sup", "sub"))
_GROUPS = frozenset(("thead", "tbody", "tfoot"))
INVISIBLE = re.compile("[\u200b-\u200f\u2060-\u2069\ufeff\u00ad\u202a-\u202e]")
_TURNED = "\u202e"
_IN_TURNED = re.compile("\u202e[^\u202c]*")
_DIGIT = re.compile(r"\d")
_RUN = re.compile(r"\s{2,}|[^\S ]")
_WIDE_BLANK = re.compile("[\u00a0\u2000-\u200a\u3000]")
_SHORT = 64  # characters of a text worth remembering
_NUMBER = re.compile(r"\s*(\d{1,9})")


def fold(text: str) -> str:
    """White space as a browser shows it, but tabs and runs of wide blanks kept as a tab."""
    text = text.strip()
    if text.isprintable() and "  " not in text:  # no other blank than single ones, and nothing invisible
        return text
    if _TURNED in text:  # what follows is shown from its end to its begin
        text = _IN_TURNED.sub(lambda found: _DIGIT.sub(UNREAD, found.group()), text)
    return _RUN.sub(_blank, INVISIBLE.sub("", text).strip())


def fold_cell(text: str) -> str:
    """The same for a line of a cell, where a run of blanks is one blank."""
    return _fold_short(text) if len(text) < _SHORT else fold(text).replace("\t", " ")


@lru_cache(maxsize=4096)  # most cells print 0
def _fold_short(text: str) -> str:
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


def unread_texts(root: Element) -> list[str]:
    """The texts of ``root`` that are left out on purpose: navigation, footers, controls.

    An unclosed <textarea> takes the rest of the page, which nobody meant.
    """
    return [plain_text(element) for element in root.iter(*SKIPPED) if element.tag != "textarea"]


def own_rows(table: Element) -> tuple[list[list[list[Element]]], list[Element]]:
    """The table's own rows by group, as shown (thead, bodies, tfoot), and what stands outside of cells."""
    heads: list[list[list[Element]]] = []
    bodies: list[list[list[Element]]] = []
    feet: list[list[list[Element]]] = []
    stray: list[Element] = []
    if any(True for _ in own_texts(table)):
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
    elif tag not in SKIPPED and tag not in ("col", "colgroup"):
        stray.append(child)


def _gather_cells(row: Element, cells: list[Element], stray: list[Element]) -> None:
    for item in row:
        if item.tag in _CELLS:
            cells.append(item)
        elif item.tag != "table" and item.find("td") is not None:  # <form> between row and cells
            _gather_cells(item, cells, stray)
        elif item.tag not in SKIPPED:
            stray.append(item)


def own_texts(table: Element) -> list[str]:
    """Text directly in a table or its rows, outside any cell."""
    texts = [table.text, *(child.tail for child in table)]
    for group in table:
        if group.tag in _GROUPS or group.tag == "tr":
            texts.extend([group.text, *(child.tail for child in group)])
            for row in group:
                if row.tag == "tr":
                    texts.extend([row.text, *(child.tail for child in row)])
    return [text.strip() for text in texts if text and not text.isspace()]


def inner_tables(element: Element) -> list[Element]:
    """The outermost tables below ``element``."""
    found = []
    for child in element:
        if child.tag == "table":
            found.append(child)
        else:
            found.extend(inner_tables(child))
    return found


def spans_of(cell: Element) -> tuple[int, int]:
    """(rowspan, colspan) of a cell as printed."""
    return printed_spans(cell.get("rowspan", ""), cell.get("colspan", ""))


def spans_of_rows(groups: list[list[list[Element]]]) -> Groups:
    """The spans of cells given by row and group of rows, as :func:`own_rows` gives them."""
    return tuple(tuple(tuple(map(spans_of, row)) for row in group) for group in groups)


def printed_spans(rowspan: str, colspan: str) -> tuple[int, int]:
    """What two attributes say ("" for one that is not there); 0 is kept for a rowspan only."""
    return _span(rowspan) if rowspan else 1, (_span(colspan) or 1) if colspan else 1


def _span(printed: str) -> int:
    found = _NUMBER.match(printed)
    return int(found.group(1)) if found else 1


def cell_text(cell: Element, nested: bool) -> str:
    """The cell's own text; paragraphs and line breaks as line ends; tables inside (``nested``) left out."""
    if not nested:
        inner = _only_text(cell)
        if inner is not None:
            return fold_cell(inner.text or "")
        text = plain_text(cell)
        if text.isspace() or not text:
            return ""
        if _is_one_line(cell, text):
            return fold_cell(text)
    lines: list[list[str]] = [[]]
    _cell_lines(cell, lines)
    folded = (fold_cell("".join(line)) for line in lines)
    return "\n".join(line for line in folded if line)


def _only_text(cell: Element) -> Element | None:
    """The innermost element of a cell like <td><p><span>0</span></p></td>, where all its text stands."""
    inner = cell
    while children := len(inner):
        text = inner.text
        if children > 1 or (text and not text.isspace()):
            return None
        inner = inner[0]
        tail = inner.tail
        if tail and not tail.isspace():
            return None
    return inner


def _is_one_line(cell: Element, text: str) -> bool:
    """True where all of ``text`` stands in one element, in pieces of which none breaks the line."""
    inner = cell
    while len(inner) == 1:
        inner = inner[0]
    if any(element.tag in BREAKING for element in inner.iterdescendants()):
        return False
    return inner is cell or plain_text(inner).strip() == text.strip()


def _cell_lines(element: Element, lines: list[list[str]]) -> None:
    if element.text:
        lines[-1].append(element.text)
    for child in element:
        tag = child.tag
        if tag not in SKIPPED and tag != "table":
            breaks = tag == "br" or tag in BLOCKS
            if breaks and lines[-1]:
                lines.append([])
            _cell_lines(child, lines)
            if breaks and lines[-1]:
                lines.append([])
        if child.tail:
            lines[-1].append(child.tail)
