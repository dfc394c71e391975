"""A piece of an element's text as an element of its own, so that it can be marked."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree
from lxml.etree import _Element as Element

from pipelines.parse.read.rows import INVISIBLE


def wrapped(holder: Element, text: str, span: tuple[int, int]) -> Element:
    """Characters ``span`` of a text that ``holder`` prints, made an element; ``holder`` where they can't be.

    White space is no character here: the text of a page has been folded.
    """
    places = [place for place in _characters(holder) if _shown(place[2])]
    begin = "".join(sign for _, _, sign, _ in places).find(_squeezed(text))
    start = begin + len(_squeezed(text[: span[0]]))
    piece = places[start : start + len(_squeezed(text[slice(*span)]))]
    if begin < 0 or not piece or len({(element, name) for element, name, _, _ in piece}) > 1:
        return holder
    element, name, _, first = piece[0]
    return _cut_out(element, name, first, piece[-1][3] + 1)


def _characters(holder: Element) -> Iterator[tuple[Element, str, str, int]]:
    """(element, "text" or "tail", character, its index there) of all that an element holds, in order."""
    for event, element in etree.iterwalk(holder, events=("start", "end")):
        name = "text" if event == "start" else "tail"
        if not isinstance(element.tag, str) and name == "text":
            continue  # a comment
        if element is not holder or name == "text":
            for at, sign in enumerate(getattr(element, name) or ""):
                yield element, name, sign, at


def _squeezed(text: str) -> str:
    return "".join(filter(_shown, text))


def _shown(sign: str) -> bool:
    return not sign.isspace() and not INVISIBLE.match(sign)


def _cut_out(element: Element, name: str, start: int, end: int) -> Element:
    text = getattr(element, name)
    piece = etree.Element("span")
    piece.text, piece.tail = text[start:end], text[end:]
    setattr(element, name, text[:start])
    parent = element if name == "text" else element.getparent()
    if parent is not None:
        parent.insert(0 if name == "text" else parent.index(element) + 1, piece)
    return piece
