"""Letters of OpenDocument files as they look: what styles, reviews, notes and fields make of a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from pipelines.parse.read.looks import (
    PAPER,
    Look,
    are_alike,
    are_of_two_sizes,
    are_too_small,
    as_shown,
    behind_digit,
    is_of_signs,
    look_of,
)
from pipelines.parse.records import UNREAD

Element = etree._Element
Told = dict[str, str]

_NAMES: Final = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
OFFICE, TEXT, TABLE, STYLE, DRAWN, FO = (
    _NAMES % name for name in ("office", "text", "table", "style", "drawing", "xsl-fo-compatible")
)
PARAGRAPHS: Final = frozenset({f"{TEXT}p", f"{TEXT}h"})
START, END = f"{TEXT}change-start", f"{TEXT}change-end"
_UNSEEN: Final = frozenset(
    TEXT + name
    for name in ("tracked-changes", "note", "sequence-decls", "variable-decls", "bookmark", "ruby-text")
) | {f"{OFFICE}annotation"}
_HELD: Final = PARAGRAPHS | {f"{TEXT}list", f"{TABLE}table"}
# pieces of text of which others are no marks: all but fields and links
_PIECES: Final = frozenset({f"{TEXT}span", f"{TEXT}ruby", f"{TEXT}ruby-base"})
_SIGNS: Final = {f"{TEXT}s": " ", f"{TEXT}tab": "\t", f"{TEXT}line-break": "\n"}
_RAISED = re.compile(r"super|[1-9]\d*%$")
_LOWERED = re.compile(r"sub|-\d+%$")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)(pt|cm|mm|in|%)")
_SCALE = re.compile(r"(\d{1,4})%")
_POINTS: Final = {"pt": 1.0, "cm": 72 / 2.54, "mm": 7.2 / 2.54, "in": 72.0}
_USUAL_SIZE: Final = 12.0  # points
_USUAL_WIDTH: Final = 100  # per cent


def told_by_styles(*parts: Element) -> dict[str, Told]:
    """Style name → what it says of letters, or what it is based on; "" are paragraphs without a style."""
    styles = {style.get(f"{STYLE}name", ""): style for part in parts for style in part.iter(f"{STYLE}style")}
    usual = [
        _told(style, {})
        for part in parts
        for style in part.iter(f"{STYLE}default-style")
        if style.get(f"{STYLE}family") == "paragraph"
    ]
    return {"": usual[0] if usual else {}} | {name: _told(style, styles) for name, style in styles.items()}


def _points(told: Told, outer: float) -> float:
    """How large letters are of which this is told, among others that are ``outer`` points large."""
    size = _SIZE.fullmatch(told.get(f"{FO}font-size", ""))
    if size is None:
        return outer
    return float(size[1]) * (outer / 100 if size[2] == "%" else _POINTS[size[2]])


def _told(style: Element, styles: dict[str, Element]) -> Told:
    """What a style says of letters, with what it is based on."""
    chain: list[Element] = []
    step: Element | None = style
    while step is not None and step not in chain:
        chain.append(step)
        step = styles.get(step.get(f"{STYLE}parent-style-name", ""))
    found: Told = {}
    for step in reversed(chain):
        for kind in ("table-cell", "text"):
            properties = step.find(f"{STYLE}{kind}-properties")
            found |= {str(k): str(v) for k, v in properties.items()} if properties is not None else {}
    return found


def look(told: Told) -> Look:
    """How letters look of which this is told."""
    struck = {told.get(f"{STYLE}text-line-through-{kind}", "none") for kind in ("style", "type")}
    position = told.get(f"{STYLE}text-position", "").split()
    behind = told.get(f"{FO}background-color", "transparent").removeprefix("#")
    colour = told.get(f"{FO}color", "").removeprefix("#")
    font = told.get(f"{STYLE}font-name") or told.get(f"{FO}font-family", "").strip("'")
    return look_of(
        hidden=told.get(f"{TEXT}display") == "none",
        struck=struck != {"none"},
        raised=bool(position) and _RAISED.match(position[0]) is not None,
        lowered=bool(position) and _LOWERED.match(position[0]) is not None,
        white=_is_too_small(told)
        or is_of_signs(font.lower())
        or are_alike(colour, PAPER if behind == "transparent" else behind),
    )


def _is_too_small(told: Told) -> bool:
    scale = _SCALE.fullmatch(told.get(f"{STYLE}text-scale", ""))
    return are_too_small(_points(told, _USUAL_SIZE), int(scale[1]) if scale else _USUAL_WIDTH)


class Letters:
    """Reads the texts of a document.

    ``told`` is by its styles, by their names; ``changes`` are those that it lists, and whether they struck
    what they mark.
    """

    def __init__(self, told: dict[str, Told], changes: dict[str, bool]) -> None:
        self.struck = 0  # pieces left out because they are struck out
        self._told = told
        self._looks = {
            name: shown for name, of_style in told.items() if (shown := look(of_style)) is not Look.PLAIN
        }
        self._changes = changes
        self._striking: set[str] = set()  # the changes in whose struck text the reading is
        self._usual = _points(told[""], _USUAL_SIZE)
        self._size = self._usual  # of the letters that are read
        self._digit = 0.0  # the size of the digit with which the text so far ends
        self._fields = 0  # and links that are open
        self._digit_of_field = False

    def text(self, element: Element) -> str:
        """The text of a paragraph or span as it looks."""
        style, outer = element.get(f"{TEXT}style-name", ""), self._size
        if element.tag in PARAGRAPHS:
            self._digit, outer = 0.0, self._usual
        self._size = _points(self._told.get(style, {}), outer)
        text = "".join(self._texts(element))
        self._size = outer
        shown = self._looks.get(style, Look.PLAIN)
        self.struck += shown is Look.STRUCK and bool(text.strip())
        return as_shown(text, shown)

    def _texts(self, element: Element) -> Iterator[str]:
        yield self._kept(element.text or "")
        for child in element:
            if child.tag in (START, END):
                yield self.turn(child)
            elif child.tag in _SIGNS:
                yield self._kept(_SIGNS[child.tag])
            elif not is_out(child) and not is_box(child):
                of_field = child.tag not in _PIECES
                self._fields += of_field
                yield self.text(child)
                self._fields -= of_field
            yield self._kept(child.tail or "")

    def _kept(self, text: str) -> str:
        """A piece of text, set apart where its digits may be of another figure than those that they touch."""
        if self._striking or not text:
            return ""
        before, self._digit = self._digit, self._size if text[-1].isdigit() else 0.0
        was_of_field, self._digit_of_field = self._digit_of_field, self._fields > 0
        if not before or not text[0].isdigit():
            return text
        if are_of_two_sizes(before, self._size):
            return behind_digit(text, self._size < before)
        # a field or a link may be the mark of a note, or part of the figure
        return text if was_of_field == (self._fields > 0) else UNREAD + text

    def turn(self, mark: Element) -> str:
        """Note where struck text begins or ends; a sign where no list tells what a change has done."""
        name = mark.get(f"{TEXT}change-id", "")
        if mark.tag == END:
            self._striking.discard(name)
        elif name not in self._changes:
            return UNREAD
        elif self._changes[name]:
            self._striking.add(name)
        return ""


def is_out(child: Element) -> bool:
    """Whether an element is none that a reader may see: a note, or hidden."""
    return not isinstance(child.tag, str) or child.tag in _UNSEEN or _is_hidden(child)


def _is_hidden(element: Element) -> bool:
    """Whether a section, a paragraph or a text of a condition is hidden."""
    return element.get(f"{TEXT}display") == "none" or element.get(f"{TEXT}is-hidden") == "true"


def is_box(element: Element) -> bool:
    """Whether an element is a text box, or a shape with text in it."""
    return str(element.tag).startswith(DRAWN) and any(child.tag in _HELD for child in element)


def shows_more(cell: Element, text: str) -> bool:
    """Whether a cell may show more than its ``text``: figures in boxes over it, or a picture alone."""
    floating = any(c.isdigit() for box in boxes(cell) for piece in box.itertext() for c in piece)
    return floating or (not text and next(cell.iter(f"{DRAWN}image", f"{DRAWN}object"), None) is not None)


def boxes(element: Element) -> Iterator[Element]:
    """The text boxes below an element, without those in others and in tables."""
    for child in element:
        if is_out(child):
            continue
        if is_box(child):
            yield child
        elif child.tag != f"{TABLE}table":
            yield from boxes(child)
