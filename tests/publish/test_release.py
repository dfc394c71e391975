"""A release holds every published row, is the same bytes whenever made, and replaces the last one whole."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
import yaml

from gongkai.cli import run as gongkai
from pipelines.errors import NoArchive
from pipelines.publish import codebook, publish
from pipelines.publish.release import NotARelease, Unreleasable, build, columnar, release, sqlite_file
from pipelines.publish.release.tables import PARTS
from tests import forked

pq = pytest.importorskip("pyarrow.parquet", reason="needs the extra `release`")

pytestmark = pytest.mark.slow

TYPES = {"TEXT": "string", "INTEGER": "integer", "REAL": "number", "NUMERIC": "number"}


@pytest.fixture
def data(tmp_path, filled):
    folder = tmp_path / "data"
    folder.mkdir()
    filled(folder)
    return folder


def opened(path: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True))


def tables_of(path: Path) -> list[str]:
    with opened(path) as db:
        names = db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return [name for (name,) in names if "_fts" not in name and not name.startswith("sqlite_")]


def contents(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def rows(path: Path, table: str) -> list[str]:
    with opened(path) as db:
        return sorted(map(repr, db.execute(f"SELECT * FROM {table}")))


def package(out: Path) -> dict:
    return json.loads((out / "datapackage.json").read_text(encoding="utf-8"))


def test_two_releases_of_an_archive_are_the_same_bytes(data, tmp_path):
    release(data, tmp_path / "a")
    release(data, tmp_path / "b")
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_history_of_the_archive_does_not_show(data, tmp_path):
    """Rows entered in another order, and pages left by deleted ones, give the same database."""
    release(data, tmp_path / "a")
    with closing(sqlite3.connect(data / "archive.db")) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        for table in ("agencies", "stated_figures", "reports", "applications"):
            db.execute(
                f"CREATE TEMP TABLE kept AS SELECT * FROM {table} ORDER BY report_id DESC, rowid"
                if table != "agencies"
                else "CREATE TEMP TABLE kept AS SELECT * FROM agencies ORDER BY name"
            )
            db.execute(f"DELETE FROM {table}")
            db.execute(f"INSERT INTO {table} SELECT * FROM kept ORDER BY rowid")
            db.execute("DROP TABLE kept")
        db.commit()
    release(data, tmp_path / "b")
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


def test_every_row_is_there_in_every_form(data, tmp_path):
    out = tmp_path / "out"
    made = release(data, out)
    names = tables_of(data / "archive.db")
    assert set(names) == set(tables_of(out / "gongkai.sqlite"))
    names = [*(name for name in names if name not in PARTS), "cells", "checks", "coverage"]
    assert {path.stem for path in (out / "parquet").iterdir()} == set(names)
    total = 0
    for table in names:
        whole = rows(data / "archive.db", table)
        assert rows(out / "gongkai.sqlite", table) == whole
        columnar_rows = pq.read_table(out / "parquet" / f"{table}.parquet")
        with opened(data / "archive.db") as db:
            cursor = db.execute(f"SELECT * FROM {table}")
            expected = sorted(repr(tuple(map(plain, row))) for row in cursor)
            assert columnar_rows.column_names == [column[0] for column in cursor.description]
        found = zip(*(column.to_pylist() for column in columnar_rows.columns), strict=True)
        assert sorted(repr(tuple(map(plain, row))) for row in found) == expected
        with gzip.open(out / "csv" / f"{table}.csv.gz", "rt", encoding="utf-8", newline="") as file:
            assert sum(1 for _ in csv.reader(file)) == len(whole) + 1
        total += len(whole)
    assert made.rows == total and made.reports == 5


def plain(value: object) -> object:
    return float(value) if isinstance(value, int) else value


def test_views_answer_as_in_the_archive(data, tmp_path):
    release(data, tmp_path / "out")
    for view in ("coverage", "v_rates", "v_quality", "v_failed_checks", "v_requests_long"):
        assert rows(tmp_path / "out/gongkai.sqlite", view) == rows(data / "archive.db", view)


def test_masks_hold_in_every_file(tmp_path, store_at):
    data = tmp_path / "data"
    data.mkdir()
    store_at(data).add_report("990101-bbbb", "清溪县财政局", 2024, text="联系人手机13987654321。")
    publish(data)
    release(data, tmp_path / "out")
    for path in (tmp_path / "out").rglob("*"):
        if path.is_file():
            held = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            assert b"13987654321" not in held, path
    texts = pq.read_table(tmp_path / "out/parquet/sections.parquet").column("text").to_pylist()
    assert [text for text in texts if "联系人手机" in text] == ["联系人手机[已隐去:手机号]。"]


def test_personal_data_in_the_archive_stops_the_release(data, tmp_path):
    with closing(sqlite3.connect(data / "archive.db")) as db, db:
        db.execute("UPDATE sections SET text = '手机13987654321' WHERE ordinal = 0")
    with pytest.raises(Unreleasable, match="sections"):
        release(data, tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]


def test_the_package_describes_the_database(data, tmp_path):
    out = tmp_path / "out"
    release(data, out)
    resources = {resource["name"]: resource for resource in package(out)["resources"]}
    with opened(out / "gongkai.sqlite") as db:
        views = {"cells": "reports", "checks": "reports", "coverage": "agencies"}
        for table in [*views, *(name for name in tables_of(out / "gongkai.sqlite") if name not in PARTS)]:
            schema = resources[table]["schema"]
            info = db.execute(f"PRAGMA table_info({table})").fetchall()
            assert [(f["name"], f["type"]) for f in schema["fields"]] == [
                (r[1], TYPES[r[2] or "TEXT"]) for r in info
            ]
            labels = codebook.labels(table)
            for field in schema["fields"]:
                entry = labels[field["name"]]
                assert (field["title"], field["description"]) == (entry.zh, entry.en)
                assert field.get("unit", "") == entry.unit
            assert resources[table]["rows"] == db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            if table in views:
                assert [k["reference"]["resource"] for k in schema["foreignKeys"]] == [views[table]]
                keys = ", ".join(schema["primaryKey"])
                twice = f"SELECT 1 FROM {table} GROUP BY {keys} HAVING count(*) > 1"
                assert not db.execute(twice).fetchall()
                continue
            key = [r[1] for r in sorted(info, key=lambda r: r[5]) if r[5]]
            key = ["report_id", "ordinal"] if table == "sections" else key  # unique, if not by name the key
            assert schema.get("primaryKey", []) == key
            foreign = db.execute(f"PRAGMA foreign_key_list({table})").fetchall()
            described = {(k["fields"][0], k["reference"]["resource"]) for k in schema.get("foreignKeys", [])}
            assert described == {(row[3], row[2]) for row in foreign}


def test_the_package_holds_to_the_rules_of_data_packages(data, tmp_path):
    out = tmp_path / "out"
    release(data, out)
    described = package(out)
    resources = described["resources"]
    names = [resource["name"] for resource in resources]
    assert len(names) == len(set(names))
    assert described["profile"] == "data-package" and described["licenses"][0]["name"] == "CC0-1.0"
    tabular = {r["name"]: r["schema"] for r in resources if r["profile"] == "tabular-data-resource"}
    for resource in resources:
        path = out / resource["path"]
        assert not resource["path"].startswith(("/", ".")) and path.stat().st_size == resource["bytes"]
        assert resource["hash"] == "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()
    for schema in tabular.values():
        fields = {field["name"] for field in schema["fields"]}
        assert set(schema.get("primaryKey", ())) <= fields
        for key in schema.get("foreignKeys", ()):
            target = tabular[key["reference"]["resource"]]
            assert set(key["fields"]) <= fields
            assert set(key["reference"]["fields"]) <= {field["name"] for field in target["fields"]}
    on_disk = {str(p.relative_to(out)) for p in out.rglob("*") if p.is_file() and p.parent != out}
    assert on_disk == {r["path"] for r in resources} - {"gongkai.sqlite"}


def test_csv_reads_back_by_the_types_of_the_package(data, tmp_path):
    out = tmp_path / "out"
    release(data, out)
    readers = {"string": str, "integer": int, "number": float}
    met = set()
    for resource in package(out)["resources"]:
        if resource["format"] != "csv":
            continue
        with gzip.open(out / resource["path"], "rt", encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                for field in resource["schema"]["fields"]:
                    if row[field["name"]]:
                        readers[field["type"]](row[field["name"]])
                        met.add(field["type"])
    assert met == set(readers)


def test_formulas_are_defused_in_csv_alone(data, tmp_path):
    formula = "=HYPERLINK(1)"
    with closing(sqlite3.connect(data / "archive.db")) as db:
        db.execute("UPDATE sections SET text = ? WHERE rowid = (SELECT min(rowid) FROM sections)", (formula,))
        db.commit()
    release(data, tmp_path / "out")
    with gzip.open(tmp_path / "out/csv/sections.csv.gz", "rt", encoding="utf-8", newline="") as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    assert f"'{formula}" in texts and formula not in texts
    whole = pq.read_table(tmp_path / "out/parquet/sections.parquet")
    assert formula in whole["text"].to_pylist()


def test_papers_tell_what_it_is_and_how_whole(data, tmp_path):
    out = tmp_path / "out"
    release(data, out)
    with opened(data / "archive.db") as db:
        published_at = db.execute("SELECT published_at FROM publication").fetchone()[0]
        missing = db.execute("SELECT count(*) FROM agency_years WHERE status = 'blocked'").fetchone()[0]
        book = db.execute("SELECT count(*) FROM codebook").fetchone()[0]
    readme = (out / "README.md").read_text(encoding="utf-8")
    label = codebook.labels("coverage", "status")["blocked"]
    assert "**5** 份报告" in readme
    assert f"| `blocked` | {label.zh} {label.en} | {missing} |" in readme
    assert missing and published_at[:10] in readme and "{" not in readme
    cited = yaml.safe_load((out / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= set(cited)
    assert cited["version"] == cited["date-released"] == published_at[:10]
    assert "著作权法" in (out / "LICENSE.md").read_text(encoding="utf-8")
    with (out / "codebook.csv").open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == book
    assert (out / "codebook.md").read_text(encoding="utf-8") == codebook.markdown()


def test_checksums_cover_every_file(data, tmp_path):
    out = tmp_path / "out"
    release(data, out)
    lines = (out / "sha256sums.txt").read_text(encoding="utf-8").splitlines()
    stated = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    found = contents(out)
    del found["sha256sums.txt"]
    assert stated == found


def test_a_release_replaces_the_last_one_whole(data, tmp_path):
    out = tmp_path / "out"
    release(data, out)
    with closing(sqlite3.connect(data / "store.db")) as db, db:
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("DELETE FROM reports WHERE year = 2022")
    publish(data)
    assert release(data, out).reports == 4
    assert len(rows(out / "gongkai.sqlite", "reports")) == 4
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "out"]


@pytest.mark.parametrize("broken", ["sqlite", "parquet", "swap"])
def test_failure_keeps_the_last_release(data, tmp_path, monkeypatch, broken):
    out = tmp_path / "out"
    release(data, out)
    before = contents(out)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    if broken == "sqlite":
        monkeypatch.setattr(sqlite_file, "write", fail)
    elif broken == "parquet":
        monkeypatch.setattr(columnar, "write_parquet", fail)
    else:
        real = build.move
        monkeypatch.setattr(build, "move", lambda a, b: fail() if a.name.endswith("partial") else real(a, b))
    assert gongkai(["release", str(out), "--data", str(data)]) == 5
    assert contents(out) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "out"]


@pytest.mark.parametrize("point", ["release_built", "release_set_aside", "release_swapped"])
def test_a_killed_release_leaves_a_whole_one_for_the_next(data, tmp_path, point):
    out = tmp_path / "out"
    release(data, out)
    before = contents(out)
    command = [sys.executable, "-m", "gongkai", "release", str(out), "--data", str(data)]
    killed = forked.run(command, env={**os.environ, "GONGKAI_KILLPOINT": point}, capture_output=True)
    assert killed.returncode == -9
    assert contents(tmp_path / ".out.previous" if point == "release_set_aside" else out) == before
    release(data, out)
    assert contents(out) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "out"]


def test_nothing_of_anybody_else_is_replaced(data, tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.md").write_text("两年的工作", encoding="utf-8")
    with pytest.raises(NotARelease):
        release(data, mine)
    assert gongkai(["release", str(mine), "--data", str(data)]) == 2
    with pytest.raises(NotARelease):
        release(data, data)
    with pytest.raises(NotARelease):
        release(data, mine / "thesis.md")
    out = tmp_path / "out"
    release(data, out)
    (out / "notes.md").write_text("我的笔记", encoding="utf-8")
    with pytest.raises(NotARelease, match=r"notes\.md"):
        release(data, out)
    assert (out / "notes.md").exists() and (mine / "thesis.md").read_text(encoding="utf-8") == "两年的工作"


def test_an_empty_folder_will_do(data, tmp_path):
    (tmp_path / "out").mkdir()
    assert release(data, tmp_path / "out").reports == 5


def test_nothing_published_is_said(tmp_path, capsys):
    with pytest.raises(NoArchive):
        release(tmp_path, tmp_path / "out")
    assert gongkai(["release", str(tmp_path / "out"), "--data", str(tmp_path)]) == 2
    assert "gongkai publish" in capsys.readouterr().err


def test_a_damaged_archive_is_not_released(data, tmp_path, capsys):
    content = bytearray((data / "archive.db").read_bytes())
    content[4096 : len(content) // 2] = b"\xff" * (len(content) // 2 - 4096)
    (data / "archive.db").write_bytes(content)
    assert gongkai(["release", str(tmp_path / "out"), "--data", str(data)]) == 4
    assert not (tmp_path / "out").exists()
    said = capsys.readouterr().err
    assert "gongkai publish" in said and "rebuild" not in said


def test_without_pyarrow_it_says_what_to_install(data, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    assert gongkai(["release", str(tmp_path / "out"), "--data", str(data)]) == 2
    assert ".[release]" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_the_command_tells_what_it_made(data, tmp_path, capsys):
    assert gongkai(["release", str(tmp_path / "out"), "--data", str(data), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["reports"] == 5 and told["files"] == len(contents(tmp_path / "out"))


def test_a_partitioned_release_holds_the_same_rows_by_province_and_year(data, tmp_path):
    whole = release(data, tmp_path / "whole")
    parted = release(data, tmp_path / "parted", partitioned=True)
    assert (parted.rows, parted.tables) == (whole.rows, whole.tables)
    with opened(data / "archive.db") as db:
        reports = db.execute("SELECT report_id, substr(region_code, 1, 2), year FROM reports").fetchall()
    where = {report_id: (province or "xx", str(year)) for report_id, province, year in reports}
    apart = [path for path in (tmp_path / "parted/parquet").iterdir() if path.is_dir()]
    assert {path.name for path in apart} >= {"reports", "cells", "sections", "checks", "applications"}
    for folder in apart:
        parts = sorted(folder.iterdir())
        assert len(parts) == len(set(where.values())) > 1
        found = []
        for part in parts:
            table, province, year = part.stem.rsplit("-", 2)
            known = pq.ParquetFile(part).read().to_pylist()
            assert table == folder.name
            assert {where[row["report_id"]] for row in known} <= {(province, year)}
            found += known
        file = tmp_path / "whole/parquet" / f"{folder.name}.parquet"
        assert sorted(map(repr, found)) == sorted(map(repr, pq.read_table(file).to_pylist()))
    names = [resource["name"] for resource in package(tmp_path / "parted")["resources"]]
    assert len(names) == len(set(names))


def test_readers_take_a_partitioned_table_for_one(data, tmp_path):
    release(data, tmp_path / "out", partitioned=True)
    table = pq.read_table(tmp_path / "out/parquet/reports", filters=[("year", "=", 2023)])
    with opened(data / "archive.db") as db:
        expected = db.execute("SELECT report_id FROM reports WHERE year = 2023 ORDER BY 1").fetchall()
    assert sorted(table.column("report_id").to_pylist()) == [row[0] for row in expected]
