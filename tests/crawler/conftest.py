"""Loopback sites made of routes, and crawls of them in a process of their own (Twisted starts only once)."""

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from pipelines.store import Store
from tests import forked

CRAWL = """
import json, resource, sys
from pathlib import Path
from crawler.registry import load_registry
from crawler.context import Run
from crawler.run import crawl
from pipelines.store import Store
data, folder, incremental = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3].split(",")
registry = load_registry(folder)
stop = int(sys.argv[4])
def progress(p):
    if stop and p.requests >= stop:
        import os; os.kill(os.getpid(), int(sys.argv[5]))
with Store.open(data, write=True) as store:
    sites = list(registry.sites.values())
    result = crawl(Run(store, sites, registry.regions, workers=1, incremental=incremental, progress=progress))
own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
told = {"crawl_id": result.crawl_id, "outcome": result.outcome, "outcomes": result.outcomes, "own_mb": own}
print(json.dumps(told))
"""


@dataclass
class Web:
    """A host of routes: path (with query) → (status, headers, body) or a function of the handler."""

    routes: dict[str, Any] = field(default_factory=dict)
    log: list[tuple[float, str, dict[str, str]]] = field(default_factory=list)
    port: int = 0
    host: str = "127.0.0.1"
    fallback: Any = (404, {}, b"<html><body>404</body></html>")  # the answer to addresses without a route

    @property
    def base(self) -> str:
        return f"http://{self.host}:{self.port}"

    def asked(self) -> list[str]:
        return [path for _, path, _ in self.log]

    def page(self, path: str, body: str, title: str = "青河县人民政府", head: str = "") -> None:
        text = (
            f"<html><head><meta charset=utf-8><title>{title}</title>{head}</head><body>{body}</body></html>"
        )
        self.routes[path] = (200, {"Content-Type": "text/html; charset=utf-8"}, text.encode())

    def column(self, path: str, body: str) -> None:
        self.page(path, body, "政府信息公开年报", '<meta name="ColumnType" content="信息公开年报">')

    def report(self, path: str, year: int, agency: str = "青河县教育局") -> str:
        """An article; returns the list entry that leads to it."""
        title = f"{agency}{year}年政府信息公开工作年度报告"
        prose = "本年度依法公开政府信息。" * 20
        text = f"<div class=TRS_Editor><p>{title}</p><p>一、总体情况</p><p>{prose}</p></div>"
        self.page(
            path,
            text,
            title,
            f'<meta name="ArticleTitle" content="{title}"><meta name="PubDate" content="{year + 1}-01-20">',
        )
        return f'<li><a href="{path}">{title}</a><span>{year + 1}-01-20</span></li>'

    def redirect(self, path: str, target: str, status: int = 302) -> None:
        self.routes[path] = (status, {"Location": target}, b"")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    web: Web

    def do_GET(self) -> None:
        self.web.log.append((time.monotonic(), self.path, dict(self.headers)))
        route = self.web.routes.get(self.path, self.web.fallback)
        if callable(route):
            route = route(self)
        if route is None:
            return
        status, headers, body = route
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def webs() -> Iterator[Callable[..., Web]]:
    """Makes loopback hosts: ``webs("127.0.0.2")``."""
    servers = []

    def make(host: str = "127.0.0.1") -> Web:
        web = Web(host=host)
        server = ThreadingHTTPServer((host, 0), type("Handler", (_Handler,), {"web": web}))
        server.daemon_threads = True
        web.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        servers.append((server, thread))
        return web

    yield make
    for server, thread in servers:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Crawling:
    """A data directory and a registry folder."""

    root: Path

    @property
    def data(self) -> Path:
        return self.root / "data"

    def register(
        self, web: Web, code: str = "990001", more: str = "", delay: float = 0, also: Sequence[str] = ()
    ) -> None:
        """``also``: further hosts of the site, on the same port where they name none."""
        folder = self.root / "sites"
        folder.mkdir(exist_ok=True)
        listed = [host if ":" in host else f"{host}:{web.port}" for host in (web.host, *also)]
        hosts = f"hosts = {json.dumps(listed)}"
        text = f'name = "青河县"\nhome = "{web.base}/"\n{hosts}\ndelay = {delay}\n{more}'
        (folder / f"{code}.toml").write_text(text, encoding="utf-8")

    def __call__(
        self,
        *,
        incremental: str = "",
        stop: int = 0,
        signal: int = 2,
        killpoint: str = "",
        timeout: float = 300,
        limits: str = "",
    ) -> dict[str, Any]:
        """Run, first changing ``limits`` by code; the result as printed, or the exit code of a run that was
        killed.
        """
        command = [
            sys.executable,
            "-c",
            limits + CRAWL,
            str(self.data),
            str(self.root / "sites"),
            incremental,
            str(stop),
            str(signal),
        ]
        done = forked.run(
            command,
            capture_output=True,
            text=True,
            timeout=timeout,
            env=os.environ | ({"GONGKAI_KILLPOINT": killpoint} if killpoint else {}),
        )
        if done.returncode:
            assert stop or killpoint, done.stderr
            return {"outcome": "killed", "code": done.returncode}
        return json.loads(done.stdout.splitlines()[-1]) | {"stderr": done.stderr}

    def store(self) -> Store:
        return Store.open(self.data)

    def captures(self, **where: Any) -> list[dict[str, Any]]:
        with self.store() as store:
            rows = list(store.rows("SELECT * FROM captures ORDER BY capture_id"))
        return [row for row in rows if all(row[key] == value for key, value in where.items())]

    def issues(self) -> dict[str, str]:
        with self.store() as store:
            return {row["code"]: row["detail"] for row in store.open_issues()}


@pytest.fixture
def crawl(tmp_path: Path) -> Crawling:
    return Crawling(tmp_path)
