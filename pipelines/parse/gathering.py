"""ZIPs that gather reports: whether the files in one are documents of their own, or make up one report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from pipelines.parse.file_names import are_of_several
from pipelines.parse.joining import named_report
from pipelines.parse.read import members, read
from pipelines.parse.read.sniff import IMAGES, is_zip, sniff
from pipelines.parse.records import Document, Unreadable
from pipelines.parse.titles import Title


def gathers(document: Document) -> bool:
    """Whether a ZIP holds the reports of several agencies or years, each on its own: the names of its files
    say so, or else the titles that these begin with. False for all else, and for one that does not open to
    the last of them.
    """
    try:
        files = members(document) if is_zip(document.content) else ()
    except Unreadable:
        return False
    return are_of_several(file.name for file in files) or titles_of_several(_titles(files))


def titles_of_several(titles: Iterable[Title]) -> bool:
    """Whether the titles of reports are of several agencies or years."""
    return any(
        one.year != other.year or not (one.agency.endswith(other.agency) or other.agency.endswith(one.agency))
        for one, other in combinations(titles, 2)
    )


def _titles(files: Iterable[Document]) -> Iterator[Title]:
    """The titles of those that are reports; a picture begins with none."""
    for file in files:
        if sniff(file.content) in IMAGES:
            continue
        try:
            title = named_report(read(file))
        except Unreadable:
            continue
        if title is not None:
            yield title
