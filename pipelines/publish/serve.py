"""The site: Datasette on archive.db with this project's metadata, templates and plugins, read-only.

A newly published archive is noticed at the next request: a second Datasette opens the new file, and the first
answers what it has begun. Nobody sees half of each.
"""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
import secrets
import socket
import sqlite3
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import uvicorn
from datasette.app import Datasette
from datasette.database import Database, QueryInterrupted
from datasette.plugins import pm

from pipelines.errors import DamagedPublication
from pipelines.folder import ARCHIVE
from pipelines.publish import deadline, metadata, plugins, quicker
from pipelines.publish.apart import LISTS, OWN_QUERIES, Apart
from pipelines.publish.apart.processes import Origin
from pipelines.publish.kept import Kept, note_cut_short
from pipelines.publish.originals import Originals
from pipelines.publish.public import Public
from pipelines.publish.publication import builder
from pipelines.publish.whole_reports import Uncounted

_HERE = Path(__file__).parent
_TEMPLATES = str(_HERE / "templates")
_DATASETTE_ERRORS = "datasette.handle_exception"
SETTINGS = {
    "allow_download": False,
    "allow_csv_stream": True,
    "default_facet_size": 30,
    "default_page_size": 50,
    "facet_time_limit_ms": 400,
    "max_csv_mb": 25,
    "max_returned_rows": 1000,
    "num_sql_threads": 8,
    "sql_time_limit_ms": 1000,
    "suggest_facets": False,
    "truncate_cells_html": 300,
}


_ROWS = "SELECT coalesce((SELECT n FROM row_counts WHERE table_name = '{}'), 0)"

# How many rows long tables and views have, told without counting them.
COUNTS = {
    "cell_values": "SELECT cells FROM publication",
    "cells": "SELECT cells FROM publication",
    "checks": "SELECT coalesce(sum(n), 0) FROM check_tallies",
    "coverage": _ROWS.format("agency_years"),
    "v_changes": _ROWS.format("report_changes"),
    "v_coverage": "SELECT count(*) FROM region_years",
    "v_disclosure": _ROWS.format("proactive_disclosure"),
    "v_failed_checks": "SELECT coalesce(sum(n), 0) FROM check_tallies WHERE outcome = 'fail'",
    "v_litigation": _ROWS.format("reviews"),
    "v_quality": _ROWS.format("reports"),
    "v_rates": _ROWS.format("report_totals"),
    "v_requests_long": "SELECT coalesce(sum(n), 0) FROM cell_tallies WHERE table_name = 'applications'",
    "v_requests_wide": _ROWS.format("report_totals"),
    "v_timeliness": _ROWS.format("reports"),
}


def serve(
    data: Path,
    port: int = 8001,
    host: str = "127.0.0.1",
    ready: Callable[[str], None] | None = None,
    proxies: Sequence[str] = (),
) -> None:
    """Serve ``data``/archive.db until interrupted; what visitors may shape is answered apart.

    ``ready`` is called with the address once it answers; port 0 takes a free one. ``proxies`` are the
    addresses or networks whose ``X-Forwarded-For`` is believed. Raises OSError where the port is taken.
    """
    with (
        socket.create_server((host, port)) as listening,
        closing(Origin(data)) as origin,
        closing(Apart(origin, OWN_QUERIES)) as own_queries,
        closing(Apart(origin, LISTS)) as lists,
    ):
        config = uvicorn.Config(
            Site(data / ARCHIVE, {"own_queries": own_queries, "lists": lists}),
            log_level="warning",
            lifespan="off",
            server_header=False,
            forwarded_allow_ips=list(proxies),
        )
        # accepted connections inherit it; asyncio sets it for sockets of another making only
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if ready:
            ready(f"http://{host}:{listening.getsockname()[1]}/")
        uvicorn.Server(config).run(sockets=[listening])


def app(data: Path) -> Site:
    """The site as an ASGI application, all of it in this process."""
    return Site(data / ARCHIVE)


class Site:
    """An ASGI application that follows the archive at ``path`` as it is replaced."""

    def __init__(self, path: Path, apart: Mapping[str, Apart] | None = None) -> None:
        self._path = path
        self._apart = apart or {}
        self._secret = secrets.token_hex(32)
        self._opening = asyncio.Lock()
        self._edition: Edition | None = None
        self._damaged: tuple[int, ...] = ()  # the identity of a file that could not be opened
        self._originals = Originals(path.parent)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer from the archive as it is now."""
        edition = await self._current()
        if edition is None:
            await _refuse(send, _DAMAGED if self._damaged else _UNPUBLISHED)
            return
        edition.readers += 1
        try:
            state = {**scope.get("state", {}), "originals": self._originals, **self._apart}
            await edition.app({**scope, "state": state}, receive, send)
        finally:
            edition.readers -= 1
            if edition is not self._edition and not edition.readers:
                edition.close()

    def close(self) -> None:
        """Let go of the archive."""
        self._originals.close()
        if self._edition:
            self._edition.close()

    async def _current(self) -> Edition | None:
        identity = _identity(self._path)
        if self._is_news(identity):
            async with self._opening:
                if self._is_news(identity):
                    await self._open(identity)
        return self._edition

    def _is_news(self, identity: tuple[int, ...]) -> bool:
        known = self._edition.identity if self._edition else ()
        return identity not in ((), known, self._damaged)

    async def _open(self, identity: tuple[int, ...]) -> None:
        before, self._edition = self._edition, None
        if before and not before.readers:
            before.close()
        try:
            counts = await asyncio.to_thread(_inspected, self._path)
        except sqlite3.DatabaseError as error:  # not of a publication's making
            sys.stderr.write(f"{DamagedPublication(self._path, error)}\n")
            self._damaged = identity
            return
        if self._apart and not counts[self._path.stem]["hash"].startswith(builder()):
            sys.stderr.write(f"{_OTHER_VERSION}\n")  # said once, not by each process
        edition = Edition(self._path, identity, counts, self._secret)
        await asyncio.to_thread(edition.datasette.compile_templates)
        self._edition = edition


class Edition:
    """One publication, opened."""

    def __init__(self, path: Path, identity: tuple[int, ...], counts: dict[str, Any], secret: str) -> None:
        register_plugins()
        self.identity = identity
        self.readers = 0
        self.datasette = Public(
            immutables=[str(path)],
            metadata=metadata.load(),
            template_dir=_TEMPLATES,
            static_mounts=[("static", str(_HERE / "static"))],
            inspect_data=counts,
            settings=SETTINGS,
            secret=secret,
        )
        _count_views(self.datasette, path.stem)
        _attend(self.datasette.get_database(path.stem))
        self.app = Kept(self.datasette.app())

    def close(self) -> None:
        """Let go of the file and the threads."""
        self.datasette.executor.shutdown(wait=False)
        for database in self.datasette.databases.values():
            database.close()


def _count_views(datasette: Datasette, name: str) -> None:
    """Give views their counts, as tables have theirs: counting a long one takes a second and more.

    Datasette must have read its list of tables before, or it takes the views for some.
    """
    known = datasette.inspect_data[name]
    tables = datasette.get_database(name).cached_table_counts
    counts = {**tables, **known["views"]}
    known["tables"] = {table: {"count": count} for table, count in counts.items()}


def _attend(database: Database) -> None:
    """Let Datasette ask the full text so that it is quick; hold it to the request's deadline; note where a
    query ran out of time, whatever Datasette then shows instead.

    What is wrong with a visitor's query is told to the visitor, not to the log, which anybody could fill so.
    """
    execute = database.execute
    quick = quicker.Quicker(execute)

    async def attended(sql: str, params: Any = None, *arguments: Any, **options: Any) -> Any:
        options["log_sql_errors"] = False
        left = deadline.milliseconds_left()
        if left is not None:
            options["custom_time_limit"] = min(left, options.get("custom_time_limit") or left)
        try:
            if left == 0:
                raise QueryInterrupted(None, sql, {})
            put, params = await quick.put(sql, params)
            return await execute(put, params, *arguments, **options)
        except QueryInterrupted as interrupted:
            if not isinstance(interrupted, Uncounted):
                note_cut_short()
            raise

    database.execute = attended


def load() -> None:
    """Load what every edition needs, so that processes forked from this one need not."""
    register_plugins()
    metadata.load()
    Public([], template_dir=_TEMPLATES).compile_templates()


def register_plugins() -> None:
    """Ours are added; Datasette's own answer to errors, which logs all that a request held, is taken out."""
    if pm.has_plugin(_DATASETTE_ERRORS):
        pm.unregister(name=_DATASETTE_ERRORS)
    for module in pkgutil.iter_modules(plugins.__path__, f"{plugins.__name__}."):
        if not pm.has_plugin(module.name):
            pm.register(importlib.import_module(module.name), module.name)


def _identity(path: Path) -> tuple[int, ...]:
    """What tells one published file from the next; empty if there is none."""
    try:
        known = path.stat()
    except FileNotFoundError:
        return ()
    return known.st_ino, known.st_mtime_ns, known.st_size


def _inspected(path: Path) -> dict[str, Any]:
    """Row counts, so that Datasette need not count at every page."""
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?immutable=1", uri=True)) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        shown = [name for name in names if "_fts" not in name and not name.startswith("sqlite_")]
        counts = dict(connection.execute("SELECT table_name, n FROM row_counts"))
        sources = {name: COUNTS.get(name, f"SELECT count(*) FROM {name}") for name in (*shown, *COUNTS)}  # noqa: S608
        counts |= {
            name: connection.execute(sql).fetchone()[0] for name, sql in sources.items() if name not in counts
        }
        edition = connection.execute("SELECT builder || published_at FROM publication").fetchone()[0]
    tables = {name: {"count": counts.get(name, 0)} for name in names}
    return {
        path.stem: {
            "hash": edition,
            "size": path.stat().st_size,
            "file": str(path),
            "tables": tables,
            "views": {name: counts[name] for name in COUNTS if name not in names},
        }
    }


_OTHER_VERSION = (
    "档案由另一版本的程序发布，部分页面可能出错；请运行 gongkai publish。"
    " Another version of this program published the archive, so some pages may fail: run gongkai publish."
)
_UNPUBLISHED = "尚未发布。请运行 gongkai publish。 Nothing is published yet: run gongkai publish."
_DAMAGED = "档案文件已损坏。请运行 gongkai publish。 The archive's file is damaged: run gongkai publish."


async def _refuse(send: Any, message: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"retry-after", b"60")]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": message.encode()})
