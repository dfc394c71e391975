"""A sample report: whose, of which year, its true figures, and how its author prints them.

The layouts in ``samples/render`` print what ``Report.printed`` says; tests compare
what was read with ``Report.cells``. Both come from the same figures and habits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from samples import forms
from samples.figures import Figures, broken_rules
from samples.forms import APPLICATIONS, PROACTIVE, REVIEWS, Key
from samples.prose import Prose

_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_SIGNED = "change"
MONEY = "amount_yuan"


@dataclass(frozen=True)
class Habit:
    """How an author prints cells.

    ``zero``: what stands for nothing ("0", "", "-", "/", "—"). ``money``: ``header``
    (万元 in the header, bare numbers below), ``yuan`` (``251000元`` in the cell), ``wan``
    (``25.1万元`` in the cell), ``bare`` (no unit anywhere: the amount can't be known).
    ``plus`` prints increases as +6. ``variants`` uses label variants met in the wild.
    """

    zero: str = "0"
    full_width: bool = False
    thousands: bool = False
    plus: bool = False
    money: str = "header"
    variants: bool = False


@dataclass(frozen=True)
class Agency:
    """An invented agency. ``name`` is canonical (county's name first); ``slug`` its letters in addresses.

    ``abbreviation`` and ``prefecture`` are what titles sometimes print instead of or before it.
    """

    name: str
    county: str
    region_code: str
    kind: str  # government, department, township
    size: str  # key of figures.SIZES
    slug: str
    abbreviation: str = ""
    prefecture: str = ""

    @property
    def short(self) -> str:
        """The name without the county."""
        return self.name.removeprefix(self.county)


@dataclass(frozen=True)
class CellTruth:
    """What a reader must find in a cell: ``state`` and ``value`` as in the archive, ``raw`` as printed."""

    table_name: str
    item: str
    row: str
    column: str
    raw: str
    value: int | float | None
    unit: str
    state: str


@dataclass(frozen=True)
class Report:
    """A report of ``agency`` for ``year`` on ``form``.

    ``tables``: by its name, what the author does with an official table: fills it (``table``), leaves
    every cell empty (``blank``), writes 无 instead of it (``stated_none``), or leaves the section out
    (``missing``).
    """

    agency: Agency
    year: int
    form: str
    figures: Figures
    prose: Prose
    title: str
    published_on: str
    habit: Habit = Habit()
    tables: dict[str, str] = field(
        default_factory=lambda: dict.fromkeys((PROACTIVE, APPLICATIONS, REVIEWS), "table")
    )

    @cached_property
    def cells(self) -> dict[Key, CellTruth]:
        """The truth about every cell of the tables that are there, in the form's order."""
        return {
            key: self._cell(key) for key in forms.keys(self.form) if self.tables[key[0]] in ("table", "blank")
        }

    def printed(self, key: Key) -> str:
        """The text that stands in a cell."""
        return self.cells[key].raw

    @property
    def states(self) -> dict[str, str]:
        """Table name → the state an archive must give it (table, stated_none, missing)."""
        return {name: "table" if choice == "blank" else choice for name, choice in self.tables.items()}

    @property
    def broken(self) -> tuple[tuple[str, str], ...]:
        """The (rule, scope) of the form's arithmetic that fail on this report as printed."""
        return broken_rules(self.form, {key: cell.value for key, cell in self.cells.items()})

    def _cell(self, key: Key) -> CellTruth:
        unit = "yuan" if key[3] == MONEY else "item"
        if self.tables[key[0]] == "blank":
            return CellTruth(*key, raw="", value=None, unit=unit, state="blank")
        raw, value, state = printed_value(key, self.figures[key], self.habit)
        return CellTruth(*key, raw=raw, value=value, unit=unit, state=state)


def printed_value(key: Key, number: int, habit: Habit) -> tuple[str, int | float | None, str]:
    """How ``number`` (yuan for money) is printed, and what a reader can know of it: (raw, value, state)."""
    if number == 0:
        known = habit.zero == "0"
        state = "number" if known else "dash" if habit.zero else "blank"
        return _digits("0", habit) if known else habit.zero, 0 if known else None, state
    if key[3] == MONEY:
        raw = _digits(_amount(number, habit), habit)
        return raw, None if habit.money == "bare" else number, "number"
    sign = "+" if habit.plus and key[3] == _SIGNED and number > 0 else ""
    return sign + _digits(f"{number:,}" if habit.thousands else str(number), habit), number, "number"


def _amount(yuan: int, habit: Habit) -> str:
    wan = f"{yuan / 10_000:.4f}".rstrip("0").rstrip(".")
    return {"header": wan, "bare": wan, "yuan": f"{yuan}.00元", "wan": f"{wan}万元"}[habit.money]


def _digits(text: str, habit: Habit) -> str:
    return text.translate(_FULL_WIDTH) if habit.full_width else text
