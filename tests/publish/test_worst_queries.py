"""The worst that strangers ask of a served archive: how long each takes, in how much memory, and how long
somebody else waits for a page meanwhile.
"""

from __future__ import annotations

import re
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import count, cycle, islice
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from test_guard import HOSTILE

from benchmarks.large import write_store
from benchmarks.scale import served
from pipelines.publish import publish

pytestmark = [pytest.mark.slow, pytest.mark.long]

REPORTS = 2000
ANSWERED, WAITED = 1.5, 1.0  # seconds
GROWN, GROWN_IN_ALL = 100 << 20, 160 << 20  # bytes: by one request, by all that are under way
COMMON = [f"/search?q={quote(word)}" for word in ("的", "公", "公 开 的 信 息", "的 政府")]
COMMON += ["/archive/sections?_search=%E7%9A%84", "/archive/cells?_facet=raw&_sort=raw", "/archive/v_rates"]
ATTACKS = [*(f"/archive.json?sql={quote(sql)}" for sql in HOSTILE), *COMMON]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str, int]]:
    """An archive of generated reports, the address where it is served, and the server's process."""
    folder = tmp_path_factory.mktemp("large")
    write_store(folder, REPORTS)
    publish(folder)
    with served(folder) as (address, pid):
        httpx.get(f"{address}about", timeout=60)
        yield folder, address, pid


def memory(pid: int) -> int:
    """Bytes that a process holds."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) * 1024 if found else 0


@contextmanager
def watched(pid: int) -> Iterator[list[int]]:
    """What a process held at most, in one number, once the block ends."""
    over, most = threading.Event(), [memory(pid)]

    def watch() -> None:
        while not over.wait(0.01):
            most[0] = max(most[0], memory(pid))

    thread = threading.Thread(target=watch)
    thread.start()
    yield most
    over.set()
    thread.join()


@pytest.mark.parametrize("attack", ATTACKS)
def test_each_is_over_soon_and_takes_little(site: tuple[Path, str, int], attack: str) -> None:
    _, address, pid = site
    before = memory(pid)
    with watched(pid) as most:
        started = time.monotonic()
        answer = httpx.get(address.rstrip("/") + attack, timeout=60)
        took = time.monotonic() - started
    assert answer.status_code in (200, 400)
    assert took < ANSWERED
    assert most[0] - before < GROWN, f"{(most[0] - before) >> 20} MB"


@pytest.mark.parametrize("attacks", [ATTACKS[: len(HOSTILE)], COMMON[:1], COMMON], ids=["sql", "的", "pages"])
def test_a_reader_has_pages_beside_twenty_who_ask_without_pause(
    site: tuple[Path, str, int], attacks: list[str]
) -> None:
    folder, address, pid = site
    with closing(sqlite3.connect(folder / "archive.db")) as archive:
        found = archive.execute("SELECT report_id, agency_id FROM reports ORDER BY random() LIMIT 40")
        pages = [path for report, agency in found for path in (f"report/{report}", f"agency/{agency}")]
    over, numbers = threading.Event(), count()

    def attack(number: int) -> None:
        # each from an address of its own, and with an address nobody had asked for: no answer is kept
        transport = httpx.HTTPTransport(local_address=f"127.0.1.{number + 1}")
        with httpx.Client(transport=transport, timeout=60) as client:
            for path in islice(cycle(attacks), number, None):
                if over.is_set():
                    return
                mark = "&" if "?" in path else "?"
                client.get(f"{address.rstrip('/')}{path}{mark}nothing={next(numbers)}")

    threads = [threading.Thread(target=attack, args=(number,)) for number in range(20)]
    before, waited = memory(pid), []
    with watched(pid) as most, httpx.Client(timeout=60) as reader:
        for thread in threads:
            thread.start()
        time.sleep(1)
        for page in pages:
            started = time.monotonic()
            assert reader.get(address + page).status_code == 200
            waited.append(time.monotonic() - started)
        over.set()
        for thread in threads:
            thread.join()
    assert max(waited) < WAITED
    assert most[0] - before < GROWN_IN_ALL, f"{(most[0] - before) >> 20} MB"
