"""Values of section three that stand a row above or below their labels, as sums of all columns tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pipelines.parse import vocabulary as words
from pipelines.parse.tables import sums
from pipelines.parse.tables.doubt_labels import heads_rows, missing
from pipelines.parse.tables.findings import Finding
from pipelines.parse.tables.gaps import ROWS, TELLING, Doubts, Rows, all_blank, prints_zero

SLIPPED = (
    "前有空行或缺行，数字上移一行后合计相符"
    " / a row is blank or missing before it, and one row further up the figures would add up"
)
SLID = (
    "末行为空，数字下移一行后合计相符"
    " / nothing stands in the last row, and one row further down the figures would add up"
)
_MORE: Final = 3  # sums that do not hold, of which one may be an error of the office's own
_TOTAL, _LAST = "total_handled", "carried_forward"

_Columns = Mapping[str, sums.Number]
_Table = dict[str, _Columns | None]  # the figures of each row by column; None where they are not known


def displaced(rows: Rows, order: Sequence[str]) -> Doubts:
    """The rows of which the sums fail as printed, and hold once their values move by a row.

    Up into a row that is blank or missing, or down to the last label, where nothing stands beside it.
    """
    keys = [key for key in order if not (heads_rows(key, order) and all_blank(rows[key]))]
    if keys[-1:] != [_LAST] or len(keys) < ROWS:
        return {}
    nothing = not any(slot.text for slot in rows[_LAST].values())
    if keys[-2] == _TOTAL and not nothing and not missing(keys) and not any(all_blank(rows[k]) for k in keys):
        return {}  # there is no place that values may have moved to
    zeros = sum(map(prints_zero, rows.values())) >= ROWS
    printed = {key: _figures(rows[key], zeros and key not in sums.BALANCED) for key in keys}
    if keys[-2] != _TOTAL:
        return _is_total(printed) if _TOTAL not in keys else {}
    off, _ = _compared(printed)
    if not off:
        return {}
    for moved, keys_moved, why in _otherwise(printed, keys, rows, nothing):
        left, equal = _compared(moved)
        if equal >= TELLING and left * _MORE <= off:
            return {key: why for key in keys_moved if not rows[key].problem}
    return {}


def _otherwise(
    printed: _Table, keys: Sequence[str], rows: Rows, nothing: bool
) -> Iterator[tuple[_Table, Sequence[str], str]]:
    """The table with its values moved by a row, in any way that it may be, and which rows these are."""
    blanks = [(at, at + 1, key) for at, key in enumerate(keys[:-1]) if all_blank(rows[key])]
    for first, at, gap in (*blanks, *((at, at, gap) for gap, at in missing(keys).items())):
        moved = [*(printed[key] for key in keys[at:]), None]
        yield {**printed, **dict(zip([gap, *keys[at:]], moved, strict=True))}, keys[first:], SLIPPED
    for first in (len(sums.RECEIVED), 0) if nothing else ():
        moved = [None, *(printed[key] for key in keys[first:-1])]
        yield {**printed, **dict(zip(keys[first:], moved, strict=True))}, keys[first:], SLID


def _is_total(printed: _Table) -> Doubts:
    """The last row, if it holds the sum of those above it, of which the label is lost."""
    last = printed[_LAST]
    parts = [printed[key] for key in sums.parts(frozenset(printed)) if key in printed]
    apart, equal = _apart([last], parts) if last and None not in parts else (0, 0)
    return {_LAST: SLIPPED} if equal >= TELLING and not apart else {}


def _figures(finding: Finding, lost: bool) -> _Columns | None:
    """What a row adds to the sums; None where it can't be read, or is blank and its values are ``lost``."""
    if finding.problem or (lost and all_blank(finding)):
        return None
    numbers = sums.numbers(finding)
    return {k: n for k, n in zip(finding.slots, numbers, strict=True) if n} if None not in numbers else None


def _compared(table: _Table) -> tuple[int, int]:
    """How many columns do not add up or balance, and how many do that hold figures."""
    whole = table[_TOTAL]
    parts = [table[key] for key in sums.parts(frozenset(table)) if key in table]
    received, handled = ([table.get(key) for key in side] for side in (sums.RECEIVED, sums.HANDLED))
    added = _apart([whole], parts) if whole is not None else (0, 0)
    balanced = _apart(received, handled) if None not in (*received, *handled) else (0, 0)
    return added[0] + balanced[0], added[1] + balanced[1]


def _apart(left: Sequence[_Columns | None], right: Sequence[_Columns | None]) -> tuple[int, int]:
    """In how many columns two sides differ, and in how many they are the same and not zero.

    What an unknown row of the right may hold is no difference: it has no negative figures, and adds up.
    """
    one, other = _added(left), _added(right)
    lacking = [one[key] - other[key] for key in words.APPLICANT_ORDER]
    equal = sum(one[key] == other[key] != 0 for key in words.APPLICANT_ORDER)
    *parts, whole = lacking
    if None in right:
        return sum(less < 0 for less in lacking) or int(sum(parts) != whole), equal
    return sum(map(bool, lacking)), equal


def _added(rows: Sequence[_Columns | None]) -> dict[str, sums.Number]:
    """What rows add up to in each column, those that are not known left out."""
    added: dict[str, sums.Number] = dict.fromkeys(words.APPLICANT_ORDER, 0)
    for row in filter(None, rows):
        for key, number in row.items():
            added[key] += number
    return added
