"""What is lost on the way from an office document to a published one, for layouts of any format.

Each damage is a function from a report to its sections with damaged tables; ``unknowable``
tells which cells nobody can place any more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from samples.chance import chance
from samples.forms import APPLICANTS, APPLICATIONS, LINES, Key
from samples.render.content import Part, reshaped
from samples.render.layout import nothing
from samples.render.reshape import without_columns
from samples.render.tables import LABEL_COLUMNS, Box, Table
from samples.report import Report

HEADER_ROWS = 3


@dataclass(frozen=True)
class Damage:
    """``parts`` gives the damaged sections, ``unknowable`` the cells that are lost by it."""

    name: str
    parts: Callable[[Report], list[Part]]
    unknowable: Callable[[Report], frozenset[Key]] = nothing


def breaks(report: Report, table: Table) -> list[int]:
    """Two rows at which pages begin, anywhere below the header of section three."""
    rng = chance("breaks", report.title, len(table))
    return sorted(rng.sample(range(HEADER_ROWS + 1, len(table)), 2))


def hurt_rows(report: Report) -> frozenset[Key]:
    """The cells of the rows of section three that a damage hits: every seventh row."""
    keys = [line.key for line in LINES[report.form]]
    hurt = keys[chance("hurt", report.title).randrange(2, 6) : len(keys) - 2 : 7]
    return frozenset((APPLICATIONS, "", row, column) for row in hurt for column, _ in APPLICANTS)


def _all_rows(report: Report) -> frozenset[Key]:
    return frozenset(key for key in report.cells if key[0] == APPLICATIONS)


def _lost_groups(report: Report) -> list[Part]:
    """Section three without the labels of its groups."""
    return reshaped(report, {3: lambda table: [without_columns(table, frozenset({0, 1}))]})


def _lost_labels(report: Report) -> list[Part]:
    """Section three without any label of its rows."""
    gone = frozenset(range(LABEL_COLUMNS))
    return reshaped(report, {3: lambda table: [without_columns(table, gone)]})


def _lost_header(report: Report) -> list[Part]:
    """The last header of sections three and four is gone, and so is the group above the organisations."""

    def three(table: Table) -> list[Table]:
        top, groups, kinds, *rows = table
        return [[top, [groups[0], replace(groups[1], text=""), *groups[2:]], kinds[:-1], *rows]]

    def four(table: Table) -> list[Table]:
        return [[*table[:2], table[2][:-1], *table[3:]]]

    return reshaped(report, {3: three, 4: four})


def _no_header(report: Report) -> list[Part]:
    """Section three without any header: seven numbers behind each label, in the order of the form."""
    return reshaped(report, {3: lambda table: [table[HEADER_ROWS:]]})


def _run_together(report: Report) -> list[Part]:
    """The names of the organisations, and the results of section four, each in one cell."""

    def three(table: Table) -> list[Table]:
        return [[*table[:2], [_joined(table[2])], *table[3:]]]

    def four(table: Table) -> list[Table]:
        results = table[2]
        half = len(results) // 2
        return [[*table[:2], [_joined(results[:half]), _joined(results[half:])], *table[3:]]]

    return reshaped(report, {3: three, 4: four})


def _joined(boxes: list[Box]) -> Box:
    return Box("".join(box.text for box in boxes), colspan=len(boxes))


def _in_hurt_rows(report: Report, change: Callable[[list[Box]], list[Box]]) -> list[Part]:
    hurt = hurt_rows(report)
    return reshaped(
        report, {3: lambda table: [[change(row) if row[-1].key in hurt else row for row in table]]}
    )


def _lost_row_labels(report: Report) -> list[Part]:
    """Some rows of section three have lost their label."""

    def change(row: list[Box]) -> list[Box]:
        label = len(row) - len(APPLICANTS) - 1
        return [*row[:label], replace(row[label], text=""), *row[label + 1 :]]

    return _in_hurt_rows(report, change)


def _six_values(report: Report) -> list[Part]:
    """One cell of some rows is gone, so that six values stand for seven columns."""
    rng = chance("six", report.title)

    def change(row: list[Box]) -> list[Box]:
        gone = len(row) - rng.randint(1, len(APPLICANTS))
        return [*row[:gone], *row[gone + 1 :]]

    return _in_hurt_rows(report, change)


#: readable letters that recognition puts for others
_GARBLES = {"废": "度", "未": "末", "人": "入", "查": "杳", "重": "童", "公": "么", "案": "寀", "请": "清"}


def _garbled(report: Report) -> list[Part]:
    """Some labels have one letter read wrongly, as recognition of scans leaves them."""
    rng = chance("garbled", report.title)

    def change(box: Box) -> Box:
        able = [i for i, letter in enumerate(box.text) if letter in _GARBLES]
        if box.key or len(box.text) < 5 or not able or rng.random() < 0.6:
            return box
        at = rng.choice(able)
        return replace(box, text=box.text[:at] + _GARBLES[box.text[at]] + box.text[at + 1 :])

    def table(rows: Table) -> list[Table]:
        return [[[change(box) for box in row] for row in rows]]

    return reshaped(report, {2: table, 3: table, 4: table})


DAMAGES = (
    Damage("lost_groups", _lost_groups),
    Damage("lost_labels", _lost_labels, _all_rows),
    Damage("lost_header", _lost_header),
    Damage("no_header", _no_header),
    Damage("run_together", _run_together),
    Damage("lost_row_labels", _lost_row_labels, hurt_rows),
    Damage("six_values", _six_values, hurt_rows),
    Damage("garbled", _garbled),
)
