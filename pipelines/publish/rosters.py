"""Rosters of private people among the tables of a report: known by the words in their head, withheld whole.

A number in a roster is masked as anywhere; here the names beside it go with it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from itertools import groupby

ROSTER = "名单"
LABEL = f"[已隐去:{ROSTER}]"  # what stands in the place of a cell, or of lines that follow each other
_LONGEST_LABEL = 20  # characters: what is longer, or holds figures, is no column's name
_BLANK = re.compile(r"\s+")


def rows_of_people(rows: Sequence[Sequence[str]]) -> Iterator[int]:
    """Which rows of a table, each given as its texts, are about people: those below a roster's head.

    A row of more cells than the head belongs to another table.
    """
    width = 0
    for number, row in enumerate(rows):
        if is_head(row):
            width = len(row)
        elif len(row) > width:
            width = 0
        elif width:
            yield number


def lines_of_people(text: str) -> Iterator[tuple[int, int]]:
    """The spans of a text (its tables a row a line, cells divided by tabs) that are rows of a roster."""
    if "\t" not in text or not may_hold(text):
        return
    lines = list(_lines(text))
    for is_table, group in groupby(lines, key=lambda line: "\t" in line[1]):
        table = list(group)
        if not is_table:
            continue
        people = list(rows_of_people([line.split("\t") for _, line in table]))
        for _, run in groupby(enumerate(people), key=lambda pair: pair[1] - pair[0]):
            rows = [table[number] for _, number in run]
            yield rows[0][0], rows[-1][0] + len(rows[-1][1])


def may_hold(text: str) -> bool:
    """A quick look whether a roster could stand in a text."""
    plain = _BLANK.sub("", text)
    return any(name in plain for name in _words()["name"])


def is_head(row: Sequence[str]) -> bool:
    """Whether a row names columns of a roster of private people."""
    labels = [label for text in row if (label := _BLANK.sub("", text).rstrip(":："))]
    if len(labels) < 2 or any(len(label) > _LONGEST_LABEL or re.search(r"\d", label) for label in labels):
        return False
    named = any(label.endswith(_words()["name"]) for label in labels)
    of_office = _any(labels, "office") and not _any(labels, "secret")
    return named and _any(labels, "private") and not of_office


def _any(labels: Sequence[str], kind: str) -> bool:
    return any(word in label for word in _words()[kind] for label in labels)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.split("\n"):
        yield start, line
        start += len(line) + 1


@cache
def _words() -> dict[str, tuple[str, ...]]:
    text = (resources.files("pipelines.publish") / "rosters.toml").read_text(encoding="utf-8")
    return {kind: tuple(words) for kind, words in tomllib.loads(text).items()}
