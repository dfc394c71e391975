"""Tables of a form that was met before are read as if none had been met, whatever figures stand in them."""

import importlib
import random
from dataclasses import replace

import pytest

from benchmarks import sample
from pipelines.parse.read import read
from pipelines.parse.records import Document, Grid
from pipelines.parse.tables import forms
from pipelines.parse.tables.blocks import Captions, readable
from pipelines.parse.tables.form_shapes import values_of
from pipelines.parse.tables.grid import GridReader
from pipelines.parse.tables.plain import is_plain
from pipelines.parse.tables.years import title_year
from pipelines.parse.template import detect_format
from pipelines.parse.vocabulary import is_blank, is_numberlike
from samples.render import LAYOUTS
from samples.report import Habit

FILL = importlib.import_module("pipelines.parse.tables.fill")
REPORTS = sample.reports(sample.world(23), 23)
FIGURES = ("0", "", "-", "/", "7", "1,234", "5件", "12.5", "+6", "-3", "见附件", "2021", "十二", "口", " ")
KINDS = ("dense", "zeros", "blanks", "blanks", "few", "few", "counted", "wild", "anywhere")
TURNS = 5  # of these the second makes a plan


@pytest.fixture(autouse=True)
def _nothing_known(monkeypatch):
    monkeypatch.setattr(forms, "_known", {})
    monkeypatch.setattr(forms, "_met", {})


def blocks_of(layout, report):
    reading = read(Document(layout.render(report)))
    return readable(reading), title_year(reading)


def both(blocks, year):
    """What is read of blocks with what is known of forms, and without."""
    grids = {i: b for i, b in enumerate(blocks) if isinstance(b, Grid)}
    captions = Captions(blocks, year)
    name, _ = detect_format(FILL._said(list(enumerate(blocks))))
    form = forms.Form.of(blocks, name, captions)
    known = (found.findings(), True) if (found := form.known()) else forms.read_grids(form)
    reader = GridReader(name, captions)
    for index, grid in grids.items():
        reader.read(index, grid)
    found = reader.finish()
    return known, (found, is_plain(found, grids))


def refilled(blocks, rng):
    """The blocks with other figures: as most print them, few ones, none, or whatever may stand in a cell."""
    kind = rng.choice(KINDS)
    return [_refilled(b, kind, rng) if isinstance(b, Grid) else b for b in blocks]


def _refilled(grid, kind, rng):
    values = values_of(grid)
    cells = [
        replace(c, text=_figure(kind, c.column, rng))
        if (n in values if kind != "anywhere" else _may_be_value(c)) and rng.random() < 0.95
        else c
        for n, c in enumerate(grid.cells)
    ]
    return replace(grid, cells=tuple(cells))


def _may_be_value(cell):
    return is_numberlike(cell.text) or (is_blank(cell.text) and cell.column > 0)


def _figure(kind, column, rng):
    number = str(rng.randrange(10 ** rng.choice((1, 1, 2, 3, 5))))
    return {
        "dense": number,
        "zeros": rng.choice(("0", "0", "0", number)),
        "blanks": rng.choice(("", "", "-", "0", number)),
        "few": rng.choice(("", "", "", "", "", "", number)),
        "counted": str(column),
        "wild": rng.choice((number, *FIGURES)),
        "anywhere": rng.choice(("0", number)),
    }[kind]


def damaged(blocks, rng):
    """The blocks with one grid damaged: a cell lost, two swapped, merged, split off, or with words."""
    at = rng.choice([i for i, b in enumerate(blocks) if isinstance(b, Grid) and len(b.cells) > 8])
    cells = list(blocks[at].cells)
    n = rng.randrange(len(cells) - 1)
    here, after = cells[n], cells[n + 1]
    way = rng.choice(("lost", "swapped", "merged", "tall", "words", "blank", "repeated", "shifted"))
    if way == "lost":
        del cells[n]
    elif way == "swapped":
        cells[n : n + 2] = [replace(here, text=after.text), replace(after, text=here.text)]
    elif way == "merged":
        cells[n : n + 2] = [replace(here, colspan=here.colspan + 1)]
    elif way == "tall":
        cells[n] = replace(here, rowspan=2)
    elif way == "words":
        cells[n] = replace(here, text=rng.choice(("总计", "其他", "自然人", "2020年", "备注", "规章")))
    elif way == "blank":
        cells[n] = replace(here, text="")
    elif way == "repeated":
        cells[n] = replace(here, text=rng.choice(cells).text)
    else:
        cells = [replace(c, column=c.column + (c.row == here.row and c.column > here.column)) for c in cells]
    return [replace(b, cells=tuple(cells)) if i == at else b for i, b in enumerate(blocks)]


def rewrapped(blocks, rng):
    """The blocks with white space at other places of their labels, as offices break their lines."""
    return [
        replace(b, cells=tuple(_rewrapped(c, rng) for c in b.cells)) if isinstance(b, Grid) else b
        for b in blocks
    ]


def _rewrapped(cell, rng):
    at = rng.randrange(len(cell.text) + 1)
    if is_numberlike(cell.text) or rng.random() < 0.5:
        return cell
    return replace(cell, text=(cell.text[:at] + rng.choice("\n \u3000") + cell.text[at:]).strip())


def assert_same(blocks, year, rng, turns=TURNS):
    for _ in range(turns):
        known, found = both(rewrapped(refilled(blocks, rng), rng), year)
        assert known == found


def has_grid(blocks):
    return any(isinstance(b, Grid) and len(b.cells) > 8 for b in blocks)


def a_page(seed, names):
    rng = random.Random(seed)
    name = rng.choice(names)
    report = rng.choice(rng.choice(list(REPORTS.values())))
    return rng, *blocks_of(LAYOUTS[name], report)


HTML = [name for name in LAYOUTS if name.startswith("html")]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_a_form_met_before_is_read_as_if_it_were_new(seed):
    rng, blocks, year = a_page(seed, HTML)
    assert_same(blocks, year, rng)
    if has_grid(blocks):
        for _ in range(2):
            assert_same(damaged(blocks, rng), year, rng)


def plain_page(layout="html_plain"):
    report = next(r for r in REPORTS["2021"] if set(r.tables.values()) == {"table"})
    return blocks_of(LAYOUTS[layout], replace(report, habit=Habit()))


@pytest.mark.parametrize("layout", ["html_plain", "html_blank_heads"])
def test_the_third_page_of_a_form_is_bound_as_the_second_was(monkeypatch, layout):
    blocks, year = plain_page(layout)
    for _ in range(2):
        both(refilled(blocks, random.Random(1)), year)
    assert [plan is not None for plan in forms._known.values()] == [True]
    monkeypatch.setattr(forms, "GridReader", None)  # nothing is read cell by cell any more
    (found, plain), _ = both(refilled(blocks, random.Random(2)), year)
    assert plain
    assert len(found.rows) > 30


def test_where_a_label_breaks_its_lines_makes_no_other_form():
    blocks, year = plain_page()
    rng = random.Random(3)
    for _ in range(4):
        known, found = both(rewrapped(refilled(blocks, rng), rng), year)
        assert known == found
    assert len(forms._met) == len(forms._known) == 1


@pytest.mark.parametrize("first", ["0", "5", ""])
def test_a_merged_figure_says_the_same_of_two_columns_only_where_it_is_none(first):
    """Whether it is bound to both hangs on what it is: such a form is never bound as another page was."""
    blocks, year = plain_page()
    at, grid = next((i, b) for i, b in enumerate(blocks) if isinstance(b, Grid) and b.n_rows > 20)
    n = next(n for n in sorted(values_of(grid)) if n + 1 in values_of(grid))
    for text in (first, first, first, "5", "0", "", "7"):
        merged = replace(grid.cells[n], colspan=2, text=text)
        cells = (*grid.cells[:n], merged, *grid.cells[n + 2 :])
        blocks[at] = replace(grid, cells=cells)
        known, found = both(blocks, year)
        assert known == found


def test_numbers_of_columns_are_no_values_in_a_known_form_either():
    blocks, year = plain_page()
    for seed in range(2):
        both(refilled(blocks, random.Random(seed)), year)
    at = max(i for i, b in enumerate(blocks) if isinstance(b, Grid))
    numbers = iter(range(1, 16))
    cells = [
        replace(c, text=str(next(numbers))) if n in values_of(blocks[at]) else c
        for n, c in enumerate(blocks[at].cells)
    ]
    blocks[at] = replace(blocks[at], cells=tuple(cells))
    known, found = both(blocks, year)
    assert known == found
    assert {row.table for row in known[0].rows} == {"proactive", "applications"}


def test_so_many_forms_are_known_and_no_more(monkeypatch):
    monkeypatch.setattr(forms, "_MOST", 3)
    monkeypatch.setattr(forms, "_MOST_MET", 4)
    blocks, year = plain_page()
    at, grid = next((i, b) for i, b in enumerate(blocks) if isinstance(b, Grid) and b.n_rows > 20)
    for number in range(12):
        other = replace(grid, n_columns=grid.n_columns + number // 2)
        both([*blocks[:at], other, *blocks[at + 1 :]], year)
        assert len(forms._known) <= 3
        assert len(forms._met) <= 4
    assert forms._known
