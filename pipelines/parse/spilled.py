"""Cells that the form's sums show to hold more or less than their own, or what is another's.

So do digits over a rule, a merged zero, and what :mod:`slid` and :mod:`interchanged` find.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise

from pipelines.parse.checks import (
    ASSUMED,
    FAIL,
    NOT_ASSESSABLE,
    PASS,
    Address,
    Equation,
    Table,
    address_of,
    equations,
    template_for,
    total,
)
from pipelines.parse.interchanged import LEAST_IN_ALL, interchanged
from pipelines.parse.records import NOTHING, Cell, Check, Issue, Place, State
from pipelines.parse.slid import LEAST_OF_A_KIND, slid
from pipelines.parse.template import APPLICATIONS, REVIEWS

_ROW_SUMS = {"applications.row_total": APPLICATIONS, "reviews.total": REVIEWS}
_SUMS = {**_ROW_SUMS, "applications.balance": APPLICATIONS, "applications.outcomes": APPLICATIONS}
_HOLDS = (PASS, ASSUMED)
_IMPOSSIBLE = math.nan
_OFF = (FAIL, NOT_ASSESSABLE)  # blanks being 0, a sum that can't be assessed does not hold
_A_REST = re.compile(r"\d+[-—–/无]+")
OVER_THE_RULE = (
    "与相邻格的数字若另行分开，勾稽即相符"
    " / with the cell beside it, the sums would hold if their digits were parted otherwise"
)
BESIDE_A_REST = "相邻格中的数字可能属于本格 / digits that may be its own stand in the cell beside it"
SLID = "数字越过空格移回后合计相符 / the sums hold once figures are moved back over cells that say nothing"
INTERCHANGED = (
    "互换位置的数字换回后合计相符"
    " / the sums hold once figures that stand in one another's places are put back"
)
MERGED = "一格占了几格的位置，总计不符 / one cell stands for several, and the total does not fit"


def mark(
    format_name: str, cells: tuple[Cell, ...], checks: Sequence[Check]
) -> tuple[tuple[Cell, ...], tuple[Issue, ...]]:
    """Cells, of which those become unreadable that failing sums show to be other than what was written.

    ``checks`` are those of the same cells. Sums that fail for any other reason leave the cells as printed.
    """
    off = Counter(_kind(check) for check in checks if check.outcome in _OFF and check.rule in _SUMS)
    suspects = {table for table, _ in off}
    template = template_for(format_name, cells) if suspects else None
    if template is None:
        return cells, ()
    sums = _Sums(Table(template, cells), checks)
    why: dict[Address, str] = {}
    for table in sorted(suspects):
        own = [cell for cell in cells if cell.table_name == table]
        why |= dict.fromkeys(_merged(own, sums), MERGED)
        why |= dict.fromkeys(_over_the_rule(own, sums), OVER_THE_RULE)
        why |= dict.fromkeys(_beside_a_rest(own), BESIDE_A_REST)
        of_rows, of_columns = off[table, True], off[table, False]
        if of_rows + of_columns >= LEAST_IN_ALL:
            why |= {address_of(own[at]): INTERCHANGED for at in interchanged(own)}
        if max(of_rows, of_columns) >= LEAST_OF_A_KIND:
            why |= {address_of(own[at]): SLID for at in slid(own)}
    if not why:
        return cells, ()
    issues = [_issue(cell, why[address_of(cell)]) for cell in cells if address_of(cell) in why]
    return tuple(_unreadable(cell) if address_of(cell) in why else cell for cell in cells), tuple(issues)


def _kind(check: Check) -> tuple[str, bool]:
    """The table of which a check adds up values, and whether it does those of a row."""
    return _SUMS[check.rule], check.rule in _ROW_SUMS


def _unreadable(cell: Cell) -> Cell:
    return replace(cell, state=State.UNREADABLE, value=None)


def _issue(cell: Cell, why: str) -> Issue:
    return Issue("cell_unreadable", "warning", f"{'.'.join(address_of(cell))}: {cell.raw!r}: {why}")


class _Sums:
    """The equations of cells, and by how much each fails, nothing being 0; those of which a cell is unknown
    are none. ``checks`` are what became of them, in their order.
    """

    def __init__(self, table: Table[Cell], checks: Iterable[Check]) -> None:
        of_form = equations(table)
        self._touching = _touching(of_form)
        self._off: dict[Equation, float] = {}
        self.failing: set[Address] = set()  # the cells of equations that fail
        # by how much a cell has to change for its column to add up and to balance, if it can
        self.lacking: dict[Address, float] = {}
        for equation, check in zip(of_form, checks, strict=False):  # behind them come other checks
            left, right = (0, 0) if check.outcome in _HOLDS else map(total, table.operands(equation))
            if left is None or right is None:
                continue
            self._off[equation] = off = left - right
            if off:
                self.failing.update(equation.left_cells, equation.right_cells)
            if equation.rule not in _ROW_SUMS:
                self._note(equation.left_cells, -off)
                self._note(equation.right_cells, off)

    def _note(self, cells: Iterable[Address], lacking: float) -> None:
        for address in cells:
            is_so = self.lacking.setdefault(address, lacking) == lacking
            self.lacking[address] = lacking if is_so else _IMPOSSIBLE

    def row_fails(self, address: Address) -> bool:
        """Whether the total of a cell's row does not fit."""
        return any(e.rule in _ROW_SUMS and self._off.get(e) for e in self._touching.get(address, ()))

    def mended(self, one: Address, other: Address) -> Callable[[float, float], bool]:
        """Whether all equations fail that a change of two cells, each by so much, touches, and hold behind
        it.
        """
        signs = [self._touching.get(address, {}) for address in (one, other)]
        known = [equation for equation in {**signs[0], **signs[1]} if equation in self._off]
        touched = [(signs[0].get(e, 0), signs[1].get(e, 0), self._off[e]) for e in known]

        def mends(more: float, beside: float) -> bool:
            changed = False
            for here, there, off in touched:
                by = here * more + there * beside
                if by and off != -by:
                    return False
                changed = changed or by != 0
            return changed

        return mends


@lru_cache(maxsize=64)  # as many as there are of these
def _touching(of_form: tuple[Equation, ...]) -> dict[Address, dict[Equation, int]]:
    """The equations in which each cell of a form stands, and by which sign it counts in each."""
    found: dict[Address, dict[Equation, int]] = defaultdict(dict)
    for equation in of_form:
        for cells, sign in ((equation.left_cells, 1), (equation.right_cells, -1)):
            for address in cells:
                found[address][equation] = found[address].get(equation, 0) + sign
    return dict(found)


def _merged(cells: Sequence[Cell], sums: _Sums) -> Iterator[Address]:
    """The cells that are one printed cell with others, in rows of which the total does not fit."""
    printed = Counter(cell.place for cell in cells if cell.raw and cell.place is not None)
    shared: set[Place | None] = {place for place, times in printed.items() if times > 1}
    for cell in cells if shared else ():
        if cell.place in shared and sums.row_fails(address_of(cell)):
            yield address_of(cell)


def _over_the_rule(cells: Sequence[Cell], sums: _Sums) -> Iterator[Address]:
    """Neighbours of which equations fail, and hold once digits go over from one to the other."""
    fails = [address_of(cell) in sums.failing for cell in cells]
    for (one, first), (other, second) in pairwise(zip(cells, fails, strict=True)):
        if not (first or second) or not (one.value or other.value) or not _side_by_side(one, other):
            continue
        here, there = address_of(one), address_of(other)
        lacks, lacks_beside = sums.lacking.get(here), sums.lacking.get(there)
        if lacks == 0 or (lacks_beside == 0 and other.value):
            continue  # one keeps its digits, and so the other does
        (before, a), (after, b) = _printed(one), _printed(other)
        mends = sums.mended(here, there)
        for left, right in _parted_otherwise(a, b):
            if mends(left - before, right - after):
                yield from (here, there)
                break


def _side_by_side(one: Cell, other: Cell) -> bool:
    """Whether two cells of the form that follow each other are printed, and in one row."""
    in_one_row = one.table_name == REVIEWS or one.row == other.row
    return in_one_row and State.ABSENT not in (one.state, other.state)


def _beside_a_rest(cells: Sequence[Cell]) -> Iterator[Address]:
    """Numbers left of digits that stand before a sign for nothing: 5 | 4/ where 54 | / was written."""
    for one, other in pairwise(cells):
        if other.state is not State.NUMBER and one.state is State.NUMBER and one.row == other.row:
            yield from (address_of(one),) if _A_REST.fullmatch(other.raw) else ()


def _printed(cell: Cell) -> tuple[float, str]:
    """The number in a cell, of which something is known, and its digits, of which nothing has none."""
    if cell.state in NOTHING or cell.value is None:
        return 0, ""
    return cell.value, cell.raw if cell.raw.isdecimal() else f"{cell.value:g}"


def _parted_otherwise(left: str, right: str) -> Iterator[tuple[int, int]]:
    """The two numbers that the digits of two may have been, one behind the other; no digit is 0."""
    digits = left + right
    for at in range(len(digits) + 1 if digits.isdecimal() else 0):
        first, second = digits[:at], digits[at:]
        if (first[:1] != "0" or len(first) == 1) and (second[:1] != "0" or len(second) == 1):
            yield int(first or 0), int(second or 0)
