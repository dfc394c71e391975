"""Signs that part the fields of lines, as in a sheet saved as text: tabs stand in their places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from pipelines.parse import vocabulary as words
from pipelines.parse.records import Block, Paragraph
from pipelines.parse.tables.reviews import ALL_PAIRS
from pipelines.parse.tables.sums import adds_up
from pipelines.parse.template import APPLICATIONS
from pipelines.parse.vocabulary import is_numberlike

_DASH_LIKE: Final = " / "  # what seems to part fields may be dashes that blanks part
_SEPARATORS: Final = (",", ";", "；", "，", "#", "&", _DASH_LIKE)
_BEHIND_BLANK = re.compile(r"[^/\s]\s+\d[\d,.]*(?=\s|$)")
_QUOTED = re.compile(r'"([^"\t]*)"')
# fields that may hold a value
_VALUES_IN: Final = {
    mark: re.compile(
        rf"(?:^|{mark})\s*([^\s\w{sign}]*\d[^{sign}\n]{{0,14}}|[^\s\w{sign}]+|无)(?={mark}|$)", re.MULTILINE
    )
    for mark, sign in ((mark, mark.strip()) for mark in _SEPARATORS)
}
_LINES: Final = 5  # lines of fields that show that a document parts them with a separator
_LONGEST: Final = 300  # characters of such a line
_NAME: Final = 12  # characters of the name of a column
_VALUES: Final = len(words.APPLICANT_ORDER)


def with_tabs(blocks: list[Block]) -> list[Block]:
    """Lines whose fields a separator parts, with tabs for it, if the document has several such lines.

    The rows of section three must have as many fields each: separators of thousands make them differ.
    """
    lines = [(i, b) for i, b in enumerate(blocks) if isinstance(b, Paragraph) and len(b.text) < _LONGEST]
    said = "".join([f"{line.text} \n" for _, line in lines])
    for mark in _SEPARATORS:
        if said.count(mark) < _LINES:
            continue
        marked = [(i, line) for i, line in lines if mark in f"{line.text} "]
        if len(marked) < _LINES or not _hold_value([line.text for _, line in marked], mark):
            continue
        parted = {i: text for i, line in marked if (text := _parted(line, mark))}
        rows = [text.split("\t") for text in parted.values()]
        rows = [row for row in rows if _is_application(row[0])]
        uneven = min(len(set(map(len, rows))), len(set(map(_behind, rows)))) > 1
        named = mark == _DASH_LIKE and any(_is_header(line.text.split(mark)) for _, line in marked)
        if len(parted) < _LINES or (uneven and not named):
            continue
        others = [b.text for i, b in marked if i not in parted]
        if mark == _DASH_LIKE and not named and not _are_no_dashes(rows, others):
            continue
        for i, line in marked:
            if named or (mark == _DASH_LIKE and _is_label(line.text.split(mark)[0].strip())):
                parted.setdefault(i, f"{line.text} ".replace(mark, " \t "))  # no dash, whatever stands there
            if i in parted:
                blocks[i] = replace(line, text=parted[i])
    return blocks


def _are_no_dashes(rows: Sequence[Sequence[str]], others: Iterable[str]) -> bool:
    """Whether slashes part the fields of rows of section three, and are no dashes that blanks part.

    Then all rows have as many, at least behind their labels, figures are among them, and none stands behind
    a blank alone.
    """
    alike = len({len(row) for row in rows if len(row) > _VALUES}) == len(set(map(len, rows))) == 1
    return (
        (alike or {_behind(row) - 1 for row in rows} == {_VALUES})
        and any(_is_figure(field.strip()) and any(map(str.isdigit, field)) for row in rows for field in row)
        and not any(map(_BEHIND_BLANK.search, others))
    )


def _hold_value(lines: Sequence[str], mark: str) -> bool:
    """Whether a separator parts a value from the rest of a line."""
    return any(_is_figure(text.strip('" ')) for text in _VALUES_IN[mark].findall("\n".join(lines)))


def _behind(row: Sequence[str]) -> int:
    """How many fields stand behind the last label of a row."""
    labels = [at for at, field in enumerate(row) if field.strip() and not _is_figure(field.strip())]
    return len(row) - labels[-1] if labels else 0


def _is_application(text: str) -> bool:
    found = words.row_label(text)
    return found is not None and found.table == APPLICATIONS


def _parted(line: Paragraph, mark: str) -> str:
    """The line with tabs for a separator, if all that it parts are figures, blanks and labels; else ""."""
    if "\t" in line.text or "|" in line.text:
        return ""
    text = _QUOTED.sub(lambda found: f" {found[1].replace(mark, chr(0))} ", line.text)
    if text.endswith(mark.rstrip()):
        text += mark[len(mark.rstrip()) :]  # the blank behind the last of them is lost
    first, *fields = (field.strip().replace("\0", mark) for field in text.split(mark))
    filled = [field for field in fields if field]
    tabbed = text.replace(mark, "\t".center(len(mark))).replace("\0", mark)
    if _is_row_of_reviews([first, *fields], quoted=line.text.count('"') == 2 * len(ALL_PAIRS)):
        return tabbed
    known = _is_header(filled) or all(_is_figure(field) or _is_label(field) for field in filled)
    if first[-1:].isdigit() or not known:
        return ""
    if not (_is_label(first) or len(filled) > 2 or (filled and all(map(words.names_column, filled)))):
        return ""
    return tabbed


def _is_header(fields: Sequence[str]) -> bool:
    """Whether fields name columns, some of which may bear other names than the form's."""
    named = sum(words.names_column(field.strip()) for field in fields)
    return 2 * named > len(fields) > 2 and all(len(field) <= _NAME for field in fields)


def _is_row_of_reviews(fields: Sequence[str], *, quoted: bool) -> bool:
    """Whether fields are the fifteen values of section four, as their sums prove, or quotation marks.

    A separator of thousands, or a value that is left out, would leave other sums.
    """
    if len(fields) != len(ALL_PAIRS) or not all(not field or _is_figure(field) for field in fields):
        return False
    if quoted:
        return True
    size = len(words.OUTCOME_ORDER)
    parts = (fields[start : start + size] for start in range(0, len(fields), size))
    return all(adds_up(dict(zip(words.OUTCOME_ORDER, part, strict=True))) is not False for part in parts)


def _is_figure(text: str) -> bool:
    """Whether one value stands there: two with a blank between them would pass for one."""
    return is_numberlike(text) and len(text.split()) == 1


def _is_label(text: str) -> bool:
    return bool(
        words.row_label(text)
        or words.names_column(text)
        or words.HEADS.match(text)
        or words.GROUPS.match(text)
        or words.item_title(text)
        or words.scan([text], words.STAGES, words.STAGE_DECOYS)
        or words.scan([text], words.OUTCOMES)
    )
