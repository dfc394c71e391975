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
