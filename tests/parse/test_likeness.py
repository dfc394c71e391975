"""Grids alike but for their figures share what hangs on their labels; no figure of one shows in another."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.parse import vocabulary as words
from pipelines.parse.likeness import by_likeness, derive, is_bare_number, liken, unless_kept
from pipelines.parse.read.table_blocks import lay_out, table_blocks
from pipelines.parse.records import Grid, GridCell, Place
from pipelines.parse.sections import _grid_words
from pipelines.parse.tables.blocks import Captions
from pipelines.parse.tables.broken.halves import with_halves
from pipelines.parse.tables.by_column import joined_by_column
from pipelines.parse.tables.copies import without_other_years
from pipelines.parse.tables.fill import _said_in
from pipelines.parse.tables.forms import Form
from pipelines.parse.tables.unfold import unfold
from pipelines.parse.template import TEMPLATES, detect_format

LABELS = sorted(
    {row.label for form in TEMPLATES.values() for row in form.applications.rows}
    | {
        label
        for matcher in (words.APPLICANTS, words.OUTCOMES, words.PROACTIVE_COLUMNS)
        for label in matcher.forms
    }
)
TEXTS = (
    st.sampled_from(
        ["", "0", "1", "12", "3 4", "5\n6", "2021", "2021年", "本年", "1,234", "3.5", "—", "无", "5件", "+6"]
    )
    | st.sampled_from(LABELS)
    | st.integers(0, 99_999).map(str)
)
SPANS = st.sampled_from([(1, 1)] * 6 + [(2, 1), (1, 2), (3, 1), (1, 5)])


def grid(texts, n_columns=2, spans="here", tall=()):
    cells = tuple(
        GridCell(
            n // n_columns, n % n_columns, text, Place(table=0, row=n // n_columns, column=n % n_columns)
        )
        for n, text in enumerate(texts)
    )
    return liken(Grid(cells, -(-len(texts) // n_columns), n_columns, Place(table=0)), spans, tall)


def test_a_question_is_asked_once_for_grids_that_differ_in_figures_only():
    asked = []

    @by_likeness
    def labels(grid):
        asked.append([cell.text for cell in grid.cells])
        return [cell.text for cell in grid.cells if not is_bare_number(cell.text)]

    for figures in (("3", "14"), ("255", "0"), ("1.50", "21000")):
        assert labels(grid(["受理", figures[0], "结转", figures[1]])) == ["受理", "结转"]
    assert asked == [["受理", "3", "结转", "14"]]
    assert labels(grid(["受理", "3", "结案", "14"])) == ["受理", "结案"]
    assert labels(grid(["受理", "3", "结转", "14"], spans="elsewhere")) == ["受理", "结转"]
    assert len(asked) == 3


@pytest.mark.parametrize("text", ["2021", "1999", "", "—", "5件", "1,234", "三", "3 4", "+6", "３"])
def test_years_blanks_and_whatever_is_no_bare_number_are_no_figures(text):
    assert not is_bare_number(text)
    assert grid(["受理", text], spans=text).told is not grid(["受理", "7"], spans=text).told


def test_a_figure_over_several_rows_and_a_cell_that_can_not_be_told_apart_are_like_no_other():
    assert grid(["受理", "3"], tall=["受理"]).told is not None
    assert grid(["受理", "3"], tall=["3"]).told is None
    assert grid(["受理\0", "3"]).told is None


def test_a_change_is_left_out_where_it_keeps_grids_that_are_alike():
    changed = []

    @unless_kept
    def change(one):
        changed.append(one)
        return one if "甲" in one.cells[0].text else replace(one, cells=one.cells[:1])

    kept = grid(["甲", "3"], spans="of change")
    assert change(kept) is kept
    assert change(other := grid(["甲", "4"], spans="of change")) is other
    assert len(changed) == 1
    for figure in "34":
        assert [cell.text for cell in change(grid(["乙", figure], spans="of change")).cells] == ["乙"]


def test_grids_made_in_one_way_of_grids_alike_are_alike_too():
    def turned(one):
        return derive(replace(one, cells=one.cells[::-1]), one, turned)

    first, other = (turned(grid(["受理", figure], spans="of turned")) for figure in "34")
    assert first.told is other.told is not None
    assert turned(first).told is not first.told
    assert [cell.text for cell in other.cells] == ["4", "受理"]
    assert turned(grid(["受理", "3"], tall=["3"])).told is None


def test_a_border_dragged_in_one_row_is_put_right_in_each_grid_with_its_own_figures():
    def dragged(figures):
        one = grid(["受理", figures[0], "结转", figures[1]], n_columns=2)
        spans = ((0, 1), (1, 2), (0, 2), (2, 1))
        cells = [replace(c, column=at, colspan=n) for c, (at, n) in zip(one.cells, spans, strict=True)]
        return liken(Grid(tuple(cells), 2, 3, one.place), spans, ())

    for figures in (("3", "14"), ("255", "0")):
        (above, first), (below, second) = unfold(dragged(figures)).rows()
        assert (above.column, above.colspan, below.column, below.colspan) == (0, 1, 0, 1)
        assert (first.column, first.text, second.column, second.text) == (1, figures[0], 1, figures[1])


@pytest.mark.slow
@given(
    st.lists(st.lists(st.tuples(TEXTS, SPANS), min_size=1, max_size=7), min_size=1, max_size=14),
    st.randoms(use_true_random=False),
)
def test_grids_are_read_as_if_nothing_was_known_of_others(rows, random):
    layout = lay_out((tuple(tuple(span for _, span in row) for row in rows),))
    texts = [text for row in rows for text, _ in row]
    others = [str(random.randrange(2_000)) if text.isdigit() and text != "2021" else text for text in texts]
    for printed in (others, texts):
        told = table_blocks(layout, printed, 0)
        alone = [block if not isinstance(block, Grid) else _alone(block) for block in told]
        for block, same in zip(told, alone, strict=True):
            if isinstance(block, Grid):
                assert unfold(block) == unfold(same)
                assert without_other_years(block, "2021") == without_other_years(same, "2021")
                assert detect_format(_said_in(block))[0] == detect_format(_said_in(same))[0]
                assert _grid_words(block) == _grid_words(same)
        assert with_halves(list(told)) == with_halves(list(alone))
        assert joined_by_column(list(told)) == joined_by_column(list(alone))
        forms = [Form.of(blocks, "2021", Captions(blocks)).digest for blocks in (told, alone)]
        assert forms[0] == forms[1]


def _alone(block):
    """The grid, which shares nothing with others."""
    return Grid(block.cells, block.n_rows, block.n_columns, block.place, block.exact)
