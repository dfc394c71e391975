"""Accuracy by layout and form: sample reports are rendered, read, and compared cell by cell.

Every cell of a rendered report is one of: right (value and state as printed), flagged
(no value where one was printed, and the state or an issue says so), wrong (another value, or a
value where none was printed). Wrong must be none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from pipelines.parse.records import Document, Parsed
from pipelines.parse.regions import Region, Regions
from pipelines.parse.report import parse
from samples.counties import World
from samples.render import LAYOUTS
from samples.render.layout import Layout
from samples.report import CellTruth, Report

Key = tuple[str, str]  # layout, form


@dataclass
class Score:
    """Counts over the cells of one layout and form."""

    reports: int = 0
    cells: int = 0
    right: int = 0
    flagged: int = 0
    wrong: int = 0
    identified: int = 0
    missed_breaks: int = 0
    false_alarms: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def accuracy(self) -> float:
        """The share of cells that are right."""
        return self.right / self.cells if self.cells else 0.0


def regions_of(world: World) -> Regions:
    """The built-in divisions and the world's own."""
    own = (
        Region(r.code, r.name, r.level, r.parent_code, r.province, r.prefecture, r.county)
        for r in world.regions
    )
    return Regions.builtin().with_extra(own)


def measure(world: World) -> dict[Key, Score]:
    """Reads every report of ``world`` in every layout with every habit of that layout."""
    scores: dict[Key, Score] = defaultdict(Score)
    regions = regions_of(world)
    for report, layout in renderings(world):
        parsed = parse(Document(layout.render(report), name=f"report.{layout.suffix}"), regions)
        _compare(scores[layout.name, report.form], report, parsed)
    return dict(scores)


def renderings(world: World) -> Iterator[tuple[Report, Layout]]:
    """Each published report in each layout; the habits of a layout are taken in turn."""
    reports = [p.report for site in world.sites for p in site.publications if p.kind == "report"]
    for layout in LAYOUTS.values():
        for number, report in enumerate(reports):
            yield replace(report, habit=layout.habits[number % len(layout.habits)]), layout


def _compare(score: Score, report: Report, parsed: Parsed) -> None:
    score.reports += 1
    truth = {(c.table_name, c.item, c.row, c.column): c for c in report.cells.values()}
    score.cells += len(truth)
    if parsed.report is None:
        score.flagged += len(truth)
        score.examples.append(f"{report.title}: {parsed.kind} {[i.code for i in parsed.issues]}")
        return
    found = {(c.table_name, c.item, c.row, c.column_name): c for c in parsed.report.cells}
    identity = parsed.report.identity
    known = (identity.agency, identity.region_code, identity.year, parsed.report.format)
    score.identified += known == (report.agency.name, report.agency.region_code, report.year, report.form)
    if known != (report.agency.name, report.agency.region_code, report.year, report.form):
        score.examples.append(f"{report.title}: {known}")
    for key, expected in truth.items():
        cell = found.pop(key, None)
        value, state = (cell.value, cell.state.value) if cell else (None, "absent")
        _count(score, report, expected, value, state)
    for key, cell in found.items():
        if cell.value is not None and not key[0].startswith("other:"):
            score.wrong += 1
            score.examples.append(f"{report.title}: {key} = {cell.value} is invented")
    _compare_checks(score, report, parsed)


def _count(score: Score, report: Report, expected: CellTruth, value: float | None, state: str) -> None:
    if value == expected.value and state == expected.state:
        score.right += 1
    elif value is None:
        score.flagged += 1
        score.examples.append(f"{report.title}: {expected} is {state}")
    else:
        score.wrong += 1
        score.examples.append(f"{report.title}: {expected} is {value} ({state})")


def _compare_checks(score: Score, report: Report, parsed: Parsed) -> None:
    assert parsed.report is not None
    failed = {(c.rule, c.scope) for c in parsed.report.checks if c.outcome == "fail"}
    failed = {f for f in failed if f[0] != "unit.doubt"}
    expected = set(report.broken)
    score.missed_breaks += len(expected - failed)
    score.false_alarms += len(failed - expected)
    if failed != expected:
        score.examples.append(f"{report.title}: failed {sorted(failed)}, expected {sorted(expected)}")
