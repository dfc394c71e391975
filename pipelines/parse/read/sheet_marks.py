"""What the values of an XLSX sheet don't tell: hidden rows and columns, unknown values, looks, formats.

The reader of values (calamine) gives a formula that was never computed, and an
error, as an empty cell, and text without its looks.
"""

from __future__ import annotations

import io
import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from pipelines.parse.read.gates import Package
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
from pipelines.parse.read.number_format import BUILT_IN, GENERAL
from pipelines.parse.read.sheet_conditions import OFF, Hiding, hidings
from pipelines.parse.read.sheet_drawings import floated_over
from pipelines.parse.records import UNREAD, Unreadable

Element = etree._Element

MAX_COLUMNS: Final = 16_384
_BLACK: Final = "000000"
# by their usual number the colours of no palette of the workbook's own; the last two are the system's
INDEXED: Final = {0: _BLACK, 1: PAPER, 8: _BLACK, 9: PAPER, 64: _BLACK, 65: PAPER}
_KNOWN: Final = {"theme=0": PAPER, "theme=1": _BLACK} | {
    f"indexed={number}": colour for number, colour in INDEXED.items()
}
_USUAL_SIZE: Final = 11.0  # points


@dataclass(slots=True)
class Marks:
    """Of a sheet, by 0-based rows and columns: what is hidden, what cells show in place of their values.

    ``formats`` are the codes of numbers, but for the general one; ``zeros`` is whether zeros are shown;
    ``below`` are cells over which a figure may float.
    """

    rows: set[int] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)
    shown: dict[tuple[int, int], str] = field(default_factory=dict)
    looks: dict[tuple[int, int], Look] = field(default_factory=dict)
    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    zeros: bool = True
    hidings: list[Hiding] = field(default_factory=list)
    below: set[tuple[int, int]] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Font:
    """Letters as a workbook has them: their colour as RRGGBB or "", their size in points."""

    struck: bool = False
    raised: bool = False
    lowered: bool = False
    colour: str = ""
    size: float = _USUAL_SIZE
    name: str = ""


# a text in pieces, each in a font of its own, or in that of its cell
Runs = list[tuple[str, Font | None]]


@dataclass(frozen=True, slots=True)
class _Styles:
    """What stands once for all sheets, by the numbers by which cells name it: strings, looks, formats."""

    strings: dict[int, Runs]
    looks: dict[str, Look]
    formats: dict[str, str]
    hiding: frozenset[str]  # of those that hold on a condition


def sheet_marks(package: Package) -> dict[str, Marks]:
    """Name of a sheet → its marks; a sheet whose part can't be found has none."""
    names = _sheets(package)
    styles = _Styles(
        _rich_strings(package), _cell_looks(package), _cell_formats(package), _hiding_formats(package)
    )
    found = {name: _marks(package.read(part), styles) for name, part in names.items()}
    for name, part in names.items():
        found[name].below.update(floated_over(package, part))
    return found


def _sheets(package: Package) -> dict[str, str]:
    """Name of a sheet → the member that holds it."""
    if "xl/workbook.xml" not in package or "xl/_rels/workbook.xml.rels" not in package:
        return {}
    targets = {e.get("Id"): e.get("Target", "") for e in package.xml("xl/_rels/workbook.xml.rels")}
    found = {}
    for sheet in package.xml("xl/workbook.xml").iter("{*}sheet"):
        relation = next((v for k, v in sheet.attrib.items() if k.endswith("}id")), None)
        target = targets.get(relation, "")
        part = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
        if part in package:
            found[sheet.get("name", "")] = part
    return found


def _rich_strings(package: Package) -> dict[int, Runs]:
    """Number of a shared string → its pieces, for those that are in pieces."""
    if "xl/sharedStrings.xml" not in package:
        return {}
    found = {n: _runs(e) for n, e in enumerate(package.xml("xl/sharedStrings.xml").iter("{*}si"))}
    return {n: runs for n, runs in found.items() if runs}


def _runs(item: Element) -> Runs:
    told = ((run, run.find("{*}rPr")) for run in item.iter("{*}r"))
    return [
        (run.findtext("{*}t") or "", None if properties is None else _font(properties))
        for run, properties in told
    ]


def shown_runs(runs: Iterable[tuple[str, Font | None]], usual: Look = Look.PLAIN) -> str:
    """What pieces of text show, each in its font; a sign where digits of two may be two figures.

    ``usual`` is how the letters of the cell look.
    """
    shown, size = "", 0.0
    for text, own in runs:
        font = own or Font()
        piece = as_shown(text, font_look(font, PAPER) if own else usual)
        if shown[-1:].isdigit() and piece[:1].isdigit() and are_of_two_sizes(size, font.size):
            piece = behind_digit(piece, font.size < size)
        shown, size = shown + piece, font.size
    return shown


def font_look(font: Font, behind: str) -> Look:
    """How letters of a font look on a colour."""
    unseen = are_too_small(font.size) or is_of_signs(font.name.lower())
    return look_of(
        struck=font.struck,
        raised=font.raised,
        lowered=font.lowered,
        white=unseen or (font.colour != "" and (font.colour == behind or are_alike(font.colour, behind))),
    )


def _font(properties: Element | None) -> Font:
    if properties is None:
        return Font()
    told = {etree.QName(e).localname: e for e in properties if isinstance(e.tag, str)}
    values = {name: element.get("val", "") for name, element in told.items()}
    name = values.get("name") or values.get("rFont") or ""
    size = values.get("sz", "")
    return Font(
        struck="strike" in told and values["strike"] not in OFF,
        raised=values.get("vertAlign") == "superscript",
        lowered=values.get("vertAlign") == "subscript",
        colour=_colour(told.get("color")),
        size=float(size) if size.replace(".", "", 1).isdecimal() else _USUAL_SIZE,
        name=name,
    )


def _colour(element: Element | None) -> str:
    """A colour as RRGGBB; as the file names it where only the look of the workbook tells which that is."""
    if element is None or element.get("auto", "0") not in OFF:
        return ""
    if "rgb" in element.attrib:
        return element.get("rgb", "")[-6:].upper()
    named = " ".join(f"{name}={value}" for name, value in sorted(element.attrib.items()))
    return _KNOWN.get(named, named)


def _behind(fill: Element) -> str:
    """The colour that a fill puts behind letters, "" for one that is not known."""
    pattern = fill.find("{*}patternFill")
    kind = pattern.get("patternType", "none") if pattern is not None else "gradient"
    if pattern is None or kind not in ("none", "solid", "gray125"):
        return ""
    return _colour(pattern.find("{*}fgColor")) if kind == "solid" else PAPER


def _cell_looks(package: Package) -> dict[str, Look]:
    """Number of a cell's format → how its text looks, where that is not plain."""
    if "xl/styles.xml" not in package:
        return {}
    styles = package.xml("xl/styles.xml")
    fonts = [_font(font) for font in styles.iterfind("{*}fonts/{*}font")]
    fills = [_behind(fill) for fill in styles.iterfind("{*}fills/{*}fill")]
    found: dict[str, Look] = {}
    for n, form in enumerate(styles.iterfind("{*}cellXfs/{*}xf")):
        font, fill = (_at(form.get(name, "")) for name in ("fontId", "fillId"))
        behind = fills[fill] if fill < len(fills) else PAPER
        look = font_look(fonts[font], behind) if font < len(fonts) else Look.PLAIN
        if look is not Look.PLAIN:
            found[str(n)] = look
    return found


def _at(number: str) -> int:
    return int(number) if number.isascii() and number.isdigit() and len(number) < 9 else 0


def _cell_formats(package: Package) -> dict[str, str]:
    """Number of a cell's format → the code of its numbers, where that is not the general one."""
    if "xl/styles.xml" not in package:
        return {}
    styles = package.xml("xl/styles.xml")
    known = {str(n): code for n, code in BUILT_IN.items()}
    for own in styles.iterfind("{*}numFmts/{*}numFmt"):
        known[own.get("numFmtId", "")] = own.get("formatCode", GENERAL)
    forms = [known.get(form.get("numFmtId", ""), GENERAL) for form in styles.iterfind("{*}cellXfs/{*}xf")]
    return {str(n): code for n, code in enumerate(forms) if code != GENERAL}


def _hiding_formats(package: Package) -> frozenset[str]:
    """The numbers of the formats for conditions by which figures may be lost, by their letters or numbers."""
    if "xl/styles.xml" not in package:
        return frozenset()
    forms = package.xml("xl/styles.xml").iterfind("{*}dxfs/{*}dxf")
    return frozenset(str(n) for n, form in enumerate(forms) if _may_hide(form))


def _may_hide(form: Element) -> bool:
    pattern = form.find(
        "{*}fill/{*}patternFill"
    )  # its colour is what a cell's own fill has as the background
    behind = _colour(pattern.find("{*}bgColor")) if pattern is not None else ""
    look = font_look(_font(form.find("{*}font")), behind or PAPER)
    return look is not Look.PLAIN or form.find("{*}numFmt") is not None


def _marks(content: bytes, styles: _Styles) -> Marks:
    marks = Marks()
    row = -1
    try:
        for element in _elements(content):
            kind = etree.QName(element).localname
            if kind == "col":
                _note_column(element, marks)
            elif kind == "conditionalFormatting":
                marks.hidings += hidings(element, styles.hiding)
            elif kind == "sheetView":
                marks.zeros = element.get("showZeros", "1") not in OFF
            else:
                number = element.get("r", "")
                row = int(number) - 1 if number.isdigit() else row + 1
                _note_row(element, row, marks, styles)
            element.clear()
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable("corrupted", f"工作表不是完整的 XML / a sheet is no whole XML: {error}") from error
    return marks


def _elements(content: bytes) -> Iterator[Element]:
    found = etree.iterparse(
        io.BytesIO(content),
        tag=("{*}row", "{*}col", "{*}sheetView", "{*}conditionalFormatting"),
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
    )
    return (element for _, element in found)


def _note_column(element: Element, marks: Marks) -> None:
    if element.get("hidden", "0") not in OFF or _is_nothing(element.get("width")):
        first, last = int(element.get("min", "1")), int(element.get("max", "1"))
        marks.columns.update(range(max(first, 1) - 1, min(last, MAX_COLUMNS)))


def _note_row(row: Element, at: int, marks: Marks, styles: _Styles) -> None:
    """Take in a row; rows and cells that don't say where they stand follow the one before."""
    place = at, -1
    for cell in row.iterchildren("{*}c"):
        place = _place(cell.get("r", "")) or (at, place[1] + 1)
        form = cell.get("s", "0")
        look = styles.looks.get(form, Look.PLAIN)
        shown = _shown(cell, styles.strings, look)
        if shown is not None:
            marks.shown[place] = shown
        elif look is not Look.PLAIN:
            marks.looks[place] = look
        if form in styles.formats:
            marks.formats[place] = styles.formats[form]
    if row.get("hidden", "0") not in OFF or _is_nothing(row.get("ht")):
        marks.rows.add(at)


def _is_nothing(measure: str | None) -> bool:
    """Whether a height or a width is none at all."""
    return measure is not None and not measure.strip("0.")


def _shown(cell: Element, strings: dict[int, Runs], look: Look) -> str | None:
    """What a cell shows other than its plain value: an unknown one, a text in pieces; None for any other."""
    kind, value = cell.get("t", "n"), cell.findtext("{*}v") or ""
    if kind == "e":
        return UNREAD
    if not value and cell.find("{*}f") is not None:  # a text of no letters is one that was computed
        return "" if kind == "str" and cell.find("{*}v") is not None else UNREAD
    inline = cell.find("{*}is") if kind == "inlineStr" else None
    runs = _runs(inline) if inline is not None else []
    if kind == "s" and value.isdigit():
        runs = strings.get(int(value), [])
    return shown_runs(runs, look) if runs else None


def _place(reference: str) -> tuple[int, int] | None:
    letters = reference.rstrip("0123456789")
    digits = reference[len(letters) :]
    if not letters.isalpha() or not letters.isascii() or len(letters) > 3 or not digits:
        return None
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(digits) - 1, column - 1
