"""Personal data of private people: found in text, replaced whole.

Masked: identity cards (18 digits with the check digit of GB 11643 / ISO 7064 MOD 11-2, or with a plausible
division and birth date where the check digit is wrong; 15 digits with both), bank cards (16–19 digits, Luhn),
mobile numbers. Not masked: an agency's landline and e-mail, which the report states so that people use them.
No part of a masked number is left standing, because parts from several pages can be put together again.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

# Full-width digits count; the translation keeps the length, so spans stay true.
_WIDE = str.maketrans("０１２３４５６７８９ｘＸ－　\xa0＋", "0123456789xX-  +")
_GAP = r"[ \-‐‑–—]?"
_DIGITS_BEFORE = r"(?<![\d.])"
_DIGITS_AFTER = r"(?!\d|\.\d)"

_IDENTITY_18 = re.compile(rf"(?<!\d)\d{{6}}{_GAP}\d{{8}}{_GAP}\d{{3}}[\dXx](?![\dA-Za-z])")
_IDENTITY_15 = re.compile(r"(?<![\dA-Za-z.])\d{15}(?![\dA-Za-z]|\.\d)")
_CARD = re.compile(
    rf"(?<![\dA-Za-z.])\d{{4}}{_GAP}\d{{4}}{_GAP}\d{{4}}{_GAP}\d{{4}}{_GAP}\d{{0,3}}(?![\dA-Za-z]|\.\d)"
)
_MOBILE = re.compile(
    rf"(?:(?<!\d)\+?(?:00)?86{_GAP}|{_DIGITS_BEFORE})1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}{_DIGITS_AFTER}"
)
_CANDIDATE = re.compile(rf"\d(?:{_GAP}\d){{10}}")

IDENTITY, CARD, MOBILE = "身份证", "银行卡", "手机号"


@dataclass(frozen=True, slots=True)
class Found:
    """Personal data at ``text[start:end]``; ``kind`` is 身份证, 银行卡 or 手机号."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Masked:
    """A text after masking, and what was taken out (spans of the text before)."""

    text: str
    found: tuple[Found, ...] = ()

    def moved(self, start: int, end: int) -> tuple[int, int] | None:
        """Where the span ``start:end`` of the text before stands now; None if a mask touches it."""
        shift = 0
        for hit in self.found:
            if hit.end <= start:
                shift += len(_replacement(hit.kind)) - (hit.end - hit.start)
            elif hit.start < end:
                return None
        return start + shift, end + shift


def find(text: str, keep: Collection[str] = ()) -> tuple[Found, ...]:
    """Personal data in ``text``, in order, without overlaps.

    ``keep`` are digit strings known to be statistics of the same report (an amount in yuan can have the shape
    of a mobile number): they are left alone.
    """
    plain = text.translate(_WIDE)
    if not _CANDIDATE.search(plain):
        return ()
    hits: list[Found] = []
    for hit in _detected(plain):
        taken = any(hit.start < other.end and other.start < hit.end for other in hits)
        if not taken and _digits(plain[hit.start : hit.end]) not in keep:
            hits.append(hit)
    return tuple(sorted(hits, key=lambda hit: hit.start))


def mask(text: str, keep: Collection[str] = ()) -> Masked:
    """``text`` with personal data replaced by ``[已隐去:身份证]`` and the like."""
    found = find(text, keep)
    parts, done = [], 0
    for hit in found:
        parts += [text[done : hit.start], _replacement(hit.kind)]
        done = hit.end
    return Masked("".join([*parts, text[done:]]), found)


def _replacement(kind: str) -> str:
    return f"[已隐去:{kind}]"


def _digits(text: str) -> str:
    return re.sub(r"[^\dXx]", "", text)


def _detected(plain: str) -> Iterator[Found]:
    for pattern, valid, kind in (
        (_IDENTITY_18, _is_identity_18, IDENTITY),
        (_CARD, _is_card, CARD),
        (_IDENTITY_15, _is_identity_15, IDENTITY),
        (_MOBILE, str.isdigit, MOBILE),  # the pattern says all there is to say
    ):
        for match in pattern.finditer(plain):
            if valid(_digits(match.group())):
                yield Found(match.start(), match.end(), kind)


def _is_identity_18(number: str) -> bool:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False))
    checked = "10X98765432"[total % 11] == number[17].upper()
    return checked or _is_person(number[:6], number[6:14])


def _is_identity_15(number: str) -> bool:
    return _is_person(number[:6], "19" + number[6:12])


def _is_person(division: str, born: str) -> bool:
    try:
        year = date(int(born[:4]), int(born[4:6]), int(born[6:])).year
    except ValueError:
        return False
    return 11 <= int(division[:2]) <= 82 and 1880 <= year <= 2100


def _is_card(number: str) -> bool:
    if not number.isdigit() or not 16 <= len(number) <= 19 or len(set(number)) == 1:
        return False
    doubled = [int(digit) for digit in reversed(number)]
    return sum(d if i % 2 == 0 else sum(divmod(2 * d, 10)) for i, d in enumerate(doubled)) % 10 == 0
