"""Tables in an order of the author's own: columns moved, reviews turned or apart, another year beside."""

from __future__ import annotations

from dataclasses import replace
from html import escape

from samples.chance import chance
from samples.figures import project, simulate
from samples.forms import APPLICANTS, APPLICATIONS, LINES, RESULTS, REVIEWS, STAGES
from samples.render.content import Part, parts, reshaped
from samples.render.layout import html_layout
from samples.render.markup import fragments, paragraph, table_of
from samples.render.tables import Box, Table
from samples.report import Habit, Report

_HABITS = (Habit(), Habit(zero="", money="wan"), Habit(zero="-", thousands=True, money="yuan"))


def _own_order(report: Report) -> list[str]:
    """Sections three and four under plain headers whose columns are in an order of their own."""
    rng = chance("order", report.title)
    applicants, results = rng.sample(APPLICANTS, len(APPLICANTS)), rng.sample(RESULTS, len(RESULTS))

    def three(_: Table) -> list[Table]:
        head = [Box("项目"), *(Box(label) for _, label in applicants)]
        rows = (
            [Box(line.labels[-1]), *(_box(report, APPLICATIONS, line.key, key) for key, _ in applicants)]
            for line in LINES[report.form]
        )
        return [[head, *rows]]

    def four(_: Table) -> list[Table]:
        head = [Box("类别"), *(Box(label) for _, label in results)]
        rows = (
            [Box(name), *(_box(report, REVIEWS, stage, key) for key, _ in results)] for stage, name in STAGES
        )
        return [[head, *rows]]

    return fragments(reshaped(report, {3: three, 4: four}))


def _box(report: Report, table: str, row: str, column: str) -> Box:
    key = (table, "", row, column)
    return Box(report.printed(key), key=key)


def _turned_reviews(report: Report) -> list[str]:
    """Section four with a row for each result and a column for each stage."""

    def four(_: Table) -> list[Table]:
        head = [Box("结果"), *(Box(name) for _, name in STAGES)]
        rows = (
            [Box(name), *(_box(report, REVIEWS, stage, key) for stage, _ in STAGES)] for key, name in RESULTS
        )
        return [[head, *rows]]

    return fragments(reshaped(report, {4: four}))


def _reviews_apart(report: Report) -> list[str]:
    """Section four as a table for each stage."""

    def four(_: Table) -> list[Table]:
        return [
            [
                [Box(name, colspan=len(RESULTS))],
                [Box(label) for _, label in RESULTS],
                [_box(report, REVIEWS, stage, key) for key, _ in RESULTS],
            ]
            for stage, name in STAGES
        ]

    return fragments(reshaped(report, {4: four}))


def _reviews_down(report: Report) -> list[str]:
    """Section four as a column of figures, each behind its stage and result."""

    def four(_: Table) -> list[Table]:
        rows = [
            [Box(name, rowspan=len(RESULTS)), Box(label), _box(report, REVIEWS, stage, key)][n > 0 :]
            for stage, name in STAGES
            for n, (key, label) in enumerate(RESULTS)
        ]
        return [rows]

    return fragments(reshaped(report, {4: four}))


def _one_table(report: Report) -> list[str]:
    """Sections two to four in one table, their headings as rows."""
    before, official, after = _around(report)
    rows: Table = []
    for part in official:
        rows.append([Box(part.heading, colspan=15)])
        rows += [[Box(text, colspan=15)] for text in part.paragraphs]
        rows += [row for table in part.tables for row in table]
    return [*fragments(before), table_of(rows), *fragments(after)]


def _around(report: Report) -> tuple[list[Part], list[Part], list[Part]]:
    """The sections before those of the tables, these, and those behind them."""
    found = parts(report)
    official = [part for part in found if part.number in (2, 3, 4)]
    return found[:2], official, [part for part in found if part.number > 4]


def _year_beside(report: Report) -> list[str]:
    """The table of the year before stands beside that of the year, each under its year."""
    before = replace(
        report,
        year=report.year - 1,
        figures=project(
            simulate(f"before/{report.title}", "busy", (report.year - 1,))[report.year - 1], report.form
        ),
    )
    return [
        "".join(map(paragraph, (part.heading, *part.paragraphs)))
        + (_beside(report.year, part, old) if part.tables else "")
        for part, old in zip(parts(report), parts(before), strict=True)
    ]


def _beside(year: int, part: Part, old: Part) -> str:
    def column(of: int, tables: tuple[Table, ...]) -> str:
        return f"<td valign=top><p>{escape(f'{of}年度')}</p>{''.join(map(table_of, tables))}</td>"

    return f"<table><tr>{column(year, part.tables)}{column(year - 1, old.tables)}</tr></table>\n"


LAYOUTS = (
    html_layout("html_own_order", _own_order, _HABITS),
    html_layout("html_turned_reviews", _turned_reviews, _HABITS),
    html_layout("html_reviews_apart", _reviews_apart, _HABITS),
    html_layout("html_reviews_down", _reviews_down, _HABITS),
    html_layout("html_one_table", _one_table, _HABITS),
    html_layout("html_year_beside", _year_beside, (Habit(), Habit(zero="-", money="yuan"))),
)
