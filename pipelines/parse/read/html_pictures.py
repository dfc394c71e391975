"""Pictures in the cells of an HTML table: what they may say that no text says."""

from __future__ import annotations

import re
from typing import Final

from lxml.etree import _Element as Element

from pipelines.parse.read.html_cells import FIGURE, LONGEST, cell_of, shown_text
from pipelines.parse.read.rows import plain_text
from pipelines.parse.records import UNREAD

_ICON = re.compile(r"icon|filetype|sysimage|/dot|blank\.gif|spacer", re.IGNORECASE)
_SPECK: Final = ("0", "1", "2", "3")  # pixels of a picture that only keeps room
_DIGIT_FILE = re.compile(r"(?:^|/)[a-z_-]{0,6}\d\.(?:gif|png|jpe?g|svg)$", re.IGNORECASE)
_ROW_OF_FIGURES: Final = 5  # cells of a row that is one of figures, pictures all of them


def is_icon(image: Element) -> bool:
    """Whether a picture is a sign of the site, or keeps room between others."""
    sides = (image.get(side, "").removesuffix("px") for side in ("width", "height"))
    return _ICON.search(image.get("src", "")) is not None or any(side in _SPECK for side in sides)


def is_picture(element: Element) -> bool:
    """Whether an element shows a picture: an <i> that is nothing but its class does, by a style sheet."""
    if element.tag == "img":
        return not is_icon(element)
    return element.tag != "i" or bool(element.get("class") and not len(element) and not element.text)


def doubt_picture(drawn: Element) -> None:
    """Mark a picture that stands alone in a cell of a row of figures, or is a digit beside others."""
    cell = cell_of(drawn)
    row = cell.getparent() if cell is not None else None
    if cell is None or row is None:
        return
    text = shown_text(cell)
    beside = plain_text(row).strip()
    alone = not text and (len(row) >= _ROW_OF_FIGURES or 0 < len(beside) <= LONGEST)
    if drawn is cell and alone:
        drawn.text = UNREAD
    elif alone or (FIGURE.fullmatch(text) and _is_picture_of_digit(drawn)):
        drawn.tail = UNREAD + (drawn.tail or "")


def _is_picture_of_digit(image: Element) -> bool:
    return bool(image.get("alt", "").strip().isdecimal() or _DIGIT_FILE.search(image.get("src", "")))
