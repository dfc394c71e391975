"""Speed of a whole crawl beside a bare Scrapy spider that downloads the same pages and stores nothing.

``python -m benchmarks.crawl [--hosts N]``: sample sites of mixed families, each on a
loopback address of its own, one after the other crawled by ``gongkai crawl`` with
everything on and by the bare spider, in one run. The server keeps its answers, so
that neither waits for pages to be made; what the first crawl made of them is thrown
away.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
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
_LARGEST_HEAD = 64 * 1024
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
print(Bare.got)
"""


@dataclass(frozen=True)
class Speeds:
    """What was measured. Rates are pages a second; ``memory_mb`` the crawl process's peak, its workers apart.

    ``start_seconds`` is what reading a registry of 3,000 files takes.
    """

    hosts: int
    pages: int
    documents: int
    crawl: float
    bare: float
    memory_mb: float
    start_seconds: float

    @property
    def ratio(self) -> float:
        """The crawl's share of the bare spider's speed."""
        return self.crawl / self.bare


def measure(hosts: int = 300, agencies: int = 5, port: int = PORT) -> Speeds:
    """Crawl ``hosts`` sample sites, then download the same pages bare."""
    world = World.build(
        counties=hosts, agencies=agencies, years=range(2019, 2026), port=port, families=sorted(FAMILIES)
    )
    context = multiprocessing.get_context("spawn")
    ready, over = context.Event(), context.Event()
    server = context.Process(target=_serve, args=(world, ready, over))
    with tempfile.TemporaryDirectory(prefix="gongkai-bench-") as name:
        folder = Path(name)
        write_registry(world, folder / "sites")
        server.start()
        try:
            ready.wait()
            _crawl(folder / "sites", folder / "made")
            seconds, memory = _crawl(folder / "sites", folder / "data")
            asked, documents = _asked(folder / "data")
            bare = _bare(folder, asked)
        finally:
            over.set()
            server.join()
        start = _start(folder / "many")
    return Speeds(hosts, len(asked), documents, len(asked) / seconds, bare, memory, start)


def _crawl(sites: Path, data: Path) -> tuple[float, float]:
    """Seconds and megabytes of one run in a process of its own."""
    command = [sys.executable, "-m", "gongkai", "crawl", "--all", "--no-publish"]
    command += ["--sites", str(sites), "--data", str(data)]
    started, peak = time.monotonic(), 0.0
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None:
        peak = _peak(process.pid) or peak
        time.sleep(0.2)
    if process.returncode not in (0, 1):
        raise RuntimeError(f"the crawl ended with {process.returncode}")
    return time.monotonic() - started, peak


def _peak(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next(
        (int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0.0
    )


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


def _bare(folder: Path, asked: Sequence[tuple[str, str, str | None]]) -> float:
    requests = folder / "requests.json"
    requests.write_text(json.dumps(asked))
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", _BARE, str(requests)], capture_output=True, text=True, check=True, cwd=folder
    )
    seconds = time.monotonic() - started
    got = int(done.stdout)
    if got != len(asked):
        raise RuntimeError(f"the bare spider got {got} of {len(asked)} pages: {done.stderr[-500:]}")
    return got / seconds


def _start(folder: Path, count: int = 3_000) -> float:
    """Seconds to read a registry of ``count`` files."""
    folder.mkdir()
    for number in range(count):
        text = f'name = "县{number}"\nhome = "http://www.xian{number}.gov.cn/"\n'
        (folder / f"{110000 + number}.toml").write_text(text, encoding="utf-8")
    started = time.monotonic()
    load_registry(folder)
    return time.monotonic() - started


# --- the sites -------------------------------------------------------------------


def _serve(world: World, ready: Event, over: Event) -> None:
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
    options = parser.parse_args()
    found = measure(options.hosts, options.agencies)
    print(
        f"{found.hosts} hosts, {found.pages} pages, {found.documents} documents\n"
        f"crawl {found.crawl:.1f} pages/s, bare spider {found.bare:.1f} pages/s, ratio {found.ratio:.2f}\n"
        f"memory {found.memory_mb:.0f} MB, registry of 3,000 files {found.start_seconds:.2f} s"
    )
    return 0 if found.ratio >= 0.3 and found.memory_mb <= 400 and found.start_seconds < 3 else 1


if __name__ == "__main__":
    sys.exit(main())
