"""The style sheets of a page: which elements a rule is for."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from itertools import islice
from typing import Final

from cssselect import SelectorError
from lxml.cssselect import CSSSelector
from lxml.etree import _Element as Element

MOST_CHARS: Final = 200  # of a selector
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_STRING = re.compile(r""""[^"\n]*"|'[^'\n]*'""")
_AT_BLOCK = re.compile(r"@[^@{};]*\{")
# what stands in these is for the screen; in others it is for paper, a screen of another size, a font …
_FOR_SCREENS = re.compile(r"(?i)@(?:media\s*(?:only\s+)?(?:screen|all)|layer\b[^{]*|supports\s*\([^{]*)\s*\{")
_BRACE = re.compile(r"[{}]")
_RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
_MOST_RULES: Final = 50
_LAST = re.compile(r"[^\s>+~]+$")
_NAME = re.compile(r"[.#]([\w-]+)")


@lru_cache(maxsize=64)
def applying(sheets: str) -> str:
    """Style sheets without their comments and without the rules that no screen of common size follows."""
    text = _STRING.sub(_without_braces, _COMMENT.sub("", sheets))
    kept, at = [], 0
    while found := _AT_BLOCK.search(text, at):
        kept.append(text[at : found.start()])
        at = found.end() if _FOR_SCREENS.fullmatch(found.group()) else _closed(text, found.end())
    return "".join([*kept, text[at:]])


def _without_braces(string: re.Match[str]) -> str:
    return "''" if _BRACE.search(string[0]) else string[0]


def _closed(text: str, start: int) -> int:
    """Where a block ends that was opened just before ``start``."""
    depth = 1
    for brace in _BRACE.finditer(text, start):
        depth += 1 if brace.group() == "{" else -1
        if not depth:
            return brace.end()
    return len(text)


def rules(sheets: str, pattern: re.Pattern[str], names: Collection[str]) -> Iterator[str]:
    """The selectors of the rules in which ``pattern`` is found that may be for elements with these names.

    ``names`` are classes and ids; a selector that ends without one is for any element.
    """
    fitting = (
        selector
        for selector in _rules(sheets, pattern)
        if all(name in names for last in _LAST.findall(selector) for name in _NAME.findall(last))
    )
    return islice(fitting, _MOST_RULES)


@lru_cache(maxsize=256)
def _rules(sheets: str, pattern: re.Pattern[str]) -> tuple[str, ...]:
    """The selectors of the rules in which ``pattern`` is found, of elements themselves at rest.

    One that paints a background as well says nothing of letters that are lost on white.
    """
    return tuple(
        selector
        for selectors, style in _RULE.findall(applying(sheets))
        if pattern.search(style.strip()) and "background" not in style
        for selector in map(str.strip, selectors.split(","))
        if selector and ":" not in selector and len(selector) <= MOST_CHARS
    )


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
