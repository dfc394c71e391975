"""The columns of a query's answer as a page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_NO_AMOUNTS = ("year", "code", "region_code")  # numbers that nobody adds up


@dataclass(frozen=True, slots=True)
class Column:
    """A column by its place in the rows; ``numeric``: all its values are numbers."""

    index: int
    name: str
    numeric: bool


def columns(
    names: Sequence[str], rows: Sequence[Sequence[Any]], language: str, *, ready: bool
) -> list[Column]:
    """The columns to show. A ``ready`` question tells meanings twice, as x and x_en: one of them is shown."""
    twins = {name for name in names if f"{name}_en" in names} if ready else set()
    left_out = twins if language == "en" else {f"{name}_en" for name in twins}
    return [
        Column(index, name, _is_numeric(name, [row[index] for row in rows]))
        for index, name in enumerate(names)
        if name not in left_out
    ]


def _is_numeric(name: str, values: Sequence[Any]) -> bool:
    known = [value for value in values if value is not None]
    return bool(known) and name not in _NO_AMOUNTS and all(isinstance(value, int | float) for value in known)
