"""An article put together from its page and its parts: further pages, attachments, pictures of its tables."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import chain, pairwise

from pipelines.parse import sections
from pipelines.parse.agencies import function_of
from pipelines.parse.furniture import is_furniture
from pipelines.parse.read.zipped import block_in
from pipelines.parse.records import Block, Document, Grid, Paragraph, Reading
from pipelines.parse.titles import Claim, Title, parse_title

# at the end of a title, or before the name of the site
_NUMBER_OF_PAGE = re.compile(
    r"[\s_\-—（(]*(?:第?\d{1,2}页?|第?[一二三四五六七八九十]页)[）)]?\s*(?=$|[_|｜\-–—])"
)
_REPORT = re.compile(r"20\d\d年.{0,4}政府信息公开.{0,6}(?:报告|年报)$")
_PAGE_NUMBERS = re.compile(r"[\s\[\]【】|<>«»‹›\d]{1,40}")
_HEAD = 6  # blocks in which an article's title and the lines under it stand
_TABLES = (2, 3, 4)  # the sections that hold tables


def is_continuation(page: Reading, further: Reading) -> bool:
    """False for a page that says of itself that it is another article than ``page``."""
    return all(
        not further.meta.get(name)
        or not page.meta.get(name)
        or same_title(further.meta[name], page.meta[name])
        for name in ("articletitle", "title")
    )


def is_another_report(page: Reading, part: Reading) -> bool:
    """Whether a part is the report of another year, or of an office in another field of work."""
    ours, theirs = named_report(page), named_report(part)
    if ours is None or theirs is None:
        return False
    fields = {function_of(ours.agency), function_of(theirs.agency)} - {""}
    return len({ours.year, theirs.year} - {None}) > 1 or len(fields) > 1


def is_of_another_article(page: Reading, part: Reading) -> bool:
    """Whether a page that is no continuation of ``page`` is no file of its article's either: it calls itself
    another kind of document (a notice, a chart), or the report of another office or year.
    """
    told = [parse_title(part.meta.get(name, "")) for name in ("articletitle", "title")]
    if any(title.claim is Claim.OTHER for title in told):
        return True
    stated = (title for title in told if title.claim is Claim.REPORT and title.year)
    ours, theirs = named_report(page), named_report(part) or next(stated, None)
    if ours is None or theirs is None:
        return False
    same = ours.agency.endswith(theirs.agency) or theirs.agency.endswith(ours.agency)
    return not same or ours.year != theirs.year


def named_report(reading: Reading) -> Title | None:
    """The title of a report that a document begins with, in one line or else in two."""
    lines = [block.text for block in reading.blocks[:_HEAD] if isinstance(block, Paragraph)]
    single = [parse_title(line) for line in lines]
    pairs = (parse_title("".join(pair)) for pair in pairwise(lines))
    whole = chain((title for title in single if title.agency), pairs, single)
    return next((title for title in whole if title.claim is Claim.REPORT and title.year), None)


def is_titled_otherwise(page: Reading, part: Reading) -> bool:
    """Whether a part stands under the title of another report than ``page``: of another year or office."""
    ours, theirs = _report_title(page), _report_title(part)
    return bool(ours and theirs and ours != theirs)


def _report_title(reading: Reading) -> str:
    beginning = [block.text for block in reading.blocks[:_HEAD] if isinstance(block, Paragraph)]
    titles = [_title(text) for text in beginning if _REPORT.search(_title(text))]
    return titles[0] if titles else ""


def continued(page: Reading, further: Sequence[Reading]) -> Reading:
    """An article over several HTML pages: each further page without the lines that all of them repeat, or
    where its sections belong, if the page has only their headings.
    """
    body = list(page.blocks)
    for reading in further:
        gaps = _gaps(body)
        own = _own_sections(reading, page) if gaps else {}
        if own and own.keys() <= gaps.keys():
            _place(body, {gaps[number]: blocks for number, blocks in own.items()})
        else:
            body = [*_without_foot(body), *_without_repeats(reading.blocks, page)]
    return _with(page, tuple(body), further)


def appended(page: Reading, parts: Sequence[Reading]) -> Reading:
    """A page and what it carries: sections with a table, and pictures of tables, stand where the text has the
    heading of a section and no table; all else stands behind. The text is the page's, or that of the fullest
    part where the page has none.
    """
    text = None if _numbers(page.blocks) else fullest(parts)
    blocks = [*page.blocks, *(text.blocks if text else ())]
    gaps = _gaps(blocks)
    placed: dict[int, Sequence[Block]] = {}
    behind: list[Block] = []
    for part in sorted((part for part in parts if part is not text), key=lambda part: part.kind == "scan"):
        own = _own_sections(part, page)
        if own and own.keys() <= gaps.keys():
            placed |= {gaps.pop(number): blocks for number, blocks in own.items()}
        elif part.kind == "scan" and gaps:
            placed[gaps.pop(min(gaps))] = part.blocks
        else:
            behind += part.blocks
    _place(blocks, placed)
    return _with(page, (*blocks, *behind), parts)


def _place(body: list[Block], placed: Mapping[int, Sequence[Block]]) -> None:
    """Set blocks at places of others."""
    for place in sorted(placed, reverse=True):
        body[place:place] = placed[place]


def fullest(readings: Sequence[Reading]) -> Reading:
    """The reading with most of the official sections, the first of equals."""
    return max(readings, key=lambda reading: len(_numbers(reading.blocks)))


def _numbers(blocks: Sequence[Block]) -> set[int]:
    return {span.number for span in sections.split(blocks) if span.number}


def _own_sections(part: Reading, page: Reading) -> dict[int, list[Block]]:
    """The official sections of a part by their numbers, with what stands before them and not in ``page``."""
    known = {block.text for block in page.blocks[:_HEAD] if isinstance(block, Paragraph)}
    found: dict[int, list[Block]] = {}
    before: list[Block] = []
    for span in sections.split(part.blocks):
        text = part.blocks[span.start : span.end]
        before += [b for b in text if span.number or not (isinstance(b, Paragraph) and b.text in known)]
        if span.number:
            found[span.number] = [*found.get(span.number, []), *before]
            before = []
    return {} if before else found


def in_part(reading: Reading, part: Document) -> Reading:
    """``reading`` with every place naming the part it stands in."""
    digest = sha256(part.content).hexdigest()
    return replace(reading, blocks=tuple(block_in(block, digest) for block in reading.blocks))


def _with(page: Reading, blocks: tuple[Block, ...], parts: Sequence[Reading]) -> Reading:
    return replace(
        page,
        kind="scan" if any(part.kind == "scan" for part in parts) else page.kind,
        blocks=blocks,
        issues=page.issues + tuple(issue for part in parts for issue in part.issues),
    )


def same_title(first: str, second: str) -> bool:
    """Whether two titles are those of pages of one article: alike but for the number of the page."""
    return _title(first) == _title(second)


def _title(text: str) -> str:
    return "".join(_NUMBER_OF_PAGE.sub("", text).split())


def _without_repeats(blocks: tuple[Block, ...], page: Reading) -> list[Block]:
    """The blocks of a further page from its own text on."""
    known = {block.text for block in page.blocks[:_HEAD] if isinstance(block, Paragraph)}
    titles = {_title(page.meta.get(name, "")) for name in ("articletitle", "title")} - {""}
    start = 0
    for block in blocks[:_HEAD]:
        if not isinstance(block, Paragraph):
            break
        if block.text not in known and _title(block.text) not in titles and not _is_foot(block):
            break
        start += 1
    return list(blocks[start:])


def _without_foot(blocks: list[Block]) -> list[Block]:
    """The blocks of a page that another one follows, without the links to its neighbours."""
    end = len(blocks)
    while end and _is_foot(blocks[end - 1]):
        end -= 1
    return blocks[:end]


def _is_foot(block: Block) -> bool:
    return isinstance(block, Paragraph) and bool(
        is_furniture(block.text) or _PAGE_NUMBERS.fullmatch(block.text)
    )


def _gaps(blocks: Sequence[Block]) -> dict[int, int]:
    """By their number, where the text of official sections begins that should hold a table and hold none."""
    return {
        span.number: span.start
        for span in sections.split(blocks)
        if span.number in _TABLES
        and not any(isinstance(block, Grid) for block in blocks[span.start : span.end])
        and sum(len(b.text) for b in blocks[span.start : span.end] if isinstance(b, Paragraph)) < 10
    }
