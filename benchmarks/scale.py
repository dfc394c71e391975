"""``python -m benchmarks.scale``: a large archive, built, published, and read by four readers at once.

Prints Markdown: how long building takes and how much disk, what a publication after ten changed reports
costs, and the latencies of pages and canned queries. Ends with 1 if one of them breaks the promise.
"""

from __future__ import annotations

import argparse
import multiprocessing
import re
import shutil
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from urllib.parse import quote

import httpx

from benchmarks.large import touch, write_store
from pipelines.publish import metadata, publish
from pipelines.publish.publication import ARCHIVE, STORE
from pipelines.publish.serve import serve

READERS = 4
ALONE = 8  # requests of each kind before the readers come
PROMISE = 0.150  # seconds, 95 % of the requests
CHANGED = 10
_RARE = ("饕餮", "无其他需要报告的事项", "依申请公开")
_WORD = re.compile(r"[\u4e00-\u9fff]{5,}")


@dataclass
class Built:
    """What building took: seconds, and bytes of the two databases."""

    store: float
    publish: float
    again: float
    store_bytes: int
    archive_bytes: int
    cells: int


@dataclass
class Latencies:
    """Seconds of the requests to pages of one kind.

    ``first`` and ``work`` are the most that a request took when nobody had asked before, by one reader alone:
    until the answer, and of the site's processor time (which other work on the machine hardly changes).
    """

    first: float = 0.0
    work: float = 0.0
    seconds: list[float] = field(default_factory=list)
    failed: int = 0

    def share(self, part: float) -> float:
        """The latency that ``part`` of the requests keep."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def main() -> int:
    """Zero if the promise is kept."""
    options = _options()
    folder = Path(options.data) if options.data else Path(tempfile.mkdtemp(prefix="gongkai-scale-"))
    try:
        if not options.read_only:
            _say(_building(options.reports, build(folder, options.reports)))
        measured = read(folder, options.rounds)
        _say(_reading(measured))
    finally:
        if not options.data:
            shutil.rmtree(folder)
    slow = [kind for kind, known in measured.items() if known.failed or known.share(0.95) > PROMISE]
    return 1 if slow else 0


def build(folder: Path, count: int) -> Built:
    """Write a store of ``count`` reports, publish it, change a few, publish again."""
    for name in (STORE, ARCHIVE):
        (folder / name).unlink(missing_ok=True)
    store = _timed(lambda: write_store(folder, count))
    whole = _timed(lambda: publish(folder))
    touch(folder, CHANGED)
    again = _timed(lambda: publish(folder))
    with closing(sqlite3.connect(folder / ARCHIVE)) as connection:
        cells = connection.execute("SELECT cells FROM publication").fetchone()[0]
    sizes = [(folder / name).stat().st_size for name in (STORE, ARCHIVE)]
    return Built(store, whole, again, sizes[0], sizes[1], cells)


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def read(folder: Path, rounds: int) -> dict[str, Latencies]:
    """Ask for every kind of page ``rounds`` times by each of the readers, all at once."""
    found: dict[str, Latencies] = {}
    lock = threading.Lock()
    with served(folder) as (address, pid):
        list(_ask(address, [("", "/about")]))  # the first request of all opens the archive
        before = _processor_time(pid)
        for kind, seconds, _ in _ask(address, _addresses(folder, Random(0), ALONE)):
            after = _processor_time(pid)
            known = found.setdefault(kind, Latencies())
            known.first, known.work = max(seconds, known.first), max(after - before, known.work)
            before = after
        plans = [_addresses(folder, Random(reader), rounds) for reader in range(READERS)]

        def reader(plan: list[tuple[str, str]]) -> None:
            for kind, seconds, ok in _ask(address, plan):
                with lock:
                    known = found[kind]
                    known.seconds.append(seconds)
                    known.failed += not ok

        threads = [threading.Thread(target=reader, args=(plan,)) for plan in plans]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return found


def _ask(address: str, plan: list[tuple[str, str]]) -> Iterator[tuple[str, float, bool]]:
    with httpx.Client(base_url=address, timeout=60) as client:
        for kind, path in plan:
            started = time.perf_counter()
            answer = client.get(path)
            yield kind, time.perf_counter() - started, answer.status_code == 200


def _addresses(folder: Path, rng: Random, rounds: int) -> list[tuple[str, str]]:
    """(kind, address) of ``rounds`` pages of every kind and of every canned query, in a random order.

    Words sought are cut from reports, so that hardly any is sought twice.
    """
    with closing(sqlite3.connect(folder / ARCHIVE)) as connection:
        regions, agencies, reports = (
            [row[0] for row in connection.execute(sql)]
            for sql in (
                "SELECT DISTINCT region_code FROM agencies WHERE region_code IS NOT NULL",
                "SELECT agency_id FROM agencies ORDER BY agency_id LIMIT 5000",
                "SELECT report_id FROM reports ORDER BY first_seen_at, rowid % 977 LIMIT 5000",
            )
        )
        texts = connection.execute(
            "SELECT text FROM sections WHERE number IN (0, 1, 5, 6) LIMIT 300 OFFSET ?",
            (rng.randrange(5000),),
        ).fetchall()
    runs = [run for (text,) in texts for run in _WORD.findall(text)] or list(_RARE)
    found = []
    for _ in range(rounds):
        report = rng.choice(reports)
        cell = "table=applications&row=granted&column=total"
        found += [
            (f"`{path}`", path)
            for path in ("/", "/coverage", "/quality", "/changes", "/about", "/codebook", "/archive")
        ]
        found += [
            ("`/region/<code>`", f"/region/{rng.choice(regions)}"),
            ("`/agency/<id>`", f"/agency/{rng.choice(agencies)}"),
            ("`/report/<id>`", f"/report/{report}"),
            ("`/evidence/<id>`", f"/evidence/{report}?{cell}"),
            ("`/search`", f"/search?q={quote(_word(rng, runs))}"),
            ("`/search` in a year", f"/search?q={quote(_word(rng, runs))}&year=2022"),
            *(
                (f"`/archive/{table}?_search=`", f"/archive/{table}.json?_search={quote(_word(rng, runs))}")
                for table in ("sections", "reports")
            ),
            ("`/archive/cells`", "/archive/cells.json"),
        ]
        found += [(f"query `{name}`", f"/archive/{name}.json") for name in metadata.queries()]
    rng.shuffle(found)
    return found


def _word(rng: Random, runs: list[str]) -> str:
    """Two to five characters of a text, or now and then a word that few or all reports have."""
    if rng.random() < 0.1:
        return rng.choice(_RARE)
    run = rng.choice(runs)
    start = rng.randrange(len(run) - 1)
    return run[start : start + rng.randint(2, 5)]


def _processor_time(pid: int) -> float:
    """Seconds that a process and those it started have worked; 0 where the system does not tell."""
    threads = list(Path(f"/proc/{pid}/task").glob("*"))
    own = sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9
    started = [int(child) for thread in threads for child in (thread / "children").read_text().split()]
    return own + sum(map(_processor_time, started))


@contextmanager
def served(folder: Path, proxies: Sequence[str] = ()) -> Iterator[tuple[str, int]]:
    """The site in a process of its own, as in use: its address and the process."""
    context = multiprocessing.get_context("spawn")
    inlet, outlet = context.Pipe(duplex=False)
    process = context.Process(target=_serve, args=(folder, outlet, proxies), daemon=True)
    process.start()
    if not inlet.poll(120):
        raise RuntimeError("the site did not start")
    try:
        yield inlet.recv(), process.pid or 0
    finally:
        process.terminate()
        process.join()


def _serve(folder: Path, outlet: object, proxies: Sequence[str]) -> None:
    serve(folder, 0, ready=outlet.send, proxies=proxies)  # type: ignore[attr-defined]


def _building(count: int, built: Built) -> str:
    size = (built.store_bytes + built.archive_bytes) / 1e9
    return (
        f"{count} reports, {built.cells} cells\n\n| | |\n|---|---:|\n"
        f"| store written | {built.store:.0f} s |\n| published | {built.publish:.0f} s |\n"
        f"| published after {CHANGED} changed reports | {built.again:.1f} s |\n"
        f"| store.db | {built.store_bytes / 1e9:.2f} GB |\n"
        f"| archive.db | {built.archive_bytes / 1e9:.2f} GB |\n"
        f"| together | {size:.2f} GB |\n"
    )


def _reading(measured: dict[str, Latencies]) -> str:
    lines = [
        f"{READERS} readers at once; first, work: nobody had asked before\n",
        "| | work ms | first ms | n | median ms | p95 ms | failed |\n|---|---:|---:|---:|---:|---:|---:|",
    ]
    for kind, known in sorted(measured.items(), key=lambda item: -item[1].share(0.95)):
        lines.append(
            f"| {kind} | {known.work * 1000:.0f} | {known.first * 1000:.0f} | {len(known.seconds)} |"
            f" {known.share(0.5) * 1000:.0f} | {known.share(0.95) * 1000:.0f} | {known.failed} |"
        )
    return "\n".join(lines) + "\n"


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--reports", type=int, default=2000, help="100000 is the full run")
    parser.add_argument("--rounds", type=int, default=10, help="requests of each kind by each reader")
    parser.add_argument("--data", help="where to build, and leave, the archive; else it is thrown away")
    parser.add_argument("--read-only", action="store_true", help="measure the archive that is there")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
