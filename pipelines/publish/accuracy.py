"""How well documents are read: measured by `python -m benchmarks`, which writes accuracy.json."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Counts over invented reports, printed in every known layout and read.

    Each cell is right, flagged or wrong.
    ``measured_on`` is the day (ISO 8601).
    """

    layouts: int
    reports: int
    cells: int
    right: int
    flagged: int
    wrong: int
    measured_on: str


@cache
def measured() -> Accuracy:
    """The figures of the last measurement."""
    text = (resources.files("pipelines.publish") / "accuracy.json").read_text(encoding="utf-8")
    return Accuracy(**json.loads(text))
