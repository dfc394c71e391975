"""HTML as it looks: struck out and invisible text taken out, raised and white digits marked as such."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from lxml import etree
from lxml.etree import _Element as Element

from pipelines.parse.read.html_cells import (
    CELLS,
    FIGURE,
    FIGURE_WITH_UNIT,
    LONGEST,
    cell_around,
    cell_of,
    change,
    doubt_digits,
    shown_text,
)
from pipelines.parse.read.html_pictures import doubt_picture, is_picture
from pipelines.parse.read.looks import Look, as_shown
from pipelines.parse.read.rows import BLOCKS, plain_text
from pipelines.parse.read.style_sheets import stated
from pipelines.parse.read.styles import (
    BACKGROUND,
    BLURRED,
    CLIPPED,
    FAR_OFF,
    INVISIBLE,
    MOVED,
    NUMBERING,
    PAINTED,
    RAISED,
    SHIFTED,
    STRUCK,
    TINY,
    TRANSPARENT,
    TURNED,
    WHITE,
    Styles,
)
from pipelines.parse.records import UNREAD

_FIELD = re.compile(rf"{UNREAD}|[+\-±]?\d[\d\s,.，．%]*\w{{0,4}}|[-/—–⸺－／]+|无|没有")
_TAGS: Final = (
    (Look.STRUCK, ("strike", "del", "s")),
    (Look.HIDDEN, ("rt", "rp", "noframes", "noembed", "annotation")),
    (Look.RAISED, ("sup",)),
    (Look.LOWERED, ("sub",)),
)
_DRAWN: Final = ("img", "picture", "i")
_LOOKING: Final = ("input", *_DRAWN, "font", "bdo", *(tag for _, tags in _TAGS for tag in tags))
_STYLES: Final = (
    (Look.STRUCK, STRUCK),
    (Look.RAISED, RAISED),
    (Look.RAISED, SHIFTED),
    (Look.HIDDEN, INVISIBLE),
    (Look.HIDDEN, TRANSPARENT),
    (Look.HIDDEN, TINY),
    (Look.HIDDEN, FAR_OFF),
    (Look.HIDDEN, CLIPPED),
    (Look.WHITE, WHITE),
)
_UNTYPED: Final = ("hidden", "checkbox", "radio", "range", "image", "password", "file", "color")
_PRESSED: Final = ("button", "submit", "reset")
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
    for drawn in filter(is_picture, [e for tag in _DRAWN for e in tagged.get(tag, ())]):
        doubt_picture(drawn)
    for element in styles.like(PAINTED):
        _doubt_painted(element)
    struck = 0
    for look, tags in _TAGS:
        if tagged.keys() & tags:
            struck += sum([_apply(e, look) for e in root.iter(*tags) if not _is_undone(e, look)])
    for look, asked in _STYLES:
        said = stated(root, styles, sheets, asked, _is_within_cell if asked is WHITE else _is_in_cell)
        undone = [element for element, like in said.items() if not like]
        struck += sum([_apply(element, look, undone) for element, like in said.items() if like])
    for element in tagged.get("font", ()):
        if WHITE.like.search(colour_of_font(element)):
            _apply(element, Look.WHITE)
    for element in stated(root, styles, sheets, MOVED, _is_in_cell):
        _doubt_order(element, turned=False)
    for element in [*stated(root, styles, sheets, TURNED, _is_in_cell), *tagged.get("bdo", ())]:
        _doubt_order(element, turned=True)
    for element in stated(root, styles, sheets, BLURRED, _is_in_cell):
        _doubt_blurred(element)
    for element in styles.like(NUMBERING):
        _doubt_numbering(element)
    return struck


def _is_undone(element: Element, look: Look) -> bool:
    """Whether the own style of an element takes back how its tag looks."""
    said = element.get("style", "") if look is Look.STRUCK else ""
    return "text-decoration" in said and not STRUCK.like.search(said)


def _is_in_cell(element: Element) -> bool:
    return element.tag in CELLS or _is_within_cell(element)


def _is_within_cell(element: Element) -> bool:
    """A cell of white letters is one whose background some other rule paints, most likely."""
    return cell_around(element) is not None


def colour_of_font(element: Element) -> str:
    """What a <font> says of its colour, as a style says it."""
    return f"color:{element.get('color', '')}" if element.tag == "font" else ""


def _doubt_order(element: Element, *, turned: bool) -> None:
    """Mark the digits of a cell in which an element shows its letters elsewhere, or ``turned`` around.

    One figure that stands whole in one element is what it is wherever it stands.
    """
    cell = cell_of(element)
    if not any(map(str.isdigit, plain_text(element))):  # it was hidden, and is gone
        return
    if cell is None or len(plain_text(cell)) > LONGEST or cell.find(".//table") is not None:
        return
    pieces = [text for text in cell.itertext() if any(map(str.isdigit, text))]
    if len(pieces) > 1 or (turned and sum(map(str.isdigit, "".join(pieces))) > 1):
        doubt_digits(cell)


def _doubt_blurred(element: Element) -> None:
    """Mark the figure of a cell whose digits lie over each other, or are lost on what is behind them."""
    if cell_of(element) is not None and FIGURE_WITH_UNIT.fullmatch(plain_text(element)):
        doubt_digits(element)


def _doubt_numbering(number: Element) -> None:
    """Mark the figure that stands in a cell behind the number of its paragraph: 1. before 0 is no 1.0."""
    cell = cell_around(number)
    if cell is not None and FIGURE_WITH_UNIT.fullmatch(plain_text(cell)):
        doubt_digits(cell)


def _apply(element: Element, look: Look, undone: Collection[Element] = ()) -> bool:
    """Change an element's text where it looks so and is short; whether it was struck out.

    In those within it that are ``undone`` it looks otherwise. A row is struck or hidden as its cells are.
    """
    if element.tag == "tr" and look in (Look.STRUCK, Look.HIDDEN):
        return sum([_apply(cell, look, undone) for cell in element if cell not in undone]) > 0
    text = plain_text(element)
    apart = ("table",) if element.tag in CELLS else BLOCKS
    if not text.strip() or len(text) > LONGEST or any(e.tag in apart for e in element.iterdescendants()):
        return False
    if look is Look.WHITE and not _is_lost_on_white(element, text):
        return False
    change(element, lambda piece: as_shown(piece, look), undone)
    return look is Look.STRUCK


def _is_lost_on_white(element: Element, text: str) -> bool:
    """Whether white letters are a figure of a table with nothing known to be painted behind it."""
    if not FIGURE.fullmatch(text):
        return False
    return cell_of(element) is not None and not any(
        e.get("bgcolor") or e.get("background") or BACKGROUND.search(e.get("style", ""))
        for e in [element, *element.iterancestors()]
    )


def _doubt_painted(element: Element) -> None:
    """Mark a piece of a cell with a picture behind it: one without text is drawn, a figure may be struck."""
    cell = cell_around(element)
    if cell is None:
        return
    text = shown_text(element)
    if not text:
        doubt_picture(element)
    elif FIGURE.fullmatch(text) and text != shown_text(cell):
        doubt_digits(element)


def _show_inputs(root: Element) -> None:
    """What stands in a field of a form is text for its reader: a figure anywhere, words in a row of cells."""
    for field in _INPUTS(root):
        value, kind = field.get("value", ""), field.get("type", "text").lower()
        if kind not in _UNTYPED and (_FIELD.fullmatch(value.strip()) or _is_of_row(field, kind)):
            field.tag = "span"
            field.text = value


def _is_of_row(field: Element, kind: str) -> bool:
    """Whether a field, and no button, stands in a row of several cells."""
    row = next(field.iterancestors("tr"), None)
    return kind not in _PRESSED and row is not None and len(row) > 1
