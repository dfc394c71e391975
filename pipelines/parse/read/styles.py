"""The style attributes of a page: an editor writes the same dozen hundreds of times, each is read once."""

from __future__ import annotations

import re
from functools import lru_cache

from lxml.etree import _Element as Element

_USUAL = 400  # characters; a longer style is worth no memory


def by_style(root: Element) -> dict[str, list[Element]]:
    """The elements of a tree that have a style attribute, by its text."""
    found: dict[str, list[Element]] = {}
    for element in root.iter():
        style = element.get("style")
        if style:
            found.setdefault(style, []).append(element)
    return found


def is_styled(style: str, pattern: re.Pattern[str]) -> bool:
    """Whether ``pattern`` is found in the text of a style attribute."""
    return _remembered(style, pattern) if len(style) < _USUAL else pattern.search(style) is not None


@lru_cache(maxsize=8192)
def _remembered(style: str, pattern: re.Pattern[str]) -> bool:
    return pattern.search(style) is not None
