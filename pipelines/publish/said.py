"""What a report says as it is published: from the packed record that the store keeps, masked, as rows.

Pure: a report at a time, without the archive, so that other processes can prepare what one writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from pipelines.packing import Columns, unpack, unpack_beside
from pipelines.parse.records import Check, Figure, Report
from pipelines.publish import cells, words
from pipelines.publish.figures import find_among
from pipelines.publish.masks import Masked, covered, mask, masked
from pipelines.publish.shared import Row, RowSet, row_set

Packed = tuple[str, bytes, bytes | None]  # report_id, the shown version, its checks over the years
Rows = list[tuple[Any, ...]]  # of one table, after the report's id

_FOLDERS: Final = re.compile(r"(?<![\w:/.])/(?:[^/\s:：]+/)+(?=[^/\s])")
_COUNTED: Final = re.compile(r"[1-9]")
_COPIED: Final = "years.copied"


@dataclass(frozen=True, slots=True)
class Said:
    """A report's rows. ``sections`` are (ordinal, number, heading, text), ``indexed`` what the full text is
    given of each: heading and text. ``rows`` are those of the other tables; ``withheld`` are tables with a
    roster.
    """

    report_id: str
    sets: list[RowSet]
    withheld: tuple[str, ...]
    rows: dict[str, Rows]
    sections: Rows
    indexed: Rows


def prepared(reports: list[Packed]) -> list[Said]:
    """The rows of reports; equal sets of rows are one object. Raises Damaged."""
    sets: dict[bytes, RowSet] = {}
    return [_prepared(*report, sets) for report in reports]


def without_folders(text: str | None) -> str | None:
    """A message without the folders of the machine it was written on: /home/somebody/a.pdf is a.pdf."""
    return text and _FOLDERS.sub("", text)


def _prepared(report_id: str, body: bytes, ties: bytes | None, known: dict[bytes, RowSet]) -> Said:
    report, given = unpack_beside(Report, body, "cells")
    people = cells.rows_of_people(given)
    checks = (*report.checks, *(unpack(tuple[Check, ...], ties) if ties else ()))
    rows: dict[str, Rows] = {
        "report_evidence": [(e.field, masked(e.value), e.source, masked(e.text)) for e in report.evidence],
        "similarities": [(check.scope, check.left_value) for check in checks if check.rule == _COPIED],
    }
    texts = [_masked_text(given, section.text) for section in report.sections]
    sections: Rows = [
        (section.ordinal, section.number, mask(section.heading).text, hidden.text)
        for section, hidden in zip(report.sections, texts, strict=True)
    ]
    hidden = {section.ordinal: text for section, text in zip(report.sections, texts, strict=True)}
    sets = [
        *(row_set("set_cells", of_table) for of_table in cells.by_table(given, people).values()),
        *(row_set("set_checks", of_kind) for of_kind in _checks(checks)),
    ]
    rows["stated_figures"] = [row for figure in report.figures for row in _figure(figure, hidden)]
    return Said(
        report_id,
        sets=[known.setdefault(found.digest, found) for found in sets],
        withheld=tuple(sorted({table for table, _ in people})),
        rows={table: found for table, found in rows.items() if found},
        sections=sections,
        indexed=[(words.indexed(heading), words.indexed(text)) for _, _, heading, text in sections],
    )


def _masked_text(given: Columns, text: str) -> Masked:
    return covered(text, find_among(lambda: cells.statistics(given), text))


def _figure(figure: Figure, texts: dict[int, Masked]) -> Rows:
    """Figures move with the text; what a mask covers is no figure of the report."""
    start, end, phrase = figure.start, figure.end, figure.phrase
    hidden = texts.get(figure.section)
    if hidden and hidden.found:
        moved = hidden.moved(start, end)
        if moved is None:
            return []
        (start, end), phrase = moved, mask(phrase).text
    return [(figure.section, phrase, figure.value, figure.unit, figure.qualifier, start, end)]


def _checks(checks: Iterable[Check]) -> Iterator[list[Row]]:
    """Checks as rows, those apart that say the same in many reports: without a number other than zero."""
    common: list[Row] = []
    own: list[Row] = []
    for check in checks:
        detail = masked(without_folders(check.detail))
        counted = bool(_COUNTED.search(detail or ""))
        kind = (check.rule, check.scope, check.outcome, None if counted else detail)
        row = (kind, (check.left_value, check.right_value, detail if counted else None))
        (own if counted or check.left_value or check.right_value else common).append(row)
    yield from filter(None, (common, own))
