"""Writing down what an operator decides: ``DIR/decisions.toml``, which keeps its comments and order."""

from __future__ import annotations

import json
import tomllib
from dataclasses import fields
from pathlib import Path

from pipelines.decisions import (
    OPTIONAL,
    Accepted,
    Decisions,
    Takedown,
    about,
    load_decisions,
    parsed,
    span_of,
)
from pipelines.durable import fsync_file, move
from pipelines.errors import BadDecisions
from pipelines.folder import DECISIONS
from pipelines.parse.accepted import AcceptedReading

Entry = tuple[str, int]  # kind, and number among those of its kind


def add_takedown(data: Path, takedown: Takedown) -> None:
    """Writes a takedown at the end of the file of decisions, durably; what stands there stays as it is."""
    _write(data, add=takedown)


def add_accepted(data: Path, accepted: Accepted) -> None:
    """Writes a reading or sum at the end of the file, durably, in place of an earlier one of the same cell or
    check; comments and all other entries stay as they are.

    Raises BadDecisions where it can't be used, and nothing is written.
    """
    _write(data, add=accepted, remove=_same_as(accepted, load_decisions(data)))


def remove_accepted(data: Path, accepted: Accepted) -> None:
    """Takes a reading or sum out of the file, durably; comments and all other entries stay as they are."""
    _write(data, remove=_same_as(accepted, load_decisions(data)))


def _same_as(wanted: Accepted, known: Decisions) -> Entry | None:
    """Kind and number of the entry on the same cell or check of the same document."""
    entries: tuple[Accepted, ...] = known.readings if isinstance(wanted, AcceptedReading) else known.sums
    same = (at for at, one in enumerate(entries) if about(one) == about(wanted))
    return next(((_kind_of(wanted), at) for at in same), None)


def _kind_of(entry: Takedown | Accepted) -> str:
    if isinstance(entry, Takedown):
        return "takedown"
    return "reading" if isinstance(entry, AcceptedReading) else "sum"


def _write(
    data: Path,
    *,
    add: Takedown | Accepted | None = None,
    remove: Entry | None = None,
) -> None:
    """The draft is read as any run would read it before it takes the file's place."""
    file = data / DECISIONS
    content = file.read_bytes() if file.exists() else b""
    if remove:
        content = _without(file, content, *remove)
    if add:
        content += (b"\n" if content else b"") + _entry(add).encode()
    parsed(file, content)
    draft = file.with_name(f"{DECISIONS}.new")
    draft.write_bytes(content)
    fsync_file(draft)
    move(draft, file)


def _entry(decision: Takedown | Accepted) -> str:
    lines = [f"[[{_kind_of(decision)}]]"]
    for field in fields(decision):
        value = getattr(decision, field.name)
        if field.name not in OPTIONAL or value not in ("", None):
            lines.append(f"{field.name} = {json.dumps(value, ensure_ascii=False)}")
    return "\n".join([*lines, ""])


def _without(file: Path, content: bytes, kind: str, number: int) -> bytes:
    """The file without an entry; comments before the next one are that one's and stay."""
    lines = content.decode("utf-8-sig").splitlines(keepends=True)
    first, end = span_of([line.rstrip() for line in lines], kind, number)
    while end > first and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    while end < len(lines) and not lines[end].strip():
        end += 1
    shorter = "".join([*lines[:first], *lines[end:]])
    wanted = tomllib.loads(content.decode("utf-8-sig"))
    del wanted[kind][number]
    try:
        left = tomllib.loads(shorter)
    except tomllib.TOMLDecodeError:
        left = {}
    if left != {key: entries for key, entries in wanted.items() if entries}:
        raise BadDecisions(file, first + 1, kind, "请手工删除此条 please delete this entry by hand")
    return shorter.encode()
