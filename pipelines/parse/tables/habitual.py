"""Blanks that are a document's habit: every sum that it prints holds, and no blank stands out from the rest.

All doubts about blanks of plain rows (see :mod:`doubt`) rest on a sum that fails, on a blank that is rare
where it stands, or on a figure that says where others belong. Most documents with blanks have none of these,
and what they print is enough to tell that, before any row is looked at by itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from pipelines.parse import vocabulary as words
from pipelines.parse.tables import sums
from pipelines.parse.tables.doubt_labels import heads_rows
from pipelines.parse.tables.form_plans import Rows
from pipelines.parse.tables.forms import Known
from pipelines.parse.tables.gaps import GROUP, are_rare
from pipelines.parse.template import APPLICATIONS, PROACTIVE, REVIEWS
from pipelines.parse.vocabulary import is_blank

_FEES: Final = "administrative_fees"
_WHOLE: Final = "total_handled"
_OF_MONEY: Final = frozenset(".元")

_COLUMNS: Final = len(words.APPLICANT_ORDER)
_LONE: Final = (1, len(words.OUTCOME_ORDER))  # blanks of section four: one cell, or one stage, may be lost

_Numbers = Sequence[sums.Number]


class _Ledger(NamedTuple):
    """Where the values of each table's rows stand among the cells of a form.

    ``parts`` are the rows of section three that ``whole`` adds up, ``received`` and ``handled`` both sides
    of its balance, ``group`` is one that may be but a group's name; all by their number in it.
    """

    applications: tuple[slice, ...]
    reviews: tuple[slice, ...]
    proactive: tuple[slice, ...]
    fees: slice | None
    parts: tuple[int, ...]
    whole: int
    received: tuple[int, ...]
    handled: tuple[int, ...]
    group: int | None


def are_habitual(known: Known) -> bool:
    """Whether no doubt can rest on the blanks of a form's rows, labelled as the form has them.

    False proves nothing: rows have to be looked at then.
    """
    ledger = _ledger(known.rows)
    printed = [cell.text for cell in known.cells]
    if ledger is None or any(map(_may_be_glued, set(printed))):
        return False
    blanks = list(map(is_blank, printed))
    numbers = [math.nan if n is None else n for n in map(sums.number, printed)]
    gaps = [sum(blanks[row]) for row in ledger.applications]
    return (
        _holds(ledger, numbers)
        and not _stand_out(gaps)
        and sum([sum(blanks[row]) for row in ledger.reviews]) not in _LONE
        and _fit_in(ledger, printed, numbers, blanks, _shows_blanks(gaps, ledger.group))
    )


@lru_cache(maxsize=512)  # rows are known by their identity
def _ledger(rows: Rows) -> _Ledger | None:
    """Where values stand; None unless all sums can be told from them."""
    placed: dict[str, dict[str, slice]] = {table: {} for table in (PROACTIVE, APPLICATIONS, REVIEWS)}
    at = 0
    for row in rows.rows:
        at += 1  # where the row stands
        placed[row.table][row.row] = slice(at, at := at + len(row.slots))
    columns = {APPLICATIONS: words.APPLICANT_ORDER, REVIEWS: words.OUTCOME_ORDER}
    as_in_form = all(
        tuple(key for key, *_ in row.slots) == columns[row.table] for row in rows.rows if row.table in columns
    )
    number = {key: n for n, key in enumerate(placed[APPLICATIONS])}
    is_whole = as_in_form and number.keys() >= {*sums.BALANCED}
    if not is_whole or sum(map(len, placed.values())) < len(rows.rows):
        return None
    if GROUP in number and heads_rows(GROUP, number):
        return None
    return _Ledger(
        tuple(placed[APPLICATIONS].values()),
        tuple(placed[REVIEWS].values()),
        tuple(placed[PROACTIVE].values()),
        placed[PROACTIVE].get(_FEES),
        tuple(number[key] for key in sums.parts(frozenset(number)) if key in number),
        number[_WHOLE],
        tuple(number[key] for key in sums.RECEIVED),
        tuple(number[key] for key in sums.HANDLED),
        number.get(GROUP),
    )


def _may_be_glued(text: str) -> bool:
    """Whether a figure begins with a zero: it may be two that run together."""
    return text[:1] == "0" and len(text) > 1 and text.isdigit()


def _holds(ledger: _Ledger, numbers: _Numbers) -> bool:
    """Whether all sums hold, nothing being 0: none does in which a value can't be read."""
    rows = [numbers[row] for row in ledger.applications]
    for row in (*rows, *[numbers[row] for row in ledger.reviews]):
        if sum(row) != 2 * row[-1]:  # the total is the last
            return False
    received, handled = _added(rows, ledger.received), _added(rows, ledger.handled)
    return received == handled and _added(rows, ledger.parts) == list(rows[ledger.whole])


def _added(rows: Sequence[_Numbers], numbers: Sequence[int]) -> list[sums.Number]:
    """What some of the rows add up to, column by column."""
    return list(map(sum, zip(*[rows[n] for n in numbers], strict=True)))


def _stand_out(gaps: Sequence[int]) -> bool:
    """Whether few rows of those that say something have blanks; ``gaps`` are how many each row has."""
    said = [n for n in gaps if n < _COLUMNS]
    some = len(said) - said.count(0)
    return some > 0 and are_rare(some, len(said))


def _shows_blanks(gaps: Sequence[int], group: int | None) -> bool:
    """Whether rows of section three have blanks, but one that may be the name of a group alone."""
    return any(n for at, n in enumerate(gaps) if at != group or n < _COLUMNS)


def _fit_in(
    ledger: _Ledger, printed: Sequence[str], numbers: _Numbers, blanks: Sequence[bool], elsewhere: bool
) -> bool:
    """Whether blanks of section two, if there are any, stand for zeros as they do ``elsewhere``, and its
    figures fit the columns that they stand in.
    """
    rows = [row for row in ledger.proactive if True in blanks[row]]
    if not rows:
        return True
    every = [n for row in ledger.proactive for n in range(row.start, row.stop) if not blanks[n]]
    if not elsewhere or not all(printed[n][0].isdigit() and numbers[n] != 0 for n in every):
        return False
    if any(blanks[row.stop - 1] and sum(blanks[row]) == 1 < row.stop - row.start for row in rows):
        return False
    no_fees = ledger.fees is not None and all(blanks[ledger.fees])
    return not no_fees or all(_OF_MONEY.isdisjoint(printed[n]) for n in every)
