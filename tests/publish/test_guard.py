"""A public site holds: against costly queries, formulas in exports, and addresses made to mislead."""

from __future__ import annotations

import asyncio
import csv
import io
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipelines.publish import serve
from pipelines.publish.plugins.csv_formulas import _Rows, defused
from pipelines.publish.plugins.site_guard import HEADERS

pytestmark = pytest.mark.slow

REPORT = "990101-aaaa-2024"
ENDLESS = "with recursive n(i) as (select 1 union all select i + 1 from n) "
HOSTILE = [
    ENDLESS + "select sum(i) from n",
    ENDLESS + "select count(*) from n a, n b",
    ENDLESS + "select i, hex(i) from n order by 2",
    "with recursive t(x) as (select 'a' union all select x || x from t) select max(length(x)) from t",
    "with recursive t(x) as (select hex(1) union all select hex(x) from t) select x from t",
    "select instr(a, b) from (select hex(hex(group_concat(text))) a, hex(group_concat(text)) || 'q' b"
    " from sections, cells limit 1)",
    "with recursive t(i, x) as (select 1, 'aaaaaaaaaaaaaaaa' union all select i + 1, x || x from t"
    " where i < 17) select instr(max(x), substr(max(x), 2) || 'b') from t",
    "with recursive t(i, x) as (select 1, 'aaaaaaaaaaaaaaaa' union all select i + 1, x || x from t"
    " where i < 17) select max(x) like '%" + "a" * 900 + "b' from t",
    "with recursive t(i, x) as (select 1, 'aaaaaaaaaaaaaaaa' union all select i + 1, x || x from t"
    " where i < 17) select replace(max(x), 'a', max(x)) from t",
    "with recursive t(i, x) as (select 1, 'aaaaaaaaaaaaaaaa' union all select i + 1, x || x from t"
    " where i < 17) select trim(max(x), max(x)) from t",
    "with recursive t(i, x) as (select 1, 'aaaaaaaaaaaaaaaa' union all select i + 1, x || x from t"
    " where i < 16) select x from t, (select 1 from cells limit 900) where i > 14",
    "select a.*, b.* from cells a, cells b, cells c order by a.raw || b.raw || c.raw",
    "select distinct a.report_id || b.ordinal || c.ordinal || d.ordinal"
    " from cells a, cells b, cells c, cells d",
    "select group_concat(a.raw || b.raw) over (order by c.ordinal) from cells a, cells b, cells c",
    "select json_group_array(json_object('a', a.raw, 'b', b.text)) from cells a, sections b, cells c",
]


def asked(data: Path, *, hosts: int = 1) -> tuple[list[httpx.Response], list[float], float]:
    """The answers to hostile queries sent all at once, how long each took, and how long a reader waited."""

    async def go() -> tuple[list[httpx.Response], list[float], float]:
        site = serve.app(data)

        def client(number: int) -> httpx.AsyncClient:
            transport = httpx.ASGITransport(app=site, client=(f"10.0.0.{number}", 1))
            return httpx.AsyncClient(transport=transport, base_url="http://localhost")

        async def attack(number: int) -> tuple[httpx.Response, float]:
            begun = time.monotonic()
            async with client(number % hosts) as attacker:
                answer = await attacker.get("/archive.json", params={"sql": HOSTILE[number % len(HOSTILE)]})
            return answer, time.monotonic() - begun

        async with client(250) as reader:
            await reader.get(f"/report/{REPORT}")
            attacks = [asyncio.create_task(attack(number)) for number in range(20)]
            await asyncio.sleep(0.1)
            begun = time.monotonic()
            page = await reader.get(f"/report/{REPORT}")
            waited = time.monotonic() - begun
            done = [await attack for attack in attacks]
        site.close()
        assert page.status_code == 200
        return [answer for answer, _ in done], [seconds for _, seconds in done], waited

    return asyncio.run(go())


@pytest.mark.parametrize("hosts", [1, 20])
def test_twenty_hostile_queries_hold_nobody_up(site_data, hosts):
    answers, _, waited = asked(site_data, hosts=hosts)
    assert waited < 1
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) == (18 if hosts == 1 else 16)
    assert all(answer.headers["retry-after"] for answer in refused)


@pytest.mark.parametrize("sql", HOSTILE)
def test_the_worst_query_is_short(ask_site, sql):
    begun = time.monotonic()
    (answer,) = ask_site("/archive.json", params={"sql": sql})
    assert time.monotonic() - begun < 1.5
    assert answer.status_code in (200, 400)
    assert len(answer.content) < 40_000_000


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
        ("-", "'-"),
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
        assert answer.text == "a,b,c\r\n'=1+1,-5,'-\r\n"
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
