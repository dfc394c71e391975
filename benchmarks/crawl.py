"""Speed, memory and start-up of a whole crawl beside a bare Scrapy spider that stores nothing.

``python -m benchmarks.crawl [--hosts N]``: sample sites of mixed families, each on a
loopback address of its own, crawled by ``gongkai crawl`` with everything on; then the
bare spider downloads the same pages, as many at once and without delay, in one run.
The server, a process of its own, keeps its answers, so that neither waits for pages to
be made; what the first crawl made of them is thrown away. A crawl counts until all is
read and saved. Besides wall clock seconds those of the processor are told, since they
say the same where other programs share the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass, replace
from multiprocessing.synchronize import Event
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from crawler.registry import load_registry
from pipelines.store import Store
from samples.counties import World
from samples.registry import write_registry
from samples.server import Server
from samples.sites import FAMILIES
from samples.sites.http import Request
from samples.visits import Visits

PORT = 8899
_COUNTIES = 400  # the invented ones
_LARGEST_HEAD = 64 * 1024
_LOOKS = 1.0  # seconds between two looks at memory: each takes the processor for 1 ms of 30 MB
_BARE = """
import json, sys
from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess

class Bare(Spider):
    name = "bare"
    custom_settings = {"CONCURRENT_REQUESTS": 256, "CONCURRENT_REQUESTS_PER_DOMAIN": 1, "DOWNLOAD_DELAY": 0,
                       "LOG_LEVEL": "ERROR", "ROBOTSTXT_OBEY": False, "TELNETCONSOLE_ENABLED": False,
                       "RETRY_ENABLED": False, "REDIRECT_ENABLED": False, "HTTPERROR_ALLOW_ALL": True}
    got = 0
    async def start(self):
        for method, url, body in json.load(open(sys.argv[1])):
            yield Request(url, method=method, body=body or b"", dont_filter=True)
    def parse(self, response):
        Bare.got += 1

process = AsyncCrawlerProcess()
process.crawl(Bare)
process.start()
open("got", "w").write(str(Bare.got))
"""


@dataclass(frozen=True)
class Cost:
    """What a process and its children took: seconds by the clock and of the processor (its own, its
    children's), and the most memory that they held together, in MB.
    """

    wall: float
    cpu: float
    cpu_children: float
    memory: float

    def mean(self, other: Cost) -> Cost:
        """The cost of one of two runs, on average."""
        pairs = zip(astuple(self), astuple(other), strict=True)
        return Cost(*(sum(pair) / 2 for pair in pairs))


@dataclass(frozen=True)
class Speeds:
    """What was measured. ``start_seconds``: ``crawl --due`` with a registry of 3,000 files, nothing due."""

    hosts: int
    pages: int
    documents: int
    crawl: Cost
    bare: Cost
    start_seconds: float

    @property
    def ratio(self) -> float:
        """The crawl's share of the bare spider's pages a second."""
        return self.bare.wall / self.crawl.wall

    def kept(self) -> bool:
        """Whether the promises hold."""
        most = 400 if self.hosts <= 300 else 600
        return self.ratio >= 0.3 and self.crawl.memory <= most and self.start_seconds < 3


def measure(hosts: int = 300, agencies: int = 5, years: int = 7, port: int = PORT) -> Speeds:
    """Crawl ``hosts`` sample sites, and download the same pages bare before and after."""
    world = make_world(hosts, agencies, years, port)
    context = multiprocessing.get_context("spawn")
    ready, over = context.Event(), context.Event()
    server = context.Process(target=serve_kept, args=(world, ready, over))
    with tempfile.TemporaryDirectory(prefix="gongkai-bench-") as name:
        folder = Path(name)
        register(world, folder / "sites")
        server.start()
        try:
            ready.wait()
            _crawl(folder / "sites", folder / "made")
            asked, documents = _asked(folder / "made")
            before = _bare(folder, asked)
            crawl = _crawl(folder / "sites", folder / "data")
            bare = before.mean(_bare(folder, asked))  # a machine may change its speed meanwhile
        finally:
            over.set()
            server.join()
        start = _start(folder / "many", folder / "none")
    return Speeds(hosts, len(asked), documents, crawl, bare, start)


def make_world(hosts: int, agencies: int, years: int, port: int) -> World:
    """A world of ``hosts`` sites: beyond the counties that are invented, the same ones on further hosts."""
    counties = World.build(
        counties=min(hosts, _COUNTIES),
        agencies=agencies,
        years=range(2026 - years, 2026),
        port=port,
        families=sorted(FAMILIES),
    )
    sites = [replace(counties.sites[n % _COUNTIES], number=n) for n in range(hosts)]
    return replace(counties, sites=tuple(sites))


def register(world: World, folder: Path) -> None:
    """Registry files; those of counties that come again have a letter in their names."""
    for nth in range(0, len(world.sites), _COUNTIES):
        part = folder / str(nth)
        write_registry(replace(world, sites=world.sites[nth : nth + _COUNTIES]), part)
        for file in part.glob("[0-9]*.toml"):
            suffix = f"-{chr(ord('a') + nth // _COUNTIES)}" if nth else ""
            file.rename(folder / f"{file.stem}{suffix}.toml")
        (part / "regions.csv").replace(folder / "regions.csv")


def _crawl(sites: Path, data: Path) -> Cost:
    """One run in a process of its own, until all is saved."""
    command = [sys.executable, "-m", "gongkai", "crawl", "--all", "--no-publish"]
    return watched([*command, "--sites", str(sites), "--data", str(data)])


def watched(command: Sequence[str], cwd: Path | None = None) -> Cost:
    """Runs a command; raises RuntimeError where it fails."""
    started = time.monotonic()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, cwd=cwd)
        peak, own, look_at = 0.0, 0.0, started
        while (ended := os.wait4(process.pid, os.WNOHANG))[0] == 0:
            own = max(own, processor_seconds(process.pid))
            if time.monotonic() >= look_at:
                peak, look_at = max(peak, _held(process.pid)), time.monotonic() + _LOOKS
            time.sleep(0.2)
        wall = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(ended[1])
        if process.returncode not in (0, 1):
            said.seek(0)
            raise RuntimeError(f"{command[1:4]} ended with {process.returncode}: {said.read()[-500:]!r}")
    return Cost(wall, own, ended[2].ru_utime + ended[2].ru_stime - own, peak)


def _held(pid: int) -> float:
    """MB held by a process and its children."""
    return sum(map(_resident, [pid, *children(pid)]))


def processor_seconds(pid: int) -> float:
    """What a process took itself so far; 0.0 where it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def children(pid: int) -> list[int]:
    """The processes that a process has started and that are there yet."""
    found = []
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [int(child) for child in tasks.read_text().split()]
    return found


def _resident(pid: int) -> float:
    """Memory of a process in MB, its share of what it has in common with others."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def _asked(data: Path) -> tuple[list[tuple[str, str, str | None]], int]:
    """The requests of the crawl, and how many documents it holds."""
    with Store.open(data) as store:
        rows = store.rows(
            """SELECT r.method, c.url, r.body FROM captures c JOIN requests r USING (request_id)
               WHERE c.status_code IS NOT NULL ORDER BY c.capture_id"""
        )
        asked = [(row["method"], row["url"], row["body"]) for row in rows]
        documents = store.value("SELECT count(*) FROM resources WHERE sha256 IS NOT NULL")
    return asked, int(documents)


def _bare(folder: Path, asked: Sequence[tuple[str, str, str | None]]) -> Cost:
    requests = folder / "requests.json"
    requests.write_text(json.dumps(asked))
    cost = watched([sys.executable, "-c", _BARE, str(requests)], folder)
    got = int((folder / "got").read_text())
    if got != len(asked):
        raise RuntimeError(f"the bare spider got {got} of {len(asked)} pages")
    return cost


def _start(registry: Path, data: Path, count: int = 3_000) -> float:
    """Seconds of ``crawl --due`` for a registry of ``count`` files, all visited within the day."""
    registry.mkdir()
    for number in range(count):
        text = f'name = "县{number}"\nhome = "http://www.xian{number}.gov.cn/"\n'
        (registry / f"{110000 + number}.toml").write_text(text, encoding="utf-8")
    with Store.open(data, write=True) as store, store.transaction():
        for site in load_registry(registry).sites.values():
            store.put_site(site.site, name=site.name, home=site.home, definition=asdict(site))
            store.set_site_state(site.site, "ok", succeeded=True, full_sweep=True)
    command = [sys.executable, "-m", "gongkai", "crawl", "--due", "--no-publish"]
    return watched([*command, "--sites", str(registry), "--data", str(data)]).wall


# --- the sites -------------------------------------------------------------------


def serve_kept(world: World, ready: Event, over: Event) -> None:
    asyncio.run(_served(world, ready, over))


async def _served(world: World, ready: Event, over: Event) -> None:
    """Answers made once: a small HTTP server, since one that is busy would be measured too."""
    pages, made = Server(world, Visits()), dict[tuple[str, bytes, bytes], bytes]()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = writer.get_extra_info("sockname")[0]
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                body = await reader.readexactly(_length(head))
                key = (host, head.partition(b"\r\n")[0], body)
                if key not in made:
                    made[key] = _answer(pages, host, head, body)
                writer.write(made[key])
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    for site in world.sites:
        await asyncio.start_server(talk, site.host, world.port, limit=_LARGEST_HEAD)
    ready.set()
    while not over.is_set():
        await asyncio.sleep(0.2)
    os._exit(0)  # connections that are still open need no farewell


def _length(head: bytes) -> int:
    lines = (line.partition(b":") for line in head.split(b"\r\n"))
    return next((int(value) for name, _, value in lines if name.lower() == b"content-length"), 0)


def _answer(pages: Server, host: str, head: bytes, body: bytes) -> bytes:
    method, target, _ = head.partition(b"\r\n")[0].decode("latin-1").split(" ")
    parts = urlsplit(target)
    pairs = dict(parse_qsl(parts.query, keep_blank_values=True))
    form = dict(parse_qsl(body.decode("latin-1"), keep_blank_values=True))
    sent = {"accept-encoding": "gzip", "host": f"{host}:{pages.world.port}"}
    response = pages.answer(host, Request(unquote(parts.path), method, pairs, form, sent))
    headers = response.headers | {"content-length": str(len(response.body))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {response.status} X\r\n{lines}\r\n".encode() + response.body


def main() -> int:
    """Prints what was measured; 1 where a promise is broken."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crawl", description=__doc__)
    parser.add_argument("--hosts", type=int, default=300)
    parser.add_argument("--agencies", type=int, default=5)
    parser.add_argument("--years", type=int, default=7)
    options = parser.parse_args()
    found = measure(options.hosts, options.agencies, options.years)
    print(f"{found.hosts} hosts, {found.pages} pages, {found.documents} documents")
    for name, cost in (("crawl", found.crawl), ("bare spider", found.bare)):
        print(
            f"{name}: {found.pages / cost.wall:.1f} pages/s, {cost.wall:.0f} s, processor {cost.cpu:.0f} s, "
            f"children {cost.cpu_children:.0f} s, memory {cost.memory:.0f} MB"
        )
    print(f"ratio {found.ratio:.2f}, start-up with 3,000 sites {found.start_seconds:.2f} s")
    return 0 if found.kept() else 1


if __name__ == "__main__":
    sys.exit(main())
