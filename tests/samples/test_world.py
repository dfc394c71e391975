import csv
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pytest

from samples import places
from samples.counties import World
from samples.publication import QUIRKS

_REAL_REGIONS = Path(__file__).parents[2] / "pipelines" / "parse" / "regions.csv"


@pytest.fixture(scope="module")
def world():
    return World.build()


def test_the_default_world_is_the_demo(world):
    assert len(world.sites) == 3
    assert 190 <= len(world.expected) <= 210
    assert len(world.expected) + len(world.missing) == 3 * 10 * 7
    attached = sum(bool(e.attachment_urls) for e in world.expected)
    assert 0.1 < attached / len(world.expected) < 0.2


def test_the_same_seed_gives_the_same_world_and_another_another(world):
    assert World.build().expected == world.expected
    assert World.build(seed=2).expected != world.expected


def test_every_peculiarity_occurs(world):
    seen = Counter(quirk for e in world.expected for quirk in e.quirks)
    assert set(seen) == set(QUIRKS) - {"not_published"}
    assert world.missing
    states = {cell.state for e in world.expected for cell in e.cells}
    assert states == {"number", "blank", "dash"}
    assert any(
        cell.value is None and cell.raw for e in world.expected for cell in e.cells if cell.unit == "yuan"
    )
    assert any("stated_none" in e.states.values() for e in world.expected)
    assert any({c.state for c in e.cells if c.table_name == "reviews"} == {"blank"} for e in world.expected)
    assert any(len(e.urls) > 1 for e in world.expected)
    assert sum(e.edit is not None for e in world.expected) == 1


def test_only_reports_broken_on_purpose_break_rules(world):
    broken = {e.urls[0] for e in world.expected if e.broken}
    assert broken == {e.urls[0] for e in world.expected if "broken_sum" in e.quirks and e.broken}
    assert broken


def test_forms_follow_the_year_but_for_some_of_2021(world):
    by_year = defaultdict(set)
    for e in world.expected:
        by_year[e.year].add(e.format)
    assert by_year[2019] == by_year[2020] == {"2019"}
    assert by_year[2021] == {"2019", "2021"}
    assert all(by_year[year] == {"2021"} for year in (2022, 2023, 2024, 2025))


def test_late_reports_are_published_after_the_legal_date(world):
    for e in world.expected:
        government = e.agency.endswith("县人民政府")
        legal = date(e.year + 1, 3, 31) if government else date(e.year + 1, 1, 31)
        assert (date.fromisoformat(e.published_on) > legal) == ("late" in e.quirks)


def test_agencies_and_codes_are_nobodys(world):
    names = {e.agency for e in world.expected}
    assert len(names) == 30
    assert {region.code[:2] for region in world.regions} == {"98"}
    assert [r.level for r in world.regions] == ["province", "prefecture", "county", "county", "county"]
    assert all(e.agency.startswith(tuple(s.region.name for s in world.sites)) for e in world.expected)


def test_invented_regions_have_no_real_names_or_codes():
    lines = _REAL_REGIONS.read_text("utf-8").splitlines()
    real = list(csv.DictReader(line for line in lines if line[0] != "#"))
    invented = places.regions(400)
    assert not {region.name for region in invented} & {row["name"] for row in real}
    assert not {region.code for region in invented} & {row["code"] for row in real}
    assert len({region.code for region in invented}) == len(invented)


def test_titles_print_names_in_other_ways_too(world):
    printed = Counter()
    for e in world.expected:
        printed["canonical" if e.agency in e.title else "other"] += 1
        printed["with prefecture"] += world.regions[1].name in e.title
    assert printed["canonical"] > 150
    assert printed["other"] >= 3
    assert printed["with prefecture"] >= 1


def test_years_chain_across_an_agencys_reports(world):
    by_agency = defaultdict(dict)
    for e in world.expected:
        by_agency[e.agency][e.year] = {(c.table_name, c.row, c.column): c.value for c in e.cells}
    compared = 0
    for years in by_agency.values():
        for year in years:
            carried = years[year].get(("applications", "carried_over", "total"))
            left = years.get(year - 1, {}).get(("applications", "carried_forward", "total"))
            if carried is not None and left is not None:
                assert carried == left
                compared += 1
    assert compared > 60


def test_a_large_world_is_made_at_once():
    world = World.build(counties=300, agencies=5)
    hosts = {site.host for site in world.sites}
    assert (
        len(hosts)
        == len({site.region.code for site in world.sites})
        == len({s.region.name for s in world.sites})
    )
    assert len(hosts) == 300
    assert all(host.startswith("127.") for host in hosts)
    assert sum(len(site.publications) for site in world.sites) > 10_000


def test_wrong_sizes_are_refused():
    with pytest.raises(ValueError, match="400"):
        World.build(counties=401, agencies=1)
    with pytest.raises(ValueError, match="agencies"):
        World.build(counties=1, agencies=99)
    with pytest.raises(ValueError, match="no such family"):
        World.build(families=("joomla",))
