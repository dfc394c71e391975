"""The generated archive is one that publishing takes, and that measuring measures."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from benchmarks import large, scale
from pipelines.publish import publish
from samples.forms import keys

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("large")
    large.write_store(folder, 30)
    publish(folder)
    return folder


def asked(data, sql):
    with closing(sqlite3.connect(data / "archive.db")) as db:
        return db.execute(sql).fetchall()


def test_reports_are_whole_and_tied_to_their_agencies(data):
    assert asked(data, "SELECT count(*), count(DISTINCT agency_id), min(year), max(year) FROM reports") == [
        (30, 5, 2019, 2025)
    ]
    counted = asked(
        data, "SELECT r.format, count(*) FROM cells c JOIN reports r USING (report_id) GROUP BY r.report_id"
    )
    assert set(counted) == {(form, len(keys(form))) for form in ("2019", "2021")}
    assert asked(data, "SELECT count(*) FROM sections") == [(30 * 7,)]


def test_stated_figures_stand_where_they_say(data):
    figures = asked(
        data,
        'SELECT f.value, substr(s.text, f.start + 1, f."end" - f.start) FROM stated_figures f'
        " JOIN sections s ON s.report_id = f.report_id AND s.ordinal = f.section",
    )
    assert len(figures) > 100 and all(str(value) == text for value, text in figures)


def test_places_are_as_the_reader_writes_them_and_pack(data):
    assert asked(data, "SELECT count(*) FROM cell_values WHERE typeof(location) <> 'integer'") == [(0,)]


def test_a_small_change_is_published_alone(data):
    large.touch(data, 3)
    result = publish(data)
    assert result.incremental and 3 <= result.updated <= 4


def test_every_kind_of_page_and_query_answers(data):
    measured, memory = scale.read(data, 1)
    assert memory > 50_000_000
    assert {kind: known.failed for kind, known in measured.items() if known.failed} == {}
    assert all(len(known.seconds) == scale.READERS for known in measured.values())
    assert len(measured) > 40
