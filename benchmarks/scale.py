"""``python -m benchmarks.scale``: a large archive, built, published, and read by four readers at once.

Prints Markdown: how long building takes and how much disk, what publications after some changed reports
cost, the latencies of pages and canned queries, and the memory of the site. Ends with 1 if one of them breaks
the promise. A store that lies in ``--data`` is taken as it is (``python -m benchmarks.country`` writes one).
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import re
import resource
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
from pipelines.folder import ARCHIVE, STORE
from pipelines.publish import metadata, publish
from pipelines.publish.editions import spare_of
from pipelines.publish.serve import serve

READERS = 4
ALONE = 8  # requests of each kind before the readers come
PROMISE = 0.100  # seconds, 95 % of the requests
MEMORY = 500_000_000  # bytes
_RARE = ("饕餮", "无其他需要报告的事项", "依申请公开")
_HELD = re.compile(r"\nPss:\s*(\d+) kB")
_LOOK = 0.5  # seconds between two looks at it
_WORD = re.compile(r"[\u4e00-\u9fff]{5,}")


@dataclass(frozen=True)
class Step:
    """What a publication took: seconds by the clock, of the processor in its own process and in those it
    started; the most bytes these processes have held so far; how many reports came or changed.
    """

    name: str
    seconds: float
    own: float
    started: float
    memory: int
    reports: int


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
            if not (folder / STORE).is_file():
                seconds = _timed(lambda: write_store(folder, options.reports))
                _say(f"store of {options.reports} reports: {seconds:.0f} s")
            _say(_publishing(folder, build(folder, options.changed, anew=not options.published)))
        measured, memory = read(folder, options.rounds)
        _say(_reading(measured))
        _say(f"memory of the site: {memory / 1e6:.0f} MB at most, all its processes together\n")
    finally:
        if not options.data:
            shutil.rmtree(folder)
    slow = [kind for kind, known in measured.items() if known.failed or known.share(0.95) > PROMISE]
    return 1 if slow or memory > MEMORY else 0


def build(folder: Path, changed: int, *, anew: bool) -> list[Step]:
    """Publish the store, ``anew`` or as what came since; change ``changed`` reports of all years and publish,
    twice: where the disk does not share blocks, the first of these copies the archive and the second starts
    from the last but one.
    """
    if anew:
        for path in (folder / ARCHIVE, spare_of(folder / ARCHIVE)):
            path.unlink(missing_ok=True)
    steps = [_step("all" if anew else "what came", folder)]
    for number in (1, 2):
        touch(folder, changed, number)
        steps.append(_step(f"{changed} changed, {('copied', 'in turns')[number - 1]}", folder))
    return steps


def _step(name: str, folder: Path) -> Step:
    clock, before = time.perf_counter(), os.times()
    result = publish(folder)
    after = os.times()
    memory = sum(
        resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    step = Step(
        name,
        time.perf_counter() - clock,
        after.user + after.system - before.user - before.system,
        after.children_user + after.children_system - before.children_user - before.children_system,
        memory * 1024,
        result.updated,
    )
    _say(f"{step.name}: {step.seconds:.0f} s")
    return step


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def read(folder: Path, rounds: int) -> tuple[dict[str, Latencies], int]:
    """Ask for every kind of page ``rounds`` times by each of the readers, all at once.

    Returns the latencies by kind, and the bytes that the processes of the site have held at most.
    """
    found: dict[str, Latencies] = {}
    lock = threading.Lock()
    with served(folder) as (address, pid):
        list(
            _ask(address, [("", "/about"), ("", "/archive/cells.json")])
        )  # the archive is open, here and apart
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
        memory = 0
        for thread in threads:
            while thread.is_alive():
                memory = max(memory, _memory(pid))
                thread.join(_LOOK)
    return found, memory


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
    threads = Path(f"/proc/{pid}/task").glob("*")
    own = sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9
    return own + sum(map(_processor_time, _started(pid)))


def _memory(pid: int) -> int:
    """The bytes that a process and those it started hold, what they share counted once; 0 where the system
    does not tell.
    """
    try:
        known = _HELD.search(Path(f"/proc/{pid}/smaps_rollup").read_text())
        return int(known[1]) * 1024 + sum(map(_memory, _started(pid))) if known else 0
    except OSError:  # or the process is gone
        return 0


def _started(pid: int) -> list[int]:
    threads = Path(f"/proc/{pid}/task").glob("*")
    return [int(child) for thread in threads for child in (thread / "children").read_text().split()]


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


def _publishing(folder: Path, steps: list[Step]) -> str:
    with closing(sqlite3.connect(folder / ARCHIVE)) as connection:
        reports, cells = connection.execute("SELECT reports, cells FROM publication").fetchone()
    sizes = ((name, (folder / name).stat().st_size) for name in (STORE, ARCHIVE))
    return "\n".join(
        [
            f"\n{reports} reports, {cells} cells; "
            + ", ".join(
                f"{name} {size / 1e9:.2f} GB ({size / reports / 1e3:.1f} kB each)" for name, size in sizes
            ),
            "\n| published | reports | s | processor s: own | started | MB at most |",
            "|---|---:|---:|---:|---:|---:|",
            *(
                f"| {step.name} | {step.reports} | {step.seconds:.0f} | {step.own:.1f} | {step.started:.1f} |"
                f" {step.memory / 1e6:.0f} |"
                for step in steps
            ),
            "",
        ]
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
    parser.add_argument("--changed", type=int, default=10, help="reports that change before publishing again")
    parser.add_argument("--rounds", type=int, default=10, help="requests of each kind by each reader")
    parser.add_argument(
        "--data",
        help="where to build, and leave, the archive; else it is thrown away; a store there is taken",
    )
    parser.add_argument(
        "--published", action="store_true", help="take the archive that is there as it is, and bring it up"
    )
    parser.add_argument("--read-only", action="store_true", help="measure the archive that is there")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
