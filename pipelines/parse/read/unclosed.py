"""Tables and cells that never end.

A lost </table> puts the rest of the page inside the table or its last cell; cells that end without
</td>, as HTML allows, end up inside one another where letters in them are set in an unclosed <font>.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.etree import _Element as Element

from pipelines.parse.headings import match_heading, table_words
from pipelines.parse.read.rows import plain_text

_INSIDE = frozenset(("tr", "td", "th", "thead", "tbody", "tfoot", "caption", "col", "colgroup", "form"))
_HEADINGS = frozenset(("p", "div", "h1", "h2", "h3", "h4", "h5", "h6"))
_LONGEST_HEADING = 60  # characters
_TABLE_TAG = re.compile(r"<!--.*?-->|<script\b.*?</script|<(/?)(table|tr|td|th)\b", re.IGNORECASE | re.DOTALL)


def with_ends_of_cells(source: str) -> str:
    """The source of a page with the end of each cell where the next cell, the row or the table ends it."""
    open_cells: list[str] = []  # per table around: the cell that is open in it, or ""

    def ended(tag: re.Match[str]) -> str:
        name, closing = (tag[2] or "").lower(), bool(tag[1])
        if name == "table" and not closing:
            open_cells.append("")
        if not name or not open_cells or (name == "table" and not closing):
            return tag[0]
        before, open_cells[-1] = open_cells[-1], "" if closing or name == "tr" else name
        if name == "table":
            open_cells.pop()
        own_end = closing and name in ("td", "th")
        return f"</{before}>{tag[0]}" if before and not own_end else tag[0]

    return _TABLE_TAG.sub(ended, source)


def close_tables(root: Element) -> None:
    """Move out of each table of the form what cannot be part of it, with all that follows it in there."""
    for table in list(root.iter("table")):
        first = next(_intruders(table), None)
        if first is not None:
            _move_behind(table, first)


def _intruders(table: Element) -> Iterator[Element]:
    """What stands in a table though the table has ended: another table or the next section's heading.

    Between its rows any heading or table is one; inside its last cell only where
    the rows before are those of the official form, since a page may be laid out
    as a table.
    """
    rows = 0
    for element in _between_cells(table):
        if element.tag == "tr":
            rows += 1
        elif rows and (element.tag == "table" or _is_heading(element)):
            yield element
    cells = [cell for cell in table.iter("td", "th") if next(cell.iterancestors("table")) is table]
    if len(cells) > 2 and table_words("\n".join(plain_text(cell) for cell in cells[:-1])):
        yield from (child for child in cells[-1] if _is_heading(child))


def _between_cells(table: Element) -> Iterator[Element]:
    """The rows of a table in order, and the elements beside rows and cells."""
    for child in table:
        if child.tag in ("thead", "tbody", "tfoot", "form"):
            yield from _between_cells(child)
        elif child.tag == "tr":
            yield child
            yield from (item for item in child if item.tag not in _INSIDE)
        elif child.tag not in _INSIDE:
            yield child


def _is_heading(element: Element) -> bool:
    if element.tag not in _HEADINGS:
        return False
    text = plain_text(element).strip()
    heading = match_heading(text) if len(text) <= _LONGEST_HEADING else None
    return heading is not None and heading.style == "top"


def _move_behind(table: Element, first: Element) -> None:
    """Move ``first`` and all that follows it inside of ``table`` to behind the table."""
    moved = []
    node = first
    while node is not table:
        moved += [*([first] if node is first else []), *node.itersiblings()]
        parent = node.getparent()
        if parent is None:
            return
        node = parent
    holder = table.getparent()
    if holder is None:
        return
    tail, table.tail = table.tail, None
    place = holder.index(table) + 1
    for offset, element in enumerate(moved):
        holder.insert(place + offset, element)
    moved[-1].tail = (moved[-1].tail or "") + (tail or "")
