"""Which division of the country an agency belongs to."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from pipelines.parse.agencies import Office, short_forms
from pipelines.parse.evidence import Findings
from pipelines.parse.masthead import Masthead
from pipelines.parse.regions import Region, Regions, stem
from pipelines.parse.titles import compact


@dataclass(frozen=True)
class Near:
    """The division that the site stands for, with what says so; ``code`` is empty where nothing does."""

    code: str = ""
    source: str = ""
    text: str = ""

    @classmethod
    def of(cls, head: Masthead, regions: Regions) -> Near:
        """The registered site, else SiteIDCode, else a credit code, else the site's name, else its foot."""
        hints = head.document.hints
        if regions.get(hints.region_code):
            return cls(hints.region_code, "site", hints.region_code)
        for number in head.meta(("siteidcode",)):
            if regions.get(number[:6]):
                return cls(number[:6], "meta", f"SiteIDCode {number}")
        credit = _CREDIT_CODE.search(head.document.url + " " + head.intro[:600])
        if credit and regions.get(credit[1]):
            return cls(credit[1], "url", credit[0])
        for name, source in ((hints.site_name, "site"), *((n, "meta") for n in head.meta(("sitename",)))):
            match = regions.match_start(re.sub(r"^中国·?", "", compact(name)))
            if match and len(match.regions) == 1:
                return cls(match.regions[0].code, source, name)
        for number in head.meta(("visible_site_code",)):
            if regions.get(number[:6]):
                return cls(number[:6], "text", f"网站标识码 {number}")
        return cls()


# unified social credit code of a public body: 11 or 12, then the division that registered it
_CREDIT_CODE = re.compile(r"(?<![0-9A-Z])1[12](\d{6})[0-9A-Z]{10}(?![0-9A-Z])")


def locate(office: Office, head: Masthead, regions: Regions, near: Near, found: Findings) -> Region | None:
    """The division of an agency, None where it can't be told; evidence and doubts go to ``found``."""
    if not office.regions:
        return _region_elsewhere(office, head, regions, near, found)
    some, source, words = _narrow(office, head, regions, near)
    if len(some) > 1:
        listed = "、".join(f"{r.code} {r.province}{r.prefecture}{r.county}" for r in some[:8])
        found.doubt(
            "region_ambiguous",
            f"{office.place}有{len(some)}处，无从分辨 several divisions bear this name: {listed}",
        )
        return None
    region = _today(some[0], near, regions)
    found.note("region", region.code, source, words)
    if (
        near.code
        and not regions.is_within(region.code, near.code)
        and not regions.is_within(near.code, region.code)
    ):
        found.note("region", near.code, near.source, near.text)
        found.doubt(
            "region_contradicts_site",
            (
                f"文中为{region.name}（{region.code}），网站为{near.code} the text names "
                f"another division than the site's"
            ),
        )
    return region


def _narrow(
    office: Office, head: Masthead, regions: Regions, near: Near
) -> tuple[tuple[Region, ...], str, str]:
    """The divisions a name may mean, narrowed by the site and the text; with source and words."""
    some = office.regions
    if len(some) == 1:
        return some, "title", office.printed
    if near.code:
        inside = tuple(
            r for r in some if regions.is_within(r.code, near.code) or regions.is_within(near.code, r.code)
        )
        if len(inside) == 1:
            return inside, near.source, near.text
        some = inside or some
    window = " ".join(head.meta(("title",)))  # the site's name stands behind the article's
    for names in (_prefecture_and_name, _prefecture, _province):
        for said, source in ((head.text, "text"), (window, "meta")):
            named = [(r, words) for r in some if (words := names(r)) and words in said]
            if len(named) == 1:
                return (named[0][0],), source, named[0][1]
    return some, "title", office.printed


def _prefecture_and_name(region: Region) -> str:
    return region.prefecture + region.name if region.prefecture else ""


def _prefecture(region: Region) -> str:
    return region.prefecture


def _province(region: Region) -> str:
    return region.province


def _today(region: Region, near: Near, regions: Regions) -> Region:
    """An abolished division with the stem of the site's own is the site's: 洪泽县 is 洪泽区 now."""
    site = regions.get(near.code)
    if region.valid_to and site and site.code[:4] == region.code[:4] and stem(site.name) == stem(region.name):
        return replace(site, name=region.name)
    return region


_OF_PREFECTURE = re.compile("[市州盟]")  # 市教育局 says of itself that it is no county's
_ADDRESS = re.compile(r"地址[::]?(?P<place>[\u4e00-\u9fff]{4,30})")
# 可以从突泉县人民政府门户网站下载
_PUBLISHED_ON = re.compile(
    r"(?:从|在|通过|登录|登陆)[“\"]?(?P<place>[\u4e00-\u9fff]{2,12}(?:县|区|市|旗))(?:人民)?政府[”\"]?(?:(?:信息|政务)公开)?(?:门户)?网"
)


def _region_elsewhere(
    office: Office, head: Masthead, regions: Regions, near: Near, found: Findings
) -> Region | None:
    """The division of an agency whose name states none: before its name in the text, the site, an address,
    the site of which the text says that the report stands there.
    """
    above: dict[str, tuple[Region, str]] = {}
    for name in dict.fromkeys((office.printed, office.name, *short_forms(office.name))):
        for at in re.finditer(re.escape(name), head.text):
            before = head.text[max(0, at.start() - 16) : at.start()]
            region = _ends_with_region(before, regions, near)
            if region is not None and region.level == "county":
                found.note("region", region.code, "text", before[-8:] + name)
                return region
            if region is not None:
                above[region.code] = region, before[-8:] + name
    region = regions.get(near.code)
    if region and (not office.place or stem(office.place) == stem(region.name)):
        found.note("region", region.code, near.source, near.text)
        return region
    if len(above) == 1:
        ((region, words),) = above.values()
        if _OF_PREFECTURE.match(office.printed) or not any(r.parent_code == region.code for r in regions):
            found.note("region", region.code, "text", words)
            return region
    for said in (*_ADDRESS.finditer(head.text), *_PUBLISHED_ON.finditer(head.text)):
        match = regions.match_start(said["place"])
        if match and len(match.regions) == 1 and match.regions[0].level == "county":
            found.note("region", match.regions[0].code, "text", said[0])
            return match.regions[0]
    found.doubt(
        "region_unknown", f"{office.name}属于哪个地区无法确定 the division of this agency can't be told"
    )
    return None


def _ends_with_region(text: str, regions: Regions, near: Near) -> Region | None:
    """The division with whose full name ``text`` ends."""
    for start in range(len(text)):
        match = regions.match_start(text[start:], near.code)
        if match and match.end == len(text) - start and not match.short and len(match.regions) == 1:
            return match.regions[0]
    return None
