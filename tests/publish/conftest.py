"""A small store, filled by hand through its schema:

two counties that don't exist, four agencies, reports of four years.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlite_utils import Database

from pipelines.publish import PublishResult, publish, serve
from pipelines.schema import migrate
from pipelines.schema.packed import TABLES
from tests.gold import COLUMNS
from tests.rowwise import Rowwise, spread

TODAY = date(2026, 3, 1)
FULL = "2026-02-20T00:00:00Z"
ROWS = {
    "new_received": "一、本年新收政府信息公开申请数量",
    "carried_over": "二、上年结转政府信息公开申请数量",
    "granted": "（一）予以公开",
    "partially_granted": "（二）部分公开",
    "denied_state_secret": "1.属于国家秘密",
    "denied_prohibited_by_law": "2.其他法律行政法规禁止公开",
    "denied_security_stability": "3.危及“三安全一稳定”",
    "denied_third_party_rights": "4.保护第三方合法权益",
    "denied_internal_affairs": "5.属于三类内部事务信息",
    "denied_process_information": "6.属于四类过程性信息",
    "denied_enforcement_files": "7.属于行政执法案卷",
    "denied_administrative_inquiry": "8.属于行政查询事项",
    "total_handled": "（七）总计",
    "carried_forward": "四、结转下年度继续办理",
}
PHONE, IDENTITY, CARD = "13912345678", "11010519491231002X", "6222020200112233446"


PLACE = '{"table": 0, "row": 3, "column": 1}'
_RECEIVED = {"new_received": 3, "granted": 2, "partially_granted": 1, "total_handled": 3}
_REVIEWED = {"upheld": 1, "corrected": 1, "other": 0, "pending": 0, "total": 2}


def _cell(table: str, ordinal: int, place: tuple[str, str], label: str, value: int | None) -> dict[str, Any]:
    """A count; ``place`` is its row and column."""
    return {
        "table_name": table, "ordinal": ordinal, "row": place[0], "column_name": place[1], "label": label,
        "raw": "" if value is None else str(value), "value": value, "unit": "item",
        "state": "blank" if value is None else "number",
    }  # fmt: skip


def _cells() -> Iterator[dict[str, Any]]:
    """Those of a report: an amount that looks like somebody's number, too."""
    yield _cell("proactive", 0, ("regulations", "issued"), "规章", None) | {"item": "20(1)"}
    fees = _cell("proactive", 1, ("administrative_fees", "amount_yuan"), "行政事业性收费", int(PHONE))
    yield fees | {"item": "20(8)", "unit": "yuan"}
    for line, (row, label) in enumerate(ROWS.items()):
        for column, name in enumerate(COLUMNS):
            value = _RECEIVED.get(row, 0) if name in ("natural_person", "total") else 0
            yield _cell("applications", line * len(COLUMNS) + column, (row, name), label, value)
    for column, (name, value) in enumerate(_REVIEWED.items()):
        yield _cell("reviews", column, ("reconsideration", name), "行政复议", value)


CELLS = tuple(_cells())


class Store:
    """A store.db under test: rows go in by table and column name."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.connection = sqlite3.connect(data / "store.db", isolation_level=None, factory=Rowwise)
        self.connection.execute("PRAGMA synchronous = OFF")
        migrate(Database(self.connection))
        spread(self.connection)
        self._adding = False  # of a report that has more rows to come

    def add(self, table: str, **values: object) -> None:
        names = ", ".join(f'"{name}"' for name in values)
        marks = ", ".join("?" * len(values))
        rows = [tuple(values.values())]
        self.connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
        if table in TABLES and not self._adding:
            self.connection.gather(str(values["report_id"]))

    def add_report(
        self,
        agency_id: str,
        agency: str,
        year: int,
        *,
        text: str = "",
        changed_at: str = "2026-02-20T10:00:00Z",
        **more: object,
    ) -> str:
        report_id = f"{agency_id}-{year}"
        self._adding = True
        values: dict[str, object] = {
            "report_id": report_id,
            "agency_id": agency_id,
            "agency": agency,
            "region_code": agency_id[:6],
            "year": year,
            "title": f"{agency}{year}年政府信息公开工作年度报告",
            "format": "2021",
            "published_on": f"{year + 1}-01-20",
            "first_seen_at": FULL,
            "days_late": -11,
            "url": f"http://www.example.gov.cn/{year}.html",
            "sha256": "a" * 64,
            "version": 1,
            "parser_version": "1",
            "state": "complete",
            "proactive_state": "table",
            "applications_state": "table",
            "reviews_state": "table",
            "root": f"www.example.gov.cn/{report_id}",
            "fingerprint": "f",
            "changed_at": changed_at,
        }
        self.add("reports", **(values | more))
        self.add(
            "report_versions",
            report_id=report_id,
            version=1,
            sha256="a" * 64,
            url=values["url"],
            first_seen_at=FULL,
            last_seen_at=FULL,
        )
        self.add(
            "report_sources",
            report_id=report_id,
            url=values["url"],
            site=agency_id[:6],
            first_seen_at=FULL,
            last_seen_at=FULL,
        )
        self.add(
            "report_evidence",
            report_id=report_id,
            field="year",
            value=str(year),
            source="title",
            text=str(values["title"]),
        )
        self.add(
            "sections",
            report_id=report_id,
            ordinal=0,
            number=1,
            heading="一、总体情况",
            text=text or f"{year}年，本机关主动公开政府信息30条。",
        )
        self.add_tables(report_id)
        self._adding = False
        self.connection.gather(report_id)
        return report_id

    def add_tables(self, report_id: str) -> None:
        for cell in CELLS:
            self.add("cells", report_id=report_id, method="exact", location=PLACE, **cell)
        for rule, scope, outcome, left, right in (
            ("applications.balance", "total", "pass", 3, 3),
            ("reviews.total", "reconsideration", "fail", 2, 3),
        ):
            self.add(
                "checks", report_id=report_id, rule=rule, scope=scope, outcome=outcome, left_value=left,
                right_value=right,
            )  # fmt: skip

    def add_acceptance(self, report_id: str) -> None:
        """A person read a cell of the report."""
        place = ("applications", "granted", "natural_person")
        self.connection.execute(
            """UPDATE cells SET method = 'person'
               WHERE report_id = ? AND (table_name, row, column_name) = (?, ?, ?)""",
            (report_id, *place),
        )
        table, row, column = place
        self.add(
            "acceptances",
            report_id=report_id,
            table_name=table,
            row=row,
            column_name=column,
            raw="2",
            why=f"盖章遮住，原件可辨；可问 {PHONE}",
            decided_by="lin",
            decided_at=FULL,
            read_raw="?",
            read_state="unreadable",
        )


EDUCATION, FINANCE, GOVERNMENT, TOWN, LONE = (
    "990101-aaaa",
    "990101-bbbb",
    "990101-cccc",
    "990102-dddd",
    "000000-eeee",
)


def fill_store(store: Store) -> None:
    """Agencies with a report, a late one, a gap, an unreadable file, a blocked and an unvisited site."""
    add_places(store)
    add_captures(store)
    store.add_report(EDUCATION, "清溪县教育局", 2022)
    store.add_report(EDUCATION, "清溪县教育局", 2023, days_late=12)
    read = store.add_report(EDUCATION, "清溪县教育局", 2024)
    store.add_acceptance(read)
    store.add_report(GOVERNMENT, "清溪县人民政府", 2024, state="unreadable", applications_state="unreadable")
    store.add_report(LONE, "远山县水利局", 2023, region_code=None)
    add_unreadable(store)


def add_places(store: Store) -> None:
    for code, name in (("990101", "清溪县"), ("990102", "石桥县")):
        store.add(
            "regions",
            code=code,
            name=name,
            level="county",
            parent_code="990100",
            province="虚构省",
            prefecture="虚构市",
            county=name,
        )
    store.add(
        "sites",
        site="990101",
        region_code="990101",
        name="清溪县",
        home="http://www.example.gov.cn/",
        state="ok",
        last_success_at=FULL,
        last_full_sweep_at=FULL,
        definition='{"secret": "private"}',
    )
    store.add(
        "sites",
        site="990102",
        region_code="990102",
        name="石桥县",
        home="http://b.example.gov.cn/",
        state="blocked",
        definition="{}",
    )
    for agency_id, name, kind, expected in (
        (EDUCATION, "清溪县教育局", "department", 1),
        (FINANCE, "清溪县财政局", "department", 1),
        (GOVERNMENT, "清溪县人民政府", "government", 0),
        (TOWN, "石桥县河东镇人民政府", "township", 1),
        (LONE, "远山县水利局", "department", 0),
    ):
        site = None if agency_id == LONE else agency_id[:6]
        store.add(
            "agencies",
            agency_id=agency_id,
            region_code=agency_id[:6] if site else None,
            name=name,
            kind=kind,
            expected=expected,
            site=site,
        )
        store.add("agency_names", agency_id=agency_id, name=name)


def add_captures(store: Store) -> None:
    store.add(
        "crawls",
        crawl_id=1,
        kind="crawl",
        command="gongkai crawl /home/somebody",
        started_at=FULL,
        finished_at=FULL,
        outcome="complete",
        requests=9,
    )
    capture = {
        "crawl_id": 1,
        "fetched_at": FULL,
        "status_code": 200,
        "media_type": "text/html",
        "warc_file": "a.warc.gz",
        "warc_offset": 0,
    }
    store.add(
        "captures",
        capture_id=1,
        site="990101",
        url="http://www.example.gov.cn/list.html",
        outcome="new",
        role="list",
        sha256="b" * 64,
        bytes=9,
        **capture,
    )
    store.add(
        "captures",
        capture_id=2,
        site="990102",
        url="http://b.example.gov.cn/",
        outcome="blocked",
        role="home",
        **capture,
    )
    store.add(
        "captures",
        capture_id=3,
        site="990101",
        url="http://www.example.gov.cn/x.pdf",
        outcome="new",
        role="attachment",
        sha256="c" * 64,
        bytes=9,
        **capture,
    )
    store.add(
        "documents",
        sha256="b" * 64,
        media_type="text/html",
        bytes=9,
        first_seen_at=FULL,
        last_seen_at=FULL,
        capture_id=1,
    )


def add_unreadable(store: Store) -> None:
    store.add(
        "resources",
        address="www.example.gov.cn/x.pdf",
        site="990101",
        role="attachment",
        root="www.example.gov.cn/x.pdf",
        hints='{"link_text": "清溪县财政局2023年政府信息公开年报"}',
        capture_id=3,
        first_seen_at=FULL,
        last_seen_at=FULL,
    )
    store.add(
        "readings",
        root="www.example.gov.cn/x.pdf",
        bundle="x",
        parser_version="1",
        kind="unreadable",
        read_at=FULL,
    )
    for subject, detail, closed_at in (("x", "打不开", None), ("y", "已修复", FULL)):
        store.add(
            "issues",
            code="corrupted",
            severity="error",
            site="990101",
            subject=subject,
            detail=detail,
            first_seen_at=FULL,
            last_seen_at=FULL,
            closed_at=closed_at,
        )


def published(data: Path) -> sqlite3.Connection:
    """The published archive, opened as a reader would."""
    return sqlite3.connect(f"{(data / 'archive.db').as_uri()}?immutable=1", uri=True)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path)
    fill_store(made)
    yield made
    made.connection.close()


@pytest.fixture
def run(store: Store) -> Callable[[], PublishResult]:
    return lambda: publish(store.data, today=TODAY)


@pytest.fixture(scope="session")
def store_at() -> Iterator[Callable[[Path], Store]]:
    """Lays a filled store into a directory, for tests that share it."""
    made: list[Store] = []

    def lay(data: Path) -> Store:
        made.append(Store(data))
        fill_store(made[-1])
        return made[-1]

    yield lay
    for store in made:
        store.connection.close()


@pytest.fixture(scope="session")
def publish_at() -> Iterator[Callable[[Path], Asking]]:
    """Publishes the store of a directory and asks its site."""
    asked: list[Asking] = []

    def ask(data: Path) -> Asking:
        publish(data, today=TODAY)
        asked.append(Asking(data))
        return asked[-1]

    yield ask
    for asking in asked:
        asking.close()


@pytest.fixture(scope="session")
def filled() -> Callable[[Path], None]:
    """Puts the small store and its archive into a directory."""

    def fill(data: Path) -> None:
        made = Store(data)
        fill_store(made)
        made.connection.close()
        publish(data, today=TODAY)

    return fill


@pytest.fixture(scope="session")
def site_data(tmp_path_factory: pytest.TempPathFactory, filled: Callable[[Path], None]) -> Path:
    """A directory with a published archive that no test changes."""
    data = tmp_path_factory.mktemp("site")
    filled(data)
    return data


class Asking:
    """Asks the site of a directory for addresses; the site stays up between questions."""

    def __init__(self, data: Path) -> None:
        self.site = serve.app(data)
        self._runner = asyncio.Runner()

    def __call__(self, *addresses: str, method: str = "GET", **options: Any) -> list[httpx.Response]:
        async def go() -> list[httpx.Response]:
            transport = httpx.ASGITransport(app=self.site, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
                return [await client.request(method, address, **options) for address in addresses]

        return self._runner.run(go())

    def close(self) -> None:
        self.site.close()
        self._runner.close()


@pytest.fixture
def ask_archive() -> Iterator[Callable[[Path], Asking]]:
    """Puts the archive of a directory on a site to ask."""
    opened: list[Asking] = []

    def open_site(data: Path) -> Asking:
        opened.append(Asking(data))
        return opened[-1]

    yield open_site
    for asking in opened:
        asking.close()


@pytest.fixture(scope="session")
def ask_site(site_data: Path) -> Iterator[Asking]:
    """Asks the site of the archive that no test changes."""
    asking = Asking(site_data)
    asking("/")
    yield asking
    asking.close()
