"""Questions to the archive, answered as plain dictionaries."""

from __future__ import annotations

from typing import Any

from datasette.app import Datasette
from datasette.utils.asgi import NotFound

Row = dict[str, Any]


class Gone(Exception):
    """A report that was withdrawn: ``why``, and ``when`` (ISO 8601)."""

    def __init__(self, why: str, when: str) -> None:
        super().__init__(why)
        self.why = why
        self.when = when


class Reader:
    """Reads the published archive through Datasette's threads and limits."""

    def __init__(self, datasette: Datasette) -> None:
        self._database = datasette.get_database("archive")

    async def rows(self, sql: str, *values: Any) -> list[Row]:
        """All rows of a query."""
        result = await self._database.execute(sql, values)
        return [dict(row) for row in result.rows]

    async def one(self, sql: str, *values: Any) -> Row:
        """The only row of a query. Raises NotFound (the page answers 404) if there is none."""
        found = await self.rows(sql, *values)
        if not found:
            raise NotFound("没有找到 Not found")
        return found[0]

    async def report(self, sql: str, report_id: str) -> Row:
        """The row of ``sql`` for a report. Raises Gone where it was withdrawn, else NotFound."""
        found = await self.rows(sql, report_id)
        if found:
            return found[0]
        for taken in await self.rows("SELECT * FROM takedowns WHERE report_id = ?", report_id):
            raise Gone(taken["why"], taken["taken_down_at"])
        raise NotFound("没有找到 Not found")
