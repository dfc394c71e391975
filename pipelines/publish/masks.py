"""Personal data of private people, replaced whole wherever it is published.

Masked: identity cards (18 digits with the check digit of GB 11643 / ISO 7064 MOD 11-2, or with a plausible
division and birth date where the check digit is wrong; 15 digits with both), bank cards (16–19 digits, Luhn)
and what is called an account, mobile numbers, passports that are called so, and the rows of a roster of
people (rosters.py). Not masked: an agency's landline
and e-mail, which the report states so that people use them. No part of a masked number is left standing,
because parts from several pages can be put together again.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import overload

from pipelines.publish import rosters
from pipelines.publish.personal import CARD, IDENTITY, MOBILE, PASSPORT, SHORTEST, Found, detected, plain

__all__ = ["CARD", "IDENTITY", "MOBILE", "PASSPORT", "SHORTEST", "Found", "Masked", "covered", "find", "mask"]
__all__ += ["masked"]

# digits enough, whatever stands between; a cheap look before the thorough one
_CANDIDATE = re.compile(r"\d(?:[^\w\t]{0,26}\d){8}|\d[\d_\W]{16}|[〇○零一幺二三四五六七八九]{11}|护照|通行证")


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
                shift += len(hit.label) - (hit.end - hit.start)
            elif hit.start < end:
                return None
        return start + shift, end + shift


def find(text: str, keep: Collection[str] = ()) -> tuple[Found, ...]:
    """Personal data in ``text``, in order, without overlaps.

    ``keep`` are statistics of the same report, which are left alone (``figures.statistics``): digits (an
    amount in yuan can have the shape of a mobile number), and rows of figures, parted by blanks.
    """
    hits = [Found(start, end, rosters.ROSTER) for start, end in rosters.lines_of_people(text)]
    if not _CANDIDATE.search(text):
        return tuple(hits)
    searched = plain(text)
    taken = bytearray(len(text))
    for hit in hits:
        taken[hit.start : hit.end] = b"\1" * (hit.end - hit.start)
    for hit in detected(searched):
        span = slice(hit.start, hit.end)
        if not any(taken[span]) and not _is_kept(searched[span], keep):
            hits.append(hit)
            taken[span] = b"\1" * (hit.end - hit.start)
    return tuple(sorted(hits, key=lambda hit: hit.start))


def mask(text: str, keep: Collection[str] = ()) -> Masked:
    """``text`` with personal data replaced by ``[已隐去:身份证]`` and the like."""
    return covered(text, find(text, keep))


@overload
def masked(text: str) -> str: ...


@overload
def masked(text: None) -> None: ...


@lru_cache(maxsize=1 << 14)  # labels and messages are the same in many reports
def masked(text: str | None) -> str | None:
    """A short text as it is published."""
    return text if text is None or len(text) < SHORTEST else mask(text).text


def covered(text: str, found: tuple[Found, ...]) -> Masked:
    """``text`` with what was found in it replaced."""
    parts, done = [], 0
    for hit in found:
        parts += [text[done : hit.start], hit.label]
        done = hit.end
    return Masked("".join([*parts, text[done:]]), found)


def _is_kept(text: str, keep: Collection[str]) -> bool:
    """Whether it is a statistic, or some that stand side by side in a row of figures."""
    groups = re.findall(r"\d+", text)
    row = f" {' '.join(groups)} "
    return _digits(text) in keep or (len(groups) > 1 and any(row in f" {figures} " for figures in keep))


def _digits(text: str) -> str:
    return re.sub(r"[^\dXx]", "", text)
