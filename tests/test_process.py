"""Documents are read a few ahead of the workers, and what was read is done with in their order."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future

import pytest

from pipelines.decisions import Decisions
from pipelines.parse.records import Document
from pipelines.process import HEAVIEST, Ahead, Job
from pipelines.reading import BeingRead
from pipelines.reports import Bundle, Source


def job(number: int, *, weight: int = 1, read: bool = True) -> Job:
    source = Source(f"file:{number}", None, "00")
    bundle = Bundle(source, (), None, "", "2026-11-22", "2026-11-22", 1, fetched=False)
    answer: Future[bytes] = Future()
    if read:
        answer.set_result(b"")
    return Job(bundle, weight, BeingRead(Document(b""), answer), Decisions())


def numbers(jobs: list[Job]) -> list[int]:
    return [int(job.bundle.article.address.removeprefix("file:")) for job in jobs]


def done(ahead: Ahead, jobs: Iterator[Job]) -> Iterator[list[int]]:
    for one in jobs:
        if some := ahead.add(one):
            yield numbers(some)


def test_many_share_a_commit_and_their_order_is_kept() -> None:
    ahead = Ahead(2)
    some = list(done(ahead, map(job, range(100))))
    assert all(len(numbers) > 8 for numbers in some)
    some += map(numbers, ahead.rest())
    assert [number for numbers in some for number in numbers] == list(range(100))


def test_a_slow_one_keeps_no_worker_waiting_while_the_older_ones_are_done_with() -> None:
    ahead = Ahead(1)
    slow = job(12, read=False)
    begun = (slow if number == 12 else job(number) for number in range(16))
    assert list(done(ahead, begun)) == [list(range(12))], "the four behind it stay with the workers"
    slow.answer.set_result(b"")
    assert [numbers(some) for some in ahead.rest()] == [[12, 13, 14, 15]]


def test_heavy_ones_are_few_at_a_time() -> None:
    ahead = Ahead(8)
    assert numbers(ahead.add(job(0, weight=HEAVIEST))) == [0]
    assert numbers(ahead.add(job(1))) == []


@pytest.mark.slow
def test_a_worker_loads_only_the_readers_of_what_it_meets() -> None:
    code = (
        "import sys; from pipelines.archive.reader import Kept; from pipelines.reading import answer; "
        "answer([b'', '', '', '', '', ['', '', '', '', '', ''], []], [b'', b'<html><p>text</p>']); "
        "others = {'pypdfium2', 'PIL', 'olefile', 'warcio', 'pipelines.parse.read.docx'}; "
        "print('pipelines.parse.read.html' in sys.modules, *others & {*sys.modules})"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["True"]
