"""Finding the row label that a run of text pieces ends with."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipelines.parse.labels import normal
from pipelines.parse.tables.vocabulary import WEAK_ROWS, RowLabel, row_label

# where a label may begin inside a piece of text: at its ordinal
_ORDINAL = re.compile(r"\([一二三四五六七八九十]\)|[一二三四五六七八九十]、|\d[.、]")
_OPEN = re.compile(
    r"(?:\([一二三四五六七八九十]\)|(?<!\d)\d[.、])$"
)  # an ordinal whose label is still to come
_LONGEST = 60


def label_at_end(pieces: Sequence[str]) -> tuple[str, RowLabel] | None:
    """The printed label that the pieces, joined, end with, and the row it matches.

    A label begins where a piece begins or at an ordinal inside one. The longest
    exact match wins, else the fuzzy one of greatest confidence.
    """
    if not pieces or _OPEN.search(normal(pieces[-1])):
        return None
    last = row_label(pieces[-1])
    if last and last.match.sure and last.match.key not in WEAK_ROWS:
        return pieces[-1], last
    best: tuple[float, int, str, RowLabel] | None = None
    for text in _tails(pieces):
        found = row_label(text)
        if found is None:
            continue
        rank = (2.0 if found.match.sure else found.match.confidence or 0.0, len(text))
        if best is None or rank > best[:2]:
            best = (*rank, text, found)
    return (best[2], best[3]) if best else None


def _tails(pieces: Sequence[str]) -> list[str]:
    """Every end of the joined text that may be a label, shortest first."""
    tails: list[str] = []
    joined = ""
    for piece in reversed(pieces):
        plain = normal(piece)
        inside = [m.start() for m in _ORDINAL.finditer(plain) if m.start() > 0]
        tails += [plain[at:] + joined for at in reversed(inside)]
        joined = plain + joined
        tails.append(joined)
        if len(joined) > _LONGEST:
            break
    return tails
