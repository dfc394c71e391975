"""Which agency a report is of: who is named, where, and how surely."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipelines.parse.agencies import (
    DEPARTMENT,
    GOVERNMENT,
    PEOPLES_GOVERNMENT,
    TOWNSHIP,
    Office,
    abbreviates,
    expansions,
    is_guessed,
    prefer_printed,
    read_in_sentence,
    read_office,
    with_organ,
)
from pipelines.parse.evidence import Findings
from pipelines.parse.location import Near, locate
from pipelines.parse.masthead import Masthead, named_in_text
from pipelines.parse.regions import Region, Regions
from pipelines.parse.titles import Claim, Title, compact


@dataclass(frozen=True)
class Owner:
    """The agency found: its name taken apart, its division, and other forms of its name."""

    office: Office
    region: Region | None
    names: tuple[str, ...]

    @property
    def name(self) -> str:
        """The canonical name."""
        return self.office.canonical(self.region)


def find_owner(
    head: Masthead,
    title: Title,
    source: str,
    year: int | None,
    regions: Regions,
    near: Near,
    found: Findings,
) -> Owner | None:
    """The agency a report is of, None where nothing names one; evidence and doubts go to ``found``."""
    for office, origin, words in _offices(head, title, source, regions, near):
        office = _as_signed(office, head, regions, near)
        office = replace(office, regions=_existing(office.regions, year))
        region = locate(office, head, regions, near, found)
        office = prefer_printed(office, _own_words(head), region)
        owner = Owner(office, region, ())
        found.note("agency", owner.name, origin, words)
        return replace(owner, names=_names(owner, head, regions, near))
    return _government_of_site(head, regions, near, found)


def _as_signed(office: Office, head: Masthead, regions: Regions, near: Near) -> Office:
    """An office that is named by a short name alone, under the full one that signs the report."""
    name, _ = head.signature
    if office.kind != DEPARTMENT or office.regions or office.whole or not abbreviates(office.printed, name):
        return office
    signed = read_office(name, regions, near.code)
    fuller = signed and signed.kind == DEPARTMENT and signed.regions and signed.name != office.name
    return signed if signed and fuller else office


def _existing(some: tuple[Region, ...], year: int | None) -> tuple[Region, ...]:
    """Of several divisions of a name those that had not been abolished before the year reported on."""
    existing = tuple(r for r in some if not r.valid_to or (year and r.valid_to[:4] >= str(year)))
    return existing or some


def _own_words(head: Masthead) -> str:
    """The text and what the page says of its publisher: where a long name may stand."""
    return "\n".join([head.text, *(name for name, _ in head.publishers), compact(head.document.hints.agency)])


def _offices(
    head: Masthead, title: Title, source: str, regions: Regions, near: Near
) -> Iterator[tuple[Office, str, str]]:
    """(office, source, words) of who may be the report's agency, the most telling first."""
    for printed, origin, words in _stated(head, title, source):
        office = read_office(printed, regions, near.code)
        if office and origin == "meta" and office.name == PEOPLES_GOVERNMENT:  # perhaps the site's
            office = _whose(office, origin, head)
        if office:
            yield office, origin, words
    for printed, origin, words in _mentioned(head):
        read = read_in_sentence if origin == "text" else read_office
        office = read(printed, regions, near.code)
        if office and (whose := _whose(office, origin, head)):
            yield whose, origin, words


def _stated(head: Masthead, title: Title, source: str) -> Iterator[tuple[str, str, str]]:
    """(name, source, words) of the agency in titles of the report, beside them and in the manifest."""
    if title.agency:
        yield title.agency, source, title.text
    if hinted := head.document.hints.agency:
        yield compact(hinted), "manifest", hinted
    if title.text:
        for line in head.beside(title):
            yield line, "title", line
    for other in head.other_titles:
        if other.title.claim is Claim.REPORT and other.title.agency:
            yield other.title.agency, other.source, other.title.text


def _mentioned(head: Masthead) -> Iterator[tuple[str, str, str]]:
    """(name, source, words) of who the text names, and who is said to publish it."""
    yield from ((with_organ(t.agency), "text", t.text) for t in announced(head) if t.agency)
    yield from ((m["name"], "text", m[0]) for m in _REPORTING.finditer(head.intro))
    yield from _named_by_contact(head)
    name, day = head.signature
    yield name, "text", name + day
    yield from ((name, origin, name) for name, origin in head.publishers)
    yield from _named_as_subject(head)


def announced(head: Masthead) -> Iterator[Title]:
    """Reports that the introduction names, and those that the first words of section one announce."""
    yield from named_in_text(head.intro)
    start = _section_one(head)
    if start > 4:
        for sentence in _ANNOUNCED.findall(head.text[start : start + 600]):
            yield from named_in_text(sentence)


_ANNOUNCED = re.compile(r"[,。;:](现(?:面?向社会)?(?:将|就|公布|发布|公开)[^,。;:]{4,60}?(?:报告|年报)》?)")
_REPORTING = re.compile(
    r"(?:^|[,。;:])(?P<name>[\u4e00-\u9fff]{4,45}?)(?=现将|现就|现对|(?:组织)?编制(?:了|完成)|(?:结合|根据)[^,。;]{2,12},编制本|对20\d\d年|就20\d\d年)"
)
_CONTACT = re.compile(
    r"(?:请与|请联系:?|请致电|请直接与|可与|可联系|联系单位[::]|由)"
    r"(?P<name>[\u4e00-\u9fff]{3,40}?)(?=联系|咨询|根据|按照|依据|结合|负责|(?:组织|牵头|汇总)?编制|公布|"
    r"发布|\(|,|。|;|地址|电话)"
)
# in section one many are named: who has made the report, and whom to ask about it
_MAKER = re.compile(
    r"(?:由|请与|请联系|可与|可联系)(?P<name>[\u4e00-\u9fff]{3,40}?)(?=(?:组织|牵头|汇总)?编制|联系)"
)
_SUBJECT = re.compile(
    r"(?:^|[。,;:]|(?<=总体情况)|(?<![至到自])(?=20\d\d年))(?:20\d\d年(?:年?度)?(?:以来)?,?)?(?P<name>[\u4e00-\u9fff]{2,26}?"
    r"(?:局|委员会|人民政府|政府|街道|镇|乡|街道办事处|管委会|办公室|中心|委|厅|开发区|经开区|高新区))"
    r"(?=,|坚持|依据|认真|严格|深入|紧紧|高度|按照|根据|围绕|全面|在|以|积极|切实|"
    r"主动|进一步|始终|把|将|共|通过|政府信息公开|加强|持续|扎实|聚焦|立足|不断|深化|强化|未?收到|20\d\d年)"
)


# the office of a bureau, to which readers are sent; 机构编制委员会办公室 is an agency itself
_INNER_OFFICE = re.compile(
    r"(?:(?<=局)|(?<=政府办)|(?<=管委会)|(?<=管理委员会)|(?<=[革健]委))"
    r"(?:[^队所院站校局心委]{0,12}?(?:办公室|股|科|室)|(?:政务|网络|宣传)?信息中心)$|"
    r"(?:(?<=[局院镇乡道心社会队司学站所委处部办室])|(?<=[镇乡]人民政府))"
    r"(?<!编制委员会)(?<!信息化委员会)(?<!工作委员会)(?<!动员委员会)(?<!安全委员会)"
    r"(?:(?:政务|信息)公开(?:工作)?(?:领导小组)?|党政(?:综合)?|综合)?(?:办公室|股|科)$"
    r"|(?<=[镇乡]人民政府|街道办事处)[\u4e00-\u9fff]{2,14}$"
)


def _named_by_contact(head: Masthead) -> Iterator[tuple[str, str, str]]:
    tail = head.text[-600:]
    for text in (head.intro, tail):
        for found in _CONTACT.finditer(text):
            yield with_organ(_INNER_OFFICE.sub("", found["name"])), "text", found[0]
    start = _section_one(head)
    for found in _MAKER.finditer(head.text, start, start + 600):
        yield _INNER_OFFICE.sub("", found["name"]), "text", found[0]


def _section_one(head: Masthead) -> int:
    """Where the words of section one begin: a report without an introduction names itself there."""
    return max(head.text.find("总体情况") + 4, 0)


def _named_as_subject(head: Masthead) -> Iterator[tuple[str, str, str]]:
    """Who does something in a sentence; of bureaus named by their rank (县教育局) only one that stands alone,
    and at the beginning or more than once: others may be named too.
    """
    start = _section_one(head)
    subjects = [
        (found["name"], found[0].strip("。,;:"), found.start() - first < _BEGINNING)
        for text, first in ((head.intro, 0), (head.text, start))
        for found in _SUBJECT.finditer(text, first, first + 1500)
    ]
    ranked = {name for name, _, _ in subjects if name[0] in "县区旗"}
    for name, words, early in subjects:
        if name not in ranked or (len(ranked) == 1 and (early or head.text.count(name) > 1)):
            yield name, "text", words


_BEGINNING = 200  # characters of section one, or of the introduction, in which a report names itself


_COUNTY_WIDE = re.compile(r"(?:全|我)(?:县|区|市|旗)")
_BUREAU = re.compile(r"[我本](?:局|委(?!托|员)|办(?!法|理|事))")
# what a text calls its author: 我局, 本校
_OWN = re.compile(
    r"[我本](局|委(?!托|员)|办(?!法|理|事)|厅|镇|乡|街道|苏木|校|院|园|中心|所(?!有|属|列|谓)|站|处(?!理|罚)|大队|公司)"
)
# authors of these kinds name bureaus, however full their names, as others
_SMALL = frozenset(("镇", "乡", "街道", "苏木", "校", "院", "园"))
_ONE_OFFICE = re.compile(r"(?:我|本)(?:局|委|镇|乡|街道|中心|单位|办)")


# those that put everybody's pages online
_MEDIA = re.compile(r"融媒|新闻|信息(?:化)?中心|电子政务|广播|电视|报社|网络中心")


def _whose(office: Office, origin: str, head: Masthead) -> Office | None:
    """Whose report it is that a name outside the titles stands for, None where that can't be told.

    The government and its office put everybody's reports online: as publishers, or as
    the office to ask, they are the report's agency only where it speaks of the whole county.
    A township that the text of a county or of a bureau names by its name alone is one of many, as is a
    bureau that the text of a county names so, and any that of a township or a school names; a bureau's zone
    is not the bureau.
    """
    of_county = _COUNTY_WIDE.search(head.text) and not _ONE_OFFICE.search(head.text)
    if office.kind == TOWNSHIP and not office.regions and (of_county or _BUREAU.search(head.text)):
        return None
    if office.kind == GOVERNMENT and office.whole and _BUREAU.search(head.text):
        return None
    if office.kind == DEPARTMENT and not office.regions and of_county:
        return None
    may_be_others = not office.regions or (origin == "text" and _SMALL.issuperset(_own(head.text)))
    if office.kind == DEPARTMENT and may_be_others and not _speaks(office, head.text):
        return None
    offices = (PEOPLES_GOVERNMENT + "办公室", PEOPLES_GOVERNMENT + "办公厅")
    if origin == "meta" and (_MEDIA.search(office.name) or not (office.regions or office.function)):
        return None
    putting_online = office.name in offices or (origin == "meta" and office.name == PEOPLES_GOVERNMENT)
    if not putting_online:
        return office
    if of_county:
        return replace(office, name=PEOPLES_GOVERNMENT, kind="government", function="")
    own = office.name in offices and re.search("(?:我|本)办(?!法|理|事)", head.text)
    return office if own else None


def _speaks(office: Office, text: str) -> bool:
    """Whether an office may be the one that a text calls itself (我局), if it does."""
    own = _own(text)
    return not own or any(word in office.name[-4:] for word in own)


def _own(text: str) -> set[str]:
    """What a text calls its author."""
    return set(_OWN.findall(text))


def _government_of_site(head: Masthead, regions: Regions, near: Near, found: Findings) -> Owner | None:
    """No agency is named: a report that speaks of the whole county is the county's whose site it is on, or
    whose government alone it names.
    """
    words = _COUNTY_WIDE.search(head.text)
    if words is None or _ONE_OFFICE.search(head.text):
        return None
    region, source, text = regions.get(near.code), near.source, near.text
    if region is None:
        named = {r.code: r for r in _governments_named(head.text, regions)}
        region, source = next(iter(named.values())) if len(named) == 1 else None, "text"
        text = region.name if region else ""
    if region is None:
        return None
    office = Office("", (region,), region.name, PEOPLES_GOVERNMENT, "government", "")
    found.note("agency", office.canonical(region), "text" if source == "text" else "site", words[0])
    found.note("region", region.code, source, text)
    return Owner(office, region, ())


def _governments_named(text: str, regions: Regions) -> Iterator[Region]:
    """The divisions that the words before 政府 name."""
    for government in re.finditer(r"(?:人民)?政府", text):
        before = text[max(0, government.start() - 16) : government.start()]
        for start in range(len(before)):
            match = regions.match_start(before[start:])
            if match and match.end == len(before) - start and not match.short:
                yield from match.regions
                break


def _names(owner: Owner, head: Masthead, regions: Regions, near: Near) -> tuple[str, ...]:
    """Every form of the agency's name that titles and publishers print; not a long form that is guessed."""
    printed = [
        owner.office.printed,
        *(c.title.agency for c in head.other_titles),
        *(n for n, _ in head.publishers),
    ]
    same = []
    for name in printed:
        office = read_office(name, regions, near.code) if name else None
        if office and _same_office(office, owner):
            same.append(name)
    own = [] if is_guessed(owner.office, _own_words(head)) else [owner.name]
    return tuple(dict.fromkeys([*same, *own]))


def _same_office(office: Office, owner: Owner) -> bool:
    if office.regions and owner.region and all(owner.region.code != r.code for r in office.regions):
        return False
    short_for_it = not office.regions and abbreviates(office.printed, owner.office.printed)
    return short_for_it or bool(_possible_names(office) & _possible_names(owner.office))


def _possible_names(office: Office) -> set[str]:
    """The official names that what is printed may stand for."""
    return {office.name, *expansions(office.printed.removeprefix(office.place))}


def compare_names(
    head: Masthead, title: Title, owner: Owner | None, regions: Regions, near: Near, found: Findings
) -> None:
    """Doubts where the page's own title, or the manifest, names another agency or year."""
    for other in head.other_titles:
        if other.source == "meta" and other.title.claim is Claim.REPORT:
            _compare_title(title, other.title, owner, regions, near, found)
            break
    hinted = compact(head.document.hints.agency)
    office = read_office(hinted, regions, near.code) if hinted else None
    if owner and office and not _same_office(office, owner):
        found.note("agency", office.canonical(owner.region), "manifest", hinted)
        found.doubt(
            "agency_conflict",
            f"标题为{owner.name}，清单为{hinted} the document and the manifest name different agencies",
        )


def _compare_title(
    title: Title, other: Title, owner: Owner | None, regions: Regions, near: Near, found: Findings
) -> None:
    if title.year and other.year and title.year != other.year:
        found.note("year", str(other.year), "meta", other.text)
        found.doubt(
            "year_conflict",
            (
                f"正文标题为{title.year}年，网页标题为{other.year}年 the titles of body and "
                f"page differ in the year"
            ),
        )
    office = read_office(other.agency, regions, near.code) if other.agency else None
    if owner and office and not _same_office(office, owner):
        found.note("agency", office.canonical(None), "meta", other.text)
        found.doubt(
            "agency_conflict",
            (
                f"正文标题为{owner.name}，网页标题为{other.agency} the titles of body and page "
                f"name different agencies"
            ),
        )
