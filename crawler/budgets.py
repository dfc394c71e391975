"""What a visit of a site may cost, and what is left out for it: nothing endless is followed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from crawler.family import MAX_PAGES
from crawler.permits import is_trap
from crawler.wants import Want

TREE_BUDGET: Final = 400  # requests for pages that lead to columns, per site and sweep
COLUMN_BUDGET: Final = 1_600  # requests for columns: a hundred agencies with a folder for every year
HOST_BUDGET: Final = 6_000  # requests a site may cost in a sweep, or three times its last one
OTHERS: Final = 10  # pages of other lines that a look for what is new goes through
LEFT_OUT: Final = ("crawl_trap", "budget_spent")  # why an address is never asked for
_ROLE_BUDGETS: Final = {"tree": TREE_BUDGET, "column": COLUMN_BUDGET}


@dataclass(slots=True)
class SweepCount:
    """How much of its budgets a site has used in its sweep; ``left_out``: addresses kept out, by reason."""

    total: int = 0
    roles: Counter[str] = field(default_factory=Counter)
    budget: int = HOST_BUDGET
    left_out: dict[str, list[str]] = field(default_factory=lambda: {code: [] for code in LEFT_OUT})


def why_left_out(count: SweepCount, want: Want) -> str:
    """Which of ``LEFT_OUT`` keeps an address out; "" for none."""
    if is_trap(want.url):
        return "crawl_trap"
    spent = count.roles[want.role] >= _ROLE_BUDGETS.get(want.role, count.budget)
    spent |= want.context.get("turn", 0) > MAX_PAGES
    return "budget_spent" if spent or count.total >= count.budget else ""
