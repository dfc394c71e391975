"""What style sheets and their own styles state of the elements of a page, and which of it counts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Final, NamedTuple

from cssselect import SelectorError, parse
from lxml.cssselect import CSSSelector
from lxml.etree import _Element as Element

from pipelines.parse.read.styles import Style, Styles

MOST_CHARS: Final = 200  # of a selector
_MOST_RULES: Final = 100
_Where = Callable[[Element], bool]
_SCREEN: Final = 1280  # px wide: the commonest of those who read such pages at a desk
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_STRING = re.compile(r""""[^"\n]*"|'[^'\n]*'""")
_AT_BLOCK = re.compile(r"@[^@{};]*\{")
_ALWAYS = re.compile(r"(?i)@(?:layer\b[^{]*|supports\s*\([^{]*)\{")
_MEDIA = re.compile(r"(?i)@media\b([^{]*)\{")
_AND = re.compile(r"(?i)\s+and\s+")
_SCREENS = re.compile(
    r"(?i)(?:(?:only\s+)?(?:screen|all))?|\(\s*(?:(?:any-)?hover\s*:\s*hover|(?:any-)?pointer\s*:\s*fine"
    r"|orientation\s*:\s*landscape|prefers-color-scheme\s*:\s*light|color)\s*\)"
)
_WIDTH = re.compile(
    r"(?i)\(\s*(?:(?P<side>min|max)-(?:device-)?width\s*:|width\s*(?P<sign>[<>])=?)"
    r"\s*(?P<size>\d+(?:\.\d+)?)(?P<unit>px|em|rem)\s*\)"
)
_PX: Final = {"px": 1, "em": 16, "rem": 16}
_BRACE = re.compile(r"[{}]")
_BETWEEN_SELECTORS = re.compile(r",(?![^()]{0,200}\))")
# what of a selector is no name
_ASIDE = re.compile(r"\[[^\]]*\]|::?[\w-]+(?:\((?:[^()]|\([^()]*\))*\))?")
_LAST = re.compile(r"[^\s>+~]+$")
_TAG = re.compile(r"[a-zA-Z][\w-]*")
_NAME = re.compile(r"[.#]([\w-]+)")
_CLASS = re.compile(r"\.([\w-]+)")


def _applying(sheets: str) -> str:
    """Style sheets without their comments and without the rules that no screen of common size follows."""
    text = _STRING.sub(_without_braces, _COMMENT.sub("", sheets))
    kept, at = [], 0
    while found := _AT_BLOCK.search(text, at):
        kept.append(text[at : found.start()])
        at = found.end() if _applies(found.group()) else _closed(text, found.end())
    return "".join([*kept, text[at:]])


def _applies(at_rule: str) -> bool:
    """Whether what stands in such a block is for the screen: not for paper, a telephone, a font …"""
    media = _MEDIA.fullmatch(at_rule)
    if media is None:
        return _ALWAYS.fullmatch(at_rule) is not None
    return any(all(map(_is_met, _AND.split(query.strip()))) for query in media[1].split(","))


def _is_met(condition: str) -> bool:
    width = _WIDTH.fullmatch(condition)
    if width is None:
        return _SCREENS.fullmatch(condition) is not None
    px = float(width["size"]) * _PX[width["unit"].lower()]
    at_least = width["sign"] == ">" or (width["side"] or "").lower() == "min"
    return px <= _SCREEN if at_least else px >= _SCREEN


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


class _Weight(NamedTuple):
    """Of two statements of one property that with the greater weight counts."""

    important: bool
    own: bool = True  # of the element's own style
    specificity: tuple[int, int, int] = (0, 0, 0)
    order: int = 0  # of the rule in the sheets


class _Rule(NamedTuple):
    """What a rule states of a property: whether the elements that it is for look as asked."""

    weight: _Weight
    like: bool
    selector: str


def stated(
    root: Element, styles: Styles, sheets: str, asked: Style, where: _Where | None = None
) -> dict[Element, bool]:
    """The elements of which the look that is ``asked`` for is stated, and whether they have it.

    Rules are followed for those elements alone that are ``where`` they matter. What contradicts is told of
    elements only that something gives the look, or within these where it is inherited.
    """
    own = list(styles.like(asked.like))
    ruled = _followed(root, _rules(sheets, asked, like=True), root.iter(), where) if sheets else []
    bearing = dict.fromkeys([*own, *(element for _, element in ruled)])
    if not bearing or asked.states is None:
        return dict.fromkeys(bearing, True)
    if asked.inherited:
        bearing = dict.fromkeys(inner for element in bearing for inner in element.iter())
    ruled += _followed(root, _rules(sheets, asked, like=False), bearing, where)
    said = [(rule.weight, rule.like, element) for rule, element in ruled]
    for element in styles.like(asked.states):
        if statement := _statement(element.get("style", ""), asked):
            said.append((_Weight(statement.important), statement.like, element))
    said.sort(key=itemgetter(0))
    return {element: like for _, like, element in said if element in bearing}


def _followed(
    root: Element,
    rules: Sequence[_Rule],
    elements: Iterable[Element],
    where: Callable[[Element], bool] | None,
) -> list[tuple[_Rule, Element]]:
    """The weightiest of the rules that may be for one of ``elements``, each with every element it is for."""
    names = _names(elements) if rules else set()
    fitting = [rule for rule in rules if names.issuperset(asked_for(rule.selector))]
    return [
        (rule, element)
        for rule in fitting[-_MOST_RULES:]
        for element in chosen(root, rule.selector)
        if where is None or where(element)
    ]


def _names(elements: Iterable[Element]) -> set[str]:
    """The classes and ids of elements."""
    return {name for e in elements for name in (e.get("id", ""), *e.get("class", "").split())}


class _Statement(NamedTuple):
    """What a style states of a property."""

    important: bool
    like: bool  # as asked


def _statement(style: str, asked: Style) -> _Statement | None:
    if asked.states is None:
        return _Statement(False, True) if asked.like.search(style) else None
    said = [text for text in asked.states.findall(style) if "\\" not in text]  # 0\9 is for old browsers
    last = next((text for text in reversed(said) if "!" in text), said[-1] if said else None)
    return None if last is None else _Statement("!" in last, asked.like.search(last) is not None)


@lru_cache(maxsize=512)
def _rules(sheets: str, asked: Style, *, like: bool) -> tuple[_Rule, ...]:
    """What rules state of a property, all that is as asked or all that is not; the weightiest last."""
    stating = (
        (selectors, order, statement)
        for order, (selectors, style) in enumerate(blocks(sheets))
        if (statement := _statement(style.strip(), asked)) and statement.like is like
    )
    rules = (
        _Rule(_Weight(statement.important, False, specificity, order), like, selector)
        for selectors, order, statement in stating
        for selector in selectors
        if (specificity := _specificity(selector)) is not None
    )
    return tuple(sorted(rules))


@lru_cache(maxsize=64)
def blocks(sheets: str) -> tuple[tuple[tuple[str, ...], str], ...]:
    """The selectors of each rule that screens of common size follow, and its style."""
    found = []
    for text in _applying(sheets).split("}")[:-1]:
        head, opened, style = text.rpartition("{")
        if opened:
            selectors = _BETWEEN_SELECTORS.split(head.rpartition("{")[2])
            found.append((tuple(map(str.strip, selectors)), style))
    return tuple(found)


@lru_cache(maxsize=64)
def unclear_classes(sheets: str) -> frozenset[str]:
    """The classes in selectors that can't be followed, whatever their rules say."""
    selectors = dict.fromkeys(s for several, _ in blocks(sheets) for s in several if "::" not in s)
    return frozenset(name for s in selectors if _path(s) is None for name in _CLASS.findall(s))


def classes_like(sheets: str, asked: Style) -> frozenset[str]:
    """The classes of which a rule states the look that is ``asked`` for."""
    return frozenset(n for rule in _rules(sheets, asked, like=True) for n in asked_for(rule.selector))


@lru_cache(maxsize=2048)
def _specificity(selector: str) -> tuple[int, int, int] | None:
    """None for what is no selector of elements: of a text before them, of their first letter …"""
    if not selector or len(selector) > MOST_CHARS:
        return None
    try:
        parsed = parse(selector)[0]
    except SelectorError:
        return None
    return parsed.specificity() if parsed.pseudo_element is None else None


@lru_cache(maxsize=2048)
def asked_for(selector: str) -> tuple[str, ...]:
    """The classes and the id that an element must have for a selector to be for it."""
    last = _LAST.search(_ASIDE.sub("", selector))
    return tuple(_NAME.findall(last[0])) if last else ()


def tag_asked_for(selector: str) -> str:
    """The tag that an element must have for a selector to be for it, in lower case; "" for any."""
    last = _LAST.search(_ASIDE.sub("", selector))
    tag = _TAG.match(last[0]) if last else None
    return tag[0].lower() if tag else ""


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
