"""Section four as the form has it: five outcomes of each of three stages, in this order; and as it is held
until all of a document was met.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pipelines.parse import vocabulary as words
from pipelines.parse.labels import Match
from pipelines.parse.tables.findings import OUT_OF_ORDER, Finding, Slot, miscounted
from pipelines.parse.template import REVIEWS
from pipelines.parse.vocabulary import in_order

Pair = tuple[str, str]  # a stage and an outcome
ALL_PAIRS = tuple((stage, outcome) for stage in words.STAGE_ORDER for outcome in words.OUTCOME_ORDER)
TWICE = "此表出现两次，数字不同 / the table stands there twice, with different figures"
MOVED = (
    "总计不是前面各数之和，其中可能有一个不是本表的数"
    " / one of the values may be none of them: a total is not the sum of those before it"
)


@dataclass(slots=True)
class Held:
    """What one way of reading has met of section four: values bound and ``loose``, and how its stages were
    named. A ``problem`` unbinds all of them.
    """

    slots: dict[Pair, Slot] = field(default_factory=dict)
    loose: list[Slot] = field(default_factory=list)
    matches: dict[str, Match] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    problem: str = ""

    def rows(self, *, plain: bool = False) -> Iterator[Finding]:
        """The stages that were met; with a problem all of them, and every value loose in the first."""
        every = (*self.slots.values(), *self.loose)
        for stage in words.STAGE_ORDER if every else ():
            slots = {o: self.slots[stage, o] for o in words.OUTCOME_ORDER if (stage, o) in self.slots}
            if slots or self.problem:
                yield Finding(
                    REVIEWS,
                    stage,
                    self.labels.get(stage, ""),
                    self.matches.get(stage, Match(stage)),
                    next(iter(slots.values()), every[0]).place,
                    {} if self.problem else slots,
                    every if self.problem and stage == words.STAGE_ORDER[0] else (),
                    self.problem,
                    plain=plain and not self.problem,
                )


def count_columns(texts: Sequence[str]) -> bool:
    """Whether 1, 2, 3 … stand in a row: the numbers of its columns, and no values, of which some are sums."""
    whole = len(texts) >= len(words.OUTCOME_ORDER)
    return whole and all(text.strip() == str(number) for number, text in enumerate(texts, 1))


def why_unbound(count: int) -> str:
    """Why a run of values could not be bound."""
    if count == len(ALL_PAIRS):
        return OUT_OF_ORDER
    return miscounted(count, len(ALL_PAIRS))


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
