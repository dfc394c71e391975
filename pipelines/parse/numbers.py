"""Reading what is printed in a cell: a number with its unit, or why it is none.

Nothing is guessed: what can be read in two ways (``1,23``, ``12 34``, ``5²``) is
unreadable. Amounts are computed in decimals and come out in yuan.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from pipelines.parse.records import UNREAD, State

COUNT, SIGNED, MONEY = "count", "signed", "money"
ITEM, YUAN = "item", "yuan"


class Value(NamedTuple):
    """What a cell says. ``value`` is set for state number only.

    A non-zero amount of money with no unit anywhere is state number with
    ``value`` None and ``unit`` "" (the figure is printed, its size is
    in doubt; ``unit.doubt`` fails for it). ``unit``: item, yuan, or "".
    """

    state: State
    value: int | float | None = None
    unit: str = ""


UNITS_OF_MONEY = {"元": 1, "百元": 100, "千元": 1_000, "万元": 10_000, "万": 10_000, "百万元": 1_000_000,
                "千万元": 10_000_000, "亿元": 100_000_000, "亿": 100_000_000}  # fmt: skip
_COUNTERS: Final = "件条次个项宗份"  # that stand in the tables' own words
_COUNT_UNITS = frozenset(f"{_COUNTERS}起部例人户封笔") | {"件次", "条次", "人次"}
_DASH = re.compile(r"[-/\\_~]+")
_NONE = frozenset({"无", "没有", "暂无", "(无)"})
DASHES = "‐‑‒–—―⸺⸻−─━"  # that stand for the hyphen
_MINUS = str.maketrans(dict.fromkeys(DASHES, "-"))
_STRUCK = re.compile(r"\d[\u0335-\u0338]")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_NUMBER = re.compile(
    r"(?P<sign>[+-]?)(?P<money>¥|￥|人民币)?"
    r"(?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?P<fraction>\.\d+)?"
    r"\(?(?P<unit>[^\d\s()+,.-]*)\)?"
)
_ALONE = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?[^\d.,]*")
# What points from a figure to a note below the table: 12①, 12*, 12[1], 12⁽¹⁾, 12（注1）. A bare
# superscript may be a digit that was raised by mistake; but none stands behind a zero.
SUPERSCRIPTS = "\u2070\u00b9\u00b2\u00b3\u2074-\u2079"
_NOTE_MARK = re.compile(
    rf"(?:(?<=^0)[{SUPERSCRIPTS}]{{1,2}}|(?<=\S)\s*(?:[\u2460-\u2487\u2776-\u277f]|[*＊※#＃]{{1,3}}"
    rf"|[(（](?:上年|去年|上一年)度?(?:同期)?[数为]?[:：]?\s*\d[\d,]{{0,8}}[{_COUNTERS}]?[)）]"
    rf"|[\[［【][\d{SUPERSCRIPTS}][\]］】]|[(（][{SUPERSCRIPTS}]{{1,2}}[)）]"
    r"|注[\d①-⑨]?|[(（](?:见?注[\d①-⑨]?|(?:含|包含|包括|均为?|全部为?|都是|详?见)[^()（）\d]+)[)）]))\s*$"
)
_ENDS_A_FIGURE = re.compile(rf"\d(?:[百千]?万?元|[{_COUNTERS}])?\s*$")
# a count with its unit before it, or with the stop of a sentence: （件）12, 12件。
_AROUND = re.compile(rf"(?:\([{_COUNTERS}]\))?(?P<count>\d.*?)[。;]?")
_SPACED_AMOUNT = re.compile(r"[¥￥]?\d{1,3}(?: \d{3})+(?:\.\d{1,6}(?: ?[百千]?万?元)?|\.?\d* ?[百千]?万?元)")
_DIGITS = re.compile(r"0|[1-9][0-9]{0,8}")
_TOO_MANY = 10**9  # nothing that a government counts; a telephone number, perhaps
_CHANGE = re.compile(r"(?P<way>增加?|减少?|[↑↓]):?(?P<rest>\d.*)")
CHINESE_DIGITS: Final = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
CHINESE_SCALES: Final = {"十": 10, "百": 100, "千": 1_000}
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千")
_IN_NUMERALS = re.compile(
    r"(?P<number>[〇零一二三四五六七八九十百千两壹贰叁肆伍陆柒捌玖拾佰仟]+)(?P<unit>[^\d\s()]*)"
)
_MONEY_UNIT = "(亿元|千万元|百万元|万元|千元|百元|元)"
_UNIT_WORDS = re.compile(rf"(?:单位|计量单位)[::]?(?:[{_COUNTERS}][、,/和])*(?:人民币)?\(?{_MONEY_UNIT}")
_UNIT_IN_BRACKETS = re.compile(rf"\((?:人民币)?{_MONEY_UNIT}[^()]*\)")

_TWICE = re.compile(r"([\d.,]+[百千万亿]*元)\((?:即|合|折合)?([\d.,]+[百千万亿]*元)\)")


def money_unit(text: str) -> str:
    """The unit of money that a header or caption states (单位：万元, （元）), "" where none or two."""
    found = money_units(text)
    return min(found) if len(found) == 1 else ""


def money_units(*texts: str) -> frozenset[str]:
    """All units of money that texts state: what a header and a row's label say together may be two."""
    plain = ["".join(unicodedata.normalize("NFKC", text).split()) for text in texts]
    return frozenset(
        unit for text in plain for words in (_UNIT_WORDS, _UNIT_IN_BRACKETS) for unit in words.findall(text)
    )


@lru_cache(maxsize=8192)
def read_value(raw: str, kind: str = COUNT, unit_hint: str = "") -> Value:
    """What the printed text of a cell says.

    ``kind``: count (non-negative integer), signed (integer, may be negative) or
    money (non-negative, out in yuan). ``unit_hint`` is the unit of money that
    the header or caption states; a unit in the cell itself wins, but a sign of money (¥) without one.
    """
    if kind != MONEY and _DIGITS.fullmatch(raw):  # nearly all
        return Value(State.NUMBER, int(raw), ITEM)
    if _is_blank(raw):
        return Value(State.BLANK)
    raw = _without_note_mark(raw)
    if _misleading(raw) or UNREAD in raw:
        return Value(State.UNREADABLE)
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", raw)).strip()
    if kind == MONEY and _SPACED_AMOUNT.fullmatch(plain):
        plain = plain.replace(" ", "")  # 3 600.50: no column beside holds a part of an amount
    pieces = [p.translate(_MINUS) for p in plain.split()]
    text = "".join(pieces)
    if _DASH.fullmatch(text):
        return Value(State.DASH)
    if text.rstrip(".。,") in _NONE:
        return Value(State.NONE_TEXT)
    text = _plain_sign(_bare(text), kind)
    found = _NUMBER.fullmatch(text)
    if found is None:
        return _told_twice(text, kind) or _in_words(text, kind, unit_hint)
    if _two_numbers(pieces):
        return Value(State.UNREADABLE)
    number = Decimal(found["whole"].replace(",", "") + (found["fraction"] or ""))
    number = -number if found["sign"] == "-" else number
    unit = found["unit"]
    if found["money"] and not unit:  # below a header of another unit it is told of neither
        unit, unit_hint = ("元", "") if unit_hint in ("", "元") else ("", "")
    return _measured(number, unit, kind, unit_hint)


def _is_blank(raw: str) -> bool:
    return not raw or not _INVISIBLE.sub("", raw).strip()


def _without_note_mark(raw: str) -> str:
    """The text without the mark of a note behind its figure; a mark alone is what the cell says."""
    shorter = _NOTE_MARK.sub("", raw)
    return shorter if shorter != raw and _ENDS_A_FIGURE.search(shorter) else raw


def _misleading(raw: str) -> bool:
    """Digits that NFKC would glue to their neighbours (superscripts, fractions, footnote numerals; alone,
    they may be the mark of a note too), and those struck through one by one.
    """
    odd = [c for c in raw if not c.isascii() and (c.isdigit() or c.isnumeric()) and not c.isdecimal()
           and not "\u3400" <= c <= "\u9fff" and c != "〇"]  # fmt: skip
    return bool(odd) or _STRUCK.search(raw) is not None


def _two_numbers(pieces: list[str]) -> bool:
    """Whether white space parts two numbers; a number broken at a comma or point is one number."""
    with_digits = [p for p in pieces if any(c.isdigit() for c in p)]
    return len(with_digits) > 1 and all(_ALONE.fullmatch(p) for p in with_digits)


def _bare(text: str) -> str:
    around = _AROUND.fullmatch(text)
    return around["count"] if around else text


def _plain_sign(text: str, kind: str) -> str:
    found = _CHANGE.fullmatch(text) if kind == SIGNED else None
    if found is None:
        return text
    return ("-" if found["way"][0] in "减↓" else "+") + found["rest"]


def _told_twice(text: str, kind: str) -> Value | None:
    """An amount that a cell gives in two units, both the same: 12.5万元(125000元)."""
    pair = _TWICE.fullmatch(text) if kind == MONEY else None
    if pair is None:
        return None
    first, second = (read_value(amount, MONEY) for amount in pair.groups())
    return first if first == second and first.value is not None else None


def _in_words(text: str, kind: str, unit_hint: str) -> Value:
    """A number in Chinese numerals; else text, or unreadable where digits stand that make no number.

    一 alone is none: it is how a dash is often typed.
    """
    found = _IN_NUMERALS.fullmatch(text)
    number = _chinese(found["number"].translate(_FORMAL)) if found and text != "一" else None
    if found and number is not None:
        return _measured(Decimal(number), found["unit"], kind, unit_hint)
    has_words = any(c.isalpha() for c in text) or text == "*"
    return Value(State.TEXT if has_words else State.UNREADABLE)


def _chinese(text: str) -> int | None:
    """A well-formed numeral below 10,000."""
    if text in CHINESE_DIGITS:
        return CHINESE_DIGITS[text]
    total, digit, last = 0, -1, 10_000
    for char in text:
        if char in CHINESE_SCALES:
            scale = CHINESE_SCALES[char]
            if scale >= last or (digit == -1 and not (scale == 10 and total == 0)) or digit == 0:
                return None
            total, digit, last = total + (1 if digit == -1 else digit) * scale, -1, scale
        elif char in CHINESE_DIGITS and digit in (-1, 0):
            digit = CHINESE_DIGITS[char]
        else:
            return None
    if last == 10_000:
        return None
    return total + max(digit, 0)


def _measured(number: Decimal, unit: str, kind: str, unit_hint: str) -> Value:
    if number < 0 and kind != SIGNED:
        return Value(State.UNREADABLE)
    if kind == MONEY:
        return _money(number, unit, unit_hint)
    if unit in _COUNT_UNITS or not unit:
        scale = 1
    elif unit == "万" or (unit[0] == "万" and unit[1:] in _COUNT_UNITS):
        scale = 10_000
    else:
        return Value(State.TEXT if unit not in UNITS_OF_MONEY else State.UNREADABLE)
    number *= scale
    if number != number.to_integral_value() or number >= _TOO_MANY:
        return Value(State.UNREADABLE)
    return Value(State.NUMBER, int(number), ITEM)


def _money(number: Decimal, unit: str, unit_hint: str) -> Value:
    unit = unit.removesuffix("整").removesuffix("人民币")
    if unit and unit not in UNITS_OF_MONEY:
        return Value(State.TEXT)
    if number == 0:
        return Value(State.NUMBER, 0, YUAN)
    factor = UNITS_OF_MONEY.get(unit or unit_hint)
    if factor is None:
        return Value(State.NUMBER, None, "")
    return Value(State.NUMBER, _plain(number * factor), YUAN)


def _plain(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)
