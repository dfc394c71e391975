"""The whole archive read again with today's parser, without network: what would change, and taking it in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.memo import Memo, MemoPool
from pipelines.packing import unpack
from pipelines.parse.records import Cell, Check, Report
from pipelines.process import Job, Processor
from pipelines.readout import Readout
from pipelines.store import Row, Store

_BRIEF = 60  # characters shown of a value


@dataclass(frozen=True, slots=True)
class Difference:
    """A point in which today's parser reads otherwise. ``what``: report, identity, cell, check, section,
    figure, or source: the wording at another address of the report, as digests.

    ``old`` and ``new`` are one line each: of long ones the piece where they part.
    """

    report_id: str
    what: str
    key: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.report_id} {self.what} {self.key}: {self.old} → {self.new}"


def reparse(
    store: Store,
    data: Path,
    crawl_id: int,
    *,
    accept: bool,
    workers: int | None = None,
    memos: Sequence[Memo] = (),
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Iterator[Difference]:
    """Reads every article and file again and yields what differs from the store; ``accept`` takes it in.

    What one of ``memos`` answers is not read another time. Interrupted with ``accept``, what was taken in
    stays; run again to go on.
    """
    roots = roots_of(store)
    with MemoPool(memos, workers) as pool:
        processor = Processor(store, data, pool, crawl_id)
        if accept:
            processor.settle()
        comparing, ahead = _Comparing(store, processor, accept), processor.ahead()
        for done, root in enumerate(roots, 1):
            for job in processor.start_anew(root):
                yield from comparing.differences(ahead.add(job))
            progress(done, len(roots))
        for jobs in ahead.rest():
            yield from comparing.differences(jobs)
        if accept:
            processor.run(processor.unread(), lambda done: None)


def roots_of(store: Store) -> list[str]:
    """Every article and file."""
    return [r["address"] for r in store.rows("SELECT address FROM resources WHERE root = address ORDER BY 1")]


class _Comparing:
    """What is read again, in its order, beside what the store says; with ``accept`` it is taken in."""

    def __init__(self, store: Store, processor: Processor, accept: bool) -> None:
        self._store = store
        self._processor = processor
        self._accept = accept
        self._said: dict[str, str] = {}  # fingerprints of documents that people have read, by their root

    def differences(self, jobs: list[Job]) -> list[Difference]:
        """Of some that are read; they share a commit."""
        with self._store.transaction() if self._accept and jobs else nullcontext():
            return [found for job in jobs for found in self._compare(job)]

    def _compare(self, job: Job) -> Iterator[Difference]:
        root, read = job.bundle.article.address, job.result()
        if not self._says_the_same(root, job, read):
            shown = self._store.row(
                """SELECT report_id, body FROM reports JOIN report_versions USING (report_id, version)
                   WHERE root = ?""",
                (root,),
            )
            yield from (
                differences(shown, root, read) if shown else _beside(self._store.reading(root), root, read)
            )
        if self._accept:
            self._processor.finish(job, read, anew=True)

    def _says_the_same(self, root: str, job: Job, read: Readout) -> bool:
        """Whether a document says what another one says that people have read, which stays in its place."""
        fingerprint = read.laid_out.fingerprint if read.laid_out else ""
        if job.shown:
            self._said[root] = fingerprint
            return False
        return bool(fingerprint) and fingerprint == self._said.get(root)


def _beside(known: Row | None, root: str, read: Readout) -> Iterator[Difference]:
    """What a reading says otherwise than the earlier one of a root that no report is shown from: it was no
    report, or holds one that is shown from another address.
    """
    before = known["fingerprint"] if known else None
    after = read.laid_out.fingerprint if read.laid_out else None
    if before == after:
        return
    if before is None and read.laid_out:
        identity = read.laid_out.identity
        yield Difference(root, "report", f"{identity.agency} {identity.year}", "—", "report")
    elif known and after is None:
        yield Difference(known["report_id"], "report", root, "report", read.kind.value)
    elif known:
        yield Difference(known["report_id"], "source", root, *_brief(before, after))


def differences(shown: Row, root: str, read: Readout) -> Iterator[Difference]:
    """What a reading says otherwise than the report shown from the same root."""
    if read.laid_out is not None and read.laid_out.packed == shown["body"]:
        return  # nearly all: a new parser reads few reports otherwise
    new = read.report
    report_id = shown["report_id"]
    if new is None:
        yield Difference(report_id, "report", root, "report", read.kind.value)
        return
    old: Report = unpack(Report, shown["body"])
    for what, before, after in (
        ("identity", _identity(old), _identity(new)),
        ("cell", _cells(old.cells), _cells(new.cells)),
        ("check", _checks(old.checks), _checks(new.checks)),
        ("section", _sections(old), _sections(new)),
        ("figure", _figures(old), _figures(new)),
    ):
        for key in dict.fromkeys((*before, *after)):
            if before.get(key) != after.get(key):
                yield Difference(report_id, what, key, *_brief(before.get(key), after.get(key)))


def _identity(report: Report) -> dict[str, Any]:
    found = report.identity
    return {
        "agency": found.agency,
        "region_code": found.region_code,
        "year": found.year,
        "published_on": found.published_on,
        "title": found.title,
        "format": report.format,
        "state": report.state,
    }


def _cells(cells: tuple[Cell, ...]) -> dict[str, Any]:
    return {
        f"{c.table_name}/{c.item}/{c.row}/{c.column_name}": (c.raw, c.value, c.unit, c.state.value)
        for c in cells
    }


def _checks(checks: tuple[Check, ...]) -> dict[str, Any]:
    return {f"{c.rule}/{c.scope}": (c.outcome, c.left_value, c.right_value) for c in checks}


def _sections(report: Report) -> dict[str, Any]:
    return {f"{s.ordinal} {s.heading}": s.text for s in report.sections}


def _figures(report: Report) -> dict[str, Any]:
    """Each figure under its section and phrase; the same phrase met again is numbered."""
    found: dict[str, Any] = {}
    times: Counter[str] = Counter()
    for figure in report.figures:
        key = f"{figure.section} {figure.phrase}"
        times[key] += 1
        found[f"{key} ({times[key]})" if times[key] > 1 else key] = (
            figure.value,
            figure.unit,
            figure.qualifier,
        )
    return found


def _brief(before: Any, after: Any) -> tuple[str, str]:
    old, new = ("—" if value is None else " ".join(str(value).split()) for value in (before, after))
    same = next(
        (i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new))
    )
    start = max(0, same - _BRIEF // 3) if max(len(old), len(new)) > _BRIEF else 0
    return _piece(old, start), _piece(new, start)


def _piece(text: str, start: int) -> str:
    """At most ``_BRIEF`` characters of ``text`` from ``start`` on, an ellipsis for what is left out."""
    end = start + _BRIEF
    return f"{'…' if start else ''}{text[start:end]}{'…' if len(text) > end else ''}"
