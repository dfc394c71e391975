"""DOCX to paragraphs and grids, straight from its XML: what a reader of the page would see."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from operator import attrgetter
from typing import Final

from lxml import etree

from pipelines.parse.glyphs import repair_glyphs
from pipelines.parse.read.fields import Fields, simple_field
from pipelines.parse.read.formulas import MATH, math_text
from pipelines.parse.read.gates import NO_TEXT, Package
from pipelines.parse.read.grid import MAX_PLACES
from pipelines.parse.read.inserts import Inserts
from pipelines.parse.read.looks import Look, as_shown, behind_digit, sign, struck_text
from pipelines.parse.read.numbering import Numbering
from pipelines.parse.read.paragraphs import add_lines
from pipelines.parse.read.rows import fold_cell
from pipelines.parse.read.runs import (
    OFF,
    RunStyles,
    W,
    are_apart,
    look,
    manner,
    run_styles,
)
from pipelines.parse.read.sniff import DOCX
from pipelines.parse.read.word_cells import Cell, is_frame, merged, rows_of, seen_in_cell
from pipelines.parse.read.word_parts import main_part, meta, part, related, relations_of, target
from pipelines.parse.read.word_seen import children
from pipelines.parse.read.word_tables import with_doubted_blanks
from pipelines.parse.records import (
    UNREAD,
    Block,
    Grid,
    GridCell,
    Issue,
    Paragraph,
    Place,
    Reading,
    Unreadable,
)
from pipelines.parse.vocabulary import is_figure

Element = etree._Element

_REL: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"

_SIGNS: Final = {
    W + "tab": "\t",
    W + "ptab": "\t",
    W + "cr": "\n",
    W + "br": "\n",
    W + "noBreakHyphen": "-",
}
_LETTERS: Final = (W + "t", MATH + "t")
_RUNS: Final = (W + "r", MATH + "r")
_DOCUMENTS: Final = (W + "altChunk", W + "subDoc")  # other documents, read where they stand
_PICTURES: Final = frozenset({W + "drawing", W + "pict", W + "object"})
_OLE: Final = "{urn:schemas-microsoft-com:office:office}OLEObject"
_DRAWN_LETTERS: Final = "{urn:schemas-microsoft-com:vml}textpath"
_MARGINS = re.compile(r"word/(?:header|footer|footnotes|endnotes)\d*\.xml")
_FIGURES: Final = 5  # figures in a table at the edge of a page that is more than a letter's head
# programs whose embedded documents hold text and tables
_TABLES = re.compile(r"Excel\.|Word\.|ET\.|KET\.|WPS\.|KWPS\.", re.IGNORECASE)
_HEADING = re.compile(r"(?:heading|标题)\s*([1-6])$", re.IGNORECASE)


@dataclass(slots=True)
class _Walk:
    """A walk through the body: what was found, and the counters that places need."""

    numbering: Numbering
    levels: dict[str, int]
    styles: RunStyles
    targets: dict[str, str]
    inserts: Inserts
    blocks: list[Block] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    n_tables: int = 0
    images: int = 0
    pictures: list[str] = field(default_factory=list)  # relations of those since the last block
    objects: list[str] = field(default_factory=list)  # the same of embedded documents
    fields: Fields = field(default_factory=Fields)
    whole_fields: bool = True  # each that begins has its end
    # the run before in this paragraph, where it ends with a digit, and whether it is of a field
    digits: tuple[Element, bool] | None = None
    struck: int = 0
    loose: bool = False  # a figure stands alone in a box or a frame: it may stand over a table


def read_docx(content: bytes, open_document: Callable[[bytes], Reading] | None = None) -> Reading:
    """Read a DOCX; raises :class:`Unreadable` encrypted, corrupted, bomb, empty, needs_ocr.

    Insertions under review are in, deletions and what is struck out not; comments, headers,
    footers and notes are no part of the text, but for tables of figures in the latter three;
    automatic numbers of lists are printed in front.
    ``open_document`` reads the documents inside this one (altChunk, embedded workbooks).
    """
    package = Package(content)
    main = main_part(package)
    if main not in package:
        raise Unreadable("corrupted", f"缺少 {main} / {main} is missing")
    root = part(package, main)
    relations = relations_of(package, main)
    styles, lists = (related(package, relations, kind) for kind in ("styles", "numbering"))
    targets = {e.get("Id", ""): e.get("Target", "") for e in relations}
    inserts = Inserts(partial(target, package, targets), open_document)
    reading = read_body(_with_margins(root.find(W + "body"), package), styles, lists, targets, inserts)
    issues = reading.issues
    if "word/vbaProject.bin" in package:
        issues += (Issue("active_content", "info", "文档含有宏（未执行） / macros, not run"),)
    return replace(reading, meta=meta(package), issues=issues)


def _with_margins(body: Element | None, package: Package) -> Element | None:
    """The body, and behind it the tables of figures in headers, footers and notes, each once."""
    if body is None:
        return None
    names = sorted(info.filename for info in package.infolist() if _MARGINS.fullmatch(info.filename))
    margins = [part(package, name) for name in names]
    tables = {
        etree.tostring(table): table
        for margin in margins
        for table in (*margin.iterchildren(W + "tbl"), *margin.iterfind(f"*/{W}tbl"))
    }
    for table in tables.values():
        figures = [text for e in table.iter(W + "t") if (text := (e.text or "").strip()).isdigit()]
        if len(figures) >= _FIGURES:
            body.append(table)
    return body


def read_body(
    body: Element | None,
    styles: Element | None,
    lists: Element | None,
    targets: dict[str, str],
    inserts: Inserts,
) -> Reading:
    """Read a body of WordprocessingML; ``styles`` and ``lists`` are the roots of those parts, if any.

    ``targets``: relation → address of a link. Raises :class:`Unreadable` bomb, empty, needs_ocr.
    """
    walk = _Walk(Numbering(lists, styles), _heading_levels(styles), run_styles(styles), targets, inserts)
    if body is not None:
        walk.whole_fields = _are_whole_fields(body)
        _walk_blocks(body, walk)
    if walk.loose:
        walk.blocks = [with_doubted_blanks(block) for block in walk.blocks]
    walk.issues += [*inserts.issues(), *struck_text(walk.struck)]
    if not walk.blocks:
        if inserts.pictures_unread:
            raise Unreadable("needs_ocr", walk.issues[-1].detail)
        raise Unreadable("empty", NO_TEXT)
    found = tuple(walk.blocks), tuple(walk.links), tuple(walk.issues)
    return Reading("markup", DOCX, found[0], links=found[1], images=walk.images, issues=found[2])


def _are_whole_fields(body: Element) -> bool:
    kinds = [e.get(W + "fldCharType") for e in body.iter(W + "fldChar")]
    return kinds.count("begin") == kinds.count("end")


def _heading_levels(styles: Element | None) -> dict[str, int]:
    """Style id to level of heading, by the style's outline level or its name."""
    levels = {}
    for style in styles.iter(W + "style") if styles is not None else ():
        level = _outline(style)
        name = style.find(W + "name")
        named = _HEADING.match(name.get(W + "val", "")) if name is not None else None
        if level or named:
            levels[style.get(W + "styleId", "")] = level or int(named.group(1)) if named else level
    return levels


def _outline(element: Element) -> int:
    """The level of heading that paragraph properties below ``element`` give, 0 for none."""
    outline = element.find(f"{W}pPr/{W}outlineLvl")
    value = outline.get(W + "val", "") if outline is not None else ""
    return int(value) + 1 if value.isdigit() and int(value) < 6 else 0


def _walk_blocks(parent: Element, walk: _Walk) -> None:
    for child in children(parent):
        if child.tag == W + "p":
            _add_paragraph(child, walk)
        elif child.tag == W + "tbl":
            _add_table(child, walk)
        elif child.tag in _DOCUMENTS:
            walk.objects.append(child.get(_REL + "id", ""))
        _add_inserts(walk)


def _add_inserts(walk: _Walk) -> None:
    """What the pictures and the documents met since the last block show."""
    (pictures, walk.pictures), (objects, walk.objects) = (walk.pictures, []), (walk.objects, [])
    for name in objects:
        walk.blocks += walk.inserts.blocks_of_document(name)
    for name in pictures:
        walk.blocks += walk.inserts.blocks_of_picture(name)


def _add_paragraph(element: Element, walk: _Walk) -> None:
    label, text = _paragraph_text(element, walk)
    text = label + text if text.strip() else text
    walk.loose |= element.find(f"{W}pPr/{W}framePr") is not None and is_figure(text)
    if not walk.whole_fields:
        text += walk.fields.close()
    add_lines(text.split("\n"), walk.blocks, _level(element, walk))
    _add_boxes(element, walk)


def _level(element: Element, walk: _Walk) -> int:
    style = element.find(f"{W}pPr/{W}pStyle")
    return _outline(element) or (walk.levels.get(style.get(W + "val", ""), 0) if style is not None else 0)


def _paragraph_text(element: Element, walk: _Walk) -> tuple[str, str]:
    """The number that a list prints in front of a paragraph, and its text."""
    walk.digits = None
    return walk.numbering.label(element), "".join(_texts(element, walk))


def _texts(element: Element, walk: _Walk) -> Iterator[str]:
    """The pieces of text below ``element``, without those of text boxes."""
    for child in children(element):
        tag = child.tag
        if tag in _LETTERS:
            yield walk.fields.seen(child.text or "")
        elif tag in _RUNS:
            yield _run_text(child, walk)
        elif str(tag).startswith(MATH):
            yield math_text(child, lambda part: "".join(_texts(part, walk)))
        elif tag == W + "fldChar":
            yield walk.fields.turn(child)
        elif tag == W + "instrText":
            walk.fields.instruct(child.text or "")
        elif tag == W + "fldSimple":
            yield walk.fields.seen(simple_field(child, "".join(_texts(child, walk))))
        elif tag in _SIGNS:
            yield walk.fields.seen(_SIGNS[tag])
        elif tag == W + "sym":
            yield walk.fields.seen(_symbol(child))
        elif tag == W + "bdo":  # letters in another order than they are written
            yield as_shown("".join(_texts(child, walk)), Look.WHITE)
        elif tag in _PICTURES:
            _see(child, walk)
        elif tag in _DOCUMENTS:
            walk.objects.append(child.get(_REL + "id", ""))
        elif tag == W + "hyperlink":
            linked = "".join(_texts(child, walk))
            walk.links += _link(child, linked, walk)
            yield linked
        elif tag != W + "txbxContent":
            yield from _texts(child, walk)


def _run_text(run: Element, walk: _Walk) -> str:
    text = "".join(_texts(run, walk))
    if not text:
        return text
    seen = look(run, walk.styles)
    walk.struck += seen is Look.STRUCK and bool(text.strip())
    text = as_shown(text, seen)
    return _set_apart(run, text, walk) if text else text


def _set_apart(run: Element, text: str, walk: _Walk) -> str:
    """The text of a run in a cell, whose digits may be another figure than those right before them."""
    here = run, walk.fields.are_open
    before, walk.digits = walk.digits, here if text[-1].isdecimal() else None
    if before is None or not text[0].isdecimal() or next(run.iterancestors(W + "tc"), None) is None:
        return text
    one, other = manner(before[0], walk.styles), manner(run, walk.styles)
    if are_apart(one, other):
        return behind_digit(text, other.size <= one.size)
    of_one = (one.linked, before[1]) == (other.linked, here[1])
    return text if of_one else UNREAD + text  # a link or a field may be a note's mark, or part of the figure


def _see(drawing: Element, walk: _Walk) -> None:
    """Note what a drawing shows: the workbook or document behind it, else its pictures."""
    found = [e.get(_REL + "id", "") for e in drawing.iter(_OLE) if _TABLES.match(e.get("ProgID", ""))]
    if found:
        walk.objects += found
    else:
        names = _relations(drawing)
        walk.images += bool(names)
        walk.pictures += names


def _symbol(element: Element) -> str:
    try:
        code = int(element.get(W + "char", ""), 16)
    except ValueError:
        return ""
    return sign(code, element.get(W + "font", "").lower())


def _relations(element: Element) -> list[str]:
    """The relations of the pictures in a drawing; one that is linked, not embedded, is named all the same."""
    pictures = [
        e
        for e in element.iter()
        if isinstance(e.tag, str) and etree.QName(e).localname in {"blip", "imagedata"}
    ]
    return [e.get(_REL + "embed") or e.get(_REL + "id") or e.get(_REL + "link") or "" for e in pictures]


def _link(element: Element, text: str, walk: _Walk) -> list[tuple[str, str]]:
    target = walk.targets.get(element.get(_REL + "id", ""), "")
    return [(target, text)] if target else []


def _add_boxes(element: Element, walk: _Walk) -> None:
    """Text boxes, and words drawn as letters, stand after the paragraph that they hang on."""
    if next(element.iter(W + "txbxContent", _DRAWN_LETTERS), None) is None:
        return
    for child in children(element):
        if child.tag == W + "txbxContent":
            start = len(walk.blocks)
            _walk_blocks(child, walk)
            walk.loose |= any(isinstance(b, Paragraph) and is_figure(b.text) for b in walk.blocks[start:])
        elif child.tag == _DRAWN_LETTERS:
            add_lines(child.get("string", "").split("\n"), walk.blocks)
        elif child.tag != W + "tbl":
            _add_boxes(child, walk)


def _floats(cell: Element) -> bool:
    """Whether a figure in a text box hangs on a cell: nobody knows over which cell it stands."""
    boxes = (box for p in cell.iterchildren(W + "p") for box in p.iter(W + "txbxContent"))
    return any(c.isdigit() for box in boxes for text in box.iter(W + "t") for c in text.text or "")


def _add_table(table: Element, walk: _Walk) -> None:
    number = walk.n_tables
    walk.n_tables += 1
    rows, clamped = rows_of(table)
    cells = merged(rows)
    n_columns = max((cell.column + cell.colspan for cell in cells), default=0)
    if _is_on(table.find(f"{W}tblPr/{W}bidiVisual")):
        for cell in cells:
            cell.column = n_columns - cell.column - cell.colspan
        cells.sort(key=attrgetter("row", "column"))
    if len(rows) * n_columns > MAX_PLACES:
        raise Unreadable(
            "bomb", f"表格有 {len(rows)} 行 {n_columns} 列 / a table of {len(rows)} × {n_columns} places"
        )
    if clamped:
        detail = f"第 {number + 1} 个表格的跨列数过大，已截断 / spans of table {number + 1} are clamped"
        walk.issues.append(Issue("span_clamped", "warning", detail))
    if n_columns > 1 and not is_frame(table, cells):
        inner: list[Element] = []
        grid = tuple(_grid_cell(cell, number, walk, inner) for cell in cells)
        walk.blocks.append(Grid(grid, len(rows), n_columns, Place(table=number)))
        for nested in inner:
            _add_inner(nested, walk)
    else:  # a frame around text
        for cell in cells:
            _walk_blocks(cell.element, walk)


def _add_inner(element: Element, walk: _Walk) -> None:
    """A table inside a cell, or the text boxes that hang on a cell's paragraph."""
    if element.tag == W + "tbl":
        _add_table(element, walk)
    else:
        _add_boxes(element, walk)


def _is_on(element: Element | None) -> bool:
    return element is not None and element.get(W + "val", "1") not in OFF


def _numbered(label: str, text: str) -> str:
    """A paragraph of a cell with its number; one before a figure or before nothing may pass for a figure."""
    alone = label.strip() and (not text.strip() or text.lstrip()[0].isdigit())
    return f"{label}{UNREAD}{text}" if alone else label + text


def _is_picture(cell: Element) -> bool:
    """Whether a cell without text shows a picture, or letters that are drawn."""
    drawn = (
        e for drawing in cell.iter(*_PICTURES) for e in drawing.iter("{*}blip", "{*}imagedata", "{*}textpath")
    )
    return next(drawn, None) is not None


def _grid_cell(cell: Cell, number: int, walk: _Walk, inner: list[Element]) -> GridCell:
    lines: list[str] = []
    outside, walk.fields = walk.fields, Fields()
    for child in seen_in_cell(cell.element):
        if child.tag == W + "p":
            lines += _numbered(*_paragraph_text(child, walk)).split("\n")
        if child.tag in (W + "p", W + "tbl"):
            inner.append(child)
    lines.append(walk.fields.close())
    walk.fields = outside
    text = "\n".join(filter(None, (fold_cell(line) for line in lines)))
    text += UNREAD if _floats(cell.element) or (not text and _is_picture(cell.element)) else ""
    place = Place(table=number, row=cell.row, column=cell.column)
    return GridCell(cell.row, cell.column, repair_glyphs(text), place, cell.rowspan, cell.colspan)
