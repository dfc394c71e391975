"""Values that run together with no sign between them, taken apart where that is possible in one way only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import Final

from pipelines.parse import vocabulary as words

_STAGES: Final = len(words.STAGE_ORDER)
_OUTCOMES: Final = len(words.OUTCOME_ORDER)
_APPLICANTS: Final = len(words.APPLICANT_ORDER)
_LONGEST: Final = 20  # digits that are tried

_SIGN = re.compile(r"(?=[+-])")

Sizes = tuple[int, ...]


def apart(figures: str) -> list[str]:
    """The values that figures hold: a sign begins one, and digits are zeros, a row of section three, or all
    rows of section four; else they are one.
    """
    return [value for digits in _SIGN.split(figures) for value in _cut(digits, _sizes(digits))]


def _cut(digits: str, sizes: Sizes) -> Iterator[str]:
    at = 0
    for size in sizes:
        yield digits[at : at + size]
        at += size


@lru_cache(maxsize=256)
def _sizes(digits: str) -> Sizes:
    """The only way of taking digits apart; they are one value where there is none or several."""
    if not digits.strip("0"):
        return (1,) * len(digits)
    if not (_APPLICANTS <= len(digits) <= _LONGEST and digits.isascii() and digits.isdigit()):
        return (len(digits),)
    rows = list(islice(_rows(digits, _APPLICANTS), 2))
    stages = list(islice(_stages(digits, _STAGES), 2)) if len(digits) >= _STAGES * _OUTCOMES else []
    way, *others = (*rows, *stages) or ((),)
    return way if len(way) in (_APPLICANTS, _STAGES * _OUTCOMES) and not others else (len(digits),)


def _rows(digits: str, most: int) -> Iterator[Sizes]:
    """The ways of reading digits as so many numbers, or fewer, of which the last is the sum of the others."""
    for size in range(1, len(digits)):
        total = digits[-size:]
        if size == 1 or total[0] != "0":
            for parts in _addends(digits[:-size], int(total), most - 1):
                yield (*parts, size)


def _addends(digits: str, total: int, most: int) -> Iterator[Sizes]:
    """The ways of reading digits as so many numbers or fewer that make up a total."""
    if not digits:
        if not total:
            yield ()
        return
    longest = 1 if digits[0] == "0" else min(len(digits), len(str(total)))
    for size in range(1, longest + 1) if most else ():
        if (number := int(digits[:size])) <= total:
            for rest in _addends(digits[size:], total - number, most - 1):
                yield (size, *rest)


def _stages(digits: str, stages: int) -> Iterator[Sizes]:
    """The ways of reading digits as so many rows of section four, each with all its values."""
    if not stages:
        if not digits:
            yield ()
        return
    for end in range(_OUTCOMES, len(digits) - _OUTCOMES * (stages - 1) + 1):
        for way in _rows(digits[:end], _OUTCOMES):
            if len(way) == _OUTCOMES:
                for rest in _stages(digits[end:], stages - 1):
                    yield (*way, *rest)
