"""What a script changes in the cells of an HTML table once the page is shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from lxml.etree import _Element as Element

from pipelines.parse.read.html_cells import CELLS, FIGURE_WITH_UNIT, cell_of, doubt_digits
from pipelines.parse.read.html_pictures import doubt_picture
from pipelines.parse.read.rows import plain_text

# attributes with the number up to which a script lets a 0 count
COUNTED: Final = tuple(
    f"data-{name}" for name in ["to", "end", "count", "value", "target", "num", "number", "final", "stop"]
)
# attributes that name what a script fills an element with
FILLED: Final = ("v-text", "v-html", "ng-bind", "ng-bind-html", "x-text", "x-html", "data-bind")
_FILLED_HERE: Final = (b"v-text", b"v-html", b"ng-bind", b"x-text", b"x-html", b"data-bind")
_COUNTED_HERE = re.compile(rf"(?:{'|'.join(COUNTED)})=".encode())
_CUSTOM_HERE = re.compile(rb"</[a-z][a-z0-9.]*-")  # the end of an element that a script defines
_NUMBER = re.compile(r"\d[\d,.]*")


def doubt_scripted(root: Element, source: bytes, written: frozenset[str]) -> None:
    """Mark what a script will change in a cell: a 0 that it lets count, elements that it writes into, will
    fill or defines.

    ``source`` is what the tree was made of, in lower case; ``written`` are the ids and classes of these.
    """
    may_be: list[Callable[[Element], bool]] = []
    if written:
        may_be.append(lambda element: not written.isdisjoint(_names(element)))
    if _COUNTED_HERE.search(source):
        may_be.append(_counts_up)
    if any(name in source for name in _FILLED_HERE):
        may_be.append(_awaits_text)
    if _CUSTOM_HERE.search(source):
        may_be.append(_is_custom)
    within = dict.fromkeys(e for cell in root.iter(*CELLS) for e in cell.iter()) if may_be else {}
    scripted = [element for is_so in may_be for element in within if is_so(element)]
    for element in scripted:
        cell = cell_of(element)
        text = plain_text(cell).strip() if cell is not None else ""
        if not text:
            doubt_picture(element)
        elif any(map(str.isdigit, text)) and FIGURE_WITH_UNIT.fullmatch(text):
            doubt_digits(element)


def _names(element: Element) -> list[str]:
    return [element.get("id", ""), *element.get("class", "").split()]


def _is_custom(element: Element) -> bool:
    """Whether a script defines the element, and nothing stands in it."""
    return "-" in str(element.tag) and not plain_text(element).strip()


def _counts_up(element: Element) -> bool:
    numbers = (element.get(name, "").strip(" 0,.") for name in COUNTED)
    return any(map(_NUMBER.fullmatch, numbers)) and not plain_text(element).strip(" 0,.")


def _awaits_text(element: Element) -> bool:
    """Whether a script fills the element, and has not yet done so."""
    return any(name in element.attrib for name in FILLED) and not plain_text(element).strip()
