"""Speed of the reading core beside other tools: time of one core, on the same bytes, in one run."""

from __future__ import annotations

import gc
import multiprocessing
import os
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pdfplumber
import trafilatura
from lxml import html

from benchmarks.sample import drawn, regions_of, reports, world
from pipelines.ingest import ingest
from pipelines.parse.records import Document
from pipelines.parse.report import parse
from pipelines.reparse import reparse
from pipelines.store import Store
from pipelines.worker import OBJECTS
from samples.counties import World
from samples.render import LAYOUTS

_PAGES = ("html_plain", "html_word", "html_split")
_ROUNDS = 13  # the best counts: cores that are shared slow down most of them
_FRESH = 40  # reports of each form, read once in each layout
Reader = Callable[[bytes], object]


@dataclass(frozen=True)
class Scaling:
    """``reparse`` of an archive with one worker and with two.

    ``one`` and ``two`` are seconds by the clock; ``bound`` is how many times as fast two free cores
    can be at best, from the time that both runs' processes were at work.
    """

    one: float
    two: float
    bound: float

    @property
    def ratio(self) -> float:
        """How many times as fast two workers are."""
        return self.one / self.two


@dataclass(frozen=True)
class Speeds:
    """Documents a second on HTML, seconds a document on PDF, megabytes of memory at the peak.

    ``core_html_once`` is about pages not read before, by a process that has read others like them;
    ``by_layout`` has the size of a layout's pages in kB, and how many times as many as trafilatura reads.
    """

    page_kb: float
    core_html: float
    core_html_once: float
    trafilatura: float
    lxml: float
    core_pdf: float
    pdfplumber: float
    memory_mb: float
    scaling: Scaling
    by_layout: dict[str, tuple[float, float]]

    @property
    def html_ratio(self) -> float:
        """How many times as many pages as trafilatura."""
        return self.core_html / self.trafilatura

    @property
    def once_ratio(self) -> float:
        """The same for pages that were not read before."""
        return self.core_html_once / self.trafilatura

    @property
    def pdf_ratio(self) -> float:
        """The share of pdfplumber's time."""
        return self.core_pdf / self.pdfplumber


def measure(count: int = 8, seed: int = 1) -> Speeds:
    """Reads ``count`` reports of each form in three layouts of HTML, some in PDF; readers take turns.

    All run as in a worker, which seldom looks for objects that only name each other.
    """
    gc.set_threshold(OBJECTS)
    made = world(seed)
    regions = regions_of(made)
    pages, files = _documents(made, count, seed, _PAGES), _documents(made, max(1, count // 4), seed, ("pdf",))

    def core(content: bytes) -> object:
        return parse(Document(content), regions)

    with multiprocessing.get_context("spawn").Pool(1) as pool:
        memory = pool.apply(_peak, (count, seed))
    own, known, bare = _seconds((core, trafilatura.extract, html.document_fromstring), pages)
    fresh = [page for page in _documents(made, _FRESH, seed, _PAGES) if page not in set(pages)]
    once = _round(core, fresh) / len(fresh)
    by_layout = {}
    for name in _PAGES:
        alike = _documents(made, count, seed, (name,))
        of_core, of_trafilatura = _seconds((core, trafilatura.extract), alike)
        by_layout[name] = (_mean_kb(alike), of_trafilatura / of_core)
    own_pdf, known_pdf = _seconds((core, _tables), files)
    return Speeds(
        _mean_kb(pages),
        1 / own,
        1 / once,
        1 / known,
        1 / bare,
        own_pdf,
        known_pdf,
        memory,
        scaling(seed),
        by_layout,
    )


def _mean_kb(documents: Sequence[bytes]) -> float:
    return sum(map(len, documents)) / len(documents) / 1024


def scaling(seed: int, agencies: int = 40) -> Scaling:
    """Reads the reports of ``agencies`` per county again, in three layouts, by one worker and by two: so many
    that the half second in which a worker starts counts little, as in an archive.
    """
    made = world(seed, agencies)
    with TemporaryDirectory() as folder:
        pages, data = Path(folder, "pages"), Path(folder, "data")
        pages.mkdir()
        for number, content in enumerate(_documents(made, 1000, seed, _PAGES)):
            pages.joinpath(f"{number}.html").write_bytes(content)
        with Store.open(data, write=True) as store:
            crawl_id = ingest(store, data, [pages]).crawl_id
            one, two = (_reparsed(store, data, crawl_id, workers) for workers in (1, 2))
    # no less than the run's own process takes, nor than half of what all processes take
    least = max(two.own, (two.own + two.workers) / 2)
    return Scaling(one.clock, two.clock, max(one.own, one.workers) / least)


class _Taken(NamedTuple):
    """Seconds by the clock, and of CPU: of the run's own process and of its workers."""

    clock: float
    own: float
    workers: float


def _reparsed(store: Store, data: Path, crawl_id: int, workers: int) -> _Taken:
    clock, before = time.perf_counter(), os.times()
    for _ in reparse(store, data, crawl_id, accept=False, workers=workers):
        pass
    after = os.times()
    own = after.user + after.system - before.user - before.system
    children = after.children_user + after.children_system - before.children_user - before.children_system
    return _Taken(time.perf_counter() - clock, own, children)


def _documents(made: World, count: int, seed: int, layouts: Sequence[str]) -> list[bytes]:
    found = reports(made, seed)
    return [
        LAYOUTS[name].render(report)
        for name in layouts
        for of_form in found.values()
        for report in drawn(LAYOUTS[name], of_form, count)
    ]


def _seconds(readers: Sequence[Reader], documents: Sequence[bytes]) -> list[float]:
    """Seconds a document of each reader.

    They take turns, so that a machine that changes its speed meanwhile changes them all. Of each its best
    round counts, never the first.
    """
    rounds = [[_round(read, documents) for read in readers] for _ in range(_ROUNDS)][1:]
    return [min(of_reader) / len(documents) for of_reader in zip(*rounds, strict=True)]


def _round(read: Reader, documents: Sequence[bytes]) -> float:
    start = time.process_time()
    for document in documents:
        read(document)
    return time.process_time() - start


def _tables(content: bytes) -> list[object]:
    with pdfplumber.open(BytesIO(content)) as pdf:
        return [page.extract_tables() for page in pdf.pages]


def _peak(count: int, seed: int) -> float:
    """Megabytes that a process which reads the pages has taken at most."""
    made = world(seed)
    regions = regions_of(made)
    for content in _documents(made, count, seed, _PAGES):
        parse(Document(content), regions)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
