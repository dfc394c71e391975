"""What hangs on a grid's labels alone is told once for all grids alike: those that differ in figures only.

Thousands of offices fill in the same file. Which labels stand in a grid, whether it has to be unfolded or
turned, and what form it is of is told by its words and spans, and by where figures stand, not by which
they are. A figure is a number of digits that stands alone in a cell of one row; what stands over several
rows may stand for each of them, and a year may be a label.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache, wraps
from typing import Final, TypeVar, cast

from pipelines.parse.records import Grid, Told

_SEPARATOR: Final = "\0"
_FIGURE: Final = re.compile(r"(?!(?:19|20)\d\d(?:\0|$))\d+(?:\.\d+)?", re.ASCII)
_ANY_FIGURE: Final = f"{_SEPARATOR}0"
_FIGURE_CELL: Final = re.compile(rf"\0{_FIGURE.pattern}(?=\0)", re.ASCII)
_MOST: Final = 384  # grids that are known at a time, each with a label's length for each of its cells

_Answer = TypeVar("_Answer")


def liken(grid: Grid, spans: object, tall: Sequence[str]) -> Grid:
    """The grid, which shares what is known of it with all whose cells have the same ``spans`` and print the
    same, figures apart. ``tall`` are the texts of its cells that stand over several rows.
    """
    texts = [cell.text for cell in grid.cells]
    joined = f"{_SEPARATOR}{_SEPARATOR.join(texts)}{_SEPARATOR}"
    if joined.count(_SEPARATOR) == len(texts) + 1 and not any(map(is_bare_number, tall)):
        object.__setattr__(grid, "told", _known(spans, _FIGURE_CELL.sub(_ANY_FIGURE, joined)))
    return grid


def share(grid: Grid, like: Grid) -> Grid:
    """The grid, which shares what is known of one that it is ``like``: it prints the same, figures apart."""
    object.__setattr__(grid, "told", like.told)
    return grid


def derive(grid: Grid, source: Grid, way: Callable[[Grid], Grid]) -> Grid:
    """The grid, made of a ``source`` in a ``way`` in which figures have no say: it shares what is known of it
    with all that are made so of grids that are alike.
    """
    if source.told is not None:
        shared: Told = {}
        object.__setattr__(grid, "told", source.told.setdefault(way, shared))
    return grid


@lru_cache(maxsize=8192)
def is_bare_number(text: str) -> bool:
    """Whether a text is a figure as it is meant here: it may be another one in a grid that is alike."""
    return _FIGURE.fullmatch(text) is not None


def by_likeness(tell: Callable[[Grid], _Answer]) -> Callable[[Grid], _Answer]:
    """A function of a grid that is asked once for all that are alike: figures must have no say in it."""

    @wraps(tell)
    def told(grid: Grid) -> _Answer:
        known = grid.told
        if known is None:
            return tell(grid)
        if told not in known:
            known[told] = tell(grid)
        return cast("_Answer", known[told])

    return told


def unless_kept(change: Callable[[Grid], Grid]) -> Callable[[Grid], Grid]:
    """A change of grids that is left out where it is known to keep those that are alike as they are.

    Figures must have no say in whether it keeps one, the very same.
    """

    @wraps(change)
    def changed(grid: Grid) -> Grid:
        known = grid.told
        if known is None:
            return change(grid)
        if known.get(changed):
            return grid
        new = change(grid)
        known[changed] = new is grid
        return new

    return changed


@lru_cache(maxsize=_MOST)
def _known(spans: object, joined: str) -> Told:
    del spans, joined  # they are its name in the memory
    return {}
