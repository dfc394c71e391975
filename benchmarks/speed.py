"""Speed of the reading core beside other tools: time of one core, on the same bytes, in one run."""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TypeVar

import pdfplumber
import trafilatura
from lxml import html

from benchmarks.sample import drawn, regions_of, reports, world
from pipelines.parse.records import Document
from pipelines.parse.report import parse
from samples.counties import World
from samples.render import LAYOUTS

_PAGES = ("html_plain", "html_word", "html_split")
_ROUNDS = 3
Content = TypeVar("Content")


@dataclass(frozen=True)
class Speeds:
    """Documents a second on HTML, seconds a document on PDF, megabytes of memory at the peak."""

    page_kb: float
    core_html: float
    trafilatura: float
    lxml: float
    core_pdf: float
    pdfplumber: float
    memory_mb: float

    @property
    def html_ratio(self) -> float:
        """How many times as many pages as trafilatura."""
        return self.core_html / self.trafilatura

    @property
    def pdf_ratio(self) -> float:
        """The share of pdfplumber's time."""
        return self.core_pdf / self.pdfplumber


def measure(count: int = 8, seed: int = 1) -> Speeds:
    """Reads ``count`` reports of each form in three layouts of HTML, some in PDF; the best round counts."""
    made = world(seed)
    regions = regions_of(made)
    pages, files = _documents(made, count, seed, _PAGES), _documents(made, max(1, count // 8), seed, ("pdf",))

    def core(content: bytes) -> object:
        return parse(Document(content), regions)

    with multiprocessing.get_context("spawn").Pool(1) as pool:
        memory = pool.apply(_peak, (count, seed))
    return Speeds(
        sum(map(len, pages)) / len(pages) / 1024,
        1 / _seconds(core, pages),
        1 / _seconds(trafilatura.extract, pages),
        1 / _seconds(html.document_fromstring, pages),
        _seconds(core, files),
        _seconds(_tables, files),
        memory,
    )


def _documents(made: World, count: int, seed: int, layouts: Sequence[str]) -> list[bytes]:
    found = reports(made, seed)
    return [
        LAYOUTS[name].render(report)
        for name in layouts
        for of_form in found.values()
        for report in drawn(LAYOUTS[name], of_form, count)
    ]


def _seconds(read: Callable[[Content], object], documents: Sequence[Content]) -> float:
    """Seconds a document; the first document is read once before the clock starts."""
    read(documents[0])
    return min(_round(read, documents) for _ in range(_ROUNDS)) / len(documents)


def _round(read: Callable[[Content], object], documents: Sequence[Content]) -> float:
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
