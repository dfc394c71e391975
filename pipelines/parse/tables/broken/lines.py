"""Numbers that a column without borders breaks over lines: 1236 above a lone 7, in the lines of a page.

The rest would pass for the number of the page. Labels may stand at the height of either piece, or
between. Where a row stands in one cell, which of its values goes on can't be told: all are doubtful.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from operator import attrgetter
from typing import Final

from pipelines.parse import vocabulary as words
from pipelines.parse.labels import normal
from pipelines.parse.records import UNREAD, Box
from pipelines.parse.tables import sums
from pipelines.parse.tables.broken.pieces import doubtful, in_two, weakest
from pipelines.parse.tables.findings import numbers_columns
from pipelines.parse.tables.placed import box_of
from pipelines.parse.tables.suffix import label_at_end
from pipelines.parse.tables.tokens import Sort, Token
from pipelines.parse.template import APPLICATIONS

_FIGURE: Final = re.compile(r"[+\-±¥]?\d[\d,.]*")
_REST: Final = re.compile(rf"[\d,.]*[\d{UNREAD}][\d,.{UNREAD}]*")
# how far below a figure its rest may stand, in heights of a line: where nothing is printed between,
# where a label stands between two lines of figures, where any other line of a label does
_PITCH: Final = 2.0
_BESIDE: Final = 1.6
_NEAR: Final = 1.4
_ASIDE: Final = 0.5  # of its width, by which a rest may stand beside its figure
_OFF_MIDDLE: Final = (
    0.2  # of the height of a line, by which a row may miss the middle of what stands astride it
)
_GAP: Final = 0.5  # of the height of a line, between the figures of two columns
_LOOSE: Final = 3  # loose lines of figures that show that a whole table is broken
_GROUP: Final = 3  # characters a line of a group's label, which is printed downwards


def with_rests(tokens: list[Token], lines: Collection[int]) -> list[Token]:
    """The pieces of a document, each figure with the rests printed below it: "1236\\n7".

    ``lines`` are the indexes of the blocks that are lines of a page, whose pieces have boxes of their own.
    """
    if not any(t.place.box for t in tokens):  # no pages
        return tokens
    joiner = _Joiner(lines)
    for _, line in groupby(tokens, key=attrgetter("line")):
        joiner.take(list(line))
    return joiner.found


def with_pieces_astride(tokens: list[Token], lines: Collection[int]) -> list[Token]:
    """The pieces of a document, figures in two that stand half a line above and below their row in that row:
    cells are centred, and some of its take two lines. ``lines`` as in :func:`with_rests`.
    """
    if not any(t.place.box for t in tokens):
        return tokens
    printed = [list(line) for _, line in groupby(tokens, key=attrgetter("line"))]
    for n in range(1, len(printed) - 1):
        three = printed[n - 1 : n + 2]
        if all(line and all(t.block in lines and t.place.box for t in line) for line in three):
            printed[n - 1 : n + 2] = _put_between(*three)
    return [token for line in printed for token in line]


def _put_between(above: list[Token], row: list[Token], below: list[Token]) -> Sequence[list[Token]]:
    """Three lines, the pieces of the outer ones in the middle one; as they are where a piece is left over."""
    pieces = [[t for t in line if _REST.fullmatch(normal(t.text))] for line in (above, below)]
    reach = [box for box in _boxes(row) if box]
    pairs = list(zip(*pieces, strict=False))
    if (
        not len(pieces[0]) == len(pieces[1]) > 0
        or len({t.place.page for t in (*above, *row, *below)}) > 1
        or any(map(_names_row, (*above, *below)))
        or not any(_names_row(t) or words.is_figure(t.text) for t in row)
        or not all(_stand_astride(box_of(head), row, box_of(rest)) for head, rest in pairs)
        or any(_meet_across(box_of(head), box) for head, _ in pairs for box in reach)
    ):
        return above, row, below
    whole = [_joined(head, rest)._replace(line=row[0].line) for head, rest in pairs]
    values = sorted((*(t for t in row if t.sort is Sort.VALUE), *whole), key=lambda t: box_of(t)[2])
    between = [t for t in row if t.sort is not Sort.VALUE] + values
    return [t for t in above if t not in pieces[0]], between, [t for t in below if t not in pieces[1]]


def _names_row(token: Token) -> bool:
    found = words.row_label(token.text) if token.sort is Sort.TEXT else None
    return found is not None and found.match.sure


def _stand_astride(head: Box, row: Sequence[Token], rest: Box) -> bool:
    """Whether a line stands on the height of both of two pieces, which are below each other."""
    high = min(head[3] - head[1], rest[3] - rest[1])
    middle = (head[1] + rest[3]) / 2
    boxes = [box for box in _boxes(row) if box] or map(box_of, row)
    return (
        0 < rest[1] - head[1] <= _BESIDE * high
        and all(abs((box[1] + box[3]) / 2 - middle) <= _OFF_MIDDLE * high for box in boxes)
        and _meet_across(head, rest)
    )


def _meet_across(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2]


def leaves_rests(tokens: Iterable[Token], lines: Collection[int]) -> bool:
    """Whether section three is printed in columns so narrow that what belongs together can't be told.

    So it is where, joined as they are, lines of nothing but figures, fewer than a row has, still stand
    directly below figures. A row whose label takes several lines has a line of figures alone too, but
    pieces of the label are above and below it.
    """
    printed = [list(line) for _, line in groupby(tokens, key=attrgetter("line"))]
    named = [n for n, line in enumerate(printed) if any(map(_names_application, line))]
    area = printed[named[0] : named[-1] + 2] if named else []
    loose = (
        all(t.sort is Sort.VALUE and t.block in lines for t in line)
        and 1 < len(line) < len(words.APPLICANT_ORDER)
        and any(t.sort is Sort.VALUE and t.place.page == line[0].place.page for t in above)
        and line[0].place.box is not None
        for above, line in pairwise(area)
    )
    return sum(loose) >= _LOOSE


def _names_application(token: Token) -> bool:
    found = words.row_label(token.text) if token.sort is Sort.TEXT else None
    return found is not None and found.table == APPLICATIONS and found.match.key not in words.WEAK_ROWS


class _Joiner:
    """Takes in a document line by line."""

    def __init__(self, lines: Collection[int]) -> None:
        self.found: list[Token] = []
        self._lines = lines
        self._above: dict[
            int, Box
        ] = {}  # where in ``found`` the latest figures are, and what of them is lowest
        self._label: list[Token] = []  # the texts beside and since the latest figures
        self._before: list[Token] = []  # those beside and since the figures above these
        self._parted = 0  # how many lines of labels without figures stand between
        self._bare: list[int] = []  # of the figures directly above, those on a line with nothing else
        self._boxes: dict[int, Box | None] = {}  # where the figures of the line stand, by identity
        self._last: list[Token] = []  # the rests on the line above, if they may begin figures of the next row

    def take(self, line: Sequence[Token]) -> None:
        """Add a line, its rests to the figures that they end."""
        self._boxes = {id(t): box for t, box in zip(line, _boxes(line), strict=True)}
        rests = [t for t in line if _REST.fullmatch(normal(t.text))]
        texts = [t for t in line if t.sort is Sort.TEXT and t not in rests]
        if not (self._above and rests and _goes_on(line, rests, self._label, texts)) or not self._ends(
            line, rests, texts
        ):
            self._begins(line, rests, texts)

    def _ends(self, line: Sequence[Token], rests: Sequence[Token], texts: Sequence[Token]) -> bool:
        """Whether the line holds rests of the figures above; they are then joined."""
        if self._in_one_cell(rests) and not (self._parted or texts or len(rests) >= max(2, len(self._above))):
            for at in self._above:
                self.found[at] = _doubtful(self.found[at])
            return True
        known = [self.found[at] for at in self._above]
        owners = self._owners(rests) if self._all_on_lines([*known, *line]) else {}
        if not owners:
            for at in self._reached(rests):
                self.found[at] = _doubtful(self.found[at])
            return False
        if own := self._is_row(owners):
            return False
        if own is None:  # both ways of reading make sense
            for at in owners:
                self.found[at] = _doubtful(self.found[at])
            self._begins([_doubtful(t) for t in line], rests, texts)
            return True
        for at, rest in owners.items():
            self.found[at] = _joined(self.found[at], rest)
        sure = _adds_up([self.found[at] for at in self._above]) is True
        self._last = [] if sure or not all(map(_is_aside, texts)) else list(rests)
        self._above = {at: box_of(rest) for at, rest in owners.items()}
        self._bare = [at for at in self._bare if at in owners]
        self._label += texts
        self.found += texts
        return True

    def _begins(self, line: Sequence[Token], rests: Sequence[Token], texts: Sequence[Token]) -> None:
        """Add a line that holds no rests; figures that begin on a line of their own above it are joined."""
        line = self._whole(line)
        values = {n: box for n, box in enumerate(_boxes(line), len(self.found)) if box}
        self.found += line
        self._last = []
        if values or any(t.sort is Sort.BARRIER for t in line):
            self._above = values
            self._before, self._label, self._parted = self._label, list(texts), 0
            alone = len(values) == len(rests) and all(map(_is_aside, texts))
            self._bare = list(values) if alone else []
        elif texts:
            ended = _ends_label([*self._before, *self._label, *texts])
            self._parted += ended or not all(map(_is_aside, texts))
            self._label += texts

    def _whole(self, line: Sequence[Token]) -> Sequence[Token]:
        """The line, its figures joined to what stands above them on a line of nothing but digits."""
        values = [t for t in line if t.sort is Sort.VALUE]
        heads = [self.found[at] for at in self._bare] or self._last
        if not heads or not values or self._parted or numbers_columns([t.text for t in heads]):
            return line
        if self._bare and self._in_one_cell(values):
            return [_doubtful(t) for t in line]
        if not self._all_on_lines([*heads, *line]) or heads[0].place.page != line[0].place.page:
            return line
        if any(" " in t.text for t in heads):  # which figures begin above can't be told
            return [_doubtful(t) for t in line]
        reach = [self._above[at] for at in self._bare] or [box_of(t) for t in heads]
        under = [
            [t for t in values if self._goes_below(head, box, t, _PITCH)]
            for head, box in zip(heads, reach, strict=True)
        ]
        if any(len(found) != 1 for found in under):
            return line
        own = _is_row(heads, [(head, below) for head, (below,) in zip(heads, under, strict=True)])
        if own is None and len(heads) == len(values):
            return [_doubtful(t) for t in line]
        if own and len(heads) == len(values):
            return line
        whole = {id(below): _joined(head, below) for head, (below,) in zip(heads, under, strict=True)}
        for at in reversed(self._bare):
            del self.found[at]
        return [whole.get(id(t), t) for t in line]

    def _in_one_cell(self, figures: Sequence[Token]) -> bool:
        """Whether figures stand in the very cell that holds all figures above."""
        return all(self.found[at].place == t.place for at in self._above for t in figures)

    def _all_on_lines(self, line: Sequence[Token]) -> bool:
        return all(t.block in self._lines and t.place.box for t in line)

    def _owners(self, rests: Sequence[Token]) -> dict[int, Token]:
        """Which figure above each of the rests ends, by index; nothing where one has none or several."""
        owners: dict[int, Token] = {}
        pitch = _PITCH
        if self._parted:
            pitch = _BESIDE if self._bare and self._parted == 1 else _NEAR
        for rest in rests:
            under = [
                at for at, box in self._above.items() if self._goes_below(self.found[at], box, rest, pitch)
            ]
            if len(under) != 1 or under[0] in owners:
                return {}
            owners[under[0]] = rest
        return owners

    def _reached(self, rests: Sequence[Token]) -> set[int]:
        """The figures, by index, right above those of a line that go on below no label, if all do.

        As many figures as stand above are a row that has lost its label.
        """
        if len(rests) == len(self._above):
            return set()
        under = [
            {at for at, box in self._above.items() if self._stands_below(self.found[at], box, rest, _NEAR)}
            for rest in rests
        ]
        return set().union(*under) if all(under) else set()

    def _goes_below(self, figure: Token, box: Box, rest: Token, pitch: float) -> bool:
        """Whether a figure of the line may be the rest of one above, which stands in the box."""
        last = normal(figure.text.rpartition("\n")[2])
        return len(normal(rest.text)) <= len(last) and self._stands_below(figure, box, rest, pitch)

    def _stands_below(self, figure: Token, box: Box, rest: Token, pitch: float) -> bool:
        """Whether a figure of the line stands right below one above, which stands in the box."""
        x0, top, x1, bottom = self._boxes.get(id(rest)) or box_of(rest)
        last = normal(figure.text.rpartition("\n")[2])
        if figure.place.page != rest.place.page or not _FIGURE.fullmatch(last):
            return False
        aside = _ASIDE * (x1 - x0)
        below = 0 < top - box[1] <= pitch * min(bottom - top, box[3] - box[1])
        return below and box[0] - aside <= (x0 + x1) / 2 <= box[2] + aside

    def _is_row(self, owners: Mapping[int, Token]) -> bool | None:
        """Whether figures below all of a row's are a row without a label; None where it is open."""
        if len(owners) != len(self._above):
            return False
        pairs = [(self.found[at], owners[at]) for at in sorted(owners)]
        return _is_row([below for _, below in pairs], pairs)


def _goes_on(
    line: Sequence[Token], rests: Sequence[Token], texts: Sequence[Token], beside: Sequence[Token]
) -> bool:
    """Whether a line holds nothing but digits, and perhaps the rest of the label of the row above."""
    if any(t.sort in (Sort.VALUE, Sort.BARRIER) and t not in rests for t in line):
        return False
    return all(_is_rest_of_label(texts, beside[: n + 1]) for n in range(len(beside)))


def _is_rest_of_label(texts: Sequence[Token], beside: Sequence[Token]) -> bool:
    own = beside[-1].text
    if _is_aside(beside[-1]) or _ends_label((*texts, *beside)):
        return True
    return not words.row_label(own) and words.is_label_part(own) and not words.begins_label(own)


def _ends_label(texts: Sequence[Token]) -> bool:
    """Whether the last of these texts ends the label of a row of which pieces stand before it."""
    whole = label_at_end([t.text for t in texts])
    return bool(whole and whole[1].match.sure and len(normal(whole[0])) > len(normal(texts[-1].text)))


def _is_aside(text: Token) -> bool:
    """Whether a text is a line of a group's label, and none of a row's."""
    short = len(normal(text.text)) <= _GROUP or words.is_of_group(text.text)
    return short and not words.row_label(text.text)


def _is_row(row: Sequence[Token], pairs: Sequence[tuple[Token, Token]]) -> bool | None:
    """Whether figures are a row of their own, and no pieces of what the pairs make; None: perhaps."""
    alone, whole = _adds_up(row), _adds_up([_joined(*pair) for pair in pairs])
    if len(row) != len(words.APPLICANT_ORDER) or alone is False:
        return False
    return None if whole else True


def _adds_up(row: Sequence[Token]) -> bool | None:
    """Whether the last of seven figures, made whole, is the sum of the rest; None: it proves nothing."""
    if len(row) != len(words.APPLICANT_ORDER):
        return None
    texts = [t.text.replace("\n", "") for t in row]
    return sums.adds_up(dict(zip(words.APPLICANT_ORDER, texts, strict=True)))


def _boxes(line: Sequence[Token]) -> list[Box | None]:
    """Where the figures of a line stand, None for what is none.

    One printed close to its label has the box of the whole line: what stands behind it cuts that off.
    """
    boxes = [t.place.box for t in line]
    for n, (box, after) in enumerate(pairwise(boxes)):
        if box and after and box[0] < after[0] < box[2]:
            boxes[n] = (box[0], box[1], after[0] - _GAP * (box[3] - box[1]), box[3])
    return [box if t.sort is Sort.VALUE else None for t, box in zip(line, boxes, strict=True)]


def _joined(figure: Token, rest: Token) -> Token:
    (x0, top, x1, bottom), below = box_of(figure), box_of(rest)
    box = (min(x0, below[0]), min(top, below[1]), max(x1, below[2]), max(bottom, below[3]))
    return figure._replace(
        text=in_two(figure.text, rest.text),
        place=replace(figure.place, box=box),
        confidence=weakest(figure.confidence, rest.confidence),
    )


def _doubtful(token: Token) -> Token:
    return token._replace(text=doubtful(token.text)) if token.sort is Sort.VALUE else token
