"""An older template: sub-tables apart inside a layout table, and a hidden copy for phones."""

from __future__ import annotations

from html import escape

from samples.render.content import Part, parts
from samples.render.layout import html_layout
from samples.render.tables import Box, Table
from samples.report import Habit, Report


def body(report: Report) -> list[str]:
    """A fragment for each section; the tables stand in one cell of a layout table."""
    return [_section(part) for part in parts(report, stacked=False)]


def _section(part: Part) -> str:
    heading = f"<h3>{escape(part.heading)}</h3>\n" if part.heading else ""
    text = "<br/>\n".join(f"　　{escape(text)}" for text in part.paragraphs)
    prose = f'<div class="text">{text}</div>\n' if text else ""
    tables = "<br/>\n".join(map(_table, part.tables))
    return heading + prose + (_framed(tables) + _for_phones(part) if part.tables else "")


def _framed(tables: str) -> str:
    frame = '<table width="100%" border="0" cellpadding="0" cellspacing="0" class="layout"><tr>'
    side = '<td width="10"></td>'
    return f'{frame}{side}<td valign="top">\n{tables}</td>{side}</tr></table>\n'


def _for_phones(part: Part) -> str:
    tables = "\n".join(map(_table, part.tables))
    return f'<div class="mobile-only" style="display: none;">\n{tables}</div>\n'


def _table(table: Table) -> str:
    return f'<table class="data" border="1">\n{"".join(_row(row) for row in table)}</table>\n'


def _row(row: list[Box]) -> str:
    return f"  <tr>\n{''.join(_cell(box) for box in row)}  </tr>\n"


def _cell(box: Box) -> str:
    tag = "td" if box.key else "th"
    spans = "".join(
        f" {name}={n}" for name, n in (("rowspan", box.rowspan), ("colspan", box.colspan)) if n > 1
    )
    return f"    <{tag}{spans}>\n      {escape(box.text)}\n    </{tag}>\n"


LAYOUT = html_layout(
    "html_split",
    body,
    (
        Habit(zero="-", thousands=True),
        Habit(zero="/", money="wan"),
        Habit(full_width=True),
        Habit(zero="—", thousands=True, plus=True, money="yuan"),
    ),
)
