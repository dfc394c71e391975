"""Blank fields of lines: those of a label that spans columns are none of the values behind it."""

import pytest

from tests.parse import table_layouts as t
from tests.parse.table_layouts import Printed, Row
from tests.parse.table_reading import FORMS, apart, consistent, lines, read


def with_blanks(form: str) -> Printed:
    """A report that prints no zeros."""
    p = consistent(5, form)
    for key, text in p.raw.items():
        if key[0] == "applications" and text == "0":
            p.raw[key], p.value[key] = "", None
    return p


def fields(row: Row) -> list[str]:
    """The fields of a row: blank ones for the columns that a cell spans, none for its further rows."""
    return [text for cell in row for text in (cell.text, *[""] * (cell.colspan - 1))]


def document(p: Printed, rows: list[list[str]], mark: str) -> str:
    head = [fields(row) for row in t.application_head()]
    return lines(p, [mark.join(["", *row, ""]).strip(" ") for row in [*head, *rows]])


@pytest.mark.parametrize("mark", [" | ", "|"])
@pytest.mark.parametrize("form", FORMS)
def test_blank_fields_of_labels_that_span_columns_are_no_values(form, mark):
    p = with_blanks(form)
    rows = [fields(row) for row in t.application_rows(p)]
    assert apart(p, read(document(p, rows, mark))) == (set(), set())


@pytest.mark.parametrize("at", range(1, 22, 4))
@pytest.mark.parametrize("form", FORMS)
def test_a_field_that_a_row_has_lost_moves_no_other(form, at):
    p = with_blanks(form)
    rows = [fields(row) for row in t.application_rows(p)]
    for lost in (1, 2, 7):
        moved = [row[:-lost] + row[len(row) - lost + 1 :] if n == at else row for n, row in enumerate(rows)]
        assert apart(p, read(document(p, moved, "|")))[0] == set()
