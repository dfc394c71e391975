"""``python -m benchmarks.country DIR``: the store of a whole country, as crawls would leave it.

Sixty agencies to a county, eight years each. One agency in five is busy, with figures and a text of its own
(:mod:`benchmarks.large`); of the others nobody asked for anything, and their tables are zero but for what
they disclosed. Those are written from packed reports in which only the agency's name and code differ: byte by
byte what filing such a report would write.
"""

from __future__ import annotations

import argparse
import sys
import zlib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from benchmarks.large import Rows, agency_id, on_all_cores, quiet_report, quiet_ties, writing
from pipelines.packing import pack
from pipelines.parse.records import Report
from samples import places
from samples.chance import chance
from samples.places import Region
from samples.report import Agency

AGENCIES, YEARS = 60, tuple(range(2018, 2026))
BUSY = 0.2  # share of the agencies
_KINDS = 24  # wordings of quiet agencies
_OF_A_PROVINCE = 400  # counties
_TOLD = 100  # places between two words of progress
_NAME, _CODE = "\ue001", "\ue002"  # what stands for them in a packed report
_MORE = (
    *("气象局", "信访局", "林业局", "水文局", "供销社", "文物局", "体育局", "粮食局", "档案局", "公积金中心"),
    *("政务服务中心", "投资促进中心", "机关事务中心", "社会保险中心", "疾控中心", "农技中心", "会展中心"),
)


def write_country(data: Path, counties: int) -> int:
    """Lay out ``data``/store.db; returns how many reports it has."""
    number = 0
    with writing(data) as connection:
        regions = list(_regions(counties))
        rows = Rows()
        rows.places(regions, (agency for region in regions for agency in _agencies(region)))
        rows.enter(connection)
        parts = []
        for region in regions:
            parts.append((number, region, YEARS))
            number += len(_agencies(region)) * len(YEARS)
        for done, made in enumerate(on_all_cores(_of_region, parts)):
            made.enter(connection)
            if done % _TOLD == 0:
                sys.stderr.write(f"{parts[done][0]} reports of {done} of {len(regions)} places\n")
    return number


def _of_region(part: tuple[int, Region, tuple[int, ...]]) -> Rows:
    """The reports of the agencies of a region, numbered from the first number on."""
    number, region, years = part
    rows = Rows(years=years)
    for agency in _agencies(region):
        rng = chance("country", agency.region_code, agency.name)
        busy, kind = rng.random() < BUSY, rng.randrange(_KINDS)
        for year in years:
            if busy:
                rows.report(number, agency, year)
            else:
                _add_quiet(rows, number, agency, year, kind)
            number += 1
    return rows


def _regions(counties: int) -> Iterator[Region]:
    """Provinces of 400 counties each, whose names come again in each of them."""
    for number in range(-(-counties // _OF_A_PROVINCE)):
        of_province = min(_OF_A_PROVINCE, counties - number * _OF_A_PROVINCE)
        digits = str(98 - number)
        for region in places.regions(of_province):
            above = region.parent_code and digits + region.parent_code[2:]
            name = f"{region.province}{number + 1}" if number else region.province
            yield replace(region, code=digits + region.code[2:], parent_code=above, province=name)


def _agencies(region: Region) -> list[Agency]:
    if region.level != "county":
        return []
    usual = list(places.agencies(region, AGENCIES - len(_MORE)))
    office = next(agency for agency in usual if agency.kind == "department")
    more = [
        replace(office, name=f"{region.name}{name}", slug=f"x{number}", abbreviation="")
        for number, name in enumerate(_MORE)
    ]
    return usual + more


def _add_quiet(rows: Rows, number: int, agency: Agency, year: int, kind: int) -> None:
    anonymous = _NAME * len(agency.name)
    report, plain = _model(year, kind, len(agency.name), agency.kind)
    said = plain.replace(anonymous, agency.name).replace(_CODE, agency.region_code)
    identity = replace(
        report.identity,
        agency=agency.name,
        region_code=agency.region_code,
        title=report.identity.title.replace(anonymous, agency.name),
    )
    report_id = f"{agency_id(agency)}-{year}"
    rows.add(
        number,
        report_id,
        replace(report, identity=identity),
        zlib.compress(said.encode()),
        quiet_ties(year),
        0,
    )


@cache
def _model(year: int, kind: int, length: int, office: str) -> tuple[Report, str]:
    """A report of an agency with a name of so many characters, and its JSON as it is packed."""
    agency = Agency(_NAME * length, "", _CODE, office, "township", "x")
    report = quiet_report(agency, year, kind)
    return report, zlib.decompress(pack(report)).decode()


def main() -> None:
    """Write it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.country", description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--counties", type=int, default=3000)
    options = parser.parse_args()
    print(write_country(options.data, options.counties))


if __name__ == "__main__":
    main()
