"""Years in and around tables: the report's own, and rows or columns that are another year's."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from pipelines.parse.labels import normal
from pipelines.parse.records import Paragraph, Reading

_TITLE = re.compile(r"(?<!\d)(20\d\d)年.{0,20}信息公开.{0,12}(?:报告|年报)")
TITLE_REACH: Final = 6  # blocks at a document's beginning that may hold its title
YEAR_REACH: Final = 4  # cells at the beginning of a row that may name its year
# with its 年: 2021 alone may be a figure
_NAMED = re.compile(
    r"\(?(?:(?P<year>20\d\d)年度?|(?P<before>上一?年度?|去年|历年|(?=累计))|(?P<own>本年度?|今年))"
    r"(?:累计)?(?:数[量据字]?|情况)?\)?"
)
_LABEL_OF_YEAR = re.compile(r"(?P<label>[^()]+)\((?P<year>[^()]+)\)")
_OTHERS = re.compile(r"\(?(?:上年|上一年|去年|20\d\d年)")
OWN, BEFORE = "own", "before"


def title_year(reading: Reading) -> str:
    """The year in the title of a report, "" where there is none or titles differ."""
    beginning = [b.text for b in reading.blocks[:TITLE_REACH] if isinstance(b, Paragraph)]
    named = set(map(_year_titled, beginning)) - {""}
    if not named:
        named = set(map(_year_titled, reading.meta.values())) - {""}
    return named.pop() if len(named) == 1 else ""


@lru_cache(maxsize=256)  # each is asked for several times, document by document
def _year_titled(text: str) -> str:
    """The year in a title of a report, "" in any other text."""
    found = _TITLE.search(normal(text))
    return found[1] if found else ""


@lru_cache(maxsize=1024)
def named_year(text: str) -> str:
    """What a cell that names nothing but a year names: 2021 …, ``OWN`` (本年), ``BEFORE`` (上年, 累计).

    "" for any other cell.
    """
    found = _NAMED.fullmatch(normal(text))
    if not found:
        return ""
    return found["year"] or (OWN if found["own"] else BEFORE)


@lru_cache(maxsize=1024)
def of_other_year(text: str) -> bool:
    """Whether a label begins with the name of a year, as that of a column of another year does."""
    return _OTHERS.match(normal(text)) is not None


@lru_cache(maxsize=1024)
def label_of_year(text: str) -> tuple[str, str]:
    """The label and the year of a cell that puts them so: 自然人（上年）; ("", "") for any other."""
    found = _LABEL_OF_YEAR.fullmatch(normal(text))
    year = named_year(found["year"]) if found else ""
    return (found["label"], year) if found and year else ("", "")
