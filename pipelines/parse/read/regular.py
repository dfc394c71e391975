"""Tables of regular markup, read from their source: the same cells in a fifth of the time.

The walk over hundreds of cells, element by element, is what reading a report's page costs most. A table
without tables in it, whose groups, rows and cells stand in one another as they should and have their ends,
is a regular language, and one expression gives all cells. So is what a parser writes out again, with the
faults of the page mended. Any other table is walked. What ends a line, what a blank is and
what a span says is told by :mod:`pipelines.parse.read.rows` for both ways.

Sites and forms repeat themselves, so each different piece of markup is understood once, by its bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html import unescape
from typing import Final, NamedTuple, TypeVar, cast

from lxml import etree
from lxml.etree import _Element as Element

from pipelines.parse.read.aside import Width, printed_width, with_columns
from pipelines.parse.read.grid import Groups
from pipelines.parse.read.rows import BREAKING, SKIPPED, cell_text, fold_cell, printed_spans
from pipelines.parse.read.table_blocks import Layout, lay_out

# attributes of a tag, each value whole and without a sign that begins or ends a tag
ATTRIBUTES: Final = r"(?:\s++[^\s\"'<>=/]++(?:\s*+=\s*+(?:\"[^\"<>]*+\"|'[^'<>]*+'|[^\s\"'<>=`/]++))?+)*+\s*+"
# a cell: its attributes, looked at later, and its inside; no tag inside begins with t, as those of tables do
_CELL: Final = re.compile(
    rb"<[tT][dDhH]((?:\s[^>]*+)?+)>([^<]*+(?:<(?:/[^tT<]|[^/tT<])[^<]*+)*+)</[tT][dDhH]\s*+>"
)
_FRAME: Final = re.compile(
    rf"<(/?)(?:(table|thead|tbody|tr|colgroup)({ATTRIBUTES})|(col)({ATTRIBUTES})/?)>", re.IGNORECASE
)
# the frames around cells as letters, the first a capital: T table, G columns, H head, B body, R row; k is a
# single column, c a cell
_LETTERS: Final = {"table": "t", "colgroup": "g", "thead": "h", "tbody": "b", "tr": "r"}
_REGULAR: Final = re.compile(r"T(?:H(?:Rc*+r)*+h)?+(?:B(?:Rc*+r)*+b|Rc*+r)*+t")
_COLUMNS: Final = re.compile(r"(?<=T)(?:Gk*+g|k)++")
_GROUP: Final = re.compile(r"(?:Rc*+r)++")
_TAG: Final = re.compile(rf"</?([a-zA-Z][^\s/<>\"'=]*+){ATTRIBUTES}/?>")
_ATTRIBUTES: Final = re.compile(ATTRIBUTES)
_ATTRIBUTE: Final = re.compile(r"\s([^\s=]++)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")  # of which readers of markup differ
_BLANKS: Final = " \t\r\n"
# bytes; longer pieces of markup are worth no memory
_USUAL: Final = 800
_USUAL_FRAME: Final = 64_000

_Read = TypeVar("_Read")


@dataclass(frozen=True, eq=False)
class Frame:
    """A table without what stands in its cells: their spans by row and group of rows.

    ``attributes`` are those of all its tags, those of tags that are alike once.
    """

    groups: Groups
    attributes: frozenset[str] = frozenset()

    @cached_property
    def is_wide(self) -> bool:
        """Whether several cells stand in one of its rows."""
        return any(len(row) > 1 for group in self.groups for row in group)

    @cached_property
    def layout(self) -> Layout:
        """Where the cells stand; raises ValueError as :func:`lay_out`."""
        return lay_out(self.groups)


class Printed(NamedTuple):
    """What a table prints: its frame, and the texts of its cells in order.

    A text is None where more than text stands in the cell.
    """

    frame: Frame
    texts: list[str | None]


def printed(table: Element) -> Printed | None:
    """What a table of a tree that holds no other prints; None where its markup is not regular."""
    pieces = pieces_of(etree.tostring(table, encoding="utf-8", method="html", with_tail=False))
    frame = frame_of(pieces)
    return Printed(frame, each(_text, insides_of(pieces))) if frame else None


def texts_of(printed: Printed, table: Element) -> list[str]:
    """The texts of the cells of a table, those that are missing read from the cells themselves."""
    if None not in printed.texts:
        return cast("list[str]", printed.texts)
    cells = zip(printed.texts, table.iter("td", "th"), strict=True)
    return [cell_text(cell, nested=False) if text is None else text for text, cell in cells]


def pieces_of(markup: bytes) -> list[bytes]:
    """The markup of a table, in UTF-8, in pieces: what stands before a cell, its attributes, its inside, and
    so on; at last what stands behind them all.
    """
    return _CELL.split(markup)


def insides_of(pieces: list[bytes]) -> list[bytes]:
    """Those of the pieces of a table that stand in its cells."""
    return pieces[2::3]


def frame_of(pieces: list[bytes]) -> Frame | None:
    """The frame of a table that is given in pieces; None where it is not regular."""
    between, attributes = tuple(pieces[::3]), tuple(pieces[1::3])
    is_usual = sum(map(len, between)) + sum(map(len, attributes)) < _USUAL_FRAME
    return _known_frame(between, attributes) if is_usual else _frame(between, attributes)


def each(read: Callable[[bytes], _Read], pieces: list[bytes]) -> list[_Read]:
    """What each of many pieces says, by a function that remembers those of usual length."""
    if max(map(len, pieces), default=0) < _USUAL:
        return list(map(read, pieces))
    anew: Callable[[bytes], _Read] = read.__wrapped__  # type: ignore[attr-defined]
    return [read(piece) if len(piece) < _USUAL else anew(piece) for piece in pieces]


# --- frames ------------------------------------------------------------------------


def _frame(between: tuple[bytes, ...], attributes: tuple[bytes, ...]) -> Frame | None:
    found = {markup: _frames_in(markup.decode()) for markup in dict.fromkeys(between)}
    shape = "c".join([found[markup][0] for markup in between])
    if not _REGULAR.fullmatch(shape):
        return None
    printed = {markup: markup.decode() for markup in dict.fromkeys(attributes)}
    spans = {markup: _spans(text) for markup, text in printed.items()}
    if None in spans.values():
        return None
    groups = _grouped(shape, [cast("tuple[int, int]", spans[markup]) for markup in attributes])
    groups = with_columns(groups, (_width(printed[markup]) for markup in attributes))
    tags = {text for _, several in found.values() for text in several}
    return Frame(groups, frozenset(tags.union(printed.values())))


_known_frame = lru_cache(maxsize=96)(_frame)


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


def _frames_in(markup: str) -> tuple[str, list[str]]:
    """The frames that begin and end between two cells, ``?`` where anything else stands there; and the
    attributes of their tags.
    """
    if _FRAME.sub("", markup).strip(_BLANKS):
        return "?", []
    tags = [found.groups("") for found in _FRAME.finditer(markup)]
    letters = [_letter(end, frame, column) for end, frame, _, column, _ in tags]
    return _COLUMNS.sub("", "".join(letters)), [of_frame + of_column for _, _, of_frame, _, of_column in tags]


def _letter(end: str, frame: str, column: str) -> str:
    if column:
        return "k" * (not end)
    letter = _LETTERS[frame.lower()]
    return letter if end else letter.upper()


def _spans(attributes: str) -> tuple[int, int] | None:
    """The spans that the attributes of a cell print; None where they are no plain attributes."""
    if not _ATTRIBUTES.fullmatch(attributes):
        return None
    values = attributes_of(attributes)
    rowspan, colspan = (values.get(name, "") for name in ("rowspan", "colspan"))
    return None if _CONTROL.search(rowspan + colspan) else printed_spans(rowspan, colspan)


def _width(attributes: str) -> Width | None:
    values = attributes_of(attributes)
    return printed_width(values.get("width", ""), values.get("style", ""))


def attributes_of(markup: str) -> dict[str, str]:
    """The attributes that a tag prints, names in lower case, of one that is repeated the first."""
    values: dict[str, str] = {}
    for name, *quoted in _ATTRIBUTE.findall(markup):
        values.setdefault(name.lower(), unescape("".join(quoted)))
    return values


# --- cells -------------------------------------------------------------------------


def text_in(inside: bytes) -> str | None:
    """The text of a cell, lines as printed; None where more than text stands in it."""
    first, *rest = _TAG.split(inside.decode())
    lines = [first]
    for name, text in zip(rest[::2], rest[1::2], strict=True):
        name = name.lower()
        if name in SKIPPED:
            return None
        if name in BREAKING:
            lines.append(text)
        else:
            lines[-1] += text
    if any("<" in line for line in lines):
        return None
    folded = [fold_cell(unescape(line) if "&" in line else line) for line in lines]
    return "\n".join(filter(None, folded))


_text = lru_cache(maxsize=2048)(text_in)
