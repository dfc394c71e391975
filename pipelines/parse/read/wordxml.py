"""Word documents in one XML file (Word 2003 XML, flat OPC), carried over to what a DOCX holds."""

from __future__ import annotations

from base64 import b64decode
from functools import partial
from typing import Final

from lxml import etree

from pipelines.parse.read.docx import read_body
from pipelines.parse.read.gates import MAX_OTHER_BYTES, gate_size, parse_xml
from pipelines.parse.read.inserts import Inserts
from pipelines.parse.read.looks import PAPER
from pipelines.parse.read.runs import W
from pipelines.parse.read.sniff import WORD_XML
from pipelines.parse.records import UNREAD, Reading, Unreadable

Element = etree._Element

_OLD: Final = b"http://schemas.microsoft.com/office/word/2003/wordml"
_AUX: Final = "{http://schemas.microsoft.com/office/word/2003/auxHint}"
_AML: Final = "{http://schemas.microsoft.com/aml/2001/core}"
_PKG: Final = "{http://schemas.microsoft.com/office/2006/xmlPackage}"
_OFFICE: Final = "{urn:schemas-microsoft-com:office:office}"
_REMOVED: Final = frozenset({"Word.Deletion", "Word.Comment", "Word.Comment.Start", "Word.Comment.End"})


def read_word_xml(content: bytes) -> Reading:
    """Read a Word document saved as XML; raises :class:`Unreadable` as for a DOCX."""
    gate_size(content, MAX_OTHER_BYTES, "Word XML")
    root = parse_xml(content.replace(_OLD, W[1:-1].encode()).lstrip(), "document")
    parts = {part.get(f"{_PKG}name", ""): part for part in root.iter(f"{_PKG}part")}
    if parts:
        reading = _flat(parts)
    else:
        _modernise(root)
        if any(
            "LibreOffice" in (e.text or "") for e in root.iterfind(f"{_OFFICE}CustomDocumentProperties/*")
        ):
            _doubt_hidden(root)
            _doubt_joints(root)
        inserts = Inserts(_no_picture)
        reading = read_body(root.find(f"{W}body"), root.find(f"{W}styles"), None, {}, inserts)
    return Reading("markup", WORD_XML, reading.blocks, images=reading.images, issues=reading.issues)


def _flat(parts: dict[str, Element]) -> Reading:
    """The parts of a DOCX that stand in one file."""
    document = _root(parts, "/word/document.xml")
    relations = _root(parts, "/word/_rels/document.xml.rels")
    targets = {e.get("Id", ""): e.get("Target", "") for e in relations} if relations is not None else {}
    return read_body(
        document.find(f"{W}body") if document is not None else None,
        _root(parts, "/word/styles.xml"),
        _root(parts, "/word/numbering.xml"),
        targets,
        Inserts(partial(_picture, parts, targets)),
    )


def _root(parts: dict[str, Element], name: str) -> Element | None:
    data = parts[name].find(f"{_PKG}xmlData") if name in parts else None
    return data[0] if data is not None and len(data) else None


def _picture(parts: dict[str, Element], targets: dict[str, str], relation: str) -> bytes:
    part = parts.get(f"/word/{targets.get(relation, '')}")
    text = part.findtext(f"{_PKG}binaryData") if part is not None else None
    if not text:
        return _no_picture(relation)
    try:
        return b64decode(text)
    except ValueError as error:
        raise Unreadable("corrupted", f"图片已损坏 / damaged picture: {relation}") from error


def _no_picture(name: str) -> bytes:
    raise Unreadable("unsupported", "此格式中的图片未读 / pictures of this format are not read")


def _modernise(root: Element) -> None:
    """The names of Word 2003 to those of today; printed numbers of lists into the text."""
    for element in list(root.iter()):
        tag = element.tag
        if tag == f"{_AML}annotation" and element.get(f"{W}type", "") in _REMOVED:
            element.tag = f"{W}del"
        elif tag in (f"{_AML}annotation", f"{_AML}content", f"{_AUX}sect", f"{_AUX}sub-section"):
            element.tag = f"{W}sdtContent"
        elif tag in (f"{W}footnote", f"{W}endnote"):  # its text stands elsewhere
            element.tag = f"{W}del"
        elif tag == f"{W}vmerge":
            element.tag = f"{W}vMerge"
        elif tag == f"{W}listPr":
            _print_number(element)


def _doubt_hidden(root: Element) -> None:
    """Take letters of a style that LibreOffice calls hidden for white: they may be hidden, or were once."""
    for style in root.iterfind(f"{W}styles/{W}style"):
        properties = style.find(f"{W}rPr")
        if properties is not None and style.find(f"{W}hidden") is not None:
            etree.SubElement(properties, f"{W}color").set(f"{W}val", PAPER)


def _doubt_joints(root: Element) -> None:
    """Mark the joints between digits of two runs that look the same.

    LibreOffice joins such runs, and leaves apart what a change under review divides: what was struck out
    stands there like any text, nothing else tells of it.
    """
    for left in root.iter(f"{W}r"):
        right = left.getnext()
        while right is not None and not len(right) and not right.text:  # a bookmark
            right = right.getnext()
        if right is None or right.tag != left.tag or _looks(left) != _looks(right):
            continue
        before, after = ("".join(run.itertext(f"{W}t")) for run in (left, right))
        if before[-1:].isdigit() and after[:1].isdigit():
            etree.SubElement(left, f"{W}t").text = UNREAD


def _looks(run: Element) -> bytes:
    properties = run.find(f"{W}rPr")
    return etree.tostring(properties) if properties is not None else b""


def _print_number(properties: Element) -> None:
    hint = properties.find(f"{_AUX}t")
    paragraph = properties.getparent()
    paragraph = paragraph.getparent() if paragraph is not None else None
    if hint is None or paragraph is None or paragraph.tag != f"{W}p":
        return
    run = etree.Element(f"{W}r")
    etree.SubElement(run, f"{W}t").text = hint.get(f"{_AUX}val", "")
    paragraph.insert(1, run)
