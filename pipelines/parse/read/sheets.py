"""The style sheets of a page: which elements a rule is for."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import Final

from cssselect import SelectorError
from lxml.cssselect import CSSSelector
from lxml.etree import _Element as Element

MOST_CHARS: Final = 200  # of a selector
COMMENT: Final = re.compile(r"/\*.*?\*/", re.DOTALL)
# a rule of @media holds further rules, for another screen or for paper
MEDIA: Final = re.compile(r"@media[^{}]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
_MOST_RULES: Final = 50


@lru_cache(maxsize=256)
def rules(sheets: str, pattern: re.Pattern[str]) -> tuple[str, ...]:
    """The selectors of the rules in which ``pattern`` is found, of elements themselves at rest.

    One that paints a background as well says nothing of letters that are lost on white.
    """
    plain = COMMENT.sub("", MEDIA.sub("", sheets))
    found = (
        selector.strip()
        for selectors, style in _RULE.findall(plain)
        if pattern.search(style.strip()) and "background" not in style
        for selector in selectors.split(",")
    )
    return tuple(islice((s for s in found if s and ":" not in s and len(s) <= MOST_CHARS), _MOST_RULES))


def chosen(root: Element, selector: str) -> list[Element]:
    """The elements that a selector names on a page at rest: none below a pointer, none with the focus."""
    path = _path(selector)
    return list(path(root)) if path is not None else []


@lru_cache(maxsize=1024)
def _path(selector: str) -> CSSSelector | None:
    try:
        return CSSSelector(selector, translator="html")
    except SelectorError:  # what no paper shows: elements of a form, of a browser's own
        return None
