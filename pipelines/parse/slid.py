"""Values that stand a row or some columns from their own cells, as the form's sums show.

So stand rows that have moved over one that says nothing, the values of a column or of some rows, and a part
of section four.
One wrong figure is never told so: whatever moves, it goes on to break a sum.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from pipelines.parse.records import Cell
from pipelines.parse.template import APPLICATIONS

COLUMNS: Final = 7  # of section three
_STAGE: Final = 5  # values of each stage of section four, the last their sum
LEAST_OF_A_KIND: Final = 2  # sums of rows, or of columns, that fail: one may be an error of the office's own
BALANCED: Final = 2  # rows at each end of section three that are none of the outcomes
_UNKNOWN: Final = None

_Number = float | None
Values = Sequence[float]


def slid(cells: Sequence[Cell]) -> set[int]:
    """Which of the cells of a table, all it has and in the form's order, may hold the figures of others.

    What is lost of a table hides most of what may have moved in it.
    """
    numbers: list[_Number] = [cell.counted for cell in cells]
    known = [number for number in numbers if number is not _UNKNOWN]
    whole = len(known) == len(numbers)
    if not cells or cells[0].table_name != APPLICATIONS:
        return _part_moved(known) if known and whole else set()
    rows = [known[at : at + COLUMNS] for at in range(0, len(known), COLUMNS)]
    moved = _rows_moved(rows) or _rows_moved_on(rows) if whole else set()
    unfit = sum(None not in row and sum(row[:-1]) != row[-1] for row in rows) if whole else LEAST_OF_A_KIND
    if not moved and unfit >= LEAST_OF_A_KIND:
        table = [numbers[at : at + COLUMNS] for at in range(0, len(numbers), COLUMNS)]
        printed, meant = zip(*table, strict=True), zip(*map(_wanted, table), strict=True)
        columns = enumerate(zip(printed, meant, strict=True))
        moved = {(at, column) for column, values in columns for at in _column_moved(*values)}
    return {row * COLUMNS + column for row, column in moved}


def _rows_moved(rows: Sequence[Values]) -> set[tuple[int, int]]:
    """Rows that add up, as the columns do not, and do once those from one on move over one of zeros.

    The place that they leave is one of zeros too, or that of a row that is lost, if they have moved from
    there to the end of the table or from its end.
    """
    if any(sum(parts) != whole for *parts, whole in rows) or broken(rows) < LEAST_OF_A_KIND:
        return set()
    found: set[int] = set()
    ends = len(rows) - BALANCED
    for empty in (at for at, row in enumerate(rows) if not any(row)):
        rest = [*rows[:empty], *rows[empty + 1 :]]
        for at in range(len(rows)):
            if min(empty, at) >= BALANCED and max(empty, at) < ends:
                continue  # the outcomes are the same
            back = [*rest[:at], rows[empty], *rest[at:]]
            if not broken(back):
                found |= _apart_in(rows, back)
            elif len(rows) - 1 in (empty, at) and _contradicts(rows, at) and _lacks_a_row(back, at):
                moved = _apart_in(rows, back)
                if sum(any(rows[n]) for n in moved) >= LEAST_OF_A_KIND or not _lacks_total(rows):
                    found |= {at, *moved}
    return {(n, c) for n in found for c in range(COLUMNS)}


def _apart_in(rows: Sequence[Values], others: Sequence[Values]) -> set[int]:
    return {n for n, (row, other) in enumerate(zip(rows, others, strict=True)) if row != other}


def _lacks_total(rows: Sequence[Values]) -> bool:
    """Whether nothing but what was handled in all is wrong, as where an office has forgotten it."""
    handled = len(rows) - BALANCED
    return _lacks_a_row([*rows[:handled], [0] * COLUMNS, *rows[handled + 1 :]], handled)


def _lacks_a_row(rows: Sequence[Values], at: int) -> bool:
    """Whether some figures in place of one row are what the columns lack to add up and to balance."""
    lost = _lacking(rows, at)
    return min(lost) >= 0 and not broken([*rows[:at], lost, *rows[at + 1 :]])


def _lacking(rows: Sequence[Values], at: int) -> Values:
    """What the columns lack to add up, or to balance, where one of their rows says nothing."""
    handled = len(rows) - BALANCED
    signs = {handled: (0, 1), handled + 1: (1, 0)}.get(at, (-1, 0) if at < BALANCED else (0, -1))
    return [signs[0] * unbalanced + signs[1] * more for unbalanced, more in _off(rows)]


def _contradicts(rows: Sequence[Values], at: int) -> bool:
    """Whether columns fail in what they say without one of their rows: more than this row is wrong."""
    handled = len(rows) - BALANCED
    signs = {handled: (1, -1), handled + 1: (0, 1)}.get(at, (0, 1) if at < BALANCED else (1, 0))
    return (
        sum(signs[0] * unbalanced != -signs[1] * more for unbalanced, more in _off(rows)) >= LEAST_OF_A_KIND
    )


def _rows_moved_on(rows: Sequence[Values]) -> set[tuple[int, int]]:
    """Rows that do not add up, and may so many columns further left or right, as all columns do of which no
    value is lost then.
    """
    bad = [at for at, row in enumerate(rows) if sum(row[:-1]) != row[-1]]
    for step in range(1, COLUMNS) if bad else ():
        further_left = {at: [*rows[at][step:], *[_UNKNOWN] * step] for at in bad if not any(rows[at][:step])}
        further_right = {
            at: [*[_UNKNOWN] * step, *rows[at][:-step]] for at in bad if not any(rows[at][-step:])
        }
        for back, known in ((further_left, slice(-step)), (further_right, slice(step, None))):
            if len(back) < len(bad) or not all(map(_may_add_up, back.values())):
                continue
            whole = [
                [n for n in back.get(at, row)[known] if n is not _UNKNOWN] for at, row in enumerate(rows)
            ]
            if broken([row[known] for row in rows]) >= LEAST_OF_A_KIND and not broken(whole):
                return {(at, column) for at in bad for column in range(COLUMNS)}
    return set()


def _may_add_up(row: Sequence[_Number]) -> bool:
    """Whether the last value is the sum of the others with what may stand in unknown cells."""
    *parts, whole = row
    known = [number for number in parts if number is not _UNKNOWN]
    lacking = None if whole is _UNKNOWN else whole - sum(known)
    return lacking is None or (lacking >= 0 if len(known) < len(parts) else not lacking)


def broken(rows: Sequence[Values]) -> int:
    """How many columns do not balance, or do not add up."""
    return sum(bool(unbalanced) + bool(more) for unbalanced, more in _off(rows))


def _off(rows: Sequence[Values]) -> Iterator[tuple[float, float]]:
    """By how much each column does not balance, and what its outcomes are more than their total."""
    for new, before, *outcomes, handled, after in zip(*rows, strict=True):
        yield new + before - handled - after, sum(outcomes) - handled


def _column_moved(printed: Sequence[_Number], wanted: Sequence[_Number]) -> range:
    """The rows from the first to the last that do not add up, if they would with a column's values of the
    next ones, or of those before; ``wanted`` are those with which each row adds up.
    """
    bad = [at for at, (n, wants) in enumerate(zip(printed, wanted, strict=True)) if _apart(n, wants)]
    sure = [number for number in wanted if number is not _UNKNOWN]
    lost = len(wanted) - len(sure)
    if len(bad) < LEAST_OF_A_KIND + bool(lost) or min(sure) < 0 or (not lost and broken([[n] for n in sure])):
        return range(0)
    first, last = bad[0], bad[-1]
    first -= first > 0 and wanted[first - 1] is _UNKNOWN
    last += last < len(wanted) - 1 and wanted[last + 1] is _UNKNOWN
    shown, meant = printed[first : last + 1], wanted[first : last + 1]
    for end, here, there in ((shown[-1], shown[:-1], meant[1:]), (shown[0], shown[1:], meant[:-1])):
        if not end and not any(map(_apart, here, there)):
            return range(first, last + 1)
    return range(0)


def _wanted(row: Sequence[_Number]) -> Sequence[_Number]:
    """For each column of section three the number with which a row adds up, the others being as printed."""
    known = [number for number in row if number is not _UNKNOWN]
    if len(known) < len(row):
        return [_UNKNOWN] * len(row)
    *parts, whole = known
    added = sum(parts)
    return [*(whole - added + part for part in parts), added]


def _apart(one: _Number, other: _Number) -> bool:
    """Whether two numbers differ, of which both are known."""
    return one is not _UNKNOWN and other is not _UNKNOWN and one != other


def _part_moved(values: Values) -> set[int]:
    """The values of section four of which stages don't add up, and would further left or right."""
    if _agreeing(values)[1] < LEAST_OF_A_KIND:
        return set()
    found: set[int] = set()
    for wide in range(1, len(values)):
        for at in range(len(values) - wide + 1):
            for back in _moved_back(values, at, wide):
                agree, contradict = _agreeing(back)
                if agree and not contradict:
                    found |= {n for n, value in enumerate(values) if value != back[n]}
    return found


def _moved_back(values: Values, at: int, wide: int) -> Iterator[Sequence[_Number]]:
    """The values further left or right from a place on, where that leaves nothing out.

    What stood there before them said nothing, or is lost.
    """
    for before in ([0.0] * wide, [_UNKNOWN] * wide):
        if not any(values[at : at + wide]):
            yield [*values[:at], *values[at + wide :], *before]
        if not any(values[-wide:]):
            yield [*values[:at], *before, *values[at:-wide]]


def _agreeing(values: Sequence[_Number]) -> tuple[int, int]:
    """How many stages of section four add up to a figure, and how many can't."""
    agree = contradict = 0
    for at in range(0, len(values), _STAGE):
        stage = values[at : at + _STAGE]
        contradict += not _may_add_up(stage)
        agree += _UNKNOWN not in stage and _may_add_up(stage) and bool(stage[-1])
    return agree, contradict
