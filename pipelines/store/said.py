"""What reports say: the store keeps each version packed, and the checks that tie it to the year before."""

from __future__ import annotations

from pipelines.packing import unpack
from pipelines.parse.records import Check, Report
from pipelines.readout import COLUMNS, rows_of
from pipelines.store.base import Row, Tables

_SHOWN = """
SELECT body, ties FROM reports JOIN report_versions USING (report_id, version) WHERE report_id = ?
"""


class Said(Tables):
    """Reading reports back."""

    def said(self, report_id: str) -> Report:
        """The version of a report that is shown. Raises LookupError, Damaged."""
        return unpack(Report, self._shown(report_id)[0])

    def checks(self, report_id: str) -> tuple[Check, ...]:
        """The checks of a report, those over the years last. Raises LookupError, Damaged."""
        body, ties = self._shown(report_id)
        return unpack(Report, body).checks + (unpack(tuple[Check, ...], ties) if ties else ())

    def rows_said(self, report_id: str, table: str) -> list[Row]:
        """The rows of a report in one of ``readout.COLUMNS``, as they are published but for what is masked.

        Raises LookupError, Damaged.
        """
        body, ties = self._shown(report_id)
        checks = unpack(tuple[Check, ...], ties) if ties else ()
        names = ("report_id", *COLUMNS[table])
        rows = rows_of(unpack(Report, body), checks)[table]
        return [dict(zip(names, (report_id, *row), strict=True)) for row in rows]

    def _shown(self, report_id: str) -> tuple[bytes, bytes | None]:
        row = self.row(_SHOWN, (report_id,))
        if row is None:
            raise LookupError(f"no report {report_id}")
        return row["body"], row["ties"]
