"""A report: its tables as printed, its checks, its text, its versions, and where all of it comes from."""

from __future__ import annotations

import re
from typing import Any, Final

from pipelines.parse.records import OTHER
from pipelines.publish.pages.differences import between
from pipelines.publish.pages.forms import Filler, Form, template_of
from pipelines.publish.pages.reader import Reader, Row

# what the document is known by, the key of a row or a cell of the form, and what is said of it
_OF_A_ROW: Final = re.compile(
    r"(?:(?P<document>.+?): )?(?P<table_name>proactive|applications|reviews)\.(?P<row>\w+)"
    r"(?:\.(?P<column_name>\w+))?: (?P<said>.+)",
    re.DOTALL,
)


async def context(reader: Reader, report_id: str) -> dict[str, Any]:
    """Everything that the archive knows of a report."""
    report = await reader.report(_REPORT, report_id)
    checks = await _of(reader, "checks", report_id, "rule, scope")
    cells = await _of(reader, "cells", report_id, "table_name, ordinal")
    return {
        "report": report,
        "forms": await _forms(reader, report, cells, checks),
        "checks": checks,
        "failed": [check for check in checks if check["outcome"] == "fail"],
        "others": _other_tables(cells),
        "sections": _marked(await _of(reader, "sections", report_id, "ordinal"),
                            await _of(reader, "stated_figures", report_id, "section, start")),
        "versions": await _of(reader, "report_versions", report_id, "version DESC"),
        "changes": list(map(between, await _of(reader, "report_changes", report_id, "found_at DESC, rowid"))),
        "sources": await _of(reader, "report_sources", report_id, "first_seen_at, url"),
        "evidence": await _of(reader, "report_evidence", report_id, "rowid"),
        "issues": list(map(_placed, await _of(reader, "issues", report_id, "issue_id"))),
        "capture": await capture_of(reader, report["sha256"]),
        "neighbours": await reader.rows(
            "SELECT report_id, year FROM reports WHERE agency_id = ? ORDER BY year", report["agency_id"]
        ),
    }  # fmt: skip


def _placed(issue: Row) -> Row:
    """An issue with the row or cell that it is about, and what is said of that, where it begins with one."""
    found = _OF_A_ROW.match(issue["detail"] or "")
    return issue | (found.groupdict(default="") if found else {"table_name": "", "said": issue["detail"]})


async def capture_of(reader: Reader, sha256: str) -> Row | None:
    """The first capture that brought these bytes."""
    found = await reader.rows("SELECT * FROM captures WHERE sha256 = ? ORDER BY capture_id LIMIT 1", sha256)
    return found[0] if found else None


async def _of(reader: Reader, table: str, report_id: str, order: str) -> list[Row]:
    return await reader.rows(f"SELECT * FROM {table} WHERE report_id = ? ORDER BY {order}", report_id)  # noqa: S608


async def _forms(reader: Reader, report: Row, cells: list[Row], checks: list[Row]) -> dict[str, list[Form]]:
    before = await reader.rows(
        "SELECT c.* FROM cells c JOIN reports r ON r.report_id = c.report_id"
        " WHERE r.agency_id = ? AND r.year = ? AND c.value IS NOT NULL",
        report["agency_id"], report["year"] - 1,
    )  # fmt: skip
    filler = Filler(cells, before, checks)
    template = template_of(report["format"], report["year"])
    return {
        "proactive": [filler.form(part) for part in template.proactive] if filler.has("proactive") else [],
        "applications": [filler.form(template.applications, filler.rows_of(template))]
        if filler.has("applications")
        else [],
        "reviews": [filler.form(template.reviews)] if filler.has("reviews") else [],
    }


def _other_tables(cells: list[Row]) -> list[list[Row]]:
    """Tables that are not of the form, as rows of printed cells."""
    tables: dict[str, dict[str, list[str]]] = {}
    for cell in cells:
        if not cell["table_name"].startswith(OTHER):
            continue
        tables.setdefault(cell["table_name"], {}).setdefault(cell["row"], []).append(cell["raw"] or "")
    return [[{"cells": row} for row in rows.values()] for rows in tables.values()]


def _marked(sections: list[Row], figures: list[Row]) -> list[Row]:
    """Sections with their text cut into pieces; a piece that is a stated figure carries it."""
    for section in sections:
        text, pieces, done = section["text"], [], 0
        for figure in (f for f in figures if f["section"] == section["ordinal"] and f["start"] >= done):
            pieces += [
                {"text": text[done : figure["start"]]},
                {**figure, "text": text[figure["start"] : figure["end"]]},
            ]
            done = figure["end"]
        section["pieces"] = [*pieces, {"text": text[done:]}]
    return sections


_REPORT = """
    SELECT r.*, a.kind, g.name AS region, g.province, g.prefecture, y.due_on
    FROM reports r
    JOIN agencies a ON a.agency_id = r.agency_id
    LEFT JOIN regions g ON g.code = r.region_code
    LEFT JOIN agency_years y ON y.agency_id = r.agency_id AND y.year = r.year
    WHERE r.report_id = ?
"""
