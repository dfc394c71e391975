"""The ways to put a report together from a document and its parts, and the best of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from pipelines.parse import joining, sections
from pipelines.parse.checks import Address, address_of
from pipelines.parse.collected import SEVERAL, first_report, reports_in
from pipelines.parse.gathering import titles_of_several
from pipelines.parse.outcome import SETTLED
from pipelines.parse.read import members, read
from pipelines.parse.read.run_on import paragraphs_in
from pipelines.parse.read.sheet_blocks import apart
from pipelines.parse.read.sniff import is_zip
from pipelines.parse.records import (
    MISMATCH,
    OTHER,
    Block,
    Document,
    Filled,
    Issue,
    Paragraph,
    Reading,
    SectionSpan,
    State,
    Unreadable,
)
from pipelines.parse.tables import fill

_WORDED = 300  # characters; a report in prose has more, a page that only leads to one has fewer
_NAMED = 3  # cells that an issue names
_SECTIONS = 6  # of the official form
_PAGE_TYPES = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A way to put a report together from a document and its parts."""

    reading: Reading
    spans: tuple[SectionSpan, ...]
    filled: Filled
    parts: tuple[int, ...]  # the parts it is made of
    main: int | None  # the part that holds the tables; None for the document itself
    own: tuple[int, ...] = ()  # the parts that are reports each on its own

    @property
    def settled(self) -> int:
        """How many of the three tables are there, or stated to be empty."""
        return sum(state in SETTLED for state in self.filled.states.values())

    @property
    def complete(self) -> bool:
        """All six sections and all three tables: nothing can be gained from other parts."""
        return self.settled == 3 and self.has_all_sections

    @property
    def has_all_sections(self) -> bool:
        """Whether it has all sections of the official form."""
        return len(_numbers(self.spans)) == _SECTIONS

    @property
    def figures(self) -> int:
        """How many cells hold numbers."""
        return sum(cell.state is State.NUMBER for cell in self.filled.cells)

    def at_own_headings(self) -> Candidate:
        """The same, known not to be in the official form: its sections are those of its own headings."""
        spans = sections.split(self.reading.blocks, form=False)
        return replace(self, spans=spans, filled=fill(self.reading, spans))

    def rank(self) -> tuple[int, int, int, bool, bool]:
        """More tables, then more numbers, then more sections, then any headings, then more words than lead to
        a file; the earlier candidate wins a tie.
        """
        numbers = len(_numbers(self.spans))
        return (self.settled, self.figures, numbers, len(self.spans) > 1, _is_worded(self.reading))


def choose(document: Document, page: Reading | None, issues: list[Issue]) -> Candidate | None:
    """The best way to put the report of a document together, ``page`` being what was read of it itself; None
    where nothing of it can be opened. ``issues`` takes in what is to be told of its parts.
    """
    chosen = _of_parts(document, page, issues)
    if chosen is not None and is_zip(document.content):
        return _put_together(document, chosen, issues)
    return chosen


def _of_parts(document: Document, page: Reading | None, issues: list[Issue]) -> Candidate | None:
    """The best way to put the report together; parts are opened only where the page alone is not whole."""
    candidates = [_candidate(page, (), None)] if page is not None else []
    parts: list[tuple[int, Reading]] = []
    if document.parts and not (candidates and candidates[0].complete):
        parts = list(_readings(document.parts, issues))
        if candidates and len(candidates[0].spans) > 1:
            parts = list(_of_this_report(candidates[0].reading, parts, issues))
        candidates = _with_parts(page, parts, candidates, issues)
    chosen = max(candidates, key=Candidate.rank) if len(candidates) > 1 else next(iter(candidates), None)
    if chosen is not None and page is not None and chosen is not candidates[0]:
        issues += _disagreement(candidates[0].filled, chosen.filled)
    if chosen is not None and chosen.main is not None:
        issues += _left_out(chosen.reading, parts)
    if chosen is not None and len(parts) > 1 and (page is None or len(candidates[0].spans) <= 1):
        chosen = replace(chosen, own=_own(parts))
    if chosen is not None and not chosen.own and _is_collected(chosen, parts):
        return replace(chosen, own=chosen.parts)
    return chosen


def _put_together(document: Document, single: Candidate, issues: list[Issue]) -> Candidate:
    """The report of a ZIP from all its files, that with the text first, where this tells more tables than
    the ``single`` one of them does.
    """
    files = [] if single.complete else [reading for _, reading in _readings((document,), [])]
    if len(files) < 2:
        return single
    text = joining.fullest(files)
    others = list(enumerate(reading for reading in files if reading is not text))
    found: list[Issue] = []
    own = [reading for _, reading in _of_this_report(text, others, found)]
    whole = _candidate(joining.appended(text, own), (), None)
    if whole.rank() <= single.rank():
        return single
    issues += [*found, *(issue for issue in single.reading.issues if issue.code == "unreadable_members")]
    return whole


def members_of(chosen: Candidate, page: Reading | None) -> tuple[str, ...]:
    """The titles of several reports in the document itself, where these are all that was read."""
    return reports_in(page) if page is not None and not chosen.parts and _is_several(chosen.reading) else ()


def _is_collected(chosen: Candidate, parts: Iterable[tuple[int, Reading]]) -> bool:
    """Whether what was chosen is one file that holds several reports."""
    if chosen.parts != (chosen.main,) or not _is_several(chosen.reading):
        return False
    files = [part for index, part in parts if index == chosen.main]
    return len(files) == 1 and not _is_page(files[0]) and bool(reports_in(files[0]))


def _is_several(reading: Reading) -> bool:
    return any(issue.code == SEVERAL for issue in reading.issues)


def _own(parts: Sequence[tuple[int, Reading]]) -> tuple[int, ...]:
    """The parts that are reports each on its own, by the titles that they begin with: those of a ZIP are none
    (see ``gathering``), nor are all of one agency and year.
    """
    alone = Counter(index for index, _ in parts)
    titles = {
        index: title
        for index, part in parts
        if alone[index] == 1 and not _is_page(part) and (title := joining.named_report(part)) and title.agency
    }
    return tuple(titles) if titles_of_several(titles.values()) else ()


def _left_out(chosen: Reading, parts: Iterable[tuple[int, Reading]]) -> Iterator[Issue]:
    """What to tell of parts that are reports of their own, where one of them was taken for the page's."""
    others = [index for index, part in parts if joining.is_another_report(chosen, part)]
    if others:
        named = "、".join(str(index + 1) for index in dict.fromkeys(others))
        detail = f"附件中另有 {len(others)} 份报告未读，请分别收取 / further reports in attachments {named}"
        yield Issue("several_documents", "error", detail)


def _of_this_report(
    page: Reading, parts: Iterable[tuple[int, Reading]], issues: list[Issue]
) -> Iterator[tuple[int, Reading]]:
    """The parts but those that are another report than the one that the page tells."""
    for index, part in parts:
        if joining.is_another_report(page, part):
            issues.append(_another(index))
        else:
            yield index, part


def _another(index: int) -> Issue:
    detail = f"第 {index + 1} 个附件是另一份报告 / attachment {index + 1} is another report"
    return Issue("part_of_another_report", "warning", detail)


def _disagreement(page: Filled, chosen: Filled) -> Iterable[Issue]:
    """What to tell where the page itself prints other figures than the part that was chosen."""
    ours, theirs = _numbers_in(page), _numbers_in(chosen)
    apart = [key for key in ours if key in theirs and ours[key] != theirs[key]]
    if apart:
        named = "、".join(".".join(key) for key in apart[:_NAMED])
        detail = f"网页与附件有 {len(apart)} 处数字不同 / figures of page and attachment differ: {named}"
        yield Issue("parts_disagree", "warning", detail)


def _numbers_in(filled: Filled) -> dict[Address, int | float | None]:
    return {
        address_of(cell): cell.value
        for cell in filled.cells
        if cell.state is State.NUMBER and not cell.table_name.startswith(OTHER)
    }


def _with_parts(
    page: Reading | None,
    parts: list[tuple[int, Reading]],
    alone: Iterable[Candidate],
    issues: list[Issue],
) -> list[Candidate]:
    """The page ``alone``, and continued on further pages; each part alone; the page with all its attachments
    too, where this may add anything.
    """
    placed = _own_first(page, parts)
    further = [(i, r) for i, r in placed if _is_further(page, r)]
    attached = [*_attached(page, placed, issues)]
    ways = [*alone]
    whole = page
    for index, reading in [*further, *attached]:
        meta = {**reading.meta, **page.meta} if page is not None else reading.meta
        ways.append(_candidate(replace(reading, meta=meta), (index,), index))
    if page is not None and further:
        whole = joining.continued(page, [r for _, r in further])
        framed = len(ways[0].spans) <= 1 and ways[1].complete  # the page in the frame lacks nothing
        ways.insert(2 if framed else 1, _candidate(whole, _numbers_of(further), None))
    if whole is not None and attached and not _has_all(ways):
        joined = joining.appended(whole, [r for _, r in attached])
        ways.append(_candidate(joined, _numbers_of([*further, *attached]), attached[0][0]))
    return ways


def _is_further(page: Reading | None, part: Reading) -> bool:
    return _is_page(part) and (page is None or joining.is_continuation(page, part))


def _attached(
    page: Reading | None, parts: Iterable[tuple[int, Reading]], issues: list[Issue]
) -> Iterator[tuple[int, Reading]]:
    """The parts that are files: of those that came as pages the ones that hold something of the form."""
    for index, part in parts:
        if not _is_page(part):
            yield index, part
        elif page is None or joining.is_continuation(page, part) or not _holds_form(part):
            continue
        elif not joining.is_of_another_article(page, part):
            yield index, part
        elif not joining.is_another_report(page, part):
            issues.append(_another(index))


def _holds_form(part: Reading) -> bool:
    alone = _candidate(part, (), None)
    return bool(alone.figures or _numbers(alone.spans))


def _has_all(ways: Sequence[Candidate]) -> bool:
    """Whether one way is complete and no other holds any figure."""
    return any(way.complete for way in ways) and sum(way.figures > 0 for way in ways) == 1


def _numbers_of(parts: Iterable[tuple[int, Reading]]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(number for number, _ in parts))


def _is_page(reading: Reading) -> bool:
    """Whether a part is a further page; one that came as another kind of document is a file saved as HTML."""
    return reading.media_type in _PAGE_TYPES and not any(issue.code == MISMATCH for issue in reading.issues)


def _candidate(reading: Reading, parts: tuple[int, ...], main: int | None) -> Candidate:
    reading = first_report(reading)
    spans = sections.split(reading.blocks)
    whole = Candidate(reading, spans, fill(reading, spans), parts, main)
    if len(_numbers(spans)) == _SECTIONS:
        return whole
    blocks = tuple(piece for block in reading.blocks for piece in _pieces(block))
    if len(blocks) == len(reading.blocks):
        return whole
    reading, spans = replace(reading, blocks=blocks), sections.split(blocks)
    return max(whole, Candidate(reading, spans, fill(reading, spans), parts, main), key=Candidate.rank)


def _pieces(block: Block) -> tuple[Block, ...]:
    """The blocks that stand in one: those of a sheet, or the lines of a paragraph that lost its breaks."""
    return paragraphs_in(block) if isinstance(block, Paragraph) else apart(block)


def _own_first(page: Reading | None, parts: list[tuple[int, Reading]]) -> list[tuple[int, Reading]]:
    """Numbered parts, those under another report's title than the page's behind all others."""
    return sorted(parts, key=lambda part: page is not None and joining.is_titled_otherwise(page, part[1]))


def _readings(parts: Iterable[Document], issues: list[Issue]) -> Iterable[tuple[int, Reading]]:
    """Each part by its number, its places naming it; the documents in a ZIP are parts of their own."""
    for index, part in enumerate(parts):
        try:
            documents = members(part) if is_zip(part.content) else (part,)
        except Unreadable as error:
            issues.append(unreadable_issue(error, part))
            continue
        for document in documents:
            try:
                yield index, joining.in_part(read(document), document)
            except Unreadable as error:
                issues.append(unreadable_issue(error, document))


def _is_worded(reading: Reading) -> bool:
    return sum(len(block.text) for block in reading.blocks if isinstance(block, Paragraph)) >= _WORDED


def _numbers(spans: tuple[SectionSpan, ...]) -> set[int]:
    return {span.number for span in spans if span.number}


def unreadable_issue(error: Unreadable, document: Document) -> Issue:
    """What to tell of a document, or of a part of it, that can't be opened."""
    return Issue(error.code, "error", f"{called(document)}: {error.detail}")


def called(document: Document) -> str:
    """What an issue calls a document."""
    return document.name or document.url or "document"
