"""A figure that stands in a paragraph has its own place there, and is found and marked again."""

import pytest

from pipelines.parse.read.html import marked_elements
from pipelines.parse.records import Document, Place
from pipelines.publish.marking import rebuilt
from tests.parse import table_layouts as t
from tests.parse.table_layouts import random_report
from tests.parse.table_reading import apart, read

LINES = {
    "paragraphs": lambda rows: "".join(f"<p>{'&emsp;'.join(row)}</p>" for row in rows),
    "spans": lambda rows: "".join(f"<p>{''.join(f'<span> {x}</span>' for x in row)}</p>" for row in rows),
    "line breaks": lambda rows: "<div>" + "<br>\n".join("　".join(row) for row in rows) + "</div>",
    "pipes": lambda rows: "".join(f"<p>| {' | '.join(row)} |</p>" for row in rows),
}


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("lines", LINES)
def test_the_place_of_a_figure_in_a_paragraph_holds_it_and_nothing_else(lines):
    p = random_report(4, "2021")
    three = [*t.application_head(), *t.application_rows(p)]
    four = [*t.review_head(), t.review_values(p)]
    tables = [[[c.text for c in row] for row in rows] for rows in (t.proactive_rows(p), three, four)]
    page = t.page(*map(LINES[lines], tables))
    found = read(page)
    assert apart(p, found)[0] == set()
    in_paragraphs = [c for c in found.cells if c.place and c.place.block is not None and c.value is not None]
    assert len(in_paragraphs) > 150
    for cell in in_paragraphs[::7]:
        assert cell.place is not None
        _, element = marked_elements(page.encode(), "utf-8", cell.place)
        assert element is not None
        assert squeezed("".join(element.itertext())) == squeezed(cell.raw)


PAGE = "<html><body><p>收到<b>申请 1</b>2 件，<!-- 9 -->办结<i>3</i>件。</p><p>又 7 件</p></body></html>"


def element(start: int, end: int) -> str:
    _, found = marked_elements(PAGE.encode(), "utf-8", Place(block=0, span=(start, end)))
    return "".join(found.itertext()) if found is not None else ""


def test_a_piece_of_a_paragraph_is_found_whatever_tags_stand_around_it():
    assert [element(0, 2), element(2, 4), element(12, 13)] == ["收到", "申请", "3"]
    assert element(5, 7) == "收到申请 12 件，办结3件。"  # over the end of a tag: the paragraph


def test_the_evidence_page_marks_the_figure_alone():
    document = Document(PAGE.encode(), media_type="text/html", charset="utf-8")
    assert '<span id="here" style=' in rebuilt.page(document, Place(block=0, span=(2, 4)), ())
    assert ">申请</span> 1</b>" in rebuilt.page(document, Place(block=0, span=(2, 4)), ())
    assert '<p id="here"' in rebuilt.page(document, Place(block=1), ())
