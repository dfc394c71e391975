"""One cell a line, blank cells as blank lines: values are bound where all rows tell how to count them off."""

import pytest

from pipelines.parse.read.cells_on_lines import with_values_beside_labels
from pipelines.parse.records import State
from tests.parse import table_layouts as t
from tests.parse.table_layouts import Printed, random_report
from tests.parse.table_reading import FORMS, apart, read

BEFORE_HEADINGS = {"carried_forward", "reconsideration", "lawsuit_direct", "lawsuit_after_reconsideration"}


def spread(p: Printed) -> str:
    """Each cell a line, and a blank line between any two."""
    return t.cell_a_line(p).replace("\n", "\n\n")


LAYOUTS = {"lines": t.cell_a_line, "tabs": t.tabbed_cell_a_line, "spread": spread}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_blank_lines_are_blank_cells_where_all_rows_are_as_long(form, layout):
    p = random_report(5, form, blanks=True)
    text = LAYOUTS[layout](p)
    assert len(with_values_beside_labels(text)) == len(text)
    wrong, flagged = apart(p, read(text))
    assert wrong == set()
    assert {row for table, row, _ in flagged if table == "applications"} <= BEFORE_HEADINGS


def test_a_blank_line_where_a_page_ends_is_no_cell():
    p = random_report(5, "2021", blanks=True)
    head, rest = t.cell_a_line(p).split("\n（四）无法提供")
    wrong, flagged = apart(p, read(f"{head}\n\n（四）无法提供{rest}"))
    assert (wrong, len({key for key in flagged if key[0] == "applications"}) <= 7) == (set(), True)


@pytest.mark.parametrize("form", FORMS)
def test_values_of_a_row_that_has_lost_its_label_are_no_other_rows(form):
    p = random_report(5, form, blanks=True)
    for row in p.template.applications.rows:
        text = t.cell_a_line(p).replace(f"{row.label}\n", "")
        assert apart(p, read(text))[0] == set()


@pytest.mark.parametrize(("total", "state"), [("9", State.NUMBER), ("8", State.UNREADABLE)])
def test_ten_values_below_the_labels_of_two_stages_are_theirs_if_their_sums_say_so(total, state):
    p = random_report(5, "2021")
    (_, lawsuits), (*outcomes, direct, after), _ = t.review_head()
    names = [c.text for c in outcomes]
    own = [
        "行政复议",
        *names,
        *"12003",
        lawsuits.text,
        direct.text,
        after.text,
        *names,
        *names,
        *"22004",
        *"2322",
    ]
    values = "\n".join(c.text for c in t.review_values(p))
    head, rest = t.cell_a_line(p).split("\n行政复议\n行政诉讼\n")
    found = read("\n".join([head, *own, total]) + rest.partition(values)[2])
    assert {c.state for c in found.cells if c.table_name == "reviews"} == {state}


@pytest.mark.parametrize("lost", range(4, 11))
def test_a_row_that_is_a_line_shorter_than_others_tells_that_none_can_be_counted_off(lost):
    p = random_report(5, "2021", blanks=True)
    lines = t.cell_a_line(p).split("\n")
    at = next(n for n, line in enumerate(lines) if line.startswith("（一）予以公开"))
    wrong, _ = apart(p, read("\n".join([*lines[: at + lost - 3], *lines[at + lost - 2 :]])))
    assert wrong == set()


def test_before_a_heading_a_lost_cell_is_not_taken_for_the_blank_line_there():
    p = random_report(5, "2021", blanks=True)
    values = [c.text for c in t.review_values(p)]
    for place, printed in enumerate(values):
        if printed:
            continue
        lost = [*values[:place], *values[place + 1 :], ""]
        text = t.cell_a_line(p).replace("\n".join(values), "\n".join(lost))
        found = [c for c in read(text).cells if c.table_name == "reviews" and c.state is State.NUMBER]
        assert all(c.value == p.value["reviews", c.row, c.column_name] for c in found)
