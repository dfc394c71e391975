"""Tables whose labels or values were lost on the way: what is left decides what can still be known."""

from __future__ import annotations

from dataclasses import replace

from samples.chance import chance
from samples.forms import APPLICANTS, APPLICATIONS, LINES, Key
from samples.render.content import reshaped
from samples.render.layout import html_layout
from samples.render.markup import fragments
from samples.render.reshape import without_columns
from samples.render.tables import LABEL_COLUMNS, Box, Table
from samples.report import Habit, Report

_HABITS = (Habit(), Habit(zero="-", thousands=True, money="yuan"))
_HEADER_ROWS = 3


def row_keys(rows: frozenset[str]) -> frozenset[Key]:
    """All cells of rows of section three."""
    return frozenset((APPLICATIONS, "", row, column) for row in rows for column, _ in APPLICANTS)


def hurt_rows(report: Report) -> frozenset[str]:
    """The rows of section three that a damage hits: three of them, no neighbours."""
    rng = chance("hurt", report.title)
    keys = [line.key for line in LINES[report.form]]
    first = rng.randrange(2, 6)
    return frozenset(keys[first : len(keys) - 2 : 7])


def _lost_groups(report: Report) -> list[str]:
    gone = frozenset({0, 1})
    return fragments(reshaped(report, {3: lambda table: [without_columns(table, gone)]}))


def _lost_labels(report: Report) -> list[str]:
    gone = frozenset(range(LABEL_COLUMNS))
    return fragments(reshaped(report, {3: lambda table: [without_columns(table, gone)]}))


def _lost_header(report: Report) -> list[str]:
    """The last header of sections three and four is gone, and so is the group above the organisations."""

    def three(table: Table) -> list[Table]:
        top, groups, kinds, *rows = table
        return [[top, [groups[0], Box(""), *groups[2:]], kinds[:-1], *rows]]

    def four(table: Table) -> list[Table]:
        return [[*table[:2], table[2][:-1], *table[3:]]]

    return fragments(reshaped(report, {3: three, 4: four}))


def _no_header(report: Report) -> list[str]:
    """Section three without any header: seven numbers behind each label, in the order of the form."""
    return fragments(reshaped(report, {3: lambda table: [table[_HEADER_ROWS:]]}))


def _run_together(report: Report) -> list[str]:
    """The names of the organisations, and the results of section four, each in one cell."""

    def three(table: Table) -> list[Table]:
        return [[*table[:2], [_joined(table[2])], *table[3:]]]

    def four(table: Table) -> list[Table]:
        results = table[2]
        half = len(results) // 2
        return [[*table[:2], [_joined(results[:half]), _joined(results[half:])], *table[3:]]]

    return fragments(reshaped(report, {3: three, 4: four}))


def _joined(boxes: list[Box]) -> Box:
    return Box("".join(box.text for box in boxes), colspan=len(boxes))


def _lost_row_labels(report: Report) -> list[str]:
    hurt = hurt_rows(report)

    def row(boxes: list[Box]) -> list[Box]:
        if boxes[-1].key is None or boxes[-1].key[2] not in hurt:
            return boxes
        label = len(boxes) - len(APPLICANTS) - 1
        return [*boxes[:label], replace(boxes[label], text=""), *boxes[label + 1 :]]

    return fragments(reshaped(report, {3: lambda table: [[row(boxes) for boxes in table]]}))


def _six_values(report: Report) -> list[str]:
    """One cell of some rows is gone, so that six values stand for seven columns."""
    rng = chance("six", report.title)
    hurt = hurt_rows(report)

    def row(boxes: list[Box]) -> list[Box]:
        if boxes[-1].key is None or boxes[-1].key[2] not in hurt:
            return boxes
        gone = len(boxes) - rng.randint(1, len(APPLICANTS))
        return [*boxes[:gone], *boxes[gone + 1 :]]

    return fragments(reshaped(report, {3: lambda table: [[row(boxes) for boxes in table]]}))


LAYOUTS = (
    html_layout("html_lost_groups", _lost_groups, _HABITS),
    replace(
        html_layout("html_lost_labels", _lost_labels, _HABITS),
        unknowable=lambda report: row_keys(frozenset(line.key for line in LINES[report.form])),
    ),
    html_layout("html_lost_header", _lost_header, _HABITS),
    html_layout("html_no_header", _no_header, _HABITS),
    html_layout("html_run_together", _run_together, _HABITS),
    replace(
        html_layout("html_lost_row_labels", _lost_row_labels, _HABITS),
        unknowable=lambda report: row_keys(hurt_rows(report)),
    ),
    replace(
        html_layout("html_six_values", _six_values, _HABITS),
        unknowable=lambda report: row_keys(hurt_rows(report)),
    ),
)
