"""Checks (勾稽): what a report's own numbers must agree in (those of two years: :mod:`over_years`).

Which cells must agree is data of the form (:mod:`template`); this module only
computes. Findings are published as they are: nothing is ever repaired.

Outcomes: ``pass``, ``fail``; ``assumed`` where an operand is blank and the rule
holds with blanks as 0; ``not_assessable`` where an operand is missing otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from operator import attrgetter, itemgetter
from typing import Final, Generic, Literal, TypeVar

from pipelines.parse import statements
from pipelines.parse.numbers import MONEY
from pipelines.parse.records import NOTHING, Cell, Check, Section, State
from pipelines.parse.template import APPLICATIONS, PROACTIVE, REVIEWS, TEMPLATES, FormCell, Relation, Template

PASS, FAIL, ASSUMED, NOT_ASSESSABLE = "pass", "fail", "assumed", "not_assessable"

Address = tuple[str, str, str]  # table, row, column
_BLANK: Final = State.BLANK
Printed = float | Literal[State.BLANK] | None  # a number, that nothing stands in a cell, or nothing known
_NUMBERS: Final = (int, float)
_Taken = Callable[[tuple[Printed, ...]], tuple[Printed, ...]]


@dataclass(frozen=True, slots=True)
class Said:
    """What a cell says, and which it is: of a :class:`Cell` what most checks need, by the same names."""

    table_name: str
    row: str
    column_name: str
    value: int | float | None
    state: State


address_of: Final[Callable[[Cell | Said], Address]] = attrgetter("table_name", "row", "column_name")
C = TypeVar("C", Cell, Said)


class _Form:
    """Which cells a table has, in its order: the same in most reports, so what hangs on it is told once."""

    def __init__(self, addresses: Sequence[Address]) -> None:
        self.at = {address: number for number, address in enumerate(addresses)}
        self.rows = frozenset([row for _, row, _ in addresses])
        self._operands: dict[Equation, tuple[_Taken, _Taken]] = {}

    def operands(self, equation: Equation) -> tuple[_Taken, _Taken]:
        """What takes the cells of both sides from those of a table; one that is not there stands last."""
        if equation not in self._operands:
            self._operands[equation] = self._taken(equation.left_cells), self._taken(equation.right_cells)
        return self._operands[equation]

    def _taken(self, cells: Sequence[Address]) -> _Taken:
        places = [self.at.get(cell, len(self.at)) for cell in cells]
        only = slice(places[0], places[0] + 1)
        return itemgetter(*places) if len(places) > 1 else lambda printed: printed[only]


_form = lru_cache(maxsize=64)(_Form)  # few reports lack rows of their form


class Table(Generic[C]):
    """Cells by (table, row, column), with the official wording of their keys."""

    def __init__(self, template: Template, cells: Iterable[C]) -> None:
        self.template = template
        self._cells: tuple[C, ...] = tuple(cells)
        self._form = _form(tuple(map(address_of, self._cells)))
        printed: list[Printed] = [
            cell.value if cell.state is State.NUMBER else _BLANK if cell.state in NOTHING else None
            for cell in self._cells
        ]
        self._counts = float not in set(map(type, printed))
        self._is_whole = None not in printed
        self._printed = (*printed, None)  # what is known of a cell that is not there

    @property
    def present(self) -> frozenset[str]:
        """The rows that the document has."""
        if self._is_whole:
            return self._form.rows
        return frozenset([cell.row for cell in self._cells if cell.state is not State.ABSENT])

    def cell(self, table: str, row: str, column: str) -> C | None:
        """A cell; None where there is none."""
        at = self._form.at.get((table, row, column))
        return None if at is None else self._cells[at]

    def printed(self, table: str, row: str, column: str) -> Printed:
        """What a cell says."""
        return self._printed[self._form.at.get((table, row, column), -1)]

    def value(self, table: str, row: str, column: str) -> float | None:
        """The number in a cell; None where none is."""
        return _number_in(self.printed(table, row, column))

    def operands(self, equation: Equation) -> tuple[tuple[Printed, ...], tuple[Printed, ...]]:
        """What the cells of both sides of an equation say."""
        left, right = self._form.operands(equation)
        return left(self._printed), right(self._printed)

    def equated(self, equation: Equation) -> Check:
        """What becomes of an equation with the cells of this table."""
        # a cache takes 1.0 for 1, and they are not told alike
        return (_equated if self._counts else _equated.__wrapped__)(equation, *self.operands(equation))


def total(printed: Sequence[Printed]) -> float | None:
    """What operands add up to, nothing being 0; None where one can't be read, or is not there."""
    return None if None in printed else sum([n for n in printed if n and n is not _BLANK])


def _number_in(printed: Printed) -> float | None:
    return None if printed is State.BLANK else printed


def _short(label: str) -> str:
    return label.split("（区分")[0].split("、行政机关")[0]


def _names(template: Template) -> dict[str, str]:
    names = {label.key: _short(label.label) for t in template.tables() for label in (*t.rows, *t.columns)}
    return names | {row.key: _short(row.label) for row in template.all_rows}


_NAMES = {name: _names(template) for name, template in TEMPLATES.items()}


def _number(value: float) -> str:
    if value.__class__ is int:
        return str(value)
    return str(int(value)) if value == int(value) else f"{value:g}"


def template_for(format_name: str, cells: Sequence[Cell] | Sequence[Said]) -> Template | None:
    """The form whose rules apply: the report's own, the likest one for a mixed report; None for prose."""
    if format_name in TEMPLATES:
        return TEMPLATES[format_name]
    if format_name != "mixed":
        return None
    rows = {(c.table_name, c.row) for c in cells if c.state is not State.ABSENT}
    return max(TEMPLATES.values(), key=lambda t: sum((c.table_name, c.row) in rows for c in t.cells()))


# --- within a report ---------------------------------------------------------


def check_report(
    format: str,
    cells: tuple[Cell, ...],
    sections: tuple[Section, ...],
) -> tuple[Check, ...]:
    """Every rule of the report's form, once per scope, whatever became of its tables.

    ``format`` is that of the report; a form of prose has no rules.
    """
    template = template_for(format, cells)
    if template is None:
        return ()
    table = Table(template, cells)
    said = statements.texts_of(sections)
    return (
        *map(table.equated, equations(table)),
        _text_applications(table, said),
        *_text_reviews(table, said),
        *_unit_doubt(table),
    )


class Side:
    """One side of an equation: the names of its operands, what their cells say, and the sum of that."""

    __slots__ = ("known", "names", "printed", "total")

    def __init__(self, names: Sequence[str], printed: Sequence[Printed]) -> None:
        self.names = names
        self.printed = printed
        numbers = [value for value in printed if value.__class__ in _NUMBERS]
        self.known = len(numbers) == len(printed)
        self.total: float = sum(numbers)

    @property
    def value(self) -> float | None:
        """The sum; None where an operand is no number."""
        return self.total if self.known else None

    def unknown(self) -> list[str]:
        """The operands of which nothing is known."""
        return [name for name, printed in zip(self.names, self.printed, strict=True) if printed is None]

    def words(self) -> str:
        """The operands, zeros left out of a long sum."""
        operands = zip(self.names, self.printed, strict=True)
        if len(self.names) > 2:
            said = [
                f"{name} {n if n.__class__ is int else _number(n)}"
                for name, n in operands
                if n and n is not _BLANK
            ]
        else:
            said = [
                f"{name} {'空白' if n is _BLANK else _number(n)}" for name, n in operands if n is not None
            ]
        return " + ".join(said) or "各项均为 0"


@dataclass(frozen=True, slots=True, eq=False)  # each known by its identity: there is one of each
class Equation:
    """An equation of a form: the names of the operands of both sides, and their cells."""

    rule: str
    scope: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    left_cells: tuple[Address, ...]
    right_cells: tuple[Address, ...]


def equations(table: Table[Cell]) -> tuple[Equation, ...]:
    """The equations of the form in which the rows of a table stand."""
    return _laid_down(table.template.format, table.template.chosen(table.present))


@lru_cache(maxsize=4096)  # most columns of most reports are all 0
def _equated(equation: Equation, left: tuple[Printed, ...], right: tuple[Printed, ...]) -> Check:
    return compared(equation.rule, equation.scope, Side(equation.left, left), Side(equation.right, right))


@lru_cache(maxsize=64)  # a form has few alternatives
def _laid_down(form: str, chosen: frozenset[str]) -> tuple[Equation, ...]:
    """The equations of a form in which the rows chosen stand."""
    template = TEMPLATES[form]
    return tuple(
        Equation(
            relation.rule,
            scope,
            _names_of(relation, relation.left, template, chosen),
            _names_of(relation, relation.right, template, chosen),
            _places(relation, relation.left, scope, template, chosen),
            _places(relation, relation.right, scope, template, chosen),
        )
        for relation in template.relations
        for scope in _scopes(relation, template, chosen)
    )


def _scopes(relation: Relation, template: Template, chosen: frozenset[str]) -> tuple[str, ...]:
    form = template.applications if relation.table == APPLICATIONS else template.reviews
    if relation.scope == "column":
        return tuple(column.key for column in form.columns)
    return template.substituted(tuple(row.key for row in form.rows), chosen)


def _operands(
    relation: Relation, keys: tuple[str, ...], template: Template, chosen: frozenset[str]
) -> tuple[str, ...]:
    """What one side of a relation adds up: rows of a column, or columns of a row."""
    return template.substituted(keys, chosen) if relation.scope == "column" else keys


def _names_of(
    relation: Relation, keys: tuple[str, ...], template: Template, chosen: frozenset[str]
) -> tuple[str, ...]:
    names = _NAMES[template.format]
    return tuple(names.get(key, key) for key in _operands(relation, keys, template, chosen))


def _places(
    relation: Relation, keys: tuple[str, ...], scope: str, template: Template, chosen: frozenset[str]
) -> tuple[Address, ...]:
    """The cells that one side of a relation adds up in a scope."""
    by_column = relation.scope == "column"
    return tuple(
        (relation.table, key, scope) if by_column else (relation.table, scope, key)
        for key in _operands(relation, keys, template, chosen)
    )


def compared(rule: str, scope: str, left: Side, right: Side) -> Check:
    """What becomes of an equation of two sides."""
    if not (left.known and right.known) and (unknown := left.unknown() + right.unknown()):
        detail = f"缺少数字：{'、'.join(unknown[:6])}{' 等' if len(unknown) > 6 else ''}"
        return Check(rule, scope, NOT_ASSESSABLE, left.value, right.value, detail)
    a, b = left.total, right.total
    detail = f"{left.words()} = {_number(a)}；{right.words()} = {_number(b)}"
    if left.known and right.known:
        if a == b:
            return Check(rule, scope, PASS, a, b, detail)
        return Check(rule, scope, FAIL, a, b, f"{detail}；相差 {_number(a - b)}")
    if a != b:
        return Check(rule, scope, NOT_ASSESSABLE, left.value, right.value, f"{detail}；有空白，无法核对")
    return Check(rule, scope, ASSUMED, a, b, f"{detail}；空白按 0 计")


def _text_applications(table: Table[Cell], texts: Sequence[str]) -> Check:
    printed = table.value(APPLICATIONS, "new_received", "total")
    said = statements.applications(texts)
    if said.whole:
        return _stated("text.applications", "new_received", said.whole, printed)
    return _stated_in_part("text.applications", "new_received", said.parts, printed)


_SUITS = ("lawsuit_direct", "lawsuit_after_reconsideration")


def _text_reviews(table: Table[Cell], texts: Sequence[str]) -> Iterator[Check]:
    """Lawsuits are stated in prose without their kind, so both kinds are added: scope lawsuit."""
    said = statements.reviews(texts)
    yield _stated(
        "text.reviews",
        "reconsideration",
        said.reconsideration,
        table.value(REVIEWS, "reconsideration", "total"),
    )
    totals = [table.value(REVIEWS, stage, "total") for stage in _SUITS]
    total = None if None in totals else sum(t or 0 for t in totals)
    yield _stated("text.reviews", "lawsuit", said.lawsuit, total)


def _stated(rule: str, scope: str, said: tuple[statements.Statement, ...], printed: float | None) -> Check:
    values = {s.value for s in said}
    if not values:
        return Check(rule, scope, NOT_ASSESSABLE, None, printed, "文字中没有明确的件数")
    words = "；".join(dict.fromkeys(s.words for s in said))
    if len(values) > 1:
        return Check(rule, scope, NOT_ASSESSABLE, None, printed, f"文字中的件数不一致：{words}")
    value = values.pop()
    if printed is None:
        return Check(rule, scope, NOT_ASSESSABLE, value, None, f"文字：{words}；表中没有数字")
    difference = value - printed
    detail = f"文字：{words}（{_number(value)}）；表中为 {_number(printed)}"
    detail += f"；相差 {_number(difference)}" if difference else ""
    return Check(rule, scope, FAIL if difference else PASS, value, printed, detail)


def _stated_in_part(
    rule: str, scope: str, said: tuple[statements.Statement, ...], printed: float | None
) -> Check:
    """Of a part nothing follows but that the whole is no less: fewer than in the table prove nothing."""
    most = max(said, key=attrgetter("value"), default=None)
    if most is None or (printed is not None and most.value >= printed):
        return _stated(rule, scope, said[:0] if most is None else (most,), printed)
    detail = f"文字：{most.words}，可能只是其中一部分"
    return Check(rule, scope, NOT_ASSESSABLE, most.value, printed, detail)


@cache
def _money_of(form: str) -> tuple[FormCell, ...]:
    """The cells of a form that hold amounts of money."""
    return tuple(c for c in TEMPLATES[form].cells() if c.table_name == PROACTIVE and c.kind == MONEY)


def _unit_doubt(table: Table[Cell]) -> Iterator[Check]:
    """Fails where an amount other than 0 is printed with no unit anywhere: its size is not known."""
    for place in _money_of(table.template.format):
        cell = table.cell(PROACTIVE, place.row, place.column_name)
        if cell is None or cell.state is not State.NUMBER:
            yield Check("unit.doubt", place.row, NOT_ASSESSABLE, None, None, "没有金额")
        elif cell.value is None:
            yield Check("unit.doubt", place.row, FAIL, None, None, f"金额“{cell.raw}”没有单位，无法换算成元")
        else:
            detail = f"“{cell.raw}”即 {_number(cell.value)} 元"
            yield Check("unit.doubt", place.row, PASS, float(cell.value), None, detail)
