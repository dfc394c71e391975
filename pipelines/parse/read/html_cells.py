"""A cell of an HTML table: the one that a piece of text stands in, and what is changed in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Final

from lxml.etree import _Element as Element

from pipelines.parse.read.looks import Look, as_shown
from pipelines.parse.read.rows import INVISIBLE, plain_text

CELLS: Final = ("td", "th")
# longer text is a part of the article that a careless or unclosed tag took in
LONGEST: Final = 60
FIGURE: Final = re.compile(r"[\d\s,.，．%+\-/—–]+")
FIGURE_WITH_UNIT: Final = re.compile(rf"{FIGURE.pattern}(?:[件条项个次份宗起人]|[百千万亿]*元)?\s*")


def cell_around(element: Element) -> Element | None:
    """The innermost cell that an element stands in."""
    return next(element.iterancestors(*CELLS), None)


def cell_of(element: Element) -> Element | None:
    """The same, where the element may be the cell itself."""
    return element if element.tag in CELLS else cell_around(element)


def shown_text(element: Element) -> str:
    """The text of an element without the invisible characters that editors leave behind."""
    return INVISIBLE.sub("", plain_text(element)).strip()


def change(element: Element, to: Callable[[str], str], but: Collection[Element] = ()) -> None:
    """Change all texts of an element, and of those within it ``but`` some."""
    element.text = to(element.text or "") or None  # an empty text would stand between two others
    for inner in element:
        if inner not in but:
            change(inner, to, but)
        inner.tail = to(inner.tail or "") or None


def doubt_digits(element: Element) -> None:
    """Make the digits of an element unreadable."""
    change(element, lambda piece: as_shown(piece, Look.WHITE))
