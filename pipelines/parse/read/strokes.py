"""What is no figure in a cell, told by its shape: a dash, a slash, what shows of a line at its side.

To a recogniser a slash is much like a 1, and it is sure of neither. Their shapes are far apart: a slash is
one straight stroke that leans, every 1 has a flag. Measured on 27 fonts, upright and slanted, sharp and
blurred: no digit is as straight (0.16 and more) where it leans as much.
"""

from __future__ import annotations

import math
from typing import Any, Final

# a slash leans by more than this (its width over its height) and is bent or broad by less, in heights
_SLANT: Final = 0.22
_STRAIGHT: Final = 0.15
# shorter strokes, in points, have no shape to tell
_LEAST_HEIGHT: Final = 3.5
# a 0 is a ring, narrower than this in its height; the letter O and the sign for a tick are as wide as high
_NARROW: Final = 0.85
_RING: Final = 3  # the ink, what lies around it and what it encloses
# a dash is so many times as wide as high, so many points wide, and stands so far down its cell
_BAR: Final = 2.0
_DASH: Final = (2.0, 26.0)
_HALF: Final = (0.2, 0.8)
# the share of a cell's height along which a line at its side shows, and its width in its own height
_ALONG: Final = 0.3
_WALL_WIDTH: Final = 0.2
# what is higher than this share of the highest print is no speck beside it
_AS_HIGH: Final = 0.6
# what has less than this share of its ink beside it is a speck
_SPECK: Final = 0.3
# an upright 1 (with its flag on the left) does not lean by as much as this
_UPRIGHT_ONE: Final = 0.11


def mark_of(dark: Any, unit: float) -> str:
    """A dash or a slash (``-``, ``/``) where nothing but that is printed, else nothing; specks are no print.

    ``dark`` is 255 where a cell holds ink, ``unit`` the length of a point in pixels.
    """
    only = _only_piece(dark)
    if only is None:
        return ""
    (_, y, w, h), ink = only
    if _is_dash(w, h, (y + h / 2) / dark.shape[0], unit):
        return "-"
    return "/" if h >= _LEAST_HEIGHT * unit and _is_slash(ink) else ""


def is_zero(dark: Any, unit: float) -> bool:
    """Whether nothing but a 0 is printed, as ``mark_of`` takes its ink: a ring that is higher than wide."""
    import cv2

    only = _only_piece(dark)
    if only is None:
        return False
    (x, y, w, h), ink = only
    if h < _LEAST_HEIGHT * unit or w > _NARROW * h:
        return False
    inside = 1 - ink[y : y + h, x : x + w].astype("uint8")
    around = cv2.copyMakeBorder(inside, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=1)
    return bool(cv2.connectedComponents(around, connectivity=4)[0] == _RING)


def _only_piece(dark: Any) -> tuple[tuple[int, int, int, int], Any] | None:
    """The box (x, y, width, height) and the pixels of the only piece of print; None if there are several."""
    import cv2

    count, labels, boxes, _ = cv2.connectedComponentsWithStats(dark)
    found = sorted((area, n) for n, (*_, area) in enumerate(boxes[:count].tolist()) if n)
    if not found or (len(found) > 1 and found[-2][0] > _SPECK * found[-1][0]):
        return None
    x, y, w, h, _ = boxes[found[-1][1]].tolist()
    return (x, y, w, h), labels == found[-1][1]


def leans(dark: Any) -> bool:
    """Whether what is printed lies or leans as no upright 1 does.

    It is no higher than wide, or its upper third stands right of its lower third.
    """
    import numpy as np

    rows, columns = np.nonzero(dark)
    if not rows.size:
        return False
    top, height = int(rows.min()), int(rows.max() - rows.min()) + 1
    if height <= int(columns.max() - columns.min()) + 1:
        return True
    upper, lower = columns[rows < top + height / 3], columns[rows >= top + height * 2 / 3]
    return bool(upper.size and lower.size and upper.mean() - lower.mean() > _UPRIGHT_ONE * height)


def width_of_highest(dark: Any) -> float:
    """The width of all that is printed about as high as the highest of it, as the digits of a number are."""
    import cv2

    _, _, boxes, _ = cv2.connectedComponentsWithStats(dark)
    found = [(x, w, h) for x, _, w, h, _ in boxes[1:].tolist()]
    highest = max((h for *_, h in found), default=0)
    digits = [(x, x + w) for x, w, h in found if h > _AS_HIGH * highest]
    return float(max(end for _, end in digits) - min(x for x, _ in digits)) if digits else 0.0


def walls(dark: Any) -> Any:
    """Which pixels of a cell's ink are those of a line at its side that leans, and so shows within.

    It runs along that side from the top or the bottom, where no digit reaches.
    """
    import cv2
    import numpy as np

    high, wide = dark.shape
    if not (dark[:, 0].any() or dark[:, -1].any()):
        return np.zeros(dark.shape, dtype=bool)
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(dark)
    found = [
        n
        for n, (x, y, w, h, _) in enumerate(boxes[:count].tolist())
        if n
        and (x == 0 or x + w == wide)
        and (y == 0 or y + h == high)
        and h >= _ALONG * high
        and w <= max(_WALL_WIDTH * h, 2)
    ]
    return np.isin(labels, found)


def _is_dash(width: int, height: int, middle: float, unit: float) -> bool:
    level = width >= _BAR * height and _DASH[0] * unit <= width <= _DASH[1] * unit
    return level and _HALF[0] < middle < _HALF[1]


def _is_slash(ink: Any) -> bool:
    """Whether the ink is a straight stroke that leans to the right, without flag, bar or foot."""
    import numpy as np

    rows, columns = np.nonzero(ink)
    inked = np.unique(rows)
    middles = [columns[rows == row].mean() for row in inked]
    slope, start = np.polyfit(inked, middles, 1).tolist()
    bent = np.abs(columns - (slope * rows + start)).max() / math.hypot(1, slope)
    return bool(-slope > _SLANT and bent < _STRAIGHT * len(inked))
