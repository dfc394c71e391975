"""A store as years of crawling would leave it, without the crawling: invented reports, entered in bulk.

Figures, prose and printing habits are those of the samples, so that texts, cells and checks have the
variety and the length of real ones.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from sqlite_utils import Database

from pipelines.packing import pack, unpack
from pipelines.parse.records import (
    Cell,
    Check,
    Evidence,
    Figure,
    Identity,
    Kind,
    Place,
    Report,
    Section,
    State,
    TableState,
)
from pipelines.schema import migrate
from samples import places, prose
from samples.chance import chance
from samples.figures import Facts, Figures, break_sum, broken_rules, project, simulate
from samples.forms import APPLICANTS, LINES, PROACTIVE, REVIEWS, STAGES, SUBTABLES, Key, keys
from samples.places import Region
from samples.report import Agency, Habit, printed_value

YEARS = tuple(range(2019, 2026))
_SEED = 1
_AGENCIES = 36  # of a county
_HABITS = (
    *(Habit(), Habit(zero=""), Habit(zero="/"), Habit(zero="-", thousands=True)),
    *(Habit(full_width=True), Habit(money="wan"), Habit(money="yuan", plus=True), Habit(money="bare")),
)
_HEADINGS = (
    *("", "一、总体情况", "二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况"),
    *("四、政府信息公开行政复议、行政诉讼情况", "五、存在的主要问题及改进情况", "六、其他需要报告的事项"),
)
_BODY = "SELECT body FROM report_versions WHERE report_id = ?"
_OTHER = 40  # the cell of a table that is read otherwise
_SEEN = "2026-04-20T02:00:00Z"
_TIMES = {"first_seen_at": _SEEN, "last_seen_at": _SEEN}
_TABLE_SECTIONS = {2: PROACTIVE, 3: "applications", 4: REVIEWS}
_FORM_CHANGED = 2021
_BROKEN, _COPIED, _DOUBTED, _LATE = 0.03, 0.1, 0.05, 0.15  # shares of the reports
Row = dict[str, Any]
Values = dict[Key, int | float | None]
Part = TypeVar("Part")


def write_store(data: Path, count: int) -> None:
    """Lay out ``data``/store.db with ``count`` reports, of agencies of as many counties as they need."""
    counties = -(-count // (_AGENCIES * len(YEARS)))
    regions = places.regions(counties)
    wanted = list(islice(_wanted(counties), count))
    of_county = _AGENCIES * len(YEARS)
    parts = [(start, wanted[start : start + of_county]) for start in range(0, count, of_county)]
    with writing(data) as connection:
        rows = Rows()
        rows.places(
            regions, [a for r in regions if r.level == "county" for a in places.agencies(r, _AGENCIES)]
        )
        rows.enter(connection)
        for made in on_all_cores(_of_county, parts):
            made.enter(connection)


def _of_county(part: tuple[int, list[tuple[Agency, int]]]) -> Rows:
    first, wanted = part
    rows = Rows()
    for number, (agency, year) in enumerate(wanted, first):
        rows.report(number, agency, year)
    return rows


def on_all_cores(work: Callable[[Part], Rows], parts: Iterable[Part]) -> Iterator[Rows]:
    """What ``work`` makes of each part, in their order."""
    with multiprocessing.get_context("spawn").Pool() as pool:
        yield from pool.imap(work, parts)


@contextmanager
def writing(data: Path) -> Iterator[sqlite3.Connection]:
    """A store that is not there yet, to be written in bulk."""
    data.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(data / "store.db", isolation_level=None)
    connection.executescript(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;"
    )
    migrate(Database(connection))
    connection.execute("BEGIN")
    yield connection
    connection.execute(
        "UPDATE crawls SET finished_at = ?, captures = (SELECT count(*) FROM captures)", (_SEEN,)
    )
    connection.execute("COMMIT")
    connection.close()


def _wanted(counties: int) -> Iterator[tuple[Agency, int]]:
    for number in range(counties):
        for agency in places.agencies(places.county(number), _AGENCIES):
            yield from ((agency, year) for year in YEARS)


def touch(data: Path, count: int, number: int = 7) -> None:
    """Let ``count`` reports, of all years and places, have been read anew with another ``number`` in them.

    The higher the number, the later that was.
    """
    touched = f"{datetime(2026, 5, 1) + timedelta(days=number):%Y-%m-%dT%H:%M:%SZ}"
    with closing(sqlite3.connect(data / "store.db")) as connection, connection:
        every = connection.execute("SELECT report_id FROM reports ORDER BY report_id").fetchall()
        for chosen in random.Random(number).sample(every, min(count, len(every))):
            shown = "UPDATE report_versions SET body = ? WHERE report_id = ?"
            (body,) = connection.execute(_BODY, chosen).fetchone()
            connection.execute(shown, (pack(_changed(unpack(Report, body), number)), *chosen))
            connection.execute("UPDATE reports SET changed_at = ? WHERE report_id = ?", (touched, *chosen))


def _changed(report: Report, number: int) -> Report:
    cells = [replace(cell, value=number) if cell.ordinal == _OTHER else cell for cell in report.cells]
    return replace(report, cells=tuple(cells))


def agency_id(agency: Agency) -> str:
    """As the archive gives it to an agency."""
    return f"{agency.region_code}-{hashlib.sha256(agency.name.encode()).hexdigest()[:8]}"


def _read_at(number: int) -> str:
    """A report every three seconds or so."""
    return f"{datetime(2026, 1, 1) + timedelta(seconds=3 * number):%Y-%m-%dT%H:%M:%SZ}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _labels(form: str) -> dict[tuple[str, str, str], str]:
    """The printed label of each row of a form."""
    rows = {(PROACTIVE, s.item, key): label for s in SUBTABLES[form] for key, label in s.rows}
    rows |= {("applications", "", line.key): line.labels[-1] for line in LINES[form]}
    return rows | {(REVIEWS, "", stage): label for stage, label in STAGES}


@cache
def _places(form: str) -> tuple[Place, ...]:
    """Where each cell of a form stands, as the reader of pages writes it."""
    tables = list(dict.fromkeys(key[:2] for key in keys(form)))
    found, row, column, before = [], 2, 2, ("", "", "")
    for key in keys(form):
        row, column = (row, column + 1) if key[:3] == before else (row + 1, 2)
        before = key[:3]
        found.append(Place(table=tables.index(key[:2]), row=row, column=column))
    return tuple(found)


class Rows:
    """The rows of one report after the other, made in one process and entered in another."""

    def __init__(self, years: tuple[int, ...] = YEARS) -> None:
        self._years = years
        self._facts: tuple[str, dict[int, Facts]] = ("", {})
        self._rows: dict[tuple[str, tuple[str, ...]], list[tuple[Any, ...]]] = {}  # by table and columns

    def enter(self, connection: sqlite3.Connection) -> None:
        """Enter all of them, what came first in each table first."""
        for (table, columns), rows in self._rows.items():
            names = ", ".join(f'"{name}"' for name in columns)
            marks = ", ".join("?" * len(columns))
            connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)

    def _add(self, table: str, row: Row) -> None:
        self._rows.setdefault((table, tuple(row)), []).append(tuple(row.values()))

    def places(self, regions: Iterable[Region], agencies: Iterable[Agency]) -> None:
        """Regions, a site for each county, and the agencies the registry expects."""
        self._add("crawls", {"crawl_id": 1, "kind": "crawl", "started_at": _SEEN, "outcome": "complete"})
        for region in regions:
            known = {name: value or None for name, value in asdict(region).items()}
            self._add("regions", known)
            if region.level == "county":
                self._site(region)
        for agency in agencies:
            self._agency(agency)

    def _site(self, region: Region) -> None:
        code = region.code
        home = {
            "home": f"http://www.{code}.example.gov.cn/",
            "family": "trs",
            "state": "ok",
            "definition": "{}",
        }
        times = {"state": "ok", "last_success_at": _SEEN, "last_full_sweep_at": _SEEN}
        self._add("sites", {"site": code, "region_code": code, "name": region.name, **home, **times})

    def _agency(self, agency: Agency) -> None:
        code = agency.region_code
        field = agency.slug[:3] if agency.kind == "department" else None
        known = {"agency_id": agency_id(agency), "name": agency.name}
        place = {"region_code": code, "site": code, "function": field, "kind": agency.kind, "expected": 1}
        self._add("agencies", known | place)
        self._add("agency_names", known)

    def report(self, number: int, agency: Agency, year: int) -> None:
        """One report with everything that hangs on it."""
        rng = chance("large", _SEED, agency.name, year)
        form = "2019" if year < _FORM_CHANGED else "2021"
        figures = project(self._year(agency, year), form)
        if rng.random() < _BROKEN:
            figures = break_sum(figures, rng)
        report_id = f"{agency_id(agency)}-{year}"
        title = f"{agency.name}{year}年政府信息公开工作年度报告"
        identity = _identity(agency, year, form, title, rng)
        late = rng.randint(1, 60) if rng.random() < _LATE else 0
        cells, values = _cells(form, figures, rng)
        copied = rng.random() < _COPIED
        wording = rng.choice(YEARS) if copied else None
        written = prose.write(agency.name, year, figures, str(_SEED), wording)
        report = _whole(identity, form, written, cells, values)
        self.add(number, report_id, report, pack(report), pack(tuple(_ties(year, copied=copied))), late)
        if rng.random() < _DOUBTED:
            said = {
                "code": "unit.doubt",
                "severity": "warning",
                "detail": "金额没有单位",
                "subject": report_id,
            }
            self._add("issues", {"report_id": report_id, "site": agency.region_code, **said, **_TIMES})

    def _year(self, agency: Agency, year: int) -> Facts:
        if self._facts[0] != agency.name:
            self._facts = (agency.name, simulate(f"{_SEED}/{agency.name}", agency.size, self._years))
        return self._facts[1][year]

    def add(self, number: int, report_id: str, report: Report, body: bytes, ties: bytes, late: int) -> None:
        """A report's row, its version, and where it came from; ``body`` and ``ties`` are packed."""
        identity = report.identity
        site, year = str(identity.region_code), identity.year
        url = f"http://www.{site}.example.gov.cn/art/{year}/{number}.html"
        digest = _digest(report_id)
        self._document(number, site, url, digest)
        who = {"agency_id": report_id.rsplit("-", 1)[0], "agency": identity.agency, "region_code": site}
        what = {"title": identity.title, "format": report.format, "url": url, "root": url}
        made = {"sha256": digest, "fingerprint": digest, "version": 1, "parser_version": "1"}
        when = {
            "published_on": identity.published_on,
            "first_seen_at": _SEEN,
            "changed_at": _read_at(number),
            "days_late": late,
        }
        states = {f"{table}_state": state.value for table, state in report.states.items()}
        said = {"state": report.state, "ties": ties, **states}
        self._add("reports", {"report_id": report_id, "year": year, **who, **what, **made, **when, **said})
        self._add("report_sources", {"report_id": report_id, "url": url, "site": site, **_TIMES})
        version = {"version": 1, "sha256": digest, "url": url, "body": body, **_TIMES}
        self._add("report_versions", {"report_id": report_id, **version})

    def _document(self, number: int, site: str, url: str, digest: str) -> None:
        """The capture and its bytes."""
        body = {"sha256": digest, "bytes": 40_000, "media_type": "text/html"}
        capture = {"capture_id": number + 1}
        seen = {"crawl_id": 1, "fetched_at": _SEEN, "status_code": 200, "outcome": "new"}
        warc = {"warc_file": f"{site}-00001.warc.gz", "warc_offset": number * 9_000}
        self._add(
            "captures", {"site": site, "url": url, "role": "article", **capture, **body, **seen, **warc}
        )
        self._add("documents", {**body, **_TIMES, **capture})


def _identity(agency: Agency, year: int, form: str, title: str, rng: random.Random) -> Identity:
    return Identity(
        kind=Kind.REPORT,
        title=title,
        agency=agency.name,
        agency_printed=agency.name,
        agency_names=(agency.name,),
        agency_kind=agency.kind,
        region_code=agency.region_code,
        year=year,
        published_on=f"{year + 1}-01-{rng.randint(10, 31)}",
        evidence=_evidence(agency, year, form, title),
    )


def _whole(
    identity: Identity, form: str, written: prose.Prose, cells: tuple[Cell, ...], values: Values
) -> Report:
    texts = _texts(written, identity.title, form, values)
    return Report(
        identity=identity,
        format=form,
        state="complete",
        states=dict.fromkeys((PROACTIVE, "applications", REVIEWS), TableState.TABLE),
        sections=tuple(Section(n, n, _HEADINGS[n], text) for n, text in sorted(texts.items())),
        cells=cells,
        figures=tuple(_figures(written, texts)),
        checks=tuple(_checks(form, values)),
        evidence=identity.evidence,
    )


def quiet_report(agency: Agency, year: int, kind: int) -> Report:
    """A report of an agency that nobody asked for anything, in one of many wordings (``kind``)."""
    rng = chance("quiet", kind, year)
    form = "2019" if year < _FORM_CHANGED else "2021"
    busy = project(simulate(f"quiet/{kind}", "township", (year,))[year], form)
    figures = {key: number if key[0] == PROACTIVE else 0 for key, number in busy.items()}
    title = f"{agency.name}{year}年政府信息公开工作年度报告"
    identity = _identity(agency, year, form, title, rng)
    cells, values = _cells(form, figures, rng)
    return _whole(identity, form, prose.write(agency.name, year, figures, f"quiet/{kind}"), cells, values)


@cache
def quiet_ties(year: int) -> bytes:
    """The checks over the years of such a report, packed."""
    return pack(tuple(_ties(year, copied=False)))


def _evidence(agency: Agency, year: int, form: str, title: str) -> tuple[Evidence, ...]:
    known = {"agency": agency.name, "year": str(year), "region": agency.region_code, "format": form}
    return tuple(Evidence(field, value, "title", title) for field, value in known.items())


def _cells(form: str, figures: Figures, rng: random.Random) -> tuple[tuple[Cell, ...], Values]:
    """The tables as one author prints them, and what can be read of them."""
    habit, labels = rng.choice(_HABITS), _labels(form)
    values: Values = {}
    ordinals: Counter[str] = Counter()
    cells = []
    for key, place in zip(keys(form), _places(form), strict=True):
        table, item, row, column = key
        raw, values[key], state = printed_value(key, figures[key], habit)
        where = {"table_name": table, "ordinal": ordinals[table], "item": item, "row": row}
        unit = "yuan" if column == "amount_yuan" else "item"
        said = {
            "raw": raw,
            "value": values[key],
            "unit": unit,
            "state": State(state),
            "label": labels[key[:3]],
        }
        cells.append(Cell(**where, column_name=column, **said, place=place))
        ordinals[table] += 1
    return tuple(cells), values


def _texts(written: prose.Prose, title: str, form: str, values: Values) -> dict[int, str]:
    """The text of each section by its number."""
    texts = {number: "\n".join(parts) for number, parts in written.sections.items()}
    texts[0] = f"{title}\n{texts[0]}"
    return texts | {number: _printed(form, table, values) for number, table in _TABLE_SECTIONS.items()}


def _figures(written: prose.Prose, texts: dict[int, str]) -> Iterator[Figure]:
    for stated in written.stated:
        start = texts[stated.section].find(f"{stated.phrase}{stated.value}") + len(stated.phrase)
        if start >= len(stated.phrase):
            yield Figure(**asdict(stated), start=start, end=start + len(str(stated.value)))


def _checks(form: str, values: Values) -> Iterator[Check]:
    broken = set(broken_rules(form, values))
    for rule, scope in _scopes(form):
        handled = values.get(("applications", "", "total_handled", scope)) or 0
        fails = (rule, scope) in broken
        detail = f"（七）总计 {handled} = {handled}；各项相加 {handled + fails}"
        yield Check(rule, scope, "fail" if fails else "pass", handled, handled + fails, detail)


def _ties(year: int, *, copied: bool) -> Iterator[Check]:
    """The checks over the years, as of an agency whose every application was handled in its year."""
    for column, _ in APPLICANTS:
        yield Check("years.carry", column, "pass", 0, 0, "上年结转下年度继续办理 0 = 本年上年结转 0")
    if year > YEARS[0]:
        outcome, alike = ("fail", 0.97) if copied else ("pass", 0.31)
        yield Check("years.copied", "all", outcome, alike, 0.9, "与上年全文的相似度")


def _printed(form: str, table: str, values: Values) -> str:
    """The text of a table, a line for each row, as it stands in a section."""
    lines: dict[str, list[str]] = {}
    for key in keys(form):
        if key[0] == table:
            value = values[key]
            label = _labels(form)[key[:3]]
            lines.setdefault(label, [label]).append("" if value is None else str(value))
    return "\n".join("\t".join(line) for line in lines.values())


@cache
def _scopes(form: str) -> tuple[tuple[str, str], ...]:
    columns = [key for key, _ in APPLICANTS]
    return (
        *(("applications.balance", column) for column in columns),
        *(("applications.outcomes", column) for column in columns),
        *(("applications.row_total", line.key) for line in LINES[form]),
        *(("reviews.total", stage) for stage, _ in STAGES),
        *(("text.reviews", stage) for stage, _ in STAGES),
        *(("text.applications", "total"), ("unit.doubt", "proactive")),
    )
