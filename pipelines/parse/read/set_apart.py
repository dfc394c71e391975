"""Tables of a page that are read from its source and set apart before a parser sees them.

Tables are most of a report's page, and nearly all of their markup says nothing. One of regular markup (see
:mod:`regular`) prints the same wherever it stands, unless something else on the page has a say in it: so none
is set apart that a style, its own or of a sheet, may change, in which an element is of a kind that is looked
at, or whose markup may be understood in more than one way. In its place the parser sees a table of one row
that holds its text, since where the article stands is told by texts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from html import escape
from html.entities import name2codepoint
from typing import Final, NamedTuple, cast

from lxml.etree import _Element as Element

from pipelines.parse.read import patterns
from pipelines.parse.read.arranging import arranges
from pipelines.parse.read.html_joints import INLINE, JOINTS
from pipelines.parse.read.html_scripted import COUNTED, FILLED
from pipelines.parse.read.patterns import Pattern, Table
from pipelines.parse.read.regular import (
    ATTRIBUTES,
    attributes_of,
    each,
    frame_of,
    insides_of,
    pieces_of,
    text_in,
)
from pipelines.parse.read.source import Source
from pipelines.parse.read.style_sheets import asked_for, blocks, tag_asked_for
from pipelines.parse.read.styles import COLOURED, SET_APART, SMALL, WHITE, is_silent

_MARK: Final = "data-set-apart"
_END: Final = b"</table>"
_TAG = re.compile(rf"<(/?)([a-zA-Z][^\s/<>\"'=]*+)({ATTRIBUTES})(/?)>")
_PLAIN_WORDS = "table thead tbody tr td th colgroup col p div center span b strong i em u font br"
_PLAIN: Final = frozenset(_PLAIN_WORDS.split())
_VOID: Final = frozenset(("br", "col"))
_HIDING: Final = ("hidden", "aria-hidden", "popover", *COUNTED, *FILLED)
_SETTING: Final = ("class", "size", "color")  # what may set letters apart
_REFERENCE = re.compile(r"&(?:#(\d{1,6});|#[xX]([0-9a-fA-F]{1,5});|(\w{2,8});)?")
_FIRST: Final = 160  # of the characters that a number names alike to all who read markup
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_FIGURE = re.compile(rb"((?:<[^<>]*+>|\s)*+)(\d[\d.,]{0,15})((?:<[^<>]*+>|\s)*+)")
_DRAWN = re.compile(rb"<i\s[^<>]*class=|url\(", re.IGNORECASE)
_CELLS: Final = 2  # of the row that stands in the place of a table
_LEAST: Final = 6  # cells of a table that is worth it
_WITHIN: Final = ("table", "thead", "tbody", "tfoot", "tr")


class Parted(NamedTuple):
    """A page of which ``tables`` are set apart, and its ``source`` without them."""

    source: Source
    tables: Sequence[Table]


def without_tables(source: Source) -> Parted:
    """The page with its tables set apart that can be."""
    whole = source.whole
    rules = _rules(whole.sheets) | {_Rule("", frozenset((name,))) for name in whole.written}
    kept: list[bytes] = []
    tables: list[Table] = []
    position = 0
    for start, end in _innermost(whole.lowered):
        table = _read(whole.encoded[start:end], rules)
        if table is not None:
            tag_end = whole.encoded.index(b">", start)
            cells = f"<td>{escape(_text(table))}</td>{'<td></td>' * (_CELLS - 1)}"
            stand_in = f' {_MARK}="{len(tables)}"><tr>{cells}</tr></table>'
            kept += [whole.encoded[position:tag_end], stand_in.encode()]
            tables.append(table)
            position = end
    if not tables:
        return Parted(source, ())
    encoded = b"".join([*kept, whole.encoded[position:]])
    return Parted(Source(encoded.decode(), encoded), tables)


def _innermost(lowered: bytes) -> Iterator[tuple[int, int]]:
    """Where tables stand that hold no other, each from its begin to its end."""
    behind = 0
    while (end := lowered.find(_END, behind)) >= 0:
        start = lowered.rfind(b"<table", behind, end)
        behind = end + len(_END)
        if start >= 0:
            yield start, behind


def _text(table: Table) -> str:
    return "\n".join(filter(None, table.texts))


def number_of(table: Element) -> int | None:
    """Which of the tables that were set apart an element stands for."""
    number = table.get(_MARK)
    return None if number is None else int(number)


class Displaced(Exception):
    """Tables that were set apart do not stand in the tree of their page as they do in its source."""


def gate_places(root: Element, count: int) -> None:
    """Raises Displaced unless all that were set apart stand in a tree once, in order, where a table may."""
    found = [table for table in root.iter("table") if table.get(_MARK) is not None]
    if list(map(number_of, found)) != list(range(count)):
        raise Displaced
    if any(parent is None or parent.tag in _WITHIN for parent in map(Element.getparent, found)):
        raise Displaced


def holds_cells(root: Element, count: int) -> bool:
    """Whether cells stand in a tree but those in the places of so many tables that were set apart."""
    return sum(1 for _ in root.iter("td", "th")) > _CELLS * count


# --- what may be set apart -------------------------------------------------------------


class _Rule(NamedTuple):
    """Which elements a rule of a style sheet is for: their tag, "" for any, and their classes and id."""

    tag: str
    names: frozenset[str]


@lru_cache(maxsize=64)
def _rules(sheets: str) -> frozenset[_Rule]:
    """The rules that may change what elements of a plain table print."""
    telling = (s for selectors, style in blocks(sheets) if not is_silent(style) for s in selectors)
    rules = (_Rule(tag_asked_for(s), frozenset(asked_for(s))) for s in telling)
    return frozenset(rule for rule in rules if not rule.tag or rule.tag in _PLAIN)


def _read(markup: bytes, rules: frozenset[_Rule]) -> Table | None:
    """What a table prints; None where it is not to be set apart."""
    pieces = patterns.pieces_of(markup)
    if pieces is None:
        return _read_anew(markup, rules)
    marks, values = zip(*pieces, strict=True)
    is_apart, pattern = _pattern(marks, rules)
    if pattern is None:
        return _read_anew(markup, rules) if is_apart else None
    table = pattern.table([value for value in values if value is not None])
    return None if arranges(table.frame.groups, table.texts) else table


@lru_cache(maxsize=256)
def _pattern(marks: tuple[bytes, ...], rules: frozenset[_Rule]) -> tuple[bool, Pattern | None]:
    """Whether tables of these marks are set apart, and their pattern; None where they are read one by one."""
    table = _read_anew(patterns.with_zeros(marks), rules)
    return (False, None) if table is None else (True, patterns.pattern_of(marks, table))


def _read_anew(markup: bytes, rules: Iterable[_Rule]) -> Table | None:
    """What a table prints; None where it is not to be set apart."""
    pieces = pieces_of(markup)
    insides = insides_of(pieces)
    frame = frame_of(pieces) if len(insides) >= _LEAST else None
    if frame is None or not frame.is_wide:
        return None
    cells = each(_cell, insides)
    if None in cells:
        return None
    texts, said = zip(*cast("list[_Cell]", cells), strict=True)
    names = _together({_said_by_all(frame.attributes), *said})
    if names is None or any(rule.names.issubset(names) for rule in rules):
        return None
    return None if arranges(frame.groups, texts) else Table(frame, texts)


class _Cell(NamedTuple):
    """What stands in a cell; ``said``: the classes and ids of the tags in it."""

    text: str
    said: frozenset[str]


@lru_cache(maxsize=4096)
def _cell(inside: bytes) -> _Cell | None:
    """What stands in a cell; None where anything in it may have a say in what is printed."""
    figure = _FIGURE.fullmatch(inside)
    if figure is None:
        return _read_cell(inside)
    alike = _cell_of_a_figure(figure[1], figure[3])
    return None if alike is None else _Cell(figure[2].decode(), alike.said)


@lru_cache(maxsize=1024)
def _cell_of_a_figure(before: bytes, behind: bytes) -> _Cell | None:
    """A cell in which a figure stands alone between such tags: whichever it is, the rest is alike."""
    return _read_cell(before + b"0" + behind)


def _read_cell(inside: bytes) -> _Cell | None:
    markup = inside.decode()
    if _CONTROL.search(markup) or not all(map(_is_known, _REFERENCE.finditer(markup))):
        return None
    if not _is_balanced(markup):
        return None
    joined = JOINTS.search(inside) is not None
    said = _together(
        None if joined and name.lower() in INLINE and _sets_apart(attributes) else _said(attributes)
        for _, name, attributes, _ in _TAG.findall(markup)
    )
    text = text_in(inside)
    drawn = not text and _DRAWN.search(inside)
    return None if text is None or said is None or drawn else _Cell(text, said)


@lru_cache(maxsize=256)
def _said_by_all(attributes: frozenset[str]) -> frozenset[str] | None:
    """The classes and ids of several tags; None where one of them may change what is printed."""
    return _together(map(_said, attributes))


def _together(said: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    every: set[str] = set()
    for names in said:
        if names is None:
            return None
        every |= names
    return frozenset(every)


@lru_cache(maxsize=1024)
def _said(attributes: str) -> frozenset[str] | None:
    """The classes and the id that attributes give; None where they may change what is printed."""
    values = attributes_of(attributes)
    style, colour = values.get("style", ""), values.get("color", "")
    if not is_silent(style) or WHITE.like.search(f"color:{colour}") or any(map(values.__contains__, _HIDING)):
        return None
    return frozenset([*values.get("class", "").split(), *values.get("id", "").split()])


@lru_cache(maxsize=1024)
def _sets_apart(attributes: str) -> bool:
    """Whether attributes may set the letters of an element apart from those beside it."""
    values = attributes_of(attributes)
    style = values.get("style", "")
    looks = (look.like.search(style) for look in (SMALL, COLOURED, SET_APART))
    return any(looks) or any(map(values.__contains__, _SETTING))


def _is_known(reference: re.Match[str]) -> bool:
    """Whether all who read markup take a reference for the same character."""
    decimal, hexadecimal, name = reference.groups()
    if name:
        return name in name2codepoint
    code = int(decimal) if decimal else int(hexadecimal or "0", 16)
    return 0x20 <= code < 0x7F or _FIRST <= code < 0xD800


def _is_balanced(markup: str) -> bool:
    """Whether elements of plain kinds alone stand in one another, each with its end."""
    open_tags: list[str] = []
    for end, printed, _, empty in _TAG.findall(markup):
        name = printed.lower()
        if name not in _PLAIN and ":" not in name:
            return False
        if name in _VOID and not end:
            continue
        if empty or (end and (not open_tags or open_tags.pop() != name)):
            return False
        if not end:
            open_tags.append(name)
    return not open_tags
