"""Crawling by one and by two workers, and reading again by one and by two, beside the embedded run.

``python -m benchmarks.distributed [--hosts N]``: the sites of ``benchmarks.crawl``. Each worker is held to a
core of its own, with its reading process, and so is the embedded run; a Redis or Valkey and, for reading
again, a Dask scheduler run beside them. A worker files nothing, the merge does; so the embedded run, made
before and after, is held against a worker and the merge together, and two workers against one.
"""

from __future__ import annotations

import argparse
import multiprocessing
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.crawl import Cost, children, make_world, processor_seconds, register, serve_kept, watched
from crawler.distributed.engine import Engine, EngineError
from pipelines.memo import forget
from pipelines.reparse import roots_of
from pipelines.spread import read_on
from pipelines.store import Store

PORT = 8898
_MEMORY = 600  # MB that a run may take, however many hosts it asks
_GONGKAI = (sys.executable, "-m", "gongkai")


@dataclass(frozen=True)
class Reading:
    """Seconds of reading again, by the clock and of the processor for each worker with its reader."""

    wall: float
    busy: tuple[float, ...]


@dataclass(frozen=True)
class Spread:
    """What was measured; ``two``: each of two workers; ``reading``: by one and by two workers."""

    pages: int
    reports: int
    embedded: Cost
    one: Cost
    merge: Cost
    two: tuple[Cost, ...]
    reading: tuple[Reading, Reading]

    @property
    def crawl_scaling(self) -> tuple[float, float]:
        """The share of linear that two workers reach: by the clock, and by what they take of the processor
        together, which says the same where other programs share the machine.
        """
        wall = max(cost.wall for cost in self.two)
        return self.one.wall / wall / 2, _busy(self.one) / sum(map(_busy, self.two))

    @property
    def reading_scaling(self) -> tuple[float, float]:
        """The share of linear that reading again on two workers reaches, likewise."""
        one, two = self.reading
        return one.wall / two.wall / 2, sum(one.busy) / sum(two.busy)

    @property
    def coordination(self) -> tuple[float, float]:
        """What one worker takes of the processor beyond the embedded run, as a share of it: alone, and with
        the merge of what it archived.
        """
        embedded, one = _busy(self.embedded), _busy(self.one)
        return one / embedded - 1, (one + _busy(self.merge)) / embedded - 1


def _busy(cost: Cost) -> float:
    return cost.cpu + cost.cpu_children


def measure(hosts: int, agencies: int, years: int) -> Spread:
    """Crawl ``hosts`` sample sites once in each way, from a server that keeps its answers."""
    world = make_world(hosts, agencies, years, PORT)
    context = multiprocessing.get_context("spawn")
    ready, over = context.Event(), context.Event()
    server = context.Process(target=serve_kept, args=(world, ready, over))
    with tempfile.TemporaryDirectory(prefix="gk-") as name, _engine(Path(name)) as url:
        folder = Path(name)
        register(world, folder / "sites")
        server.start()
        try:
            ready.wait()
            _embedded(folder, "warm")
            before = _embedded(folder, "embedded")
            (one,), merge = _round(folder, url, "one")
            embedded = before.mean(_embedded(folder, "again"))
            two, _ = _round(folder, url, "two", "three")
        finally:
            over.set()
            server.join()
        with Store.open(folder / "embedded") as store:
            pages = int(store.value("SELECT count(*) FROM captures"))
            reports = int(store.value("SELECT count(*) FROM reports"))
        reading = (_read_again(folder / "embedded", 1), _read_again(folder / "embedded", 2))
    return Spread(pages, reports, embedded, one, merge, two, reading)


def _embedded(folder: Path, name: str) -> Cost:
    where = ("--sites", folder / "sites", "--data", folder / name)
    return watched(_on(0, *_GONGKAI, "crawl", "--all", *where, "--no-publish", "--workers", 1))


def _round(folder: Path, url: str, *names: str) -> tuple[tuple[Cost, ...], Cost]:
    """The workers of a round at once, and the merge."""
    archive = folder / f"merged-{names[0]}"
    watched(
        _on(0, *_GONGKAI, "crawl", "--all", "--sites", folder / "sites", "--data", archive, "--engine", url)
    )
    costs: list[Cost] = []

    def work(core: int, name: str) -> None:
        command = (*_GONGKAI, "crawl", "--engine", url, "--data", folder / name, "--workers", 1)
        costs.append(watched(_on(core, *command)))

    threads = [threading.Thread(target=work, args=item) for item in enumerate(names)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    shards = [folder / name for name in names]
    merge = watched(_on(0, *_GONGKAI, "merge", *shards, "--data", archive, "--no-publish", "--workers", 1))
    return tuple(costs), merge


def _read_again(data: Path, workers: int) -> Reading:
    """From the first task to the last, without the start of the machines."""
    import distributed

    with (
        distributed.LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=":0", host="127.0.0.1"
        ) as cluster,
        Store.open(data) as store,
    ):
        roots = roots_of(store)
        read_on(cluster.scheduler_address, data, roots[:50], _Nowhere(), lambda done, total: None)
        pids = [worker.process.pid for worker in cluster.workers.values()]
        before, started = [_used(pid) for pid in pids], time.monotonic()
        read_on(cluster.scheduler_address, data, roots, _Nowhere(), lambda done, total: None)
        wall = time.monotonic() - started
        busy = tuple(_used(pid) - earlier for pid, earlier in zip(pids, before, strict=True))
    forget(data)
    return Reading(wall, busy)


def _used(pid: int) -> float:
    """Processor seconds of a process and its children so far."""
    return processor_seconds(pid) + sum(processor_seconds(child) for child in children(pid))


class _Nowhere:
    """Answers are not kept."""

    def put(self, answers: object) -> None:
        """Forget them."""


def _on(core: int, *command: object) -> Sequence[str]:
    return ["taskset", "-c", str(core), *map(str, command)]


@contextmanager
def _engine(folder: Path) -> Iterator[str]:
    """A Redis or Valkey as the docs say to start it."""
    program = shutil.which("valkey-server") or shutil.which("redis-server")
    if program is None:
        raise SystemExit("neither valkey-server nor redis-server is installed")
    url = f"unix://{folder}/engine.sock"
    durable = ("--appendonly", "yes", "--appendfsync", "always", "--save", "")
    here = ("--port", "0", "--unixsocket", f"{folder}/engine.sock", "--dir", str(folder))
    process = subprocess.Popen([program, *here, *durable], stdout=subprocess.DEVNULL)
    try:
        while not _answers(url):
            time.sleep(0.05)
        yield url
    finally:
        process.terminate()
        process.wait()


def _answers(url: str) -> bool:
    try:
        Engine(url).check()
    except EngineError:
        return False
    return True


def main() -> int:
    """Prints what was measured; 1 where a promise is broken."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.distributed", description=__doc__)
    parser.add_argument("--hosts", type=int, default=1_000)
    parser.add_argument("--agencies", type=int, default=2)
    parser.add_argument("--years", type=int, default=1)
    options = parser.parse_args()
    found = measure(options.hosts, options.agencies, options.years)
    print(
        f"{options.hosts} hosts, {found.pages} pages, {found.reports} reports\n"
        f"embedded {_told(found.embedded)}\none worker {_told(found.one)}\nmerge {_told(found.merge)}\n"
        "coordination, of the embedded run's processor time: "
        f"{found.coordination[0]:+.0%}, with the merge {found.coordination[1]:+.0%}\n"
        + "".join(f"one of two workers {_told(cost)}\n" for cost in found.two)
        + f"two workers {_shares(found.crawl_scaling)}\n"
        f"read again {found.reading[0].wall:.1f} s by one, {found.reading[1].wall:.1f} s by two: "
        f"{_shares(found.reading_scaling)}"
    )
    kept = min(found.crawl_scaling[0], found.reading_scaling[0]) >= 0.8 and found.coordination[1] <= 0.1
    light = max(cost.memory for cost in (found.embedded, found.one, found.merge, *found.two)) <= _MEMORY
    return 0 if kept and light else 1


def _shares(scaling: tuple[float, float]) -> str:
    return f"{scaling[0]:.2f} of linear by the clock, {scaling[1]:.2f} by the processor"


def _told(cost: Cost) -> str:
    return f"{cost.wall:.1f} s, processor {cost.cpu + cost.cpu_children:.1f} s, {cost.memory:.0f} MB"


if __name__ == "__main__":
    sys.exit(main())
