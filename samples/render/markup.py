"""Drawing parts as HTML: what the layouts in markup share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape

from samples.render.content import Part
from samples.render.tables import Box, Table

Cell = Callable[[Box], str]
TableOf = Callable[[Table], str]


def attributes(box: Box) -> str:
    """The spans of a cell, with a blank before each."""
    spans = (("rowspan", box.rowspan), ("colspan", box.colspan))
    return "".join(f' {name}="{n}"' for name, n in spans if n > 1)


def lines(text: str) -> str:
    """Escaped text with ``<br>`` for its line breaks and a blank for nothing."""
    return escape(text).replace("\n", "<br>") or "&nbsp;"


def td(box: Box) -> str:
    """The plainest cell."""
    return f"<td{attributes(box)}>{lines(box.text)}</td>"


def table_of(table: Table, cell: Cell = td, opening: str = '<table border="1">') -> str:
    """A table, one ``tr`` a row."""
    rows = "\n".join(f"<tr>{''.join(map(cell, row))}</tr>" for row in table)
    return f"{opening}\n{rows}\n</table>\n"


def paragraph(text: str) -> str:
    """The plainest paragraph."""
    return f"<p>{escape(text)}</p>\n"


def fragments(
    parts: Iterable[Part], table: TableOf = table_of, text: Callable[[str], str] = paragraph
) -> list[str]:
    """A fragment for each section: its heading and paragraphs, then its tables."""
    return [
        "".join(map(text, [part.heading] if part.heading else []))
        + "".join(map(text, part.paragraphs))
        + "".join(map(table, part.tables))
        for part in parts
    ]
