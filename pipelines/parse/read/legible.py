"""Which of a page's characters count: each once, and those that are crossed out or faint as unreadable."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Final

from pipelines.parse.read.glyph import DIGIT, Glyph, are_one_number, as_legible
from pipelines.parse.read.ruling import Edge
from pipelines.parse.records import UNREAD

# in units of the character size
_DOUBLED: Final = 0.15
_STRUCK_AT: Final = (0.55, 0.12)  # above the baseline
_LATELY: Final = 8  # of the same characters before are looked at for a double

_IS_FAINT, _IS_WHITE = map(attrgetter, ("faint", "white"))


def as_printed(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Glyphs once each, those that nobody can tell for certain as unreadable."""
    legible = _without_doubles(glyphs)
    return [as_legible(glyph) for glyph in legible] if any(map(_IS_FAINT, legible)) else legible


def without_struck(glyphs: list[Glyph], strokes: Sequence[Edge]) -> list[Glyph]:
    """Glyphs with the digits that a line crosses out as unreadable: who drew it meant them not to count."""
    level = [edge for edge in strokes if edge.top == edge.bottom]
    if not level:
        return glyphs
    return [g._replace(text=unreadable(g.text)) if _is_struck(g, level) else g for g in glyphs]


def _is_struck(glyph: Glyph, strokes: Sequence[Edge]) -> bool:
    middle = (glyph.x0 + glyph.x1) / 2
    high, low = (glyph.base - share * glyph.size for share in _STRUCK_AT)
    return not glyph.turn and any(e.x0 <= middle <= e.x1 and high < e.top < low for e in strokes)


def as_seen(glyphs: list[Glyph]) -> list[Glyph]:
    """White digits in a table may be unseen: nobody can tell what is painted behind them."""
    if not any(map(_IS_WHITE, glyphs)):
        return glyphs
    return [glyph._replace(text=unreadable(glyph.text)) if glyph.white else glyph for glyph in glyphs]


def unreadable(text: str) -> str:
    """A text without its digits."""
    return DIGIT.sub(UNREAD, text)


def _without_doubles(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """Glyphs without those printed twice on the same spot (false bold, shadows)."""
    seen: dict[str, deque[tuple[float, float, int]]] = {}
    kept: list[Glyph] = []
    twice: dict[int, Glyph] = {}
    for glyph in glyphs:
        text, x, base, near = glyph[0], glyph[1], glyph[5], glyph[6] * _DOUBLED
        others = seen.get(text)
        if others is None:
            others = seen[text] = deque(maxlen=_LATELY)
        for other_x, other_base, index in others:
            if -near < other_base - base < near and -near < other_x - x < near:
                twice[index] = glyph
                break
        else:
            others.append((x, base, len(kept)))
            kept.append(glyph)
    return _doubted(kept, twice) if twice else kept


def _doubted(glyphs: list[Glyph], twice: Mapping[int, Glyph]) -> list[Glyph]:
    """Glyphs with digits of which only one of two neighbours is printed twice as unreadable.

    There two figures lie on one another. ``twice``: what else is printed on the glyph of that index; it
    stands nearer to the next one of its own figure.
    """
    printed = [*enumerate(glyphs), *twice.items()]
    printed.sort(key=lambda item: (round(item[1].base), item[1].x0))
    doubtful = {
        i
        for (a, left), (b, right) in itertools.pairwise(printed)
        if (a in twice) != (b in twice) and are_one_number(left, right)
        for i in (a, b)
    }
    return [g._replace(text=UNREAD) if i in doubtful else g for i, g in enumerate(glyphs)]
