"""Section three as a whole: a table that shows damage, and sums that no lost row explains."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, combinations

from pipelines.parse import vocabulary as words
from pipelines.parse.tables import sums
from pipelines.parse.tables.doubt_labels import heads_values
from pipelines.parse.tables.findings import Slot
from pipelines.parse.tables.gaps import (
    GROUP,
    HABIT,
    ROWS,
    Doubts,
    Rows,
    all_blank,
    keeps_sums,
    of_all,
    prints_zero,
    some_blank,
)

DAMAGED = (
    "有空行或缺标题的行，各列合计不符，数值可能错位"
    " / rows are blank or without a label, and the columns do not add up: values may have moved"
)
_MANY = 4  # rows without a label of which any may be the ones that a sum lacks
_EMPTY = 2  # rows of blanks in a table that prints its zeros
_OFF = 2  # columns that do not add up: one may be an error of the office's own

_Columns = Mapping[str, sums.Number]


def damaged(rows: Rows, loose: Sequence[Sequence[Slot]]) -> Doubts:
    """All rows that are bound, where nobody can tell which of them have moved.

    ``loose`` are the values of each row without a label. So it is where some are loose or rows are empty,
    and the totals are not explained by a row that has lost its label or its values.
    """
    if heads_values(rows):
        rows = {key: f for key, f in rows.items() if key != GROUP}
    lost = [row for slots in loose if (row := _of_a_row(slots))]
    if len(lost) < len(loose) or not (lost or _has_emptied_rows(rows)):
        return {}
    whole = rows.get("total_handled")
    adds = keeps_sums([f for f in rows.values() if not f.problem])  # else sums tell nothing in this document
    off = sums.differences(rows) if adds and whole and not all_blank(whole) else {}
    if any(_explains(off, found) for found in _of_any(lost)):
        return {}
    return of_all(rows, DAMAGED)


def _of_a_row(slots: Sequence[Slot]) -> _Columns:
    """The figures of a row without a label; nothing where one can't be read or is missing."""
    numbers = {key: sums.number(s.text) for key, s in zip(words.APPLICANT_ORDER, slots, strict=False)}
    read = {key: n for key, n in numbers.items() if n is not None}
    return read if len(read) == len(slots) == len(words.APPLICANT_ORDER) else {}


def _has_emptied_rows(rows: Rows) -> bool:
    """Whether rows of blanks stand in a table that prints its zeros."""
    bound = [f for f in rows.values() if not f.problem]
    empty, gaps = sum(map(all_blank, bound)), sum(map(some_blank, bound))
    return empty >= _EMPTY and gaps * HABIT <= len(bound) and sum(map(prints_zero, bound)) >= ROWS


def _of_any(lost: Sequence[_Columns]) -> Iterator[Sequence[_Columns]]:
    """Any of the rows without a label, none and several included."""
    few = lost[:_MANY]
    return chain.from_iterable(combinations(few, n) for n in range(len(few) + 1))


def _explains(off: _Columns, found: Sequence[_Columns]) -> bool:
    """Whether all columns add up but one, or lack what one row may have held, once these rows are found."""
    lacking = {key: -less - sum(row[key] for row in found) for key, less in off.items()}
    *parts, whole = (lacking.get(key, 0) for key in words.APPLICANT_ORDER)
    may_be_lost = min(lacking.values(), default=0) >= 0 and sum(parts) == whole
    return may_be_lost or sum(map(bool, lacking.values())) < _OFF
