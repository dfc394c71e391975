"""Tables with wrong, needless or no spans, and with columns and rows that the form does not have."""

from __future__ import annotations

from dataclasses import replace

from samples.forms import CORNER
from samples.render.content import reshaped
from samples.render.layout import html_layout
from samples.render.markup import attributes, fragments, lines, table_of
from samples.render.reshape import assembled, flat, mapped, with_column, with_spacers
from samples.render.tables import Box, Table, placed, width
from samples.report import Habit, Report

_HABITS = (Habit(), Habit(zero="", money="wan"), Habit(zero="/", thousands=True, money="yuan"))
_PRINTED = (Habit(), Habit(zero="/", thousands=True, money="yuan"))
_HEADER_ROWS = 3


def _wrong_rowspans(report: Report) -> list[str]:
    """The groups of section three span a row too many or too few, as damaged exports have them."""
    error = 1 if report.year % 2 else -1

    def change(box: Box) -> Box:
        group = box.text != CORNER and 2 < box.rowspan < 10
        return replace(box, rowspan=box.rowspan + error) if group else box

    return fragments(reshaped(report, {3: lambda table: [mapped(table, change)]}))


def _wrong_corner(report: Report) -> list[str]:
    """The corner of section three and its groups span a row too few: headers stand above the labels."""

    def change(box: Box) -> Box:
        return replace(box, rowspan=box.rowspan - 1) if 2 < box.rowspan < 10 else box

    return fragments(reshaped(report, {3: lambda table: [mapped(table, change)]}))


def _blank_heads(report: Report) -> list[str]:
    """Heads of columns that stand in one row each, nothing in the cells below them."""

    def change(table: Table) -> list[Table]:
        boxes = [(y, x, replace(box, rowspan=1) if box.rowspan == 2 else box) for y, x, box in placed(table)]
        below = [(y + 1, x, Box("")) for y, x, box in placed(table) if box.rowspan == 2]
        return [assembled([*boxes, *below], len(table))]

    return fragments(reshaped(report, {3: change, 4: change}))


def _past_the_end(report: Report) -> list[str]:
    """Spans that reach beyond the table's last row and last column."""

    def change(box: Box) -> Box:
        if box.text.startswith("三、"):
            return replace(box, rowspan=99)
        return replace(box, colspan=30) if box.text == "申请人情况" else box

    return fragments(reshaped(report, {3: lambda table: [mapped(table, change)]}))


def _zero_spans(report: Report) -> list[str]:
    def cell(box: Box) -> str:
        spans = attributes(box) if box.colspan > 1 or box.rowspan > 1 else ' colspan="0"'
        return f"<td{spans}>{lines(box.text)}</td>"

    return fragments(reshaped(report, {}), lambda table: table_of(table, cell))


def _repeated(report: Report) -> list[str]:
    """No spans: each row repeats the labels of its groups."""
    return fragments(reshaped(report, {n: lambda t: [flat(t, repeat=True)] for n in (2, 3, 4)}))


def _spacers(report: Report) -> list[str]:
    return fragments(reshaped(report, {n: lambda t: [with_spacers(t)] for n in (2, 3, 4)}))


def _numbered(report: Report) -> list[str]:
    """A column with the number of each row before section three's labels, and remarks behind its values."""

    def three(table: Table) -> list[Table]:
        rows = len(table) - _HEADER_ROWS
        numbers = ["序号", "", "", *(str(n + 1) for n in range(rows))]
        remarks = ["备注", "", "", *("见附表" if n % 9 == 4 else "" for n in range(rows))]
        return [with_column(with_column(table, width(table), remarks), 0, numbers)]

    return fragments(reshaped(report, {3: three}))


LAYOUTS = (
    html_layout("html_wrong_rowspans", _wrong_rowspans, _PRINTED),
    html_layout("html_wrong_corner", _wrong_corner, _PRINTED),
    html_layout("html_blank_heads", _blank_heads, _HABITS),
    html_layout("html_past_the_end", _past_the_end, _HABITS),
    html_layout("html_zero_spans", _zero_spans, _HABITS),
    html_layout("html_repeated", _repeated, _HABITS),
    html_layout("html_spacers", _spacers, _HABITS),
    html_layout("html_numbered", _numbered, _HABITS),
)
