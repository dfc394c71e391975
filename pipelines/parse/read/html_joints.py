"""Digits of one cell of an HTML table that stand in several elements: one number, or two."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection
from typing import Any, Final

from lxml import etree
from lxml.etree import _Element as Element

from pipelines.parse.read.html_cells import LONGEST, cell_around
from pipelines.parse.read.html_looks import colour_of_font
from pipelines.parse.read.looks import are_of_two_sizes
from pipelines.parse.read.rows import plain_text
from pipelines.parse.read.style_sheets import classes_like, unclear_classes
from pipelines.parse.read.styles import COLOURED, SET_APART, SMALL, Styles
from pipelines.parse.records import UNREAD

_TEXTS: Final = etree.XPath(".//text()")
_APART: Final = ("a", "small", "big", "math", "mrow", "mn", "semantics", "annotation")
INLINE: Final = ("span", "font", "b", "i", "em", "u", "strong", "label", "ins")
# digits on both sides of the begin or the end of elements within a line; an element of these with a class
_JOINT: Final = rf"/?(?:{'|'.join(_APART + INLINE)})\b[^<>]*+>"
# two digits, tags between them; they may be of full width, three bytes of which the last is one of ten; what
# begins the first tag is found quicker than a digit
_BEHIND_A_DIGIT = rb"(?<=[\d\x90-\x99]<)(?:(?<=\d<)|(?<=\xef\xbc.<))"
JOINTS: Final = re.compile(
    rb"<%b%b(?:<%b)*+(?:\d|\xef\xbc[\x90-\x99])" % (_BEHIND_A_DIGIT, _JOINT.encode(), _JOINT.encode())
)
_CLASSED = re.compile(rf"<(?:{'|'.join(INLINE)})\s[^<>]*class=".encode())
_CLASS = re.compile(r"\.([\w-]+)")
_SIZE = re.compile(r"font-size\s*:\s*(\d*\.?\d+)(px|pt|r?em|%)", re.IGNORECASE)
_SET: Final = (b"font-size", b"color", b"<font")  # what sets letters apart, in lower case
_USUAL: Final = 16.0  # pixels, where no size is stated
_PX: Final = {"px": 1.0, "pt": 4 / 3, "rem": 16.0}
_FONT_SIZE = re.compile(r"([+-])?\d")
_OF_FONT: Final = (10.0, 10.0, 13.0, 16.0, 18.0, 24.0, 32.0, 48.0)  # pixels of <font size=…>
_THOUSANDS = re.compile(r"\d{3}(?!\d)")


def doubt_joints(root: Element, styles: Styles, source: bytes, sheets: str) -> None:
    """Part the digits of a cell that come from elements with names or meanings of their own.

    ``source`` is what the tree was made of, in lower case: it tells first whether there may be any.
    A class may hide or raise one of them in a style sheet that is not at hand (``sheets`` are the page's
    own); a link, small letters or those of another colour may be the mark of a note. The sums of the form
    may prove them to be one number.
    """
    if not JOINTS.search(source):
        return
    apart = list(root.iter(*_APART))
    set_apart = next(styles.like(SET_APART.like), None) is not None
    if set_apart or _CLASSED.search(source) or any(said in source for said in _SET):
        apart += [e for e in root.iter(*INLINE) if any(map(e.get, ("class", "style", "size", "color")))]
    cells = dict.fromkeys(cell_around(element) for element in apart)
    known = frozenset(_CLASS.findall(sheets)) - unclear_classes(sheets)
    for look in (SMALL, COLOURED, SET_APART):
        known -= classes_like(sheets, look)
    for cell in cells:
        if cell is not None and len(plain_text(cell)) <= LONGEST:
            _doubt_joints_of(cell, known)


def _doubt_joints_of(cell: Element, known: Collection[str]) -> None:
    before, owner_before = "", cell
    for text in _TEXTS(cell):
        owner = _owner(text)
        touching = before[-1:].isdigit() and text[:1].isdigit()
        if touching and (
            _manner(owner, cell, known) != _manner(owner_before, cell, known)
            or are_of_two_sizes(_size(owner), _size(owner_before))
        ):
            _part(text)
        before, owner_before = text, owner


def _size(element: Element) -> float:
    """How many pixels the letters of an element are high, as far as it and those around it say."""
    stated = _SIZE.findall(element.get("style", ""))
    parent = element.getparent()
    if stated and stated[-1][1].lower() in _PX:
        return float(stated[-1][0]) * _PX[stated[-1][1].lower()]
    if element.tag == "font" and (size := _FONT_SIZE.fullmatch(element.get("size", "").strip())):
        return _OF_FONT[min(max(int(size[0]) + (3 if size[1] else 0), 0), 7)]
    around = _USUAL if parent is None else _size(parent)
    return around * float(stated[-1][0]) / (100 if stated[-1][1] == "%" else 1) if stated else around


def _part(text: Any) -> None:
    """Put a blank before a text; what a blank would make the thousands of an amount is unreadable."""
    parted = f"{UNREAD if _THOUSANDS.match(text) else ' '}{text}"
    if text.is_tail:
        text.getparent().tail = parted
    else:
        text.getparent().text = parted


def _owner(text: Any) -> Element:
    """The element in which a text stands."""
    parent: Element = text.getparent()
    return next(parent.iterancestors(), parent) if text.is_tail else parent


def _manner(element: Element, cell: Element, known: Collection[str]) -> list[str]:
    """What of the elements around a text in its cell may set it apart from the text beside it."""
    around = list(itertools.takewhile(lambda e: e is not cell, [element, *element.iterancestors()]))
    classes = [name for e in around for name in e.get("class", "").split() if name not in known]
    colours = [colour for e in around for colour in COLOURED.like.findall(_colours(e))]
    styles = [style for e in around if SET_APART.like.search(style := e.get("style", ""))]
    return [*(str(e.tag) for e in around if e.tag in _APART), *classes, *colours[:1], *styles]


def _colours(element: Element) -> str:
    """What an element says of the colour of its letters, as a style says it."""
    return element.get("style", "") or colour_of_font(element)
