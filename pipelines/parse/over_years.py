"""Checks over two years: what ties a report to the same agency's report of the year before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from pipelines.parse.checks import (
    FAIL,
    NOT_ASSESSABLE,
    PASS,
    Printed,
    Said,
    Side,
    Table,
    compared,
    template_for,
)
from pipelines.parse.records import Cell, Check, Section, State
from pipelines.parse.template import APPLICATIONS, PROACTIVE

COPIED = 0.9  # from this share of last year's words on, a section counts as copied
_SHINGLE = 5
_ENOUGH = 100  # characters; shorter sections say the same every year because there is nothing else to say
_PROSE_SECTIONS: Final = (1, 5, 6)


@dataclass(frozen=True)
class YearOf:
    """What the checks over years need of one report, and, made once, what they make of it: it is compared
    with the year before and with the year after.
    """

    year: int
    format: str
    cells: tuple[Cell, ...] | tuple[Said, ...]
    sections: tuple[Section, ...]

    @cached_property
    def table(self) -> Table[Any] | None:
        """Its cells; None where its form has no rules."""
        template = template_for(self.format, self.cells)
        return Table(template, self.cells) if template else None

    @cached_property
    def shingles(self) -> dict[int, set[str]]:
        """What is compared of its prose, of the sections that say enough."""
        prose = {number: self._prose(number) for number in _PROSE_SECTIONS}
        return {number: _shingles(text) for number, text in prose.items() if len(text) >= _ENOUGH}

    def _prose(self, number: int) -> str:
        """A section's without figures, punctuation and white space: a changed year is no new text."""
        own = (section for section in self.sections if section.number == number)
        return "".join("".join(filter(str.isalpha, s.text[a:b])) for s in own for a, b in s.prose)


def check_years(previous: YearOf | None, current: YearOf) -> tuple[Check, ...]:
    """The rules that tie a report to the same agency's report of the year before.

    ``previous`` is None where there is none; one of another year than the one
    before counts as none. Every rule gives its rows in any case.
    """
    if previous is not None and previous.year != current.year - 1:
        previous = None
    copied = _copied(previous, current)
    if current.table is None:
        return tuple(copied)
    before = previous.table if previous else None
    return (*_carry(current.table, before), *_stock(current.table, before), *copied)


def _carry(now: Table[Any], before: Table[Any] | None) -> Iterator[Check]:
    for column in now.template.applications.columns:
        left = _one("本年上年结转", now, "carried_over", column.key)
        right = _one("上年结转下年度", before, "carried_forward", column.key)
        yield _over_years("years.carry", column.key, left, right, before)


def _one(name: str, table: Table[Any] | None, row: str, column: str) -> Side:
    return Side((name,), (_printed(table, APPLICATIONS, row, column),))


def _printed(table: Table[Any] | None, name: str, row: str, column: str) -> Printed:
    return table.printed(name, row, column) if table else None


def _over_years(rule: str, scope: str, left: Side, right: Side, before: Table[Any] | None) -> Check:
    if before is None:
        return Check(rule, scope, NOT_ASSESSABLE, left.value, None, "没有上一年的报告可比")
    return compared(rule, scope, left, right)


def _stock(now: Table[Any], before: Table[Any] | None) -> Iterator[Check]:
    """In force = last year's + issued − repealed, for each row that states what is in force."""
    for place in now.template.cells():
        if place.column_name != "in_force":
            continue
        left = Side(("现行有效",), (_printed(now, PROACTIVE, place.row, "in_force"),))
        last = _printed(before, PROACTIVE, place.row, "in_force")
        issued = _printed(now, PROACTIVE, place.row, "issued")
        repealed = _negative(_printed(now, PROACTIVE, place.row, "repealed"))
        right = Side(("上年现行有效", "本年制发", "本年废止"), (last, issued, repealed))
        yield _over_years("years.stock", place.row, left, right, before)


def _negative(printed: Printed) -> Printed:
    return printed if printed is None or printed is State.BLANK else -printed


def _copied(previous: YearOf | None, current: YearOf) -> Iterator[Check]:
    last = previous.shingles if previous else {}
    for number in _PROSE_SECTIONS:
        if number not in current.shingles or number not in last:
            reason = "文字太少，不作比较" if previous else "没有上一年的报告可比"
            yield Check("years.copied", str(number), NOT_ASSESSABLE, None, COPIED, reason)
            continue
        share = _share(current.shingles[number], last[number])
        outcome = FAIL if share >= COPIED else PASS
        yield Check(
            "years.copied", str(number), outcome, share, COPIED, f"与上一年文字相同的比例为 {share:.0%}"
        )


def _share(shingles: set[str], earlier: set[str]) -> float:
    """The share (0–1) of a text's shingles that occur in an earlier one; 0 where it has none."""
    return round(len(shingles & earlier) / len(shingles), 4) if shingles else 0.0


def _shingles(text: str) -> set[str]:
    return {text[i : i + _SHINGLE] for i in range(len(text) - _SHINGLE + 1)}
