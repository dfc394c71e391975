"""HTML as it looks: struck out and invisible text taken out, raised and white digits marked as such."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from lxml import etree
from lxml.etree import _Element as Element

from pipelines.parse.read.looks import Look, as_shown
from pipelines.parse.read.rows import BLOCKS, plain_text
from pipelines.parse.read.sheets import chosen, rules
from pipelines.parse.read.styles import (
    BACKGROUND,
    CLIPPED,
    FAR_OFF,
    MOVED,
    RAISED,
    STRUCK,
    TINY,
    TRANSPARENT,
    TURNED,
    WHITE,
    Styles,
)
from pipelines.parse.records import UNREAD

# longer text is a part of the article that a careless or unclosed tag took in
_LONGEST: Final = 60
_CELLS: Final = ("td", "th")
_FIGURE = re.compile(r"[\d\s,.，．%+\-/—–]+")
_FIELD = re.compile(rf"{UNREAD}|[+\-±]?\d[\d\s,.，．%]*(?:[件条次个元]|万元)?|[-/—–－／]+|无")


_TAGS: Final = (
    (Look.STRUCK, ("strike", "del", "s")),
    (Look.HIDDEN, ("rt", "rp")),
    (Look.RAISED, ("sup",)),
    (Look.LOWERED, ("sub",)),
)


_LOOKING: Final = ("input", "font", "bdo", *(tag for _, tags in _TAGS for tag in tags))


_STYLES: Final = (
    (Look.STRUCK, STRUCK),
    (Look.RAISED, RAISED),
    (Look.HIDDEN, TRANSPARENT),
    (Look.HIDDEN, TINY),
    (Look.HIDDEN, FAR_OFF),
    (Look.HIDDEN, CLIPPED),
    (Look.WHITE, WHITE),
)
_WHITE_NAMES: Final = frozenset({"#fff", "#ffffff", "white"})
_INPUTS: Final = etree.XPath("//td//input[@value] | //th//input[@value]")


def apply_looks(root: Element, styles: Styles, sheets: str = "") -> int:
    """Change the texts of a tree to what a reader sees of them; how many pieces were struck out.

    ``sheets``: the page's own style sheets.
    """
    tagged: dict[str, list[Element]] = {}
    for element in root.iter(*_LOOKING):
        tagged.setdefault(str(element.tag), []).append(element)
    if "input" in tagged:
        _show_inputs(root)
    struck = 0
    for look, tags in _TAGS:
        struck += sum([_apply(element, look) for element in root.iter(*tags)] if tagged.keys() & tags else [])
    for look, pattern in _STYLES:
        struck += sum([_apply(element, look) for element in styles.like(pattern)])
    for element in tagged.get("font", ()):
        if element.get("color", "").lower() in _WHITE_NAMES:
            _apply(element, Look.WHITE)
    struck += _apply_sheets(root, sheets)
    for element in [*styles.like(MOVED), *styles.like(TURNED), *tagged.get("bdo", ())]:
        _doubt_order(element)
    return struck


def _apply_sheets(root: Element, sheets: str) -> int:
    """The same for the looks that style sheets give; how many pieces were struck out."""
    struck = 0
    for look, pattern in _STYLES if sheets else ():
        for selector in rules(sheets, pattern):
            struck += sum([_apply(element, look) for element in chosen(root, selector)])
    return struck


def _doubt_order(element: Element) -> None:
    """Mark the digits of a cell in which an element shows its letters elsewhere or in another order.

    One figure that stands whole in one element is what it is wherever it stands.
    """
    cell = next((e for e in [element, *element.iterancestors()] if e.tag in _CELLS), None)
    if cell is None or len(plain_text(cell)) > _LONGEST or cell.find(".//table") is not None:
        return
    pieces = [text for text in cell.itertext() if any(map(str.isdigit, text))]
    turned = element.tag == "bdo" or TURNED.search(element.get("style", ""))
    if len(pieces) > 1 or (turned and sum(map(str.isdigit, "".join(pieces))) > 1):
        _change(cell, lambda piece: as_shown(piece, Look.WHITE))


def _apply(element: Element, look: Look) -> bool:
    """Change an element's text where it looks so and is short; whether it was struck out."""
    text = plain_text(element)
    if not text.strip() or len(text) > _LONGEST or any(e.tag in BLOCKS for e in element.iterdescendants()):
        return False
    if look is Look.WHITE and not _is_lost_on_white(element, text):
        return False
    _change(element, lambda piece: as_shown(piece, look))
    return look is Look.STRUCK


def _is_lost_on_white(element: Element, text: str) -> bool:
    """Whether white letters are a figure of a table with nothing known to be painted behind it."""
    if not _FIGURE.fullmatch(text):
        return False
    around = [element, *element.iterancestors()]
    cell = next((e for e in around if e.tag in _CELLS), None)
    return cell is not None and not any(
        e.get("bgcolor") or e.get("background") or BACKGROUND.search(e.get("style", "")) for e in around
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
        if field.get("type", "text").lower() in ("text", "number") and _FIELD.fullmatch(value.strip()):
            field.tag = "span"
            field.text = value
