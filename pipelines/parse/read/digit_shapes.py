"""Whether a digit of a font is drawn as the digit that the file says it is.

What a file says of a font's characters may be wrong, by a program's fault or on purpose: then other digits
are read than are seen. An outline is held against how digits are drawn in 150 fonts, upright and slanted,
with feet and without: 0.2 % of their digits would pass for another one, 98 % of exchanged ones are found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from math import sqrt
from operator import itemgetter, mul
from typing import Final

from PIL import Image

_BY_AREA: Final = Image.Resampling.BOX
# of 255, a pixel changes at least by so much where a digit is painted
_INKED: Final = 64
# in pixels: a lower picture tells nothing
_LOWEST: Final = 12

Point = tuple[float, float]
Outline = tuple[tuple[Point, ...], ...]

_ROWS: Final = 7
_COLUMNS: Final = 5
_LINES: Final = 2  # looked at in each row
# the ink of the digits in ninths, row by row from the top; a 1 may stand on a foot, or not
_DRAWN: Final = (
    (0, "15673550377302882128820377305537661"),
    (1, "14762357611166001750018500184078998"),
    (1, "02552135510045105540006300163013642"),
    (2, "25774330381103700172026202621188885"),
    (3, "25674330370015502673000375104757662"),
    (4, "00273005720446225171754843347300371"),
    (5, "26885241003654123266000374104667661"),
    (6, "03564252125543086366820378304637662"),
    (7, "68888211540026100530035101540035200"),
    (8, "26674450273624526672720378203747662"),
    (9, "26673640387302866367033552125346530"),
)
_HOLES: Final = ((1,), (0,), (0,), (0,), (0, 1), (0,), (1,), (0,), (2,), (1,))
# a digit is drawn as another one that it resembles by so much more
_PLAINLY: Final = 0.2
# where their font is in doubt and their holes can't be counted
_PAINTED_PLAINLY: Final = 0.1
# narrower digits, in their height, are held against the middle of a broader one
_NARROW: Final = 0.5
_BROAD: Final = 0.66
# the room of a digit in its height: one with less of it has been pressed together
_ROOM: Final = 0.7
# and by so much where their holes differ, too
_LITTLE: Final = 0.05
# smaller holes, in the area of the largest contour, are flaws
_FLAW: Final = 0.004


@lru_cache(maxsize=1024)
def is_drawn_as_another(outline: Outline, digit: int) -> bool:
    """Whether an outline (closed contours, y growing up) that should be ``digit`` is plainly another one."""
    contours = [contour for contour in outline if len(contour) > 2]
    ink = _ink(contours) if contours else []
    if not any(ink):
        return False
    if digit == 1 and _is_narrow(contours):
        return False
    lead = _lead(ink, digit)
    return lead > _PLAINLY or (lead > _LITTLE and _holes(contours) not in _HOLES[digit])


def is_painted_as_another(picture: Image.Image, digit: int) -> bool:
    """Whether a grey picture that should show ``digit``, on one ground, plainly shows another one."""
    ground = max(enumerate(picture.histogram()), key=itemgetter(1))[0]
    picture = picture.point([abs(value - ground) for value in range(256)])
    inked = picture.point(lambda value: 255 if value >= _INKED else 0)
    box = inked.crop((0, 0, picture.width, _underlined_at(inked))).getbbox()
    if box is None or box[3] - box[1] < _LOWEST:
        return False
    left, top, right, bottom = box
    wide, high = right - left, bottom - top
    pressed = min(1.0, picture.width / (_ROOM * high))
    if wide < _NARROW * high * pressed:
        if digit == 1:
            return False
        margin = round((_BROAD * high * pressed - wide) / 2)
        left, right = left - margin, right + margin
    ink = picture.crop((left, top, right, bottom)).resize((_COLUMNS, _ROWS), _BY_AREA)
    return _lead(list(ink.tobytes()), digit) > _PAINTED_PLAINLY


def _underlined_at(inked: Image.Image) -> int:
    """The row at which a line under a digit begins, inked all across; the height where there is none."""
    rows = inked.resize((1, inked.height), _BY_AREA).tobytes()
    middle = inked.height // 2
    line = rows.find(b"\xff", middle)
    return line if line >= 0 else inked.height


def _lead(ink: Sequence[float], digit: int) -> float:
    """By how much the ink is more like that of some digit than like that of ``digit``."""
    ink = _evened(ink)
    likeness = [0.0] * 10
    for known, drawn in _KNOWN:
        likeness[known] = max(likeness[known], sum(map(mul, ink, drawn)))
    return max(likeness) - likeness[digit]


def _is_narrow(contours: Sequence[Sequence[Point]]) -> bool:
    """Whether an outline is a stroke with a flag at most, as a 1 without a foot is."""
    xs, ys = [x for each in contours for x, _ in each], [y for each in contours for _, y in each]
    return max(xs) - min(xs) < _NARROW * (max(ys) - min(ys)) and not _holes(contours)


def _ink(contours: Sequence[Sequence[Point]]) -> list[float]:
    """How much of each part of the outline's box is filled, row by row from the top."""
    xs, ys = [x for each in contours for x, _ in each], [y for each in contours for _, y in each]
    left, wide, top, high = min(xs), max(xs) - min(xs), max(ys), max(ys) - min(ys)
    if not high:
        return []
    if wide < _NARROW * high:
        left, wide = left - (_BROAD * high - wide) / 2, _BROAD * high
    ink = [0.0] * (_ROWS * _COLUMNS)
    for line in range(_ROWS * _LINES):
        y = top - (line + 0.5) / (_ROWS * _LINES) * high
        for start, end in _filled(contours, y):
            _add(ink, line // _LINES * _COLUMNS, (start - left) / wide, (end - left) / wide)
    return ink


def _add(ink: list[float], row: int, start: float, end: float) -> None:
    for column in range(_COLUMNS):
        part = min(end * _COLUMNS, column + 1) - max(start * _COLUMNS, column)
        ink[row + column] += max(part, 0.0)


def _filled(contours: Sequence[Sequence[Point]], y: float) -> Iterator[tuple[float, float]]:
    """Where a level line runs through what the contours fill."""
    crossings = sorted(
        (ax + (y - ay) * (bx - ax) / (by - ay), 1 if by > ay else -1)
        for contour in contours
        for (ax, ay), (bx, by) in pairwise((*contour, contour[0]))
        if (ay > y) != (by > y)
    )
    depth = 0
    for (start, turn), (end, _) in pairwise(crossings):
        depth += turn
        if depth:
            yield start, end


def _evened(ink: Sequence[float]) -> list[float]:
    """The ink about its mean, so that the products of two add up to their correlation."""
    mean = sum(ink) / len(ink)
    spread = sqrt(sum((part - mean) ** 2 for part in ink))
    return [(part - mean) / spread for part in ink] if spread else [0.0] * len(ink)


_KNOWN: Final = tuple((digit, _evened([int(part) for part in drawn])) for digit, drawn in _DRAWN)


def _holes(contours: Sequence[Sequence[Point]]) -> int:
    """The contours that turn against the largest one."""
    areas = [_area(contour) for contour in contours]
    largest = max(areas, key=abs)
    return sum(area * largest < 0 and abs(area) > _FLAW * abs(largest) for area in areas)


def _area(contour: Sequence[Point]) -> float:
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairwise((*contour, contour[0]))) / 2
