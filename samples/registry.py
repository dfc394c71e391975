"""The registry files a crawl of the sample sites starts from, and their regions."""

from __future__ import annotations

import csv
import json
from dataclasses import asdict, fields
from pathlib import Path

from samples.counties import World
from samples.places import Region
from samples.sites.site import Site

REGIONS_FILE = "regions.csv"


def write_registry(world: World, folder: Path) -> list[Path]:
    """Write one TOML file a site and ``regions.csv`` into ``folder``; returns the TOML files.

    Family and columns are left out: a crawl has to find them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / REGIONS_FILE).open("w", encoding="utf-8", newline="") as out:
        table = csv.DictWriter(out, [field.name for field in fields(Region)])
        table.writeheader()
        table.writerows(asdict(region) for region in world.regions)
    return [_write_site(world, site, folder) for site in world.sites]


def _write_site(world: World, site: Site, folder: Path) -> Path:
    reports = sum(publication.kind == "report" for publication in site.publications)
    lines = [
        f"name = {_text(site.region.name)}",
        f"home = {_text(site.base(world.port) + '/')}",
        f"hosts = [{_text(f'{site.host}:{world.port}')}]",
        f"site_id_code = {_text(site.id_code)}",
        f"agencies = [{', '.join(_text(agency.name) for agency in site.agencies)}]",
        "delay = 0",
        "[expect]",
        f"min_reports = {reports * 9 // 10}",
    ]
    path = folder / f"{site.region.code}.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _text(value: str) -> str:
    """A TOML string; JSON's is one for the characters used here."""
    return json.dumps(value, ensure_ascii=False)
