"""Blank fields of lines that draw tables: those that pad a line, and those of a label that spans columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from pipelines.parse import vocabulary as words
from pipelines.parse.labels import normal
from pipelines.parse.records import Block, Paragraph
from pipelines.parse.tables.suffix import label_at_end
from pipelines.parse.tables.sums import adds_up
from pipelines.parse.template import APPLICATIONS
from pipelines.parse.vocabulary import is_blank, is_numberlike

_LINES: Final = 5  # lines that show that a sheet has padded them
_VALUES: Final = len(words.APPLICANT_ORDER)
_TOTAL: Final = "总计"
TABLE: Final = 10  # rows of as many fields that make a table of section three


class _Closed(NamedTuple):
    """A row of section three between marks: how many fields it has, how many of them are blank between
    its label and its values, what kind of ordinal the label bears, the line without these fields, and
    whether its total is the sum of the others.
    """

    width: int
    span: int
    ordinal: str
    text: str
    fits: bool | None


def without_padding(blocks: list[Block]) -> None:
    """Take the blank fields off the ends of lines that a sheet has made as long as its longest.

    A run of such lines ends with the last column that has a label in one of them, and nothing behind it.
    """
    found = {i: b for i, b in enumerate(blocks) if isinstance(b, Paragraph) and "\t" in b.text}
    lines = {i: line.text.split("\t") for i, line in found.items()}
    if len(lines) < _LINES or len(set(map(len, lines.values()))) > 1:
        return
    for run in _neighbours(lines):
        ends = {i: max((at for at, field in enumerate(lines[i]) if field.strip()), default=0) for i in run}
        last = max(ends.values())
        if any(at == last and not is_numberlike(lines[i][at].strip()) for i, at in ends.items()):
            for i in run:
                blocks[i] = replace(found[i], text="\t".join(lines[i][: last + 1]))


def _neighbours(lines: Mapping[int, Sequence[str]]) -> Iterator[list[int]]:
    """The indexes of lines one behind the other; a heading, alone in its first field, parts them."""
    run: list[int] = []
    for i, fields in lines.items():
        alone = not any(field.strip() for field in fields[1:]) and not words.item_title(fields[0].strip())
        if run and (alone or i != run[-1] + 1):
            yield run
            run = []
        if not alone:
            run.append(i)
    if run:
        yield run


def close_up(blocks: list[Block]) -> None:
    """Take out the marks between the labels of the rows of section three and their values.

    They part the blank fields of labels that reach over several columns. It is done where all rows have as
    many fields, reasons as many behind their labels, of which the last seven can be values, or all as many
    but for those of such labels: then what is blank there is a value. What stands behind the place of 总计
    in the header is none of them, if totals that are sums prove that place.
    """
    lines = [(i, b) for i, b in enumerate(blocks) if isinstance(b, Paragraph) and _mark_of(b.text)]
    totals = _places_of_totals([line.text for _, line in lines])
    rows = [(i, line, found) for i, line in lines if (found := _closed(line.text, totals))]
    if totals and _proofs(rows) <= 0:
        rows = [(i, line, found) for i, line in lines if (found := _closed(line.text, {}))]
    if len(rows) < TABLE or _proofs(rows) < 0:
        return
    found_rows = [found for _, _, found in rows]
    if _is_even(found_rows) or _has_wide_labels(found_rows):
        for i, line, found in rows:
            blocks[i] = replace(line, text=found.text)


def _proofs(rows: Iterable[tuple[int, Paragraph, _Closed]]) -> int:
    """How many rows more show than deny that what stands last is the sum of the others; 0 where none does."""
    fits = [found.fits for _, _, found in rows]
    return fits.count(True) and fits.count(True) - fits.count(False)


def _is_even(rows: Sequence[_Closed]) -> bool:
    """Whether all rows have as many fields, and none behind the label of a reason (1., 2.) pads a line."""
    return len({row.width for row in rows}) == 1 and len({row.span for row in rows if row.ordinal == "1"}) < 2


def _has_wide_labels(rows: Iterable[_Closed]) -> bool:
    """Whether rows have as many blank fields behind their labels as all others with such an ordinal.

    These are the columns that a label spans; what spans several rows stands in the first alone. No row has
    lost a field then.
    """
    spans: dict[str, set[int]] = {}
    for row in rows:
        spans.setdefault(row.ordinal, set()).add(row.span)
    return spans.get("1") == {0} and all(len(found) == 1 for found in spans.values())


def _mark_of(text: str) -> str:
    return "|" if text.count("|") > _VALUES else "\t" if text.count("\t") > _VALUES else ""


def _places_of_totals(lines: Iterable[str]) -> dict[int, int]:
    """Where 总计 stands behind other names of a header, by how many fields its line has; one place each."""
    places: dict[int, set[int]] = {}
    for parts in (line.split(_mark_of(line)) for line in lines if _TOTAL in line):
        named = [words.APPLICANTS.match(part) or words.HEADS.match(part) for part in parts]
        heads = {at: match.key for at, match in enumerate(named) if match}
        if heads and heads[max(heads)] == "total" and not set(heads.values()) <= {"total", words.LAWSUITS}:
            places.setdefault(len(parts), set()).add(max(heads))
    return {width: found.pop() for width, found in places.items() if len(found) == 1}


def _closed(text: str, totals: Mapping[int, int]) -> _Closed | None:
    """A row of section three and its line without marks between label and values, and behind these."""
    mark = _mark_of(text)
    parts = text.split(mark)
    outer = mark == "|" and not parts[0].strip()
    start, end = (1, len(parts) - (not parts[-1].strip())) if outer else (0, len(parts))
    last = totals.get(len(parts), end - 1)
    if last - start >= _VALUES and all(map(is_blank, parts[last + 1 : end])):
        end = last + 1
    lead, values = parts[start : end - _VALUES], parts[end - _VALUES : end]
    named = [at for at, part in enumerate(lead) if not is_blank(part)]
    if not named or not all(is_blank(part) or is_numberlike(part.strip()) for part in values):
        return None
    label = label_at_end([lead[at].strip() for at in named])
    if label is None or label[1].table != APPLICATIONS:
        return None
    if label[1].match.key in words.WEAK_ROWS and not _ordinal(label[0]) and all(map(is_blank, values)):
        return None  # 其他 or 总计 of the header
    label_at = start + named[-1]
    held = " ".join(parts[label_at : end - _VALUES])
    closed = mark.join([*parts[:label_at], held, *parts[end - _VALUES : end], *[""] * outer])
    fits = adds_up(dict(zip(words.APPLICANT_ORDER, map(str.strip, values), strict=True)))
    return _Closed(end - start, len(lead) - 1 - named[-1], _ordinal(label[0]), closed, fits)


def _ordinal(label: str) -> str:
    """What kind of ordinal a label bears: "1", "(" or none of these."""
    first = normal(label)[:1]
    return "1" if first.isdigit() else first if first == "(" else ""
