"""Section four as the form has it: five outcomes of each of three stages, in this order."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from pipelines.parse.tables import vocabulary as words
from pipelines.parse.tables.vocabulary import in_order

Pair = tuple[str, str]  # a stage and an outcome
ALL_PAIRS = tuple((stage, outcome) for stage in words.STAGE_ORDER for outcome in words.OUTCOME_ORDER)


def why_unbound(count: int) -> str:
    """Why a run of values could not be bound."""
    if count == len(ALL_PAIRS):
        return "the labels of the columns are out of order"
    return f"{count} values for {len(ALL_PAIRS)} columns"


def outcomes_in_order(keys: Sequence[str]) -> bool:
    """Whether outcomes run through the form's order at most three times, some being lost.

    A new run may begin only near the end of one and near the beginning of the next,
    or two swapped labels would pass for a lost run. Where only 总计 is left, nothing is out of order.
    """
    if not in_order(keys, words.OUTCOME_ORDER * 3):
        return False
    if set(keys) == {"total"}:
        return True
    at = [words.OUTCOME_ORDER.index(key) for key in keys]
    return all(b > a or (a >= 3 and b <= 1) for a, b in itertools.pairwise(at))
