"""Where tables print the form as it is, the second reading is left out: it could only repeat the first."""

import importlib
import random
from dataclasses import replace

import pytest

from benchmarks import sample
from pipelines.parse.records import Document
from pipelines.parse.report import parse
from samples.render import LAYOUTS, content, markup
from samples.render.layout import html_layout
from samples.report import Habit
from tests.parse import mutating

FILL = importlib.import_module("pipelines.parse.tables.fill")
READ_GRIDS = FILL.read_grids
KNOWN = FILL.Form.known
WORLD = sample.world(11)
REGIONS = sample.regions_of(WORLD)
REPORTS = sample.reports(WORLD, 11)


def _has_all_tables(report):
    return set(report.tables.values()) == {"table"}


def plain_and_full(monkeypatch, document):
    """What is read of a document as it is read and with a second reading of all, and whether it is plain."""
    told = []

    def listening(*given):
        found, plain = READ_GRIDS(*given)
        told.append(plain)
        return found, plain

    def known(form):
        found = KNOWN(form)
        told.append(found is not None)
        return found

    monkeypatch.setattr(FILL, "read_grids", listening)
    monkeypatch.setattr(FILL.Form, "known", known)
    usual = parse(Document(document), REGIONS)
    monkeypatch.setattr(FILL, "read_grids", lambda *given: (READ_GRIDS(*given)[0], False))
    monkeypatch.setattr(FILL.Form, "known", lambda form: None)
    return usual, parse(Document(document), REGIONS), any(told)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in LAYOUTS if name.startswith(("html", "docx"))])
def test_a_second_reading_of_plain_tables_changes_nothing(name, monkeypatch):
    layout = LAYOUTS[name]
    for of_form in REPORTS.values():
        for report in sample.drawn(layout, of_form, 2):
            usual, full, _ = plain_and_full(monkeypatch, layout.render(report))
            assert usual == full


@pytest.mark.slow
@pytest.mark.parametrize("name", mutating.MUTATIONS)
def test_nor_does_one_of_damaged_tables(name, monkeypatch):
    whole = html_layout("", lambda _: markup.fragments(doc.parts), ())
    for seed in range(6):
        rng = random.Random(f"{name}/{seed}")
        report = rng.choice([r for of_form in REPORTS.values() for r in of_form if _has_all_tables(r)])
        doc = mutating.Document(content.parts(replace(report, habit=Habit())))
        mutating.MUTATIONS[name](doc, rng)
        usual, full, _ = plain_and_full(monkeypatch, whole.render(report))
        assert usual == full


def test_most_pages_are_plain(monkeypatch):
    layout = LAYOUTS["html_plain"]
    reports = [r for of_form in REPORTS.values() for r in sample.drawn(layout, of_form, 6)]
    plain = [plain_and_full(monkeypatch, layout.render(report))[2] for report in reports]
    assert sum(plain) >= 0.7 * len(plain)
