"""Chinese and English: which one a reader wants, and the words of the pages in it."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from urllib.parse import urlencode

from datasette.utils.asgi import Request

from pipelines.publish import codebook
from pipelines.publish.row_numbers import UNNUMBERED

LANGUAGES = ("zh", "en")
_NAME = re.compile(r"\w+")
_SCOPES = (("cells", "column_name"), ("cells", "row"), ("reviews", "stage"))


def wanted(request: Request | None) -> str:
    """The language asked for in the address, else the one asked for before, else Chinese."""
    if request is None:
        return LANGUAGES[0]
    asked = request.scope.get("lang") or request.cookies.get("lang")
    return asked if asked in LANGUAGES else LANGUAGES[0]


@cache
def _strings() -> dict[str, list[str]]:
    text = (resources.files("pipelines.publish") / "strings.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def names() -> list[str]:
    """The names of all words."""
    return list(_strings())


class Words:
    """The words of one language. In templates: ``w.home_title``, ``w.label("checks", "rule", …)``."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._index = LANGUAGES.index(language)

    def __getattr__(self, key: str) -> str:
        try:
            return _strings()[key][self._index]
        except KeyError:
            raise AttributeError(key) from None

    def __getitem__(self, key: str) -> str:
        return _strings()[key][self._index]

    @property
    def official(self) -> Words:
        """The words as the official form has them: the Chinese ones."""
        return Words(LANGUAGES[0])

    def label(self, table: str, column: str, name: object = "") -> str:
        """What a column means, or a key or value of it; the name itself where the codebook is silent."""
        known = codebook.labels(table, column) if name else codebook.labels(table)
        entry = known.get(str(name or column))
        if entry is None:
            return str(name or column)
        return entry.zh if self.language == "zh" else entry.en

    def section(self, number: str) -> str:
        """A section by its official number as row numbers have it: 0 is what stands before the first."""
        special = {"0": self.section_zero, str(UNNUMBERED): self.unnumbered}
        return special.get(number) or self.section_number.format(n=number)

    def scope(self, rule: str, key: str) -> str:
        """What a check was applied to: a row, a column, a stage, or (of copied text) a section."""
        if rule == "years.copied":
            return self.section(key)
        names = (self.label(*place, key) for place in _SCOPES)
        return next((name for name in names if name != key), key)

    def column(self, name: str, sql: str = "") -> str:
        """What a column means in the answer to a ready question, or to a reader's own ``sql``.

        In the latter only as a column of a table that it names: any other name is the reader's own.
        """
        own = frozenset(_NAME.findall(sql))
        entry = codebook.column_label(name, own) if own else codebook.answer_label(name)
        return entry.told(self.language) if entry else ""

    def told(self, described: dict[str, str], key: str) -> str:
        """A title or description of metadata.yml: ``key``, or ``key_en`` for English readers."""
        return described.get(key if self.language == "zh" else f"{key}_en") or described.get(key, "")

    def table(self, name: str) -> str:
        """What a table holds."""
        entry = codebook.table_label(name)
        if entry is None:
            return name
        return entry.zh if self.language == "zh" else entry.en


def switched(request: Request, other: str) -> str:
    """The address of the same page in the other language."""
    kept = [(name, value) for name in request.args for value in request.args.getlist(name) if name != "lang"]
    return f"{request.path}?{urlencode([*kept, ('lang', other)])}"
