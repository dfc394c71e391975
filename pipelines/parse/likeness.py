"""What hangs on a grid's labels alone is told once for all grids alike: those that differ in figures only.

Thousands of offices fill in the same file. Which labels stand in a grid, whether it has to be unfolded or
turned, and what form it is of is told by its words and spans, and by where figures stand, not by which
they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache, wraps
from typing import Final, TypeVar, cast

from pipelines.parse.records import Grid, Told

_SEPARATOR: Final = "\0"
# a cell that holds a figure and nothing else; a year may be a label
_FIGURE: Final = re.compile(
    rf"{_SEPARATOR}(?!(?:19|20)\d\d{_SEPARATOR})\d+(?:\.\d+)?(?={_SEPARATOR})", re.ASCII
)
ANY_FIGURE: Final = "0"
_MOST: Final = 384  # grids that are known at a time, each with a label's length for each of its cells

_Answer = TypeVar("_Answer")


def liken(grid: Grid, spans: object, texts: Sequence[str]) -> Grid:
    """The grid, which shares what is known of it with all whose cells have the same ``spans`` and print the
    same ``texts``, figures apart.
    """
    joined = _joined(texts)
    if joined.count(_SEPARATOR) == len(texts) + 1:
        object.__setattr__(grid, "told", _known(spans, joined))
    return grid


def is_figure(text: str) -> bool:
    """Whether a text may be another one in a grid that is alike; that of a few others, too."""
    return text.replace(".", "", 1).isdigit()


def by_likeness(tell: Callable[[Grid], _Answer]) -> Callable[[Grid], _Answer]:
    """A function of a grid that is asked once for all grids that are alike.

    It must tell the same of a grid whose figures are all 0, which is what it is shown.
    """

    @wraps(tell)
    def told(grid: Grid) -> _Answer:
        known = grid.told
        if known is None:
            return tell(grid)
        if told not in known:
            known[told] = tell(without_figures(grid))
        return cast("_Answer", known[told])

    return told


def unless_kept(change: Callable[[Grid], Grid]) -> Callable[[Grid], Grid]:
    """A change of grids that is left out where it is known to keep those that are alike as they are.

    It must keep a grid as it is, the very same, if it keeps the one whose figures are all 0.
    """

    @by_likeness
    def is_kept(grid: Grid) -> bool:
        return change(grid) is grid

    @wraps(change)
    def changed(grid: Grid) -> Grid:
        return grid if grid.told is not None and is_kept(grid) else change(grid)

    return changed


def without_figures(grid: Grid) -> Grid:
    """The grid with 0 for each figure that stands alone in its cell."""
    texts = _joined([cell.text for cell in grid.cells]).split(_SEPARATOR)[1:-1]
    cells = (
        cell if cell.text == text else replace(cell, text=text)
        for cell, text in zip(grid.cells, texts, strict=True)
    )
    return replace(grid, cells=tuple(cells))


def _joined(texts: Sequence[str]) -> str:
    return _FIGURE.sub(f"{_SEPARATOR}{ANY_FIGURE}", f"{_SEPARATOR}{_SEPARATOR.join(texts)}{_SEPARATOR}")


@lru_cache(maxsize=_MOST)
def _known(spans: object, joined: str) -> Told:
    del spans, joined  # they are its name in the memory
    return {}
