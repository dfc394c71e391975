"""What was read goes into the store as a report, a version, an address or an issue."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise, permutations
from pathlib import Path

import pytest

from benchmarks.accuracy import regions_of
from pipelines.parse.records import READER_FAILED, Document, Issue, Kind
from pipelines.parse.report import parse
from pipelines.readout import Readout, read_out, tie
from pipelines.reports import Bundle, Source, days_late, save, save_ties, waiting
from pipelines.store import Store
from samples.counties import World
from samples.render import LAYOUTS
from samples.report import Report

WORLD = World.build(seed=3, counties=1, agencies=4)
REGIONS = regions_of(WORLD)
REPORTS = [
    p.report
    for p in WORLD.sites[0].publications
    if p.kind == "report" and set(p.report.tables.values()) == {"table"}
]
KEY = ("applications", "", "granted", "natural_person")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path, write=True) as opened:
        opened.begin_crawl("crawl")
        yield opened


def html(report: Report, noise: str = "") -> bytes:
    return LAYOUTS["html_plain"].render(report).replace(b"</body>", noise.encode() + b"</body>")


@cache
def read(content: bytes) -> Readout:
    parsed = parse(Document(content, media_type="text/html"), REGIONS)
    assert parsed.kind is Kind.REPORT
    return read_out(parsed)


def tie_years(store: Store) -> None:
    for untied in list(waiting(store)):
        save_ties(store, untied, tie(untied.years, untied.bodies))


def bundle(content: bytes, path: str = "a.html", seen_at: str = "2026-01-02T03:04:05Z") -> Bundle:
    source = Source(
        f"www.x.gov.cn/{path}", f"http://www.x.gov.cn/{path}", hashlib.sha256(content).hexdigest()
    )
    return Bundle(source, (), None, "www.x.gov.cn", seen_at, seen_at, 1, True)


def put(
    store: Store, content: bytes, path: str = "a.html", seen_at: str = "2026-01-02T03:04:05Z"
) -> str | None:
    return save(store, bundle(content, path, seen_at), read(content), REGIONS)


def edited(report: Report, by: int = 1) -> Report:
    return replace(report, figures={**report.figures, KEY: report.figures[KEY] + by})


def test_a_report_is_laid_out_with_its_cells_and_where_they_stand(store: Store) -> None:
    report_id = put(store, html(REPORTS[0]))
    assert report_id == f"{store.value('SELECT agency_id FROM agencies')}-{REPORTS[0].year}"
    found = {
        (c.table_name, c.item, c.row, c.column_name): c.value
        for c in store.said(report_id).cells
        if c.state == "number"
    }
    assert found == {k: c.value for k, c in REPORTS[0].cells.items() if c.state == "number"}
    assert all(c.place for c in store.said(report_id).cells if c.state == "number")


def test_noise_around_the_same_words_is_no_version(store: Store) -> None:
    put(store, html(REPORTS[0]))
    put(store, html(REPORTS[0], "<p>浏览次数：12</p>"), seen_at="2026-02-02T03:04:05Z")
    row = store.row("SELECT * FROM report_versions")
    assert row is not None
    assert (row["version"], row["last_seen_at"]) == (1, "2026-02-02T03:04:05Z")


def test_a_silent_edit_is_a_version_with_exactly_the_changed_cell(store: Store) -> None:
    put(store, html(REPORTS[0]))
    put(store, html(edited(REPORTS[0])), seen_at="2026-02-02T03:04:05Z")
    changes = list(store.rows("SELECT * FROM report_changes"))
    assert [(c["table_name"], c["row"], c["column_name"], c["old_raw"], c["new_raw"]) for c in changes] == [
        (KEY[0], KEY[2], KEY[3], REPORTS[0].printed(KEY), edited(REPORTS[0]).printed(KEY))
    ]
    assert store.value("SELECT version FROM reports") == 2
    assert store.value("SELECT count(*) FROM report_versions WHERE body IS NOT NULL") == 2


def test_the_same_report_at_a_second_address_is_one_report(store: Store) -> None:
    assert put(store, html(REPORTS[0])) == put(store, html(REPORTS[0], "<p>门户</p>"), "b.html")
    assert store.value("SELECT count(*) FROM reports") == 1
    assert store.value("SELECT count(*) FROM report_sources") == 2


def test_other_figures_at_a_second_address_are_an_issue_and_no_version(store: Store) -> None:
    put(store, html(REPORTS[0]))
    put(store, html(edited(REPORTS[0])), "b.html")
    assert store.value("SELECT version FROM reports") == 1
    assert store.value("SELECT code FROM issues WHERE code = 'sources_differ'")


def stub(report: Report) -> bytes:
    """A report that ends before its tables."""
    return html(report).split("二、主动公开".encode())[0] + b"</body></html>"


def filed(folder: Path, arrivals: Sequence[tuple[bytes, str, str]]) -> dict[str, list[str]]:
    """What every table says once these documents were filed by one run, in their order."""
    with Store.open(folder, write=True) as store:
        store.begin_crawl("crawl")
        with store.transaction():  # one, for a commit waits for the disk
            for content, path, seen_at in arrivals:
                put(store, content, path, seen_at)
        tie_years(store)
        tables = [row["name"] for row in store.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            table: sorted(
                repr({k: v for k, v in row.items() if k not in NOTED})
                for row in store.rows(f"SELECT * FROM {table}")
            )
            for table in tables
            if table not in ("crawls", "sqlite_sequence", "_sqlite_migrations")
        }


# times at which something was noted, and numbers that count what was noted
NOTED = ("changed_at", "issue_id")
OTHER = next(r for r in REPORTS if r.agency != REPORTS[0].agency)
FOLLOWING = next(r for r in REPORTS if r.agency == REPORTS[0].agency and r.year == REPORTS[0].year + 1)


@pytest.mark.slow
@pytest.mark.parametrize(
    "documents",
    [
        (html(REPORTS[0]), html(REPORTS[0], "<p>门户</p>"), html(FOLLOWING), html(OTHER)),
        (html(REPORTS[0]), html(edited(REPORTS[0])), html(FOLLOWING), html(edited(FOLLOWING))),
        (stub(REPORTS[0]), html(REPORTS[0]), html(edited(REPORTS[0])), html(edited(REPORTS[0], 2))),
        (html(REPORTS[0]), stub(REPORTS[0]), html(REPORTS[0], "<p>门户</p>"), html(edited(REPORTS[0]))),
    ],
    ids=["copies", "differing", "one_is_a_stub", "stub_and_copy"],
)
def test_the_order_in_which_a_run_files_documents_leaves_no_trace(
    tmp_path: Path, documents: tuple[bytes, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.store.issues.now", lambda: "2026-01-03T00:00:00Z")
    times = [f"2026-01-02T0{9 - n}:00:00Z" for n in range(len(documents))]  # the first by name came last
    arrivals = [(content, f"{n}.html", times[n]) for n, content in enumerate(documents)]
    stores = [filed(tmp_path / str(n), order) for n, order in enumerate(permutations(arrivals))]
    assert len(stores[0]["reports"]) >= 1
    for store in stores[1:]:
        for table, rows in stores[0].items():
            assert store[table] == rows, table


def test_what_reads_worse_never_replaces_what_reads_better(store: Store) -> None:
    put(store, html(REPORTS[0]))
    put(store, stub(REPORTS[0]), seen_at="2026-02-02T03:04:05Z")
    assert store.value("SELECT state FROM reports") == "complete"
    assert store.value("SELECT count(*) FROM issues WHERE code = 'regressed'") == 1


def test_a_page_that_is_no_report_any_more_leaves_the_report(store: Store) -> None:
    content = html(REPORTS[0])
    put(store, content)
    gone = "<html><title>系统维护</title><body>网站正在维护</body></html>".encode()
    assert save(store, bundle(gone), read_out(parse(Document(gone), REGIONS)), REGIONS) is None
    assert store.value("SELECT count(*) FROM reports") == 1
    assert store.value("SELECT report_id FROM issues WHERE code = 'regressed'")


def test_a_reader_that_fails_takes_nothing_back_and_is_asked_again(store: Store) -> None:
    content = html(REPORTS[0])
    failed = Readout(Kind.UNREADABLE, issues=(Issue(READER_FAILED, "error", "NameError"),))
    assert save(store, bundle(content, "b.html"), failed, REGIONS) is None
    assert store.reading("www.x.gov.cn/b.html") is None, "it was not read"
    put(store, content)
    assert save(store, bundle(content), failed, REGIONS) is None
    assert store.value("SELECT count(*) FROM reports") == 1
    assert store.value("SELECT count(*) FROM issues WHERE code = 'reader_failed'") == 2


def test_years_are_checked_in_whatever_order_they_come(store: Store) -> None:
    agency = REPORTS[0].agency
    years = sorted((r for r in REPORTS if r.agency == agency), key=lambda r: -r.year)
    consecutive = [(a, b) for a, b in pairwise(years) if a.year == b.year + 1]
    assert consecutive, "the sample has two reports in a row"
    later, earlier = consecutive[0]
    for report in (later, earlier):
        put(store, html(report), f"{report.year}.html")
        tie_years(store)
    report_id = store.value("SELECT report_id FROM reports WHERE year = ?", (later.year,))
    outcomes = {check.outcome for check in store.checks(report_id) if check.rule == "years.carry"}
    assert outcomes
    assert outcomes <= {"pass", "assumed"}
    assert not list(waiting(store))


def test_only_what_is_tied_to_a_change_is_checked_again(store: Store) -> None:
    agency = REPORTS[0].agency
    years = sorted((r for r in REPORTS if r.agency == agency), key=lambda r: r.year)
    for report in years:
        put(store, html(report), f"{report.year}.html")
    tie_years(store)
    put(store, html(edited(years[0])), f"{years[0].year}.html", "2026-02-02T03:04:05Z")
    [untied] = waiting(store)
    expected = [y.year <= years[0].year + 1 for y in years]
    assert [report_id is not None for report_id in untied.report_ids] == expected


def test_reading_the_same_bytes_again_changes_nothing(store: Store) -> None:
    def rows() -> list[object]:
        tables = ("reports", "report_versions", "report_changes", "agencies")
        skip = {"changed_at"}
        return [
            {k: v for k, v in row.items() if k not in skip}
            for table in tables
            for row in store.rows(f"SELECT * FROM {table}")
        ]

    put(store, html(REPORTS[0]))
    before = rows()
    put(store, html(REPORTS[0]))
    assert rows() == before


def test_fingerprints_tell_reports_apart() -> None:
    one, two = read(html(REPORTS[0])).laid_out, read(html(edited(REPORTS[0]))).laid_out
    assert one is not None
    assert two is not None
    assert one.fingerprint != two.fingerprint


@pytest.mark.parametrize(
    ("kind", "published", "late"),
    [
        ("department", "2024-01-31", 0),
        ("department", "2024-02-03", 3),
        ("township", "2024-01-02", 0),
        ("government", "2024-02-03", 0),
        ("government", "2024-04-01", 1),
        ("government", None, None),
    ],
)
def test_days_late_count_from_the_legal_date(kind: str, published: str | None, late: int | None) -> None:
    assert days_late(kind, 2023, published, None) == late
