"""Letting an archive know sites, divisions, and the agencies that are expected to report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from crawler.registry import REGION_COLUMNS, Registry, Site
from pipelines.decisions import load_decisions
from pipelines.parse.regions import Region, Regions
from pipelines.reports import expect_agencies, unite_renamed
from pipelines.store import Store
from pipelines.store.places import definition_of


def register(store: Store, sites: Iterable[Site], regions: tuple[Region, ...]) -> None:
    """Let an archive know sites, divisions, and the agencies that are expected to report."""
    sites = tuple(sites)
    decisions = load_decisions(store.data)
    known = Regions.builtin().with_extra(regions)
    with store.transaction():
        put_sites(store, sites, regions)
        for site in sites:
            expect_agencies(store, site.site, site.code, site.agencies, known, decisions)
        unite_renamed(store, decisions)


def enrol(store: Store, registry: Registry) -> None:
    """Let an archive know every site of a registry, also those that no run has taken up yet: that nobody
    looked there is to be seen.
    """
    known = {row["site"]: row["definition"] for row in store.sites()}
    fresh = [site for site in registry.sites.values() if known.get(site.site) != definition_of(asdict(site))]
    if fresh:
        register(store, fresh, registry.regions)


def put_sites(store: Store, sites: Iterable[Site], regions: tuple[Region, ...]) -> None:
    """Enter sites and divisions as the registry has them."""
    plain = [{k: v or None for k, v in asdict(region).items() if k in REGION_COLUMNS} for region in regions]
    with store.transaction():
        store.put_regions(plain)
        for site in sites:
            store.put_site(
                site.site,
                name=site.name,
                home=site.home,
                definition=asdict(site),
                region_code=site.code,
                family=site.family or None,
            )
