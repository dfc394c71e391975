"""Administrative divisions: GB/T 2260 codes and names, current and former.

The data are ``regions.csv`` beside this module; its header names source and
editions. A name may belong to many divisions (鼓楼区, 城关区): every lookup by
name returns all of them, and only evidence narrows them down.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Region:
    """A division under one of its names.

    ``level``: province, prefecture, county. ``province``, ``prefecture`` and
    ``county`` are names, empty where there is none (municipalities have no
    prefecture). ``valid_from`` and ``valid_to`` (YYYY-MM, ``valid_to`` exclusive)
    are editions of the list, empty where it began before or still holds.
    Coordinates are degrees of the seat, None where unknown.
    """

    code: str
    name: str
    level: str
    parent_code: str = ""
    province: str = ""
    prefecture: str = ""
    county: str = ""
    valid_from: str = ""
    valid_to: str = ""
    longitude: float | None = None
    latitude: float | None = None


_PEOPLES = (
    "蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|"
    "佤|畲|拉祜|水|东乡|纳西|景颇|柯尔克孜|土|达斡尔|"
    "仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|裕固|鄂温克|德昂|保安|独龙|各"
)
_AUTONOMOUS = re.compile(
    rf"(?:(?:{_PEOPLES})族|维吾尔|(?<!内)蒙古|哈萨克|柯尔克孜)*自治(?P<suffix>[县旗州区])$"
)
_SUFFIX = re.compile(r"(?:特别行政区|行政委员会|地区|新区|林区|特区|矿区|省|市|县|区|旗|盟)$")


def stem(name: str) -> str:
    """A name without what says its rank: 盐池县 → 盐池; all of it where too little would be left."""
    short = _AUTONOMOUS.sub("", name)
    if short == name:
        short = _SUFFIX.sub("", name)
    return short if len(short) >= 2 else name


# 科左中旗, 鄂前旗, 土右旗: the first character and the place
_BANNER = re.compile(r"(?P<first>.).+?(?:(?P<side>[左右])翼?(?P<place>[前中后]?)|(?P<end>[前中后]))旗")


def _short_forms(name: str) -> Iterator[str]:
    yield stem(name)
    if banner := _BANNER.fullmatch(name):
        yield "".join(part for part in banner.groups() if part) + "旗"
    autonomous = _AUTONOMOUS.search(name)
    if autonomous and len(stem(name)) >= 2:
        yield stem(name) + autonomous["suffix"]


@dataclass(frozen=True, slots=True)
class Match:
    """Names of divisions at the start of a text.

    ``regions`` are the divisions that the last name may mean (several where it is
    ambiguous); ``start`` and ``end`` span that last name in the text; ``short``
    says that the last name lacks its suffix.
    """

    regions: tuple[Region, ...]
    start: int
    end: int
    short: bool


# ranks a name can't be: 城关镇 is a township, not the district 城关; 武威县 is not 武威市
_NOT_AFTER_SHORT = re.compile(r"镇|乡|街道|村|社区|苏木|路|街|市(?![场容民政])|县|区(?!域)|旗(?!舰)|盟")
_POLICE = re.compile("公安(?:厅|局|分局|大队|交|机关|派出)")  # 公安局 is the police, not of 公安县
_GENERIC = frozenset(
    {
        "城区",
        "郊区",
        "矿区",
        "东区",
        "西区",
        "南区",
        "北区",
        "中区",
        "城中",
        "城东",
        "城西",
        "城北",
        "市区",
        "市中",
        "新区",
    }
)


class Regions:
    """Divisions, by code and by name. Immutable; ``with_extra`` makes a larger one."""

    def __init__(self, rows: Iterable[Region]) -> None:
        self._rows = tuple(rows)

    @classmethod
    def builtin(cls) -> Regions:
        """The divisions of ``regions.csv``, loaded at the first call."""
        return _builtin()

    def with_extra(self, rows: Iterable[Region]) -> Regions:
        """These divisions and further ones; a row with a known code and name replaces it."""
        extra = tuple(rows)
        taken = {(row.code, row.name) for row in extra}
        return Regions((*(row for row in self._rows if (row.code, row.name) not in taken), *extra))

    def __iter__(self) -> Iterator[Region]:
        """One row per code, in the order of the codes: its latest name."""
        return iter(sorted(self._by_code.values(), key=lambda row: row.code))

    def __len__(self) -> int:
        return len(self._by_code)

    @cached_property
    def _by_code(self) -> dict[str, Region]:
        latest: dict[str, Region] = {}
        for row in self._rows:
            known = latest.get(row.code)
            if known is None or (row.valid_to or "9999") >= (known.valid_to or "9999"):
                latest[row.code] = row
        return latest

    @cached_property
    def _by_name(self) -> dict[str, tuple[Region, ...]]:
        return _index((row.name, row) for row in self._rows)

    @cached_property
    def _by_short(self) -> dict[str, tuple[Region, ...]]:
        return _index(
            (short, row) for row in self._rows for short in set(_short_forms(row.name)) if short != row.name
        )

    @cached_property
    def _lengths(self) -> dict[str, tuple[int, ...]]:
        """By the two characters that a name begins with: how long such names are, the longest first."""
        lengths: defaultdict[str, set[int]] = defaultdict(set)
        for name in (*self._by_name, *self._by_short):
            if len(name) > 1:
                lengths[name[:2]].add(len(name))
        return {start: tuple(sorted(some, reverse=True)) for start, some in lengths.items()}

    def get(self, code: str) -> Region | None:
        """The division with this six-digit code under its latest name."""
        return self._by_code.get(code)

    def names(self, code: str) -> tuple[str, ...]:
        """All names a code has had, the latest first."""
        rows = sorted(
            (r for r in self._rows if r.code == code), key=lambda r: r.valid_to or "9999", reverse=True
        )
        return tuple(row.name for row in rows)

    def parents(self, code: str) -> tuple[Region, ...]:
        """The divisions above, the nearest first."""
        found: list[Region] = []
        region = self.get(code)
        while region and region.parent_code:
            region = self.get(region.parent_code)
            if region:
                found.append(region)
        return tuple(found)

    def is_within(self, code: str, ancestor: str) -> bool:
        """Whether ``code`` is ``ancestor`` or lies in it."""
        return code == ancestor or any(row.code == ancestor for row in self.parents(code))

    def find(self, name: str, near: str = "") -> tuple[Region, ...]:
        """The divisions that ``name`` may mean, full names before short ones.

        ``near`` (a code) narrows to that division and those in or above it, else
        to its prefecture, else its province, as far as anything is left there.
        """
        exact = self._by_name.get(name, ())
        near_exact = self._nearest(exact, near)
        if near_exact and (not near or self.is_near(near_exact, near)):
            return near_exact
        short = self._nearest(self._by_short.get(name, ()), near)
        if not near_exact or self.is_near(short, near):
            return short
        return near_exact

    def is_near(self, rows: tuple[Region, ...], near: str) -> bool:
        """Whether one of them is the division with the code ``near``, lies in it or around it."""
        return bool(near) and any(self.is_within(r.code, near) or self.is_within(near, r.code) for r in rows)

    def _nearest(self, rows: tuple[Region, ...], near: str) -> tuple[Region, ...]:
        rows = _current_first(rows)
        if not near:
            return rows
        tests = (
            lambda r: r.code == near,
            lambda r: self.is_within(r.code, near) or self.is_within(near, r.code),
            lambda r: r.code[:4] == near[:4],
            lambda r: r.code[:2] == near[:2],
        )
        for test in tests:
            some = tuple(filter(test, rows))
            if some:
                return some
        return rows

    def match_start(self, text: str, near: str = "") -> Match | None:
        """The chain of names with which ``text`` begins: 河南省濮阳市华龙区教育局 → 华龙区.

        Each name must lie in the one before. ``text`` has no white space.
        """
        match: Match | None = None
        position = 0
        while step := self._step(text, position, match, near):
            match, position = step, step.end
        return match

    def _step(self, text: str, at: int, above: Match | None, near: str) -> Match | None:
        for length in self._lengths.get(text[at : at + 2], ()):
            name = text[at : at + length]
            for short, index in ((False, self._by_name), (True, self._by_short)):
                rows = index.get(name)
                if not rows or (short and _is_of_another_word(text, at, at + length)):
                    continue
                rows = self._below(rows, above) if above else self._nearest(rows, near)
                if rows and (above or name not in _GENERIC or self.is_near(rows, near)):
                    return Match(rows, at, at + len(name), short)
        return None

    def _below(self, rows: tuple[Region, ...], above: Match) -> tuple[Region, ...]:
        inside = tuple(r for r in rows if any(r.code != a.code and _lies_in(r, a) for a in above.regions))
        return _current_first(inside)


def _is_of_another_word(text: str, start: int, end: int) -> bool:
    """Whether what is like the short name of a division belongs to a longer word."""
    return bool(_NOT_AFTER_SHORT.match(text, end) or _POLICE.match(text, start))


def _lies_in(row: Region, above: Region) -> bool:
    if above.level == "province":
        return row.province == above.province
    return row.level == "county" and row.code[:2] == above.code[:2] and row.prefecture == above.name


def _current_first(rows: tuple[Region, ...]) -> tuple[Region, ...]:
    """Drops an abolished division where a current one of the same prefecture has the same name."""
    current = {(r.name, r.parent_code) for r in rows if not r.valid_to}
    return tuple(r for r in rows if not r.valid_to or (r.name, r.parent_code) not in current)


def _index(pairs: Iterable[tuple[str, Region]]) -> dict[str, tuple[Region, ...]]:
    index: defaultdict[str, list[Region]] = defaultdict(list)
    for name, row in pairs:
        index[name].append(row)
    return {name: tuple(rows) for name, rows in index.items()}


def _row(code: str, name: str, level: str, *rest: str) -> Region:
    parent, province, prefecture, county, valid_from, valid_to, east, north = rest
    return Region(
        code,
        name,
        level,
        parent,
        province,
        prefecture,
        county,
        valid_from,
        valid_to,
        _degrees(east),
        _degrees(north),
    )


def _degrees(text: str) -> float | None:
    return float(text) if text else None


@lru_cache(maxsize=1)
def _builtin() -> Regions:
    source = resources.files(__package__).joinpath("regions.csv").read_text(encoding="utf-8")
    reader = csv.reader(line for line in source.splitlines() if not line.startswith("#"))
    next(reader)
    return Regions(_row(*fields) for fields in reader)
