"""The two ways against each other: one reading for each row, or a flag."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipelines.parse import vocabulary as words
from pipelines.parse.labels import normal
from pipelines.parse.records import Issue
from pipelines.parse.tables.broken.proof import proved
from pipelines.parse.tables.doubt import doubtful, doubts
from pipelines.parse.tables.doubt_labels import beside_values
from pipelines.parse.tables.doubt_order import misplaced, reordered
from pipelines.parse.tables.doubt_whole import damaged
from pipelines.parse.tables.findings import NO_COLUMNS, Finding, Findings, Slot
from pipelines.parse.tables.gaps import ROWS, Met, all_blank
from pipelines.parse.tables.suffix import labels_among
from pipelines.parse.template import APPLICATIONS, PROACTIVE, REVIEWS, TABLES
from pipelines.parse.vocabulary import is_blank

TWICE = "本行出现不止一次，数字不同 / the row stands there more than once, with different figures"
DISAGREE = "按格读与按顺序读结果不同 / read as cells and read as a sequence it gives different figures"
NO_CELL = "本行标题所在的表没有填数的格 / the row's label stands in a table that shows no cell for its values"
LONE = "有几张数字不同的表，本行只在其中一张 / it stands in one of several tables of other figures"
SWALLOWS = "本行数值中夹有另一行的标题 / the label of another row stands among its values"
SWALLOWED = "本行标题夹在另一行的数值中 / its label stands among the values of another row"
_SEVERAL = 3  # rows with other figures in another table
_OF_A_COPY = range(6, 9)  # values that a copy of a row of the form may print, one lost or one too many
Key = tuple[str, str]


@dataclass(slots=True)
class Agreed:
    """One finding per row of a table, and the values that belong to no row."""

    rows: dict[Key, Finding] = field(default_factory=dict)
    unbound: list[tuple[str, tuple[Slot, ...]]] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)

    def of(self, table: str) -> dict[str, Finding]:
        """The findings of a table by row key."""
        return {row: finding for (name, row), finding in self.rows.items() if name == table}

    def loose_values(self, table: str) -> int:
        """How many values of a table belong to no row."""
        return sum(len(slots) for name, slots in self.unbound if name == table)


def reconcile(by_cells: Findings, by_sequence: Findings, disowned: Iterable[Finding] = ()) -> Agreed:
    """Bring both readings together; ``disowned`` rows count where neither has met the row.

    A row that only one way has seen is taken from it. Where both have bound it
    the figures must be the same; a row that the cells do not bind stays unbound. One of a few columns
    must not stand elsewhere with other figures.
    """
    agreed = Agreed()
    cells, sequence = _by_key(by_cells.rows), _by_key(by_sequence.rows)
    for key in [*cells, *(k for k in sequence if k not in cells)]:
        finding = _one(cells[key]) if key in cells else _one(sequence[key])
        if key in cells and key in sequence and not finding.problem:
            other = _one(sequence[key])
            in_part = finding.table == APPLICATIONS and len(finding.slots) < len(words.APPLICANT_ORDER)
            if (in_part and other.problem == TWICE) or not (other.problem or _same(finding, other)):
                finding = finding.failed(DISAGREE)
        elif key in by_cells.bare and all_blank(finding):
            finding = finding.failed(NO_CELL)
        agreed.rows[key] = finding
    for finding in disowned:
        agreed.rows.setdefault((finding.table, finding.row), finding)
    _doubt_lone_rows(agreed, cells)
    in_grids = {f.table for f in by_cells.rows} | {table for table, _ in by_cells.unbound}
    agreed.unbound = [*by_cells.unbound, *(u for u in by_sequence.unbound if u[0] not in in_grids)]
    odd = _doubt(agreed, by_cells, by_sequence)
    _tell_swallowed(agreed)
    agreed.issues = [*_row_issues(agreed.rows.values()), *_unbound_issues(agreed.unbound), *odd]
    return agreed


def is_doubted(found: Findings) -> bool:
    """Whether anything speaks against plain rows, labelled as the form has them, with values in one piece.

    These are what :func:`reconcile` leaves as they are, unless for their blanks.
    """
    rows: dict[str, dict[str, Finding]] = {table: {} for table in TABLES}
    for finding in found.rows:
        rows[finding.table][finding.row] = finding
    others = rows[APPLICATIONS]
    met = ((table, own, Met([*own], (), ())) for table, own in rows.items())
    return any(doubts(*each, others) for each in met) or bool(damaged(others, ()) or doubtful(others))


def _doubt_lone_rows(agreed: Agreed, cells: Mapping[Key, Sequence[Finding]]) -> None:
    """Flag the rows of section three that one table alone has, where several print it with other figures."""
    twice = sum(finding.problem == TWICE for key, finding in agreed.rows.items() if key[0] == APPLICATIONS)
    if twice < _SEVERAL:
        return
    for key, finding in agreed.rows.items():
        if key[0] == APPLICATIONS and not finding.problem and len(cells.get(key, ())) <= 1:
            agreed.rows[key] = finding.failed(LONE)


def _doubt(agreed: Agreed, by_cells: Findings, by_sequence: Findings) -> list[Issue]:
    """Flag rows that the rest of their table speaks against; those it only speaks of come out as issues."""
    in_cells = {finding.table for finding in by_cells.rows}
    for table in (APPLICATIONS, REVIEWS):
        for row, finding in proved(table, agreed.of(table)).items():
            agreed.rows[table, row] = finding
    for row, finding in reordered(agreed.of(APPLICATIONS)).items():
        agreed.rows[APPLICATIONS, row] = finding
    others = agreed.of(APPLICATIONS)
    for table in (PROACTIVE, APPLICATIONS, REVIEWS):
        source = by_cells if table in in_cells else by_sequence
        found = doubts(table, agreed.of(table), _met(source, table), others)
        if table == APPLICATIONS:
            found |= misplaced(others)
            loose = [slots for name, slots in agreed.unbound if name == APPLICATIONS]
            found |= damaged(others, loose) if len(found) < ROWS else {}  # else it is known which moved
        if agreed.loose_values(table):
            found |= beside_values(agreed.of(table), agreed.loose_values(table))
        for row, problem in found.items():
            agreed.rows[table, row] = agreed.rows[table, row].failed(problem)
    return [
        Issue("row_doubtful", "warning", f"{APPLICATIONS}.{row}: {why}")
        for row, why in doubtful(agreed.of(APPLICATIONS)).items()
    ]


def _tell_swallowed(agreed: Agreed) -> None:
    """Flag the rows whose labels stand among the values of another, and the row that has taken them in."""
    for key, host in list(agreed.rows.items()):
        labels = labels_among([slot.text for slot in host.values()])
        if labels and not host.problem:
            agreed.rows[key] = host.failed(SWALLOWS)
        for printed, label in labels:
            row = Finding(label.table, label.match.key, printed, label.match, host.place, problem=SWALLOWED)
            agreed.rows.setdefault((row.table, row.row), row)


def _met(source: Findings, table: str) -> Met:
    """How the rows of a table were met."""
    order: list[str] = []
    reached = [0]
    for finding in source.rows:
        if finding.table == table and finding.row not in order:
            order.append(finding.row)
        reached.append(len(order))
    orphans = [reached[at] for name, at in source.orphans if name == table]
    grouped = [reached[at] for name, at in source.grouped if name == table]
    return Met(order, orphans, {row for name, row in source.bare if name == table}, grouped)


def _by_key(rows: Iterable[Finding]) -> dict[Key, list[Finding]]:
    found: dict[Key, list[Finding]] = {}
    for finding in rows:
        found.setdefault((finding.table, finding.row), []).append(finding)
    return found


def _one(findings: Sequence[Finding]) -> Finding:
    """Copies of a row as one, if they print the same figures."""
    findings = _without_mentions(findings) if len(findings) > 1 else findings
    first = findings[0]
    if len(findings) == 1:
        return first
    if all(_figures(f) == _figures(first) for f in findings[1:]):
        return first
    return first.failed(TWICE)


def _without_mentions(findings: Sequence[Finding]) -> Sequence[Finding]:
    """The findings that bind a row of sections two and three, without those of an office's own tables."""
    bound = [f for f in findings if f.table in (PROACTIVE, APPLICATIONS) and not f.problem]
    tables = {f.place.table for f in bound}
    mentions = [f for f in findings if _is_mention(f) and f.place.table not in tables]
    return bound if bound and None not in tables and len(bound) + len(mentions) == len(findings) else findings


def _is_mention(finding: Finding) -> bool:
    """Whether a row may be one of an office's own table, that bears the label of an official row."""
    own = finding.problem if finding.table == APPLICATIONS else finding.problem == NO_COLUMNS
    return bool(own) and not finding.headed and len(finding.loose) not in _OF_A_COPY


def _figures(finding: Finding) -> tuple[tuple[str, str], ...]:
    if finding.problem:
        return tuple(("", slot.text) for slot in finding.loose)
    return tuple(
        sorted((key, normal(slot.text)) for key, slot in finding.slots.items() if not is_blank(slot.text))
    )


def _same(cells: Finding, sequence: Finding) -> bool:
    if cells.ordered and {k: s.text for k, s in cells.slots.items()} == {
        k: s.text for k, s in sequence.slots.items()
    }:
        return True
    left, right = _figures(cells), _figures(sequence)
    if cells.ordered:
        return left == right
    return sorted(text for _, text in left) == sorted(text for _, text in right)


def _row_issues(rows: Iterable[Finding]) -> list[Issue]:
    """One issue for each row that binds to no columns; section four is one row of print."""
    found: dict[tuple[str, str], Issue] = {}
    for finding in rows:
        if not finding.problem or (finding.table, finding.problem) in found:
            continue
        printed = " ".join(slot.text for slot in finding.loose)
        detail = f"{finding.table}.{finding.row}: {finding.problem}" + (f": {printed}" if printed else "")
        key = (finding.table, finding.problem if finding.table == "reviews" else finding.row)
        found.setdefault(key, Issue("row_unreadable", "warning", detail))
    return list(found.values())


def _unbound_issues(unbound: Iterable[tuple[str, tuple[Slot, ...]]]) -> list[Issue]:
    return [
        Issue(
            "values_unbound",
            "warning",
            f"{table}: 数值旁没有可认的标题 values beside no known label: " + " ".join(s.text for s in slots),
        )
        for table, slots in unbound
    ]
