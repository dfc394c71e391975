"""What an operator has decided: ``DIR/decisions.toml``, a text file that can be kept in git.

::

    # One agency through its renames: oldest name first, today's name last.
    [[agency]]
    region = "410621"
    names = ["浚县教育局", "浚县教育体育局", "浚县教育和体育局"]
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.errors import BadDecisions
from pipelines.parse.titles import compact

FILE = "decisions.toml"


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
class Decisions:
    """All decisions of an archive."""

    agencies: tuple[Renamed, ...] = ()

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
    return Decisions(tuple(_Reader(file, text).agencies(table)))


@dataclass(frozen=True, slots=True)
class _Reader:
    """One file, read entry by entry so that each complaint can name its line."""

    file: Path
    text: str

    def agencies(self, table: dict[str, Any]) -> Iterator[Renamed]:
        for key in table:
            if key != "agency":
                self._refuse(None, key, "未知的键 unknown key")
        entries = table.get("agency", [])
        if not isinstance(entries, list):
            self._refuse(None, "agency", "应写作 must be [[agency]]")
        taken: dict[tuple[str, str], int] = {}
        for number, entry in enumerate(entries):
            renamed = self._agency(number, entry)
            for name in renamed.names:
                if (renamed.region, name) in taken:
                    self._refuse(
                        number, "names", f"{name} 已出现过 stands in another entry or twice in this one"
                    )
                taken[renamed.region, name] = number
            yield renamed

    def _agency(self, number: int, entry: Any) -> Renamed:
        if not isinstance(entry, dict):
            self._refuse(None, "agency", "应写作 must be [[agency]]")
        for key in entry:
            if key not in ("region", "names"):
                self._refuse(number, key, "未知的键 unknown key")
        region, names = entry.get("region"), entry.get("names")
        if not (isinstance(region, str) and re.fullmatch(r"\d{6}", region)):
            self._refuse(number, "region", "应为六位区划代码 must be a string of six digits")
        good = isinstance(names, list) and all(isinstance(n, str) and compact(n) for n in names)
        if not good or len(names) < 2:
            self._refuse(number, "names", "应为两个以上的名称 must be two names or more, oldest first")
        return Renamed(region, tuple(compact(name) for name in names))

    def _refuse(self, entry: int | None, key: str, problem: str) -> None:
        raise BadDecisions(self.file, self._line(entry, key), key, problem)

    def _line(self, entry: int | None, key: str) -> int:
        """The line of a key in the entry of that number, the entry's own where the key is missing."""
        lines = self.text.splitlines()
        heads = [i for i, line in enumerate(lines) if re.match(r"\s*\[\[\s*agency\s*\]\]", line)]
        first = heads[entry] if entry is not None and entry < len(heads) else 0
        end = next((i for i in heads if i > first), len(lines)) if entry is not None else len(lines)
        written = re.compile(rf"\s*\[*\s*\"?{re.escape(key)}\"?\s*[=\].]")
        return next((i for i in range(first, end) if written.match(lines[i])), first) + 1
