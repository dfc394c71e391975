"""How letters look, where that changes what they say.

Struck out and hidden text is not there for a reader. A raised or lowered digit
is a note's mark or a power, no digit of the figure before it. White letters on nothing can't
be seen; whether something dark lies below them is often unknown: a figure made of
them is unreadable.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from typing import Final

from pipelines.parse.records import UNREAD, Issue

_SUPERSCRIPTS: Final = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SUBSCRIPTS: Final = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_UNREADABLE: Final = dict.fromkeys(map(ord, "0123456789０１２３４５６７８９"), UNREAD)


# Wingdings, by the low byte: boxes and ticks, numbers in circles
_SHAPES: Final = {
    0xFE: "☑", 0x52: "☑", 0xFD: "☒", 0x51: "☒", 0xA8: "□", 0x6F: "□", 0xFC: "✓", 0x50: "✓",
    **{0x81 + n: chr(0x2460 + n) for n in range(10)}, **{0x8C + n: chr(0x2776 + n) for n in range(10)},
}  # fmt: skip
_OF_SIGNS: Final = 0xF000  # the characters of a font of signs begin here
PAPER: Final = "FFFFFF"
_SIGNS: Final = ("wingdings", "webdings", "marlett", "zapfdingbats", "mt extra")
_NOTE: Final = 0.7  # of the size of the letters beside it, and less, is that of a note's mark
_SMALLEST: Final = 2.0  # points that can be read
_NARROWEST: Final = 10.0  # per cent of their width that letters may be pressed to
_NEAR: Final = 16  # steps of 256 in each of red, green and blue that nobody tells apart


class Look(Enum):
    """How a run of letters looks."""

    PLAIN = auto()
    HIDDEN = auto()
    STRUCK = auto()
    RAISED = auto()
    LOWERED = auto()
    WHITE = auto()


_SHOWN: Final[dict[Look, Callable[[str], str]]] = {
    Look.PLAIN: lambda text: text,
    Look.HIDDEN: lambda text: "",
    Look.STRUCK: lambda text: "",
    Look.RAISED: lambda text: text.translate(_SUPERSCRIPTS),
    Look.LOWERED: lambda text: text.translate(_SUBSCRIPTS),
    Look.WHITE: lambda text: text.translate(_UNREADABLE),
}


def as_shown(text: str, look: Look) -> str:
    """What a careful reader takes from ``text`` that looks so; U+FFFD for digits that may be unseen."""
    if look in (Look.RAISED, Look.LOWERED) and not text.strip().isdecimal():
        return text  # [1] says by itself what it is
    return _SHOWN[look](text)


def look_of(
    *,
    hidden: bool = False,
    struck: bool = False,
    white: bool = False,
    raised: bool = False,
    lowered: bool = False,
) -> Look:
    """The look that counts, of several."""
    looks = (
        (hidden, Look.HIDDEN),
        (struck, Look.STRUCK),
        (white, Look.WHITE),
        (raised, Look.RAISED),
        (lowered, Look.LOWERED),
    )
    return next((look for holds, look in looks if holds), Look.PLAIN)


def are_alike(colour: str, behind: str) -> bool:
    """Whether letters of a colour are lost on what is behind them, both RRGGBB; no where one is not known."""
    try:
        pairs = zip(bytes.fromhex(colour), bytes.fromhex(behind), strict=True)
        return bool(colour) and all(abs(one - other) <= _NEAR for one, other in pairs)
    except ValueError:
        return False


def is_of_signs(font: str) -> bool:
    """Whether a font, named in lower case, draws signs in the place of letters and digits."""
    return font.startswith(_SIGNS)


def sign(code: int, font: str) -> str:
    """A character that is named by its code in a font, in lower case; U+FFFD for a sign that is not known."""
    if 0x20 <= code < 0xD800 and not is_of_signs(font):
        return chr(code)
    digit = chr(code - _OF_SIGNS) if font == "symbol" and code >= _OF_SIGNS else ""
    return digit if digit.isdecimal() else _SHAPES.get(code & 0xFF, UNREAD)


def are_too_small(points: float, width: float = 100.0) -> bool:
    """Whether nobody can read letters of a size, pressed to ``width`` per cent of their own."""
    return points <= _SMALLEST or width <= _NARROWEST


def are_of_two_sizes(one: float, other: float) -> bool:
    """Whether of digits that touch the ones are so much smaller that they may be the mark of a note."""
    return min(one, other) <= _NOTE * max(one, other)


def behind_digit(text: str, may_be_note: bool) -> str:
    """Text that begins with a digit, set apart from the digit before it that is not of the same figure."""
    return as_shown(text, Look.RAISED) if may_be_note and text.isdecimal() else UNREAD + text


def struck_text(count: int) -> list[Issue]:
    """That text was left out because it is struck out, if any was."""
    if not count:
        return []
    return [Issue("struck_text", "info", f"{count} 处文字带删除线，未计入 / pieces struck out, left out")]
