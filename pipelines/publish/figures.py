"""The figures of a report's forms: numbers that have somebody's number's shape, and are none."""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable

from pipelines.publish.alike import once_for_tables
from pipelines.publish.masks import Found, find
from pipelines.publish.personal import plain
from pipelines.publish.tables import OFFICIAL

_found = once_for_tables(find)
_LONG = 11  # digits of the shortest amount that could be taken for somebody's number

# What `statistics` is made of, of the report ?1.
OF_REPORT = f"""
    SELECT table_name, raw FROM cells WHERE report_id = ?1 AND state = 'number' AND {OFFICIAL}
    ORDER BY table_name, ordinal
"""  # noqa: S608


def statistics(cells: Iterable[tuple[str, str]]) -> set[str]:
    """What ``masks.find`` leaves alone in the texts of a report.

    ``cells`` are the cells of its forms that were read as numbers, as (table, printed text) in the order of
    the form. Given are the digits of long amounts, and for each table the groups of digits of all its
    figures, parted by blanks: as a page prints them side by side.
    """
    kept = set()
    tables: dict[str, list[str]] = defaultdict(list)
    for table, raw in cells:
        printed = plain(raw)
        tables[table] += re.findall(r"\d+", printed)
        if len(printed) >= _LONG:
            kept |= {re.sub(r"\D", "", text) for text in (printed, printed.partition(".")[0])}
    return kept | {" ".join(groups) for groups in tables.values()}


def find_among(cells: Callable[[], Iterable[tuple[str, str]]], text: str) -> tuple[Found, ...]:
    """Personal data in a text of a report; ``cells`` gives what ``statistics`` takes, and is asked only where
    something is found, which is seldom.
    """
    found = _found(text)
    return found and find(text, statistics(cells()))


def find_beside(connection: sqlite3.Connection, report_id: str | None, text: str) -> tuple[Found, ...]:
    """As ``find_among``, of a report of the archive that ``connection`` has open."""
    return find_among(lambda: connection.execute(OF_REPORT, (report_id,)), text)
