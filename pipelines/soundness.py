"""Whether what was copied is what was archived, told by the digests and rows that the copy itself holds.

Cheaper than ``verify``: a closed file is held against the digest noted when it was closed, and only a file
that was still being written is looked through record by record. Nothing is read twice for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from pipelines.archive.members import Gap
from pipelines.archive.parsing import groups
from pipelines.archive.reader import OPEN
from pipelines.errors import Damaged
from pipelines.folder import STORE, WARC
from pipelines.store import Row, Store
from pipelines.verify import acknowledged, database_flaws


def flaws(folder: Path, digests: Mapping[str, str]) -> Iterator[str]:
    """What is damaged in the copied archive ``folder``, one message for each file or table.

    ``digests``: the SHA-256 of each copied file by its path in the folder (``warc/…``).
    """
    try:
        with Store.open(folder) as store:
            for subject, detail in database_flaws(store):
                yield f"{STORE} {subject}: {detail}"
            for row in store.warc_files():
                flaw = _flaw_of(store, folder / WARC, row, digests)
                if flaw:
                    yield f"{row['warc_file']}: {flaw}"
    except Damaged as error:
        yield f"{STORE}: {error}"


def _flaw_of(store: Store, folder: Path, row: Row, digests: Mapping[str, str]) -> str:
    name = row["warc_file"]
    expected = list(store.rows("SELECT * FROM captures WHERE warc_file = ?", (name,)))
    path = next((p for p in (folder / name, folder / f"{name}{OPEN}") if p.exists()), None)
    if path is None:  # a run that died before its first record leaves a name
        return "文件缺失 the file is missing" if row["closed_at"] or expected else ""
    if row["closed_at"]:
        same = digests.get(f"{WARC}/{path.name}") == row["sha256"]
        return "" if same else "与写完时的校验和不符 is not the file that was closed"
    return _flaw_of_open(path, acknowledged(expected))


def _flaw_of_open(path: Path, end: int) -> str:
    """``end``: where the records end that have their row; behind it the run was writing on."""
    with path.open("rb") as source:
        for item in groups(source):
            if isinstance(item, Gap) and item.offset < end:
                return f"字节 bytes {item.offset}–{item.end} 不是完整的记录 are no whole record"
    return "比已确认的内容短 is shorter than what was acknowledged" if path.stat().st_size < end else ""
