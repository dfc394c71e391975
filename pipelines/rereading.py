"""Reading a report's document once more and holding every stored cell against it (``gongkai verify``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from pipelines.parse.records import Cell
from pipelines.process import Processor
from pipelines.readout import Rows
from pipelines.store import Row, Store
from pipelines.verify import ReadAgain
from pipelines.workers import Pool

_NO_RUN = 0


@contextmanager
def reader_again(workers: int = 1) -> Iterator[ReadAgain]:
    """A function that reads a report's archived document again and yields each cell that differs."""
    with Pool(workers) as pool:

        def read_again(store: Store, report: Row) -> Iterable[str]:
            job = Processor(store, store.data, pool, _NO_RUN).start_version(report)
            if job is None:
                return ["its document is not in the archive"]
            read = job.read.result()
            found = read.report
            if found is None or read.laid_out is None:
                return [f"its document is read as {read.kind}"]
            decided = _undecided(store, report["report_id"], read.laid_out.rows["acceptances"])
            return [*_differences(store, report["report_id"], found.cells), *decided]

        yield read_again


def _undecided(store: Store, report_id: str, decided: Rows) -> Iterator[str]:
    """Where the decisions behind what people read are not those that stand in decisions.toml."""
    stored = store.rows("SELECT * FROM acceptances WHERE report_id = ?", (report_id,))
    held = {tuple(row.values())[1:] for row in stored}
    for table, row, column, *_ in held ^ set(map(tuple, decided)):
        yield f"{table} {row} {column}: the decision is not that of decisions.toml"


def _differences(store: Store, report_id: str, cells: tuple[Cell, ...]) -> Iterator[str]:
    read = {(c.table_name, c.ordinal): c for c in cells}
    for row in store.rows("SELECT * FROM cells WHERE report_id = ?", (report_id,)):
        cell = read.pop((row["table_name"], row["ordinal"]), None)
        place = cell.place.to_json() if cell and cell.place else None
        now = (cell.raw, cell.value, cell.state.value, cell.method.value, place) if cell else None
        stored = (row["raw"], row["value"], row["state"], row["method"], row["location"])
        if now != stored:
            yield f"{row['table_name']} {row['row']} {row['column_name']}: stored {stored}, read {now}"
    for cell in read.values():
        yield f"{cell.table_name} {cell.row} {cell.column_name}: not stored, read {cell.raw!r}"
