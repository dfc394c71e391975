"""Floors of accuracy by layout and form: a file of shares that only rise."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from pathlib import Path

from benchmarks.accuracy import LayoutForm, Score

FILE = Path(__file__).with_name("floors.toml")
#: the sample that the floors hold for: reports of each form, and the seed
GATE = (6, 1)
_HEAD = f"""\
# The share of cells that must be right, by layout and form, on {GATE[0]} reports of each (seed {GATE[1]}).
# `python -m benchmarks --raise` writes what was measured where it is higher; nothing lowers it.
"""


def load() -> dict[LayoutForm, float]:
    """The floors as they stand; a layout that is new has none."""
    if not FILE.exists():
        return {}
    found = tomllib.loads(FILE.read_text("utf-8"))
    return {(layout, form): share for layout, forms in found.items() for form, share in forms.items()}


def raised(floors: Mapping[LayoutForm, float], scores: Mapping[LayoutForm, Score]) -> dict[LayoutForm, float]:
    """The floors with those raised that the scores exceed."""
    measured = {key: math.floor(score.accuracy * 10_000) / 10_000 for key, score in scores.items()}
    return {
        key: max(floors.get(key, 0.0), measured.get(key, 0.0))
        for key in sorted(floors.keys() | measured.keys())
    }


def save(floors: Mapping[LayoutForm, float]) -> None:
    """Writes the file, layouts in the order of their names."""
    lines: list[str] = [_HEAD]
    for layout in sorted({layout for layout, _ in floors}):
        forms = ", ".join(
            f'"{form}" = {share:.4f}' for (name, form), share in sorted(floors.items()) if name == layout
        )
        lines.append(f"{layout} = {{ {forms} }}\n")
    FILE.write_text("".join(lines), "utf-8")
