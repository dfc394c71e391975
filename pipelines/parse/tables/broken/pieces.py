"""How a number in pieces is written down until it is proved to be one: as two lines, or as in 1 234.

So is a number with a raised figure behind it: 12¹ is 12 with the mark of a note if that is proved.
"""

from __future__ import annotations

import re

from pipelines.parse.numbers import SUPERSCRIPTS
from pipelines.parse.records import UNREAD

_IN_PIECES = re.compile(r"\d{1,9}(?:\n\d{1,9})+|[1-9]\d{0,2}(?: \d{3})+")
_SEVERAL = re.compile(r"\d+(?: \d+)+")
_JOINT = re.compile("[\n ]")
_NOTED = re.compile(rf"(\d[\d,]*)[{SUPERSCRIPTS}]{{1,2}}")


def in_two(first: str, rest: str) -> str:
    """A text with what may be its rest on a line below."""
    return "\n".join(filter(None, (first, rest)))


def is_in_pieces(text: str) -> bool:
    """Whether a text is a number in pieces, or one with a raised figure behind it."""
    if not text.isascii() and _NOTED.fullmatch(text):
        return True
    return ("\n" in text or " " in text) and _IN_PIECES.fullmatch(text) is not None


def are_several(text: str) -> bool:
    """Whether a text is figures between blanks that part no thousands: 9 27."""
    return " " in text and _SEVERAL.fullmatch(text) is not None and not is_in_pieces(text)


def whole(text: str) -> str:
    """A number in pieces as one, without a figure raised behind it; any other text as it is."""
    if not is_in_pieces(text):
        return text
    noted = _NOTED.fullmatch(text)
    return noted[1] if noted else _JOINT.sub("", text)


def first_line(text: str) -> str:
    """What stands on the first of a text's lines."""
    return text.partition("\n")[0]


def last_line(text: str) -> str:
    """What stands on the last of a text's lines."""
    return text.rpartition("\n")[2]


def doubtful(text: str) -> str:
    """A value of which a piece may be missing: unreadable, whatever it looks like."""
    return text + UNREAD


def weakest(*confidences: float | None) -> float | None:
    """The confidence in what was read in pieces, None where all are certain."""
    return min((c for c in confidences if c is not None), default=None)
