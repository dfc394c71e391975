"""Sums of the form over printed texts, as evidence of where values belong; a blank or dash adds nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Final

from pipelines.parse import vocabulary as words
from pipelines.parse.numbers import COUNT, read_value
from pipelines.parse.records import NOTHING
from pipelines.parse.tables.findings import Finding, Slot, once
from pipelines.parse.template import APPLICATIONS, TEMPLATES

Number = int | float
_TOTAL = "applications.outcomes"  # the relation of 总计 to the rows above it
RECEIVED: Final = ("new_received", "carried_over")
HANDLED: Final = ("total_handled", "carried_forward")
BALANCED: Final = (*RECEIVED, *HANDLED)  # the rows of the balance


@lru_cache(maxsize=4096)  # most cells print 0 or another small number
def number(text: str) -> Number | None:
    """The number in a cell, 0 where the cell says nothing or 无; None where it can't be read."""
    value = read_value(text, COUNT)
    if value.state in NOTHING:
        return 0
    return value.value


@once
def numbers(finding: Finding) -> tuple[Number | None, ...]:
    """The number in each cell of a row that is bound, as :func:`number` tells it."""
    return tuple([number(slot.text) for slot in finding.slots.values()])


def adds_up(texts: Mapping[str, str]) -> bool | None:
    """Whether the total of a row is the sum of the rest; None where it proves nothing.

    ``texts`` are the printed texts by column key. Nothing is proved by zeros, and nothing by a
    row whose total is blank: False if it has figures.
    """
    total = texts.get("total")
    return None if total is None else _is_sum(total, tuple([t for key, t in texts.items() if key != "total"]))


@lru_cache(maxsize=4096)  # most rows are all zeros or blanks
def _is_sum(total: str, rest: tuple[str, ...]) -> bool | None:
    wanted, numbers = number(total), list(map(number, rest))
    if wanted is None or None in numbers:
        return None
    added = sum(n for n in numbers if n is not None)
    return None if added == wanted == 0 else added == wanted


def broken_columns(rows: Mapping[str, Finding]) -> set[str]:
    """The columns of section three in which （七）总计 is not the sum of the rows above it.

    Empty where a row of the sum is not bound or can't be read.
    """
    return {key for key, difference in differences(rows).items() if difference}


def unbalanced_columns(rows: Mapping[str, Finding]) -> set[str]:
    """The columns of section three in which what was received is not what was handled or carried forward.

    Empty where a row of the balance is not bound or can't be read.
    """
    found = [rows.get(key) for key in BALANCED]
    if any(f is None or f.problem for f in found):
        return set()
    keys = set(words.APPLICANT_ORDER)
    left, right = (_added([f.slots for f in part if f], keys) for part in (found[:2], found[2:]))
    return {key for key in keys if left[key] != right[key]} if left and right else set()


def _added(rows: Sequence[Mapping[str, Slot]], keys: Collection[str]) -> dict[str, Number]:
    """The sums of rows by column; nothing where a value can't be read."""
    numbers = [{key: number(slots[key].text) if key in slots else 0 for key in keys} for slots in rows]
    if any(n is None for row in numbers for n in row.values()):
        return {}
    return {key: sum(row[key] or 0 for row in numbers) for key in keys}


def differences(rows: Mapping[str, Finding]) -> dict[str, Number]:
    """By how much the rows above （七）总计 are more than it, by column.

    Empty where a row of the sum is not bound or can't be read.
    """
    whole = rows.get("total_handled")
    if whole is None or whole.problem:
        return {}
    added = _column_sums(rows)
    totals = {key: number(slot.text) for key, slot in whole.slots.items()}
    return {key: added[key] - (totals.get(key) or 0) for key in added}


def _column_sums(rows: Mapping[str, Finding]) -> dict[str, Number]:
    """The sums of the outcomes by column; nothing where one of these is not bound or can't be read."""
    sums: dict[str, Number] = dict.fromkeys(words.APPLICANT_ORDER, 0)
    for key in _outcomes(rows):
        found = rows[key]
        numbers = {column: number(slot.text) for column, slot in found.slots.items()}
        if found.problem or any(n is None for n in numbers.values()):
            return {}
        for column, n in numbers.items():
            sums[column] = sums.get(column, 0) + (n or 0)
    return sums


def _outcomes(rows: Mapping[str, Finding]) -> list[str]:
    """The rows present that （七）总计 adds up, whichever form they are of."""
    held = parts(frozenset(rows))
    return [key for key in rows if key in held]


@lru_cache(maxsize=256)
def parts(present: frozenset[str]) -> frozenset[str]:
    """The rows that （七）总计 adds up, of those present in the document."""
    return frozenset(
        key
        for template in TEMPLATES.values()
        for relation in template.relations
        if relation.rule == _TOTAL and relation.table == APPLICATIONS
        for key in template.substituted(relation.right, present)
    )
