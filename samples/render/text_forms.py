"""Text of tables as other converters write it: a cell a line, pipes, columns of blanks, shifted rows."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from unicodedata import east_asian_width

from samples.render.content import parts, reshaped
from samples.render.damage import breaks
from samples.render.layout import Layout
from samples.render.reshape import cut, flat, wrapped
from samples.render.tables import Box, Table
from samples.render.text_tabs import document, with_tabs
from samples.report import Habit, Report

_HABITS = (Habit(), Habit(zero="/", thousands=True, money="yuan"), Habit(plus=True, money="wan"))


def _cell_a_line(table: Table) -> str:
    """Each cell on a line behind a tab, a broken label on several, a blank line behind each row."""

    def cell(box: Box) -> str:
        lines = [box.text] if box.key or len(box.text) < 7 else wrapped(box.text, 4)
        return "\n".join(["\t" + lines[0], *lines[1:]])

    return "\n\n".join("\n".join(map(cell, row)) for row in table)


def _bare_cell_a_line(table: Table) -> str:
    return "\n".join(box.text for row in table for box in row)


def _pipes(table: Table) -> str:
    """A table of Markdown, with the rule that it needs under its first row."""
    first, *rest = ["| " + " | ".join(box.text for box in row) + " |" for row in flat(table)]
    return "\n".join([first, "|" + " --- |" * len(flat(table)[0]), *rest])


def _columns(table: Table) -> str:
    """Columns kept apart by blanks, as converters that keep the place of text write them."""
    grid = [[box.text for box in row] for row in flat(table)]
    widths = [max(_width(row[x]) for row in grid) for x in range(len(grid[0]))]
    return "\n".join("  ".join(_padded(text, w) for text, w in zip(row, widths, strict=True)) for row in grid)


def _padded(text: str, columns: int) -> str:
    return text + " " * (columns - _width(text))


def _width(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _flat(table: Table) -> str:
    return with_tabs(flat(table))


def _shifted(report: Report) -> bytes:
    """Behind a page break each row begins at the left edge; a rule of dashes stands where the table ended."""

    def three(table: Table) -> list[Table]:
        first, *rest = cut(flat(table), breaks(report, table))
        return [first, *([_pushed(row) for row in piece] for piece in rest)]

    def four(table: Table) -> list[Table]:
        return [[*flat(table), [Box("---")] * 15]]

    return document(report.title, reshaped(report, {3: three, 4: four}), with_tabs)


def _pushed(row: list[Box]) -> list[Box]:
    start = next(i for i, box in enumerate(row) if box.text)
    return [*row[start:], *row[:start]]


_TABLES = {
    "cells": _cell_a_line,
    "bare_cells": _bare_cell_a_line,
    "pipes": _pipes,
    "columns": _columns,
    "flat": _flat,
}


def _render(report: Report, table: Callable[[Table], str]) -> bytes:
    return document(report.title, parts(report), table)


LAYOUTS = (
    *(
        Layout(f"text_{name}", "txt", "text/plain", partial(_render, table=table), None, _HABITS)
        for name, table in _TABLES.items()
    ),
    Layout("text_shifted", "txt", "text/plain", _shifted, None, _HABITS),
)
