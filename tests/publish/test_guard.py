"""A public site holds: against costly queries, formulas in exports, and addresses made to mislead."""

from __future__ import annotations

import asyncio
import csv
import io
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from datasette.database import QueryInterrupted

from pipelines.publish import serve
from pipelines.publish.plugins import site_guard, sql_limits
from pipelines.publish.plugins.csv_formulas import _Rows
from pipelines.publish.plugins.site_guard import HEADERS
from pipelines.publish.spreadsheets import defused
from tests.publish.worst import QUERIES

pytestmark = pytest.mark.slow

REPORT = "990101-aaaa-2024"
HOSTILE = list(QUERIES.values())


def asked(data: Path, *, hosts: int = 1) -> list[httpx.Response]:
    """The answers to hostile queries sent all at once. A reader has a page meanwhile."""

    async def go() -> list[httpx.Response]:
        site = serve.app(data)

        def client(number: int) -> httpx.AsyncClient:
            transport = httpx.ASGITransport(app=site, client=(f"10.0.0.{number}", 1))
            return httpx.AsyncClient(transport=transport, base_url="http://localhost")

        async def attack(number: int) -> httpx.Response:
            async with client(number % hosts) as attacker:
                return await attacker.get("/archive.json", params={"sql": HOSTILE[number % len(HOSTILE)]})

        async with client(250) as reader:
            await reader.get(f"/report/{REPORT}")
            attacks = [asyncio.create_task(attack(number)) for number in range(20)]
            await asyncio.sleep(0.1)
            page = await reader.get(f"/report/{REPORT}")
            done = [await attack for attack in attacks]
        site.close()
        assert page.status_code == 200
        return done

    return asyncio.run(go())


@pytest.mark.parametrize("hosts", [1, 20])
def test_of_twenty_hostile_queries_a_few_are_worked_on(site_data, monkeypatch, hosts):
    monkeypatch.setattr(site_guard, "_MOMENT", 0)
    refused = [answer for answer in asked(site_data, hosts=hosts) if answer.status_code == 429]
    assert len(refused) == (19 if hosts == 1 else 18)
    assert all(answer.headers["retry-after"] for answer in refused)


@pytest.mark.parametrize("name", list(QUERIES)[::5])
def test_the_worst_query_ends(ask_site, name):
    (answer,) = ask_site("/archive.json", params={"sql": QUERIES[name]})
    assert answer.status_code in (200, 400)
    assert len(answer.content) < 20_000_000


def test_the_limits_are_set_on_what_serves(ask_site):
    """What bounds a query's time and memory; the long suite measures what comes of it."""
    settings = ask_site.site._edition.datasette.settings_dict()
    expected = {"sql_time_limit_ms": 1000, "max_returned_rows": 1000, "max_csv_mb": 25, "num_sql_threads": 8}
    assert {name: settings[name] for name in expected} == expected
    assert not settings["allow_download"]
    assert not settings["suggest_facets"]
    assert not settings["trace_debug"]
    left = settings["num_sql_threads"] - site_guard._AT_WORK
    assert left >= 4, "threads for the readers of pages"
    connection = sqlite3.connect(":memory:")
    sql_limits.prepare_connection(connection, "archive")
    for pragma, value in (("hard_heap_limit", sql_limits.HEAP), ("query_only", 1), ("trusted_schema", 0)):
        assert tuple(connection.execute(f"PRAGMA {pragma}").fetchone()) == (value,)
    assert sql_limits.HEAP <= 80 << 20
    for limit, value in sql_limits._LIMITS.items():
        assert connection.getlimit(limit) == value
    connection.set_authorizer(None)
    connection.execute("PRAGMA hard_heap_limit = 0")


FORBIDDEN = [
    "select randomblob(9)",
    "select zeroblob(9)",
    "select printf('%.*c', 9, 'x')",
    "select format('%9d', 1)",
    "select load_extension('x')",
    "select fts3_tokenizer('simple', x'41')",
    "select readfile('/etc/passwd')",
    "select writefile('x', 'y')",
    "select edit('x')",
    "select 'aaaa' regexp '(a+)+$'",
    "select file from pragma_database_list",
    "attach '/etc/passwd' as x",
    "vacuum into '/tmp/x'",
    "pragma writable_schema = 1",
    "pragma database_list",
    "update reports set year = 1",
    "select 1; select 2",
    "select * from generate_series(1, 9)",
    "select " + "1+" * 300 + "1",
    "select 1 " + "union all select 1 " * 60,
    "select 'a' like '%" + "a" * 101 + "'",
    "select " + ",".join(["1"] * 2001),
    "select '\0'",
]


@pytest.mark.parametrize("sql", FORBIDDEN)
def test_what_reaches_too_far_is_refused(ask_site, sql):
    (answer,) = ask_site("/archive.json", params={"sql": sql})
    assert answer.status_code == 400, answer.text[:200]


@pytest.mark.parametrize(
    "address",
    [
        "/archive/reports?_sort=nothing",
        "/archive/v_rates?_sort=nothing",
        "/archive/sections/1.blob?_blob_column=text",
        "/archive/reports?_where='",
        "/archive/reports?_search=%00",
        "/search?q=%00",
        "/archive/reports?_size=x",
        "/archive/reports?_next=x",
        "/archive/reports.json?_shape=x",
        "/archive.json?sql=select+:x",
    ],
)
def test_a_strangers_mistake_is_no_fault_of_the_site(ask_site, address, capsys):
    (answer,) = ask_site(address)
    assert answer.status_code < 500
    assert "Traceback" not in capsys.readouterr().err


def test_a_search_that_takes_too_long_says_so(ask_site, monkeypatch):
    async def slow(*_: Any) -> None:
        raise QueryInterrupted(None, "select 1", {})

    monkeypatch.setattr("pipelines.publish.pages.reader.Reader.rows", slow)
    (answer,) = ask_site("/search?q=政务")
    assert answer.status_code == 400
    assert "查询太久" in answer.text


@pytest.mark.parametrize("host", ['a"><script>', "a b", "x" * 300, "a/b"])
def test_a_hostile_host_is_refused(ask_site, host):
    (answer,) = ask_site("/robots.txt", headers={"host": host})
    assert answer.status_code == 400


class Reading:
    """The guard around an application that works until it is told to stop."""

    def __init__(self) -> None:
        self.go_on = asyncio.Event()
        self.begun = 0
        self.guard = site_guard.Guard(self.app)

    async def app(self, scope: Any, receive: Any, send: Any) -> None:
        self.begun += 1
        await self.go_on.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x"})

    async def ask(self, client: str, path: str = "/search", query: str = "q=a", send: Any = None) -> int:
        seen: list[int] = []

        async def note(message: Any) -> None:
            seen.append(message.get("status", 0))

        scope = {"type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "headers": []}
        await self.guard({**scope, "query_string": query.encode(), "client": (client, 1)}, None, send or note)
        return seen[0] if seen else 0


TABLE = "/archive/cells"


def test_heavy_requests_wait_in_line_and_pages_do_not():
    async def go() -> None:
        reading = Reading()
        searches = [asyncio.create_task(reading.ask(f"10.0.0.{n}", TABLE, "")) for n in range(40)]
        await asyncio.sleep(0)
        await asyncio.sleep(0.05)
        assert reading.begun == site_guard._AT_WORK
        page = asyncio.create_task(reading.ask("10.0.1.1", "/report/x", ""))
        await asyncio.sleep(0.05)
        assert reading.begun == site_guard._AT_WORK + 1, "a page is not held up"
        reading.go_on.set()
        answers = Counter([await search for search in searches])
        assert answers == {200: site_guard._IN_LINE, 429: 40 - site_guard._IN_LINE}
        assert await page == 200

    asyncio.run(go())


def test_one_client_takes_only_its_share_of_the_line():
    async def go() -> None:
        reading = Reading()
        searches = [asyncio.create_task(reading.ask("10.0.0.1")) for _ in range(10)]
        await asyncio.sleep(0.05)
        reading.go_on.set()
        answers = Counter([await search for search in searches])
        assert answers == {200: site_guard._IN_LINE_PER_CLIENT, 429: 10 - site_guard._IN_LINE_PER_CLIENT}

    asyncio.run(go())


def test_whoever_reads_slowly_holds_no_place():
    async def go() -> None:
        reading = Reading()
        reading.go_on.set()
        never = asyncio.Event()

        async def stuck(message: Any) -> None:
            if message["type"] == "http.response.body":
                await never.wait()

        slow = [asyncio.create_task(reading.ask(f"10.0.0.{n}", send=stuck)) for n in range(8)]
        await asyncio.sleep(0.05)
        assert await reading.ask("10.0.1.1") == 200
        never.set()
        await asyncio.gather(*slow)

    asyncio.run(go())


def test_an_export_that_nobody_takes_is_cut_off(monkeypatch):
    async def go() -> None:
        monkeypatch.setattr(site_guard, "_EXPORT", 0.05)
        reading = Reading()  # works for ever
        assert await reading.ask("10.0.0.1", "/archive/cells.csv", "_stream=on") == 0
        assert not reading.guard.costly
        assert reading.guard.at_work._value == site_guard._AT_WORK

    asyncio.run(go())


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select instr('公开年度', '年')", 3),
        ("select instr('abc', 'x')", 0),
        ("select instr(null, 'x')", None),
        ("select replace('aXbX', 'X', '-')", "a-b-"),
        ("select replace('abc', '', 'x')", "abc"),
        ("select trim('  a ')", "a"),
        ("select ltrim('xxa', 'x') || rtrim('bxx', 'x')", "ab"),
        ("select replace(12, 1, 3)", "32"),
    ],
)
def test_the_functions_that_are_replaced_do_what_sqlite_does(ask_site, sql, expected):
    (answer,) = ask_site("/archive.json", params={"sql": sql, "_shape": "arrays"})
    assert answer.json()["rows"] == [[expected]]


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("+1+1", "'+1+1"),
        ("-2+3", "'-2+3"),
        ("-", "-"),
        ("--", "--"),
        ("+6", "+6"),
        ("-x", "'-x"),
        (" =1", "' =1"),
        ("\ufeff=1", "'\ufeff=1"),
        ("\n=1", "'\n=1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("＝1", "'＝1"),
        ("-12", "-12"),
        ("-0.5", "-0.5"),
        ("公开", "公开"),
        ("", ""),
    ],
)
def test_formulas_are_defused_and_numbers_stay(cell, shown):
    assert defused(cell) == shown


def test_rows_cut_anywhere_come_out_whole():
    rows = [["a", "=1"], ['quo"te', "two\nlines"], ["＝公开", "-3"], ["", "@x,y"]]
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    body = text.getvalue().encode()
    expected = [[defused(cell) for cell in row] for row in rows]
    for size in (1, 2, 3, 7, len(body)):
        made = _Rows()
        pieces = [made.take(body[at : at + size], last=False) for at in range(0, len(body), size)]
        out = b"".join([*pieces, made.take(b"", last=True)]).decode()
        assert list(csv.reader(io.StringIO(out, newline=""))) == expected


def test_exports_are_defused_in_tables_and_queries(ask_site):
    for address in (
        "/archive.csv?sql=select+'=1%2B1'+as+a,-5+as+b,'-'+as+c",
        "/archive.csv?sql=select+'=1%2B1'+as+a,-5+as+b,'-'+as+c&_dl=1",
    ):
        (answer,) = ask_site(address)
        assert answer.text == "a,b,c\r\n'=1+1,-5,-\r\n"
    (table,) = ask_site("/archive/agencies.csv?_stream=on")
    assert "清溪县教育局" in table.text and table.status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "/archive.json?sql=select+1",
        "/archive.csv?sql=select+1",
        "/archive.json?sql=selec",
        "/archive/reports.json",
        "/robots.txt",
        "/static/site.css",
        "/no/such/page",
        "/report/nobody-2020",
        "/archive.db",
        "/-/settings.json",
        "//example.com",
    ],
)
def test_headers_stand_everywhere(ask_site, address):
    (answer,) = ask_site(f"http://localhost{address}")
    for name, value in HEADERS.items():
        assert answer.headers[name] == value, name
    assert "server" not in answer.headers


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("address", ["/no/such/page", "/report/nobody-2020", "/agency/x", "/region/000001"])
def test_what_is_not_there_is_said_in_the_readers_language(ask_site, lang, address):
    (answer,) = ask_site(f"{address}?lang={lang}")
    assert answer.status_code == 404
    assert {"zh": "没有找到这一页", "en": "There is no such page"}[lang] in answer.text


def test_errors_tell_nothing_of_the_machine(ask_site, monkeypatch):
    async def broken(*_: Any) -> None:
        raise OSError(2, "No such file", "/home/somebody/data/archive.db")

    monkeypatch.setattr("pipelines.publish.pages.reader.Reader.rows", broken)
    (answer,) = ask_site("/?lang=zh")
    assert answer.status_code == 500 and "somebody" not in answer.text


def test_a_withdrawn_report_says_why(store, run, ask_archive: Callable[..., Any]):
    run()
    with closing(sqlite3.connect(store.data / "archive.db", isolation_level=None)) as archive:
        row = ("990101-gone-2020", "2026-02-01T00:00:00Z", "含个人信息，应机关要求")
        archive.execute("INSERT INTO takedowns VALUES (?, ?, ?)", row)
    ask = ask_archive(store.data)
    for address in ("/report/990101-gone-2020", "/evidence/990101-gone-2020?table=a&row=b&column=c"):
        (answer,) = ask(address)
        assert answer.status_code == 410
        assert "含个人信息，应机关要求" in answer.text and "2026-02-01" in answer.text
