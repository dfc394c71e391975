"""The automatic numbers of Word's lists, which stand nowhere in the text of a document."""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

Element = etree._Element

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SLOT = re.compile(r"%([1-9])")
_HAN: Final = "〇一二三四五六七八九"
_LEGAL: Final = "零壹贰叁肆伍陆柒捌玖"
_UNITS: Final = ((1000, "千"), (100, "百"), (10, "十"))
_ROMAN: Final = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
    (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_COUNTING: Final = frozenset(
    {
        "chineseCounting",
        "chineseCountingThousand",
        "japaneseCounting",
        "taiwaneseCounting",
        "taiwaneseCountingThousand",
    }
)
_MAX_LEVELS: Final = 9


class Numbering:
    """Counts list paragraphs as they come, in the order of the document."""

    def __init__(self, lists: Element | None, styles: Element | None) -> None:
        """``lists`` and ``styles`` are the roots of numbering.xml and styles.xml, None where missing."""
        self._levels: dict[str, dict[int, Element]] = {}
        self._abstract: dict[str, str] = {}
        self._overrides: dict[tuple[str, int], int] = {}
        self._counts: dict[str, list[int]] = {}
        self._started: set[tuple[str, int]] = set()
        self._styles: dict[str, tuple[str, int]] = {}
        if lists is not None:
            self._learn(lists)
        for style in styles.iter(_W + "style") if styles is not None else ():
            found = _num_pr(style)
            if found:
                self._styles[style.get(_W + "styleId", "")] = found

    def _learn(self, lists: Element) -> None:
        for abstract in lists.iter(_W + "abstractNum"):
            levels = {_int(level.get(_W + "ilvl"), 0): level for level in abstract.iter(_W + "lvl")}
            self._levels[abstract.get(_W + "abstractNumId", "")] = levels
        for num in lists.iter(_W + "num"):
            number = num.get(_W + "numId", "")
            self._abstract[number] = _value(num, "abstractNumId")
            for override in num.iter(_W + "lvlOverride"):
                start = _value(override, "startOverride")
                if start:
                    self._overrides[number, _int(override.get(_W + "ilvl"), 0)] = _int(start, 1)

    def label(self, paragraph: Element) -> str:
        """The number printed in front of ``paragraph``, "" for none; counts it."""
        if not self._levels:
            return ""
        number, level = _num_pr(paragraph) or self._of_style(paragraph)
        levels = self._levels.get(self._abstract.get(number, ""), {})
        if level not in levels:
            return ""
        counts = self._count(number, level, levels)
        if _value(levels[level], "numFmt") in {"bullet", "none"}:
            return ""
        text = _SLOT.sub(
            lambda slot: self._printed(int(slot[1]) - 1, counts, levels), _value(levels[level], "lvlText")
        )
        return text + (" " if text[-1:].isalnum() and text.isascii() else "")

    def _of_style(self, paragraph: Element) -> tuple[str, int]:
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        return self._styles.get(style.get(_W + "val", "") if style is not None else "", ("", 0))

    def _count(self, number: str, level: int, levels: dict[int, Element]) -> list[int]:
        """One more on ``level``; deeper levels begin anew. Lists of one kind go on counting together."""
        counts = self._counts.setdefault(self._abstract[number], [0] * _MAX_LEVELS)
        start = _int(_value(levels[level], "start"), 1)
        if (number, level) in self._overrides and (number, level) not in self._started:
            counts[level] = 0
            start = self._overrides[number, level]
        self._started.add((number, level))
        counts[level] = counts[level] + 1 if counts[level] else max(start, 1)
        counts[level + 1 :] = [0] * (_MAX_LEVELS - level - 1)
        return counts

    def _printed(self, level: int, counts: list[int], levels: dict[int, Element]) -> str:
        if level not in levels:
            return ""
        return _in_format(max(counts[level], 1), _value(levels[level], "numFmt"))


def _num_pr(element: Element) -> tuple[str, int] | None:
    found = element.find(f"{_W}pPr/{_W}numPr")
    if found is None:
        return None
    return _value(found, "numId"), min(_int(_value(found, "ilvl"), 0), _MAX_LEVELS - 1)


def _value(element: Element, name: str) -> str:
    child = element.find(_W + name)
    return child.get(_W + "val", "") if child is not None else ""


def _int(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else default


def _in_format(number: int, style: str) -> str:
    """A number as Word prints it in one of the formats of ST_NumberFormat (ECMA-376, 17.18.59)."""
    if style in _COUNTING:
        return han(number)
    if style.startswith("chineseLegal"):
        return "".join(_LEGAL[int(digit)] for digit in str(number))
    if style == "ideographDigital":
        return "".join(_HAN[int(digit)] for digit in str(number))
    if style.startswith("decimalEnclosedCircle") and number <= 20:
        return chr(0x2460 + number - 1)
    if style == "decimalEnclosedParen" and number <= 20:
        return chr(0x2474 + number - 1)
    if style in {"upperLetter", "lowerLetter"}:
        letters = chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, 9)
        return letters.upper() if style == "upperLetter" else letters
    if style in {"upperRoman", "lowerRoman"} and number < 4000:
        return _roman(number).upper() if style == "upperRoman" else _roman(number)
    return str(number)


def han(number: int) -> str:
    """1–9999 as counted in Chinese (十二, 一百零三), larger numbers in digits."""
    if not 0 < number < 10_000:
        return str(number)
    text, gap = "", False
    for unit, name in _UNITS:
        digit, number = divmod(number, unit)
        if digit:
            text += ("零" if gap and text else "") + _HAN[digit] + name
            gap = False
        else:
            gap = True
    if number:
        text += ("零" if gap and text else "") + _HAN[number]
    return text.removeprefix("一") if text.startswith("一十") else text


def _roman(number: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        text += letters * count
    return text
