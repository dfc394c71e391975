"""What an expression of a script comes to: literals, what is added to them, choices by a condition.

Pure, and no interpreter: what a piece stands for is looked up; where some of it is unknown, so is the whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Final

from crawler.javascript import LITERAL, NAME, first_expression, split
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
_BLANK = re.compile(r"blank-(\w+?)-blank")
_PLACES = re.compile(r"\$\{([^{}]*)\}")
_FOLDER = re.compile(
    r"""([\w.$]+)\.(?:substring|slice|substr)\(\s*0\s*,\s*\1\.lastIndexOf\(\s*["']/["']\s*\)\s*(\+\s*1)?\s*\)$"""
)
_REPLACED = re.compile(r"""([\w.$]+)\.replace\(\s*/((?:\\.|[^/\\]){1,60})/\s*,\s*("[^"]*"|'[^']*')\s*\)$""")
_PLAIN = re.compile(  # with one thing at most that may be long
    r"\^?(?:[\w-]|\\[./-])*(?:\((?:[\w-]|\\[./-])*(?:\\d[+*])?(?:[\w-]|\\[./-])*\)[?]?|\\d[+*])?(?:[\w-]|\\[./-])*\$?"
)
_LONGEST_CUT: Final = 2_000  # characters of an address
_DEEPEST: Final = 20  # brackets in an expression


PLACE: Final = "blank-page-blank"  # what stands for a page's number


class Blanks(dict[str, str]):
    """The members of any object, each a blank to be filled."""

    def get(self, name: str, default: Any = None) -> str:
        """The blank of that name."""
        return f"blank-{name}-blank"


def filled(text: str, values: Mapping[str, str]) -> str:
    """``text`` with an object's members in its blanks; "" where it lacks one."""
    names = _BLANK.findall(text)
    if any(name not in values for name in names):
        return ""
    return _BLANK.sub(lambda found: values[found[1]], text)


def with_blanks(text: str) -> str:
    """A text with blanks as the expression of a template; "" for one without any."""
    return "`" + _BLANK.sub(r"${o.\1}", text) + "`" if _BLANK.search(text) else ""


def rendered(template: str, values: Mapping[str, str]) -> str:
    """The markup that a template gives for an object with these members; "" where it lacks one. What it
    calls by a name alone (a cell's value, as plug-ins hand it on) is left out where it stands in no tag.
    """

    def member(expression: str) -> str | None:
        found = _MEMBER.match(expression)
        return values.get(found[1] or found[2] or found[3]) if found else None

    whole = evaluated(template, member)
    if whole is not None or "<" not in template:
        return whole or ""
    made = ""
    for piece, text in _pieces(template, member):
        if text is None and not (NAME.fullmatch(piece.strip()) and made.rfind("<") < made.rfind(">")):
            return ""
        made += text or ""
    return made


def _pieces(template: str, lookup: Lookup) -> Iterator[tuple[str, str | None]]:
    """What a template puts together, each with its text; None for what is not known."""
    for piece in split(template, "+"):
        if (bare := piece.strip())[:1] == "`" and LITERAL.fullmatch(bare):
            for at, each in enumerate(_PLACES.split(bare[1:-1])):
                yield each, evaluated(each, lookup) if at % 2 else each
        else:
            yield piece, evaluated(piece, lookup)


def evaluated(expression: str, lookup: Lookup) -> str | None:
    """The text of an expression: literals added to each other and to what ``lookup`` knows, numbers to
    numbers; None where some of it is unknown.
    """
    choice = split(expression, "?")
    if len(choice) == 2 and len(ways := split(choice[1], ":")) == 2:
        held = holds(choice[0].strip().removeprefix("("), lookup)
        return None if held is None else evaluated(ways[0 if held else 1], lookup)
    pieces = [bare for piece in split(expression, "+") if (bare := piece.strip())]
    texts = [_piece(piece, lookup) for piece in pieces]
    known = [text for text in texts if text is not None]
    if not known or len(known) < len(texts):
        return None
    return _sum(pieces, known) if len(known) > 1 and "1" in pieces else "".join(known)


def _sum(pieces: list[str], texts: list[str]) -> str:
    """What pieces with these texts come to, one of which is the number 1: a number's next one, or all of them
    one after the other.
    """
    counted = all(_INTEGER.fullmatch(text) for text in texts) and not any(p[0] in "'\"`" for p in pieces)
    return str(sum(map(int, texts))) if counted else "".join(texts)


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
    if known is None and (method := _cut(piece, lookup)) is not None:
        return method
    return "0" if known is None and _EVER_NEW.search(piece) else known


def _cut(piece: str, lookup: Lookup) -> str | None:
    """A text without the name of its file, or without what a plain regular expression finds in it."""
    if folder := _FOLDER.match(piece):
        whole = lookup(folder[1])
        return whole[: whole.rfind("/") + bool(folder[2])] if whole is not None else None
    replaced = _REPLACED.match(piece)
    whole = evaluated(replaced[1], lookup) if replaced else None
    if replaced is None or whole is None or len(whole) > _LONGEST_CUT or not _PLAIN.fullmatch(replaced[2]):
        return None
    by = unescaped(replaced[3][1:-1])
    return re.sub(replaced[2], lambda found: by, whole, count=1)


def _template(text: str, lookup: Lookup) -> str | None:
    pieces = _PLACES.split(text)
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
