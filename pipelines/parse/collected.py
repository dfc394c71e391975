"""Several reports in one document: the first is read and the others named, or the one that is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from pipelines.parse.headings import match_heading
from pipelines.parse.records import Block, Grid, Issue, Paragraph, Reading
from pipelines.parse.titles import Claim, Title, parse_title

_LONGEST: Final = 80  # characters of a title
_NAMES: Final = ("报告", "年报", "总结")
_LEAST: Final = 3  # sections that a report has, so that what follows under a title is another one
_CONTENTS: Final = 45  # characters, on the average, of a heading with nothing behind it
_SHOWN: Final = 5
SEVERAL: Final = "several_reports"


class _Start(NamedTuple):
    """Where a report begins, and its title."""

    block: int
    title: Title


def first_report(reading: Reading) -> Reading:
    """A reading up to the second report in it, with an issue that names what follows.

    Another report begins where, behind sections of the form, a title with another agency or year stands and
    the form's sections begin anew.
    """
    starts = _starts(reading)[1:]
    if not starts:
        return reading
    names = "、".join(dict.fromkeys(start.title.text for start in starts[:_SHOWN]))
    detail = f"文件中还有其他报告，未读 / other reports in the same document, not read: {names}"
    issue = Issue(SEVERAL, "error", detail)
    return replace(reading, blocks=reading.blocks[: starts[0].block], issues=(*reading.issues, issue))


def reports_in(reading: Reading) -> tuple[str, ...]:
    """The titles of the reports in a document of several; none for any other, nor if two have the same."""
    names = tuple(start.title.text for start in _starts(reading))
    return names if len(set(names)) == len(names) else ()


def report_called(reading: Reading, name: str) -> Reading:
    """Of a document of several reports the one with that title; nothing where none has it."""
    starts = _starts(reading)
    at = next((n for n, start in enumerate(starts) if start.title.text == name), None)
    if at is None:
        return replace(reading, blocks=())
    begins = starts[at].block if at else 0
    ends = starts[at + 1].block if at + 1 < len(starts) else len(reading.blocks)
    return replace(reading, blocks=reading.blocks[begins:ends])


def _starts(reading: Reading) -> list[_Start]:
    """Where each report of a document of several begins; of any other nothing."""
    titles = [start for n in range(len(reading.blocks)) if (start := _title_at(reading.blocks, n))]
    found = titles[:1]
    for start in titles[1:]:
        if all(_is_another(known.title, start.title) for known in found) and _begins_anew(
            reading.blocks, start.block
        ):
            found.append(start)
    return found if len(found) > 1 else []


def _title_at(blocks: Sequence[Block], n: int) -> _Start | None:
    """The title that stands in a block, with the agency in the line above where it names none itself."""
    block = blocks[n]
    if not isinstance(block, Paragraph) or "公开" not in block.text:
        return None
    text = _line(blocks, n)
    if not any(name in text for name in _NAMES):
        return None
    title = parse_title(text)
    if title.claim not in (Claim.REPORT, Claim.WEAK) or title.year is None:
        return None
    above = _line(blocks, n - 1) if n and not title.agency else ""
    whole = parse_title(above + text) if above else title
    return _Start(n - 1, whole) if whole.agency and whole is not title else _Start(n, title)


def _line(blocks: Sequence[Block], n: int) -> str:
    block = blocks[n]
    text = block.text.strip() if isinstance(block, Paragraph) else ""
    return text if len(text) <= _LONGEST and not text.endswith(("。", "；", "：", ":")) else ""


def _is_another(first: Title, other: Title) -> bool:
    if first.year != other.year:
        return True
    short, long = sorted((first.agency, other.agency), key=len)
    return bool(short) and not (long.endswith(short) or long.startswith(short))


def _begins_anew(blocks: Sequence[Block], at: int) -> bool:
    """Whether sections of the form stand before a block, and begin again behind it."""
    before, behind = _sections(blocks[:at]), _sections(blocks[at:])
    if len(set(before)) < _LEAST or len(set(behind)) < _LEAST or behind[0] > min(before):
        return False
    # a table of contents names sections and says nothing
    said = sum(len(block.text) for block in blocks[:at] if isinstance(block, Paragraph))
    return said > _CONTENTS * len(before) or any(isinstance(block, Grid) for block in blocks[:at])


def _sections(blocks: Sequence[Block]) -> list[int]:
    headings = (match_heading(block.text) for block in blocks if isinstance(block, Paragraph))
    return [heading.number for heading in headings if heading is not None and heading.number]
