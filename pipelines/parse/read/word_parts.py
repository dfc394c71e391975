"""The parts of a DOCX: which holds the body, what it refers to, what the document says of itself."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from typing import Final

from lxml import etree

from pipelines.parse.read.gates import Package, parse_xml
from pipelines.parse.read.runs import W
from pipelines.parse.records import Unreadable

Element = etree._Element

_STRICT: Final = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_OFFICE_STRICT: Final = b"http://purl.oclc.org/ooxml/officeDocument/"
_MAIN: Final = "word/document.xml"
_CORE: Final = {"title": "title", "creator": "creator", "created": "created", "modified": "modified"}


def target(package: Package, targets: dict[str, str], relation: str) -> bytes:
    """The bytes of a picture or document inside; raises :class:`Unreadable` corrupted where there is none."""
    name = _member(targets.get(relation, ""))
    if name not in package:
        raise Unreadable("corrupted", f"缺少 {name} / {name} is missing")
    return package.read(name)


def part(package: Package, name: str) -> Element:
    """A part's root; the strict dialect is read as the usual one."""
    content = package.read(name)
    if _STRICT in content:
        content = content.replace(_STRICT, W[1:-1].encode()).replace(
            _OFFICE_STRICT, b"http://schemas.openxmlformats.org/officeDocument/2006/"
        )
    return parse_xml(content, name)


def main_part(package: Package) -> str:
    """The name of the part with the body: Word on the web calls it document2.xml."""
    named = (e for e in relations_of(package, "") if e.get("Type", "").endswith("/officeDocument"))
    names = (_member(e.get("Target", ""), "") for e in named)
    return next((name for name in names if name in package), _MAIN)


def related(package: Package, relations: Sequence[Element], kind: str) -> Element | None:
    """The root of the part of a kind (styles, numbering), by its relation or by its usual name."""
    named = (e for e in relations if e.get("Type", "").endswith(f"/{kind}"))
    names = (*(_member(e.get("Target", "")) for e in named), f"word/{kind}.xml")
    return next((part(package, name) for name in names if name in package), None)


def _member(named: str, folder: str = "word") -> str:
    """The member of the package that a relation's target names, seen from a folder."""
    return posixpath.normpath(posixpath.join("/", folder, named)).lstrip("/")


def meta(package: Package) -> dict[str, str]:
    """What a document says of itself: title, creator, created, modified; nothing where that is broken."""
    if "docProps/core.xml" not in package:
        return {}
    try:
        root = package.xml("docProps/core.xml")
    except Unreadable:
        return {}
    found = {etree.QName(e).localname: (e.text or "").strip() for e in root if isinstance(e.tag, str)}
    return {ours: found[theirs] for theirs, ours in _CORE.items() if found.get(theirs)}


def relations_of(package: Package, name: str) -> Sequence[Element]:
    """The relations of a part, of the package itself for ""; none where they are missing or broken."""
    folder, file = posixpath.split(name)
    listed = posixpath.join(folder, "_rels", f"{file}.rels")
    try:
        return list(package.xml(listed)) if listed in package else []
    except Unreadable:
        return []
