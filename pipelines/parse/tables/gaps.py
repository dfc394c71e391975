"""Blanks and sums of single rows: what they tell of values that a row may have lost."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from pipelines.parse.tables import sums
from pipelines.parse.tables.findings import Finding, blanks, once
from pipelines.parse.vocabulary import is_blank

ROWS = 4  # rows that show what a document's habit is
TELLING = 2  # rows with figures that show where their columns are
ODD = 5  # rows of which one may have a sum that is wrong
HABIT = 3  # a table of which one row in so many has blanks is one that prints them
GROUP = "other_handling"  # a row of the 2019 form, in that of 2021 a group's name, with no values beside it

Rows = Mapping[str, Finding]
Doubts = dict[str, str]


class Met(NamedTuple):
    """The rows of a table in the ``order`` met, after how many of them ``orphans`` stand, values without any
    label of their own, and ``bare`` rows, of which a label stands without values. ``grouped``: after how many
    values stand beside the label of a group alone.
    """

    order: Sequence[str]
    orphans: Sequence[int]
    bare: Collection[str]
    grouped: Sequence[int] = ()


def of_all(rows: Rows, why: str) -> Doubts:
    """The same of all rows that are bound."""
    return {key: why for key, f in rows.items() if not f.problem}


@once
def fit(finding: Finding) -> bool | None:
    """Whether the printed total is the sum of the rest (blanks as 0); None where it proves nothing.

    Nothing is proved by zeros, and nothing by a row whose total is blank: False if it has figures.
    """
    return sums.adds_up({key: slot.text for key, slot in finding.slots.items()})


@once
def some_blank(finding: Finding) -> bool:
    """Whether some of its values are blank, and some not."""
    return True in (each := blanks(finding)) and False in each


@once
def all_blank(finding: Finding) -> bool:
    """Whether a bound row says nothing."""
    return not finding.problem and False not in blanks(finding)


def rare_gaps(rows: Rows) -> list[Finding]:
    """The rows with blanks where few rows have any."""
    bound = [f for f in rows.values() if not f.problem and not all_blank(f)]
    gaps = [f for f in bound if some_blank(f)]
    return gaps if are_rare(len(gaps), len(bound)) else []


def are_rare(gaps: int, rows: int) -> bool:
    """Whether so many rows with blanks are few among those that say something."""
    return rows >= ROWS and gaps * HABIT <= rows


def keeps_sums(findings: Sequence[Finding]) -> bool:
    """Whether totals fit in most rows; where they mostly fail they tell nothing of a single row."""
    fits = [fit(f) for f in findings]
    return fits.count(True) >= HABIT * fits.count(False)


@once
def has_figures(finding: Finding) -> bool:
    """Whether it has a value other than zero, or one that can't be read."""
    return any(number != 0 for number in sums.numbers(finding))


@once
def prints_zero(finding: Finding) -> bool:
    """Whether one of its values is zero, or a sign for it, and no blank."""
    return any(n == 0 and not blank for n, blank in zip(sums.numbers(finding), blanks(finding), strict=True))


@once
def blank_at_end(finding: Finding) -> bool:
    """Whether its first or its last value is blank."""
    texts = [slot.text for slot in finding.slots.values()]
    return is_blank(texts[0]) or is_blank(texts[-1])
