"""What an expression of a script comes to: literals, what is added to them, choices by a condition.

Pure, and no interpreter: what a piece stands for is looked up; where some of it is unknown, so is the whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Final

from crawler.javascript import LITERAL, first_expression, split
from crawler.scripted import unescaped

Lookup = Callable[[str], str | None]

_WRAPPED = re.compile(
    r"(?s)^(?:encodeURIComponent|encodeURI|escape|String|Number|parseInt|\$\.trim)?\((.*)\)$"
)
_MEMBER = re.compile(r"""^\w+(?:(?:\.\w+)*\[\w+\])?(?:\.(\w+)|\[["'](\w+)["']\]|\[(\d+)\])$""")
_COMPARED = re.compile(r"^\s*([^=!<>?]+?)\s*(===?|!==?|<=?|>=?)\s*([^=!<>?]+?)\s*$")
_LESS = re.compile(r"([\w$.]+)\s*-\s*(\d{1,4})$")
# what keeps an answer out of caches: any value will do
_EVER_NEW = re.compile(r"\b(?:Math\.random\(\)|Date\.now\(\)|new\s+Date\b(?!\s*\(\s*[^\s)]))")
_INTEGER = re.compile(r"-?\d{1,18}")
_SIGNS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": eq, "===": eq, "!=": ne, "!==": ne, "<": lt, "<=": le, ">": gt, ">=": ge,
}  # fmt: skip
_DEEPEST: Final = 20  # brackets in an expression


def rendered(template: str, values: Mapping[str, str]) -> str:
    """The markup that a template gives for an object with these members; "" where it lacks one."""

    def member(expression: str) -> str | None:
        found = _MEMBER.match(expression)
        return values.get(found[1] or found[2] or found[3]) if found else None

    return evaluated(template, member) or ""


def evaluated(expression: str, lookup: Lookup) -> str | None:
    """The text of an expression: literals added to each other and to what ``lookup`` knows; None where some
    of it is unknown.
    """
    choice = split(expression, "?")
    if len(choice) == 2 and len(ways := split(choice[1], ":")) == 2:
        held = holds(choice[0].strip().removeprefix("("), lookup)
        return None if held is None else evaluated(ways[0 if held else 1], lookup)
    texts = [_piece(bare, lookup) for piece in split(expression, "+") if (bare := piece.strip())]
    known = [text for text in texts if text is not None]
    return "".join(known) if known and len(known) == len(texts) else None


def _piece(piece: str, lookup: Lookup) -> str | None:
    if piece[:1] in ("'", '"') and LITERAL.fullmatch(piece):
        return unescaped(piece[1:-1])
    if piece[:1] == "`" and LITERAL.fullmatch(piece):
        return _template(piece[1:-1], lookup)
    if re.fullmatch(r"-?\d+", piece):
        return piece
    known = lookup(piece)
    if known is None and (less := _LESS.match(piece)) and (whole := lookup(less[1]) or "").isdigit():
        return str(int(whole) - int(less[2]))
    if known is None and piece.count("(") <= _DEEPEST and (wrapped := _WRAPPED.match(piece)):
        return evaluated(first_expression(wrapped[1]), lookup)
    return "0" if known is None and _EVER_NEW.search(piece) else known


def _template(text: str, lookup: Lookup) -> str | None:
    pieces = re.split(r"\$\{([^{}]*)\}", text)
    texts = [evaluated(piece, lookup) if at % 2 else piece for at, piece in enumerate(pieces)]
    known = [piece for piece in texts if piece is not None]
    return "".join(known) if len(known) == len(texts) else None


def holds(condition: str, lookup: Lookup) -> bool | None:
    """Whether a condition is true; None where what is known of it does not tell."""
    for sign, decisive in (("||", True), ("&&", False)):
        if sign in condition:
            held = [holds(part, lookup) for part in condition.split(sign)]
            return decisive if decisive in held else None if None in held else not decisive
    return _compared(condition, lookup)


def _compared(condition: str, lookup: Lookup) -> bool | None:
    compared = _COMPARED.match(condition)
    one = evaluated(compared[1] if compared else condition, lookup)
    if compared is None:
        return None if one is None else one != ""
    other = evaluated(compared[3], lookup)
    if one is None or other is None:
        return None
    if _INTEGER.fullmatch(one) and _INTEGER.fullmatch(other):
        return _SIGNS[compared[2]](int(one), int(other))
    return _SIGNS[compared[2]](one, other)
