"""From captured bytes to saved reports: assemble → read in a worker → save.

The same three steps serve the crawl (an article with its pages and attachments),
``ingest`` (a file) and ``reparse`` (everything again).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, wait
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Final

from pipelines.assembling import Assembled, Assembler
from pipelines.decisions import Decisions, load_decisions
from pipelines.decisions.overlay import is_kept, note_unused, to_settle, with_decisions
from pipelines.divisions import extra_regions, known_regions
from pipelines.errors import Damaged
from pipelines.parse.regions import Regions
from pipelines.parse.version import PARSER_VERSION
from pipelines.reading import BeingRead, packed_regions, read_in_worker, tie_in_worker
from pipelines.readout import Readout
from pipelines.recent import Recent
from pipelines.reports import (
    Bundle,
    Untied,
    save,
    save_ties,
    seen_again,
    unite_renamed,
    waiting,
)
from pipelines.store import Row, Store
from pipelines.workers import Pool, WorkerFailed

HEAVIEST: Final = 64 * 1024 * 1024  # bytes of documents that are with the workers
NO_RUN: Final = 0  # the number for what is read outside of any
_AHEAD: Final = 16  # jobs that a worker has before it
_AGENCIES_AT_ONCE = 64  # whose years are checked: they share a commit


@dataclass(frozen=True, slots=True)
class Job:
    """An article or file that is being read; ``weight`` is the size of its documents in bytes.

    ``shown``: it is the very document that a report is shown from, whatever came since.
    """

    bundle: Bundle
    weight: int
    reading: BeingRead
    decisions: Decisions
    shown: bool = False

    @property
    def answer(self) -> Future[bytes]:
        """Comes when it is read."""
        return self.reading.answer

    def result(self) -> Readout:
        """What was read, with what people have read in it; waits for it. Raises Damaged where the archive no
        longer holds its bytes.
        """
        return with_decisions(self.reading.result(), self.bundle, self.decisions)


class Ahead:
    """Jobs begun a few ahead of ``workers`` workers, given back in their order: the order of the archive.

    They come back some at a time, the older half of them: what shares a commit, or is compared in one go,
    costs little, and no worker is idle meanwhile or while another one is slow.
    """

    def __init__(self, workers: int) -> None:
        self._most = _AHEAD * workers
        self._waiting: deque[Job] = deque()
        self._weight = 0

    def add(self, job: Job) -> list[Job]:
        """Take one in; those that are to be done with first, now that they are read."""
        self._waiting.append(job)
        self._weight += job.weight
        return self._some() if len(self._waiting) >= self._most or self._weight >= HEAVIEST else []

    def rest(self) -> Iterator[list[Job]]:
        """Those that are left, some at a time."""
        while self._waiting:
            yield self._some()

    def _some(self) -> list[Job]:
        """The older half, and those after it that are read as well."""
        wait([job.answer for job in islice(self._waiting, (len(self._waiting) + 1) // 2)])
        ready: list[Job] = []
        while self._waiting and self._waiting[0].answer.done():
            ready.append(self._waiting.popleft())
        self._weight -= sum(job.weight for job in ready)
        return ready


class Processor:
    """Reads what the store holds and saves what was read. One per run; raises BadDecisions.

    ``recent``: contents that need not be brought back from the archive.
    """

    def __init__(self, store: Store, data: Path, pool: Pool, crawl_id: int) -> None:
        self._store = store
        self._pool = pool
        self.crawl_id = crawl_id
        self._decisions = load_decisions(data)
        self.recent = Recent()
        self._assembler = Assembler(store, data, crawl_id, self.recent)
        self._apart: list[str] = []

    @cached_property
    def _extra_regions(self) -> bytes:
        """Divisions that only this archive's registry knows, packed."""
        return packed_regions(extra_regions(self._store))

    @cached_property
    def _regions(self) -> Regions:
        return known_regions(self._store)

    def start(self, root: str, again: bool = False) -> Job | None:
        """Begins to read an article or file (its resource address).

        None where there is nothing to read: no body came, or these very bytes were read by this very parser
        (which is noted as a further sighting). ``again`` reads them all the same.
        """
        assembled = self._assembler.assemble(root)
        if assembled is None:
            return None
        if not again and self._is_read(assembled.bundle):
            seen_again(self._store, assembled.bundle)
            return None
        return self._job(assembled)

    def start_anew(self, root: str) -> list[Job]:
        """Begins to read an article or file once more; where its report is shown from earlier bytes, because
        people have read in them, these first.
        """
        kept = is_kept(self._store, root)
        jobs = (self.start_version(kept) if kept else None, self.start(root, again=True))
        return [job for job in jobs if job is not None]

    def start_version(self, report: Row) -> Job | None:
        """Begins to read the very bytes that a row of ``reports`` was read from, whatever came since."""
        assembled = self._assembler.assemble(report["root"], report["sha256"])
        if assembled is None:
            return None
        return self._job(assembled, shown=True)

    def _job(self, assembled: Assembled, *, shown: bool = False) -> Job:
        reading = read_in_worker(self._pool, assembled.document, assembled.contents, self._extra_regions)
        return Job(assembled.bundle, assembled.weight, reading, self._decisions, shown)

    def finish(self, job: Job, read: Readout, anew: bool = False) -> str | None:
        """Saves what was read, in one transaction; the report's id, None where it is no report.

        ``anew``: see ``reports.save``. Of an article that holds several reports, or whose attachments are
        several, nothing is saved: each of these is a file of its own from now on, which is to be read (see
        :meth:`set_apart`).
        """
        if (read.own_parts or (read.members and job.bundle.article.url)) and not job.shown:
            self._stand_alone(job.bundle, read)
            return None
        return save(self._store, job.bundle, read, self._regions, self._decisions, anew=anew, shown=job.shown)

    def _stand_alone(self, bundle: Bundle, read: Readout) -> None:
        root = bundle.article.address
        if read.own_parts:
            alone = [bundle.parts[index].address for index in read.own_parts]
            self._store.stand_alone(root, alone, bundle.main(read).address)
        else:
            alone = self._store.take_apart(root, read.members)
        self._store.close_issues(root)
        self._apart += [*alone, root]

    def set_apart(self) -> list[str]:
        """The articles and files that are to be read because they were found to be several documents; each is
        told once.
        """
        apart, self._apart = self._apart, []
        return apart

    def settle(self) -> None:
        """Carries out what people decided since: on agencies that are one, and on what stands in documents;
        before anything is saved.
        """
        unite_renamed(self._store, self._decisions)
        for report in to_settle(self._store, self._decisions):
            job = self.start_version(report)
            if job is not None:
                self.finish(job, job.result(), anew=True)

    def run(self, roots: Iterable[str], progress: Callable[[int], None], again: bool = False) -> None:
        """Reads and saves many, a few ahead of the workers; ``progress`` gets the number done."""
        self.settle()
        for done, _ in enumerate(self.read(roots, again), 1):
            progress(done)
        self.conclude()

    def read(self, roots: Iterable[str], again: bool = False) -> Iterator[bool]:
        """Reads and saves many, in their order, a few ahead of the workers; yields for each, when it is done,
        whether there was anything to read.
        """
        ahead = self.ahead()
        for root in roots:
            job = self.start(root, again)
            if job is None:
                yield False
            else:
                yield from self._finish(ahead.add(job))
        for jobs in ahead.rest():
            yield from self._finish(jobs)
        if apart := self.set_apart():
            yield from self.read(apart, again)

    def conclude(self) -> None:
        """What is due at the end of whatever was read; what a killed run left of it is made up for."""
        self._tie_years()
        note_unused(self._store, self._decisions, self.crawl_id)

    def _tie_years(self) -> None:
        """Checks reports against those of the year before, in the workers, an agency at a time."""
        agencies = waiting(self._store)
        while some := list(islice(agencies, _AGENCIES_AT_ONCE)):
            asked = [(untied, tie_in_worker(self._pool, untied.years, untied.bodies)) for untied in some]
            with self._store.transaction():
                for untied, checks in asked:
                    self._save_ties(untied, checks)

    def _save_ties(self, untied: Untied, checks: Future[list[str]]) -> None:
        try:
            save_ties(self._store, untied, checks.result())
        except WorkerFailed as failed:  # they wait for the next run
            subject = next(report_id for report_id in untied.report_ids if report_id)
            detail = f"{subject}: 跨年校验未完成 not checked against the year before: {failed}"
            self._store.add_issue("reading_failed", "error", detail, subject=subject, crawl_id=self.crawl_id)

    def unread(self, roles: tuple[str, ...] = ("article", "file")) -> list[str]:
        """Articles and files that have a body and were never read: a run was killed in between."""
        return [
            row["address"]
            for row in self._store.rows(
                f"""SELECT address FROM resources LEFT JOIN readings ON readings.root = address
                    WHERE role IN ({", ".join("?" * len(roles))}) AND sha256 IS NOT NULL
                      AND readings.root IS NULL ORDER BY address""",  # noqa: S608 - placeholders only
                roles,
            )
        ]

    def ahead(self) -> Ahead:
        """For jobs on their way to the workers of this run."""
        return Ahead(self._pool.size)

    def _finish(self, jobs: list[Job]) -> list[bool]:
        with self._store.transaction() if jobs else nullcontext():  # one for all: a commit waits for the disk
            for job in jobs:
                if (read := self.read_of(job)) is not None:
                    self.finish(job, read)
        return [True] * len(jobs)

    def read_of(self, job: Job) -> Readout | None:
        """What was read, once it is; None, and an issue, where the archive no longer holds the bytes."""
        try:
            return job.result()
        except Damaged as error:
            subject = job.bundle.article.address
            detail = f"{job.bundle.label}: {error}；请运行 run gongkai verify"
            self._store.add_issue("archive.damaged", "error", detail, subject=subject, crawl_id=self.crawl_id)
            return None

    def _is_read(self, bundle: Bundle) -> bool:
        known = self._store.reading(bundle.article.address)
        return (
            known is not None
            and known["bundle"] == bundle.digest
            and known["parser_version"] == PARSER_VERSION
        )


def settle(store: Store) -> None:
    """Brings an archive up to what people decided, without a run; whatever waits for the end of one is done.

    Raises BadDecisions.
    """
    with Pool(1) as pool:
        processor = Processor(store, store.data, pool, NO_RUN)
        processor.settle()
        processor.conclude()
