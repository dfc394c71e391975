"""Number formats of spreadsheets: what a cell shows, which is not always what it holds (0.5 as 50%).

The codes are those of ECMA-376, part 1, 18.8.30–31; XLS has the same. A code that is not understood in
full (scientific notation, fractions, numerals of other scripts) gives no text: what the cell shows is
unknown then.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import Final

GENERAL: Final = "General"
_DATE: Final = "yyyy"
#: number of a built-in format → its code; of dates, each in its own way by language, only that they are
BUILT_IN: Final = {
    0: GENERAL, 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00",
    12: "# ?/?", 13: "# ??/??", 37: "#,##0;(#,##0)", 38: "#,##0;[Red](#,##0)", 39: "#,##0.00;(#,##0.00)",
    40: "#,##0.00;[Red](#,##0.00)", 41: '#,##0;-#,##0;"-"', 42: '"¥"#,##0;-"¥"#,##0;"¥-"',
    43: '#,##0.00;-#,##0.00;"-"', 44: '"¥"#,##0.00;-"¥"#,##0.00;"¥-"', 48: "##0.0E+0", 49: "@",
    **dict.fromkeys((*range(5, 9),), '"¥"#,##0.00;-"¥"#,##0.00'),
    **dict.fromkeys((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)), _DATE),
}  # fmt: skip

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|_.|\*.|\[\$(?P<currency>[^\]-]*)[^\]]*\]|(?P<bracket>\[[^\]]*\])'
    r"|(?P<general>General|G/通用格式)|(?P<digit>[0#?])|(?P<mark>[.,%@])|(?P<plain>.)",
    re.IGNORECASE | re.DOTALL,
)
_COLOUR = re.compile(
    r"\[(?:black|blue|cyan|green|magenta|red|white|yellow|colou?r\s*\d+|黑色|蓝色|红色)\]", re.I
)
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?\d{1,15}(?:\.\d{1,15})?)\]")
_COMPARED: Final[dict[str, Callable[[Decimal, Decimal], bool]]] = {
    "<": operator.lt, ">": operator.gt, "=": operator.eq,
    "<=": operator.le, ">=": operator.ge, "<>": operator.ne,
}  # fmt: skip
_PLAIN = frozenset(" $¥￥-+():−–—")
_SECTIONS: Final = 4
_DIGITS: Final = 15  # that a spreadsheet keeps of a number
_LARGEST: Final = 1e15  # what is greater is shown with digits that are not kept
_LONGEST: Final = 255  # characters of a code
_EXACT: Final = Context(prec=3 * _LONGEST, rounding=ROUND_HALF_UP)

Token = tuple[str, str]  # a kind (digit, mark, general, text, condition) and what it is of that kind


def shown_number(value: float, code: str) -> str | None:
    """What a cell with a number shows; None where that can't be told."""
    sections = _sections(code)
    if sections is None or not abs(value) < _LARGEST:
        return None
    number = Decimal(f"{value:.{_DIGITS}g}")
    negative = number < 0
    conditions = [_condition(section) for section in sections[: _SECTIONS - 1]]
    if any(conditions):
        return _shown_where_it_holds(number, conditions, sections)
    at = 1 if negative and len(sections) > 1 else 2 if not number and len(sections) > 2 else 0
    shown = _shown(abs(number), sections[at])
    if not negative or not any(c.isdigit() and c != "0" for c in shown):
        return shown
    if at == 0:
        return f"-{shown}"
    return shown if "-" in shown or "(" in shown else None  # by its colour alone, perhaps


def _condition(section: Sequence[Token]) -> re.Match[str] | None:
    return next((_CONDITION.fullmatch(text) for kind, text in section if kind == "condition"), None)


def _shown_where_it_holds(
    number: Decimal, conditions: Sequence[re.Match[str] | None], sections: Sequence[Sequence[Token]]
) -> str | None:
    """A number in the first section whose condition holds, or in the last, that has none; None below zero."""
    if number < 0 or not all(conditions[:-1]):
        return None
    for condition, section in zip(conditions, sections, strict=False):
        if condition is None or _COMPARED[condition[1]](number, Decimal(condition[2])):
            return _shown(number, section)
    return None


def shown_text(text: str, code: str) -> str:
    """What a cell with a text shows."""
    sections = _sections(code) or ()
    if len(sections) < _SECTIONS:
        return text
    return "".join(text if token == ("mark", "@") else token[1] for token in sections[3])


@lru_cache(maxsize=256)
def _sections(code: str) -> tuple[tuple[Token, ...], ...] | None:
    """The sections of a code: for numbers (of which sign), zero, text; None for a code not understood."""
    if len(code) > _LONGEST:
        return None
    sections: list[list[Token]] = [[]]
    for kind, text in _tokens(code):
        if kind == "unknown":
            return None
        if kind == "end":
            sections.append([])
        else:
            sections[-1].append((kind, text))
    return tuple(map(tuple, sections))


def _tokens(code: str) -> Iterator[Token]:
    for found in _TOKEN.finditer(code):
        kind, text = found.lastgroup, found[0]
        if kind in ("quoted", "escaped", "currency"):
            yield "text", found[kind]
        elif kind in ("digit", "mark", "general"):
            yield kind, text
        elif kind == "bracket":
            known = _COLOUR.fullmatch(text) or text.lower().startswith("[$")
            condition = "condition" if _CONDITION.fullmatch(text) else "unknown"
            yield from () if known else [(condition, text)]
        elif text == ";":
            yield "end", text
        elif kind == "plain":  # letters are those of dates; words of this country need no quotes
            known = text in _PLAIN or (text.isalpha() and not text.isascii())
            yield ("text" if known else "unknown"), text


def _shown(number: Decimal, section: Sequence[Token]) -> str:
    """A number of no sign in a section of a code."""
    digits = [n for n, (kind, _) in enumerate(section) if kind == "digit"]
    if not digits:
        return "".join(
            _general(number) if _is_any(token) else token[1] for token in section if token[0] != "condition"
        )
    point = next((n for n, token in enumerate(section) if token == ("mark", ".")), len(section))
    whole, rest = [n for n in digits if n < point], [n for n in digits if n > point]
    number *= 100 ** section.count(("mark", "%"))
    number /= 1000 ** (_scaling(section[:point]) + _scaling(section[point:]))
    rounded = number.quantize(Decimal(1).scaleb(-len(rest)), context=_EXACT)
    integer, _, fraction = f"{rounded:f}".partition(".")
    filled = _integer(integer, section, whole) | _fraction(fraction, section, rest)
    return "".join(
        filled[n] if n in filled else "" if token == ("mark", ",") or token[0] == "condition" else token[1]
        for n, token in enumerate(section)
    )


def _is_any(token: Token) -> bool:
    return token[0] == "general" or token == ("mark", "@")


def _general(number: Decimal) -> str:
    text = f"{number:.10f}"
    return text.rstrip("0").rstrip(".")


def _scaling(part: Sequence[Token]) -> int:
    """How many commas stand behind the last digit of a part: each shows thousands for ones."""
    last = max((n for n, (kind, _) in enumerate(part) if kind == "digit"), default=0)
    return part[last:].count(("mark", ","))


def _integer(text: str, section: Sequence[Token], places: Sequence[int]) -> dict[int, str]:
    """The digits before the point, by the places of a section's digits; the first takes all that are left."""
    if not places:
        return {}
    least = max((len(places) - n for n, at in enumerate(places) if section[at][1] == "0"), default=0)
    text = text.lstrip("0").rjust(least, "0")
    grouped = ("mark", ",") in section[places[0] : places[-1]]
    found: dict[int, str] = {}
    for behind, at in enumerate(reversed(places)):
        end = len(text) - behind
        piece = text[: max(0, end)] if at == places[0] else text[max(0, end - 1) : max(0, end)]
        found[at] = _in_groups(piece, behind) if grouped else piece
    return found


def _in_groups(piece: str, behind: int) -> str:
    """Digits with commas between thousands, so many digits standing behind them."""
    shown = ""
    for n, digit in enumerate(reversed(piece), behind):
        shown = digit + ("," if n and n % 3 == 0 else "") + shown
    return shown


def _fraction(text: str, section: Sequence[Token], places: Sequence[int]) -> dict[int, str]:
    """The digits behind the point, without zeros at the end that the code does not ask for."""
    kept = len(places)
    while kept and text[kept - 1 : kept] == "0" and section[places[kept - 1]][1] != "0":
        kept -= 1
    return {at: text[n] if n < kept else "" for n, at in enumerate(places)}
