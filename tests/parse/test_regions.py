"""Divisions: codes, names, former names, short names, and names that many share."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from pipelines.parse.regions import Region, Regions, stem

REGIONS = Regions.builtin()


@pytest.mark.parametrize(
    ("code", "name", "level", "province", "prefecture"),
    [
        ("640424", "泾源县", "county", "宁夏回族自治区", "固原市"),
        ("640400", "固原市", "prefecture", "宁夏回族自治区", "固原市"),
        ("640000", "宁夏回族自治区", "province", "宁夏回族自治区", ""),
        ("110101", "东城区", "county", "北京市", ""),
        ("429004", "仙桃市", "county", "湖北省", ""),
        ("659001", "石河子市", "county", "新疆维吾尔自治区", ""),
        ("222401", "延吉市", "county", "吉林省", "延边朝鲜族自治州"),
        ("320813", "洪泽区", "county", "江苏省", "淮安市"),
        ("330411", "秀洲区", "county", "浙江省", "嘉兴市"),
    ],
)
def test_rows(code: str, name: str, level: str, province: str, prefecture: str) -> None:
    row = REGIONS.get(code)
    assert row is not None
    assert (row.name, row.level, row.province, row.prefecture) == (name, level, province, prefecture)
    assert row.county == (name if level == "county" else "")


def test_the_list_is_whole_and_consistent() -> None:
    rows = list(REGIONS)
    codes = [row.code for row in rows]
    assert codes == sorted(set(codes))
    current = [row for row in rows if not row.valid_to]
    assert sum(row.level == "province" for row in current) == 34
    assert 330 <= sum(row.level == "prefecture" for row in current) <= 345
    assert 2840 <= sum(row.level == "county" for row in current) <= 2900
    for row in rows:
        assert len(row.code) == 6 and row.code.isdigit()
        assert row.level in ("province", "prefecture", "county")
        assert bool(row.parent_code) == (row.level != "province")
        assert not row.parent_code or REGIONS.get(row.parent_code)
        assert not row.valid_to or row.valid_from < row.valid_to
        assert row.longitude is None or 73 < row.longitude < 136
        assert row.latitude is None or 3 < row.latitude < 54


def test_parents_and_within() -> None:
    assert [row.name for row in REGIONS.parents("640424")] == ["固原市", "宁夏回族自治区"]
    assert REGIONS.is_within("640424", "640000")
    assert REGIONS.is_within("640424", "640424")
    assert not REGIONS.is_within("640000", "640424")
    assert REGIONS.get("999999") is None
    assert REGIONS.parents("999999") == ()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("泾源县", {"640424"}),
        ("泾源", {"640424"}),
        ("城关区", {"540102", "620102"}),
        ("鼓楼区", {"320106", "320302", "350102", "410204"}),
        ("孟村", {"130930"}),
        ("孟村县", {"130930"}),
        ("延边州", {"222400"}),
        ("吉林", {"220000", "220200"}),
        ("洪泽县", {"320829"}),
        ("没有这个县", set()),
        ("", set()),
    ],
)
def test_names(name: str, expected: set[str]) -> None:
    assert {row.code for row in REGIONS.find(name)} == expected


def test_near_narrows_down() -> None:
    assert [r.code for r in REGIONS.find("鼓楼区", near="320100")] == ["320106"]
    assert [r.code for r in REGIONS.find("鼓楼区", near="320106")] == ["320106"]
    assert {r.code for r in REGIONS.find("鼓楼区", near="320000")} == {"320106", "320302"}
    assert [r.code for r in REGIONS.find("濮阳", near="410928")] == ["410928"]


def test_former_names_and_codes() -> None:
    assert REGIONS.names("130502") == ("襄都区", "桥东区")
    row = REGIONS.get("320829")
    assert row is not None
    assert (row.name, row.valid_to) == ("洪泽县", "2016-08")
    # abolished and set up again under another code: only the present one is meant
    assert [r.code for r in REGIONS.find("崇川区")] == ["320613"]


@pytest.mark.parametrize(
    ("text", "expected", "rest"),
    [
        ("宁夏回族自治区固原市泾源县财政局", {"640424"}, "财政局"),
        ("宁夏泾源县财政局", {"640424"}, "财政局"),
        ("泾源财政局", {"640424"}, "财政局"),
        ("泾源市场监督管理局", {"640424"}, "市场监督管理局"),
        ("甘肃省兰州市城关区", {"620102"}, ""),
        ("吉林省吉林市船营区民政局", {"220204"}, "民政局"),
        ("濮阳市", {"410900"}, ""),
        ("赵县", {"130133"}, ""),
    ],
)
def test_chains(text: str, expected: set[str], rest: str) -> None:
    match = REGIONS.match_start(text)
    assert match is not None
    assert {row.code for row in match.regions} == expected
    assert text[match.end :] == rest


@pytest.mark.parametrize(
    "text",
    ["城关镇人民政府", "财政局", "城区街道办事处", "", "和平乡人民政府", "泾源市人民政府", "濮阳旗教育局"],
)
def test_no_chain(text: str) -> None:
    assert REGIONS.match_start(text) is None


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("泾源县", "泾源"),
        ("赵县", "赵县"),
        ("孟村回族自治县", "孟村"),
        ("积石山保安族东乡族撒拉族自治县", "积石山"),
        ("巴音郭楞蒙古自治州", "巴音郭楞"),
        ("新疆维吾尔自治区", "新疆"),
        ("内蒙古自治区", "内蒙古"),
        ("神农架林区", "神农架"),
    ],
)
def test_stems(name: str, short: str) -> None:
    assert stem(name) == short


def test_extra_divisions() -> None:
    demo = Region("000123", "云岭县", "county", "000100", "示范省", "示范市", "云岭县")
    more = REGIONS.with_extra([demo])
    assert more.get("000123") == demo
    assert more.find("云岭") == (demo,)
    assert more.get("640424") == REGIONS.get("640424")
    assert REGIONS.find("云岭县") == ()
    renamed = Region(
        "640424", "泾源县", "county", "640400", "宁夏回族自治区", "固原市", "泾源县", longitude=1.0
    )
    again = REGIONS.with_extra([renamed])
    assert again.get("640424") == renamed
    assert len(again) == len(REGIONS)


def test_importing_loads_nothing() -> None:
    code = (
        "import time; t = time.process_time(); import pipelines.parse.regions as r; "
        "d = time.process_time() - t; assert r._builtin.cache_info().currsize == 0; print(d)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert float(out) < 0.5  # seconds of the processor


def test_a_lookup_is_fast() -> None:
    start = time.process_time()
    for _ in range(1000):
        REGIONS.match_start("宁夏回族自治区固原市泾源县财政局")
    assert time.process_time() - start < 1


def test_a_name_at_the_end_of_a_text_ends_there() -> None:
    for name in ("张家港市", "盐池县", "昆山市"):
        match = REGIONS.match_start(name)
        assert match is not None
        assert match.end == len(name)
