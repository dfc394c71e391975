"""The style sheets of a page: which elements a rule is for."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from itertools import islice
from typing import Final, NamedTuple

from cssselect import SelectorError, parse
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
_DISPLAY = re.compile(r"(?i)(?<![\w-])display\s*:\s*([\w-]+)\s*(!\s*important)?")


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


class _Display(NamedTuple):
    """A rule that shows elements or takes them off the page; of two the greater ``weight`` counts."""

    weight: tuple[bool, tuple[int, int, int], int]  # important, as specific as it is, as late as it is
    selector: str
    shows: bool


def undisplayed(root: Element, sheets: str) -> list[Element]:
    """The elements that style sheets take off the page, and that neither a weightier rule nor their own
    style shows.
    """
    hiding, showing = _displays(sheets)
    said: dict[Element, _Display] = {}
    for rule in hiding:
        said |= {element: rule for element in chosen(root, rule.selector) if _outweighs(rule, said, element)}
    names = {name for element in said for name in _names(element)}
    for rule in showing if said else ():
        if all(name in names for last in _LAST.findall(rule.selector) for name in _NAME.findall(last)):
            said |= {e: rule for e in chosen(root, rule.selector) if e in said and _outweighs(rule, said, e)}
    return [e for e, rule in said.items() if not (rule.shows or (not rule.weight[0] and _shows_itself(e)))]


def _outweighs(rule: _Display, said: dict[Element, _Display], element: Element) -> bool:
    return element not in said or said[element].weight < rule.weight


def _names(element: Element) -> list[str]:
    return [element.get("id", ""), *element.get("class", "").split()]


def _shows_itself(element: Element) -> bool:
    own = _DISPLAY.findall(element.get("style", ""))
    return bool(own) and own[-1][0].lower() != "none"


@lru_cache(maxsize=64)
def _displays(sheets: str) -> tuple[list[_Display], list[_Display]]:
    """The rules that hide elements at rest, and those that show some."""
    hiding: list[_Display] = []
    showing: list[_Display] = []
    for order, (selectors, style) in enumerate(_RULE.findall(applying(sheets))):
        for how, important in _DISPLAY.findall(style)[-1:]:
            for selector in map(str.strip, selectors.split(",")):
                if (specific := _specificity(selector)) is not None:
                    shows = how.lower() != "none"
                    weight = bool(important), specific, order
                    (showing if shows else hiding).append(_Display(weight, selector, shows))
    hiding.sort()
    showing.sort()
    return hiding[-_MOST_RULES:], showing[-2 * _MOST_RULES :]


def _specificity(selector: str) -> tuple[int, int, int] | None:
    """None for what is no selector of elements at rest."""
    if not selector or ":" in selector or len(selector) > MOST_CHARS:
        return None
    try:
        return parse(selector)[0].specificity()
    except SelectorError:
        return None


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
