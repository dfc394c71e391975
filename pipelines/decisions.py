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
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from pipelines.durable import fsync_file, move
from pipelines.errors import BadDecisions
from pipelines.parse.titles import compact

FILE = "decisions.toml"
_KINDS = {"agency": ("region", "names"), "takedown": ("id", "why", "at")}


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


@dataclass(frozen=True, slots=True)
class Decisions:
    """All decisions of an archive."""

    agencies: tuple[Renamed, ...] = ()
    takedowns: tuple[Takedown, ...] = ()

    def renamed(self, region: str | None, name: str) -> Renamed | None:
        """The decision that names this agency of this division, None where there is none."""
        return next((r for r in self.agencies if r.region == region and name in r.names), None)


def load_decisions(data: Path) -> Decisions:
    """The decisions in ``data``, none where it has no such file.

    Raises BadDecisions, which names file, line and key.
    """
    file = data / FILE
    if not file.exists():
        return Decisions()
    try:
        text = file.read_bytes().decode("utf-8-sig")
        table = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise BadDecisions(
            file, error.object[: error.start].count(b"\n") + 1, "", "不是 UTF-8 not UTF-8"
        ) from None
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else 0
        raise BadDecisions(file, line, "", f"不是 TOML not TOML: {error}") from None
    except OSError as error:
        raise BadDecisions(file, 0, "", f"无法读取 can't be read: {error.strerror}") from None
    reader = _Reader(file, text)
    reader.check_kinds(table)
    return Decisions(tuple(reader.agencies(table)), tuple(reader.takedowns(table)))


def add_takedown(data: Path, takedown: Takedown) -> None:
    """Writes a takedown at the end of the file of decisions, durably; what stands there stays as it is."""
    file = data / FILE
    before = file.read_bytes() if file.exists() else b""
    fields = {"id": takedown.id, "why": takedown.why, "at": takedown.at}
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in fields.items()]
    entry = "\n".join(["[[takedown]]", *lines, ""])
    draft = file.with_name(f"{FILE}.new")
    draft.write_bytes(before + (b"\n" if before else b"") + entry.encode())
    fsync_file(draft)
    move(draft, file)


@dataclass(frozen=True, slots=True)
class _Reader:
    """One file, read entry by entry so that each complaint can name its line."""

    file: Path
    text: str

    def check_kinds(self, table: dict[str, Any]) -> None:
        for key, entries in table.items():
            if key not in _KINDS:
                self._refuse("", None, key, "未知的键 unknown key")
            if not (isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries)):
                self._refuse("", None, key, f"应写作 must be [[{key}]]")
            for number, entry in enumerate(entries):
                for name in entry:
                    if name not in _KINDS[key]:
                        self._refuse(key, number, name, "未知的键 unknown key")

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

    def _refuse(self, kind: str, entry: int | None, key: str, problem: str) -> NoReturn:
        raise BadDecisions(self.file, self._line(kind, entry, key), key, problem)

    def _line(self, kind: str, entry: int | None, key: str) -> int:
        """The line of a key in that entry of its kind, the entry's own where the key is missing."""
        lines = self.text.splitlines()
        heads = [i for i, line in enumerate(lines) if re.match(r"\s*\[\[", line)]
        own = [i for i in heads if re.match(rf"\s*\[\[\s*{kind}\s*\]\]", lines[i])]
        first = own[entry] if entry is not None and entry < len(own) else 0
        end = next((i for i in heads if i > first), len(lines)) if entry is not None else len(lines)
        written = re.compile(rf"\s*\[*\s*\"?{re.escape(key)}\"?\s*[=\].]")
        return next((i for i in range(first, end) if written.match(lines[i])), first) + 1
