"""Reading a report's document once more and holding every stored cell against it (``gongkai verify``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from pipelines.parse.records import Cell
from pipelines.process import NO_RUN, Processor
from pipelines.store import Row, Store
from pipelines.verify import ReadAgain
from pipelines.workers import Pool


@contextmanager
def reader_again(workers: int = 1) -> Iterator[ReadAgain]:
    """A function that reads a report's archived document again and yields each cell that differs."""
    with Pool(workers) as pool:

        def read_again(store: Store, report: Row) -> Iterable[str]:
            job = Processor(store, store.data, pool, NO_RUN).start_version(report)
            if job is None:
                return ["its document is not in the archive"]
            read = job.result()
            found = read.report
            if found is None or read.laid_out is None:
                return [f"its document is read as {read.kind}"]
            report_id = report["report_id"]
            decided = _undecided(store, report_id, read.laid_out.acceptances)
            return [*_differences(store.said(report_id).cells, found.cells), *decided]

        yield read_again


def _undecided(store: Store, report_id: str, decided: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    """Where the decisions behind what people read are not those that stand in decisions.toml."""
    stored = store.rows("SELECT * FROM acceptances WHERE report_id = ?", (report_id,))
    held = {tuple(row.values())[1:] for row in stored}
    for table, row, column, *_ in held ^ set(map(tuple, decided)):
        yield f"{table} {row} {column}: the decision is not that of decisions.toml"


def _differences(stored: Iterable[Cell], cells: Iterable[Cell]) -> Iterator[str]:
    read = {(c.table_name, c.ordinal): c for c in cells}
    for kept in stored:
        cell = read.pop((kept.table_name, kept.ordinal), None)
        before, now = _printed(kept), _printed(cell) if cell else None
        if now != before:
            yield f"{kept.table_name} {kept.row} {kept.column_name}: stored {before}, read {now}"
    for cell in read.values():
        yield f"{cell.table_name} {cell.row} {cell.column_name}: not stored, read {cell.raw!r}"


def _printed(cell: Cell) -> tuple[str, int | float | None, str, str, str | None]:
    place = cell.place.to_json() if cell.place else None
    return cell.raw, cell.value, cell.state.value, cell.method.value, place
