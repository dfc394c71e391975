"""A number that OCR is not sure of is never published as one; what it read is marked cell by cell."""

from dataclasses import replace

from pipelines.parse.recognised import mark
from pipelines.parse.records import Cell, Grid, GridCell, Method, Place, Reading, State


def place(n, page=0):
    return Place(page=page, box=(float(n), 0.0, n + 9.0, 9.0))


def cell(n, state=State.NUMBER, page=0):
    value = n if state is State.NUMBER else None
    raw = "" if state is State.BLANK else str(n)
    return Cell("applications", n, "granted", str(n), raw, value, "", state, place=place(n, page))


def reading(confidences, kind="scan", stained=()):
    cells = tuple(
        GridCell(0, n, str(n), place(n), confidence=c, stained=n in stained)
        for n, c in enumerate(confidences)
    )
    return Reading(kind, "image/png", (Grid(cells, 1, len(cells), Place(page=0)),))


def test_an_unsure_number_becomes_unreadable_and_keeps_its_raw_text():
    cells, issues = mark([cell(0), cell(1), cell(2, State.DASH)], reading([0.99, 0.5, 0.6]))
    assert [(c.state, c.value, c.raw) for c in cells] == [
        (State.NUMBER, 0, "0"),
        (State.UNREADABLE, None, "1"),
        (State.UNREADABLE, None, "2"),
    ]
    assert [issue.code for issue in issues] == ["ocr_unsure"]
    assert "granted.1 '1'" in issues[0].detail and all(c.method is Method.OCR for c in cells)


def test_a_page_of_doubts_gives_no_number():
    sure = [0.99] * 30 + [0.7] * 10
    cells, issues = mark([cell(n) for n in range(40)], reading(sure))
    assert {c.state for c in cells} == {State.UNREADABLE}
    assert [issue.code for issue in issues] == ["ocr_unsure", "scan_illegible"]


def test_on_a_page_of_some_doubts_numbers_are_taken_only_if_they_are_surer():
    doubtful = [0.7] * 3
    cells = [*map(cell, range(39)), cell(39, State.DASH)]
    marked, issues = mark(cells, reading([0.99] * 36 + [*doubtful, 0.95]))
    assert [n for n, c in enumerate(marked) if c.state is State.UNREADABLE] == [36, 37, 38]
    marked, issues = mark(cells, reading([0.95, *[0.99] * 35, *doubtful, 0.95]))
    assert [n for n, c in enumerate(marked) if c.state is State.UNREADABLE] == [0, 36, 37, 38]
    marked, issues = mark(cells, reading([0.95, *[0.99] * 36, *doubtful[1:], 0.95]))
    assert [n for n, c in enumerate(marked) if c.state is State.UNREADABLE] == [37, 38]
    assert [issue.code for issue in issues] == ["ocr_unsure"]


def test_cells_under_a_seal_are_doubtful_and_make_no_others_so():
    sure = [0.99] * 30 + [0.5] * 10
    cells, issues = mark([cell(n) for n in range(40)], reading(sure, stained=range(30, 40)))
    assert [c.state for c in cells] == [State.NUMBER] * 30 + [State.UNREADABLE] * 10
    assert [issue.code for issue in issues] == ["ocr_unsure"]


def test_blank_cells_of_a_scan_stay_blank_and_are_ocr():
    cells, issues = mark([cell(0), cell(1, State.BLANK)], reading([0.99, None]))
    assert [(c.state, c.method) for c in cells] == [(State.NUMBER, Method.OCR), (State.BLANK, Method.OCR)]
    assert not issues


def test_cells_of_markup_beside_pictures_are_not_ocr():
    beside = Cell(
        "reviews", 0, "lawsuit_direct", "upheld", "3", 3, "", State.NUMBER, Method.OCR, place=Place(0, 1, 2)
    )
    cells, _ = mark([cell(0), beside], reading([0.99]))
    assert [c.method for c in cells] == [Method.OCR, Method.EXACT]


def test_the_text_layer_of_a_scan_is_ocr_too_and_text_is_not():
    for kind, method in (("scan", Method.OCR), ("pages", Method.EXACT)):
        cells, issues = mark([cell(0)], reading([None], kind))
        assert [c.method for c in cells] == [method] and not issues


def test_a_count_that_begins_with_a_zero_is_none_that_anybody_wrote():
    padded = replace(cell(1), raw="01")
    cells, _ = mark([cell(0), padded], reading([0.99, 0.99]))
    assert [c.state for c in cells] == [State.NUMBER, State.UNREADABLE]
