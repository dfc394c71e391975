"""The official tables as boxes with spans, as the printed forms show them; every layout draws these."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from samples.forms import (
    APPLICANTS,
    APPLICATIONS,
    CORNER,
    LINES,
    PROACTIVE,
    RESULTS,
    REVIEWS,
    STAGES,
    SUBTABLES,
    Key,
    Line,
    Subtable,
)
from samples.report import MONEY, Report

_VARIANTS = {"商业企业": "商业机构", "行政规范性文件": "规范性文件", "现行有效件数": "现行有效数"}
#: grid columns that hold the labels of section three
LABEL_COLUMNS = 3


@dataclass(frozen=True)
class Box:
    """A printed cell. ``key`` is set where it holds a figure."""

    text: str
    rowspan: int = 1
    colspan: int = 1
    key: Key | None = None


Table = list[list[Box]]


def proactive(report: Report) -> list[Table]:
    """The sub-tables of section two, four grid columns each."""
    return [_subtable(report, table) for table in SUBTABLES[report.form]]


def _subtable(report: Report, table: Subtable) -> Table:
    spans = _spans(len(table.columns))
    head = [Box("信息内容")]
    head += [
        Box(_column(report, k, text), colspan=s) for (k, text), s in zip(table.columns, spans, strict=True)
    ]
    rows: Table = [[Box(table.title, colspan=4)], head]
    for row, label in table.rows:
        keys = [(PROACTIVE, table.item, row, column) for column, _ in table.columns]
        cells = [Box(report.printed(k), colspan=s, key=k) for k, s in zip(keys, spans, strict=True)]
        rows.append([Box(_label(report, label)), *cells])
    return rows


def _spans(columns: int) -> list[int]:
    """How the columns of a sub-table share the three grid columns right of the label."""
    return [1] * (columns - 1) + [4 - columns]


def _column(report: Report, key: str, label: str) -> str:
    """A header; money has its unit there where the form says so (2021) or the author does (2019)."""
    in_header = report.habit.money == "header" or (report.form == "2021" and report.habit.money != "bare")
    return f"{label}（单位：万元）" if key == MONEY and in_header else _label(report, label)


def _label(report: Report, label: str) -> str:
    return _VARIANTS.get(label, label) if report.habit.variants else label


def applications(report: Report) -> Table:
    """The table of section three: three header rows, then 23 or 25 rows of 7 figures."""
    middle = [Box(_label(report, text)) for _, text in APPLICANTS[1:-1]]
    rows: Table = [
        [Box(CORNER, rowspan=3, colspan=LABEL_COLUMNS), Box("申请人情况", colspan=7)],
        [Box("自然人", rowspan=2), Box("法人或其他组织", colspan=5), Box("总计", rowspan=2)],
        middle,
    ]
    lines = LINES[report.form]
    for n, line in enumerate(lines):
        keys = [(APPLICATIONS, "", line.key, column) for column, _ in APPLICANTS]
        rows.append([*_labels(lines, n), *(Box(report.printed(k), key=k) for k in keys)])
    return rows


def _labels(lines: tuple[Line, ...], n: int) -> list[Box]:
    """The label boxes that start in row ``n``: a group's box stands in its first row and spans the others."""
    boxes = []
    labels = lines[n].labels
    for depth, text in enumerate(labels):
        path = labels[: depth + 1]
        if depth < len(labels) - 1 and n and lines[n - 1].labels[: depth + 1] == path:
            continue
        last = depth == len(labels) - 1
        rowspan = 1 if last else sum(line.labels[: depth + 1] == path for line in lines)
        boxes.append(Box(text, rowspan, LABEL_COLUMNS - depth if last else 1))
    return boxes


def reviews(report: Report) -> Table:
    """The table of section four: three header rows and one row of 15."""
    results = [text for _, text in RESULTS]
    (_, first), (_, second), (_, third) = STAGES
    keys = [(REVIEWS, "", stage, result) for stage, _ in STAGES for result, _ in RESULTS]
    return [
        [Box(first, colspan=5), Box("行政诉讼", colspan=10)],
        [*(Box(text, rowspan=2) for text in results), Box(second, colspan=5), Box(third, colspan=5)],
        [Box(text) for text in results * 2],
        [Box(report.printed(k), key=k) for k in keys],
    ]


def placed(table: Table) -> Iterator[tuple[int, int, Box]]:
    """(row, grid column, box) with the spans resolved, in reading order."""
    taken: set[tuple[int, int]] = set()
    for y, row in enumerate(table):
        x = 0
        for box in row:
            while (y, x) in taken:
                x += 1
            taken |= {(y + dy, x + dx) for dy in range(box.rowspan) for dx in range(box.colspan)}
            yield y, x, box
            x += box.colspan


def width(table: Table) -> int:
    """The number of grid columns."""
    return max(x + box.colspan for _, x, box in placed(table))
