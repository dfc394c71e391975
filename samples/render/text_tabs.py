"""Plain text as extracted from an old page: a row of a table is a line, its cells stand apart by tabs."""

from __future__ import annotations

from samples.render.content import Part, parts
from samples.render.layout import Layout
from samples.render.tables import Table
from samples.report import Habit, Report


def render(report: Report) -> bytes:
    """The report as UTF-8 text."""
    return "\n\n".join([report.title, *map(_section, parts(report))]).encode()


def _section(part: Part) -> str:
    lines = ([part.heading] if part.heading else []) + [f"　　{text}" for text in part.paragraphs]
    return "\n\n".join([*lines, *map(_table, part.tables)])


def _table(table: Table) -> str:
    return "\n".join("\t".join(box.text for box in row) for row in table)


LAYOUT = Layout("text_tabs", "txt", "text/plain", render, None, (Habit(), Habit(plus=True, money="yuan")))
