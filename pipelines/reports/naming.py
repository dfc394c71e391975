"""Whether two names are those of one agency: short forms and spellings, but never renames."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipelines.parse.agencies import read_office, short_form
from pipelines.parse.regions import Regions
from pipelines.parse.titles import compact

# 教育和体育局 and 教育体育局 are two spellings of one name
_AND = re.compile("[和与及、]")


@dataclass(frozen=True, slots=True)
class Called:
    """The official names of an agency without its division, in one spelling.

    ``full`` are those printed, ``maybe`` those that a printed short form may stand for.
    """

    full: frozenset[str]
    maybe: frozenset[str]


@lru_cache(maxsize=1 << 13)  # the names of a division's agencies are compared with each report's
def called(names: tuple[str, ...] | frozenset[str], region_code: str, regions: Regions) -> Called:
    """What an agency of a division is called, by the forms of its name that were printed."""
    full: set[str] = set()
    maybe: set[str] = set()
    for name in names:
        office = read_office(compact(name), regions, region_code)
        if office is None:
            full.add(spelled(name))
            continue
        _, longs = short_form(office)
        if longs:
            front = next(office.name.removesuffix(long) for long in longs if office.name.endswith(long))
            maybe.update(spelled(front + long) for long in longs)
        else:
            full.add(spelled(office.name))
    return Called(frozenset(full), frozenset(maybe))


def spelled(name: str) -> str:
    """The one spelling of a name that its variants share."""
    return _AND.sub("", compact(name))


@lru_cache(maxsize=1 << 13)
def names_division(name: str, region_code: str, regions: Regions) -> bool:
    """Whether a name says of which division it is; a bare 教育局 would be everybody's."""
    office = read_office(compact(name), regions, region_code)
    return office is not None and bool(office.regions or office.whole)
