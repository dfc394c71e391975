"""A character where it is printed."""

from __future__ import annotations

from typing import NamedTuple


class Glyph(NamedTuple):
    """A printed character, its box (of the advance width), baseline and size.

    ``turn`` is by how many quarter turns (clockwise) it is printed rotated. A
    glyph may hold several characters (a word of OCR) with their confidence.
    ``white``: painted in white.
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    base: float
    size: float
    turn: int = 0
    confidence: float | None = None
    white: bool = False
