"""What an operator has decided: ``DIR/decisions.toml``, a text file that can be kept in git.

::

    # One agency through its renames: oldest name first, today's name last.
    [[agency]]
    region = "410621"
    names = ["浚县教育局", "浚县教育体育局", "浚县教育和体育局"]

    # A document that is not to be published: a report, the digest of a document, or an address.
    [[takedown]]
    id = "410621-0a1b2c3d-2023"
    why = "the agency asked for it: it names a private person"
    at = "2026-03-02T08:00:00Z"

    # What a cell states that the program could not read, or read wrong; `document` is reports.sha256.
    # raw: as printed ("" for a blank); unit: that of a header or caption, for amounts of money.
    [[reading]]
    document = "9f2c…"
    table = "applications"
    row = "granted"
    column = "total"
    raw = "12"
    why = "the stamp covers the 2; it is legible on the archived page"
    by = "lin"
    at = "2026-03-02T08:00:00Z"

    # A sum that fails in the document itself: the rule and scope of `checks`, with both sides.
    [[sum]]
    document = "9f2c…"
    rule = "applications.row_total"
    scope = "granted"
    left = 12
    right = 13
    why = "so printed"
    by = "lin"
    at = "2026-03-02T08:00:00Z"
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final, NoReturn

from pipelines.errors import BadDecisions
from pipelines.folder import DECISIONS
from pipelines.parse.accepted import AcceptedReading, AcceptedSum, flaw, sum_flaw
from pipelines.parse.titles import compact
from pipelines.toml_file import content_of, table_of

_KINDS: Final = {
    "agency": ("region", "names"),
    "takedown": ("id", "why", "at"),
    "reading": tuple(field.name for field in fields(AcceptedReading)),
    "sum": tuple(field.name for field in fields(AcceptedSum)),
}
OPTIONAL: Final = ("unit", "left", "right")
_MAY_BE_EMPTY: Final = ("raw", "unit")


@dataclass(frozen=True, slots=True)
class Renamed:
    """The names of one agency of a division (six digits), oldest first."""

    region: str
    names: tuple[str, ...]

    @property
    def today(self) -> str:
        """What it is called now."""
        return self.names[-1]


@dataclass(frozen=True, slots=True)
class Takedown:
    """What is withdrawn from everything published: ``id`` is a report_id, a digest (sha256) or an address."""

    id: str
    why: str
    at: str


Accepted = AcceptedReading | AcceptedSum


def about(one: Accepted) -> tuple[str, ...]:
    """What an accepted reading or sum is about: a cell, or a check, of a document."""
    if isinstance(one, AcceptedReading):
        return (one.document, *one.key)
    return one.document, one.rule, one.scope


@dataclass(frozen=True)
class Decisions:
    """All decisions of an archive."""

    agencies: tuple[Renamed, ...] = ()
    takedowns: tuple[Takedown, ...] = ()
    readings: tuple[AcceptedReading, ...] = ()
    sums: tuple[AcceptedSum, ...] = ()

    @cached_property
    def documents(self) -> frozenset[str]:
        """The digests of the documents that somebody read a cell of, or looked into a sum of."""
        return frozenset(one.document for one in self.accepted)

    @property
    def accepted(self) -> tuple[Accepted, ...]:
        """All accepted readings and sums."""
        return (*self.readings, *self.sums)

    def of(self, document: str) -> Decisions:
        """The readings and sums that were accepted of a document."""
        return Decisions(
            readings=tuple(one for one in self.readings if one.document == document),
            sums=tuple(one for one in self.sums if one.document == document),
        )

    @property
    def digest(self) -> str:
        """A digest of the accepted readings and sums, "" where there is none."""
        if not self.accepted:
            return ""
        plain = [[type(one).__name__, *astuple(one)] for one in self.accepted]
        return hashlib.sha256(json.dumps(plain).encode()).hexdigest()

    def renamed(self, region: str | None, name: str) -> Renamed | None:
        """The decision that names this agency of this division, None where there is none."""
        return next((r for r in self.agencies if r.region == region and name in r.names), None)


def load_decisions(data: Path) -> Decisions:
    """The decisions in ``data``, none where it has no such file.

    Raises BadDecisions, which names file, line and key.
    """
    file = data / DECISIONS
    return parsed(file, content_of(file, BadDecisions)) if file.exists() else Decisions()


def parsed(file: Path, content: bytes) -> Decisions:
    """The decisions that ``content`` of the file holds. Raises BadDecisions."""
    text, table = table_of(file, content, BadDecisions)
    reader = _Reader(file, text)
    reader.check_kinds(table)
    return Decisions(
        tuple(reader.agencies(table)),
        tuple(reader.takedowns(table)),
        tuple(reader.readings(table)),
        tuple(reader.sums(table)),
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    """One file, read entry by entry so that each complaint can name its line."""

    file: Path
    text: str

    def check_kinds(self, table: dict[str, Any]) -> None:
        for key, entries in table.items():
            if key not in _KINDS:
                self._refuse("", None, key, _unknown(_KINDS))
            if not (isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries)):
                self._refuse("", None, key, f"应写作 must be [[{key}]]")
            for number, entry in enumerate(entries):
                for name in entry:
                    if name not in _KINDS[key]:
                        self._refuse(key, number, name, _unknown(_KINDS[key]))

    def takedowns(self, table: dict[str, Any]) -> Iterator[Takedown]:
        for number, entry in enumerate(table.get("takedown", [])):
            for key in _KINDS["takedown"]:
                if not (isinstance(entry.get(key), str) and entry[key].strip()):
                    self._refuse("takedown", number, key, "应为文字 must be a text")
            yield Takedown(entry["id"].strip(), entry["why"].strip(), entry["at"].strip())

    def agencies(self, table: dict[str, Any]) -> Iterator[Renamed]:
        taken: dict[tuple[str, str], int] = {}
        for number, entry in enumerate(table.get("agency", [])):
            renamed = self._agency(number, entry)
            for name in renamed.names:
                if (renamed.region, name) in taken:
                    why = f"{name} 已出现过 stands in another entry or twice in this one"
                    self._refuse("agency", number, "names", why)
                taken[renamed.region, name] = number
            yield renamed

    def _agency(self, number: int, entry: dict[str, Any]) -> Renamed:
        region, names = entry.get("region"), entry.get("names")
        if not (isinstance(region, str) and re.fullmatch(r"\d{6}", region)):
            self._refuse("agency", number, "region", "应为六位区划代码 must be a string of six digits")
        names = names if isinstance(names, list) else []
        if len(names) < 2 or not all(isinstance(n, str) and compact(n) for n in names):
            self._refuse(
                "agency", number, "names", "应为两个以上的名称 must be two names or more, oldest first"
            )
        return Renamed(region, tuple(compact(name) for name in names))

    def readings(self, table: dict[str, Any]) -> Iterator[AcceptedReading]:
        seen: set[tuple[str, ...]] = set()
        for number, entry in enumerate(table.get("reading", [])):
            self._check_accepted("reading", number, entry)
            reading = AcceptedReading(**entry)
            if wrong := flaw(reading):
                self._refuse("reading", number, *wrong)
            self._check_alone("reading", number, "column", about(reading), seen)
            yield reading

    def sums(self, table: dict[str, Any]) -> Iterator[AcceptedSum]:
        seen: set[tuple[str, ...]] = set()
        for number, entry in enumerate(table.get("sum", [])):
            self._check_accepted("sum", number, entry)
            one = AcceptedSum(**entry)
            if wrong := sum_flaw(one):
                self._refuse("sum", number, *wrong)
            self._check_alone("sum", number, "scope", about(one), seen)
            yield one

    def _check_accepted(self, kind: str, number: int, entry: Mapping[str, Any]) -> None:
        for key in _KINDS[kind]:
            value = entry.get(key)
            if key in OPTIONAL and value is None:
                continue
            if key in ("left", "right"):
                if not isinstance(value, int | float) or isinstance(value, bool):
                    self._refuse(kind, number, key, "应为数字 must be a number")
            elif not isinstance(value, str) or not (value.strip() or key in _MAY_BE_EMPTY):
                self._refuse(kind, number, key, "应为文字 must be a text")
        if not re.fullmatch(r"[0-9a-f]{64}", entry["document"]):
            why = "应为文件的 SHA-256，见 reports.sha256 must be the document's digest, 64 hex digits"
            self._refuse(kind, number, "document", why)
        try:
            datetime.fromisoformat(entry["at"])
        except ValueError:
            self._refuse(kind, number, "at", "应为 ISO 8601 must be a time such as 2026-03-02T08:00:00Z")

    def _check_alone(
        self, kind: str, number: int, key: str, subject: tuple[str, ...], seen: set[tuple[str, ...]]
    ) -> None:
        if subject in seen:
            self._refuse(kind, number, key, "已有一条 stands in another entry; keep one of them")
        seen.add(subject)

    def _refuse(self, kind: str, entry: int | None, key: str, problem: str) -> NoReturn:
        raise BadDecisions(self.file, self._line(kind, entry, key), key, problem)

    def _line(self, kind: str, entry: int | None, key: str) -> int:
        """The line of a key in that entry of its kind, the entry's own where the key is missing."""
        lines = self.text.splitlines()
        first, end = (0, len(lines)) if entry is None else span_of(lines, kind, entry)
        written = re.compile(rf"\s*\[*\s*\"?{re.escape(key)}\"?\s*[=\].]")
        return next((i for i in range(first, end) if written.match(lines[i])), first) + 1


def _unknown(known: Iterable[str]) -> str:
    return f"未知的键，应为其一 unknown key, known are: {', '.join(known)}"


def span_of(lines: Sequence[str], kind: str, number: int) -> tuple[int, int]:
    """Where an entry of a kind begins among the lines, and where the next one of any kind does."""
    heads = [at for at, line in enumerate(lines) if re.match(r"\s*\[\[", line)]
    own = [at for at in heads if re.match(rf"\s*\[\[\s*{kind}\s*\]\]", lines[at])]
    first = own[number] if number < len(own) else 0
    return first, next((at for at in heads if at > first), len(lines))
