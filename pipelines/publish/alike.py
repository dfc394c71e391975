"""Tables read the same in many reports, above all where nothing was applied for: one look serves them all."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Final, TypeVar

_REMEMBERED: Final = 1 << 10  # some ten megabytes of a process

Found = TypeVar("Found")


def once_for_tables(work: Callable[[str], Found]) -> Callable[[str], Found]:
    """``work``, a pure function of a text, that remembers what it made of tables, which have tabs."""
    known = lru_cache(_REMEMBERED)(work)

    @wraps(work)
    def found(text: str) -> Found:
        return known(text) if "\t" in text else work(text)

    return found
