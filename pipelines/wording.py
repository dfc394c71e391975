"""What a report says, told apart from the noise around it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator

from pipelines.parse.records import Cell, Report, Section
from pipelines.parse.template import TABLES

CellKey = tuple[str, str, str, str]


def fingerprint(report: Report) -> str:
    """A digest of what a report says: printed cells and prose. Places, spacing and noise do not enter."""
    said = {
        "cells": sorted([*key, _squeezed(raw)] for key, raw in printed(report.cells).items()),
        "prose": [[s.number, _squeezed(_prose(s))] for s in report.sections],
    }
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def differences(old: Report, new: Report) -> Iterator[tuple[str, str, str, str | None, str | None]]:
    """Cells and sections that two versions print differently: (table, row, column, old raw, new raw)."""
    was, now = printed(old.cells), printed(new.cells)
    for key in dict.fromkeys((*was, *now)):
        if _squeezed(was.get(key)) != _squeezed(now.get(key)):
            yield key[0], key[2], key[3], was.get(key), now.get(key)
    before, after = _by_number(old.sections), _by_number(new.sections)
    for number in dict.fromkeys((*before, *after)):
        if _squeezed(before.get(number)) != _squeezed(after.get(number)):
            yield "sections", number, "text", before.get(number), after.get(number)


def printed(cells: Iterable[Cell]) -> dict[CellKey, str]:
    """The printed text of the official cells by (table, item, row, column)."""
    return {(c.table_name, c.item, c.row, c.column_name): c.raw for c in cells if c.table_name in TABLES}


def _by_number(sections: Iterable[Section]) -> dict[str, str]:
    """The prose of sections by their official number, by their position where they have none."""
    return {str(s.ordinal if s.number is None else s.number): _prose(s) for s in sections}


def _prose(section: Section) -> str:
    """A section's text without its tables, whose cells are compared one by one."""
    return "\n".join(section.text[start:end] for start, end in section.prose)


def _squeezed(text: str | None) -> str:
    return "".join((text or "").split())
