"""True figures: what an invented agency did in a year, coherent within a year and across years.

``simulate`` makes the facts of an agency for a run of years; ``project`` puts the
facts of one year on one of the official forms. The sums of the forms hold (each
applicant column balances, each row and stage adds up), what is carried forward is
carried over, and stocks follow from what was issued and repealed: so every rule
that fails on a page was broken on purpose (``break_sum``).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from samples.chance import chance
from samples.forms import (
    APPLICATIONS,
    KINDS_OF_APPLICANT,
    LINES,
    PROACTIVE,
    RESULTS,
    REVIEWS,
    STAGES,
    Key,
    keys,
    outcome_rows,
)

#: counts; amounts in whole yuan
Figures = dict[Key, int]

_OTHER_ROWS = ("other_correction_overdue", "other_fee_unpaid", "other_remaining")
_OUTCOMES_2021 = outcome_rows("2021")
#: how often each outcome of section three occurs, most of it granted, not held or a petition
_OUTCOME_WEIGHTS = tuple(
    {"granted": 50, "partially_granted": 8, "unavailable_not_held": 25, "not_processed_petition": 6}.get(
        row, 1
    )
    for row in _OUTCOMES_2021
)
_APPLICANT_WEIGHTS = (80, 10, 1, 2, 4, 3)


@dataclass(frozen=True)
class Size:
    """How much an agency of some kind does in a year: upper ends of ranges, and odds of anything at all."""

    applications: int
    busy: float
    documents: int
    items: int
    decisions: int
    amount: int
    disputes: float


SIZES: dict[str, Size] = {
    "government": Size(240, 1.0, 30, 420, 26000, 96_000_000, 0.9),
    "busy": Size(90, 1.0, 6, 90, 9000, 38_000_000, 0.5),
    "department": Size(9, 0.5, 3, 30, 900, 6_000_000, 0.08),
    "township": Size(5, 0.3, 2, 12, 120, 900_000, 0.04),
}


@dataclass
class Facts:
    """The facts of a year in more detail than either form asks for.

    ``proactive``: (item, row, measure) → number, the measures of both forms;
    ``applications``: row of the 2021 form → number by kind of applicant (no total);
    ``reviews``: stage → number by result (no total).
    """

    proactive: dict[tuple[str, str, str], int] = field(default_factory=dict)
    applications: dict[str, dict[str, int]] = field(default_factory=dict)
    reviews: dict[str, dict[str, int]] = field(default_factory=dict)


def simulate(seed: str, size: str, years: tuple[int, ...]) -> dict[int, Facts]:
    """The facts of an agency for each of ``years`` (ascending, no gaps); ``size`` is a key of SIZES."""
    rng, scale = chance("figures", seed), SIZES[size]
    facts: dict[int, Facts] = {}
    last: Facts | None = None
    for year in years:
        now = Facts()
        _documents(rng, scale, now, last)
        _programmes(rng, scale, now, last)
        _money(rng, scale, now)
        _applications(rng, scale, now, last)
        _reviews(rng, scale, now)
        facts[year] = last = now
    return facts


def _documents(rng: random.Random, scale: Size, now: Facts, last: Facts | None) -> None:
    """Item 20(1). Counties make no 规章; normative documents come and go."""
    put = now.proactive.__setitem__
    for row in ("regulations", "normative_documents"):
        none = row == "regulations"
        before = last.proactive if last else {}
        in_force = before.get(("20(1)", row, "in_force"), 0 if none else rng.randint(0, scale.documents * 4))
        shown = before.get(("20(1)", row, "disclosed_total"), in_force)
        issued = 0 if none else _some(rng, scale.documents, 0.6)
        repealed = 0 if none else min(in_force, _some(rng, scale.documents, 0.3))
        put(("20(1)", row, "issued"), issued)
        put(("20(1)", row, "repealed"), repealed)
        put(("20(1)", row, "in_force"), in_force + issued - repealed)
        put(("20(1)", row, "made"), issued)
        put(("20(1)", row, "newly_disclosed"), issued)
        put(("20(1)", row, "disclosed_total"), shown + issued)


def _programmes(rng: random.Random, scale: Size, now: Facts, last: Facts | None) -> None:
    """Items 20(5), 20(6), 20(8): a stock of items that changes by a few each year, and decisions."""
    for item, row in (
        ("20(5)", "administrative_licensing"),
        ("20(5)", "other_management_services"),
        ("20(6)", "administrative_penalty"),
        ("20(6)", "administrative_coercion"),
        ("20(8)", "administrative_fees"),
    ):
        before = last.proactive if last else {}
        start = rng.randint(0, scale.items) if rng.random() < 0.7 else 0
        stock = before.get((item, row, "items_last_year"), start) + before.get((item, row, "change"), 0)
        change = rng.choice((0, 0, 0, rng.randint(1, 6), -min(stock, rng.randint(1, 4))))
        now.proactive[item, row, "items_last_year"] = stock
        now.proactive[item, row, "change"] = change
        busy = 0.25 if row == "administrative_coercion" else 0.75
        now.proactive[item, row, "decisions"] = _some(rng, scale.decisions, busy) if stock + change else 0


def _money(rng: random.Random, scale: Size, now: Facts) -> None:
    fee = rng.randint(1, scale.amount // 10) if rng.random() < 0.4 else 0
    projects = _some(rng, 60, 0.6)
    spent = rng.randint(projects * 1000, scale.amount + projects * 1000) if projects else 0
    now.proactive["20(8)", "administrative_fees", "amount_yuan"] = fee
    now.proactive["20(9)", "centralized_procurement", "projects"] = projects
    now.proactive["20(9)", "centralized_procurement", "amount_yuan"] = spent


def _some(rng: random.Random, most: int, odds: float) -> int:
    """Zero, or with ``odds`` a number up to ``most``, small ones more often."""
    return int(most * rng.random() ** 2) + 1 if most and rng.random() < odds else 0


def _applications(rng: random.Random, scale: Size, now: Facts, last: Facts | None) -> None:
    rows = ("new_received", "carried_over", *_OUTCOMES_2021, "carried_forward")
    table = {row: dict.fromkeys(KINDS_OF_APPLICANT, 0) for row in rows}
    now.applications = table
    if last:
        table["carried_over"] = dict(last.applications["carried_forward"])
    received = _some(rng, scale.applications, scale.busy)
    for applicant in rng.choices(KINDS_OF_APPLICANT, _APPLICANT_WEIGHTS, k=received):
        table["new_received"][applicant] += 1
    for applicant in KINDS_OF_APPLICANT:
        open_ = table["new_received"][applicant] + table["carried_over"][applicant]
        left = rng.randint(0, max(1, open_ // 12)) if open_ and rng.random() < 0.5 else 0
        table["carried_forward"][applicant] = left
        for row in rng.choices(_OUTCOMES_2021, _OUTCOME_WEIGHTS, k=open_ - left):
            table[row][applicant] += 1


def _reviews(rng: random.Random, scale: Size, now: Facts) -> None:
    for stage, _ in STAGES:
        now.reviews[stage] = {result: _some(rng, 4, scale.disputes / 2) for result, _ in RESULTS[:-1]}


# --- onto a form ---------------------------------------------------------------


def project(facts: Facts, form: str) -> Figures:
    """The cells of ``form`` ("2019", "2021"), all of them, in the form's order."""
    cell: dict[str, Callable[[Key], int]] = {
        PROACTIVE: lambda key: facts.proactive[key[1], key[2], key[3]],
        APPLICATIONS: lambda key: _application(facts, key[2], key[3]),
        REVIEWS: lambda key: _review(facts, key[2], key[3]),
    }
    return {key: cell[key[0]](key) for key in keys(form)}


def _application(facts: Facts, row: str, column: str) -> int:
    if column == "total":
        return sum(_application(facts, row, kind) for kind in KINDS_OF_APPLICANT)
    if row == "total_handled":
        return sum(facts.applications[outcome][column] for outcome in _OUTCOMES_2021)
    if row == "other_handling":
        return sum(facts.applications[outcome][column] for outcome in _OTHER_ROWS)
    return facts.applications[row][column]


def _review(facts: Facts, stage: str, result: str) -> int:
    return sum(facts.reviews[stage].values()) if result == "total" else facts.reviews[stage][result]


# --- rules ---------------------------------------------------------------------


def break_sum(figures: Figures, rng: random.Random) -> Figures:
    """The figures with one total of section three off by a little, as agencies print them."""
    rows = ("new_received", "granted", "total_handled")
    key = (APPLICATIONS, "", rng.choice(rows), "total")
    return {**figures, key: figures[key] + rng.randint(1, 3)}


def broken_rules(form: str, values: Mapping[Key, int | float | None]) -> tuple[tuple[str, str], ...]:
    """The (rule, scope) of the form's own arithmetic that fail; a rule with a missing operand can't fail."""
    columns = (*KINDS_OF_APPLICANT, "total")
    broken: list[tuple[str, str]] = []

    def test(rule: str, scope: str, left: list[Key], right: list[Key]) -> None:
        numbers = [values.get(key) for key in (*left, *right)]
        known = [n for n in numbers if n is not None]
        if len(known) == len(numbers) and sum(known[: len(left)]) != sum(known[len(left) :]):
            broken.append((rule, scope))

    for c in columns:
        cell = {line.key: (APPLICATIONS, "", line.key, c) for line in LINES[form]}
        handled = [cell["total_handled"]]
        test(
            "applications.balance",
            c,
            [cell["new_received"], cell["carried_over"]],
            [*handled, cell["carried_forward"]],
        )
        test("applications.outcomes", c, handled, [cell[row] for row in outcome_rows(form)])
    for line in LINES[form]:
        row = [(APPLICATIONS, "", line.key, c) for c in columns]
        test("applications.row_total", line.key, row[:-1], row[-1:])
    for stage, _ in STAGES:
        group = [(REVIEWS, "", stage, result) for result, _ in RESULTS]
        test("reviews.total", stage, group[:-1], group[-1:])
    return tuple(broken)
