"""Tables of regular markup, read from their own serialisation: the same cells in a fifth of the time.

The walk over hundreds of cells, element by element, is what reading a report's page costs most. Written out
by the parser, with its faults mended, a table without tables in it is a regular language, and one expression
gives all cells. This way is taken only where groups, rows and cells stand in one another as they should
and nothing but blanks stands between them; any other table is walked. What ends a line, what a blank is and
what a span says is told by :mod:`pipelines.parse.read.rows` for both ways.

Sites and forms repeat themselves, so each different piece of markup is understood once, by its bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from html import unescape
from typing import Final, NamedTuple, TypeVar, cast

from lxml import etree
from lxml.etree import _Element as Element

from pipelines.parse.read.grid import Groups
from pipelines.parse.read.rows import BREAKING, SKIPPED, cell_text, fold_cell, printed_spans

# a cell: its attributes (a raw quotation mark ends the last value), and its inside with the marks around it;
# no tag inside begins with t, as those of tables do
_CELL: Final = re.compile(rb'<t[dh]((?: [^>]*")?)(/>|>[^<]*(?:<(?!/?t)[^<]*)*+</t[dh]>)')
_COLUMNS: Final = re.compile(
    r"(<table(?: [^>]*\")?>)\s*"
    r"(?:(?:<col(?: [^>]*)?/>|<colgroup(?: [^>]*)?(?:/>|>\s*(?:<col(?: [^>]*)?/>\s*)*</colgroup>))\s*)+"
)
_FRAME: Final = re.compile(r'<(/?)(table|thead|tbody|tr)(?: [^>]*")?(/?)>')
# the frames around cells as letters, the first a capital: T table, H head, B body, R row; c is a cell
_LETTERS: Final = {"table": "t", "thead": "h", "tbody": "b", "tr": "r"}
_REGULAR: Final = re.compile(r"T(?:H(?:Rc*+r)*+h)?+(?:B(?:Rc*+r)*+b|Rc*+r)*+t")
_GROUP: Final = re.compile(r"(?:Rc*+r)++")
_TAG: Final = re.compile(r"</?([^\s/>]+)[^>]*>")
_ATTRIBUTE: Final = re.compile(r' ([^ =]+)="([^"]*)"')
_CONTROL: Final = "&#x"  # how a control character is written: as U+FFFD, whichever it is
_USUAL: Final = 800  # bytes; longer pieces of markup are worth no memory

_Read = TypeVar("_Read")


class Printed(NamedTuple):
    """What a table prints: its cells' spans by row and group of rows, and their texts in order."""

    groups: Groups
    texts: list[str]


def regular_table(table: Element) -> Printed | None:
    """What a table that holds no other prints; None where its markup is not regular."""
    pieces = _CELL.split(etree.tostring(table, encoding="utf-8", xml_declaration=False, with_tail=False))
    usual = max(map(len, pieces)) < _USUAL
    shape = "c".join(_each(_frames, pieces[::3], usual))
    if not _REGULAR.fullmatch(shape):
        return None
    spans = _each(_spans, pieces[1::3], usual)
    if None in spans:
        return None
    texts = _each(_text, pieces[2::3], usual)
    groups = _grouped(shape, cast("list[tuple[int, int]]", spans))
    return Printed(groups, _walked(texts, table) if None in texts else cast("list[str]", texts))


def _each(read: Callable[[bytes], _Read], pieces: Sequence[bytes], usual: bool) -> list[_Read]:
    """What each of many pieces says, by a function that remembers those of ``usual`` length."""
    if usual:
        return list(map(read, pieces))
    anew: Callable[[bytes], _Read] = read.__wrapped__  # type: ignore[attr-defined]
    return [read(piece) if len(piece) < _USUAL else anew(piece) for piece in pieces]


def _walked(texts: list[str | None], table: Element) -> list[str]:
    """The texts of the cells of a table, those that are missing read from the cells themselves."""
    cells = zip(texts, table.iter("td", "th"), strict=True)
    return [cell_text(cell, nested=False) if text is None else text for text, cell in cells]


def _grouped(shape: str, spans: list[tuple[int, int]]) -> Groups:
    groups = []
    start = 0
    for group in _GROUP.findall(shape):
        rows = []
        for row in group.split("r")[:-1]:
            end = start + len(row) - 1
            rows.append(tuple(spans[start:end]))
            start = end
        groups.append(tuple(rows))
    return tuple(groups)


@lru_cache(maxsize=1024)
def _frames(between: bytes) -> str:
    """The frames that begin and end between two cells; ``?`` where anything else stands there."""
    markup = _COLUMNS.sub(r"\1", between.decode())
    if unescape(_FRAME.sub("", markup)).strip():
        return "?"
    letters = ""
    for end, name, empty in _FRAME.findall(markup):
        letter = _LETTERS[name]
        letters += letter if end else letter.upper() + (letter if empty else "")
    return letters


@lru_cache(maxsize=1024)
def _spans(attributes: bytes) -> tuple[int, int] | None:
    """The spans that the attributes of a cell print; None where a control character stands in them."""
    if b"span=" not in attributes:
        return 1, 1
    values = dict(_ATTRIBUTE.findall(attributes.decode()))
    rowspan, colspan = (values.get(name, "") for name in ("rowspan", "colspan"))
    return None if _CONTROL in rowspan + colspan else printed_spans(unescape(rowspan), unescape(colspan))


@lru_cache(maxsize=2048)
def _text(inside: bytes) -> str | None:
    """The text of a cell, lines as printed; None where more than text stands in it."""
    first, *rest = _TAG.split(inside[1 : -len("</td>")].decode())  # of an empty cell nothing is left
    lines = [first]
    for name, text in zip(rest[::2], rest[1::2], strict=True):
        if name in SKIPPED or name.startswith("!"):
            return None
        if name in BREAKING:
            lines.append(text)
        else:
            lines[-1] += text
    if any(_CONTROL in line for line in lines):
        return None
    folded = [fold_cell(unescape(line) if "&" in line else line) for line in lines]
    return "\n".join(filter(None, folded))
