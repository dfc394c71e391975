"""Formats that an XLSX sheet gives its cells on a condition, where they hide what the cells hold.

After ECMA-376, part 1, 18.3.1.10 (cfRule) and 18.8.14 (dxf). Only a comparison with a number is worked out;
under any other condition nobody can tell whether a cell is seen.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from lxml import etree

Element = etree._Element

OFF: Final = frozenset({"0", "false"})
_COMPARED: Final[dict[str, Callable[[float, float], bool]]] = {
    "equal": operator.eq, "notEqual": operator.ne, "lessThan": operator.lt, "greaterThan": operator.gt,
    "lessThanOrEqual": operator.le, "greaterThanOrEqual": operator.ge,
}  # fmt: skip
_SIGNS: Final = {"=": "equal", "<>": "notEqual", "<": "lessThan", ">": "greaterThan",
                 "<=": "lessThanOrEqual", ">=": "greaterThanOrEqual"}  # fmt: skip
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?")
_COMPARISON = re.compile(rf"(<>|<=|>=|=|<|>)\s*({_NUMBER.pattern})")
_EXPRESSION = re.compile(rf"([A-Z]{{1,3}}\d{{1,7}})\s*({_COMPARISON.pattern})")
_RANGE = re.compile(r"([A-Z]{1,3})(\d{1,7})(?::([A-Z]{1,3})(\d{1,7}))?")


@dataclass(frozen=True, slots=True)
class Hiding:
    """A condition under which a format hides the figures of cells; ``ranges``: rows and columns from 0."""

    ranges: tuple[tuple[range, range], ...]
    operator: str = ""  # "" where nobody can tell when it holds
    operand: float = 0.0

    def may_hide(self, value: object) -> bool:
        """Whether the condition holds for the value of a cell, as far as that can be told."""
        compare = _COMPARED.get(self.operator)
        if compare is None:
            return True
        number = 0.0 if value == "" else value
        return isinstance(number, int | float) and compare(number, self.operand)


def hidings(element: Element, hiding_formats: frozenset[str]) -> Iterator[Hiding]:
    """What of a conditional formatting hides figures; ``hiding_formats`` are the formats (dxf) that do so."""
    printed = element.get("sqref", "")
    ranges = tuple(cell_ranges(printed))
    for rule in element.iterchildren("{*}cfRule") if ranges else ():
        pictured = (
            child.get("showValue", "1") in OFF for child in rule.iterchildren("{*}dataBar", "{*}iconSet")
        )
        if any(pictured):
            yield Hiding(ranges)
        elif rule.get("dxfId") in hiding_formats:
            yield Hiding(ranges, *_comparison(rule, printed))


def _comparison(rule: Element, printed: str) -> tuple[str, float]:
    """The operator and the number by which a rule tells its cells; no operator for any other rule."""
    formulas = [(formula.text or "").strip().replace("$", "") for formula in rule.iterchildren("{*}formula")]
    if len(formulas) == 1 and rule.get("type") == "cellIs" and _NUMBER.fullmatch(formulas[0]):
        return rule.get("operator", ""), float(formulas[0])
    if len(formulas) == 1 and rule.get("type") == "expression":
        found = _EXPRESSION.fullmatch(formulas[0])
        # a reference is that of the first cell, and moves with the others
        if found and _RANGE.match(printed) and printed.split(":")[0] == found[1] and " " not in printed:
            return compared(found[2])
    return "", 0.0


def compared(condition: str) -> tuple[str, float]:
    """The operator and the number of a condition (``>=10``); no operator for any other."""
    found = _COMPARISON.fullmatch(condition.strip())
    return (_SIGNS[found[1]], float(found[2])) if found else ("", 0.0)


def cell_ranges(printed: str) -> Iterator[tuple[range, range]]:
    """The rows and columns of areas like ``B2:C9 E4``."""
    for piece in printed.split():
        found = _RANGE.fullmatch(piece)
        if found:
            left, top, right, bottom = found[1], found[2], found[3] or found[1], found[4] or found[2]
            yield range(int(top) - 1, int(bottom)), range(_column(left), _column(right) + 1)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
