"""Records survive the way through JSON."""

from dataclasses import fields
from json import loads
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.codec import dumps, from_plain
from pipelines.parse.records import Cell, Document, Grid, GridCell, Hints, Method, Place, Report, State


@given(
    st.builds(
        Cell,
        table_name=st.sampled_from(["proactive", "applications"]),
        ordinal=st.integers(0, 300),
        row=st.text(),
        column_name=st.text(),
        raw=st.text(),
        value=st.none() | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
        unit=st.text(),
        state=st.sampled_from(State),
        method=st.sampled_from(Method),
        confidence=st.none() | st.floats(0, 1),
        place=st.none()
        | st.builds(Place, page=st.integers(0, 9), box=st.tuples(*[st.floats(0, 999)] * 4), part=st.text()),
    )
)
def test_a_cell_comes_back_as_it_went(cell: Cell) -> None:
    assert from_plain(Cell, loads(dumps(cell))) == cell


def test_records_that_hold_records_come_back() -> None:
    grid = Grid((GridCell(0, 0, "规章", Place(table=1, row=0, column=0)),), 1, 1, Place(table=1))
    document = Document(b"", url="http://x/", hints=Hints(agency="某局"), parts=(Document(b"", name="附件"),))
    assert from_plain(Grid, loads(dumps(grid))) == grid
    assert from_plain(Document, loads(dumps(document))).parts[0].name == "附件"


def test_bytes_have_no_place_in_json() -> None:
    with pytest.raises(TypeError):
        dumps(Document(b"x"))


def test_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="fields"):
        from_plain(Hints, ["one"] * (len(fields(Hints)) + 1))
    with pytest.raises(ValueError, match="fields"):
        from_plain(Cell, ["applications", 1])


@pytest.mark.parametrize("plain", [None, 3, [["report"], "2021", "complete", ["no object"], [], [], [], []]])
def test_a_value_of_another_kind_is_refused(plain: Any) -> None:
    with pytest.raises(ValueError):
        from_plain(Report, plain)


def test_a_field_that_came_later_has_its_default() -> None:
    assert from_plain(Hints, ["640323"]) == Hints(region_code="640323")
