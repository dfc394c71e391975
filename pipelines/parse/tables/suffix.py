"""Finding the row label that a run of text pieces ends with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from pipelines.parse.labels import normal
from pipelines.parse.vocabulary import GROUPS, ROWS, WEAK_ROWS, RowLabel, means_else, row_label, scan

# where a label may begin inside a piece of text: at its ordinal
ORDINAL = re.compile(r"\([一二三四五六七八九十]\)|[一二三四五六七八九十]、|\d[.、]")
# the labels of the groups that a row is in, printed before its own: 不予公开-属于国家秘密
_GROUP = re.compile(rf"(?:(?:{ORDINAL.pattern})?(?:{'|'.join(map(re.escape, GROUPS.forms))})[-—－:、/>]*)+")
_OPEN = re.compile(
    r"(?:\([一二三四五六七八九十]\)|[一二三四五六七八九十]、|(?<!\d)\d[.、])$"
)  # an ordinal whose label is still to come
_UPRIGHT = 3  # pieces of an ordinal printed one character a line
_WORDS = re.compile(r"[一-龥]{3}")
_LONGEST = 60
MOST_PIECES = _LONGEST + 1  # none of them blank: what stands before is in no label
_LONGEST_PIECE = 600  # characters of a piece in which a label may begin
_TWO_LABELS = 8  # characters of the shortest pair of labels
_SHORT = 2  # 规章, 其他: may stand inside other words


def label_at_end(pieces: Sequence[str]) -> tuple[str, RowLabel] | None:
    """The printed label that the pieces, joined, end with, and the row it matches.

    A label begins where a piece begins or at an ordinal inside one. The longest
    exact match wins, else the fuzzy one of greatest confidence.
    """
    listed = tuple(pieces)
    short = len(listed) <= MOST_PIECES and sum(map(len, listed)) < _LONGEST_PIECE
    return (_remembered if short else _label_at_end)(listed)


@lru_cache(maxsize=4096)
def _remembered(pieces: tuple[str, ...]) -> tuple[str, RowLabel] | None:
    return _label_at_end(pieces)


def _label_at_end(pieces: tuple[str, ...]) -> tuple[str, RowLabel] | None:
    if not pieces or _OPEN.search(normal("".join(pieces[-_UPRIGHT:]))):
        return None
    last = row_label(pieces[-1])
    if last and last.match.sure and not means_else(last, pieces[-1]):
        return pieces[-1], last
    best: tuple[float, int, str, RowLabel] | None = None
    for text in _tails(pieces):
        found = row_label(text)
        if found is None:
            continue
        rank = (2.0 if found.match.sure else found.match.confidence or 0.0, len(text))
        if best is None or rank > best[:2]:
            best = (*rank, text, found)
    return (best[2], best[3]) if best else None


def _tails(pieces: Sequence[str]) -> list[str]:
    """Every end of the joined text that may be a label, shortest first."""
    tails: list[str] = []
    joined = ""
    for piece in reversed(pieces):
        plain = normal(piece[-_LONGEST_PIECE:])
        inside = [m.start() for m in ORDINAL.finditer(plain) if m.start() > 0]
        if behind := _behind_group(plain):
            inside = sorted({*inside, behind})
        tails += [plain[at:] + joined for at in reversed(inside)]
        joined = plain + joined
        tails.append(joined)
        if len(joined) > _LONGEST:
            break
    return tails


def without_group(text: str) -> str:
    """The label of a row without its group's before it: 不予公开-属于国家秘密; "" where there is none."""
    plain = normal(text[-_LONGEST_PIECE:])
    at = _behind_group(plain)
    return plain[at:] if at else ""


def _behind_group(plain: str) -> int:
    """Where a text that begins with the label of a group goes on with that of one of its rows; 0 where not.

    What is called 合计 or 其他 there is of the group, and the form has it in one group only.
    """
    group = _GROUP.match(plain)
    found = row_label(plain[group.end() :]) if group else None
    if group is None or found is None:
        return 0
    is_own = found.match.key == "other_remaining" and "其他处理" in group[0]
    return group.end() if is_own or found.match.key not in WEAK_ROWS else 0


def labels_among(pieces: Sequence[str]) -> list[tuple[str, RowLabel]]:
    """The whole labels of rows, as printed, that stand among pieces of text, numbers between them."""
    if not _WORDS.search("".join(pieces)):
        return []
    return [(printed, row) for printed in _whole_labels(pieces) if (row := row_label(printed))]


def _whole_labels(pieces: Sequence[str]) -> list[str]:
    """The labels printed among pieces of text but for those too common to tell."""
    found = scan(pieces, ROWS)
    return [text for match, text in found if match.sure and len(text) > _SHORT and match.key not in WEAK_ROWS]


@lru_cache(maxsize=4096)
def labels_together(text: str) -> tuple[str, ...]:
    """The rows whose whole labels stand in one piece of text, if they are several.

    其他处理 does not count before the rows whose group it is, and labels too common to tell never do.
    """
    if len(text) < _TWO_LABELS:
        return ()
    found = row_label(text)
    if found and found.match.sure:
        return ()
    whole = [match.key for match, printed in scan([text], ROWS) if len(printed) > _SHORT]
    rows = dict.fromkeys([*(key for key in whole if key not in WEAK_ROWS), *_behind_ordinals(text)])
    if any(key.startswith("other_") for key in rows.keys() - {"other_handling"}):
        rows.pop("other_handling", None)
    return tuple(rows) if len(rows) > 1 else ()


def _behind_ordinals(text: str) -> list[str]:
    """The rows whose labels stand between the ordinals of a text: there also short words tell."""
    plain = normal(text)
    starts = [m.start() for m in ORDINAL.finditer(plain)]
    parts = [plain[start:end] for start, end in pairwise([*starts, len(plain)])]
    return [found.match.key for part in parts if (found := row_label(part)) and found.match.sure]
