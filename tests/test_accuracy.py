"""Reports in every layout are read as printed: no cell wrong, and no fewer right than before."""

import pytest

from benchmarks import accuracy, floors, sample
from samples.forms import FORMS
from samples.render import LAYOUTS

TINY = ("html_plain", "html_wrong_corner", "html_six_values", "text_printed", "docx_revised", "pdf", "xlsx")


@pytest.fixture(scope="module")
def reading():
    """Scores a layout and form on the sample of the floors, or on fewer reports."""
    count, seed = floors.GATE
    made = sample.world(seed)
    regions, found = sample.regions_of(made), sample.reports(made, seed)

    def score(name, form, count=count):
        layout = LAYOUTS[name]
        return accuracy.score(layout, sample.drawn(layout, found[form], count), regions)

    return score


def nothing_wrong(score):
    assert score.cells > 100
    assert (score.wrong, score.missed_breaks, score.false_alarms) == (0, 0, 0), score.examples
    assert score.identified == score.reports, score.examples


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("layout", TINY)
def test_nothing_is_read_wrong_in_layouts_of_each_kind(reading, layout, form):
    nothing_wrong(reading(layout, form, 2))


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_nothing_is_read_wrong_and_no_floor_is_broken(reading, layout, form):
    score = reading(layout, form)
    nothing_wrong(score)
    assert score.accuracy >= floors.load()[layout, form], score.examples


def test_every_layout_has_its_floors_and_floors_only_rise():
    current = floors.load()
    assert set(current) == {(layout, form) for layout in LAYOUTS for form in FORMS}
    key = ("html_plain", "2021")
    worse = {key: accuracy.Score(1, 100, right=50)}
    assert floors.raised(current, worse) == current
    better = {key: accuracy.Score(1, 100, right=100)}
    assert floors.raised({**current, key: 0.7}, better)[key] == 1.0


def test_the_measure_tells_wrong_from_flagged():
    made = sample.world(1)
    report = sample.reports(made, 1)["2021"][1]
    parsed = accuracy.parse(
        accuracy.Document(LAYOUTS["html_plain"].render(report), name="report.html"), sample.regions_of(made)
    )
    key = next(key for key, cell in report.cells.items() if cell.value)
    other = sample.replace(report, figures={**report.figures, key: report.figures[key] + 1})
    assert accuracy.compare(report, parsed).wrong == 0
    assert accuracy.compare(other, parsed).wrong == 1
    assert accuracy.compare(report, parsed, frozenset([key])).wrong == 1
