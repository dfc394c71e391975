"""The header of section three in a stream: its columns and their order, once lines are taken apart."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from pipelines.parse import vocabulary as words
from pipelines.parse.labels import Match
from pipelines.parse.tables.findings import OUT_OF_ORDER
from pipelines.parse.tables.headers import STRANGE
from pipelines.parse.tables.other_names import columns
from pipelines.parse.tables.tokens import Token
from pipelines.parse.vocabulary import in_order

_ORGANISATIONS = "法人或其他组织"
_HEADS = (_ORGANISATIONS, "申请人情况", "其他处理")
# the labels of two levels, one level behind the other: 总计 stands beside both
_TWO_LEVELS = (words.APPLICANT_ORDER[0], words.APPLICANT_ORDER[-1], *words.APPLICANT_ORDER[1:-1])
_STRONG = words.APPLICANT_ORDER[:5]  # 其他 and 总计 stand anywhere once lines are taken apart


class Columns(NamedTuple):
    """The matched column labels and the order of the columns, None with the ``problem`` that hides it.

    ``others`` are the places of columns among or behind them that are none of the form's.
    """

    labels: dict[str, Match]
    order: tuple[str, ...] | None
    problem: str
    others: tuple[int, ...] = ()


def applicant_columns(pieces: Sequence[Token]) -> Columns | None:
    """The columns of section three; None where the pieces hold no such header."""
    found = _labels(pieces)
    labels = {m.key: m for m in found}
    if len(labels.keys() & set(_STRONG)) < 2:
        return None
    official = words.APPLICANT_ORDER
    lost = [key for key in official if key not in labels]
    shown = columns(pieces, words.APPLICANTS, official, lost)
    if lost and len(shown) == len(official) and all(part.key for part in shown):
        return Columns(labels, None, STRANGE)  # a label stands there twice, in place of another
    others = tuple(at for at, part in enumerate(shown) if not part.key)
    if others:
        own = tuple(part.key for part in shown if part.key)
        in_line = len({part.line for part in shown}) == 1
        if in_line and own == tuple(key for key in official if key in labels):
            return Columns(labels, own, "", others)
        if lost or not all(words.is_extra(shown[at].text) for at in others):
            return Columns(labels, None, STRANGE)
    lines, headed = _key_lines(pieces), _is_headed(pieces)
    if headed and _are_alone(lines) and _in_one(keys := [m.key for m in found]):
        lines = [keys]
    order = _order([m.key for m in found], lines, headed)
    if headed and any(map(_in_one, lines)):
        labels.pop("total")
    return Columns(labels, order, "" if order else OUT_OF_ORDER)


def left_out(
    pieces: Iterable[Token], order: Iterable[str], labels: Collection[str]
) -> tuple[str, ...] | None:
    """The order of the columns without the one that has no label; None where pieces of that stand there."""
    known = (words.APPLICANTS, words.HEADS)
    unnamed = "".join(t.text for t in pieces if not any(kind.match(t.text) for kind in known))
    lost = "".join(form for form, key in words.APPLICANTS.forms.items() if key not in labels)
    return None if set(unnamed) & set(lost) else tuple(key for key in order if key in labels)


def _is_headed(pieces: Iterable[Token]) -> bool:
    """Whether the name of the organisations' columns stands there, alone or run together with others."""
    return any(_ORGANISATIONS in t.text or _names_organisations(t.text) for t in pieces)


def _names_organisations(text: str) -> bool:
    head = words.HEADS.match(text)
    return head is not None and head.key == _ORGANISATIONS


def _labels(pieces: Iterable[Token]) -> list[Match]:
    texts = [t.text for t in pieces if not _names_organisations(t.text)]
    return [match for match, _ in words.scan(texts, words.APPLICANTS, _HEADS)]


def _key_lines(pieces: Sequence[Token]) -> list[list[str]]:
    """The column labels of section three that stand whole on a line, line by line."""
    lines: dict[int, list[Token]] = {}
    for token in pieces:
        lines.setdefault(token.line, []).append(token)
    return [keys for line in lines.values() if (keys := [m.key for m in _labels(line)])]


def _order(keys: Sequence[str], lines: Sequence[Sequence[str]], under_head: bool) -> tuple[str, ...] | None:
    """The order of the columns, from all labels and from those of each line; None where it can't be told.

    One line that holds them all has its own order, but for the two levels of the header one behind the
    other, which may stand on several lines too; so has one that holds all organisations, which stand between
    自然人 and 总计. Otherwise the labels must be in the form's order; 总计, which stands beside two levels
    of the header, may come before others, but on a line of its own and not before 自然人 or among the
    organisations.
    """
    official = words.APPLICANT_ORDER
    own = _own_order(lines)
    lines = [line for line in lines if not (under_head and _in_one(line))]
    if own is not None and len(keys) == len(set(keys)) == len(official):
        return official if under_head and (own == _TWO_LEVELS or _in_one(own)) else own
    if _is_repeated(keys, lines) or (under_head and tuple(keys) == _TWO_LEVELS and not own):
        return official
    strong = [key for key in keys if key in _STRONG]
    if not in_order(strong, official):
        return None
    if any(set(_behind_total(line)) & set(_STRONG) for line in lines):
        return None
    if not all(in_order((key for key in line if key != "total"), official) for line in lines):
        return None
    behind = [key for key in _behind_total(keys) if key in _STRONG]
    if behind and len(behind) < len([key for key in strong if key != "natural_person"]):
        return None
    return None if _are_alone(lines) and "natural_person" in behind else official


def _are_alone(lines: Sequence[Sequence[str]]) -> bool:
    """Whether each label stands on a line of its own."""
    return bool(lines) and all(len(line) == 1 for line in lines)


def _in_one(line: Sequence[str]) -> bool:
    """Whether a line, or lines of one label each, are those of two levels, 总计 alone in the upper one.

    It may be the first column too: such a place is none that the label is known to name, and the totals
    have to prove it.
    """
    first, *others = line
    return first == "total" and tuple(others) in (_STRONG, words.APPLICANT_ORDER[:-1])


def _is_repeated(keys: Sequence[str], lines: Sequence[Sequence[str]]) -> bool:
    """Whether the last line holds all labels in order, and lines above what is merged down into it."""
    first, *_, last = official = list(words.APPLICANT_ORDER)
    above = [list(line) for line in lines[:-1]]
    whole = bool(lines) and list(lines[-1]) == official and len(keys) == sum(map(len, lines))
    return whole and all(line in ([first], [last], [first, last]) for line in above)


def _own_order(lines: Sequence[Sequence[str]]) -> tuple[str, ...] | None:
    """The order that one line shows, or one line of organisations below 自然人 … 总计."""
    first, *organisations, last = words.APPLICANT_ORDER
    for line in lines:
        if sorted(line) == sorted(words.APPLICANT_ORDER):
            return tuple(line)
        if sorted(line) == sorted(organisations) and [first, last] in [list(other) for other in lines]:
            return first, *line, last
    return None


def _behind_total(keys: Sequence[str]) -> Sequence[str]:
    return keys[list(keys).index("total") + 1 :] if "total" in keys else ()
