"""The label of a row in a stream: where it begins and ends, and which others stand before or beside it."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.parse import vocabulary as words
from pipelines.parse.labels import Match, core, normal
from pipelines.parse.tables.segments import Segment
from pipelines.parse.tables.suffix import MOST_PIECES, ORDINAL, label_at_end, labels_together
from pipelines.parse.tables.tokens import Token


def whole_row(text: str) -> str:
    """The row whose whole label a text is; "" for labels that also mean something else (其他, 总计 alone)."""
    found = words.row_label(text)
    if found is None or not found.match.sure or words.is_of_group(text):
        return ""
    return "" if words.means_else(found, text) or found.match.key == "other_handling" else found.match.key


def rows_beside(segment: Segment, before: Sequence[str]) -> list[str]:
    """The rows whose labels stand on the line of the segment's own label, or run together with it."""
    line = segment.pieces[-1].line
    same = [text for token, text in zip(segment.pieces, before, strict=False) if token.line == line]
    return [*filter(None, map(whole_row, same)), *labels_together(segment.pieces[-1].text)]


def ended_above(segment: Segment, found: Match) -> bool:
    """Whether the label found for a segment is nearer to the form's without its last piece, on a line of its
    own, with which another one begins: the values stand beside that.
    """
    *above, last = segment.pieces
    if found.sure or not above or above[-1].line == last.line:
        return False
    whole = label_at_end([t.text for t in above])
    return (
        whole is not None and whole[1].match.key == found.key and _nearness(whole[1].match) > _nearness(found)
    )


def _nearness(match: Match) -> float:
    return 1 if match.confidence is None else match.confidence


def wrapped_around(segment: Segment, following: Segment) -> tuple[tuple[str, words.RowLabel], int] | None:
    """The row label that stands on lines around a run of values, and how many pieces behind them are its end.

    It begins at its ordinal and ends before the next one. What stands between of a group's label, which
    is printed beside it, is taken out of the segments.
    """
    start = next((n for n in range(len(segment.pieces) - 1, -1, -1) if _begins(segment.pieces[n])), None)
    if start is None:
        return None
    end = next((n for n, token in enumerate(following.pieces) if _begins(token)), len(following.pieces))
    lead = [t for t in segment.pieces[start:] if not words.is_of_group(t.text)]
    rest = [t for t in following.pieces[:end] if not words.is_of_group(t.text)]
    printed = "".join(t.text for t in (*lead, *rest))
    named = core("".join(t.text for t in lead)) and rest and len(lead) + len(rest) <= MOST_PIECES
    found = words.row_label(printed) if named else None
    if found is None or not found.match.sure:
        return None
    segment.pieces[start:], following.pieces[:end] = lead, rest
    return (printed, found), len(rest)


def _begins(token: Token) -> bool:
    """Whether a row's label, or its ordinal, begins with a piece of text."""
    plain = normal(token.text)
    return (plain[:1] == "(" or ORDINAL.match(plain) is not None) and not words.is_of_group(token.text)


def texts_before(texts: Sequence[str], printed: str) -> list[str]:
    """The texts without the label they end with."""
    rest = normal(printed)
    kept = list(texts)
    while kept and rest:
        last = normal(kept.pop())
        if len(last) > len(rest):
            head = last.removesuffix(rest)
            return [*kept, head] if head != last else kept
        rest = rest.removesuffix(last)
    return kept
