"""Columns that bear names of their own, in place of the form's or beside them: none of its columns."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby, takewhile
from typing import Final, NamedTuple

from pipelines.parse import vocabulary as words
from pipelines.parse.labels import Matcher, core, normal
from pipelines.parse.records import GridCell
from pipelines.parse.tables.tokens import Token
from pipelines.parse.vocabulary import is_blank, is_numberlike

_NAME: Final = re.compile(r"[\u4e00-\u9fff]{2}|20\d\d年")
_REMARK: Final = re.compile(r"\([^()]*\)?|单位:[件条次个万千元]*$|^单位$")
# what stands above the labels of rows, or before a header, and names no column of values
_CORNER: Final = re.compile(r"勾稽|项目|类[别型]|指标|内容|情况|名称|申请|公开|事项|阶段|统计|附表")
_SHORT: Final = 2  # characters of a label that other texts hold too: 其他, 总计
_NEAR: Final = 2  # lines from one label of a header to the next, where each is on its own
_HEADS: Final = (*words.HEADS.forms, *words.STAGES.forms, *words.GROUPS.forms)


class Part(NamedTuple):
    """A label of a header and its key, or a text beside labels, and the line on which it begins."""

    text: str
    line: int
    key: str = ""


def is_other_name(text: str, letters: Collection[str]) -> bool:
    """Whether a header's text names a column of its own: ``letters`` are those of the labels that it may be,
    misread or cut; of such a label they are at least half.
    """
    name = _REMARK.sub("", core(text))
    if not _NAME.search(name):
        return False
    return 2 * sum(character in letters for character in name) < len(name)


def stands_over_values(cell: GridCell, cells: Iterable[GridCell], below: int) -> bool:
    """Whether nothing but values and blanks stands in a cell's column further down than the row ``below``."""
    return cell.colspan == 1 and all(
        is_blank(c.text) or is_numberlike(c.text)
        for c in cells
        if c.row > below and c.column <= cell.column < c.column + c.colspan
    )


def letters_of(labels: Matcher, keys: Collection[str]) -> set[str]:
    """The characters of the labels of ``keys``."""
    return {character for form, key in labels.forms.items() if key in keys for character in form}


def columns(
    pieces: Sequence[Token], labels: Matcher, official: Sequence[str], lost: Collection[str]
) -> list[Part]:
    """The columns of a header in a stream, in reading order: labels, and texts without a key where columns
    bear other names. ``lost`` are the labels of ``official`` that it lacks; of others it may show a piece,
    and the rest further down.
    """
    parts = list(_parts(pieces, labels))
    found = [at for at, part in enumerate(parts) if part.key]
    begins = [parts[at].line - _NEAR for at in found if len(parts[at].text) > _SHORT]
    if not begins:
        return []
    first, last = next(at for at in found if parts[at].line >= begins[0]), found[-1]
    shown = parts[first : last + 1]
    apart = first > 1 and parts[first - 2].line == shown[0].line  # what stands there is no corner
    if first and (apart or parts[first].key != official[0]) and _stands_before(parts[first - 1], shown):
        shown.insert(0, parts[first - 1])
    shown += takewhile(lambda part: part.line == parts[last].line, parts[last + 1 :])
    cut = [part.key for part in parts if part.key and core(part.text) not in labels.forms]
    letters = letters_of(labels, {*lost, *cut})
    before = [None, *(part.line for part in shown)]
    return [
        part
        for part, line in zip(shown, before, strict=False)
        if part.key or _is_column(part, letters, beside=part.line == line)
    ]


def _is_column(part: Part, letters: Collection[str], *, beside: bool) -> bool:
    """Whether a text names a column of its own; ``beside``: it stands behind another one's on its line."""
    if beside and words.is_extra(part.text):
        return True
    if any(stage.endswith(core(part.text)) for stage in words.STAGES.forms):
        return False  # 起诉 behind 未经复议直接, which is told without it
    return is_other_name(part.text, letters) and (beside or not _is_corner(part))


def _is_corner(part: Part) -> bool:
    return _CORNER.search(part.text) is not None


def _stands_before(part: Part, shown: Sequence[Part]) -> bool:
    """Whether a text is the name of a column before those shown: on their line, or each on a line of its own.

    The name of their group may stand between.
    """
    line = shown[0].line
    alone = len(shown) > 1 and shown[1].line != line and line - _NEAR <= part.line < line
    return (part.line == line or alone) and not _is_corner(part)


def item_names(pieces: Sequence[Token], lost: Collection[str]) -> list[str]:
    """The names of columns that stand in the header of a sub-table of section two, behind its 信息内容."""
    texts = [normal(token.text) for token in pieces]
    if not lost or words.ITEMS not in texts:
        return []
    parts = _parts(pieces[texts.index(words.ITEMS) + 1 :], words.PROACTIVE_COLUMNS)
    letters = letters_of(words.PROACTIVE_COLUMNS, lost)
    return [part.text for part in parts if not part.key and is_other_name(part.text, letters)]


def _parts(pieces: Iterable[Token], labels: Matcher) -> Iterator[Part]:
    """Labels and the texts between them, in order; names of groups of columns or rows are neither."""
    run: list[Token] = []
    for token in pieces:
        match = labels.match(token.text)
        if match is None and not _names_group(token.text):
            run.append(token)
            continue
        yield from _of_run(run, labels)
        run = []
        if match:
            yield Part(token.text, token.line, match.key)
    yield from _of_run(run, labels)


def _names_group(text: str) -> bool:
    group = core(text).removesuffix("情况")  # (三)复议后起诉情况
    named = words.HEADS.match(text) or words.STAGES.match(group) or words.GROUPS.match(text)
    if named or words.item_title(text):
        return True
    row = words.row_label(text)
    return row is not None and not words.means_else(row, text)


def _of_run(run: Sequence[Token], labels: Matcher) -> Iterator[Part]:
    """The labels inside pieces that are none by themselves, and the rest of these pieces."""
    letters = [(character, n) for n, token in enumerate(run) for character in normal(token.text)]
    at = 0
    for hit in words.scanner(labels, _HEADS).finditer("".join(character for character, _ in letters)):
        yield from _texts(letters[at : hit.start()], run)
        if hit.group() in labels.forms:
            yield Part(hit.group(), run[letters[hit.start()][1]].line, labels.forms[hit.group()])
        at = hit.end()
    yield from _texts(letters[at:], run)


def _texts(letters: Sequence[tuple[str, int]], run: Sequence[Token]) -> Iterator[Part]:
    """The pieces that letters are of; neighbours of one letter each are one text."""
    texts = [
        (number, "".join(character for character, _ in of)) for number, of in groupby(letters, lambda x: x[1])
    ]
    for single, group in groupby(texts, lambda text: len(text[1]) == 1):
        listed = list(group)
        if single:
            yield Part("".join(text for _, text in listed), run[listed[0][0]].line)
        else:
            yield from (Part(text, run[number].line) for number, text in listed)
