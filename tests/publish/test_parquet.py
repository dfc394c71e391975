"""Any query's answer as Parquet: whole, with its types, and refused where it would be a part."""

from __future__ import annotations

import io
from urllib.parse import quote

import pytest

from pipelines.publish.plugins import parquet

pq = pytest.importorskip("pyarrow.parquet", reason="needs the extra `release`")


@pytest.fixture(scope="module")
def site(tmp_path_factory, filled):
    from pipelines.publish.serve import app

    data = tmp_path_factory.mktemp("parquet")
    filled(data)
    made = app(data)
    yield made
    made.close()


def get(site, path):
    import asyncio

    import httpx

    async def ask():
        transport = httpx.ASGITransport(app=site)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get(path)

    return asyncio.run(ask())


def answer(site, sql, more=""):
    found = get(site, f"/archive.parquet?sql={quote(sql)}{more}")
    assert found.status_code == 200, found.text
    return pq.read_table(io.BytesIO(found.content))


def test_types_and_nulls_are_kept(site):
    table = answer(
        site, "SELECT agency, year, region_code, 1.5 * year AS half FROM reports ORDER BY report_id"
    )
    assert list(map(str, table.schema.types)) == ["string", "int64", "string", "double"]
    assert table.num_rows == 5 and None in table.column("region_code").to_pylist()


def test_an_answer_is_whole_beyond_the_rows_of_a_page(site):
    sql = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT i FROM n"
    assert answer(site, sql).column("i").to_pylist() == list(range(1, 5001))


def test_parameters_are_filled_in(site):
    table = answer(site, "SELECT report_id FROM reports WHERE year = CAST(:year AS INTEGER);", "&year=2022")
    assert table.column(0).to_pylist() == ["990101-aaaa-2022"]


def test_a_canned_query_answers(site):
    found = get(site, "/archive/timeliness.parquet")
    assert found.headers["content-type"].startswith("application/vnd.apache.parquet")
    assert pq.read_table(io.BytesIO(found.content)).num_rows == 3


def test_no_rows_are_a_table_without_rows(site):
    table = answer(site, "SELECT report_id FROM reports WHERE 0")
    assert table.num_rows == 0 and table.column_names == ["report_id"]


def test_a_page_of_a_table_is_not_given_for_the_table(site):
    assert get(site, "/archive/cells.parquet").status_code == 400


def test_wrong_sql_and_too_many_rows_are_refused(site, monkeypatch):
    assert get(site, "/archive.parquet?sql=select+nothing+from").status_code == 400
    assert get(site, "/archive.parquet?sql=delete+from+reports").status_code >= 400
    monkeypatch.setattr(parquet, "_MOST", 10)
    too_many = get(site, "/archive.parquet?sql=select+*+from+cells")
    assert too_many.status_code == 400 and "More than 10 rows" in too_many.text


def test_a_site_without_the_library_says_so(site, monkeypatch):
    monkeypatch.setattr(parquet, "is_installed", lambda: False)
    refused = get(site, "/archive.parquet?sql=select+1")
    assert refused.status_code == 400 and "Parquet" in refused.text
    assert ".parquet" not in get(site, "/archive?sql=select+1").text
