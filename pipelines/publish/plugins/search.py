"""Full-text search of Chinese through Datasette's own ``?_search=``."""

from __future__ import annotations

import sqlite3

from pipelines.publish import whole_reports, words
from pipelines.publish.plugins import hookimpl


@hookimpl(trylast=True)  # Datasette registers a function of this name itself
def prepare_connection(conn: sqlite3.Connection) -> None:
    """Make ``escape_fts`` put what people type as the text is indexed: by pairs of characters.

    With a number it puts one word of several (whole_reports.py).
    """
    conn.create_function("escape_fts", 1, lambda text: words.query(str(text)))
    conn.create_function("escape_fts", 2, lambda text, at: whole_reports.word(str(text), at))
