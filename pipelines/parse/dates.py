"""Years and dates as Chinese pages print them."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final

_DIGITS = {c: str(i) for i, c in enumerate("〇一二三四五六七八九")} | dict.fromkeys("零○ΟO◯oО", "0")
_ZERO = "〇零○ΟO◯oО0"
_NUMERAL = f"[{_ZERO}一二三四五六七八九0-9]"

#: A year from 1990 to 2099 in figures or numerals, mixed ones included (二〇二0); for NFKC text.
#: What it begins with stands first: it is quickly found not to be there.
YEAR = rf"(?=[12二])(?<![\d{_ZERO}])(?:(?:19[9]|20\d)\d|[二2][{_ZERO}]{_NUMERAL}{_NUMERAL})(?!\d)"

_CHINA: Final = timezone(timedelta(hours=8))


def in_china(seconds: int) -> datetime:
    """What China's clocks show at a moment, given in seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC).astimezone(_CHINA)


_OF_OUR_TIME = re.compile(r"199\d|20\d\d")


def year_of(text: str) -> int | None:
    """The year that ``text`` (matched by :data:`YEAR`) writes, None where it isn't one from 1990 to 2099."""
    digits = "".join(_DIGITS.get(c, c) for c in text)
    return int(digits) if _OF_OUR_TIME.fullmatch(digits) else None


_SIGNS = str.maketrans({"—": "-", "－": "-", "–": "-", "―": "-", "∶": ":", "：": ":", "．": ".", "／": "/"})
_DATE = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d\d)\s*(?:年|-{1,2}|/|\.)\s*(?P<m>\d{1,2})\s*(?:月|"
    r"-{1,2}|/|\.)\s*(?P<d>\d{1,2})(?!\d)"
    r"|(?<!\d)(?P<y2>20\d\d)(?P<m2>[01]\d)(?P<d2>[0-3]\d)(?!\d)"
)
_NUMERAL_DATE = re.compile(
    rf"(?P<y>[二2][{_ZERO}]{_NUMERAL}{_NUMERAL})\s*年\s*(?P<m>[一二三四五六七八九十]{{1,2}})\s*月\s*(?P<d>[一二三四五六七八九十]{{1,3}})\s*日"
)


def _small(numeral: str) -> int:
    """一 … 三十一."""
    tens, ten, ones = numeral.rpartition("十")
    units = "〇一二三四五六七八九".find(ones) if ones else 0
    if not ten:
        return units
    return ("〇一二三四五六七八九".find(tens) if tens else 1) * 10 + units


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def find_date(text: str) -> str | None:
    """The first date of ``text`` as ISO 8601, None where it holds none that exists.

    Understands 2017—04—12 21∶37, 2021/1/29, 2022年1月5日, 20220125, 二〇二一年一月五日.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_SIGNS)
    for found in _DATE.finditer(plain):
        year, month, day = (found[k] or found[k + "2"] for k in "ymd")
        if iso := _iso(int(year), int(month), int(day)):
            return iso
    for found in _NUMERAL_DATE.finditer(plain):
        written = year_of(found["y"])
        if written and (iso := _iso(written, _small(found["m"]), _small(found["d"]))):
            return iso
    return None


_IN_URL = re.compile(
    r"/t(?P<a>20\d{6})_|/(?P<b>20\d\d/\d{1,2}/\d{1,2})/|/(?P<c>20\d\d-\d\d/\d\d)/|"
    r"/(?P<d>20\d\d-\d\d-\d\d)/|/(?P<e>20\d{6})/|[/_]P0?(?P<f>20\d{6})"
    r"|/(?P<g>20\d{4}/\d\d)/"
)


def date_in_url(url: str) -> str | None:
    """The date that an article's address carries: t20220125_…, /art/2021/1/29/, /2026/01-14/, P020220125…."""
    for found in _IN_URL.finditer(url):
        printed = found[found.lastgroup or 0]
        if found.lastgroup == "g":
            printed = printed.replace("/", "")
        if iso := find_date(printed.replace("/", "-")):
            return iso
    dashed = re.search(r"/(20\d\d)/(\d\d)-(\d\d)/", url)
    return _iso(*map(int, dashed.groups())) if dashed else None


_YEAR_WORD = rf"({YEAR})"
_PERIOD = re.compile(
    rf"{_YEAR_WORD}年(?:度)?0?1月0?1日(?:\d{{1,2}}时|零时)?(?:起|开始)?(?:,|"
    rf"、)?[至到—–\-~](?:{_YEAR_WORD}年|同年|当年|本年)?12月3[01]日"
)

_PERIOD_END = re.compile("12月3[01]日")  # quickly found, and few
_PERIOD_LONGEST = 40  # characters of a period before that


def find_period(text: str) -> tuple[int, str] | None:
    """The year of the statistics period 自…年1月1日起至…12月31日 and its words.

    ``text`` is NFKC without white space.
    A period over several years is none.
    """
    for end in _PERIOD_END.finditer(text):
        found = _PERIOD.search(text, max(0, end.start() - _PERIOD_LONGEST), end.end())
        if found is None:
            continue
        first = year_of(found[1])
        last = year_of(found[2]) if found[2] else first
        if first and first == last:
            return first, found[0]
    return None
