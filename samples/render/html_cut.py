"""Tables in pieces: cut by pages when they were pasted, or built of one table for each group of rows."""

from __future__ import annotations

from functools import partial

from samples.render.content import reshaped
from samples.render.damage import HEADER_ROWS, breaks
from samples.render.layout import html_layout
from samples.render.markup import fragments
from samples.render.reshape import cut, flat
from samples.render.tables import Box, Table
from samples.report import Habit, Report

_HABITS = (Habit(), Habit(zero="/", money="wan"), Habit(thousands=True, money="yuan"))


def _cut(report: Report, head: int, lose: bool) -> list[str]:
    def three(table: Table) -> list[Table]:
        return cut(table, breaks(report, table), head=head, lose=lose)

    return fragments(reshaped(report, {2: lambda table: cut(table, [_title(table)]), 3: three}))


def _title(table: Table) -> int:
    """The row of section two in which the third sub-table's title stands."""
    return [y for y, row in enumerate(table) if len(row) == 1][2]


def _shifted(report: Report) -> list[str]:
    """No spans; behind a break each row begins at the left edge, and blanks fill it up at the right."""

    def three(table: Table) -> list[Table]:
        first, *rest = cut(flat(table), breaks(report, table))
        return [first, *([_pushed(row) for row in piece] for piece in rest)]

    return fragments(reshaped(report, {3: three}))


def _pushed(row: list[Box]) -> list[Box]:
    start = next(i for i, box in enumerate(row) if box.text or box.key)
    return [*row[start:], *row[:start]]


def _groups_apart(report: Report) -> list[str]:
    """A table of its own for each group of rows; none but the first has a header."""

    def three(table: Table) -> list[Table]:
        starts = [y for y, row in enumerate(table) if y > HEADER_ROWS and row[0].rowspan > 1]
        return cut(table, [*starts, len(table) - 2], lose=True)

    return fragments(reshaped(report, {3: three}))


def _header_apart(report: Report) -> list[str]:
    """The headers of sections three and four in tables of their own."""
    return fragments(reshaped(report, {n: lambda table: cut(table, [HEADER_ROWS]) for n in (3, 4)}))


LAYOUTS = (
    html_layout("html_cut", partial(_cut, head=0, lose=False), _HABITS),
    html_layout("html_cut_headed", partial(_cut, head=HEADER_ROWS, lose=False), _HABITS),
    html_layout("html_cut_lost_spans", partial(_cut, head=0, lose=True), _HABITS),
    html_layout("html_cut_shifted", _shifted, (Habit(), Habit(zero="—", money="yuan"))),
    html_layout("html_groups_apart", _groups_apart, _HABITS),
    html_layout("html_header_apart", _header_apart, _HABITS),
)
