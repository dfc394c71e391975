"""What Word shows of a DOC is what is read of it: looks of styles, lists, pictures, quickly saved pieces."""

from pathlib import Path

import pytest

from pipelines.parse.numbers import read_value
from pipelines.parse.read import read
from pipelines.parse.records import UNREAD, Document, Grid, State

LOOKS = (Path(__file__).parent / "documents" / "looks.doc").read_bytes()
READ = {
    "shown",
    "hidden by style",
    "struck by style",
    "shown although its style hides",
    "white on blue",
    "all raised a little",
    "an entry",
}
DOUBTED = {
    "raised by style",
    "nearly white",
    "of the colour behind",
    "tiny",
    "pressed",
    "raised by points",
    "small",
    "signs",
    "a picture",
    "a list alone",
    "a list",
    "read beside",
}


@pytest.fixture(scope="module")
def cells():
    (grid,) = [block for block in read(Document(LOOKS)).blocks if isinstance(block, Grid)]
    return {row[0].text: read_value(row[1].text) for row in grid.rows()}


def test_characters_are_read_as_they_look(cells):
    assert {name: cells[name].value for name in READ} == dict.fromkeys(READ, 7)


def test_what_nobody_can_tell_is_no_number_and_no_blank(cells):
    assert {name: cells[name].state for name in DOUBTED} == dict.fromkeys(DOUBTED, State.UNREADABLE)
    assert cells.keys() == READ | DOUBTED


def test_a_piece_hidden_when_the_document_was_saved_quickly_is_not_seen():
    pieces = b"\x02" + (16).to_bytes(4, "little") + bytes(4)  # one of them, from the first character on
    at = LOOKS.index(pieces) + len(pieces) + 4 + 2 + 4
    assert LOOKS[at : at + 2] == bytes(2)
    hidden = (0x5C << 1).to_bytes(1, "little") + b"\x01"
    (grid,) = read(Document(LOOKS[:at] + hidden + LOOKS[at + 2 :])).blocks
    assert {cell.text for cell in grid.cells} <= {"", UNREAD}


def test_a_report_set_in_a_table_is_read_as_it_stands_there_and_a_field_joins_no_figure():
    framed = (Path(__file__).parent / "documents" / "framed.doc").read_bytes()
    first, second, third, grid, last = read(Document(framed)).blocks
    assert [block.text for block in (first, second, third, last)] == [
        *("一、总体情况", "正文。", "二、主动公开", "完")
    ]
    assert [[cell.text for cell in row] for row in grid.rows()] == [
        ["规章", "0", ""],
        ["行政许可", "", "12"],
        ["行政处罚", f"7{UNREAD}1", "3"],
    ]
