"""The order in which a page is read: one column after the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf
from operator import attrgetter
from typing import Final

from pipelines.parse.read.glyph import BASE_AND_X, Glyph, hull
from pipelines.parse.records import Block, Box

# in units of the character size
_GUTTER: Final = 1.2
_ACROSS: Final = 0.75  # a line with a narrower gap at the gutter runs across it; a comma may hang into it
# in points
_ONE_BASELINE: Final = 1.0

_X = attrgetter("x0")


def gutter_of(boxes: list[Box]) -> float | None:
    """The x of the gap between two columns of text, None where the page has one column."""
    if len(boxes) < 12:
        return None
    x0, x1 = min(b[0] for b in boxes), max(b[2] for b in boxes)
    for share in (0.5, 0.48, 0.52, 0.46, 0.54):
        x = x0 + share * (x1 - x0)
        left = [b for b in boxes if b[2] <= x]
        right = [b for b in boxes if b[0] >= x]
        if len(boxes) - len(left) - len(right) > len(boxes) // 5:
            continue
        if _is_column(left, x - x0) and _is_column(right, x1 - x):
            return x
    return None


def _is_column(boxes: list[Box], width: float) -> bool:
    """Whether lines fill a column: many, and most of them nearly as wide as it is."""
    full = [b for b in boxes if b[2] - b[0] >= 0.75 * width]
    return len(boxes) >= 5 and len(full) >= 0.6 * len(boxes)


def segments(glyphs: Sequence[Glyph]) -> list[Box]:
    """The boxes of the pieces of each line between gaps as wide as those of columns."""
    boxes: list[Box] = []
    for row in _baselines([glyph for glyph in glyphs if glyph.text.strip()]):
        run: list[Glyph] = []
        for glyph in sorted(row, key=_X):
            if run and glyph.x0 - run[-1].x1 > _GUTTER * glyph.size:
                boxes.append(hull(run))
                run = []
            run.append(glyph)
        boxes.append(hull(run))
    return boxes


def halves(glyphs: list[Glyph], gutter: float | None) -> list[list[Glyph]]:
    """Glyphs in sets whose lines are not to be mixed: lines across the gutter, left of it, right of it."""
    if gutter is None:
        return [glyphs]
    across: list[Glyph] = []
    left: list[Glyph] = []
    right: list[Glyph] = []
    for row in _baselines(glyphs):
        before = [glyph for glyph in row if (glyph.x0 + glyph.x1) / 2 < gutter]
        after = [glyph for glyph in row if (glyph.x0 + glyph.x1) / 2 >= gutter]
        gap = min(g.x0 for g in after) - max(g.x1 for g in before) if before and after else inf
        if gap < _ACROSS * max(g.size for g in row):
            across += row
        else:
            left += before
            right += after
    return [across, left, right]


def _baselines(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    """Glyphs by the line they are printed on, however little below the next it is, top first.

    Two columns need not have their lines at the same height.
    """
    rows: list[list[Glyph]] = []
    base = -inf
    for glyph in sorted(glyphs, key=BASE_AND_X):
        if glyph.base - base > _ONE_BASELINE:
            rows.append([])
            base = glyph.base
        rows[-1].append(glyph)
    return rows


def in_reading_order(placed: list[tuple[Box, Block]], gutter: float | None) -> list[tuple[Box, Block]]:
    """Blocks top to bottom; where a page is set in two columns, the left one first."""
    placed = sorted(placed, key=lambda item: (item[0][1], item[0][0]))
    if gutter is None:
        return placed
    ordered: list[tuple[Box, Block]] = []
    left: list[tuple[Box, Block]] = []
    right: list[tuple[Box, Block]] = []
    for box, block in placed:
        if box[2] <= gutter:
            left.append((box, block))
        elif box[0] >= gutter:
            right.append((box, block))
        else:  # a line or table across both columns ends the band above it
            ordered += [*left, *right, (box, block)]
            left, right = [], []
    return ordered + left + right
