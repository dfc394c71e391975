"""What is published otherwise than the store says is told, and what only waits to be published is not."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from pipelines.publish import PublishResult
from pipelines.publish.collation import differences
from tests.rowwise import Rowwise

Run = Callable[[], PublishResult]
TAMPERED = {
    "a value of section two": ("proactive_disclosure", "UPDATE proactive_disclosure SET value = value + 1"),
    "a value of section three": ("applications", "UPDATE applications SET total = 7 WHERE row = 'granted'"),
    "a value of section four": ("reviews", "UPDATE reviews SET upheld = 9"),
    "a cell": ("cells", "UPDATE set_cells SET value = 5 WHERE ordinal = 9"),
    "a place": ("cells", "UPDATE set_cells SET location = 1 WHERE ordinal = 9"),
    "a check": ("checks", "UPDATE set_checks SET left_value = 99"),
    "a text": ("sections", "UPDATE sections SET text = text || '另有3件'"),
    "an identity": ("reports", "UPDATE reports SET year = year - 30"),
    "a row less": ("applications", "DELETE FROM applications WHERE row = 'new_received'"),
}


def told(data: Path) -> list[tuple[str, str]]:
    return list(differences(data, lambda done, total: None))


def change(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(sql)


@pytest.mark.slow
def test_what_was_published_is_as_the_store_says(store: Rowwise, run: Run, tmp_path: Path) -> None:
    run()
    steps: list[tuple[int, int]] = []
    assert not list(differences(tmp_path, lambda done, total: steps.append((done, total))))
    assert steps[-1][0] == steps[-1][1] > 0


@pytest.mark.slow
@pytest.mark.parametrize("what", TAMPERED)
def test_what_was_changed_in_the_archive_is_told(what: str, store: Rowwise, run: Run, tmp_path: Path) -> None:
    table, sql = TAMPERED[what]
    run()
    change(tmp_path / "archive.db", sql)
    assert table in {detail.partition(":")[0] for _, detail in told(tmp_path)}


@pytest.mark.slow
def test_a_report_that_the_store_never_had_is_told(store: Rowwise, run: Run, tmp_path: Path) -> None:
    run()
    change(tmp_path / "archive.db", _INVENTED)
    assert [report for report, _ in told(tmp_path)] == ["invented"]


@pytest.mark.slow
def test_what_the_store_saved_since_is_no_difference(store: Rowwise, run: Run, tmp_path: Path) -> None:
    run()
    change(tmp_path / "store.db", "UPDATE reports SET title = '新', changed_at = '2030-01-01T00:00:00Z'")
    change(tmp_path / "store.db", "UPDATE report_sources SET last_seen_at = '2030-01-01T00:00:00Z'")
    assert not told(tmp_path)


@pytest.mark.slow
def test_damage_is_told_and_what_other_code_built_is_not(store: Rowwise, run: Run, tmp_path: Path) -> None:
    assert not told(tmp_path)
    run()
    change(tmp_path / "archive.db", "UPDATE publication SET builder = 'another'")
    assert not told(tmp_path)
    (tmp_path / "archive.db").write_bytes(b"SQLite format 3\0" * 64)
    assert [where for where, _ in told(tmp_path)] == ["archive.db"]


_INVENTED = """
    INSERT INTO reports SELECT 'invented', agency_id, agency, region_code, year, title, format, published_on,
        first_seen_at, days_late, url, sha256, version, parser_version, state, proactive_state,
        applications_state, reviews_state, changed_at FROM reports LIMIT 1
"""
