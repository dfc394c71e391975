"""The generated country is of the form that filing writes, and publishing takes it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks import country
from pipelines.packing import pack, unpack
from pipelines.parse.checks import check_report
from pipelines.parse.records import Check, Report
from pipelines.publish import publish

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("country")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(country, "YEARS", (2018, 2024))
        assert country.write_country(folder, 1) == 120
    yield folder


def test_every_report_is_what_filing_writes(data: Path) -> None:
    with closing(sqlite3.connect(data / "store.db")) as db:
        found = db.execute(
            "SELECT agency, year, title, region_code, body, ties FROM reports"
            " JOIN report_versions USING (report_id)"
        ).fetchall()
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    quiet = 0
    for agency, year, title, region, body, ties in found:
        report = unpack(Report, body)
        assert pack(report) == body and pack(unpack(tuple[Check, ...], ties)) == ties
        identity = report.identity
        assert (identity.agency, identity.year, identity.title) == (agency, year, title)
        assert identity.region_code == region and agency in report.sections[0].text
        texts = {section.ordinal: section.text for section in report.sections}
        assert all(f.value == int(texts[f.section][f.start : f.end]) for f in report.figures)
        made = {(c.rule, c.scope) for c in report.checks}
        today = check_report(report.format, report.cells, report.sections)
        assert {(c.rule, c.scope) for c in today if c.rule.startswith("applications.")} <= made
        quiet += not any(c.value for c in report.cells if c.table_name != "proactive")
    assert 80 < quiet < 115, "most tables are zero, some are busy"


def test_it_is_published(data: Path) -> None:
    result = publish(data)
    assert result.reports == 120
    with closing(sqlite3.connect(data / "archive.db")) as db:
        assert db.execute("SELECT count(DISTINCT agency_id), count(*) FROM reports").fetchone() == (60, 120)
        assert db.execute("SELECT count(*) FROM cells").fetchone()[0] > 120 * 150
