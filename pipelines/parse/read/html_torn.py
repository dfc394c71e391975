"""Tags of a page that have lost their end, or a quotation mark, and taken in what stood behind it."""

from __future__ import annotations

import re

from lxml.etree import _Element as Element

from pipelines.parse.read.html_cells import FIGURE_WITH_UNIT, cell_of, doubt_digits, shown_text
from pipelines.parse.records import UNREAD

_TAG = re.compile(rb"<[a-zA-Z][^<>]*+<")  # begins within another one
_VALUE = re.compile(rb"=\s*+\"[^\"<>]*+[<>]")  # goes on behind its tag


def doubt_torn(root: Element, source: bytes) -> None:
    """Mark the cells of which a tag may have taken in a figure.

    ``source`` is what the tree was made of, without scripts and comments.
    """
    tags = source.count(b"<") != source.count(b">") and _TAG.search(source)
    if not tags and not (source.count(b'"') % 2 and _VALUE.search(source)):
        return
    for element in filter(_is_torn, root.iter()):
        cell = cell_of(element)
        text = shown_text(cell) if cell is not None else ""
        if cell is not None and not text:
            cell.text = UNREAD
        elif cell is not None and FIGURE_WITH_UNIT.fullmatch(text):
            doubt_digits(cell)


def _is_torn(element: Element) -> bool:
    """Whether a tag begins, or a quotation mark stands, where an attribute has its name; or an element ends
    in a value.
    """
    named = element.attrib.items()
    return any("<" in name or '"' in name or "</" in value for name, value in named)
