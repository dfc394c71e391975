"""The schema of the store: numbered SQL files, applied in order, each in one transaction with what is to be
done in Python first.

``PRAGMA user_version`` holds the number of the last one, so that a store of a newer gongkai is recognised
from its first bytes, before anything is opened for writing.
"""

from __future__ import annotations

import re
import sqlite3
from importlib.resources import files

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from pipelines.checkpoint import checkpoint
from pipelines.schema.packed import pack_rows

MIGRATIONS = Migrations("gongkai")

_FIRST = {"0006_packed": pack_rows}


def statements(script: str) -> list[str]:
    """The statements of a script, to be executed within a transaction: ``executescript`` would end it."""
    found, begun = [], ""
    for piece in re.split("(?<=;)", script):
        begun += piece
        if sqlite3.complete_statement(begun):
            found.append(begun)
            begun = ""
    return [*found, begun] if begun.strip() else found


def _register(name: str, sql: str) -> None:
    def apply(db: Database) -> None:
        if name in _FIRST:
            _FIRST[name](db)
        for statement in statements(sql):
            db.execute(statement)
        db.execute(f"PRAGMA user_version = {int(name[:4])}")
        checkpoint("in_migration")

    MIGRATIONS(name=name)(apply)


_SCRIPTS = sorted(
    (entry.name.removesuffix(".sql"), entry.read_text(encoding="utf-8"))
    for entry in files(__name__).iterdir()
    if entry.name.endswith(".sql")
)
for _name, _sql in _SCRIPTS:
    _register(_name, _sql)

VERSION = int(_SCRIPTS[-1][0][:4])


def migrate(db: Database) -> None:
    """Bring ``db`` to ``VERSION``. Killed in the middle, it is at the version before.

    A file that has become mostly empty gives its room back.
    """
    pending = MIGRATIONS.pending(db)
    MIGRATIONS.apply(db)
    if pending and 2 * _pragma(db, "freelist_count") > _pragma(db, "page_count"):
        db.execute("VACUUM")


def _pragma(db: Database, name: str) -> int:
    return int(db.execute(f"PRAGMA {name}").fetchone()[0])
