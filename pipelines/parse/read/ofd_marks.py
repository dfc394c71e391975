"""What an OFD page shows besides text and rules, and what of its text its clips may cut off."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from math import isnan
from typing import Final

from lxml import etree

from pipelines.parse.read.bare import Bare, is_small
from pipelines.parse.read.ofd_objects import (
    Matrix,
    after,
    boundary,
    corners,
    hull,
    moved,
    named,
    own,
    own_matrix,
    standing,
)
from pipelines.parse.records import Box

Element = etree._Element

NOTE: Final = "Appearance"  # how an annotation of a page looks
_BENT = re.compile("[QBA]")
_LEVEL: Final = 0.2  # points by which a line that leans is off a page's axes
_LARGEST: Final = 0.25  # of a page: what is larger is its paper
_MOST: Final = 2000  # more marks than this are the page's


def bare_of(page: Element, size: tuple[float, float], drawings: Iterable[Box]) -> Bare | None:
    """Where a page of that size in points shows pictures, notes or ``drawings`` that may be figures."""
    most = _LARGEST * size[0] * size[1]
    found = (
        box for box in itertools.chain(_marks(page), drawings) if (box[2] - box[0]) * (box[3] - box[1]) < most
    )
    marks = tuple(itertools.islice(found, _MOST))
    return Bare(marks) if marks else None


def _marks(page: Element) -> Iterator[Box]:
    for name in ("ImageObject", NOTE):
        for item, outer in standing(page, name):
            box = boundary(item, outer)
            if box is not None:
                yield box


def drawing(path: str, corners: Sequence[tuple[float, float]]) -> Box | None:
    """The box of a path, whose corners are given in points, that is no line and as small as a figure."""
    if not _BENT.search(path) and not any(_leans(*pair) for pair in itertools.pairwise(corners)):
        return None
    box = hull(corner for corner in corners if not isnan(corner[0]))
    return box if box is not None and is_small(box) else None


def _leans(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return abs(one[0] - other[0]) > _LEVEL and abs(one[1] - other[1]) > _LEVEL


def clip_of(item: Element) -> Box | None:
    """The box of what is shown of an object in its own space; None where nothing is cut off."""
    clips = own(item, "Clips")
    boxes = [box for clip in named(clips, "Clip") if (box := _box(clip))] if clips is not None else []
    if not boxes:
        return None
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return max(lefts), max(tops), min(rights), min(bottoms)


def _box(clip: Element) -> Box | None:
    """The box around the areas of a clip; None for one that text makes, or none."""
    if next(named(clip, "Text"), None) is not None:
        return None
    points: list[tuple[float, float]] = []
    for area in named(clip, "Area"):
        for path in named(area, "Path"):
            matrix = after(own_matrix(area), own_matrix(path))
            data = own(path, "AbbreviatedData")
            text = data.text or "" if data is not None else ""
            points += [moved(matrix, x, y) for x, y in corners(text) if not isnan(x)]
            if not text or _BENT.search(text):
                return None
    return hull(points)


def is_cut_off(clip: Box, matrix: Matrix, x: float, y: float) -> bool:
    """Whether a point of an object lies outside its clip, in whichever space its writer took that to be."""
    return not any(
        clip[0] <= a <= clip[2] and clip[1] <= b <= clip[3] for a, b in ((x, y), moved(matrix, x, y))
    )
