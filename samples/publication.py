"""What a site publishes: reports with their quirks, and documents in the same columns that are no reports."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property, lru_cache

from samples import prose
from samples.chance import chance
from samples.figures import Facts, Figures, break_sum, project, simulate
from samples.forms import APPLICATIONS, PROACTIVE, REVIEWS, Key
from samples.render import LAYOUTS
from samples.render.layout import Layout
from samples.report import Agency, Report

#: quirk → share of an agency's years that has it; each occurs at least once in a county
QUIRKS = {
    "not_published": 0.03,
    "late": 0.06,
    "twice": 0.12,
    "broken_sum": 0.03,
    "doubtful_prose": 0.02,
    "blank_table": 0.02,
    "stated_none": 0.12,
    "other_form": 0.02,
    "no_unit": 0.02,
    "two_pages": 0.05,
    "infographic": 0.05,
    "copied_prose": 0.03,
    "pdf": 0.09,
    "docx": 0.06,
    "word": 0.28,
    "split": 0.2,
}
_LAYOUT_OF = {"pdf": "pdf", "docx": "docx", "word": "html_word", "split": "html_split"}
_TITLES = (
    "{name}{year}年政府信息公开工作年度报告",
    "{name}{year}年度政府信息公开工作报告",
    "{name}{year}年政府信息公开年度报告",
    "{year}年{name}政府信息公开工作年度报告",
    "{name}关于{year}年政府信息公开工作的年度报告",
    "{name}{year}年政府信息公开工作年报",
)
_OTHERS = (
    ("guide", "{name}政府信息公开指南"),
    ("site_figures", "{name}{year}年政府网站工作年度报表"),
    ("rule_of_law", "{name}{year}年度法治政府建设年度报告"),
    ("notice", "关于做好{year}年政府信息公开工作年度报告编制和发布工作的通知"),
    ("work_report", "{name}{year}年工作总结"),
)


@dataclass(frozen=True)
class Publication:
    """An article in a site's annual-report columns. ``kind`` is "report", or why it is none.

    ``number`` is unique within the site and rises with time. ``reveal`` is a report's
    silent edit: the figure that changes, and its new number.
    """

    number: int
    agency: Agency
    year: int
    kind: str
    title: str
    published_at: datetime
    seed: str
    years: tuple[int, ...] = ()
    quirks: frozenset[str] = frozenset()
    reveal: tuple[Key, int] | None = None

    @property
    def twice(self) -> bool:
        """Whether a summary column has it too, under another address."""
        return "twice" in self.quirks

    @property
    def form(self) -> str:
        """The form it should be on by its year, or for one that departs, the old one."""
        return "2019" if self.year <= 2020 or "other_form" in self.quirks else "2021"

    @property
    def layout(self) -> Layout:
        """How it is drawn."""
        quirk = next((quirk for quirk in _LAYOUT_OF if quirk in self.quirks), "")
        return LAYOUTS[_LAYOUT_OF.get(quirk, "html_plain")]

    @property
    def attached(self) -> bool:
        """Whether the article is a stub with the report as an attachment."""
        return self.kind == "report" and self.layout.body is None

    @property
    def report(self) -> Report:
        """The report as first published."""
        return _report(self, None)

    @property
    def edited(self) -> Report:
        """The report after its silent edit; the same where there is none."""
        return _report(self, self.reveal)

    @cached_property
    def attachment(self) -> bytes:
        """The file of an attached report."""
        return self.layout.render(self.report)


@lru_cache(maxsize=512)  # a report with its cells weighs some 80 kB: a large world must not keep them all
def _report(publication: Publication, change: tuple[Key, int] | None) -> Report:
    agency, year, seed = publication.agency, publication.year, publication.seed
    quirks, form = publication.quirks, publication.form
    rng = chance("report", seed, agency.name, year)
    figures = project(_facts(seed, agency, publication.years)[year], form)
    wording = year - 1 if "copied_prose" in quirks else year
    words = prose.write(agency.name, year, figures, seed, wording, doubt="doubtful_prose" in quirks)
    if "broken_sum" in quirks:
        figures = break_sum(figures, rng)
    habit = rng.choice(publication.layout.habits)
    return Report(
        agency,
        year,
        form,
        figures | dict([change] if change else []),
        words,
        publication.title,
        publication.published_at.date().isoformat(),
        replace(habit, money="bare") if "no_unit" in quirks else habit,
        _tables(figures, quirks),
    )


@lru_cache(maxsize=1024)
def _facts(seed: str, agency: Agency, years: tuple[int, ...]) -> dict[int, Facts]:
    return simulate(f"{seed}/{agency.name}", agency.size, years)


def _tables(figures: Figures, quirks: frozenset[str]) -> dict[str, str]:
    """Only a table with nothing in it is left blank or replaced by 无."""
    tables = dict.fromkeys((PROACTIVE, APPLICATIONS, REVIEWS), "table")
    choice = "stated_none" if "stated_none" in quirks else "blank" if "blank_table" in quirks else "table"
    for name in (APPLICATIONS, REVIEWS):
        if not any(number for key, number in figures.items() if key[0] == name):
            tables[name] = choice
    return tables


# --- a county's worth ----------------------------------------------------------


def publications(seed: str, agencies: tuple[Agency, ...], years: tuple[int, ...]) -> list[Publication]:
    """Everything a county's annual-report columns hold, oldest first."""
    rng = chance("publications", seed)
    quirks = _deal(rng, [(agency, year) for agency in agencies for year in years])
    found = [
        publication
        for agency in agencies
        for year in years
        for publication in _of_year(rng, agency, year, quirks[agency, year], seed, years)
    ]
    ordered = sorted(found, key=lambda p: (p.published_at, p.title))
    return [replace(publication, number=n) for n, publication in enumerate(ordered)]


def _deal(rng: random.Random, places: list[tuple[Agency, int]]) -> dict[tuple[Agency, int], frozenset[str]]:
    """Deals each quirk to its share of the places, at least to one that can show it."""
    dealt: dict[tuple[Agency, int], set[str]] = {place: set() for place in places}
    for quirk, share in QUIRKS.items():
        able = [place for place in places if _can_show(quirk, dealt[place], *place)]
        for place in rng.sample(able, min(len(able), max(1, round(len(places) * share)))):
            dealt[place].add(quirk)
    return {place: frozenset(quirks) for place, quirks in dealt.items()}


def _can_show(quirk: str, others: set[str], agency: Agency, year: int) -> bool:
    if "not_published" in others:
        return False
    if quirk in ("blank_table", "stated_none"):
        return agency.size in ("department", "township") and not others & {"blank_table", "broken_sum"}
    if quirk == "other_form":
        return year == 2021
    if quirk == "copied_prose":  # every other year, so that what is copied is no copy itself
        return year % 2 == 0
    if quirk in _LAYOUT_OF:
        return not others & (_LAYOUT_OF.keys() | ({"two_pages"} if quirk in ("pdf", "docx") else set()))
    return True


def _of_year(
    rng: random.Random, agency: Agency, year: int, quirks: frozenset[str], seed: str, years: tuple[int, ...]
) -> Iterator[Publication]:
    def publish(kind: str, title: str, when: datetime) -> Publication:
        return Publication(0, agency, year, kind, title, when, seed, years, quirks)

    when = _published_at(rng, agency, year, "late" in quirks)
    title = _title(rng, agency, year)
    if "not_published" not in quirks:
        yield publish("report", title, when)
    if "infographic" in quirks:
        yield publish("infographic", f"一图读懂：{title}", when + timedelta(days=2))
    kind, other = rng.choice(_OTHERS)
    if rng.random() < 0.55:
        shift = timedelta(days=rng.randint(-20, 40), minutes=rng.randint(0, 300))
        yield publish(kind, other.format(name=agency.name, year=year), when + shift)


def _published_at(rng: random.Random, agency: Agency, year: int, late: bool) -> datetime:
    legal = datetime(year + 1, 3, 31) if agency.kind == "government" else datetime(year + 1, 1, 31)
    days = rng.randint(5, 150) if late else -rng.randint(1, 24)
    return legal + timedelta(days=days, hours=rng.randint(8, 17), minutes=rng.randint(0, 59))


def _title(rng: random.Random, agency: Agency, year: int) -> str:
    name = agency.name
    if agency.abbreviation and rng.random() < 0.15:
        name = agency.county + agency.abbreviation
    elif agency.kind == "government" and rng.random() < 0.3:
        name = agency.prefecture + name
    return rng.choice(_TITLES).format(name=name, year=year)


def editable(publication: Publication) -> bool:
    """Whether a silent edit of one figure can be shown on it: a page, published once, in today's form."""
    return (
        publication.kind == "report"
        and publication.form == "2021"
        and not publication.quirks - {"word", "split", "infographic"}
    )


def with_edit(publication: Publication) -> Publication:
    """The publication, with the number of permits changed after it was first read.

    No rule of the form ties this figure to another, so the edit breaks nothing.
    """
    key = (PROACTIVE, "20(5)", "administrative_licensing", "decisions")
    return replace(publication, reveal=(key, publication.report.figures[key] + 7))
