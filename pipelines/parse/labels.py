"""Matching printed labels to the labels of a form, with a measured distance.

A label is compared in its *core* form: NFKC, no white space, no quotation marks,
no leading ordinal. What is equal then is exact; what is near and clearly nearer
than every other label is fuzzy, with a confidence; anything else is no match.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from pipelines.parse.records import Method

# White space, invisible characters, quotation marks of any kind (after NFKC).
_DROPPED = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad\"'“”„‟‘’‚‛「」『』〝〞〟`´*#]+")
_BRACKETS = str.maketrans("〔[【﹝〕]】﹞．。﹒⁄∕", "(((())))...//")
_BRACKET = re.compile(f"[{re.escape(''.join(map(chr, _BRACKETS)))}]")  # quickly tells that there is none
_ORDINAL = re.compile(
    r"(?:\([一二三四五六七八九十]{1,3}\)|[一二三四五六七八九十]{1,3}[、.,)]|\(?\d{1,2}[.、):]|\(\d{1,2}\))+"
)
_CIRCLED = "".join(map(chr, (*range(0x2460, 0x2474), *range(0x2776, 0x2794))))  # ① … ⑳ ❶ … ➓
_NOTE = re.compile(r"\([^()]*\)$")
# what points from a label to a note: a raised or circled figure, or one in square brackets
_MARK = re.compile(
    r"(?<=\S)\s*(?:[\u2070\u00b9\u00b2\u00b3\u2074-\u2079\u2460-\u2473]{1,2}|[\[【]\d[\]】])\s*$"
)
_EDGE = ".,:;、"
_WORTH_REMEMBERING = 200  # characters; longer texts come once, and would only fill the memory
_MOST_REMEMBERED = 4096  # texts that a matcher remembers


def normal(text: str) -> str:
    """The text in NFKC, without white space and quotation marks, brackets unified."""
    return _remembered(text) if len(text) < _WORTH_REMEMBERING else _normal(text)


def all_normal(texts: Iterable[str]) -> str:
    """The normal forms of many texts, one behind the other."""
    return "".join([_remembered(text) if len(text) < _WORTH_REMEMBERING else _normal(text) for text in texts])


@lru_cache(maxsize=8192)
def _remembered(text: str) -> str:
    return _normal(text)


def _normal(text: str) -> str:
    plain = _DROPPED.sub("", unicodedata.normalize("NFKC", text))
    return plain.translate(_BRACKETS) if _BRACKET.search(plain) else plain


def core(text: str) -> str:
    """The normal form without leading ordinals (（三）, 2., 四、) and closing punctuation."""
    plain = normal(text.lstrip(_CIRCLED) if "\u2460" <= text[:1] <= "\u2793" else text)
    found = _ORDINAL.match(plain)
    return (plain[found.end() :] if found else plain).strip(_EDGE)


def without_note(text: str) -> str:
    """The text without a closing remark in brackets: 采购总金额(单位:万元) → 采购总金额."""
    return _NOTE.sub("", text)


def distance(left: str, right: str, bound: int) -> int:
    """Levenshtein distance of two strings; ``bound`` + 1 where it is greater than ``bound``."""
    if abs(len(left) - len(right)) > bound:
        return bound + 1
    left, right = _without_common_ends(left, right)
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        diagonal, row[0] = row[0], i
        for j, b in enumerate(right, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (a != b))
        if min(row) > bound:
            return bound + 1
    return min(row[-1], bound + 1)


def _without_common_ends(left: str, right: str) -> tuple[str, str]:
    """Two strings without the beginning and the end that they share: these add nothing to their distance."""
    shorter = min(len(left), len(right))
    start = next((i for i in range(shorter) if left[i] != right[i]), shorter)
    shorter -= start
    end = next((i for i in range(shorter) if left[-1 - i] != right[-1 - i]), shorter)
    return left[start : len(left) - end], right[start : len(right) - end]


def allowed(length: int) -> int:
    """How many characters of a label of this length may be wrong: a quarter, at most four."""
    return 0 if length < 3 else max(1, min(4, length // 4))


@lru_cache(maxsize=256)
def _reach(length: int) -> int:
    """How far a text of this length may be from a label, whatever the label's length, to be near it."""
    return max(wrong for wrong in range(5) if wrong <= allowed(length + wrong))


@dataclass(frozen=True, slots=True)
class Match:
    """A printed label bound to ``key``. ``confidence`` is 1 less the share of wrong characters."""

    key: str
    method: Method = Method.EXACT
    confidence: float | None = None

    @property
    def sure(self) -> bool:
        """Whether the label is printed as the form or a reviewed spelling has it."""
        return self.method is Method.EXACT


class Matcher:
    """Labels of one kind (the rows of a table, its columns …), each with a key.

    ``labels`` are (key, label) pairs; several labels may share a key.
    """

    def __init__(self, labels: Iterable[tuple[str, str]]) -> None:
        self._exact: dict[str, str] = {}
        for key, label in labels:
            for form in (core(label), without_note(core(label))):
                if form and self._exact.setdefault(form, key) != key:
                    raise ValueError(f"label {label} stands for {self._exact[form]} and {key}")
        self._longest = max(map(len, self._exact), default=0) + 4
        self._without_letters = str.maketrans(dict.fromkeys("".join(self._exact)))
        self._holding: dict[str, list[tuple[str, int]]] = {}  # character → the forms with it, and how often
        for form in self._exact:
            for character, count in Counter(form).items():
                self._holding.setdefault(character, []).append((form, count))
        self._cache: dict[str, Match | None] = {}

    @property
    def forms(self) -> dict[str, str]:
        """Core form of every label → its key."""
        return self._exact

    def match(self, text: str) -> Match | None:
        """The label that ``text`` prints, or None where none is near or two are."""
        try:
            return self._cache[text]
        except KeyError:
            found = self._match(text)
        if len(text) < _WORTH_REMEMBERING:
            if len(self._cache) > _MOST_REMEMBERED:
                self._cache.clear()
            self._cache[text] = found
        return found

    def printed(self, text: str) -> Match | None:
        """The label that ``text`` prints as the form or a reviewed spelling has it: no near one is sought."""
        return self._exactly(core(_MARK.sub("", text)))

    def _exactly(self, printed: str) -> Match | None:
        key = self._exact.get(printed)
        if key is None:
            key = self._exact.get(without_note(printed))
        return None if key is None else Match(key)

    def _match(self, text: str) -> Match | None:
        printed = core(_MARK.sub("", text))
        exact = self._exactly(printed)
        if exact is not None:
            return exact
        short = without_note(printed)
        return self._nearest(printed) or (self._nearest(short) if short != printed else None)

    def _nearest(self, printed: str) -> Match | None:
        """The nearest label within its bound, if the text holds nothing that speaks for another."""
        if not 3 <= len(printed) <= self._longest:
            return None
        rival = _reach(len(printed)) + 1
        if len(printed.translate(self._without_letters)) > rival:  # characters that stand in no label
            return None
        ranked = sorted((distance(printed, form, rival), form) for form in self._alike(printed, rival))
        if not ranked:
            return None
        near, form = ranked[0]
        key = self._exact[form]
        if near > allowed(len(form)):
            return None
        for far, other in ranked[1:]:
            if far - near > 1:
                break
            # as far from the other label as the true label itself is: nothing speaks for the other
            if self._exact[other] != key and (far == near or far < distance(form, other, far)):
                return None
        return Match(key, Method.FUZZY, round(1 - near / len(form), 3))

    def _alike(self, printed: str, bound: int) -> Iterator[str]:
        """The forms that share so many characters with a text that their distance may be ``bound``."""
        shared: Counter[str] = Counter()
        for character, count in Counter(printed).items():
            for form, times in self._holding.get(character, ()):
                shared[form] += min(count, times)
        for form, common in shared.items():
            if max(len(form), len(printed)) - common <= bound:
                yield form
