"""Accuracy by layout and form: sample reports are rendered, read, and compared cell by cell.

Every cell of a rendered report is one of: right (value and state as printed, or the flag that is
right where the layout has destroyed its row or column), flagged (no value where one can be
known, and the state says so), wrong (another value or state, or a value where none can be
known). Wrong must be none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields

from benchmarks.sample import drawn, regions_of, reports, world
from pipelines.parse.records import OTHER, Cell, Document, Parsed
from pipelines.parse.records import Report as Found
from pipelines.parse.regions import Regions
from pipelines.parse.report import parse
from samples.figures import broken_rules
from samples.forms import Key
from samples.render import LAYOUTS
from samples.render.layout import Layout
from samples.report import Report

LayoutForm = tuple[str, str]
#: states that say that a cell could not be read or bound
FLAGS = ("unreadable", "absent", "text")


@dataclass
class Score:
    """Counts over the reports of one layout and form.

    ``identified``: reports whose agency, region, year and form are right. ``breaks`` are the
    broken sums among the cells read, ``missed_breaks`` those not reported, ``false_alarms``
    the sums reported as broken that are not.
    """

    reports: int = 0
    cells: int = 0
    right: int = 0
    flagged: int = 0
    wrong: int = 0
    identified: int = 0
    breaks: int = 0
    missed_breaks: int = 0
    false_alarms: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def accuracy(self) -> float:
        """The share of cells that are right."""
        return self.right / self.cells if self.cells else 0.0

    def __add__(self, other: Score) -> Score:
        values = {f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)}
        return Score(**values)


def measure(count: int, seed: int, name: str) -> dict[LayoutForm, Score]:
    """Reads ``count`` reports of each form in the layout of that name."""
    made, layout = world(seed), LAYOUTS[name]
    regions = regions_of(made)
    return {
        (name, form): score(layout, drawn(layout, of_form, count), regions)
        for form, of_form in reports(made, seed).items()
    }


def score(layout: Layout, of_form: Iterable[Report], regions: Regions) -> Score:
    """Reads reports in a layout."""
    total = Score()
    for report in of_form:
        content = layout.render(report)
        parsed = parse(Document(content, name=f"report.{layout.suffix}"), regions)
        total = total + compare(report, parsed, layout.unknowable(report))
    return total


def compare(report: Report, parsed: Parsed, unknowable: frozenset[Key] = frozenset()) -> Score:
    """One report as printed against what was read of it."""
    truth = report.cells
    if parsed.report is None:
        why = f"{report.title}: {parsed.kind} {[issue.code for issue in parsed.issues]}"
        return Score(1, len(truth), flagged=len(truth), examples=[why])
    found = {(c.table_name, c.item, c.row, c.column_name): c for c in parsed.report.cells}
    result = Score(1, len(truth))
    read: dict[Key, int | float | None] = {}
    for key, expected in truth.items():
        cell = found.pop(key, None)
        verdict = _verdict(cell, expected.value, expected.state, key in unknowable)
        setattr(result, verdict, getattr(result, verdict) + 1)
        read[key] = expected.value if verdict == "right" and key not in unknowable else None
        if verdict != "right":
            got = (cell.value, cell.state.value, cell.raw) if cell else None
            result.examples.append(f"{report.title}: {verdict} {key} printed {expected.raw!r} read {got}")
    _invented(result, report, found)
    _identity(result, report, parsed.report)
    _checks(result, report, parsed.report, read)
    return result


def _verdict(cell: Cell | None, value: int | float | None, state: str, unknowable: bool) -> str:
    flag = cell is None or cell.state.value in FLAGS
    if unknowable:
        return "right" if flag else "wrong"
    if cell is not None and cell.value == value and cell.state.value == state:
        return "right"
    return "flagged" if flag else "wrong"


def _invented(result: Score, report: Report, left: Mapping[Key, Cell]) -> None:
    for key, cell in left.items():
        if cell.value is not None and not key[0].startswith(OTHER):
            result.wrong += 1
            result.examples.append(f"{report.title}: wrong {key} = {cell.value} is invented")


def _identity(result: Score, report: Report, found: Found) -> None:
    identity = found.identity
    known = (identity.agency, identity.region_code, identity.year, found.format)
    if known == (report.agency.name, report.agency.region_code, report.year, report.form):
        result.identified = 1
    else:
        result.examples.append(f"{report.title}: identified as {known}")


def _checks(result: Score, report: Report, found: Found, read: Mapping[Key, int | float | None]) -> None:
    """Sums fail where every number of them was read; a broken one may also contradict the prose."""
    failed = {(check.rule, check.scope) for check in found.checks if check.outcome == "fail"}
    sound = not broken_rules(report.form, report.figures)
    failed = {f for f in failed if f[0] != "unit.doubt" and (sound or not f[0].startswith("text."))}
    expected = set(broken_rules(report.form, read))
    result.breaks = len(expected)
    result.missed_breaks = len(expected - failed)
    result.false_alarms = len(failed - expected)
    if failed != expected:
        missed, false = sorted(expected - failed), sorted(failed - expected)
        result.examples.append(f"{report.title}: missed {missed}, false {false}")
