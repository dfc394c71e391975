"""Printed tables put in a document and read: what came out wrong, what was flagged."""

from __future__ import annotations

import random

from pipelines.parse.read.html import read_html
from pipelines.parse.read.text import read_text
from pipelines.parse.records import Filled, Reading, State
from pipelines.parse.sections import split
from pipelines.parse.tables import fill
from tests.parse import table_layouts as t
from tests.parse.table_layouts import C, Printed, Row, random_report

FORMS = ("2019", "2021")
FLAGGED = {State.UNREADABLE, State.ABSENT}
FLAGS = {*FLAGGED, State.TEXT}


def filled(reading: Reading) -> Filled:
    return fill(reading, split(reading.blocks))


def from_html(page: str) -> Filled:
    return filled(read_html(page.encode()))


def from_text(text: str) -> Filled:
    return filled(read_text(text.encode()))


def read(document: str) -> Filled:
    return from_html(document) if document.startswith("<") else from_text(document)


def apart(p: Printed, found: Filled) -> tuple[set, set]:
    """The cells that state something else than was printed, and those that are flagged."""
    cells = {
        (c.table_name, c.row, c.column_name): c for c in found.cells if c.item or c.table_name[0] in "ar"
    }
    flagged = {key for key in p.value if key not in cells or cells[key].state in FLAGS}
    wrong = {
        key
        for key, value in p.value.items()
        if key not in flagged
        and (cells[key].value, cells[key].state is State.NUMBER) != (value, value is not None)
    }
    return wrong, flagged


def rows_flagged(flagged: set) -> set:
    return {row for table, row, _ in flagged if table == "applications"}


def consistent(seed: int, form: str) -> Printed:
    """A report as most are: nearly all zeros, totals that fit, no blanks."""
    rng, p = random.Random(seed), random_report(seed, form)
    columns = [c.key for c in p.template.applications.columns]
    for key in p.raw:
        if key[0] != "proactive":
            p.raw[key], p.value[key] = "0", 0
    for row in p.template.applications.rows:
        people, firms = rng.choice((0, 0, 1, 2, rng.randrange(40))), rng.choice((0, 0, 0, rng.randrange(9)))
        for column, n in ((columns[0], people), (columns[1], firms), (columns[6], people + firms)):
            p.raw["applications", row.key, column] = str(n)
            p.value["applications", row.key, column] = n
    return p


def flat(p: Printed) -> list[Row]:
    return [[C(r.label), *t.applicant_values(p, r.key)] for r in p.template.applications.rows]


def head(p: Printed, label: str = "项目") -> Row:
    return [C(label), *(C(c.label) for c in p.template.applications.columns)]


def page(p: Printed, three: list[Row], two: list[Row] | None = None, four: list[Row] | None = None) -> str:
    return t.page(
        t.table(two or t.proactive_rows(p)),
        t.table(three),
        t.table(four or [*t.review_head(), t.review_values(p)]),
    )


def lines(p: Printed, three: list[str]) -> str:
    two = [" ".join(c.text for c in row) for row in t.proactive_rows(p)]
    four = [" ".join(c.text for c in row) for row in [*t.review_head(), t.review_values(p)]]
    return t.report_text("\n".join(two), "\n".join(three), "\n".join(four))


def texts(rows: list[Row]) -> list[str]:
    return [" ".join(c.text for c in row) for row in rows]
