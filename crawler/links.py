"""Links of a page: what they say, the date beside them, the row and the list in which they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import Final

from lxml import etree

from crawler.scripted import day

_LONGEST_ROW: Final = 1_000  # characters of a list's line
LONGEST_LABEL: Final = 300
_SAYS_NOTHING = re.compile(r"^\W*(点击|点此)?(进入|查看|详情|查看详情|打开|浏览|阅读)\W*$")
_MORE = re.compile(r"(?i)^\W*((查看|点击|浏览)?更多|查看全部|more)\W*$")  # of what a box shows
_LONGEST_HEADING: Final = 20  # characters
_BOX: Final = 4  # elements around such a link in which its heading may stand
_LONGEST_NAME: Final = 60  # characters of a line that says what its link does not
_OUTER: Final = 256  # elements around a line that tell its list
_TEXT = etree.XPath("string()", smart_strings=False)
_ROWS: Final = ("li", "tr", "dd", "dl", "p")
_ONWARD = re.compile(r"(?i)(?<![a-z])next(?:_?page)?(?![a-z])")  # how an arrow without a word is called
_LEADS = re.compile(r"(?i)(?!#|javascript:).")
_NEXT_PAGE: Final = "下一页"


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a page: absolute address, what it says (title attribute before text), the date beside it
    (ISO or "").

    ``text`` is never None; ``area`` names the kind of the nearest enclosing row ("" for none), ``group``
    what encloses the row: lines of one list have the same.
    """

    url: str
    text: str
    date: str = ""
    area: str = ""
    group: str = ""


def link_of(tag: etree._Element, url: str) -> Link:
    """The link to an address that an element makes."""
    row = tag if tag.tag in _ROWS else next(tag.iterancestors(*_ROWS), None)
    area = str(row.tag) if row is not None else ""
    label = label_of(tag)
    if row is not None and row is not tag and _SAYS_NOTHING.match(label):
        label = _beside(row) or label
    elif _MORE.match(label):
        label = _heading(tag) or label
    return Link(url, label, _date_beside(tag, row), area, _enclosing(tag, row))


def label_of(tag: etree._Element) -> str:
    """What an element says: its title before its text, as a list shows it."""
    texts = [text_in(tag), *(text_in(cell) for cell in tag if tag.tag in _ROWS)]
    text = max(map(squeeze, texts[1:] or texts), key=len)
    title = squeeze(tag.get("title") or "")
    if not text and tag.tag in ("input", "button"):
        text = squeeze(tag.get("value") or "")
    if not text:
        images = [image.get("alt") or image.get("title") or "" for image in tag.iter("img", "area")]
        text = squeeze(" ".join(images))
    if (
        not text
        and _ONWARD.search(f"{tag.get('class')} {tag.get('rel')}")
        and _LEADS.match(tag.get("href") or "")
    ):
        text = _NEXT_PAGE
    cut = text.rstrip("….·").rstrip()
    return (title if title and (not cut or len(title) >= len(cut)) else text)[:LONGEST_LABEL]


def _beside(row: etree._Element) -> str:
    """What a row says beside its links that say nothing; "" where that is no name."""
    links = {text for tag in row.iter("a") for text in tag.itertext()}
    text = squeeze(" ".join(piece for piece in row.itertext() if piece not in links))
    return text if len(text) <= _LONGEST_NAME else ""


def _heading(tag: etree._Element) -> str:
    """What stands with a link to more, before anything else does: its box's name; "" where that is none."""
    for box in islice(tag.iterancestors(), _BOX):
        text = ""
        for piece in box.itertext():
            text = text if _MORE.match(piece) else squeeze(f"{text} {piece}")
            if len(text) > _LONGEST_HEADING:
                return ""
        if text:
            return text
    return ""


def _date_beside(tag: etree._Element, row: etree._Element | None) -> str:
    if row is None:
        row = tag.getparent()
    if row is None:
        return ""
    around = ""
    for piece in row.itertext():
        around += piece + " "
        if len(around) > _LONGEST_ROW:  # no line of a list
            return ""
    return day(around[-200:])


def _enclosing(tag: etree._Element, row: etree._Element | None) -> str:
    """Names and classes of the elements around a row; for a link without one, those around its parent, and
    the parent's name.
    """
    inner = row if row is not None else tag.getparent()
    if inner is None:
        return ""
    around = "/".join(f"{up.tag!s}.{up.get('class') or ''}" for up in islice(inner.iterancestors(), _OUTER))
    return around if row is not None else f"{inner.tag!s}/{around}"


def text_in(tag: etree._Element) -> str:
    """All text inside of an element."""
    text: str = _TEXT(tag)
    return text


def squeeze(text: str) -> str:
    """``text`` with white space folded to single spaces and trimmed."""
    return " ".join(text.split())
