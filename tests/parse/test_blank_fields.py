"""Blank fields of lines: those of a label that spans columns are none of the values behind it."""

import pytest

from tests.parse import table_layouts as t
from tests.parse.table_layouts import Printed, Row
from tests.parse.table_reading import FORMS, apart, consistent, flat, head, lines, read, rows_flagged


def with_blanks(form: str) -> Printed:
    """A report that prints no zeros."""
    p = consistent(5, form)
    for key, text in p.raw.items():
        if key[0] == "applications" and text == "0":
            p.raw[key], p.value[key] = "", None
    return p


def of_firms(form: str) -> Printed:
    """A report that prints no zeros, in several rows of which nothing stands below the first column."""
    p = with_blanks(form)
    for row in [r.key for r in p.template.applications.rows][2:20:3]:
        for column, figure in (("natural_person", ""), ("business", "2"), ("total", "2")):
            p.raw["applications", row, column] = figure
            p.value["applications", row, column] = int(figure) if figure else None
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


@pytest.mark.parametrize("form", FORMS)
def test_fields_from_the_first_figure_to_its_total_are_a_row_s_however_a_line_is_padded(form):
    p = with_blanks(form)
    rows = [fields(row) for row in t.application_rows(p)]
    padded = [["", *row, *[""] * (n % 3)] for n, row in enumerate(rows)]
    text = lines(p, ["\t".join(row) for row in [*map(fields, t.application_head()), *padded]])
    stated, flagged = apart(p, read(text))
    assert stated == set()
    printed = {key for key in p.value if key[0] == "applications" and p.value[key] is not None}
    sure = {row for _, row, column in printed if column == "natural_person"}
    assert not any(row in sure for _, row, _ in flagged)


@pytest.mark.parametrize("form", FORMS)
def test_a_row_that_has_lost_a_field_is_flagged_however_a_line_is_padded(form):
    p = with_blanks(form)
    rows = [fields(row) for row in t.application_rows(p)]
    lost = [["", *row[:-3], *row[-2:], *[""] * (1 + n % 3)] for n, row in enumerate(rows)]
    text = lines(p, ["\t".join(row) for row in [*map(fields, t.application_head()), *lost]])
    assert apart(p, read(text))[0] == set()


def in_grid(rows: list[Row]) -> list[list[str]]:
    """The fields of rows, a blank one for each place that a cell of a row above spans."""
    taken: dict[tuple[int, int], str] = {}
    for y, row in enumerate(rows):
        x = 0
        for cell in row:
            while (y, x) in taken:
                x += 1
            for down in range(cell.rowspan):
                taken |= {(y + down, x + right): "" for right in range(cell.colspan)}
            taken[y, x] = cell.text
    width = max(x for _, x in taken) + 1
    return [[taken.get((y, x), "") for x in range(width)] for y in range(len(rows))]


@pytest.mark.parametrize("padding", [1, 5])
@pytest.mark.parametrize("form", FORMS)
def test_columns_behind_those_of_the_header_pad_all_lines_of_a_grid(form, padding):
    p = of_firms(form)
    rows = [[*row, *[""] * padding] for row in in_grid([*t.application_head(), *t.application_rows(p)])]
    assert apart(p, read(lines(p, [f"| {' | '.join(row)} |" for row in rows]))) == (set(), set())


@pytest.mark.parametrize("form", FORMS)
def test_a_row_of_such_a_grid_that_has_lost_a_field_moves_nothing(form):
    p = of_firms(form)
    rows = [[*row, *[""] * 3] for row in in_grid([*t.application_head(), *t.application_rows(p)])]
    for row in rows[6:9]:
        row[-5:] = [*row[-4:], ""]
    assert apart(p, read(lines(p, [f"| {' | '.join(row)} |" for row in rows])))[0] == set()


@pytest.mark.parametrize("mark", ["\t", " | "])
@pytest.mark.parametrize("form", FORMS)
def test_blank_fields_behind_totals_make_lines_as_long_as_the_longest(form, mark):
    p = of_firms(form)
    rows = [[cell.text for cell in row] for row in [head(p), *t.application_rows(p)]]
    longest = max(map(len, rows))
    padded = [mark.join([*row, *[""] * (longest - len(row))]) for row in rows]
    stated, flagged = apart(p, read(lines(p, padded)))
    assert (stated, rows_flagged(flagged)) == (set(), set())


@pytest.mark.parametrize("mark", ["\t", "|"])
def test_a_header_that_is_padded_at_its_end_tells_no_place(mark):
    p = with_blanks("2021")
    names = [["自然人", "法人或其他组织", "总计"], [cell.text for cell in head(p)[2:7]]]
    rows = [[cell.text for cell in row] for row in t.application_rows(p)]
    padded = [[*row, *[""] * (10 - len(row))] for row in [*names, *rows]]
    assert apart(p, read(lines(p, [mark.join(row) for row in padded])))[0] == set()


@pytest.mark.parametrize("mark", ["\t", " | "])
@pytest.mark.parametrize("form", FORMS)
def test_the_only_figure_of_padded_lines_is_no_one_s_neighbour(form, mark):
    p = with_blanks(form)
    for key in p.raw:
        if key[0] == "applications":
            p.raw[key], p.value[key] = "", None
    p.raw["applications", "not_processed_duplicate", "other_org"] = "7"
    p.value["applications", "not_processed_duplicate", "other_org"] = 7
    rows = [[cell.text for cell in row] for row in t.application_rows(p)]
    padded = [mark.join([*row, *[""] * (9 - len(row))]) for row in rows]
    names = mark.join(cell.text for cell in head(p)[2:7])
    assert apart(p, read(lines(p, [names, *padded])))[0] == set()


@pytest.mark.parametrize("form", FORMS)
def test_blank_fields_are_blank_cells_where_two_rows_alone_have_lost_a_field(form):
    p = with_blanks(form)
    rows = [["", row[0].text, *(cell.text for cell in row[1:])] for row in flat(p)]
    for n in (2, 3):
        del rows[n][-1]
    text = lines(p, ["\t".join(row) for row in [[c.text for c in head(p)], *rows]])
    keys = [row.key for row in p.template.applications.rows]
    stated, flagged = apart(p, read(text))
    assert stated == set() and rows_flagged(flagged) == {keys[2], keys[3]}


def test_fifteen_fields_whose_totals_are_sums_are_section_four():
    p = consistent(5, "2021")
    for table, row, column in list(p.raw):
        if table == "reviews":
            figure = {"upheld": "3", "total": "3"}.get(column, "") if row == "lawsuit_direct" else ""
            p.raw[table, row, column], p.value[table, row, column] = figure, int(figure) if figure else None
    four = [*map(fields, t.review_head()), [cell.text for cell in t.review_values(p)]]
    two = "\n".join(" ".join(c.text for c in row) for row in t.proactive_rows(p))
    three = "\n".join("\t".join(c.text for c in row) for row in [head(p), *flat(p)])
    found = read(t.report_text(two, three, "\n".join("\t".join(row) for row in four)))
    assert apart(p, found) == (set(), set())
    moved = [*four[:-1], ["", *four[-1][:-1]]]
    found = read(t.report_text(two, three, "\n".join("\t".join(row) for row in moved)))
    assert apart(p, found)[0] == set()
