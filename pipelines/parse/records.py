"""The records that flow through the reading core, from bytes to a report.

Everything here is immutable, carries no behaviour beyond its own shape, and can be
pickled: the same records cross process borders in workers.

Flow (one direction)::

    Document -> Reading (blocks) -> SectionSpan, Identity -> Cell, Figure, Check -> Report -> Parsed
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from itertools import groupby
from operator import attrgetter
from typing import Final, TypeVar, cast, dataclass_transform

#: stands in a text for what is printed there and can't be read; a figure with it is none
UNREAD: Final = "\ufffd"

Box = tuple[float, float, float, float]  # x0, top, x1, bottom
Told = dict[Callable[..., object], object]  # answers, by the function that was asked
_Record = TypeVar("_Record")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def many(kind: type[_Record]) -> type[_Record]:
    """A record that documents have hundreds of: frozen for the type checker only.

    At run time a frozen dataclass takes four times as long to make.
    """
    return dataclass(slots=True, unsafe_hash=True)(kind)


# --- in ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known of a document before it is opened. Evidence, never truth.

    All fields may be empty. ``region_code`` is that of the registered site the
    document came from; ``site_name`` its name; ``link_text`` the text (or title
    attribute) of the link that led here; ``agency`` and ``published_on`` (ISO
    date) what a manifest or a list page states. ``member`` is the title of the
    one report that is to be read of a document of several.
    """

    region_code: str = ""
    site_name: str = ""
    link_text: str = ""
    agency: str = ""
    published_on: str = ""
    member: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """Bytes to be read. ``content`` is decoded of any transfer/content coding.

    ``media_type`` and ``charset`` are as declared (HTTP header, file suffix) and
    may be wrong. ``parts`` are documents that may belong to the same report:
    the attachments and further pages of an article, in page order.
    """

    content: bytes
    url: str = ""
    name: str = ""
    media_type: str = ""
    charset: str = ""
    hints: Hints = field(default_factory=Hints)
    parts: tuple[Document, ...] = ()


# --- read --------------------------------------------------------------------


@many
class Place:
    """Where in a document a text stands, exact enough to find and mark it again.

    One of three families of fields is set:

    * markup (HTML, DOCX, XLSX): ``table`` (0-based index of the table in document
      order, nested and hidden ones counted), ``row`` (0-based index of the row
      among the table's own rows), ``column`` (0-based grid column, spans
      resolved); for a paragraph ``block`` (0-based index in reading order), and ``span``
      in characters of its text for a piece of it.
    * pages (PDF, images): ``page`` (0-based) and ``box`` (x0, top, x1, bottom) in
      points from the page's top left corner, pixels for images.
    * text: ``line`` (0-based) and ``span`` (start, end) in characters of the
      decoded text.

    ``part`` is the SHA-256 of the part or archive member that holds the place,
    empty for the document itself.
    """

    table: int | None = None
    row: int | None = None
    column: int | None = None
    block: int | None = None
    page: int | None = None
    box: Box | None = None
    line: int | None = None
    span: tuple[int, int] | None = None
    part: str = ""

    def within(self, start: int, length: int) -> Place:
        """The place of a piece of the text that stands here; this one where it is no line and no paragraph.

        Made of its fields, since ``replace`` takes ten times as long.
        """
        if self.line is None and self.block is None:
            return self
        begin = start + (self.span[0] if self.span else 0)
        return Place(block=self.block, line=self.line, span=(begin, begin + length), part=self.part)

    def through(self, last: Place) -> Place:
        """From here to the end of a later place in the same line or paragraph, or on the same page; this one
        where they have none in common.
        """
        if (self.block, self.line, self.page, self.part) != (last.block, last.line, last.page, last.part):
            return self
        if self.span and last.span:
            return replace(self, span=(self.span[0], max(self.span[1], last.span[1])))
        if self.box and last.box:
            (x0, top, x1, bottom), other = self.box, last.box
            box = min(x0, other[0]), min(top, other[1]), max(x1, other[2]), max(bottom, other[3])
            return replace(self, box=box)
        return self

    def in_part(self, part: str) -> Place:
        """The same place in the part of that SHA-256; this one where it is in a part already."""
        if self.part:
            return self
        return Place(
            self.table, self.row, self.column, self.block, self.page, self.box, self.line, self.span, part
        )

    def to_json(self) -> str:
        """The set fields as a JSON object, keys in the order of the class."""
        values = zip(_PLACE, _place_values(self), strict=True)
        return _encoded({name: value for name, value in values if value is not None and value != ""})

    @classmethod
    def from_json(cls, text: str) -> Place:
        """The inverse of :meth:`to_json`."""
        known = json.loads(text)
        for key in ("box", "span"):
            if key in known:
                known[key] = tuple(known[key])
        return cls(**known)


_PLACE = tuple(f.name for f in fields(Place))
_place_values = attrgetter(*_PLACE)
_encoded = json.JSONEncoder(ensure_ascii=False).encode


@many
class GridCell:
    """One printed cell: its top left position in the grid, its span, its text.

    ``text`` keeps the printed characters; runs of white space inside a line are
    folded, line breaks inside the cell are kept as ``\\n``. ``confidence`` (0–1)
    is set by OCR only, ``stained`` where a seal or a stain lies over what it reads.
    """

    row: int
    column: int
    text: str
    place: Place
    rowspan: int = 1
    colspan: int = 1
    confidence: float | None = None
    stained: bool = False

    def at(self, place: Place) -> GridCell:
        """The same cell with its text at another place of the document."""
        return GridCell(
            self.row, self.column, self.text, place, self.rowspan, self.colspan, self.confidence, self.stained
        )


_ROW, _COLUMN = attrgetter("row"), attrgetter("column")


@dataclass(frozen=True, slots=True)
class Grid:
    """A table whose merged cells are resolved to positions.

    ``cells`` are in reading order, each once. ``exact`` is true where rows and
    columns come from markup or ruling lines, false where they were inferred
    from tabs or from positions of text. ``told`` is what all grids alike share, see
    :mod:`pipelines.parse.likeness`.
    """

    cells: tuple[GridCell, ...]
    n_rows: int
    n_columns: int
    place: Place
    exact: bool = True
    told: Told | None = field(default=None, init=False, repr=False, compare=False)
    _rows: list[tuple[GridCell, ...]] = field(default_factory=list, init=False, repr=False, compare=False)

    def rows(self) -> Iterator[tuple[GridCell, ...]]:
        """The cells that start in each row, left to right; a row may be empty."""
        if not self._rows:
            bounds = self._bounds()
            self._rows.extend(self._in_rows() if bounds is None else map(self.cells.__getitem__, bounds))
        return iter(self._rows)

    def _bounds(self) -> list[slice] | None:
        """Where the rows stand among the cells, told once for all grids alike; None if not in order."""
        if self.told is None:
            return None
        if Grid._bounds not in self.told:
            spots = [(cell.row, cell.column) for cell in self.cells]
            starts = [bisect_left(spots, (row, 0)) for row in range(self.n_rows + 1)]
            self.told[Grid._bounds] = list(map(slice, starts, starts[1:])) if spots == sorted(spots) else None
        return cast("list[slice] | None", self.told[Grid._bounds])

    def _in_rows(self) -> Iterator[tuple[GridCell, ...]]:
        by_row: list[list[GridCell]] = [[] for _ in range(self.n_rows)]
        for number, cells in groupby(self.cells, _ROW):
            by_row[number].extend(cells)
        for row in by_row:
            row.sort(key=_COLUMN)
            yield tuple(row)


@many
class Paragraph:
    """A paragraph (markup) or one physical line (text, pages: ``wrapped``).

    ``wrapped`` says that the line may continue a sentence of the line before;
    ``sections`` joins such lines again. ``level`` is 1–6 for a markup heading,
    0 otherwise. ``confidence`` (0–1) is set by OCR only. ``pieces`` are the words of a
    line of a page that stand apart: where in the text each begins, and its box.
    """

    text: str
    place: Place
    level: int = 0
    wrapped: bool = False
    confidence: float | None = None
    pieces: tuple[tuple[int, Box], ...] = ()


Block = Paragraph | Grid


@dataclass(frozen=True, slots=True)
class Reading:
    """A document opened: its blocks in reading order and what it says of itself.

    ``kind``: ``markup`` (html, docx …), ``sheets`` (xlsx …), ``pages`` (pdf with text), ``lines``
    (plain text), ``scan`` (OCR). ``meta`` holds lower-case names of meta tags and
    document properties (``title`` for the HTML title, ``articletitle``,
    ``pubdate`` …). ``links`` are (address as printed, text) of links inside the
    body, attachments among them. ``images`` counts images in the body.
    """

    kind: str
    media_type: str
    blocks: tuple[Block, ...]
    meta: dict[str, str] = field(default_factory=dict)
    encoding: str = ""
    links: tuple[tuple[str, str], ...] = ()
    images: int = 0
    issues: tuple[Issue, ...] = ()


class Unreadable(Exception):
    """A document that can't be opened. ``code`` is an issue code, ``detail`` says why and what mends it.

    ``code``: encrypted, corrupted, empty, too_large, too_deep, bomb, unsupported,
    needs_ocr, unseen_text.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


# --- recognised --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a fact of identity was decided so.

    ``field``: agency, year, region, published_on, format. ``source``: title, meta,
    period, text, url, link, site, manifest, labels. ``text``: the words that decided.
    """

    field: str
    value: str
    source: str
    text: str


class Kind(StrEnum):
    """What a document is."""

    REPORT = "report"
    FORM = "form"  # the blank official form
    NOT_REPORT = "not_report"
    PERHAPS = "perhaps"  # looks like a report, but its agency or year can't be told
    UNREADABLE = "unreadable"  # could not be opened; an issue says why


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose report of which year a document is.

    ``agency`` is the canonical name (county's name + official name, without
    province and prefecture); ``agency_printed`` what the title prints;
    ``agency_names`` every form met. ``region_code`` is None where it can't be
    told. ``function`` is the field of work (教育, 财政 …), ``agency_kind`` one of
    government, department, township, other. Dates are ISO 8601.
    """

    kind: Kind
    title: str = ""
    agency: str = ""
    agency_printed: str = ""
    agency_names: tuple[str, ...] = ()
    agency_kind: str = "other"
    function: str = ""
    region_code: str | None = None
    year: int | None = None
    published_on: str | None = None
    evidence: tuple[Evidence, ...] = ()
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class SectionSpan:
    """A section as a run of blocks: ``blocks[start:end]``, its heading block not among them.

    ``number``: 0 before section one, 1–6 for an official section whatever numeral
    it prints, None in other formats. ``heading`` as printed, "" for number 0.
    """

    number: int | None
    heading: str
    start: int
    end: int


# --- filled ------------------------------------------------------------------


class State(StrEnum):
    """What stands in a cell (docs/codebook.md, cells.state)."""

    NUMBER = "number"
    BLANK = "blank"
    DASH = "dash"
    NONE_TEXT = "none_text"
    TEXT = "text"
    UNREADABLE = "unreadable"
    ABSENT = "absent"


class Method(StrEnum):
    """How a cell was bound to its row and column."""

    EXACT = "exact"
    FUZZY = "fuzzy"
    OCR = "ocr"
    PERSON = "person"  # somebody looked at the document and said what stands there


NOTHING: Final = (State.BLANK, State.DASH, State.NONE_TEXT)  # which sums take for 0
OTHER: Final = "other:"  # a table's name, before its number, that is none of the form's


@many
class Cell:
    """A cell of an official table, or of another table of the document.

    ``table_name``: proactive, applications, reviews, or ``other:<n>``. For the
    official tables ``row`` and ``column_name`` are keys of the template; for
    others they are the 0-based row and the column as text. ``value`` is None
    unless ``state`` is number; money is in yuan. ``label`` is the row's label
    as printed. ``ordinal`` is the position in the form.
    """

    table_name: str
    ordinal: int
    row: str
    column_name: str
    raw: str
    value: int | float | None
    unit: str
    state: State
    method: Method = Method.EXACT
    confidence: float | None = None
    place: Place | None = None
    label: str = ""
    item: str = ""  # section two: 20(1) …

    @property
    def counted(self) -> float | None:
        """The number as sums take it: 0 where nothing stands in the cell, None where none is known."""
        return 0 if self.state in NOTHING else self.value


class TableState(StrEnum):
    """What became of one of the three official tables."""

    TABLE = "table"
    STATED_NONE = "stated_none"
    MISSING = "missing"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Filled:
    """The three official tables of a document. ``states`` has the keys proactive, applications, reviews."""

    format: str
    cells: tuple[Cell, ...]
    states: dict[str, TableState]
    issues: tuple[Issue, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A section. ``number``: 0 before section one, 1–6 official, None in other formats.

    ``text``: paragraphs one a line; rows of a table as one line with tabs.
    ``prose`` are the (start, end) character spans of ``text`` that are prose.
    """

    ordinal: int
    number: int | None
    heading: str
    text: str
    prose: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A number stated in prose; ``start``, ``end`` span it in the section's text.

    ``section`` is the section's ordinal; ``qualifier``: exact, about, more_than, less_than.
    """

    section: int
    phrase: str
    value: int | float
    unit: str
    qualifier: str
    start: int
    end: int


@many
class Check:
    """A rule applied to a report and scope. ``outcome``: pass, fail, not_assessable, assumed."""

    rule: str
    scope: str
    outcome: str
    left_value: float | None
    right_value: float | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Issue:
    """Something a person should know. ``severity``: info, warning, error."""

    code: str
    severity: str
    detail: str


# The code of an issue that says: the reader failed, not the document. It is read again at the next run.
READER_FAILED = "reader_failed"
MISMATCH = "media_type_mismatch"  # an issue: a document came as another kind than it is


# --- out ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Report:
    """A report as read: nothing here depends on other reports or on the store."""

    identity: Identity
    format: str  # 2021, 2019, 2014, prose, mixed
    state: str  # complete, partial, text_only, unreadable
    states: dict[str, TableState]
    sections: tuple[Section, ...]
    cells: tuple[Cell, ...]
    figures: tuple[Figure, ...]
    checks: tuple[Check, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Parsed:
    """The outcome of reading a document; ``report`` is set for kind report only.

    ``used_parts`` are the indexes of the document's parts that the report's
    content was taken from; ``main_part`` is the index of the part that holds
    its tables, None where the document itself does. ``own_parts`` are the
    indexes of those that are reports of several agencies or years, each on its
    own, where the document itself is none: what was read is then one of them.
    ``members`` are the titles of the reports that stand in the document itself,
    where it holds several: what was read is the first.
    """

    kind: Kind
    report: Report | None = None
    issues: tuple[Issue, ...] = ()
    media_type: str = ""
    encoding: str = ""
    used_parts: tuple[int, ...] = ()
    main_part: int | None = None
    own_parts: tuple[int, ...] = ()
    members: tuple[str, ...] = ()
