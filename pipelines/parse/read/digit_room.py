"""The room that the digits of a scanned number take: one that a recogniser overlooked has left its own.

Of two like digits side by side (the sevens of 7750) a recogniser may see one, and be sure of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median
from typing import Final

# widths of a digit by which print is wider than the digits that were read
_TOO_WIDE: Final = 0.6
# so many numbers tell how wide the digits of a page are
_FEWEST: Final = 5
_NARROW: Final = "1"


def with_room_left(numbers: Mapping[int, tuple[str, float]]) -> set[int]:
    """Those of a page's numbers, given by their digits and the width of their print, that are too wide."""
    widths = [width / len(digits) for digits, width in numbers.values() if digits[0] != _NARROW]
    if len(widths) < _FEWEST:
        return set()
    digit = median(widths)
    return {key for key, (digits, width) in numbers.items() if width > (len(digits) + _TOO_WIDE) * digit}
