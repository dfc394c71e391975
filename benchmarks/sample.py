"""The reports that are measured: those of a sample world, with figures dense enough that a slip shows."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

from pipelines.parse.regions import Region, Regions
from samples import prose
from samples.chance import chance
from samples.counties import World
from samples.figures import Figures
from samples.forms import (
    APPLICANTS,
    APPLICATIONS,
    KINDS_OF_APPLICANT,
    PROACTIVE,
    RESULTS,
    REVIEWS,
    STAGES,
    Key,
    keys,
    outcome_rows,
)
from samples.render.layout import Layout
from samples.report import Report

_FLOWS = ("carried_over", "carried_forward")


def world(seed: int, agencies: int = 6) -> World:
    """Three counties with reports on both forms."""
    return World.build(seed, 3, agencies, (2019, 2020, 2021, 2022, 2023))


def regions_of(made: World) -> Regions:
    """The built-in divisions and the world's own."""
    own = (
        Region(r.code, r.name, r.level, r.parent_code, r.province, r.prefecture, r.county)
        for r in made.regions
    )
    return Regions.builtin().with_extra(own)


def reports(made: World, seed: int) -> dict[str, list[Report]]:
    """Form → its reports: in turn with their own figures, dense ones, and dense ones with a broken sum."""
    found: dict[str, list[Report]] = {"2019": [], "2021": []}
    published = [p for site in made.sites for p in site.publications if p.kind == "report"]
    own = [p.report for p in published if "doubtful_prose" not in p.quirks]
    chance("order", seed).shuffle(own)
    for report in own:
        of_form = found[report.form]
        of_form.append(_varied(report, len(of_form) % 4, chance("figures", seed, report.title)))
    return found


def _varied(report: Report, turn: int, rng: random.Random) -> Report:
    if turn == 0 or set(report.tables.values()) != {"table"}:
        return report
    figures = dense(report.form, rng)
    words = prose.write(report.agency.name, report.year, figures, str(turn))
    return replace(report, figures=broken(figures, rng) if turn == 3 else figures, prose=words)


def drawn(layout: Layout, found: list[Report], count: int) -> Iterator[Report]:
    """``count`` of the reports, the habits of the layout taken in turn."""
    for number, report in enumerate(found[:count]):
        yield replace(report, habit=layout.habits[(number // 4 + number) % len(layout.habits)])


def dense(form: str, rng: random.Random) -> Figures:
    """Figures that are mostly not zero and keep the form's sums."""
    values: dict[Key, int] = {}
    for key in keys(form):
        if key[0] == PROACTIVE:
            values[key] = rng.choice((rng.randint(-9, 9), 0)) if key[3] == "change" else _number(rng)
    for kind in KINDS_OF_APPLICANT:
        column = {row: _number(rng, 400) for row in outcome_rows(form)}
        column["total_handled"] = sum(column.values())
        column |= {row: _number(rng, 90) for row in _FLOWS}
        whole = column["total_handled"] + column["carried_forward"]
        column["carried_over"] = min(column["carried_over"], whole)
        column["new_received"] = whole - column["carried_over"]
        values |= {(APPLICATIONS, "", row, kind): number for row, number in column.items()}
    rows = {key[2] for key in values if key[0] == APPLICATIONS}
    for row in rows:
        values[APPLICATIONS, "", row, APPLICANTS[-1][0]] = sum(
            values[APPLICATIONS, "", row, kind] for kind in KINDS_OF_APPLICANT
        )
    for stage, _ in STAGES:
        results = {result: _number(rng, 60) for result, _ in RESULTS[:-1]}
        results["total"] = sum(results.values())
        values |= {(REVIEWS, "", stage, result): number for result, number in results.items()}
    return {key: values[key] for key in keys(form)}


def _number(rng: random.Random, most: int = 30_000) -> int:
    return rng.choice((0, rng.randint(1, 9), rng.randint(1, most), rng.randint(1, most)))


def broken(figures: Figures, rng: random.Random) -> Figures:
    """The figures with one number of sections three or four off, as agencies print them."""
    key = rng.choice([key for key in figures if key[0] != PROACTIVE])
    return {**figures, key: figures[key] + rng.randint(1, 9)}
