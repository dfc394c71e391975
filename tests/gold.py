"""Compares what was read with figures read by hand (gold files)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipelines.parse.records import Report, Section

SHARED = Path(__file__).resolve().parents[2] / "shared"
COLUMNS = (
    "natural_person",
    "business",
    "research_institution",
    "public_welfare_org",
    "legal_service_org",
    "other_org",
    "total",
)
OUTCOMES = ("upheld", "corrected", "other", "pending", "total")


def load(path: Path) -> dict[str, Any]:
    gold: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return gold


def differences(gold: dict[str, Any], report: Report) -> Iterator[str]:
    """Every point in which a report departs from its gold file."""
    identity = report.identity
    if identity.agency not in (gold["agency"], gold.get("agency_as_titled")):
        yield f"agency {identity.agency} is not {gold['agency']}"
    for name, found, expected in (
        ("region_code", identity.region_code, gold.get("region_code", identity.region_code)),
        ("year", identity.year, gold["year"]),
        ("format", report.format, gold["template"]),
    ):
        if found != expected:
            yield f"{name} {found!r} is not {expected!r}"
    yield from _cells(gold, report)
    yield from _edges(gold.get("section_edges", {}), report.sections)
    yield from _figures(gold.get("stated_figures", []), report)


def _cells(gold: dict[str, Any], report: Report) -> Iterator[str]:
    found = {(c.table_name, c.row, c.column_name): c.value for c in report.cells}
    expected = dict(_expected(gold))
    for key, value in expected.items():
        if found.get(key) != value:
            yield f"cell {key} is {found.get(key)!r}, not {value!r}"
    for key, value in found.items():
        if key not in expected and value is not None and not key[0].startswith("other:"):
            yield f"cell {key} = {value!r} is invented"
    for name, key in (("applications", "applications"), ("reviews", "review")):
        if report.states[name].value != gold[key]["status"]:
            yield f"{name} is {report.states[name]}, not {gold[key]['status']}"


def _expected(gold: dict[str, Any]) -> Iterator[tuple[tuple[str, str, str], Any]]:
    for rows in gold["proactive"].values():
        for row, measures in rows.items():
            for measure, value in measures.items():
                yield ("proactive", row, measure), value
    for table, columns, key in (("applications", COLUMNS, "applications"), ("reviews", OUTCOMES, "review")):
        for row, values in gold[key].get("rows", {}).items():
            for column, value in zip(columns, values, strict=True):
                yield (table, row, column), value


def _edges(edges: dict[str, list[str]], sections: tuple[Section, ...]) -> Iterator[str]:
    texts = {s.number: "".join(s.text.split()) for s in sections}
    for number, (first, last) in edges.items():
        text = texts.get(int(number), "")
        if "".join(first.split()) not in text[: 25 + len(first)]:
            yield f"section {number} begins {text[:40]!r}, not with {first!r}"
        if "".join(last.split()) not in text[-40 - len(last) :]:
            yield f"section {number} ends {text[-50:]!r}, not with {last!r}"


def _figures(stated: list[list[Any]], report: Report) -> Iterator[str]:
    for phrase, value, unit, inexact in stated:
        if not any(
            f.value == value and f.unit == unit and (f.qualifier != "exact") == inexact
            for f in report.figures
        ):
            near = [(f.phrase, f.value, f.unit, f.qualifier) for f in report.figures if f.value == value]
            yield f"figure {phrase} {value} {unit} not found; near: {near}"
