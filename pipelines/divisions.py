"""The divisions that an archive knows: the built-in list, and those that only its registry has."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from pipelines.parse.regions import Region, Regions
from pipelines.store import Store


def extra_regions(store: Store) -> tuple[Region, ...]:
    """Divisions of the store that the built-in list lacks."""
    builtin = Regions.builtin()
    rows: Iterator[dict[str, Any]] = (
        {key: value or "" for key, value in row.items()} for row in store.rows("SELECT * FROM regions")
    )
    return tuple(Region(**row) for row in rows if builtin.get(row["code"]) is None)


def known_regions(store: Store) -> Regions:
    """Every division known to the store."""
    return _with(extra_regions(store))


@lru_cache(maxsize=1)
def _with(extra: tuple[Region, ...]) -> Regions:
    """The divisions known, and what was looked up in them, kept while the extra ones stay the same."""
    return Regions.builtin().with_extra(extra) if extra else Regions.builtin()
