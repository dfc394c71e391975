"""What the two ways of reading hand over: rows found in the document, bound or not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import NamedTuple, TypeVar, cast

from pipelines.parse.labels import Match
from pipelines.parse.records import GridCell, Place, Told, many
from pipelines.parse.tables.tokens import Token
from pipelines.parse.template import TABLES
from pipelines.parse.vocabulary import is_blank

# why rows are not bound, as several ways of reading say it
NO_COLUMNS = "这一部分的各列缺标题 / the columns of this part have lost their labels"
OUT_OF_ORDER = "列标题次序不对 / the labels of the columns are out of order"
NO_FIGURES = "格中不是数字 / what stands in its cells are no figures"
_COLUMNS = 7  # so many columns, all that section three has, may be numbered


class Slot(NamedTuple):
    """A printed value: its text, its place, how its column was matched, and what unit its header states."""

    text: str
    place: Place
    confidence: float | None = None
    column: Match | None = None
    unit_hint: str = ""


def miscounted(values: int, columns: int) -> str:
    """Why values are not bound to columns by their order."""
    return f"{values} 个数值，{columns} 列 / {values} values for {columns} columns"


def loose_slots(printed: Iterable[GridCell | Token]) -> tuple[Slot, ...]:
    """Cells of a grid, or pieces of a stream, as values of no known column."""
    return tuple(Slot(one.text, one.place, one.confidence) for one in printed)


@many
class Finding:
    """A row of an official table as met in the document.

    ``row`` is the key of the form; ``slots`` maps column keys to values where
    the row is bound, and is empty where ``problem`` says why it is not; ``loose``
    are the values of such a row in reading order. ``form`` is set where the
    header of a sub-table shows which form it follows. ``plain``: the label and
    those of all columns stand in the same grid as the form has them, in its order.
    ``headed``: most columns of the form are labelled in the grid of a row that is not bound.
    ``beside`` are the row's figures in columns that are none of the form's.
    """

    table: str
    row: str
    label: str
    match: Match
    place: Place
    slots: dict[str, Slot] = field(default_factory=dict)
    loose: tuple[Slot, ...] = ()
    problem: str = ""
    form: str = ""
    ordered: bool = True
    plain: bool = False
    headed: bool = False
    beside: tuple[Slot, ...] = ()
    told: Told = field(default_factory=dict, init=False, repr=False, compare=False)

    def values(self) -> tuple[Slot, ...]:
        """Every printed value of the row, bound or not."""
        return tuple(self.slots.values()) or self.loose

    def failed(self, problem: str) -> Finding:
        """The row with its values loose, and why."""
        return replace(self, slots={}, loose=self.values(), problem=problem)


_Answer = TypeVar("_Answer")


def once(tell: Callable[[Finding], _Answer]) -> Callable[[Finding], _Answer]:
    """A function of a row found that is asked once for each: many ask it."""

    @wraps(tell)
    def told(finding: Finding) -> _Answer:
        known = finding.told
        if told not in known:
            known[told] = tell(finding)
        return cast("_Answer", known[told])

    return told


@once
def blanks(finding: Finding) -> tuple[bool, ...]:
    """Whether each value of a row that is bound is blank."""
    return tuple([is_blank(slot.text) for slot in finding.slots.values()])


def numbers_columns(texts: Sequence[str]) -> bool:
    """Whether values number the columns: 1 2 3 4 5 6 7."""
    return len(texts) >= _COLUMNS and list(texts) == [str(n + 1) for n in range(len(texts))]


@dataclass(slots=True)
class Findings:
    """All rows found by one way, and ``unbound`` values per table that belong to no row.

    ``orphans`` tells of values without any label of their own: of which table, after how many rows;
    ``grouped`` of those beside the label of a group of rows, whose sums they may be.
    ``foreign`` are the grid columns, as ranges, of a (block, row) that are none of the form's.
    ``bare`` are (table, row) whose label stands in a grid that has no cell for its values, or in lines
    without any.
    """

    rows: list[Finding] = field(default_factory=list)
    unbound: list[tuple[str, tuple[Slot, ...]]] = field(default_factory=list)
    orphans: list[tuple[str, int]] = field(default_factory=list)
    grouped: list[tuple[str, int]] = field(default_factory=list)
    used: set[int] = field(default_factory=set)  # indexes of blocks that hold official tables
    foreign: dict[tuple[int, int], tuple[tuple[int, int], ...]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)  # tables of which a header or a row was met
    bare: set[tuple[str, str]] = field(default_factory=set)

    def only(self, tables: Collection[str]) -> Findings:
        """What was found of ``tables`` alone."""
        if len(tables) == len(TABLES):
            return self
        return replace(
            self,
            rows=[finding for finding in self.rows if finding.table in tables],
            unbound=[(table, slots) for table, slots in self.unbound if table in tables],
            orphans=[(table, after) for table, after in self.orphans if table in tables],
            grouped=[(table, after) for table, after in self.grouped if table in tables],
            seen=self.seen & set(tables),
            bare={(table, row) for table, row in self.bare if table in tables},
        )
