"""An invented province: regions under codes that GB/T 2260 does not assign (98xxxx), and their agencies."""

from __future__ import annotations

from dataclasses import dataclass

from samples.report import Agency

PROVINCE_CODE = "980000"
_PROVINCE = "岚陵省"
_PREFECTURES = ("望浔市", "栎州市", "澄浦市", "霁阳市", "槐安市", "荻城市", "菱塘市", "梓川市")
#: 硚 is in GBK but not in GB2312
_FIRST = "荻青岚栎槐芦竹丹禾澄霁菱桐枫杏梓苇萍沧荞"
_SECOND = "硚垄埠墅坞甸硐浔渚岑汀垸塬崮峪坝坪圩屿垟"
_COUNTIES_A_PREFECTURE = 75

_DEPARTMENTS = (
    ("教育体育局", "jtj", "department", "教体局"),
    ("财政局", "czj", "department", ""),
    ("自然资源局", "zrzyj", "busy", ""),
    ("住房和城乡建设局", "zjj", "busy", "住建局"),
    ("公安局", "gaj", "busy", ""),
    ("民政局", "mzj", "department", ""),
    ("卫生健康局", "wjj", "department", "卫健局"),
    ("农业农村局", "nyncj", "department", ""),
    ("市场监督管理局", "scjgj", "busy", "市场监管局"),
    ("人力资源和社会保障局", "rsj", "department", "人社局"),
    ("交通运输局", "jtysj", "department", ""),
    ("水务局", "swj", "department", ""),
    ("应急管理局", "yjglj", "department", ""),
    ("审计局", "sjj", "department", ""),
    ("统计局", "tjj", "department", ""),
    ("发展和改革局", "fgj", "department", "发改局"),
    ("司法局", "sfj", "department", ""),
    ("医疗保障局", "ybj", "department", "医保局"),
)
_TOWNS = ("河湾", "石桥", "东岭", "柳泉", "长坡", "南塘", "杨渡", "古井", "双溪", "金沟", "平川", "花园")
_TOWN_KINDS = (("镇", "z"), ("乡", "x"))


@dataclass(frozen=True)
class Region:
    """A row of ``regions.csv``; ``level`` is province, prefecture or county."""

    code: str
    name: str
    level: str
    parent_code: str
    province: str
    prefecture: str
    county: str
    valid_from: str = ""
    valid_to: str = ""


def province() -> Region:
    """The invented province."""
    return Region(PROVINCE_CODE, _PROVINCE, "province", "", _PROVINCE, "", "")


def prefecture(number: int) -> Region:
    """Prefecture ``number``, from 0."""
    name = _PREFECTURES[number]
    return Region(f"98{number + 1:02}00", name, "prefecture", PROVINCE_CODE, _PROVINCE, name, "")


def county(number: int) -> Region:
    """County ``number``, from 0 to 399; each has a name and a code of its own."""
    if not 0 <= number < len(_FIRST) * len(_SECOND):
        raise ValueError(f"there are {len(_FIRST) * len(_SECOND)} invented counties, not {number + 1}")
    above = prefecture(number // _COUNTIES_A_PREFECTURE)
    # walk the diagonal, so that neighbours share neither character
    first = _FIRST[number % len(_FIRST)]
    second = _SECOND[(number + number // len(_FIRST)) % len(_SECOND)]
    name = f"{first}{second}县"
    code = f"{above.code[:4]}{21 + number % _COUNTIES_A_PREFECTURE:02}"
    return Region(code, name, "county", above.code, _PROVINCE, above.name, name)


def regions(counties: int) -> list[Region]:
    """The province, its prefectures and ``counties`` counties, upper levels first."""
    below = [county(n) for n in range(counties)]
    parents = {region.parent_code for region in below}
    above = [prefecture(n) for n in range(len(_PREFECTURES))]
    return [province(), *(p for p in above if p.code in parents), *below]


def agencies(region: Region, count: int) -> tuple[Agency, ...]:
    """``count`` agencies of a county: its government, some 70 % departments, the rest townships."""
    departments = min(len(_DEPARTMENTS), max(0, round(count * 0.7)))
    towns = [(f"{a}{kind}", letter, n) for kind, letter in _TOWN_KINDS for n, a in enumerate(_TOWNS)]
    if count - 1 - departments > len(towns):
        raise ValueError(
            f"a county has at most {1 + departments + len(towns)} invented agencies, not {count}"
        )
    found = [_agency(region, "人民政府", "government", "government", "xzf")]
    for name, slug, size, abbreviation in _DEPARTMENTS[: count - 1]:
        if len(found) <= departments:
            found.append(_agency(region, name, "department", size, slug, abbreviation))
    for name, letter, n in towns[: count - len(found)]:
        found.append(_agency(region, f"{name}人民政府", "township", "township", f"{letter}zf{n + 1}"))
    return tuple(found)


def _agency(region: Region, name: str, kind: str, size: str, slug: str, abbreviation: str = "") -> Agency:
    return Agency(
        f"{region.name}{name}", region.name, region.code, kind, size, slug, abbreviation, region.prefecture
    )
