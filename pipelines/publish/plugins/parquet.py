"""``.parquet`` for any query: the whole answer with its types, not one page of it.

Refused where pyarrow (the extra ``release``) is not installed. Whole tables are in the releases.
"""

from __future__ import annotations

import importlib.util
import io
import sqlite3
from collections.abc import Sequence
from typing import Any

from datasette.app import Datasette
from datasette.database import Database, QueryInterrupted
from datasette.utils import derive_named_parameters
from datasette.utils.asgi import BadRequest, Request, Response

from pipelines.publish.plugins import hookimpl

_MOST = 100_000  # rows of an answer


@hookimpl
def register_output_renderer() -> list[dict[str, Any]]:
    """The format; where it can't be written, asking for it is an error and no page in HTML."""
    return [{"extension": "parquet", "render": render, "can_render": can_render}]


def can_render(table: str | None, sql: str | None) -> bool:
    """Whether a page offers it: a query's answer does, a table's page is but a part that nobody asked for."""
    return is_installed() and bool(sql) and not table


def is_installed() -> bool:
    """Whether this site can write the format."""
    return importlib.util.find_spec("pyarrow") is not None


async def render(
    datasette: Datasette, request: Request, database: str, sql: str | None, table: str | None
) -> Response:
    """The answer to ``sql`` as a file. Raises BadRequest (400) where there is none, or too much."""
    if not is_installed():
        raise BadRequest("本站不提供 Parquet。 This site hands out no Parquet: ask for .csv or .json.")
    if not can_render(table, sql):
        raise BadRequest(
            "只有查询可以导出 Parquet。 Only queries can be had as Parquet: /archive.parquet?sql=…"
        )
    try:
        answer = await _answer(datasette.get_database(database), request, (sql or "").strip().rstrip(";"))
    except (sqlite3.Error, QueryInterrupted) as error:
        raise BadRequest(str(error) or "查询超时。 The query takes too long.") from error
    if len(answer.rows) > _MOST:
        raise BadRequest(
            f"超过 {_MOST} 行，请用 CSV 或数据快照。 More than {_MOST} rows: use CSV, or a release."
        )
    headers = {"content-disposition": 'attachment; filename="answer.parquet"'}
    content = packed(answer.columns, [tuple(row) for row in answer.rows])
    return Response(content, headers=headers, content_type="application/vnd.apache.parquet")


async def _answer(database: Database, request: Request, sql: str) -> Any:
    names = await derive_named_parameters(database, sql)
    values = {name: request.args.get(name) or "" for name in names}
    return await database.execute(f"SELECT * FROM ({sql}\n) LIMIT {_MOST + 1}", values, truncate=False)  # noqa: S608


def packed(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """Rows as a Parquet file; a column's type is the narrowest that holds all its values."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    by_column = list(zip(*rows, strict=True)) or [()] * len(columns)
    arrays = [_array(pa, values) for values in by_column]
    file = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, names=list(columns)), file, compression="zstd")
    return file.getvalue()


def _array(pa: Any, values: Sequence[Any]) -> Any:
    kinds = {type(value) for value in values if value is not None}
    if kinds == {int}:
        return pa.array(values, pa.int64())
    if kinds and kinds <= {int, float}:
        return pa.array([None if value is None else float(value) for value in values], pa.float64())
    return pa.array([None if value is None else str(value) for value in values], pa.string())
