"""Labels that may have moved along the rows of a table, away from their values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product

from pipelines.parse.tables import sums
from pipelines.parse.tables.findings import Finding
from pipelines.parse.tables.gaps import GROUP, ROWS, Doubts, Met, Rows, all_blank, prints_zero, some_blank
from pipelines.parse.template import TEMPLATES
from pipelines.parse.vocabulary import is_blank

MOVED = (
    "有数值缺行标题，又有行缺数值，行标题可能错位"
    " / values stand beside no label, and a row without values shows that labels have moved"
)
DRAWN_UP = (
    "别处印有 0 而有一行全空，各列合计不符"
    " / nothing stands in one row, though zeros are printed, and the columns do not add up"
)
BLANK = "本行为空，而另有数值缺行标题 / nothing stands in the row, but values stand beside no label"
CUT = (
    "行末空白，下方另有缺标题的数值，可能属于本行"
    " / it ends with a blank, and values without a label stand below it: they may be its own"
)
_RECEIVED = 2  # rows before those of the outcomes


def moved(rows: Rows, order: Sequence[str], orphans: Sequence[int]) -> Doubts:
    """Rows between values without a label and rows without values."""
    if not orphans:
        return {}
    blanks = [at for at, key in enumerate(order) if all_blank(rows[key])]
    found = dict.fromkeys((order[at] for at in blanks), BLANK)
    free, lost = _unmatched(orphans, missing(order).values())
    return dict.fromkeys(_between(order, free, lost + blanks), MOVED) | found


def astray(rows: Rows, met: Met) -> Doubts:
    """Rows between values beside no label or a group's alone, and where a row of the form is missing."""
    order, at = met.order, [*met.orphans, *met.grouped]
    if GROUP in order and heads_values(rows):
        group = order.index(GROUP)
        order = [key for key in order if key != GROUP]
        at = [group, *(n - (n > group) for n in at)]
    return dict.fromkeys(_between(order, *_unmatched(at, missing(order).values())), MOVED) if at else {}


def heads_values(rows: Rows) -> bool:
    """Whether values stand beside a label that is a group's in this form, and a row's in another."""
    return GROUP in rows and heads_rows(GROUP, rows) and not all_blank(rows[GROUP])


def _unmatched(values: Iterable[int], places: Iterable[int]) -> tuple[list[int], list[int]]:
    """Both without the places of lost labels whose values stand where they stood."""
    free, lost = list(values), list(places)
    for at in values:
        if at in lost:
            lost.remove(at)
            free.remove(at)
    return free, lost


def _between(order: Sequence[str], free: Sequence[int], lost: Sequence[int]) -> list[str]:
    """The rows between any of both."""
    spans = [(min(pair), max(pair)) for pair in product(free, lost)]
    return [key for start, end in spans for key in order[start:end]]


def beside_orphans(rows: Rows, order: Sequence[str], orphans: Sequence[int]) -> Doubts:
    """Rows of blanks just above or below values without a label."""
    beside = {key for at in orphans for key in order[max(0, at - 1) : at + 1]}
    return {key: BLANK for key in order if key in beside and all_blank(rows[key])}


def beside_values(rows: Rows, loose: int) -> Doubts:
    """All rows, where none says anything and as many ``loose`` values as a row has stand in their table; else
    those with blanks that do not add up: of their values some may be these.
    """
    if not rows or loose < min(len(f.slots) for f in rows.values()):
        return {}
    silent = all(map(all_blank, rows.values()))
    return {key: BLANK for key, row in rows.items() if silent or (some_blank(row) and not _may_add_up(row))}


def _may_add_up(row: Finding) -> bool:
    return sums.adds_up({key: slot.text for key, slot in row.slots.items()}) is not False


def drawn_up(rows: Rows, met: Met) -> Doubts:
    """The rows around the only one of blanks, in a table that prints its zeros and does not add up.

    Values have moved up by a row, over one of which nothing is left, or down. So it is where nothing but
    its label is left of a row. What was received is told by the balance.
    """
    order, orphans, bare, _ = met
    blanks = {key: at for at, key in enumerate(order) if all_blank(rows[key]) and not heads_rows(key, order)}
    unmet = {*bare, *rows}.difference(order)  # in the order that shows what stands where
    lost = {key: at for key in unmet if key not in rows or all_blank(rows[key]) if (at := _place(key, order))}
    gaps = blanks | lost
    others = [f for key, f in rows.items() if not f.problem and not all_blank(f)]
    if orphans or len(gaps) != 1 or any(map(some_blank, others)) or sum(map(prints_zero, others)) < ROWS:
        return {}
    ((gap, at),) = gaps.items()
    known = len(others) == len(rows) - len(gaps.keys() & rows.keys())
    if gap == "total_handled":
        drawn = known and _is_sum_of_those_above([rows[key] for key in order[_RECEIVED:at]])
        return dict.fromkeys(order[: at + len(blanks)], DRAWN_UP) if drawn else {}
    if known and len(sums.broken_columns(rows)) <= 1:
        return {}
    too_much = any(more > 0 for more in sums.differences(rows).values())  # no lost row explains it
    balanced = known and gap not in sums.BALANCED and not too_much and not sums.unbalanced_columns(rows)
    doubted = [*order, *(key for key in lost if key in rows)]
    return {key: DRAWN_UP for key in doubted if not balanced or key not in sums.BALANCED}


def _place(key: str, order: Sequence[str]) -> int:
    """After how many of the rows met a row of the form belongs; 0 if they are not in the form's order."""
    keys = _nearest(order)
    before = set(keys[: keys.index(key)]) & set(order) if key in keys else set()
    return len(before) if before == set(order[: len(before)]) else 0


def heads_rows(key: str, order: Iterable[str]) -> bool:
    """Whether a row is but the name of a group in this form: the rows of the group stand below it."""
    return key == GROUP and any(other.startswith("other_") for other in order if other != key)


def _is_sum_of_those_above(rows: Sequence[Finding]) -> bool:
    """Whether the last row is in every column at least what those before it add up to."""
    *above, last = ({key: sums.number(slot.text) or 0 for key, slot in f.slots.items()} for f in rows)
    added = {key: sum(row.get(key, 0) for row in above) for key in last}
    return any(added.values()) and all(last[key] >= total for key, total in added.items())


def cut(rows: Rows, order: Sequence[str], orphans: Sequence[int]) -> Doubts:
    """Rows that end with a blank just above values without a label."""
    above = {order[at - 1] for at in orphans if at}
    ends = {key: list(rows[key].slots.values())[-1:] for key in above}
    return {key: CUT for key, last in ends.items() if last and is_blank(last[0].text)}


def missing(order: Sequence[str]) -> Mapping[str, int]:
    """The rows of the form that are missing in ``order``, and after how many of those met they belong."""
    return _missing(tuple(order))


@lru_cache(maxsize=256)  # most reports have all
def _missing(order: tuple[str, ...]) -> Mapping[str, int]:
    keys = _nearest(order)
    at = {key: n for n, key in enumerate(order)}
    if [k for k in keys if k in at] != [k for k in order if k in keys]:
        return {}
    found, met = {}, 0
    for key in keys:
        if key in at:
            met = at[key] + 1
        else:
            found[key] = met
    return found


def _nearest(present: Sequence[str]) -> tuple[str, ...]:
    """The rows of the form that has most of those present, and of several the shortest."""
    return max(_forms(present), key=lambda form: (len(set(form) & set(present)), -len(form)))


def _forms(present: Sequence[str]) -> Iterator[tuple[str, ...]]:
    for template in TEMPLATES.values():
        for parts in ((template.applications,), template.proactive):
            yield template.substituted(tuple(row.key for part in parts for row in part.rows), present)
