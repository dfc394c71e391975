"""Every layout prints every figure of both forms; what is there is read back with other people's readers."""

import io
import re

import docx
import pypdfium2
import pytest
from lxml import html

from samples.forms import APPLICANTS, FORMS, LINES
from samples.render import LAYOUTS, content, tables

pytestmark = pytest.mark.slow

#: the layouts that keep the tables of the official form as they are
WHOLE = ("html_plain", "html_word", "html_split", "pdf", "docx", "text_tabs")
CASES = [
    pytest.param(layout, form, habit, id=f"{layout.name}-{form}-{n}")
    for layout in (LAYOUTS[name] for name in WHOLE)
    for form in FORMS
    for n, habit in enumerate(layout.habits)
]


def bare(text):
    return re.sub(r"\s", "", text)


def boxes(report, *, stacked=True):
    return [
        [[bare(box.text) for box in row] for row in table]
        for part in content.parts(report, stacked=stacked)
        for table in part.tables
    ]


def html_tables(document):
    tree = html.fromstring(document.decode())
    found = tree.xpath("//table[not(.//table)][not(ancestor::*[contains(@style, 'none')])]")
    rows = [
        [[bare(cell.text_content()) for cell in row.xpath("td|th")] for row in t.xpath(".//tr[not(@height)]")]
        for t in found
    ]
    return rows, bare(tree.text_content())


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
@pytest.mark.parametrize("form", FORMS)
def test_every_layout_repeats_itself_and_says_which_cells_it_destroys(sample_report, layout, form):
    report = sample_report(form, layout.habits[0])
    assert layout.render(report) == layout.render(report)
    assert layout.unknowable(report) <= report.cells.keys()


@pytest.mark.parametrize(("layout", "form", "habit"), CASES)
def test_a_layout_prints_every_cell_and_every_paragraph(sample_report, layout, form, habit):
    report = sample_report(form, habit)
    document = layout.render(report)
    assert document == layout.render(report)
    if layout.suffix == "html":
        found, text = html_tables(document)
        assert found == boxes(report, stacked=layout.name != "html_split")
    elif layout.suffix == "docx":
        text = check_docx(document, report)
    elif layout.suffix == "pdf":
        text = check_pdf(document, report)
    else:
        text = bare(document.decode())
        for table in tables.proactive(report), [tables.applications(report)], [tables.reviews(report)]:
            for row in (row for one in table for row in one):
                assert "\t".join(box.text for box in row) in document.decode()
    for part in content.parts(report):
        for paragraph in (part.heading, *part.paragraphs):
            assert bare(paragraph) in text


def check_docx(document, report):
    read = docx.Document(io.BytesIO(document))
    for table, expected in zip(read.tables, boxes(report), strict=True):
        grid = [[bare(cell.text) for cell in row.cells] for row in table.rows]
        assert grid == spread(expected, report, len(grid[0]))
    return bare("".join(paragraph.text for paragraph in read.paragraphs))


def spread(expected, report, columns):
    """The table with each merged cell's text in every place it covers."""
    source = next(
        t
        for p in content.parts(report)
        for t in p.tables
        if [[bare(b.text) for b in r] for r in t] == expected
    )
    grid = [[None] * columns for _ in source]
    for y, x, box in tables.placed(source):
        for dy in range(box.rowspan):
            for dx in range(box.colspan):
                assert grid[y + dy][x + dx] is None
                grid[y + dy][x + dx] = bare(box.text)
    return grid


def check_pdf(document, report):
    with pypdfium2.PdfDocument(document) as pdf:
        pages = [pdf[n].get_textpage().get_text_bounded() for n in range(len(pdf))]
    assert len(pages) > 1
    text = bare("".join(pages))
    for line in LINES[report.form]:
        values = "".join(report.printed(("applications", "", line.key, column)) for column, _ in APPLICANTS)
        assert bare(line.labels[-1]) + values in text
    for cell in report.cells.values():
        assert cell.raw in text
    return text


@pytest.mark.parametrize("form", FORMS)
def test_each_cell_stands_in_its_row_and_under_its_header(sample_report, form):
    report = sample_report(form)
    drawn = [*tables.proactive(report), tables.applications(report), tables.reviews(report)]
    found = [box.key for table in drawn for _, _, box in tables.placed(table) if box.key]
    assert tuple(found) == tuple(report.cells)
    table = tables.applications(report)
    place = {box.key: (y, x) for y, x, box in tables.placed(table) if box.key}
    header = {
        x: box.text for y, x, box in tables.placed(table) if y in (1, 2) and x >= 3 and box.colspan == 1
    }
    label = {y: box.text for y, x, box in tables.placed(table) if y >= 3 and not box.key}
    for line in LINES[form]:
        for column, name in APPLICANTS:
            y, x = place["applications", "", line.key, column]
            assert header[x] == name
            assert label[y] == line.labels[-1]


def test_a_table_left_out_or_replaced_is_not_drawn(sample_report):
    report = sample_report(
        "2021", tables={"proactive": "table", "applications": "stated_none", "reviews": "missing"}
    )
    parts = {part.number: part for part in content.parts(report)}
    assert parts[3].paragraphs == ("无",)
    assert not parts[3].tables
    assert 4 not in parts
    for layout in LAYOUTS.values():
        assert layout.render(report)


def test_the_hidden_copy_repeats_the_tables(sample_report):
    report = sample_report("2021")
    tree = html.fromstring(LAYOUTS["html_split"].render(report).decode())
    hidden = tree.xpath("//*[contains(@style, 'none')]//table")
    assert len(hidden) == 6
