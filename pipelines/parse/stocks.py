"""Rows of section two that can't be what was counted: less than nothing would have been there before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from pipelines.parse.records import Cell, Issue, State
from pipelines.parse.template import PROACTIVE


class _Stock(NamedTuple):
    """What is never negative: the sum of columns, each with its sign; ``why`` says what it is."""

    columns: Mapping[str, int]
    why: str


_STOCKS: Final = (
    _Stock(
        {"in_force": 1, "repealed": 1, "issued": -1},
        "现行有效件数加废止件数少于制发件数 / fewer are in force or repealed than were issued in the year",
    ),
    _Stock(
        {"disclosed_total": 1, "newly_disclosed": -1},
        "对外公开总数量少于本年新公开数量 / fewer are disclosed in all than were in the year",
    ),
    _Stock(
        {"items_last_year": 1, "change": 1},
        "本年减少的多于上一年项目数量 / more items were taken away than there were",
    ),
)


def impossible(cells: Sequence[Cell]) -> Iterator[Issue]:
    """An issue for each row whose figures contradict one another; a blank contradicts nothing."""
    rows: dict[str, dict[str, float]] = {}
    for cell in cells:
        if cell.table_name != PROACTIVE:
            break  # the first table of the form
        if cell.state is State.NUMBER and cell.value is not None:
            rows.setdefault(cell.row, {})[cell.column_name] = cell.value
    for row, values in rows.items():
        for columns, why in _STOCKS:
            if columns.keys() <= values.keys() and sum(values[c] * sign for c, sign in columns.items()) < 0:
                yield Issue("row_doubtful", "warning", f"{PROACTIVE}.{row}: {why}")
