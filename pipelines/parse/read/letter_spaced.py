"""Figures in cells of ruled tables that are printed letter-spaced, as all of their page are: 2 8 3 is 283."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import isclose
from typing import Final

from pipelines.parse.read.glyph import BASE_AND_X, DIGIT, Glyph

_FIGURE = re.compile(r"[0-9０-９.,]")
# in units of the character size
_TOUCH: Final = 0.2  # digits no farther apart are one number anyway
_APART: Final = 0.6  # so far apart are figures of two columns
_EVEN: Final = 0.05  # by how much letter spacing may vary
_OFF_LINE: Final = 0.1
# counts
_GAPS: Final = 6
_IN_ONE: Final = 2  # gaps of the longest number: two digits may be two numbers


def are_letter_spaced(cells: Iterable[Sequence[Glyph]]) -> bool:
    """Whether all figures in the cells of a page are letter-spaced, of cells without letters.

    So it is where all digits beside each other are as far apart as all others, and nobody typed a blank
    between them.
    """
    gaps: list[float] = []
    longest = 0
    for glyphs in cells:
        if len(glyphs) == 1 or any(glyph.text.isalpha() for glyph in glyphs):
            continue
        own = list(_gaps(glyphs))
        if own and not _TOUCH < min(own) <= max(own) < _APART:
            return False
        gaps += own
        longest = max(longest, len(own))
    return len(gaps) >= _GAPS and longest >= _IN_ONE and max(gaps) - min(gaps) <= _EVEN


def closed_up(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """The characters of a cell, each of a number reaching up to the next."""
    ordered = sorted(glyphs, key=BASE_AND_X)
    followed = [
        one._replace(x1=other.x0) if _go_on(one, other, _FIGURE) and _are_near(one, other) else one
        for one, other in pairwise(ordered)
    ]
    return [*followed, *ordered[-1:]]


def _gaps(glyphs: Sequence[Glyph]) -> Iterator[float]:
    """The air between digits that follow each other on a line; none where a blank is typed between them."""
    for one, other in pairwise(sorted(glyphs, key=BASE_AND_X)):
        if _go_on(one, other, DIGIT):
            yield (other.x0 - one.x1) / one.size
        elif one.text.isspace() and DIGIT.match(other.text):
            yield 0.0


def _go_on(one: Glyph, other: Glyph, kind: re.Pattern[str]) -> bool:
    """Whether two characters are of a kind, of one size, and on one line."""
    if not (kind.fullmatch(one.text) and kind.fullmatch(other.text)) or one.turn or other.turn:
        return False
    return isclose(one.size, other.size, rel_tol=_EVEN) and abs(one.base - other.base) < _OFF_LINE * one.size


def _are_near(one: Glyph, other: Glyph) -> bool:
    return other.x0 - one.x1 < _APART * one.size
