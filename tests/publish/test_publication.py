"""archive.db holds what the contract says,

comes about whole or not at all, and hides what is nobody's business.
"""

from __future__ import annotations

import shutil
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from gongkai.cli import run as gongkai
from pipelines.errors import StoreError
from pipelines.publish import (
    PublishError,
    codebook,
    editions,
    fill,
    gate,
    publication,
    publish,
    row_numbers,
    words,
)

pytestmark = pytest.mark.slow

TODAY = date(2026, 3, 1)
PHONE, IDENTITY, CARD = "13912345678", "11010519491231002X", "6222020200112233446"
PUBLISHED = {
    "regions": "code name level parent_code province prefecture county valid_from valid_to",
    "sites": "site region_code name home family state last_success_at",
    "agencies": "agency_id region_code name function kind",
    "agency_names": "agency_id name first_year last_year",
    "crawls": (
        "crawl_id kind started_at finished_at outcome requests captures new_documents "
        "changed_documents new_reports errors "
    ),
    "captures": (
        "capture_id crawl_id site url fetched_at status_code outcome detail sha256 bytes media_type "
        "warc_file warc_offset "
    ),
    "documents": "sha256 media_type bytes first_seen_at last_seen_at",
    "reports": (
        "report_id agency_id agency region_code year title format published_on first_seen_at "
        "days_late url sha256 version parser_version state proactive_state applications_state "
        "reviews_state "
    ),
    "report_sources": "report_id url site first_seen_at last_seen_at gone_at",
    "report_evidence": "report_id field value source text",
    "report_versions": "report_id version sha256 url first_seen_at last_seen_at",
    "report_changes": "report_id from_version to_version table_name row column_name old_raw new_raw",
    "sections": "report_id ordinal number heading text",
    "proactive_disclosure": "report_id item row measure value unit raw state",
    "applications": (
        "report_id row label natural_person business research_institution public_welfare_org "
        "legal_service_org other_org total "
    ),
    "reviews": "report_id stage upheld corrected other pending total",
    "cells": (
        "report_id table_name ordinal row column_name raw value unit state method confidence location "
    ),
    "stated_figures": "report_id section phrase value unit qualifier start end",
    "checks": "report_id rule scope outcome left_value right_value detail",
    "issues": "code severity report_id sha256 site detail first_seen_at",
    "coverage": "region_code agency_id agency year status days_late evidence",
    "codebook": "table_name name label_zh label_en unit source",
}


_CATCH_UP = "gongkai.commands.publish._catch_up"  # reads documents, and these stores have none


def archive(data: Path) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(f"{(data / 'archive.db').as_uri()}?immutable=1", uri=True))


def content(data: Path) -> dict[str, list[str]]:
    """Every row of every table and view that readers see,

    whatever its rowid; without what tells publications apart.
    """
    with archive(data) as db:
        names = [
            r[0]
            for r in db.execute(
                "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE '%_fts%'"
            )
        ]
        skipped = ("publication", "sqlite_stat1", "sqlite_stat4")
        return {
            name: sorted(map(repr, db.execute(f"SELECT * FROM {name}")))
            for name in names
            if name not in skipped
        }


def found(data: Path, table: str, word: str, key: str = "report_id") -> set[str]:
    with archive(data) as db:
        rowids = f"SELECT rowid FROM {table}_fts WHERE {table}_fts MATCH ?"
        sql = f"SELECT {key} FROM {table} WHERE rowid IN ({rowids})"
        return {row[0] for row in db.execute(sql, (words.query(word),))}


def test_has_every_table_and_column_of_the_contract(store, run):
    run()
    with archive(store.data) as db:
        for table, columns in PUBLISHED.items():
            assert set(columns.split()) <= set(fill.columns_of(db, table)), table


def test_carries_nothing_private(store, run):
    run()
    with archive(store.data) as db:
        tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master")}
        assert not tables & {"requests", "resources", "readings", "site_columns"}
        for table, column in (
            ("sites", "definition"),
            ("crawls", "command"),
            ("report_versions", "body"),
            ("reports", "root"),
        ):
            assert column not in fill.columns_of(db, table)
    assert b"/home/somebody" not in (store.data / "archive.db").read_bytes()


def test_fact_tables_follow_the_cells_and_keep_blanks_empty(store, run):
    store.connection.execute(
        "UPDATE cells SET value = NULL, raw = '', state = 'blank'"
        " WHERE row = 'granted' AND column_name = 'business'"
    )
    store.connection.execute("UPDATE cells SET value = NULL, state = 'absent' WHERE row = 'carried_forward'")
    run()
    with archive(store.data) as db:
        report = "990101-aaaa-2024"
        granted = db.execute(
            "SELECT * FROM applications WHERE report_id = ? AND row = 'granted'", (report,)
        ).fetchone()
        assert granted == (report, "granted", "（一）予以公开", 2, None, 0, 0, 0, 0, 2)
        assert not db.execute("SELECT 1 FROM applications WHERE row = 'carried_forward'").fetchall()
        assert db.execute("SELECT * FROM reviews WHERE report_id = ?", (report,)).fetchall() == [
            (report, "reconsideration", 1, 1, 0, 0, 2)
        ]
        facts = db.execute(
            "SELECT item, row, measure, value, unit, raw, state FROM proactive_disclosure"
            " WHERE report_id = ?",
            (report,),
        )
        assert facts.fetchall() == [
            ("20(1)", "regulations", "issued", None, "item", "", "blank"),
            ("20(8)", "administrative_fees", "amount_yuan", int(PHONE), "yuan", PHONE, "number"),
        ]


def test_rates_have_denominators_and_no_rate_on_zero_or_blank(store, run):
    ids = ("990101-aaaa-2022", "990101-aaaa-2023", "990101-aaaa-2024")
    store.connection.execute(
        "UPDATE cells SET value = 0 WHERE report_id = ? AND row = 'total_handled'", (ids[0],)
    )
    store.connection.execute(
        "UPDATE cells SET value = NULL, state = 'blank' WHERE report_id = ? AND row = 'granted'", (ids[1],)
    )
    run()
    with archive(store.data) as db:
        sql = "SELECT total_handled, granted_any, grant_rate FROM v_rates WHERE report_id = ?"
        assert [db.execute(sql, (i,)).fetchone() for i in ids] == [(0, 3, None), (3, None, None), (3, 3, 1.0)]
        assert db.execute(
            "SELECT decided, correction_rate FROM v_litigation WHERE report_id = ?", (ids[2],)
        ).fetchone() == (2, 0.5)


def test_coverage_gives_a_reason_and_a_proof_for_each_year(store, run):
    run()
    with archive(store.data) as db:
        rows = db.execute(
            "SELECT agency_id, year, status, evidence, evidence_kind FROM coverage ORDER BY agency_id, year"
        ).fetchall()
    report, capture = "report", "capture"
    assert rows == [
        ("000000-eeee", 2023, "have", "000000-eeee-2023", report),
        ("000000-eeee", 2024, "never_crawled", None, None),
        ("000000-eeee", 2025, "never_crawled", None, None),
        ("990101-aaaa", 2022, "have", "990101-aaaa-2022", report),
        ("990101-aaaa", 2023, "late", "990101-aaaa-2023", report),
        ("990101-aaaa", 2024, "have", "990101-aaaa-2024", report),
        ("990101-aaaa", 2025, "not_found", "1", capture),
        ("990101-bbbb", 2022, "not_found", "1", capture),
        ("990101-bbbb", 2023, "unparsed", "3", capture),
        ("990101-bbbb", 2024, "not_found", "1", capture),
        ("990101-bbbb", 2025, "not_found", "1", capture),
        ("990101-cccc", 2024, "unparsed", "990101-cccc-2024", report),
        ("990101-cccc", 2025, "due", "1", capture),
        ("990102-dddd", 2025, "blocked", "2", capture),
    ]


def test_a_site_not_seen_since_the_legal_date_leaves_the_year_overdue(store):
    store.connection.execute(
        "UPDATE sites SET last_full_sweep_at = '2026-01-20T00:00:00Z' WHERE site = '990101'"
    )
    publish(store.data, today=TODAY)
    with archive(store.data) as db:
        assert db.execute(
            "SELECT status FROM coverage WHERE agency_id = '990101-aaaa' AND year = 2025"
        ).fetchone() == ("overdue",)


def test_only_open_issues_are_shown(store, run):
    run()
    with archive(store.data) as db:
        assert db.execute("SELECT detail FROM issues").fetchall() == [("打不开",)]


def test_personal_data_is_masked_and_figures_keep_their_place(store, run):
    rest = "，电话0951—4021664，邮箱a@b.cn。本年收到申请12件。"
    text = f"联系人手机{PHONE}，身份证{IDENTITY}，卡号{CARD}{rest}收费\t{PHONE}"
    report = store.add_report("990101-bbbb", "清溪县财政局", 2024, text=text)
    spans = {"12件": text.index("12件"), PHONE: text.index(PHONE)}
    for phrase, start in spans.items():
        store.add(
            "stated_figures",
            report_id=report,
            section=0,
            phrase=phrase,
            value=12,
            unit="件",
            qualifier="exact",
            start=start,
            end=start + len(phrase),
        )
    store.connection.execute(
        "UPDATE cells SET raw = '3', value = 3 WHERE report_id = ? AND state = 'number'", (report,)
    )
    store.connection.execute(
        "UPDATE cells SET raw = ?, state = 'text' WHERE report_id = ? AND ordinal = 9",
        (f"电话{PHONE}", report),
    )
    store.add(
        "report_changes",
        report_id=report,
        from_version=1,
        to_version=2,
        table_name="sections",
        row="0",
        column_name="text",
        old_raw=text,
        new_raw="",
        found_at="x",
    )
    store.add(
        "report_changes",
        report_id=report,
        from_version=1,
        to_version=2,
        table_name="proactive",
        row="administrative_fees",
        column_name="amount_yuan",
        old_raw=PHONE,
        new_raw="1",
        found_at="x",
    )
    run()
    with archive(store.data) as db:
        shown = db.execute("SELECT text FROM sections WHERE report_id = ?", (report,)).fetchone()[0]
        figures = db.execute(
            "SELECT phrase, start, end FROM stated_figures WHERE report_id = ?", (report,)
        ).fetchall()
        amounts = db.execute(
            "SELECT DISTINCT raw, value FROM cells WHERE column_name = 'amount_yuan' AND report_id <> ?",
            (report,),
        ).fetchall()
        changes = [row[0] for row in db.execute("SELECT old_raw FROM report_changes ORDER BY table_name")]
        cell = db.execute(
            "SELECT raw FROM cells WHERE report_id = ? AND ordinal = 9 AND table_name = 'applications'",
            (report,),
        ).fetchone()
        assert list(gate.personal_data(db)) == []
    hidden = "[已隐去:手机号]"
    assert shown == f"联系人手机{hidden}，身份证[已隐去:身份证]，卡号[已隐去:银行卡]{rest}收费\t{hidden}"
    assert figures == [("12件", shown.index("12件"), shown.index("12件") + 3)]
    assert amounts == [(PHONE, int(PHONE))]
    assert changes == [PHONE, shown]
    assert cell == (f"电话{hidden}",)
    assert found(store.data, "sections", PHONE) == set()


def test_two_publications_at_once_are_made_one_after_the_other(store, monkeypatch):
    entered, go_on, under_way, most = threading.Event(), threading.Event(), [], []
    build = publication._bring_up

    def slow(*arguments, **options):
        under_way.append(1)
        most.append(len(under_way))
        entered.set()
        go_on.wait(60)
        made = build(*arguments, **options)
        under_way.pop()
        return made

    monkeypatch.setattr(publication, "_bring_up", slow)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(publish, store.data, today=TODAY)
        assert entered.wait(60)
        second = pool.submit(publish, store.data, today=TODAY)
        time.sleep(0.2)
        assert not second.done()
        go_on.set()
        assert first.result().reports == second.result().reports > 0
    assert most == [1, 1]
    with archive(store.data) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def add_table(store, report, rows, table="other:1"):
    """A table that is none of the form's, as the store has it."""
    places = ((row, column, raw) for row, line in enumerate(rows) for column, raw in enumerate(line))
    for ordinal, (row, column, raw) in enumerate(places):
        number = int(raw) if raw.isdecimal() else None
        store.add(
            "cells",
            report_id=report,
            table_name=table,
            ordinal=ordinal,
            row=str(row),
            column_name=str(column),
            label="",
            raw=raw,
            value=number,
            unit="",
            state="number" if number is not None else "text" if raw else "blank",
            method="exact",
        )


def test_a_personal_number_among_other_tables_is_no_statistic(store, run):
    number = f"{PHONE[:-1]}9"
    report = store.add_report("990101-bbbb", "清溪县财政局", 2024, text=f"窗口\t电话\n一号\t{number}")
    add_table(store, report, [[number, "12"]])
    run()
    with archive(store.data) as db:
        cells = db.execute("SELECT raw, value, state FROM cells WHERE table_name = 'other:1'").fetchall()
        (shown,) = db.execute("SELECT text FROM sections WHERE report_id = ?", (report,)).fetchone()
    assert sorted(cells, key=str) == [("12", 12, "number"), ("[已隐去:手机号]", None, "text")]
    assert shown == "窗口\t电话\n一号\t[已隐去:手机号]"


def test_of_a_roster_of_people_only_its_head_is_published(store, run):
    head = ["序号", "姓 名", "身份证号", "联系电话"]
    roster = [head, ["1", "张琥珀", IDENTITY, ""], ["2", "李珊瑚", "", "4021664"]]
    officials = [["姓名", "职务", "联系电话"], ["王玛瑙", "局长", "0951-4021664"]]
    text = "".join("\t".join(row) + "\n" for row in [*roster, ["以上名单"], *officials])
    report = store.add_report("990101-bbbb", "清溪县财政局", 2024, text=text)
    add_table(store, report, roster)
    add_table(store, report, officials, "other:2")
    store.add(
        "report_changes",
        report_id=report,
        from_version=1,
        to_version=2,
        table_name="other:1",
        row="2",
        column_name="1",
        old_raw="赵珊瑚",
        new_raw="李珊瑚",
        found_at="x",
    )
    run()
    published = (store.data / "archive.db").read_bytes()
    assert [name for name in ("琥珀", "珊瑚", IDENTITY) if name.encode() in published] == []
    with archive(store.data) as db:
        sql = "SELECT raw, value, state FROM cells WHERE table_name = ? ORDER BY ordinal"
        cells, others = (db.execute(sql, (table,)).fetchall() for table in ("other:1", "other:2"))
        (shown,) = db.execute("SELECT text FROM sections WHERE report_id = ?", (report,)).fetchone()
        (found,) = db.execute("SELECT count(*) FROM sections_fts('\"珊\"')").fetchone()
        statistics = "SELECT column_name, value FROM cells WHERE report_id = ? AND table_name = 'reviews'"
        assert dict(db.execute(statistics, (report,)).fetchall()) == {
            "upheld": 1, "corrected": 1, "other": 0, "pending": 0, "total": 2,
        }  # fmt: skip
    assert [raw for raw, _, _ in cells[:4]] == roster[0]
    assert set(cells[4:]) == {("[已隐去:名单]", None, "text")}
    assert [raw for raw, _, _ in others] == [*officials[0], *officials[1]]
    assert shown.splitlines()[:3] == ["序号\t姓 名\t身份证号\t联系电话", "[已隐去:名单]", "以上名单"]
    assert "王玛瑙\t局长\t0951-4021664" in shown
    assert found == 0


def test_a_statistic_keeps_its_digits_where_the_text_repeats_it(store, run):
    store.add_report("990101-bbbb", "清溪县财政局", 2024, text=f"行政事业性收费\t{PHONE}")
    run()
    assert found(store.data, "sections", PHONE) == {"990101-bbbb-2024"}


def test_figures_of_the_form_side_by_side_stay_as_printed(store, run):
    report = store.add_report(
        "990101-bbbb", "清溪县财政局", 2024, text="维持 138 1234 5678\n请拨 138 1234 5670"
    )
    for name, figure in (("upheld", 138), ("corrected", 1234), ("other", 5678)):
        store.connection.execute(
            "UPDATE cells SET raw = ?1, value = ?1"
            " WHERE (report_id, table_name, column_name) = (?2, 'reviews', ?3)",
            (str(figure), report, name),
        )
    run()
    with archive(store.data) as db:
        (shown,) = db.execute("SELECT text FROM sections WHERE report_id = ?", (report,)).fetchone()
        assert list(gate.personal_data(db)) == []
    assert shown == "维持 138 1234 5678\n请拨 [已隐去:手机号]"


def test_a_publication_that_would_expose_somebody_fails_and_leaves_the_last(store, run, monkeypatch):
    run()
    before = (store.data / "archive.db").read_bytes()
    store.add_report(
        "990101-bbbb", "清溪县财政局", 2024, text=f"手机{PHONE}9".replace("9" * 2, "9"), title=f"手机{PHONE}"
    )
    store.connection.execute("UPDATE cells SET raw = '1' WHERE report_id = '990101-bbbb-2024'")
    monkeypatch.setattr(fill, "_masked_column", lambda _table, name, _type, alias="": f'{alias}"{name}"')
    with pytest.raises(PublishError, match=r"unmasked personal data in reports\.title") as error:
        run()
    assert PHONE not in str(error.value)
    assert (store.data / "archive.db").read_bytes() == before
    assert sorted(p.name for p in store.data.iterdir()) == ["archive.db", "store.db"]


def test_a_publication_cut_short_leaves_the_last(store, run, monkeypatch):
    run()
    before = (store.data / "archive.db").read_bytes()
    store.add_report("990101-bbbb", "清溪县财政局", 2024)

    def cut(*_: object, **__: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(editions, "replace", cut)
    with pytest.raises(StoreError, match="No space"):
        run()
    assert (store.data / "archive.db").read_bytes() == before
    assert sorted(p.name for p in store.data.iterdir()) == ["archive.db", "store.db"]


def test_an_orphan_fails_the_publication(store, run):
    store.connection.execute("PRAGMA foreign_keys = OFF")
    store.connection.execute("DELETE FROM agencies WHERE agency_id = '000000-eeee'")
    with pytest.raises(PublishError, match="has no agencies"):
        run()
    assert not (store.data / "archive.db").exists()


def test_without_a_store_it_says_so(tmp_path):
    with pytest.raises(PublishError, match="Crawl or ingest"):
        publish(tmp_path)


def test_brought_up_to_date_equals_made_anew(store, run, tmp_path_factory):
    run()
    store.add_report(
        "990101-bbbb", "清溪县财政局", 2024, text="新增的水利建设", changed_at="2026-02-21T00:00:00Z"
    )
    store.connection.execute(
        "UPDATE sections SET text = '改写后的总体情况' WHERE report_id = '990101-aaaa-2023'"
    )
    store.connection.execute(
        "UPDATE reports SET changed_at = '2026-02-21T00:00:01Z', title = '新标题'"
        " WHERE report_id = '990101-aaaa-2023'"
    )
    store.connection.execute("PRAGMA foreign_keys = ON")
    store.connection.execute("DELETE FROM reports WHERE report_id = '000000-eeee-2023'")
    store.connection.execute("UPDATE sites SET state = 'ok', name = '石桥' WHERE site = '990102'")
    store.connection.execute("UPDATE issues SET closed_at = iif(closed_at IS NULL, last_seen_at, NULL)")
    store.connection.execute("UPDATE agency_names SET first_year = 2020 WHERE agency_id = '990101-aaaa'")
    store.connection.execute("DELETE FROM agency_names WHERE agency_id = '990101-bbbb'")
    store.add("agency_names", agency_id="990101-bbbb", name="清溪县财税局")
    store.connection.execute(
        "INSERT INTO captures (capture_id, crawl_id, url, fetched_at, outcome, detail)"
        " VALUES (8, 1, NULL, '2026-02-21T00:00:00Z', 'error', '/home/somebody/手机13912345678.pdf')"
    )
    _see(store, 9, "b", "2026-02-21T00:00:00Z")
    _see(store, 10, "d", "2026-02-21T00:00:00Z")
    result = run()
    assert (result.incremental, result.reports, result.removed) == (True, 5, 1)
    anew = tmp_path_factory.mktemp("anew")
    shutil.copyfile(store.data / "store.db", anew / "store.db")
    assert publish(anew, today=TODAY).incremental is False
    assert content(store.data) == content(anew)
    with archive(store.data) as db:
        for table, n in db.execute("SELECT * FROM row_counts"):
            assert (n,) == db.execute(f"SELECT count(*) FROM {table}").fetchone(), table
    for word in ("总", "总体", "水利", "改写后", "标题", "教育局2024", "主动公开", "30", "远山"):
        for table in ("sections", "reports"):
            assert found(store.data, table, word) == found(anew, table, word), word
    for word, named in {"教育局": {"990101-aaaa"}, "财税": {"990101-bbbb"}, "财政": set()}.items():
        for data in (store.data, anew):
            assert found(data, "agency_names", word, "agency_id") == named
    assert found(store.data, "sections", "改写后") == {"990101-aaaa-2023"}
    assert found(store.data, "reports", "新标题") == {"990101-aaaa-2023"}


def _see(store, capture_id: int, document: str, at: str) -> None:
    """A capture of a document, as the store takes it in."""
    store.add(
        "captures", capture_id=capture_id, crawl_id=1, site="990101", url="http://www.example.gov.cn/x.pdf",
        fetched_at=at, outcome="new", role="attachment", sha256=document * 64, bytes=9,
    )  # fmt: skip
    store.connection.execute(
        "INSERT INTO documents VALUES (?1, NULL, 9, ?2, ?2, ?3)"
        " ON CONFLICT (sha256) DO UPDATE SET last_seen_at = ?2",
        (document * 64, at, capture_id),
    )


def test_a_store_put_back_from_an_older_copy_gives_out_its_numbers_again(store, run):
    _see(store, 9, "d", "2026-02-21T00:00:00Z")
    run()
    store.connection.execute("DELETE FROM documents WHERE capture_id = 9")
    store.connection.execute("DELETE FROM captures WHERE capture_id = 9")
    _see(store, 4, "e", "2026-02-23T00:00:00Z")
    _see(store, 9, "f", "2026-02-23T00:00:00Z")
    run()
    with archive(store.data) as db:
        assert db.execute("SELECT capture_id, substr(sha256, 1, 1) FROM captures ORDER BY 1").fetchall() == [
            (1, "b"), (2, None), (3, "c"), (4, "e"), (9, "f"),
        ]  # fmt: skip
        assert {row[0][0] for row in db.execute("SELECT sha256 FROM documents")} == {"b", "e", "f"}


def test_only_captures_that_came_are_looked_at(store, run):
    run()
    with closing(sqlite3.connect(store.data / "archive.db")) as db:
        db.execute("UPDATE captures SET detail = 'published before' WHERE capture_id = 1")
        db.commit()
    _see(store, 9, "d", "2026-02-21T00:00:00Z")
    run()
    with archive(store.data) as db:
        details = dict(db.execute("SELECT capture_id, detail FROM captures"))
    assert details == {1: "published before", 2: None, 3: None, 9: None}


def test_a_capture_that_came_is_looked_at_for_personal_data_and_others_were(store, run, monkeypatch):
    run()
    with closing(sqlite3.connect(store.data / "archive.db")) as db:
        db.execute("UPDATE captures SET detail = ? WHERE capture_id = 1", (f"手机{PHONE}",))
        db.commit()
    run()
    came = {"fetched_at": "2026-02-21T00:00:00Z", "outcome": "error", "detail": f"手机{PHONE}"}
    store.add("captures", capture_id=9, crawl_id=1, **came)
    monkeypatch.setattr(fill, "_masked_column", lambda _table, name, _type: f'"{name}"')
    with pytest.raises(PublishError, match=r"unmasked personal data in captures\.detail"):
        run()


def test_a_capture_of_no_run_is_not_published(store, run):
    run()
    with closing(sqlite3.connect(store.data / "archive.db")) as db:
        db.execute("UPDATE captures SET crawl_id = 7 WHERE capture_id = 1")
        db.commit()
    with pytest.raises(PublishError, match="captures of crawl_id 7 has no crawls"):
        run()


def test_untouched_reports_are_not_made_again(store, run):
    store.connection.execute("UPDATE reports SET changed_at = '2026-01-01T00:00:00Z' WHERE year < 2024")
    run()
    assert run().updated == 2  # those of the last second, which may hold a change not seen yet


def test_a_report_that_is_met_again_is_seen_so_without_being_made_again(store, run):
    store.connection.execute("UPDATE reports SET changed_at = '2026-01-01T00:00:00Z' WHERE year < 2024")
    run()
    later = "2026-02-27T00:00:00Z"
    for table in ("report_sources", "report_versions"):
        store.connection.execute(f"UPDATE {table} SET last_seen_at = ?", (later,))
    assert run().updated == 2
    with archive(store.data) as db:
        for table in ("report_sources", "report_versions"):
            assert {row[0] for row in db.execute(f"SELECT last_seen_at FROM {table}")} == {later}


def test_only_reports_that_were_touched_since_are_looked_at(store, run):
    store.connection.execute("UPDATE reports SET changed_at = '2026-01-01T00:00:00Z' WHERE year < 2024")
    _see(store, 9, "d", "2026-02-21T00:00:00Z")
    run()
    with closing(sqlite3.connect(store.data / "archive.db")) as db:
        db.execute("UPDATE report_sources SET last_seen_at = 'published before'")
        db.execute("UPDATE reports SET changed_at = 'published before' WHERE year = 2022")
        db.commit()
    later = "2026-02-27T00:00:00Z"
    for report_id, column in (("990101-aaaa-2023", "last_seen_at"), ("000000-eeee-2023", "gone_at")):
        store.connection.execute(
            f"UPDATE report_sources SET {column} = ? WHERE report_id = ?", (later, report_id)
        )
    assert run().updated == 0
    with archive(store.data) as db:
        told = db.execute(
            "SELECT report_id, coalesce(gone_at, last_seen_at) FROM report_sources"
            " JOIN reports USING (report_id) WHERE year < 2024"
        )
        assert dict(told) == {
            "000000-eeee-2023": later,
            "990101-aaaa-2022": "published before",
            "990101-aaaa-2023": later,
        }


def test_a_report_that_is_saved_again_and_again_is_touched_once(store, run):
    again = "INSERT INTO {0} SELECT * FROM {0} WHERE true ON CONFLICT ({1}) DO UPDATE SET {2} = ?"
    for saved in (
        ("reports", "report_id", "changed_at"),
        ("report_sources", "report_id, url", "last_seen_at"),
    ):
        for later in ("2026-02-27T00:00:00Z", "2026-02-28T00:00:00Z"):
            store.connection.execute(again.format(*saved), (later,))
    count = "SELECT (SELECT count(*) FROM touched_reports), count(*) FROM reports"
    touched, reports = store.connection.execute(count).fetchone()
    assert touched == reports


def test_a_withdrawn_report_leaves_no_byte(store, run):
    store.add_report("990101-bbbb", "清溪县财政局", 2024, text="魑魅魍魉之事" * 40, title="饕餮饕餮")
    run()
    store.connection.execute("PRAGMA foreign_keys = ON")
    store.connection.execute("DELETE FROM reports WHERE report_id = '990101-bbbb-2024'")
    run()
    kept = (store.data / "archive.db").read_bytes()
    assert not [char for char in "魑魅魍魉饕餮" if char.encode() in kept]


def test_other_code_means_building_anew(store, run, monkeypatch):
    run()
    monkeypatch.setattr(publication, "builder", lambda: "other")
    assert run().incremental is False


def test_a_damaged_archive_is_built_anew(store, run):
    (store.data / "archive.db").write_bytes(b"SQLite format 3\0" + b"rubbish" * 900)
    assert run().incremental is False


def test_every_published_column_is_in_the_codebook(store, run):
    run()
    with archive(store.data) as db:
        names = [
            r[0]
            for r in db.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
            if "_fts" not in r[0]
        ]
        for name in names:
            if not name.startswith("sqlite_"):
                assert list(codebook.labels(name)) and set(codebook.labels(name)) == set(
                    fill.columns_of(db, name)
                ), name
        assert db.execute("SELECT count(*) FROM codebook").fetchone()[0] == len(codebook.entries())
        for table, column in {(e.table, e.column) for e in codebook.entries() if e.kind == "value"}:
            assert column in fill.columns_of(db, table), (table, column)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/home/somebody/reports/a.pdf: 打不开", "a.pdf: 打不开"),
        ("见 http://www.example.gov.cn/a/b.html", "见 http://www.example.gov.cn/a/b.html"),
        ("本年增/减", "本年增/减"),
        ("00012.pdf", "00012.pdf"),
        (None, None),
    ],
)
def test_messages_do_not_tell_the_folders_of_the_machine(text, shown):
    assert fill.without_folders(text) == shown


def test_what_a_killed_publication_left_does_no_harm(store, run):
    (store.data / ".archive.db.partial").write_bytes(b"half a file")
    assert run().reports == 5
    assert sorted(p.name for p in store.data.iterdir()) == ["archive.db", "store.db"]


@pytest.mark.parametrize(
    "location",
    [
        '{"table": 0, "row": 0, "column": 0}',
        '{"table": 4095, "row": 4095, "column": 4095}',
        '{"table": 1, "row": 4096, "column": 2}',
        '{"page": 2, "box": [71.5, 300.25, 90.0, 312.0]}',
        '{"line": 16781314, "span": [3, 9]}',
        None,
    ],
)
def test_a_place_is_published_as_it_was_stored(store, run, location):
    store.connection.execute("UPDATE cells SET location = ?", (location,))
    run()
    with archive(store.data) as db:
        assert db.execute("SELECT DISTINCT location FROM cells").fetchall() == [(location,)]


def test_every_cell_is_published_as_it_was_stored(store, run):
    wanted = (
        "report_id, table_name, ordinal, item, row, column_name, label, raw, value, unit, state, method,"
        " confidence"
    )
    report = "990101-aaaa-2023"
    store.connection.execute("UPDATE cells SET label = '', unit = '' WHERE ordinal = 3")
    store.connection.execute(
        "UPDATE cells SET method = 'ocr', confidence = 0.5 WHERE report_id = ?", (report,)
    )
    run()
    store.connection.execute("UPDATE cells SET label = '改了', value = 5 WHERE ordinal = 4")
    store.connection.execute("UPDATE reports SET changed_at = '2027-01-01T00:00:00Z'")
    assert run().incremental
    with archive(store.data) as db:
        order = "ORDER BY report_id, table_name, ordinal"
        stored = store.connection.execute(f"SELECT {wanted} FROM cells {order}").fetchall()
        assert db.execute(f"SELECT {wanted} FROM cells {order}").fetchall() == stored


def test_a_withdrawn_report_takes_its_labels_along(store, run):
    report = "990101-aaaa-2022"
    store.connection.execute("UPDATE cells SET label = '魑魅魍魉' WHERE report_id = ?", (report,))
    run()
    store.connection.execute("PRAGMA foreign_keys = ON")
    store.connection.execute("DELETE FROM reports WHERE report_id = ?", (report,))
    run()
    assert "魑魅魍魉".encode() not in (store.data / "archive.db").read_bytes()


def test_what_changed_is_looked_at_for_personal_data(store, run, monkeypatch):
    """A later publication looks at the rows it brings as closely as the first at all of them."""
    run()
    store.connection.execute(
        "UPDATE reports SET title = ?, changed_at = '2027-01-01T00:00:00Z' WHERE year = 2022",
        (f"联系电话{PHONE}",),
    )
    monkeypatch.setattr(fill, "_masked_column", lambda _table, name, _type, alias="": f'{alias}"{name}"')
    before = (store.data / "archive.db").read_bytes()
    with pytest.raises(PublishError, match=r"unmasked personal data in reports\.title"):
        run()
    assert (store.data / "archive.db").read_bytes() == before


def test_what_did_not_change_is_not_written_again(store, run):
    run()
    with archive(store.data) as db:
        before = db.execute("SELECT rowid, * FROM agency_names").fetchall()
    store.add("agency_names", agency_id="000000-eeee", name="远山县水利水务局")
    assert run().incremental
    with archive(store.data) as db:
        after = db.execute("SELECT rowid, * FROM agency_names").fetchall()
    assert after[:-1] == before and len(after) == len(before) + 1


@pytest.mark.parametrize(("small", "days", "looked"), [(True, 1, True), (False, 6, False), (False, 7, True)])
def test_a_large_archive_is_looked_through_once_a_week(store, monkeypatch, small, days, looked):
    seen = []
    real = gate.problems
    monkeypatch.setattr(gate, "problems", lambda *a, whole: seen.append(whole) or real(*a, whole=whole))
    if not small:
        monkeypatch.setattr(publication, "_QUICKLY_READ", 0)
    publish(store.data, today=TODAY)
    publish(store.data, today=TODAY + timedelta(days=days))
    publish(store.data, today=TODAY + timedelta(days=days + 1))
    assert seen == [True, looked, small or not looked]


def test_cells_without_a_report_or_a_kind_are_not_published(store, run, monkeypatch):
    run()
    store.connection.execute("UPDATE reports SET changed_at = '2027-01-01T00:00:00Z' WHERE year = 2022")
    real = fill.add_reports

    def lose_kinds(connection, *reports):
        real(connection, *reports)
        connection.execute("DELETE FROM cell_kinds WHERE row = 'granted'")

    monkeypatch.setattr(fill, "add_reports", lose_kinds)
    with pytest.raises(PublishError, match=r"set_cells of set \d+ have no set or kind"):
        run()


def test_row_numbers_tell_year_and_region(store, run):
    """What a search is counted by, also after reports have come, moved and gone."""
    run()
    store.add_report("990101-bbbb", "清溪县财政局", 2024)
    store.connection.execute(
        "UPDATE reports SET year = 2021, changed_at = '2027-01-01T00:00:00Z' WHERE year = 2022"
    )
    store.connection.execute("UPDATE reports SET changed_at = '2027-01-01T00:00:00Z' WHERE year = 2023")
    store.connection.execute("PRAGMA foreign_keys = ON")
    store.connection.execute("DELETE FROM reports WHERE report_id = '990101-cccc-2024'")
    result = run()
    assert result.incremental and result.removed  # a file from which something went is made compact
    with archive(store.data) as db:
        rows = db.execute(
            "SELECT s.rowid, s.ordinal, s.number, r.rowid, r.year, r.region_code"
            " FROM sections s JOIN reports r USING (report_id)"
        ).fetchall()
        assert len(rows) == 5
        for section, ordinal, number, report, year, code in rows:
            assert section == (report << 15) + (number << 12) + ordinal
            assert (section >> row_numbers.NUMBER_OF_SECTION) % row_numbers.NUMBERS == number
            assert section >> row_numbers.REPORT_OF_SECTION == report
            assert section >> row_numbers.YEAR_OF_SECTION == year
            assert (section >> row_numbers.REGION_OF_SECTION) % row_numbers.REGIONS == int(code or 0)


@pytest.mark.parametrize(
    ("code", "number"), [("640323", 640323), ("640323101", 640323), (None, 0), ("", 0), ("64x", 0)]
)
def test_region_numbers(code, number):
    assert row_numbers.region_number(code) == number


def test_the_command_says_in_a_line_what_keeps_it_from_publishing(tmp_path, capsys):
    assert gongkai(["publish", "--data", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert "Crawl or ingest" in said and "Traceback" not in said


def test_a_full_disk_leaves_the_last_archive(store, run, monkeypatch, capsys):
    run()
    before = (store.data / "archive.db").read_bytes()

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(editions, "replace", full)
    monkeypatch.setattr(_CATCH_UP, lambda _: None)
    assert gongkai(["publish", "--data", str(store.data)]) == 5
    assert (store.data / "archive.db").read_bytes() == before
    assert sorted(path.name for path in store.data.iterdir()) == ["archive.db", "store.db"]


def test_what_must_not_be_published_needs_a_person(store, run, monkeypatch, capsys):
    monkeypatch.setattr(_CATCH_UP, lambda _: None)
    store.connection.execute("PRAGMA foreign_keys = OFF")
    store.connection.execute("UPDATE reports SET agency_id = 'nobody' WHERE year = 2022")
    assert gongkai(["publish", "--data", str(store.data)]) == 1
    assert "has no agencies" in capsys.readouterr().err
