"""What the values of an XLSX sheet don't tell: hidden rows and columns, unknown values, looks, formats.

The reader of values (calamine) gives a formula that was never computed, and an
error, as an empty cell, and text without its looks.
"""

from __future__ import annotations

import io
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from pipelines.parse.read.gates import Package
from pipelines.parse.read.looks import Look, as_shown, look_of
from pipelines.parse.read.number_format import BUILT_IN, GENERAL
from pipelines.parse.records import UNREAD, Unreadable

Element = etree._Element

MAX_COLUMNS: Final = 16_384
_OFF: Final = frozenset({"0", "false"})
_WHITE: Final = frozenset({"FFFFFFFF", "00FFFFFF", "FFFFFF"})


@dataclass(slots=True)
class Marks:
    """Of a sheet, by 0-based rows and columns: what is hidden, what cells show in place of their values.

    ``formats`` are the codes of numbers, but for the general one; ``zeros`` is whether zeros are shown.
    """

    rows: set[int] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)
    shown: dict[tuple[int, int], str] = field(default_factory=dict)
    looks: dict[tuple[int, int], Look] = field(default_factory=dict)
    formats: dict[tuple[int, int], str] = field(default_factory=dict)
    zeros: bool = True


@dataclass(frozen=True, slots=True)
class _Styles:
    """What stands once for all sheets, by the numbers by which cells name it: strings, looks, formats."""

    strings: dict[int, str]
    looks: dict[str, Look]
    formats: dict[str, str]


def sheet_marks(package: Package) -> dict[str, Marks]:
    """Name of a sheet → its marks; a sheet whose part can't be found has none."""
    names = _sheets(package)
    styles = _Styles(_marked_strings(package), _cell_looks(package), _cell_formats(package))
    return {name: _marks(package.read(part), styles) for name, part in names.items()}


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


def _marked_strings(package: Package) -> dict[int, str]:
    """Number of a shared string → what it shows, for those with looks of their own."""
    if "xl/sharedStrings.xml" not in package:
        return {}
    shown = {n: _rich_text(e) for n, e in enumerate(package.xml("xl/sharedStrings.xml").iter("{*}si"))}
    return {n: text for n, text in shown.items() if text is not None}


def _rich_text(item: Element) -> str | None:
    """What a string of several runs shows, None where all of them are plain."""
    runs = [(run, _run_look(run.find("{*}rPr"))) for run in item.iter("{*}r")]
    if all(look is Look.PLAIN for _, look in runs):
        return None
    return "".join(as_shown(run.findtext("{*}t") or "", look) for run, look in runs)


def _run_look(properties: Element | None) -> Look:
    if properties is None:
        return Look.PLAIN
    raised = properties.find("{*}vertAlign")
    strike = properties.find("{*}strike")
    colour = properties.find("{*}color")
    return look_of(
        struck=strike is not None and strike.get("val", "1") not in _OFF,
        raised=raised is not None and raised.get("val") == "superscript",
        lowered=raised is not None and raised.get("val") == "subscript",
        white=colour is not None and (colour.get("rgb", "").upper() in _WHITE or colour.get("theme") == "0"),
    )


def _cell_looks(package: Package) -> dict[str, Look]:
    """Number of a cell's format → how its text looks, where that is not plain."""
    if "xl/styles.xml" not in package:
        return {}
    styles = package.xml("xl/styles.xml")
    fonts = [_run_look(font) for font in styles.iterfind("{*}fonts/{*}font")]
    found: dict[str, Look] = {}
    for n, form in enumerate(styles.iterfind("{*}cellXfs/{*}xf")):
        font = form.get("fontId", "")
        look = fonts[int(font)] if font.isdigit() and int(font) < len(fonts) else Look.PLAIN
        if look is not Look.PLAIN and not (look is Look.WHITE and form.get("fillId", "0") != "0"):
            found[str(n)] = look
    return found


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


def _marks(content: bytes, styles: _Styles) -> Marks:
    marks = Marks()
    try:
        for element in _elements(content):
            kind = etree.QName(element).localname
            if kind == "col":
                _note_column(element, marks)
            elif kind == "sheetView":
                marks.zeros = element.get("showZeros", "1") not in _OFF
            else:
                _note_row(element, marks, styles)
            element.clear()
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable("corrupted", f"工作表不是完整的 XML / a sheet is no whole XML: {error}") from error
    return marks


def _elements(content: bytes) -> Iterator[Element]:
    found = etree.iterparse(
        io.BytesIO(content),
        tag=("{*}row", "{*}col", "{*}sheetView"),
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
    )
    return (element for _, element in found)


def _note_column(element: Element, marks: Marks) -> None:
    if element.get("hidden", "0") not in _OFF:
        first, last = int(element.get("min", "1")), int(element.get("max", "1"))
        marks.columns.update(range(max(first, 1) - 1, min(last, MAX_COLUMNS)))


def _note_row(row: Element, marks: Marks, styles: _Styles) -> None:
    for cell in row.iterchildren("{*}c"):
        place = _place(cell.get("r", ""))
        shown = _shown(cell, styles.strings)
        if place is None:
            continue
        if shown is not None:
            marks.shown[place] = shown
        form = cell.get("s", "0")
        if form in styles.looks:
            marks.looks[place] = styles.looks[form]
        if form in styles.formats:
            marks.formats[place] = styles.formats[form]
    number = row.get("r", "")
    if row.get("hidden", "0") not in _OFF and number.isdigit():
        marks.rows.add(int(number) - 1)


def _shown(cell: Element, strings: dict[int, str]) -> str | None:
    """What a cell shows other than its plain value: an unknown one, a text with looks; None for any other."""
    kind, value = cell.get("t", "n"), cell.findtext("{*}v") or ""
    if kind == "e" or (not value and cell.find("{*}f") is not None):
        return UNREAD
    if kind == "s":
        return strings.get(int(value)) if value.isdigit() else None
    inline = cell.find("{*}is") if kind == "inlineStr" else None
    return _rich_text(inline) if inline is not None else None


def _place(reference: str) -> tuple[int, int] | None:
    letters = reference.rstrip("0123456789")
    digits = reference[len(letters) :]
    if not letters.isalpha() or not letters.isascii() or len(letters) > 3 or not digits:
        return None
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(digits) - 1, column - 1
