"""Clean HTML from a site's own editor: one table a section, spans as in the official form."""

from __future__ import annotations

from html import escape

from samples.render.content import Part, parts
from samples.render.layout import html_layout
from samples.render.tables import Box, Table
from samples.report import Habit, Report

_CELL = "padding: 4px; border: 1px solid windowtext; word-break: break-all;"


def body(report: Report) -> list[str]:
    """A fragment for each section."""
    return [_section(part) for part in parts(report)]


def _section(part: Part) -> str:
    heading = (
        f'<p style="text-indent: 2em;"><strong>{escape(part.heading)}</strong></p>\n' if part.heading else ""
    )
    paragraphs = (f'<p style="text-indent: 2em;">{escape(text)}</p>\n' for text in part.paragraphs)
    return heading + "".join(paragraphs) + "".join(map(_table, part.tables))


def _table(table: Table) -> str:
    rows = "\n".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in table)
    style = "border-collapse: collapse; margin: 0 auto;"
    return f'<table style="{style}" border="1" cellspacing="0"><tbody>\n{rows}\n</tbody></table>\n'


def _cell(box: Box) -> str:
    spans = "".join(
        f' {name}="{n}"' for name, n in (("rowspan", box.rowspan), ("colspan", box.colspan)) if n > 1
    )
    return (
        f'<td{spans} style="{_CELL}"><p style="text-align: center;">{escape(box.text) or "&nbsp;"}</p></td>'
    )


LAYOUT = html_layout("html_plain", body, (Habit(), Habit(zero=""), Habit(money="yuan", plus=True)))
