"""Agencies are one through short names, spellings and decided renames, and two where nothing says so."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from pathlib import Path

import pytest

from pipelines.decisions import Decisions, Renamed
from pipelines.parse.records import Document, Hints
from pipelines.parse.regions import Regions
from pipelines.parse.report import parse
from pipelines.readout import read_out
from pipelines.reports import Bundle, Source, expect_agencies, save, unite_renamed, waiting
from pipelines.store import Store

REGIONS = Regions.builtin()
SITE = "410621"  # 浚县
TEXT = """{title}

一、总体情况
{name}认真落实条例，全年公开信息{year}条。
二、主动公开政府信息情况
无
三、收到和处理政府信息公开申请情况
无
四、政府信息公开行政复议、行政诉讼情况
无
五、存在的主要问题及改进情况
内容不够丰富。
六、其他需要报告的事项
无
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path, write=True) as opened:
        opened.begin_crawl("crawl")
        opened.put_site(SITE, name="浚县", home="http://www.x.gov.cn/", definition={}, region_code=SITE)
        yield opened


def put(store: Store, name: str, year: int, decisions: Decisions | None = None, said: str = "") -> str:
    """A report of that name and year, from the county's site."""
    text = TEXT.format(title=f"{name}{year}年政府信息公开工作年度报告", name=said or name, year=year)
    read = read_out(parse(Document(text.encode(), name="a.txt", hints=Hints(region_code=SITE)), REGIONS))
    assert read.laid_out, read.issues
    url = f"www.x.gov.cn/{name}{year}.txt"
    seen = "2026-01-02T03:04:05Z"
    bundle = Bundle(Source(url, f"http://{url}", "0" * 64), (), SITE, "www.x.gov.cn", seen, seen, 1, True)
    report_id = save(store, bundle, read, REGIONS, decisions)
    assert report_id
    return report_id


def agencies(store: Store) -> dict[str, list[int]]:
    """Canonical name → years."""
    found: dict[str, list[int]] = {row["name"]: [] for row in store.rows("SELECT name FROM agencies")}
    for row in store.rows("SELECT name, year FROM agencies JOIN reports USING (agency_id) ORDER BY year"):
        found[row["name"]].append(row["year"])
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("names", "name"),
    [
        (("浚县教体局", "浚县教育和体育局"), "浚县教育和体育局"),
        (("浚县教育和体育局", "浚县教体局"), "浚县教育和体育局"),
        (("浚县教育体育局", "浚县教育和体育局"), "浚县教育和体育局"),
        (("鹤壁市浚县财政局", "浚县财政局", "教育局"), None),
        (("河南省鹤壁市浚县财政局", "浚县财政局"), "浚县财政局"),
        (("浚县政府办", "浚县人民政府办公室"), "浚县人民政府办公室"),
        (("浚县石桥镇", "浚县石桥镇人民政府", "石桥镇政府"), "浚县石桥镇人民政府"),
        (("浚县城管局", "浚县城市管理综合执法局"), "浚县城市管理综合执法局"),
        (("浚县", "浚县人民政府", "浚县政府"), "浚县人民政府"),
        (("浚县经济开发区教体局", "浚县经济开发区教育和体育局"), "浚县经济开发区教育和体育局"),
    ],
)
def test_forms_of_one_name_are_one_agency(store: Store, names: tuple[str, ...], name: str | None) -> None:
    ids = {put(store, form, 2018 + i).rsplit("-", 1)[0] for i, form in enumerate(names)}
    if name is None:
        assert len(agencies(store)) == 2
        return
    assert agencies(store) == {name: list(range(2018, 2018 + len(names)))}
    assert len(ids) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "names",
    [
        ("浚县教育和体育局", "浚县教育体育局", "浚县教体局"),
        ("浚县住建局", "浚县住房和城乡建设局", "浚县住房城乡建设局"),
        ("浚县卫健委", "浚县卫生健康委员会", "鹤壁市浚县卫生健康委员会"),
    ],
)
def test_an_agency_is_the_same_whichever_of_its_names_came_first(
    tmp_path: Path, names: tuple[str, ...]
) -> None:
    found = set()
    for order in permutations(enumerate(names, 2020)):
        with Store.open(tmp_path / str(order), write=True) as store:
            store.begin_crawl("crawl")
            with store.transaction():
                for year, name in order:
                    put(store, name, year)
            found.add(
                tuple(tuple(row.values()) for row in store.rows("SELECT agency_id, name FROM agencies"))
            )
    assert len(found) == 1


def test_only_names_that_say_their_division_are_kept(store: Store) -> None:
    put(store, "教育局", 2020)
    put(store, "浚县教育局", 2021)
    put(store, "鹤壁市浚县教育局", 2022)
    names = {row["name"] for row in store.rows("SELECT name FROM agency_names")}
    assert names == {"浚县教育局", "鹤壁市浚县教育局"}


@pytest.mark.parametrize(
    "names",
    [
        ("浚县教育局", "浚县教育体育局"),
        ("浚县城市管理局", "浚县城市管理综合执法局"),
        ("浚县国土资源局", "浚县自然资源局"),
        ("浚县石桥镇", "浚县石桥乡"),
        ("浚县财政局", "浚县经济开发区财政局"),
    ],
)
def test_different_names_are_different_agencies(store: Store, names: tuple[str, ...]) -> None:
    for i, name in enumerate(names):
        put(store, name, 2018 + i)
    assert len(agencies(store)) == 2


def test_a_short_name_of_several_known_agencies_joins_none_of_them(store: Store) -> None:
    put(store, "浚县城市管理综合执法局", 2019)
    put(store, "浚县城市综合管理局", 2020)
    put(store, "浚县城管局", 2021)
    assert agencies(store)["浚县城市管理局"] == [2021]


# --- expected ---


def test_expected_agencies_are_those_found(store: Store) -> None:
    expect_agencies(store, SITE, SITE, ["河南省鹤壁市浚县教体局", "财政局", "浚县审计局"], REGIONS)
    put(store, "浚县教育和体育局", 2021)
    put(store, "浚县财政局", 2021)
    assert agencies(store) == {"浚县教育和体育局": [2021], "浚县财政局": [2021], "浚县审计局": []}
    assert store.value("SELECT count(*) FROM agencies WHERE expected = 1 AND region_code = ?", (SITE,)) == 3
    expect_agencies(store, SITE, SITE, ["浚县教体局"], REGIONS)
    expected = [row["name"] for row in store.rows("SELECT name FROM agencies WHERE expected = 1")]
    assert expected == ["浚县教育和体育局"]
    assert len(agencies(store)) == 3


# --- renames ---

RENAMED = Decisions((Renamed(SITE, ("浚县教育局", "浚县教育体育局")),))


def test_a_rename_is_proposed_and_the_proposal_withdrawn_when_both_report(store: Store) -> None:
    put(store, "浚县教育局", 2017)
    put(store, "浚县教育体育局", 2019)
    (issue,) = store.open_issues("info")
    assert issue["code"] == "agency_renamed"
    assert 'names = ["浚县教育局", "浚县教育体育局"]' in issue["detail"]
    put(store, "浚县教育局", 2019)
    assert store.open_issues("info") == []


def test_a_decided_rename_is_one_agency_from_the_start(store: Store) -> None:
    first = put(store, "浚县教育局", 2017, RENAMED)
    second = put(store, "浚县教体局", 2019, RENAMED)
    assert first.rsplit("-", 1)[0] == second.rsplit("-", 1)[0]
    assert store.open_issues("info") == []


def test_agencies_already_there_become_one_and_ids_stay(store: Store) -> None:
    later = put(store, "浚县教育体育局", 2019)
    first = put(store, "浚县教育局", 2018)
    unite_renamed(store, RENAMED)
    assert agencies(store) == {"浚县教育体育局": [2018, 2019]}
    assert store.value("SELECT agency_id FROM agencies") == first.rsplit("-", 1)[0]
    assert {row["report_id"] for row in store.rows("SELECT report_id FROM reports")} == {first, later}
    assert put(store, "浚县教育体育局", 2019, RENAMED) == later
    assert store.value("SELECT agency_id FROM reports WHERE year = 2019") == first.rsplit("-", 1)[0]
    assert store.open_issues("info") == []
    [untied] = waiting(store)
    assert untied.years == [2018, 2019], "one agency's years are checked together"


def test_agencies_that_reported_side_by_side_stay_apart(store: Store) -> None:
    put(store, "浚县教育局", 2018)
    put(store, "浚县教育体育局", 2018)
    unite_renamed(store, RENAMED)
    assert len(store.db.execute("SELECT 1 FROM agencies").fetchall()) == 2
    assert [issue["code"] for issue in store.open_issues("warning")] == ["agency_names_overlap"]
