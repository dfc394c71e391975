"""From a document to a report: the steps of the reading core in their order.

read → split into sections → fill the official tables → recognise → figures → check.
"""

from __future__ import annotations

from dataclasses import replace
from traceback import extract_tb

from pipelines.parse import checks, figures, parts_told, recognised, section_text, spilled, stocks
from pipelines.parse.choosing import Candidate, called, choose, members_of, unreadable_issue
from pipelines.parse.collected import report_called
from pipelines.parse.identity import recognise
from pipelines.parse.outcome import missing_tables, report_state
from pipelines.parse.read.opening import read
from pipelines.parse.records import (
    READER_FAILED,
    Cell,
    Document,
    Identity,
    Issue,
    Kind,
    Paragraph,
    Parsed,
    Place,
    Reading,
    Report,
    Unreadable,
)
from pipelines.parse.regions import Regions
from pipelines.parse.template import TEMPLATES

_LONGEST_DETAIL = 500
_FORM_SINCE = 2019  # the first year that is reported on in the official form

_NO_TEXT = Issue("no_text", "warning", "只有标题，没有读到正文 / a title, and no text was found behind it")


def parse(document: Document, regions: Regions) -> Parsed:
    """Reads a document (with the parts that may belong to it) as a report.

    Never raises: a document that can't be opened is ``Kind.UNREADABLE`` with an
    issue that says why, and so is one that a fault of this package (``reader_failed``)
    keeps from being read.
    """
    try:
        return _parse(document, regions)
    except Exception as error:  # noqa: BLE001 - nothing that a document holds may end a run
        return Parsed(Kind.UNREADABLE, issues=(_failed(error, document),))


def _parse(document: Document, regions: Regions) -> Parsed:
    issues: list[Issue] = []
    page = _opened(document, issues)
    shell = tuple(issue for issue in issues if issue.code == "empty")
    chosen = choose(document, page, issues)
    if chosen is None:
        return Parsed(Kind.UNREADABLE, issues=tuple(issues))
    identity = recognise(chosen.reading, document, regions, chosen.spans, chosen.filled)
    if _is_older_than_form(chosen, identity):
        chosen = chosen.at_own_headings()
    issues += [*chosen.reading.issues, *chosen.filled.issues, *identity.issues]
    outcome = Parsed(
        identity.kind,
        issues=tuple(dict.fromkeys(issues)),
        media_type=chosen.reading.media_type,
        encoding=chosen.reading.encoding,
        used_parts=chosen.parts,
        main_part=chosen.main,
        own_parts=chosen.own,
        members=members_of(chosen, page),
    )
    if identity.kind is not Kind.REPORT:
        return outcome
    cells, doubts = recognised.mark(chosen.filled.cells, chosen.reading)
    report = _report(chosen, identity, cells)
    cells, contradicted = spilled.mark(report.format, cells, report.checks)
    if contradicted:
        report = _with_cells(report, cells)
    doubted = (*stocks.impossible(cells), *parts_told.contradicted(report.sections, cells))
    missing = missing_tables(report.states, report.sections)
    found = (*outcome.issues, *doubts, *contradicted, *doubted, *missing)
    return replace(outcome, report=report, issues=_lacking(found, shell, report.state))


def _is_older_than_form(chosen: Candidate, identity: Identity) -> bool:
    """Whether some sections were taken for official ones in a report of a year that had no such form; one
    that has them all is in the form, whatever its year.
    """
    older = identity.year is not None and identity.year < _FORM_SINCE
    numbered = older and chosen.filled.format not in TEMPLATES and not chosen.has_all_sections
    return numbered and any(span.number for span in chosen.spans)


def _opened(document: Document, issues: list[Issue]) -> Reading | None:
    """The document itself, or the one report in it that is asked for; None where it can't be opened."""
    try:
        page = read(document)
    except Unreadable as error:
        issues.append(unreadable_issue(error, document))
        return None
    return report_called(page, document.hints.member) if document.hints.member else page


def _report(chosen: Candidate, identity: Identity, cells: tuple[Cell, ...]) -> Report:
    texts = section_text.render(chosen.reading.blocks, chosen.spans, _lines_of_tables(chosen))
    return Report(
        identity=identity,
        format=chosen.filled.format,
        state=report_state(chosen.filled.states, cells, texts),
        states=chosen.filled.states,
        sections=texts,
        cells=cells,
        figures=tuple(figure for text in texts for figure in figures.find(text)),
        checks=checks.check_report(chosen.filled.format, cells, texts),
        evidence=(*identity.evidence, *chosen.filled.evidence),
    )


def _with_cells(report: Report, cells: tuple[Cell, ...]) -> Report:
    """The report with other cells, and what follows from them."""
    return replace(
        report,
        cells=cells,
        state=report_state(report.states, cells, report.sections),
        checks=checks.check_report(report.format, cells, report.sections),
    )


def _lines_of_tables(chosen: Candidate) -> set[int]:
    """The indexes of the paragraphs in which cells of the form stand: lists, lines between pipes."""
    of_cells = [cell.place for cell in chosen.filled.cells if cell.place is not None]
    places = {_line_of(place) for place in of_cells if place.block is not None or place.line is not None}
    blocks = enumerate(chosen.reading.blocks) if places else ()
    return {i for i, block in blocks if isinstance(block, Paragraph) and _line_of(block.place) in places}


def _line_of(place: Place) -> tuple[str, int | None, int | None] | None:
    """Which paragraph or line of text a place is in; None for one in a table or on a page."""
    return None if place.block is None and place.line is None else (place.part, place.block, place.line)


def _lacking(issues: tuple[Issue, ...], shell: tuple[Issue, ...], state: str) -> tuple[Issue, ...]:
    """The issues of a report: a page that only leads to its attachment (``shell``) lacks nothing, nor does a
    complete report where another part has nothing in it; one without a text and tables lacks these.
    """
    kept = tuple(
        issue for issue in issues if not (issue in shell or (issue.code == "empty" and state == "complete"))
    )
    told = any(issue.severity == "error" for issue in kept)
    return (*kept, _NO_TEXT) if state == "unreadable" and not told else kept


def _failed(error: Exception, document: Document) -> Issue:
    frame = extract_tb(error.__traceback__)[-1]
    where = f"{frame.filename.rpartition('pipelines')[2]}:{frame.lineno}"
    detail = f"{called(document)}: {type(error).__name__}: {error} ({where})"
    return Issue(READER_FAILED, "error", detail[:_LONGEST_DETAIL])
