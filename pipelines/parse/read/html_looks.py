"""HTML as it looks: struck out and invisible text taken out, raised and white digits marked as such."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from lxml import etree
from lxml.etree import _Element as Element

from pipelines.parse.read.looks import Look, as_shown
from pipelines.parse.read.rows import BLOCKS, plain_text

# longer text is a part of the article that a careless or unclosed tag took in
_LONGEST: Final = 60
_CELLS: Final = ("td", "th")
_FIGURE = re.compile(r"[\d\s,.，．%+\-/—–]+")
_BEHIND = re.compile("background", re.IGNORECASE)


class _Sign(NamedTuple):
    """Elements that look so, in pages whose source has one of ``hints``."""

    look: Look
    hints: tuple[str, ...]
    find: etree.XPath
    style: re.Pattern[str] | None = None


def _tags(look: Look, *tags: str) -> _Sign:
    hints = tuple(f"<{tag}" for name in tags for tag in (name, name.upper()))
    return _Sign(look, hints, etree.XPath(" | ".join(f"//{tag}" for tag in tags)))


def _styles(look: Look, words: tuple[str, ...], pattern: str) -> _Sign:
    find = " | ".join(f"//@style[contains(., '{word}')]/.." for word in words)
    return _Sign(look, words, etree.XPath(find), re.compile(pattern, re.IGNORECASE))


_SIGNS: Final = (
    _tags(Look.STRUCK, "strike", "del", "s"),
    _tags(Look.HIDDEN, "rt", "rp"),
    _tags(Look.RAISED, "sup"),
    _tags(Look.LOWERED, "sub"),
    _styles(Look.STRUCK, ("line-through", "LINE-THROUGH"), r"text-decoration[^;]*line-through"),
    _styles(Look.RAISED, ("super", "SUPER"), r"vertical-align\s*:\s*super"),
    _styles(Look.HIDDEN, ("opacity", "OPACITY"), r"(?<![\w-])opacity\s*:\s*0*\.?0*\s*(?:;|!|$)"),
    _styles(
        Look.HIDDEN,
        ("font-size:0", "font-size: 0", "FONT-SIZE: 0", "FONT-SIZE:0"),
        r"font-size\s*:\s*0+(?:\.0+)?(?:px|pt|em|rem|%)?\s*(?:;|!|$)",
    ),
    _styles(Look.HIDDEN, (":-9", ": -9"), r"(?:left|top|text-indent)\s*:\s*-9\d{2,}"),
    _styles(
        Look.WHITE,
        ("#fff", "#FFF", "white", "255"),
        r"(?<![\w-])color\s*:\s*(?:#fff(?:fff)?(?![0-9a-f])|white|rgb\(\s*255\s*,\s*255\s*,\s*255\s*\))",
    ),
    _Sign(Look.WHITE, ("<font", "<FONT"), etree.XPath("//font[@color]")),
)
_WHITE_NAMES: Final = frozenset({"#fff", "#ffffff", "white"})
_INPUTS: Final = etree.XPath("//td//input[@value] | //th//input[@value]")


def apply_looks(root: Element, source: str) -> int:
    """Change the texts of a tree to what a reader sees of them; how many pieces were struck out."""
    if "<input" in source:
        _show_inputs(root)
    struck = 0
    for sign in _SIGNS:
        if any(hint in source for hint in sign.hints):
            struck += sum(_apply(element, sign) for element in sign.find(root))
    return struck


def _apply(element: Element, sign: _Sign) -> bool:
    """Change an element's text where it looks as ``sign`` says; whether it was struck out."""
    if sign.style is not None and not sign.style.search(element.get("style", "")):
        return False
    text = plain_text(element)
    if not text.strip() or len(text) > _LONGEST or any(e.tag in BLOCKS for e in element.iterdescendants()):
        return False
    if sign.look is Look.WHITE and not _is_lost_on_white(element, text, sign):
        return False
    _change(element, lambda piece: as_shown(piece, sign.look))
    return sign.look is Look.STRUCK


def _is_lost_on_white(element: Element, text: str, sign: _Sign) -> bool:
    """Whether white letters are a figure of a table with nothing known to be painted behind it."""
    if sign.style is None and element.get("color", "").lower() not in _WHITE_NAMES:
        return False
    if not _FIGURE.fullmatch(text):
        return False
    around = [element, *element.iterancestors()]
    cell = next((e for e in around if e.tag in _CELLS), None)
    return cell is not None and not any(
        e.get("bgcolor") or e.get("background") or _BEHIND.search(e.get("style", "")) for e in around
    )


def _change(element: Element, to: Callable[[str], str]) -> None:
    for inner in element.iter():
        inner.text = to(inner.text) if inner.text else inner.text
        if inner is not element and inner.tail:
            inner.tail = to(inner.tail)


def _show_inputs(root: Element) -> None:
    """A figure in a field of a form is text for its reader."""
    for field in _INPUTS(root):
        value = field.get("value", "")
        if field.get("type", "text").lower() in ("text", "number") and _FIGURE.fullmatch(value):
            field.tag = "span"
            field.text = value
