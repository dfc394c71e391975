"""HTML as it looks: struck out and invisible text taken out, raised and white digits marked as such."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Collection
from typing import Any, Final

from lxml import etree
from lxml.etree import _Element as Element

from pipelines.parse.read.looks import Look, are_of_two_sizes, as_shown
from pipelines.parse.read.rows import BLOCKS, plain_text
from pipelines.parse.read.style_sheets import classes_like, stated, unclear_classes
from pipelines.parse.read.styles import (
    BACKGROUND,
    CLIPPED,
    COLOURED,
    FAR_OFF,
    INVISIBLE,
    MOVED,
    NUMBERING,
    PAINTED,
    RAISED,
    SET_APART,
    SHIFTED,
    SMALL,
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
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")  # that editors leave behind in cells
_THOUSANDS = re.compile(r"\d{3}(?!\d)")
_NUMBER = re.compile(r"\d[\d,.]*")
_FIGURE_WITH_UNIT = re.compile(rf"{_FIGURE.pattern}(?:[件条项个次份宗起人]|[百千万亿]*元)?\s*")
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
_TEXTS: Final = etree.XPath(".//text()")
_APART: Final = ("a", "small", "big", "math", "mrow", "mn", "semantics", "annotation")
# attributes with the number up to which a script lets a 0 count
COUNTED: Final = tuple(
    f"data-{name}" for name in ["to", "end", "count", "value", "target", "num", "number", "final", "stop"]
)
_COUNTED_HERE = re.compile(rf"(?:{'|'.join(COUNTED)})=".encode())
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
_ICON = re.compile(r"icon|filetype|sysimage|/dot|blank\.gif|spacer", re.IGNORECASE)
_SPECK: Final = ("0", "1", "2", "3")  # pixels of a picture that only keeps room
_DIGIT_FILE = re.compile(r"(?:^|/)[a-z_-]{0,6}\d\.(?:gif|png|jpe?g|svg)$", re.IGNORECASE)
_ROW_OF_FIGURES: Final = 5  # cells of a row that is one of figures, pictures all of them
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
    for drawn in filter(_is_drawn, [e for tag in _DRAWN for e in tagged.get(tag, ())]):
        _doubt_drawing(drawn)
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
        if WHITE.like.search(_colour_of_font(element)):
            _apply(element, Look.WHITE)
    for element in stated(root, styles, sheets, MOVED, _is_in_cell):
        _doubt_order(element, turned=False)
    for element in [*stated(root, styles, sheets, TURNED, _is_in_cell), *tagged.get("bdo", ())]:
        _doubt_order(element, turned=True)
    for element in styles.like(NUMBERING):
        _doubt_numbering(element)
    return struck


def _is_undone(element: Element, look: Look) -> bool:
    """Whether the own style of an element takes back how its tag looks."""
    said = element.get("style", "") if look is Look.STRUCK else ""
    return "text-decoration" in said and not STRUCK.like.search(said)


def _is_in_cell(element: Element) -> bool:
    return element.tag in _CELLS or _is_within_cell(element)


def _is_within_cell(element: Element) -> bool:
    """A cell of white letters is one whose background some other rule paints, most likely."""
    return next(element.iterancestors(*_CELLS), None) is not None


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
    cells = dict.fromkeys(next(element.iterancestors(*_CELLS), None) for element in apart)
    known = frozenset(_CLASS.findall(sheets)) - unclear_classes(sheets)
    for look in (SMALL, COLOURED, SET_APART):
        known -= classes_like(sheets, look)
    for cell in cells:
        if cell is not None and len(plain_text(cell)) <= _LONGEST:
            _doubt_joints_of(cell, known)


def doubt_scripted(root: Element, source: bytes, written: Collection[str]) -> None:
    """Mark what a script will change in a cell: a 0 that it lets count, elements that it writes into.

    ``source`` is what the tree was made of, in lower case; ``written`` are the ids of these.
    """
    scripted = [e for e in root.iter() if e.get("id") in written] if written else []
    if _COUNTED_HERE.search(source):
        scripted += filter(_counts_up, root.iter())
    for element in scripted:
        cell = next((e for e in [element, *element.iterancestors()] if e.tag in _CELLS), None)
        text = plain_text(cell).strip() if cell is not None else "-"
        if not text:
            _doubt_drawing(element)
        elif any(map(str.isdigit, text)) and _FIGURE_WITH_UNIT.fullmatch(text):
            _change(element, lambda piece: as_shown(piece, Look.WHITE))


def _counts_up(element: Element) -> bool:
    numbers = (element.get(name, "").strip(" 0,.") for name in COUNTED)
    return any(map(_NUMBER.fullmatch, numbers)) and not plain_text(element).strip(" 0,.")


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
    return element.get("style", "") or _colour_of_font(element)


def _colour_of_font(element: Element) -> str:
    return f"color:{element.get('color', '')}" if element.tag == "font" else ""


def _doubt_order(element: Element, *, turned: bool) -> None:
    """Mark the digits of a cell in which an element shows its letters elsewhere, or ``turned`` around.

    One figure that stands whole in one element is what it is wherever it stands.
    """
    cell = next((e for e in [element, *element.iterancestors()] if e.tag in _CELLS), None)
    if not any(map(str.isdigit, plain_text(element))):  # it was hidden, and is gone
        return
    if cell is None or len(plain_text(cell)) > _LONGEST or cell.find(".//table") is not None:
        return
    pieces = [text for text in cell.itertext() if any(map(str.isdigit, text))]
    if len(pieces) > 1 or (turned and sum(map(str.isdigit, "".join(pieces))) > 1):
        _change(cell, lambda piece: as_shown(piece, Look.WHITE))


def _doubt_numbering(number: Element) -> None:
    """Mark the figure that stands in a cell behind the number of its paragraph: 1. before 0 is no 1.0."""
    cell = next(number.iterancestors(*_CELLS), None)
    if cell is not None and _FIGURE_WITH_UNIT.fullmatch(plain_text(cell)):
        _change(cell, lambda piece: as_shown(piece, Look.WHITE))


def _apply(element: Element, look: Look, undone: Collection[Element] = ()) -> bool:
    """Change an element's text where it looks so and is short; whether it was struck out.

    In those within it that are ``undone`` it looks otherwise. A row is struck or hidden as its cells are.
    """
    if element.tag == "tr" and look in (Look.STRUCK, Look.HIDDEN):
        return sum([_apply(cell, look, undone) for cell in element if cell not in undone]) > 0
    text = plain_text(element)
    apart = ("table",) if element.tag in _CELLS else BLOCKS
    if not text.strip() or len(text) > _LONGEST or any(e.tag in apart for e in element.iterdescendants()):
        return False
    if look is Look.WHITE and not _is_lost_on_white(element, text):
        return False
    _change(element, lambda piece: as_shown(piece, look), undone)
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


def _change(element: Element, to: Callable[[str], str], undone: Collection[Element] = ()) -> None:
    element.text = to(element.text or "") or None  # an empty text would stand between two others
    for inner in element:
        if inner not in undone:
            _change(inner, to, undone)
        inner.tail = to(inner.tail or "") or None


def is_icon(image: Element) -> bool:
    """Whether a picture is a sign of the site, or keeps room between others."""
    sides = (image.get(side, "").removesuffix("px") for side in ("width", "height"))
    return _ICON.search(image.get("src", "")) is not None or any(side in _SPECK for side in sides)


def _is_drawn(element: Element) -> bool:
    """Whether an element shows a picture: an <i> that is nothing but its class does, by a style sheet."""
    if element.tag == "img":
        return not is_icon(element)
    return element.tag != "i" or bool(element.get("class") and not len(element) and not element.text)


def _doubt_drawing(drawn: Element) -> None:
    """Mark a picture that stands alone in a cell of a row of figures, or is a digit beside others."""
    cell = next((e for e in [drawn, *drawn.iterancestors()] if e.tag in _CELLS), None)
    row = cell.getparent() if cell is not None else None
    if cell is None or row is None:
        return
    text = _INVISIBLE.sub("", plain_text(cell)).strip()
    beside = plain_text(row).strip()
    alone = not text and (len(row) >= _ROW_OF_FIGURES or 0 < len(beside) <= _LONGEST)
    if drawn is cell and alone:
        drawn.text = UNREAD
    elif alone or (_FIGURE.fullmatch(text) and _is_picture_of_digit(drawn)):
        drawn.tail = UNREAD + (drawn.tail or "")


def _is_picture_of_digit(image: Element) -> bool:
    return bool(image.get("alt", "").strip().isdecimal() or _DIGIT_FILE.search(image.get("src", "")))


def _doubt_painted(element: Element) -> None:
    """Mark a piece of a cell with a picture behind it: one without text is drawn, a figure may be struck."""
    cell = next(element.iterancestors(*_CELLS), None)
    if cell is None:
        return
    text = _INVISIBLE.sub("", plain_text(element)).strip()
    if not text:
        _doubt_drawing(element)
    elif _FIGURE.fullmatch(text) and text != _INVISIBLE.sub("", plain_text(cell)).strip():
        _change(element, lambda piece: as_shown(piece, Look.WHITE))


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
