"""Signs in a page's source: regular expressions that are soon found not to be there."""

from __future__ import annotations

import re
from functools import cache

_GROUPS = re.compile(r"\((?:[^()]|\([^()]*\))*\)")  # of a regular expression
_PIECES = re.compile(  # a character, or what stands for some, and how often
    r"(?:(?P<plain>\\[^a-zA-Z0-9]|[^\\\[\].^$])|\\.|\[[^\]]*\]|[.^$])(?P<often>[?*+]|\{[\d,]*\}|)\??"
)


@cache
def alternatives(sign: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Each alternative of a sign with a word that it can't be without: to look for that takes a tenth of a
    search.
    """
    return tuple((re.compile(each), _word_in(each)) for each in sign.removeprefix("(?i)").split("|"))


def _word_in(pattern: str) -> str:
    """The longest run of plain characters that whatever matches a regular expression has to show."""
    runs = [""]
    for piece in _PIECES.finditer(_GROUPS.sub("[]", pattern)):
        plain = piece["plain"] or ""
        sure = plain if piece["often"] in ("", "+") else ""
        runs[-1] += sure.removeprefix("\\")
        if not sure or piece["often"]:
            runs.append("")
    return max(runs, key=len)
