"""Plain text as extracted from an old page: a row of a table is a line, its cells stand apart by tabs."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from samples.render.content import Part, parts
from samples.render.layout import Layout
from samples.render.tables import Table
from samples.report import Habit, Report


def render(report: Report) -> bytes:
    """The report as UTF-8 text."""
    return document(report.title, parts(report))


def document(title: str, sections: Iterable[Part], table: Callable[[Table], str] | None = None) -> bytes:
    """The text of a title and sections; ``table`` writes a table otherwise than with tabs."""
    return "\n\n".join([title, *(_section(part, table or with_tabs) for part in sections)]).encode()


def _section(part: Part, table: Callable[[Table], str]) -> str:
    lines = ([part.heading] if part.heading else []) + [f"　　{text}" for text in part.paragraphs]
    return "\n\n".join([*lines, *map(table, part.tables)])


def with_tabs(table: Table) -> str:
    """A row a line; a merged cell is written once."""
    return "\n".join("\t".join(box.text for box in row) for row in table)


LAYOUT = Layout("text_tabs", "txt", "text/plain", render, None, (Habit(), Habit(plus=True, money="yuan")))
