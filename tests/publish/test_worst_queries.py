"""The worst that strangers ask of a served archive: how long each takes, in how much memory, and how long
somebody else waits for a page meanwhile.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from itertools import count, cycle, islice
from pathlib import Path

import httpx
import pytest

from benchmarks.large import write_store
from benchmarks.scale import served
from pipelines.publish import publish
from pipelines.publish.apart import LISTS, OWN_QUERIES
from tests.publish.worst import OWN, PAGES

pytestmark = [pytest.mark.slow, pytest.mark.long]

REPORTS = 4000
ANSWERED, WAITED = 1.5, 1.0  # seconds
GROWN, GROWN_IN_ALL = 100 << 20, 160 << 20  # bytes: by one request, by all that are under way
STARTED = 60 << 20  # bytes that a process for queries holds when it can answer


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str, int]]:
    """An archive of generated reports, the address where it is served, and the server's process."""
    folder = tmp_path_factory.mktemp("large")
    # apart: a site served in this process has limited what SQLite may hold here, for good
    process = multiprocessing.get_context("spawn").Process(target=_lay_out, args=(folder,))
    process.start()
    process.join()
    assert process.exitcode == 0
    with served(folder) as (address, pid):
        httpx.get(f"{address}about", timeout=60)
        yield folder, address, pid


def _lay_out(folder: Path) -> None:
    write_store(folder, REPORTS)
    publish(folder)


def processes(pid: int) -> list[int]:
    """The server's process, and those that it and they have started."""
    found = [pid]
    with suppress(OSError):  # one has ended
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += processes(int(child))
    return found


def held(pid: int) -> int:
    """Bytes that one process holds; zero if it has ended."""
    with suppress(OSError):
        found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
        return int(found[1]) * 1024 if found else 0
    return 0


def memory(pid: int) -> int:
    """Bytes that the server holds, all its processes together."""
    return sum(map(held, processes(pid)))


def settle(pid: int) -> None:
    """Return when every process for queries has started, since one that was ended is replaced."""
    for _ in range(600):
        sizes = [held(child) for child in processes(pid)[1:]]
        time.sleep(0.1)
        if (
            len(sizes) == 1 + OWN_QUERIES.processes + LISTS.processes  # one that the others are forked from
            and min(sizes) > STARTED
            and memory(pid) - held(pid) == sum(sizes)
        ):
            return
    raise AssertionError("the processes for queries did not start")


@contextmanager
def watched(pid: int) -> Iterator[list[int]]:
    """What the server held at most, in one number, once the block ends."""
    over, most = threading.Event(), [memory(pid)]

    def watch() -> None:
        while not over.wait(0.01):
            most[0] = max(most[0], memory(pid))

    thread = threading.Thread(target=watch)
    thread.start()
    yield most
    over.set()
    thread.join()


@pytest.mark.parametrize("name", [*OWN, *PAGES])
def test_each_is_over_soon_and_takes_little(site: tuple[Path, str, int], name: str) -> None:
    _, address, pid = site
    settle(pid)
    before = memory(pid)
    with watched(pid) as most:
        started = time.monotonic()
        answer = httpx.get(address.rstrip("/") + {**OWN, **PAGES}[name], timeout=60)
        took = time.monotonic() - started
    print(f"{took:.2f} s, {(most[0] - before) >> 20} MB, load {os.getloadavg()[0]:.1f}")
    assert answer.status_code in (200, 400)
    assert took < ANSWERED
    assert most[0] - before < GROWN, f"{(most[0] - before) >> 20} MB"


def attack(address: str, paths: list[str]) -> None:
    """Twenty who ask without pause, each from an address of its own, and for what nobody had asked before."""
    numbers = count()

    def ask(number: int) -> None:
        transport = httpx.HTTPTransport(local_address=f"127.0.1.{number + 1}")
        with httpx.Client(transport=transport, timeout=60) as client:
            for path in islice(cycle(paths), number, None):
                mark = "&" if "?" in path else "?"
                client.get(f"{address.rstrip('/')}{path}{mark}nothing={next(numbers)}")

    for number in range(20):
        threading.Thread(target=ask, args=(number,)).start()


def waits(address: str, pages: list[str]) -> list[float]:
    """Seconds that a reader waits for each page, and not one of them fails."""
    found = []
    with httpx.Client(timeout=60) as reader:
        for page in pages:
            started = time.monotonic()
            assert reader.get(address + page).status_code == 200
            found.append(time.monotonic() - started)
    return sorted(found)


@pytest.mark.parametrize(
    "paths", [list(OWN.values()), [PAGES["search for 的"]], list(PAGES.values())], ids=["own", "的", "pages"]
)
def test_a_reader_has_pages_beside_twenty_who_ask_without_pause(
    site: tuple[Path, str, int], paths: list[str]
) -> None:
    folder, address, pid = site
    with closing(sqlite3.connect(folder / "archive.db")) as archive:
        found = archive.execute("SELECT report_id, agency_id FROM reports ORDER BY random() LIMIT 100")
        pages = [path for report, agency in found for path in (f"report/{report}", f"agency/{agency}")]
    settle(pid)
    before, alone = memory(pid), waits(address, pages[:40])
    attackers = multiprocessing.get_context("spawn").Process(target=attack, args=(address, paths))
    attackers.start()
    time.sleep(3)
    try:
        with watched(pid) as most:
            waited = waits(address, pages[40:])
    finally:
        attackers.kill()
        attackers.join()
    print(
        f"alone {alone[20]:.3f} and {alone[-1]:.3f} s, beside them {waited[80]:.3f} and {waited[-1]:.3f} s"
        f" (median and most), {(most[0] - before) >> 20} MB, load {os.getloadavg()[0]:.1f}"
    )
    assert waited[-1] < WAITED
    assert most[0] - before < GROWN_IN_ALL, f"{(most[0] - before) >> 20} MB"
