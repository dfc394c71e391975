"""Boxes on a page: which meet, and the one around several."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.parse.records import Box


def meet(a: Box, b: Box) -> bool:
    """Whether two boxes have a part in common that is more than an edge."""
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def hull(boxes: Sequence[Box]) -> Box:
    """The smallest box that holds all; there is at least one."""
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )
