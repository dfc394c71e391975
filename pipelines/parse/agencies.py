"""Agencies: what a name says about region, office, kind and field of work.

A canonical name is the county's name and the agency's
official name, without province and prefecture. Short names (教体局) are resolved by
``lookups.toml``, preferring the long form that the document itself prints.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources

from pipelines.parse.leads import without_lead
from pipelines.parse.regions import Match, Region, Regions

GOVERNMENT, DEPARTMENT, TOWNSHIP, OTHER = "government", "department", "township", "other"
PEOPLES_GOVERNMENT = "人民政府"


@dataclass(frozen=True, slots=True)
class Office:
    """An agency's name taken apart.

    ``regions`` are the divisions its name may mean (empty where it names none),
    ``place`` what it prints for the division ("盐池", "华龙区", "" …), ``name`` the
    official long name without division, ``kind`` one of the four above. ``whole`` says that ``name``
    already holds the place and takes no division before it.
    """

    printed: str
    regions: tuple[Region, ...]
    place: str
    name: str
    kind: str
    function: str
    whole: bool = False

    def canonical(self, region: Region | None) -> str:
        """The canonical name, given the division it was found to belong to."""
        if self.whole:
            return self.name
        as_printed = not self.regions or any(r.name == self.place for r in self.regions)
        if region is None or (self.place and as_printed):
            return self.place + self.name
        return region.name + self.name


@lru_cache(maxsize=1)
def _data() -> tuple[dict[str, tuple[str, ...]], tuple[tuple[str, str], ...]]:
    source = resources.files(__package__).joinpath("lookups.toml").read_text(encoding="utf-8")
    agencies = tomllib.loads(source)["agencies"]
    aliases = {short: tuple(longs) for short, longs in agencies["aliases"].items()}
    words = [(word, function) for function, some in agencies["functions"].items() for word in some]
    return aliases, tuple(sorted(words, key=lambda pair: -len(pair[0])))


def expansions(name: str) -> tuple[str, ...]:
    """The official long names a short one may stand for; () where it is none."""
    return _data()[0].get(name, ())


def short_forms(name: str) -> tuple[str, ...]:
    """The short names that may stand for an official long one."""
    return tuple(short for short, longs in _data()[0].items() if name in longs)


def function_of(name: str) -> str:
    """The field of work that a name tells (教育, 财政 …), "" where it tells none."""
    name = name.replace(PEOPLES_GOVERNMENT, "")
    hits = [(-name.find(word), len(word), function) for word, function in _data()[1] if word in name]
    return max(hits)[2] if hits else ""


_ZONE_WORD = (
    r"(?:开发区|实验区|示范区|试验区|管理区|保护区|名胜区|风景区|景区|度假区|园区|"
    r"工业区|(?:产业|工业|科技|示范)园(?!区)|高新区|经开区|保税区|合作区|集聚区|"
    r"聚集区|新区|新城|自贸区)"
)
_ZONE = re.compile(rf"^(?P<zone>.{{0,18}}?{_ZONE_WORD})(?P<rest>.*)$")
_COMMITTEE = re.compile(r"^(?:党工委)?(?:、|和)?(?P<name>管理委员会|管委会|管理处|管理局)?$")
_TOWNSHIP = re.compile(
    r"^(?P<name>[^省市县局]{1,9}?(?:镇|乡|街道|苏木))(?P<organ>人民政府|政府|办事处|"
    r"办|党工委|党委|党政办公室|党政(?:综合)?办|)(?:办公室)?$"
)
# a township or a zone named in a sentence, and not 督促黄花乡人民政府
_NO_NAME_BEGINS = "(?![在经到向与和由让给从对把将被督指帮协促是为本我各该其此])"
_TOWN_ALONE = re.compile(rf"{_NO_NAME_BEGINS}[\u4e00-\u9fff]{{2,4}}(?:(?:镇|乡)(?:人民政府|政府)|街道办事处)")
_ZONE_ALONE = re.compile(rf"{_NO_NAME_BEGINS}[\u4e00-\u9fff]{{2,14}}{_ZONE_WORD}(?:管委会|管理委员会)")
# 县教育局 for its own county's; 市教育局 may be the one above
_RANKED = re.compile(r"[县区旗](?=[\u4e00-\u9fff]{2,16}(?:局|委员会|委)$)")
# a township without its organ, and not 乡镇, 统筹城乡
_TOWN_BARE = re.compile(r"[\u4e00-\u9fff]{2,4}?(?<!城)(?<!村)(?:镇|(?<![城下返镇])乡|街道)")
_TOWN_END = re.compile("(?:镇|乡|街道|苏木)$")
_GOVERNMENT = re.compile(r"^(?:人民政府|政府|)(?:\(本级\)|本级|机关)?$")
# a division that the list doesn't have: 示范市云岭县教育局
_UNLISTED = re.compile(
    r"^(?:[\u4e00-\u9fff]{2,6}(?:省|自治区))?(?:[\u4e00-\u9fff]{2,7}(?:市|州|盟|地区))?"
    r"(?P<county>(?![县区市旗]城市)[\u4e00-\u9fff]{2,6}?(?:自治县|县|区|市|旗))(?!域|场|政|城(?!关)|委员|长|级|民|容)"
    r"(?=$|人民政府|政府|委|[\u4e00-\u9fff]{1,30}(?:局|委员会|办公室|中心|镇|乡|街道|政府|办事处|办|管委会)$)"
)
# 区教育局 → 教育局, but not 市场监督管理局, 县域经济局, 市政管理局, 县直机关工委
_RANK = re.compile(
    r"^(?:自治)?(?:[县区旗]|市(?!场|容|区|政(?!府|务|协)))(?!域|直(?!属)|民(?!政|族|宗|间|营|兵))(?=.)"
)
_OFFICE_END = (
    r"局|委员会|委|办公室|办|中心|厅|院|署|处|站|所|队|馆|社|会|公司|集团|学校|中学|园|场|"
    r"小学|幼儿园|台|部|室|支行|分行|联|联社|协会|协|政府|办事处|分局|库|团|校|监狱|银行"
)
_OFFICE = re.compile(rf"^[\u4e00-\u9fff·、()\d]{{1,38}}(?:{_OFFICE_END})(?:\([\u4e00-\u9fff]{{2,15}}\))?$")
_NOT_OFFICE = re.compile(
    r"^[本原][站网创]|网站|门户网|情况|信息公开|公开(?!办|科|股)|申请|年度|报告|依法(?!治)|[,。;!?]|相关|各级|单位$|我局|本局|下属"
)
# words that begin no name, unless a division's (全南县, 和平县, 本溪市)
_NOT_LEADING = re.compile(
    r"(?:镇|乡|街道)(?:人民)?(?:政府|办事处|办)?$|本(?=[局委办县区市旗镇乡单机])|我|各|该|其|"
    r"全(?=[县区市旗镇乡省])|关于|根据|按照|有关|现(?!代|役)|兹|特(?![殊种色教])"
)
_OF_MANY = re.compile(r"各|部分|所有|全部")  # 盐池县各乡镇
# words of sentences, and the beginnings of names that no field of work has
_VERB = re.compile(
    r"坚持|定期|及时|下设|设立|设在|领导小组|进行|负责|通过|会同|联合(?!会|社|旗)|配合|要求|牵头|召开|成立|印发|"
    r"明确|落实|加强|指定|安排|确定|作为|对(?!外)|的|了|等"
)
_PLAIN_START = re.compile(
    r"委|人民政府|组织部|宣传部|统战|政法|机关|政务|史志|地方志|党史|档案|融媒|红十字|妇女|共青|总工会|工商|"
    r"接待|政策|督查|法制|外事|侨务|防震|气象|人民法院|人民检察院|监察|纪律"
)
_BRACKETED = re.compile(r"\([^()]*\)")
# 盐池县委员会宣传部 is 盐池县委宣传部
_PARTY_COMMITTEE = re.compile(r"^委员会(?=.*[部办室局]$|.*办公室$)")
# what may stand before a division inside an agency's name: a division above that the list doesn't
# have, or the body that the agency is a branch of (国网…公司盐池县供电公司)
_FRONT = re.compile(r"(?:省|自治区|市|州|盟|地区|公司|集团|银行|局|中心|委员会|院|社|大学|中国|国网)$")
# 荻硚县人民政府公布荻硚县教育局…: two names, or a sentence
_SENTENCE = re.compile(r"人民政府(?:关于|对|公布|发布|批准|同意|转发|将|现)|公布|发布|(?<=.)现将")
# authorities whose official name begins above the county and holds it in the middle
_VERTICAL = re.compile(
    r"^(?P<head>国家税务总局|国家统计局|中国气象局|中华人民共和国|共青团|中国共产主义青年团"
    r"|国网[\u4e00-\u9fff]{2,10}?公司)(?P<rest>.+)$"
)
# the customs of a port are named like the authorities above; a district's report tells of several
_CUSTOMS = re.compile(r"^(?P<place>[\u4e00-\u9fff]{2,6})海关(?P<district>关区)?$")
# 农业农村局(乡村振兴局): a second name board; 人民政府(本级) and the like are no names
_SECOND_NAME = re.compile(r"^(?P<name>[^()]{2,36})\([\u4e00-\u9fff、]{2,20}\)$")
# what stands above the cities and offices of 兵团: they lie in no prefecture
_CORPS = re.compile(r"^(?:新疆)?(?:生产建设)?兵团(?:第[一二三四五六七八九十\d]{1,3}师)?(?=.)")
_BRANCH = re.compile(
    r"^(?P<organ>.{2,14}?(?:局|支队|中心|公司))(?P<place>[\u4e00-\u9fff]{2,10}?)"
    r"(?P<end>分局|大队|分公司|分中心|管理部|调查队)$"
)


@lru_cache(maxsize=2048)  # a site names the same few in all its reports, each report them several times
def read_office(text: str, regions: Regions, near: str = "") -> Office | None:
    """An agency's name taken apart, None where ``text`` (compact) is not the name of an agency.

    ``near`` is the code of the site's division, which narrows ambiguous names down.
    """
    if not 2 <= len(text) <= 45 or _NOT_OFFICE.search(text):
        return None
    text = text.removeprefix("中共").removeprefix("中国共产党") or text
    if (
        vertical := _vertical(text, regions, near)
        or _of_corps(text, regions, near)
        or _customs(text, regions)
    ):
        return vertical
    match = regions.match_start(text, near)
    if match and _begins_a_town(text, match, regions, near):
        match = None
    if _SENTENCE.search(text) or (
        not match and (_NOT_LEADING.match(text) or _is_fronted(text, regions, near))
    ):
        return None
    rest = text[match.end :] if match else text
    if match and (branch := _branch(text, match, rest, regions)):
        return branch
    if match and match.short and (zone := _zone(text, match, rest)):
        return zone
    if match and (
        _OF_MANY.match(rest) or (match.short and not (_is_office(rest) or _GOVERNMENT.match(rest)))
    ):
        return None
    place = text[match.start : match.end] if match else ""
    if match and not match.short and place in _BRACKETED.sub("", rest):
        return None  # two agencies, or a sentence
    rest = _PARTY_COMMITTEE.sub("委", rest)
    if not match and not _ZONE.match(rest) and (unlisted := _UNLISTED.match(rest)):
        return _named(text, (), unlisted["county"], rest[unlisted.end() :])
    if not match and (named := _RANK.match(rest)) and _is_ranked(rest[named.end() :]):
        rest = rest[named.end() :]
    return _named(text, match.regions if match else (), place, rest)


def _begins_a_town(text: str, match: Match, regions: Regions, near: str) -> bool:
    """Whether a division's short name may be the beginning of a township's: 山东庄镇, 新安店镇.

    On the site of that division only where too little would be left for the township.
    """
    if match.start or not match.short or not (town := _TOWNSHIP.match(text[match.end :])):
        return False
    return len(_TOWN_END.sub("", town["name"])) < 2 or not regions.is_near(match.regions, near)


def _is_fronted(text: str, regions: Regions, near: str) -> bool:
    """Whether words that belong to no name stand before the first division that ``text`` names."""
    at = next((at for at, _ in divisions_in(text, regions, near)), None)
    return at is not None and at > 0 and not _FRONT.search(text[:at])


def divisions_in(text: str, regions: Regions, near: str) -> Iterator[tuple[int, Match]]:
    """Where full names of divisions stand in ``text`` (compact), from the left; chains and their parts.

    A short name is as good as a full one where it keeps its rank (黔东南州), or stands behind the division
    above (内江市隆昌).
    """
    for at in range(len(text) - 1):
        match = regions.match_start(text[at:], near)
        if match and (not match.short or match.start or text[at + match.end - 1] in "州盟旗县市区"):
            yield at, match


def read_in_sentence(text: str, regions: Regions, near: str = "") -> Office | None:
    """The agency with whose name ``text``, words of a sentence, ends; None where that is not clear.

    The name has to begin with its division, or be a well-known one, or that of a township and short: nothing
    else tells where it begins. Behind words that lead up to a name (现公布…) it begins where they end.
    """
    name = without_lead(text)
    for at, _ in divisions_in(name, regions, near):
        office = read_office(name[at:], regions, near)
        led = at == 0 and name != text and office is not None and not _VERB.search(office.name)
        if office is not None and office.regions and (led or _is_plain(office)):
            return office
    office = read_office(name, regions, near)
    return office if office is not None and _is_known(office) else None


def _is_known(office: Office) -> bool:
    """Whether a name without a division is one as surely as can be."""
    if office.name in _official_names() or _TOWN_ALONE.fullmatch(office.printed):
        return True
    if _RANKED.match(office.printed):
        return _is_plain(office)
    if office.whole and office.regions and _CUSTOMS.match(office.printed):
        return True
    named_after_division = office.whole and office.regions and _ZONE.fullmatch(office.printed)
    zone = named_after_division or _ZONE_ALONE.fullmatch(office.printed)
    return bool(zone) and not _VERB.search(office.printed)


def with_organ(text: str) -> str:
    """The name of an agency, with its organ where it is that of a township alone (桐屿街道办事处)."""
    name = without_lead(text)
    if _TOWN_BARE.fullmatch(name) is None:
        return text
    return name + ("办事处" if name.endswith("街道") else PEOPLES_GOVERNMENT)


def _is_plain(office: Office) -> bool:
    """Whether a name cut out of a sentence is one as surely as can be: 教育局, but not 坚持定期对教体局."""
    if _VERB.search(office.name):
        return False
    if office.kind == GOVERNMENT or office.whole or office.name in _official_names():
        return True
    if office.kind == TOWNSHIP:
        return len(office.name) <= 10
    known = any(office.name.startswith(word) for word, _ in _data()[1])
    return len(office.name) <= 20 and (known or bool(_PLAIN_START.match(office.name)))


@lru_cache(maxsize=1)
def _official_names() -> frozenset[str]:
    return frozenset(long for longs in _data()[0].values() for long in longs) | {PEOPLES_GOVERNMENT}


def _is_ranked(rest: str) -> bool:
    """Whether this may stand behind a bare rank: 县教育局, 县政府."""
    return _is_office(rest) or bool(rest and _GOVERNMENT.match(rest))


def _is_office(rest: str) -> bool:
    return bool(_OFFICE.match(rest) or _TOWNSHIP.match(rest))


def _named(text: str, found: tuple[Region, ...], place: str, rest: str) -> Office | None:
    if _GOVERNMENT.match(rest):
        return Office(text, found, place, PEOPLES_GOVERNMENT, GOVERNMENT, "") if place or rest else None
    if zone := _ZONE.match(rest):
        if committee := _COMMITTEE.match(zone["rest"]):
            name = zone["zone"] + (committee["name"] or "管委会")
            return Office(text, found, place, name, GOVERNMENT, "", whole=not found)
        if town := _TOWNSHIP.match(zone["rest"]):
            return Office(text, found, place, zone["zone"] + _township(town), TOWNSHIP, "", whole=not found)
        if _OFFICE.match(zone["rest"]):
            name = zone["zone"] + _long(zone["rest"])
            return Office(text, found, place, name, DEPARTMENT, function_of(name), whole=not found)
    if town := _TOWNSHIP.match(rest):
        return Office(text, found, place, _township(town), TOWNSHIP, "")
    rest = rest.removesuffix("机关").removesuffix("(本级)") or rest
    if (second := _SECOND_NAME.match(rest)) and _OFFICE.match(second["name"]):
        rest = second["name"]
    if not _OFFICE.match(rest):
        return None
    name = _long(rest)
    return Office(text, found, place, name, _kind(name), function_of(name))


def _long(name: str) -> str:
    longs = expansions(name)
    return longs[0] if longs else name


def _township(town: re.Match[str]) -> str:
    return town["name"] + ("办事处" if town["name"].endswith("街道") else PEOPLES_GOVERNMENT)


def _kind(name: str) -> str:
    if re.search(r"(?:学校|中学|小学|幼儿园|医院|公司|集团|银行|监狱)$", name):
        return OTHER
    return DEPARTMENT


def _zone(text: str, match: Match, rest: str) -> Office | None:
    """平潭综合实验区: a zone that carries the bare name of its division keeps it as printed."""
    zone = _ZONE.match(rest)
    if not zone:
        return None
    stem = text[match.start : match.end]
    if committee := _COMMITTEE.match(zone["rest"]):
        name = stem + zone["zone"] + (committee["name"] or "管委会")
        return Office(text, match.regions, stem, name, GOVERNMENT, "", whole=True)
    if not _OFFICE.match(zone["rest"]):
        return None
    name = stem + zone["zone"] + _long(zone["rest"])
    return Office(text, match.regions, stem, name, DEPARTMENT, function_of(name), whole=True)


def _vertical(text: str, regions: Regions, near: str) -> Office | None:
    found = _VERTICAL.match(text)
    if not found:
        return None
    match = regions.match_start(found["rest"], near)
    name = found["head"] + (found["rest"][match.start :] if match else found["rest"])
    return Office(text, match.regions if match else (), "", name, DEPARTMENT, function_of(text), whole=True)


def _customs(text: str, regions: Regions) -> Office | None:
    """湛江海关 is 中华人民共和国湛江海关; 湛江海关关区, of which it reports too, keeps its name."""
    found = _CUSTOMS.match(text)
    if not found:
        return None
    match = regions.match_start(found["place"])
    if match is None or match.end < len(found["place"]):
        return None
    name = text if found["district"] else "中华人民共和国" + text
    return Office(text, match.regions, "", name, DEPARTMENT, "", whole=True)


def _of_corps(text: str, regions: Regions, near: str) -> Office | None:
    """新疆生产建设兵团第八师石河子市财政局 is the city's; one that names no city keeps its whole name."""
    found = _CORPS.match(text)
    if not found:
        return None
    rest = text[found.end() :]
    if regions.match_start(rest, near):
        office = read_office(rest, regions, near)
        return replace(office, printed=text) if office else None
    return (
        Office(text, (), "", text, _kind(text), function_of(rest), whole=True)
        if _OFFICE.match(rest)
        else None
    )


def _branch(text: str, match: Match, rest: str, regions: Regions) -> Office | None:
    """吴忠市生态环境局盐池分局: the prefecture is part of the official name, the county stands behind."""
    found = _BRANCH.match(rest)
    if not found or all(r.level == "county" for r in match.regions):
        return None
    inner = [
        r
        for above in match.regions
        for r in regions.find(found["place"], near=above.code)
        if r.code != above.code and regions.is_within(r.code, above.code)
    ]
    if not inner:
        return None
    name = text[match.start :]
    return Office(text, tuple(inner), "", name, DEPARTMENT, function_of(name), whole=True)


def prefer_printed(office: Office, text: str, region: Region | None) -> Office:
    """``office`` under the long name that ``text`` (compact) prints for it, where the printed one is short.

    The long name has to stand in the text after the division, its rank (区教育体育局)
    or on its own.
    """
    short = next((s for s in _ends(office.printed) if expansions(s)), "")
    longs = expansions(short)
    if not longs or not office.name.endswith(longs[0]):
        return office
    for long in longs:
        if long != short and _is_printed(long, text, region):
            name = office.name.removesuffix(longs[0]) + long
            return replace(office, name=name)
    return office


def short_form(office: Office) -> tuple[str, tuple[str, ...]]:
    """The short name that ``office`` is printed under, and the long ones it may mean; ("", ()) for none."""
    for short in _ends(office.printed):
        longs = expansions(short)
        if longs:
            known = office.name.endswith(longs) and not office.printed.endswith(longs)
            return (short, longs) if known else ("", ())
    return "", ()


def abbreviates(short: str, long: str) -> bool:
    """Whether ``short`` is an office's name with characters left out: 科文局, of 云岭新区科技文化局."""
    left = iter(long)
    return 2 < len(short) < len(long) and short[-1] == long[-1] and all(char in left for char in short)


def is_guessed(office: Office, text: str) -> bool:
    """Whether the long name of ``office`` is one of several its short one may mean, and printed nowhere."""
    _, longs = short_form(office)
    return len(longs) > 1 and office.name not in text


def _is_printed(name: str, text: str, region: Region | None) -> bool:
    """Whether the text prints this name for the county; behind a prefecture it is the office above it."""
    return bool(region and region.name + name in text) or bool(re.search(f"(?<![省市州]){name}", text))


def _ends(printed: str) -> list[str]:
    return [printed[i:] for i in range(len(printed) - 1)]
