"""Records come back from their packed form as they went, whatever stands in them."""

import json
import zlib
from dataclasses import astuple, fields, replace
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import Damaged
from pipelines.packing import is_whole, pack, unpack, unpack_beside
from pipelines.parse.records import Cell, Method, Place, Report, State, TableState
from tests.test_reparse import TEXT, read

NUMBERS = st.none() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
PLACES = st.none() | st.builds(
    Place,
    table=st.none() | st.integers(0, 9),
    page=st.none() | st.integers(0, 9),
    box=st.none() | st.tuples(*[st.floats(0, 999)] * 4),
    span=st.none() | st.tuples(st.integers(0, 9), st.integers(0, 9)),
    part=st.text(max_size=3),
)
CELLS = st.builds(
    Cell,
    table_name=st.sampled_from(["proactive", "applications"]),
    ordinal=st.integers(0, 300),
    row=st.text(),
    column_name=st.text(),
    raw=st.text(),
    value=NUMBERS | st.sampled_from([0, 0.0, 1, 1.0]),
    unit=st.text(),
    state=st.sampled_from(State),
    method=st.sampled_from(Method),
    confidence=st.none() | st.floats(0, 1),
    place=PLACES,
)


@cache
def read_report() -> Report:
    report = read(TEXT).report
    assert report is not None
    return report


ROW = Cell("reviews", 0, "r", "c", "1", 1, "item", State.NUMBER)


@given(st.lists(CELLS, max_size=6).map(tuple))
def test_cells_come_back_as_they_went(cells: tuple[Cell, ...]) -> None:
    packed = pack(cells)
    back = unpack(tuple[Cell, ...], packed)
    assert back == cells
    assert repr(back) == repr(cells), "0 and 0.0 are told apart"
    assert pack(back) == packed


@given(st.lists(CELLS, max_size=6).map(tuple))
def test_the_records_of_a_field_come_beside_the_rest_as_columns(cells: tuple[Cell, ...]) -> None:
    report = read_report()
    rest, columns = unpack_beside(Report, pack(replace(report, cells=cells)), "cells")
    assert rest == replace(report, cells=())
    assert list(columns) == [field.name for field in fields(Cell)]
    rows = list(zip(*columns.values(), strict=True))
    assert repr(rows) == repr(
        [tuple(map(_plain, (getattr(cell, name) for name in columns))) for cell in cells]
    )


def _plain(value: object) -> object:
    if isinstance(value, Place):
        return astuple(value)
    return value.value if isinstance(value, State | Method) else value


def test_a_state_that_is_none_is_damage() -> None:
    report = read_report()
    plain = json.loads(zlib.decompress(pack(report)))
    plain["cells"]["state"] = ["guessed"]
    with pytest.raises(Damaged):
        unpack_beside(Report, zlib.compress(json.dumps(plain).encode()), "cells")


@given(CELLS)
def test_a_record_comes_back(cell: Cell) -> None:
    assert unpack(Cell, pack(cell)) == cell


def test_a_report_that_was_read_comes_back_in_a_fraction_of_its_size() -> None:
    report = read_report()
    assert report.cells and report.figures
    back = unpack(Report, pack(report))
    assert back == report and isinstance(back.states["proactive"], TableState)
    assert (
        unpack(Report, pack(replace(report, cells=(), identity=replace(report.identity, year=None)))).cells
        == ()
    )


def _edited(packed: bytes, **columns: object) -> bytes:
    plain = json.loads(zlib.decompress(packed)) | columns
    return zlib.compress(json.dumps({k: v for k, v in plain.items() if v != "gone"}).encode())


def test_a_field_that_came_later_has_its_default_and_one_that_went_is_passed_over() -> None:
    cells = (Cell("reviews", 0, "r", "c", "1", 1, "item", State.NUMBER, label="行"),) * 2
    older = _edited(pack(cells), label="gone", given_up=[1, 2])
    assert unpack(tuple[Cell, ...], older) == tuple(replace(cell, label="") for cell in cells)


def test_a_field_of_a_place_that_came_later_has_its_default_too() -> None:
    cells = tuple(replace(ROW, place=place) for place in (Place(table=1), None, Place(table=2)))
    plain = json.loads(zlib.decompress(pack(cells)))
    del plain["place"]["part"], plain["place"]["block"]
    assert unpack(tuple[Cell, ...], zlib.compress(json.dumps(plain).encode())) == cells


@pytest.mark.parametrize(
    "damaged",
    [
        b"",
        b"no such thing",
        pack(())[:-2],
        zlib.compress(b"{"),
        zlib.compress(b'{"identity": 3}'),
        _edited(pack((ROW,) * 2), raw=["1", "2", "3"]),
        _edited(pack((ROW,) * 2), state=["odd"]),
        _edited(pack((ROW,) * 2), place={"#": 1, "table": [1]}),
        _edited(pack((ROW,) * 2), raw="gone"),
    ],
)
def test_what_is_damaged_is_told(damaged: bytes) -> None:
    with pytest.raises(Damaged):
        unpack(Report, damaged)
    with pytest.raises(Damaged):
        unpack(tuple[Cell, ...], damaged)
    with pytest.raises(Damaged):
        unpack_beside(Report, damaged, "cells")


def test_each_bit_of_a_packed_value_counts() -> None:
    packed = pack((ROW,))
    assert is_whole(packed)
    for at in range(8 * len(packed)):
        damaged = bytearray(packed)
        damaged[at // 8] ^= 1 << at % 8
        assert not is_whole(bytes(damaged)) or zlib.decompress(damaged) == zlib.decompress(packed)
