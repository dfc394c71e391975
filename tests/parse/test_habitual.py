"""Blanks are called a habit only where a look at each row would doubt none of them, and mostly where so."""

import copy
import random
from dataclasses import replace

import pytest

from benchmarks import sample
from pipelines.parse import vocabulary as words
from pipelines.parse.read import read
from pipelines.parse.records import Document
from pipelines.parse.tables import forms, sums
from pipelines.parse.tables.blocks import Captions, readable
from pipelines.parse.tables.form_shapes import values_of
from pipelines.parse.tables.habitual import are_habitual
from pipelines.parse.tables.reconcile import is_doubted
from pipelines.parse.template import APPLICATIONS, PROACTIVE
from samples.render import LAYOUTS
from samples.report import Habit

REPORTS = sample.reports(sample.world(23), 23)
FORMS = ("2019", "2021")


def known_of(form_name):
    """The tables of a plain page, as those of a form that is known."""
    made = next(r for r in REPORTS[form_name] if set(r.tables.values()) == {"table"})
    blocks = readable(read(Document(LAYOUTS["html_plain"].render(replace(made, habit=Habit())))))
    form = forms.Form.of(blocks, form_name, Captions(blocks))
    while (known := form.known()) is None:
        forms.read_grids(form)
    assert all(values_of(grid) for _, grid in form.grids)
    return known


KNOWN = {name: known_of(name) for name in FORMS}


def figures(rows, rng):
    """The figures of all rows, as lists by (table, row): sparse or dense, all sums true."""
    often = rng.choice((0.03, 0.1, 0.3, 0.7))

    def some():
        return rng.choice((1, 2, 7, 30, 415)) if rng.random() < often else 0

    found = {(r.table, r.row): [some() for _ in r.slots[:-1]] for r in rows if r.table != PROACTIVE}
    own = {row: of_row for (table, row), of_row in found.items() if table == APPLICATIONS}
    parts = [own[key] for key in sums.parts(frozenset(own)) if key in own]
    for n in range(len(words.APPLICANT_ORDER) - 1):
        whole = own["total_handled"][n] = sum(part[n] for part in parts)
        own["carried_over"][n] = rng.randrange(whole + 1)
        forward = own["carried_forward"][n]
        own["new_received"][n] = whole + forward - own["carried_over"][n]
    summed = {key: [*of_row, sum(of_row)] for key, of_row in found.items()}
    return {(r.table, r.row): summed.get((r.table, r.row)) or [some() for _ in r.slots] for r in rows}


def printed(rows, rng):
    """The texts of all rows: zeros are blank in some manner, and what is printed is damaged or not."""
    blank = rng.choice((0.05, 0.5, 0.9, 1, 1))
    in_section_two = rng.choice((0, blank, 1))
    found = {
        key: [
            "" if n == 0 and rng.random() < (in_section_two if key[0] == PROACTIVE else blank) else str(n)
            for n in of_row
        ]
        for key, of_row in figures(rows, rng).items()
    }
    for _ in range(rng.choice((0, 0, 1, 1, 2))):
        damage(found, rng)
    return [text for of_row in found.values() for text in of_row]


def damage(found, rng):
    key, other = rng.sample(list(found), 2)
    row = found[key]
    at = rng.randrange(len(row))
    way = rng.choice(("emptied", "lost", "gained", "moved", "changed", "glued", "exchanged", "row", "money"))
    if way == "emptied":
        found[key] = [""] * len(row)
    elif way == "lost":
        row[at] = ""
    elif way == "gained":
        row[:] = [*row[:at], "", *row[at:-1]]
    elif way == "moved":
        row[:] = [*row[:at], *row[at + 1 :], ""]
    elif way == "changed":
        row[at] = rng.choice(("5", "-3", "+4", "12.5", "—", "3.5万元", "0"))
    elif way == "glued":
        row[at] = "0" + (row[at] or "7")
    elif way == "exchanged":
        row[at - 1], row[at] = row[at], row[at - 1]
    elif way == "row" and len(found[other]) == len(row):
        found[key], found[other] = found[other], row
    elif way == "money":
        row[-1] = "1.74"


def filled(known, texts):
    """The same form with other values."""
    left = iter(texts)
    cells = iter(known.cells)
    found = copy.copy(known)
    found.cells = [
        cell if n == 0 else replace(cell, text=next(left))
        for row in known.rows.rows
        for n, cell in enumerate([next(cells) for _ in range(len(row.slots) + 1)])
    ]
    return found


@pytest.mark.parametrize("form_name", FORMS)
@pytest.mark.parametrize("seed", range(4))
def test_no_row_is_doubted_where_blanks_are_a_habit(form_name, seed):
    rng = random.Random(seed)
    known = KNOWN[form_name]
    told = []
    for _ in range(400):
        one = filled(known, printed(known.rows.rows, rng))
        if habitual := are_habitual(one):
            assert not is_doubted(one.findings()), [cell.text for cell in one.cells]
        told.append(habitual)
    assert told.count(True) > 80
    assert told.count(False) > 80
