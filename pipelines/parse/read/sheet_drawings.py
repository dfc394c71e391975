"""Over which cells of an XLSX sheet a figure may float: in a text box, or on a picture."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Final

from lxml import etree

from pipelines.parse.read.gates import Package

Element = etree._Element

# cells on a side of what is no larger than a figure; a seal or a chart is
_LARGEST: Final = 3


def floated_over(package: Package, sheet: str) -> Iterator[tuple[int, int]]:
    """The cells, by 0-based row and column, over which the sheet of that member has such a thing."""
    folder, name = posixpath.split(sheet)
    relations = posixpath.join(folder, "_rels", f"{name}.rels")
    for relation in package.xml(relations) if relations in package else ():
        target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/")
        if relation.get("Type", "").endswith("/drawing") and target in package:
            for anchor in package.xml(target):
                yield from _cells_below(anchor)


def _cells_below(anchor: Element) -> Iterator[tuple[int, int]]:
    first = anchor.find("{*}from")
    if first is None or not _may_show_figure(anchor):
        return
    last = anchor.find("{*}to")
    yield from cells_within(_reach(first, last, "row"), _reach(first, last, "col"))


def cells_within(rows: range, columns: range) -> Iterator[tuple[int, int]]:
    """The cells of these rows and columns where they are no more than a figure takes; else none."""
    if max(len(rows), len(columns)) <= _LARGEST:
        yield from ((row, column) for row in rows for column in columns)


def _may_show_figure(anchor: Element) -> bool:
    texts = "".join(
        text.text or "" for text in anchor.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}t")
    )
    return any(c.isdigit() for c in texts) or anchor.find("{*}pic") is not None


def _reach(first: Element, last: Element | None, side: str) -> range:
    """The rows or columns of which an anchor covers a part."""
    start = _at(first, side)
    if last is None:
        return range(start, start + 1)
    return range(start, max(start, _at(last, side) - (_at(last, f"{side}Off") == 0)) + 1)


def _at(place: Element, name: str) -> int:
    text = place.findtext(f"{{*}}{name}") or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
