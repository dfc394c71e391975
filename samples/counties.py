"""The world of the samples: counties, their sites and what is true about every report on them.

Size is free: the demo has three counties of ten agencies over seven years (some
200 reports); a benchmark of 300 hosts and 10,000 documents is
``World.build(counties=300, agencies=5)``. Reports and pages are made when asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from samples import places
from samples.forms import Key
from samples.places import Region
from samples.prose import Stated
from samples.publication import Publication, editable, publications, with_edit
from samples.report import Agency, CellTruth, Report
from samples.sites import FAMILIES
from samples.sites.site import Site

#: fixed, since the addresses of the demo's reports contain it
DEFAULT_PORT = 8765
DEFAULT_YEARS = tuple(range(2019, 2026))
#: the families the counties use in turn; the demo's three counties have the first three
DEFAULT_FAMILIES = ("trs", "jcms", "gkmlpt")


@dataclass(frozen=True)
class Expected:
    """What an archive must hold of one report; the figures are those of its first version.

    ``urls`` are the articles (several where it was published several times),
    ``attachment_urls`` the files behind them. ``broken`` are the (rule, scope) of the
    form's arithmetic that fail. ``edit`` is the truth about the one cell that a silent
    edit changes after the first visit.
    """

    site: str
    agency: str
    region_code: str
    year: int
    urls: tuple[str, ...]
    attachment_urls: tuple[str, ...]
    title: str
    published_on: str
    format: str
    layout: str
    cells: tuple[CellTruth, ...]
    states: dict[str, str]
    broken: tuple[tuple[str, str], ...]
    stated: tuple[Stated, ...]
    quirks: frozenset[str]
    edit: CellTruth | None = None


@dataclass(frozen=True)
class World:
    """``sites`` to serve, ``expected`` reports, and the (agency, year) that have none (``missing``)."""

    sites: tuple[Site, ...]
    regions: tuple[Region, ...]
    years: tuple[int, ...]
    port: int = DEFAULT_PORT

    @classmethod
    def build(
        cls,
        seed: int = 1,
        counties: int = 3,
        agencies: int = 10,
        years: Sequence[int] = DEFAULT_YEARS,
        port: int = DEFAULT_PORT,
        families: Sequence[str] = DEFAULT_FAMILIES,
    ) -> World:
        """A world from a seed: the same arguments give the same world, byte for byte.

        ``counties`` is at most 400, ``agencies`` (a county) at most some 30; ``years``
        ascending without gaps; ``families`` are names of FAMILIES, given to the
        counties in turn. One report of the first county has a silent edit.
        """
        made = [_site(seed, n, agencies, tuple(years), families[n % len(families)]) for n in range(counties)]
        if made:
            made[0] = _with_silent_edit(made[0])
        return cls(tuple(made), tuple(places.regions(counties)), tuple(years), port)

    def at(self, port: int) -> World:
        """The same world on another port."""
        return replace(self, port=port)

    @cached_property
    def expected(self) -> tuple[Expected, ...]:
        """The truth about every report, by site and time."""
        return tuple(
            self._expected(site, publication)
            for site in self.sites
            for publication in site.publications
            if publication.kind == "report"
        )

    @cached_property
    def missing(self) -> tuple[tuple[Agency, int], ...]:
        """The (agency, year) whose report nobody published."""
        return tuple(
            (agency, year)
            for site in self.sites
            for agency in site.agencies
            for year in self.years
            if not any(p.kind == "report" and (p.agency, p.year) == (agency, year) for p in site.publications)
        )

    def _expected(self, site: Site, publication: Publication) -> Expected:
        report = publication.report
        pages = FAMILIES[site.family]
        base = site.base(self.port)
        urls = tuple(base + path for path in pages.addresses(site, publication))
        files = tuple(base + path for path in pages.attachments(site, publication))
        return Expected(
            site.region.code,
            report.agency.name,
            report.agency.region_code,
            report.year,
            urls,
            files,
            report.title,
            report.published_on,
            report.form,
            publication.layout.name,
            tuple(report.cells.values()),
            report.states,
            report.broken,
            report.prose.stated,
            publication.quirks - (set() if pages.turns_pages else {"two_pages"}),
            _edited_cell(publication.edited, publication.reveal),
        )


def _edited_cell(report: Report, reveal: tuple[Key, int] | None) -> CellTruth | None:
    return report.cells[reveal[0]] if reveal else None


def _site(seed: int, number: int, count: int, years: tuple[int, ...], family: str) -> Site:
    if family not in FAMILIES:
        raise ValueError(f"no such family of sites: {family!r} (there are {', '.join(sorted(FAMILIES))})")
    region = places.county(number)
    agencies = places.agencies(region, count)
    name = f"{seed}/{region.code}"
    return Site(number, region, family, agencies, tuple(publications(name, agencies, years)))


def _with_silent_edit(site: Site) -> Site:
    """The site with one report, of its latest year but one if possible, that changes after it was read."""
    able = [publication for publication in site.publications if editable(publication)]
    if not able:
        return site
    chosen = able[-1 - len(able) // 4]
    edited = tuple(with_edit(p) if p is chosen else p for p in site.publications)
    return replace(site, publications=edited)
