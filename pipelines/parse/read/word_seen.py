"""What of the XML of Word is on the page: wrappers opened, of alternatives one, deletions left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from lxml import etree

from pipelines.parse.read.looks import Look, as_shown
from pipelines.parse.read.runs import W

Element = etree._Element

_MC: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"

# what is not on the page: deleted and moved-away text, field codes, comments, the phonetic guide
_UNSEEN: Final = frozenset(
    W + name for name in ("del", "moveFrom", "delText", "rt", "rPr", "pPr", "sdtPr", "commentReference")
)
_AS_THEY_ARE: Final = frozenset(W + name for name in ("p", "r", "t", "tbl", "tr", "tc", "tcPr", "tblPr"))
_WRAPPERS: Final = frozenset(
    W + name
    for name in (
        "sdt",
        "sdtContent",
        "ins",
        "moveTo",
        "customXml",
        "smartTag",
        "ruby",
        "rubyBase",
    )
)


def children(parent: Element) -> Iterator[Element]:
    """Children as they are seen: wrappers opened, of alternatives the first that shows something, deletions
    left out.
    """
    for child in parent:
        tag = child.tag
        if tag in _AS_THEY_ARE:  # most are
            yield child
        elif not isinstance(tag, str) or tag in _UNSEEN:
            continue
        elif tag == _MC + "AlternateContent":
            yield from children(_alternative(child))
        elif tag in _WRAPPERS:
            if tag == W + "sdt" and child.find(f"{W}sdtPr/{W}showingPlcHdr") is not None:
                _take_words_out(child)
            yield from children(child)
        else:
            yield child


def _take_words_out(control: Element) -> None:
    """Leave a field blank that was never filled in: it shows what to do there (单击此处输入文字)."""
    words = list(control.iter(W + "t"))
    shown = "".join(text.text or "" for text in words)
    if any(c.isalpha() for c in shown) and not any(c.isdigit() for c in shown):
        for text in words:
            text.text = ""


def _alternative(element: Element) -> Element:
    """The first way to show a thing that shows words, a picture or a document; else the first one.

    Which one is seen depends on the program: where their digits differ, these are unreadable.
    """
    ways = [way for way in element if way.tag in (_MC + "Choice", _MC + "Fallback")]
    shown = (W + "t", W + "object", "{*}blip", "{*}imagedata")
    found = next((way for way in ways if any(True for _ in way.iter(*shown))), ways[0] if ways else element)
    if len({_digits(way) for way in ways}) > 1:
        for text in found.iter(W + "t"):
            text.text = as_shown(text.text or "", Look.WHITE)
    return found


def _digits(element: Element) -> str:
    return "".join(c for text in element.iter(W + "t") for c in text.text or "" if c.isdigit())
