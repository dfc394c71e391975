"""Each ready question gives the answer that its description promises: computed once more, from the store's
own rows and in another way, on an archive in which each of them has something to say.
"""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import date
from pathlib import Path
from statistics import mean, quantiles
from typing import Any

import pytest

from benchmarks.large import write_store
from pipelines.publish import codebook, metadata, publish
from tests.rowwise import Rowwise, spread

pytestmark = pytest.mark.slow

REPORTS = 252  # of one county: 36 agencies, seven years
LAST = 2025
PARTS = {
    "grant_rate": ("granted", "partially_granted"),
    "denial_rate": tuple(
        f"denied_{ground}"
        for ground in (
            "state_secret", "prohibited_by_law", "security_stability", "third_party_rights",
            "internal_affairs", "process_information", "enforcement_files", "administrative_inquiry",
        )
    ),
    "unavailable_rate": tuple(
        f"unavailable_{ground}" for ground in ("not_held", "requires_creation", "unclear_after_correction")
    ),
    "not_processed_rate": tuple(
        f"not_processed_{ground}"
        for ground in ("petition", "duplicate", "publication", "excessive", "reconfirmation")
    ),
}  # fmt: skip
EDIT = ("applications", "granted", "total", "3", "5")
Rows = list[dict[str, Any]]
Ask = Callable[[str], Rows]


class Facts:
    """The store's rows as plain dictionaries."""

    def __init__(self, path: Path) -> None:
        with closing(sqlite3.connect(path)) as db:
            spread(db).row_factory = sqlite3.Row

            def rows(sql: str) -> Rows:
                return [dict(row) for row in db.execute(sql)]

            self.agencies = {row["agency_id"]: row for row in rows("SELECT * FROM agencies")}
            self.reports = {row["report_id"]: row for row in rows("SELECT * FROM reports")}
            self.checks = [c for c in rows("SELECT * FROM checks") if c["report_id"] in self.reports]
            self.cells: dict[tuple[str, str, str, str], Any] = {}
            self.states: dict[int, Counter[str]] = defaultdict(Counter)
            for cell in rows("SELECT * FROM cells"):
                if cell["report_id"] in self.reports:
                    place = cell["report_id"], cell["table_name"], cell["row"], cell["column_name"]
                    self.cells[place] = cell
                    self.states[self.reports[cell["report_id"]]["year"]][cell["state"]] += 1

    def of(self, year: int) -> list[str]:
        return sorted(key for key, report in self.reports.items() if report["year"] == year)

    def total(self, report: str, row: str, column: str = "total", table: str = "applications") -> Any:
        cell = self.cells.get((report, table, row, column))
        return cell and cell["value"]

    def sum(self, report: str, rows: Iterable[str]) -> Any:
        values = [self.total(report, row) for row in rows]
        return None if None in values else sum(values)

    def before(self, report: str) -> str:
        agency, _, year = report.rpartition("-")
        return f"{agency}-{int(year) - 1}"

    def years(self) -> list[int]:
        return sorted({report["year"] for report in self.reports.values()})

    def stated(self, table: str, row: str, column: str) -> dict[int, tuple[Any, int, int]]:
        """By year: the sum of a number of the forms, how many reports state it, and how many there are."""
        found = {}
        for year in self.years():
            values = [self.total(report, row, column, table) for report in self.of(year)]
            known = [value for value in values if value is not None]
            if any((report, table, row, column) in self.cells for report in self.of(year)):
                found[year] = (sum(known) if known else None, len(known), len(values))
        return found

    def failed(self, *rules: str) -> Rows:
        return [check for check in self.checks if check["outcome"] == "fail" and check["rule"] in rules]

    def share(self, part: Callable[[str], Any], whole: Callable[[str], Any]) -> dict[int, tuple[Any, ...]]:
        """By year: sums over the reports that state both, and how many of how many they are."""
        found = {}
        for year in self.years():
            pairs = [(part(report), whole(report)) for report in self.of(year)]
            both = [pair for pair in pairs if None not in pair]
            if both:
                found[year] = (sum(p for p, _ in both), sum(w for _, w in both), len(both), len(pairs))
        return found


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A county's archive with a gap, an edit, broken sums, prose that contradicts, and an unreadable cell."""
    folder = tmp_path_factory.mktemp("queries")
    write_store(folder, REPORTS)
    with closing(spread(sqlite3.connect(folder / "store.db", factory=Rowwise))) as db, db:
        ids = [row[0] for row in db.execute("SELECT report_id FROM reports ORDER BY report_id")]
        db.execute("DELETE FROM reports WHERE report_id = ?", (ids[9],))
        for rule, report in (
            ("years.carry", ids[20]),
            ("text.applications", ids[30]),
            ("text.reviews", ids[41]),
        ):
            db.execute(
                "UPDATE checks SET outcome = 'fail', left_value = 9, right_value = 4"
                " WHERE (report_id, rule) = (?, ?)"
                " AND scope = (SELECT max(scope) FROM checks WHERE rule = ?2)",
                (report, rule),
            )
        db.execute(
            "INSERT INTO report_changes (report_id, from_version, to_version, table_name, row, column_name,"
            " old_raw, new_raw, found_at) VALUES (?, 1, 2, ?, ?, ?, ?, ?, '2026-05-02T00:00:00Z')",
            (ids[50], *EDIT),
        )
        db.execute(
            "UPDATE cells SET state = 'unreadable', value = NULL, method = 'ocr'"
            " WHERE report_id = ? AND ordinal = 3 AND table_name = 'applications'",
            (ids[60],),
        )
    publish(folder, today=date(2026, 6, 1))
    return folder


@pytest.fixture(scope="module")
def facts(data: Path) -> Facts:
    return Facts(data / "store.db")


@pytest.fixture(scope="module")
def ask(data: Path) -> Ask:
    def answer(name: str) -> Rows:
        with closing(sqlite3.connect(data / "archive.db")) as db:
            db.row_factory = sqlite3.Row
            return [dict(row) for row in db.execute(metadata.queries()[name]["sql"], {"year": ""})]

    return answer


@pytest.mark.parametrize("name", sorted(metadata.queries()))
def test_each_question_has_something_to_say(ask: Ask, name: str):
    assert ask(name)


def rounded(part: Any, whole: Any) -> Any:
    return round(part / whole, 4) if whole else None


@pytest.mark.parametrize(
    ("name", "columns", "rows"),
    [
        ("grant_rates", ("granted", "handled", "reports", "all_reports", "grant_rate"), PARTS["grant_rate"]),
        (
            "petitions",
            ("petitions", "handled", "reports", "all_reports", "share"),
            ("not_processed_petition",),
        ),
    ],
)
def test_shares_of_what_was_handled(ask: Ask, facts: Facts, name, columns, rows):
    expected = facts.share(lambda r: facts.sum(r, rows), lambda r: facts.total(r, "total_handled"))
    answers = {row["year"]: tuple(row[column] for column in columns) for row in ask(name)}
    assert answers == {year: (*found, rounded(*found[:2])) for year, found in expected.items()}


def test_outcomes(ask: Ask, facts: Facts):
    found = defaultdict(list)
    for row in ask("outcomes"):
        found[row["year"]].append(
            (row["applications"], row["handled"], row["reports"], row["all_reports"], row["share"])
        )
    expected = defaultdict(list)
    for rows in PARTS.values():
        shares = facts.share(
            lambda r, rows=rows: facts.sum(r, rows), lambda r: facts.total(r, "total_handled")
        )
        for year, share in shares.items():
            expected[year].append((*share, rounded(*share[:2])))
    assert {year: sorted(rows) for year, rows in found.items()} == {
        y: sorted(rows) for y, rows in expected.items()
    }
    assert all(rows == sorted(rows, key=lambda row: -row[-1]) for rows in found.values())


def test_backlog_none_received_and_the_same_agencies(ask: Ask, facts: Facts):
    left = facts.share(
        lambda r: facts.total(r, "carried_forward"), lambda r: facts.sum(r, ("new_received", "carried_over"))
    )
    columns = ("carried_forward", "to_be_handled", "reports", "all_reports")
    assert {row["year"]: tuple(row[c] for c in columns) for row in ask("backlog")} == left
    received = {report: facts.total(report, "new_received") for report in facts.reports}
    none = facts.share(
        lambda r: None if received[r] is None else received[r] == 0,
        lambda r: None if received[r] is None else 1,
    )
    columns = ("none_received", "reports_stating_it", "reports", "all_reports")
    assert {row["year"]: tuple(row[c] for c in columns) for row in ask("no_applications")} == none
    same = facts.share(lambda r: received[r], lambda r: received.get(facts.before(r)))
    columns = ("after", "before", "pairs", "all_reports")
    assert {row["year"]: tuple(row[c] for c in columns) for row in ask("same_agencies")} == same


@pytest.mark.parametrize(
    ("name", "table", "prefixes", "value"),
    [
        ("refusal_grounds", "applications", ("denied_",), "applications"),
        (
            "not_processed_grounds",
            "applications",
            ("unavailable_", "not_processed_", "other_"),
            "applications",
        ),
    ],
)
def test_grounds(ask: Ask, facts: Facts, name, table, prefixes, value):
    rows = {key[2] for key in facts.cells if key[1] == table and key[2].startswith(prefixes)}
    expected = Counter(
        (year, *told) for row in rows for year, told in facts.stated(table, row, "total").items()
    )
    found = ask(name)
    assert (
        Counter((r["year"], r[value], r["reports_stating_it"], r["all_reports"]) for r in found) == expected
    )
    assert all(row["ground"] != row["ground_en"] for row in found)


def test_applicants_decisions_and_documents(ask: Ask, facts: Facts):
    def expected(table: str, places: Iterable[tuple[str, str]]) -> Counter[tuple[Any, ...]]:
        return Counter((y, *told) for place in places for y, told in facts.stated(table, *place).items())

    def found(name: str, value: str) -> Counter[tuple[Any, ...]]:
        return Counter((r["year"], r[value], r["reports_stating_it"], r["all_reports"]) for r in ask(name))

    columns = {key[3] for key in facts.cells if key[1] == "applications"} - {"total"}
    received = expected("applications", (("new_received", column) for column in columns))
    assert found("applicants", "applications") == received
    decided = {(key[2], key[3]) for key in facts.cells if key[1] == "proactive" and key[3] == "decisions"}
    assert found("penalties_and_licensing", "decisions") == expected("proactive", decided)
    issued = {(key[2], key[3]) for key in facts.cells if key[2] == "normative_documents"}
    assert found("normative_documents", "documents") == expected("proactive", issued)


def test_most_applications_and_year_on_year(ask: Ask, facts: Facts):
    received = {r: facts.total(r, "new_received") for r in facts.of(LAST)}
    known = sorted((n for n in received.values() if n is not None), reverse=True)
    assert [row["new_received"] for row in ask("most_applications")] == known[:100]
    assert all(received[row["report_id"]] == row["new_received"] for row in ask("most_applications"))
    changes = {
        report: (before, now)
        for report, now in received.items()
        if now is not None and (before := facts.total(facts.before(report), "new_received")) is not None
    }
    found = ask("year_on_year")
    assert {r["report_id"]: (r["new_received_before"], r["new_received"]) for r in found} == changes
    sizes = [abs(row["new_received_change"]) for row in found]
    assert sizes == sorted(sizes, reverse=True)


def test_timeliness(ask: Ask, facts: Facts):
    for row in ask("timeliness"):
        late = [facts.reports[report]["days_late"] for report in facts.of(row["year"])]
        assert (row["reports"], row["unknown"]) == (len(late), late.count(None))
        assert (row["in_time"], row["late"]) == (sum(d <= 0 for d in late), sum(d > 0 for d in late))
        assert row["mean_days_late"] == round(mean(days for days in late if days > 0), 1)
    latest = sorted(
        (r["days_late"] for r in map(facts.reports.get, facts.of(LAST)) if r["days_late"] > 0), reverse=True
    )
    assert [row["days_late"] for row in ask("latest_reports")] == latest


def test_what_is_missing_and_how_complete(ask: Ask, facts: Facts):
    due = {(agency, year) for agency in facts.agencies for year in facts.years()}
    missing = due - {(report["agency_id"], report["year"]) for report in facts.reports.values()}
    names = {(facts.agencies[agency]["name"], year) for agency, year in missing}
    found = ask("missing_reports")
    assert {(row["agency"], row["year"]) for row in found} == names and len(found) == len(missing) == 1
    assert found[0]["status"] == "overdue" or found[0]["status"] == "not_found"
    for row in ask("completeness"):
        here, agencies = len(facts.of(row["year"])), len(facts.agencies)
        assert (row["present"], row["expected"], row["share"]) == (here, agencies, rounded(here, agencies))


def test_corrections(ask: Ask, facts: Facts):
    def decided(report: str, stage: str) -> Any:
        parts = [facts.total(report, stage, column, "reviews") for column in ("upheld", "corrected", "other")]
        return None if None in parts else sum(parts)

    expected = Counter()
    for stage in ("reconsideration", "lawsuit_direct", "lawsuit_after_reconsideration"):
        shares = facts.share(
            lambda r, s=stage: facts.total(r, s, "corrected", "reviews"), lambda r, s=stage: decided(r, s)
        )
        expected.update((year, *share, rounded(*share[:2])) for year, share in shares.items())
    columns = ("year", "corrected", "decided", "reports", "all_reports", "correction_rate")
    assert Counter(tuple(row[column] for column in columns) for row in ask("corrections")) == expected
    corrected = {
        (report, stage): facts.total(report, stage, "corrected", "reviews")
        for report in facts.of(LAST)
        for stage in ("reconsideration", "lawsuit_direct", "lawsuit_after_reconsideration")
    }
    found = {(row["report_id"], row["stage"]): row["corrected"] for row in ask("corrected_agencies")}
    assert found == {place: n for place, n in corrected.items() if n}


@pytest.mark.parametrize("by_function", [False, True])
def test_peers(ask: Ask, facts: Facts, by_function: bool):
    received: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for report_id, report in facts.reports.items():
        agency = facts.agencies[report["agency_id"]]
        group = agency["function"] if by_function else agency["kind"]
        received[report["year"], group].append(facts.total(report_id, "new_received"))
    name, column = ("peers_by_function", "function") if by_function else ("peers_quartiles", "kind")
    measure = codebook.labels("peers", "measure")["new_received"].en
    found = [row for row in ask(name) if row["measure_en"] == measure]
    assert found
    for row in found:
        values = received[row["year"], row[column]]
        known = [value for value in values if value is not None]
        assert (row["n"], row["reports"]) == (len(known), len(values))
        middle = quantiles(known, n=4, method="inclusive") if len(known) > 1 else known * 3
        told = [row[part] for part in ("lower_quartile", "median", "upper_quartile")]
        assert told == pytest.approx(middle)


def test_copied_text(ask: Ask, facts: Facts):
    copied = {c["report_id"]: c["left_value"] for c in facts.checks if c["rule"] == "years.copied"}
    again = {report: share for report, share in copied.items() if share >= 0.9}
    assert {row["report_id"]: row["similarity"] for row in ask("copied_text")} == again
    for row in ask("copied_by_year"):
        reports = [report for report in facts.of(row["year"]) if report in copied]
        repeated = sum(report in again for report in reports)
        assert (row["repeated"], row["comparable"], row["share"]) == (
            repeated, len(reports), rounded(repeated, len(reports)),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "rules", "left", "right"),
    [
        ("balance_failures", ("applications.balance",), "left_value", "right_value"),
        ("carry_breaks", ("years.carry",), "carried_over", "carried_forward_before"),
        ("prose_against_table", ("text.applications", "text.reviews"), "in_text", "in_table"),
    ],
)
def test_what_does_not_hold(ask: Ask, facts: Facts, name, rules, left, right):
    expected = {(c["report_id"], c["scope"], c["left_value"], c["right_value"]) for c in facts.failed(*rules)}
    assert {(row["report_id"], row["scope"], row[left], row[right]) for row in ask(name)} == expected


def test_how_the_rules_came_out(ask: Ask, facts: Facts):
    told_of = ask("failed_checks")
    assert told_of
    for row in told_of:
        mine = [check for check in facts.checks if check["rule"] == row["rule"]]
        outcomes = Counter(check["outcome"] for check in mine)
        told = {name: row[name] for name in ("fail", "pass", "assumed", "not_assessable")}
        assert told == {name: outcomes[name] for name in told}
        assert row["reports_failing"] == len({c["report_id"] for c in facts.failed(row["rule"])})


def test_a_silent_edit_fees_and_unreadable_cells(ask: Ask, facts: Facts):
    (edit,) = ask("silent_edits")
    assert tuple(edit[name] for name in ("table_name", "row", "column_name", "before", "after")) == EDIT
    fees = {r: facts.total(r, "administrative_fees", "amount_yuan", "proactive") for r in facts.of(LAST)}
    assert {row["report_id"]: row["yuan"] for row in ask("fees")} == fees
    for row in ask("unreadable_cells"):
        states = facts.states[row["year"]]
        assert (row["cells"], row["unreadable"]) == (states.total(), states["unreadable"])
    assert sum(row["unreadable"] for row in ask("unreadable_cells")) == 1
    assert sum(row["by_ocr"] for row in ask("unreadable_cells")) == 1
