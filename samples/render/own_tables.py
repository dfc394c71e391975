"""Tables as authors change them: columns and rows of their own, some left out, others named elsewhere.

Each change is a function from a report to its sections, drawn as HTML, some also as text with tabs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from samples.chance import chance
from samples.forms import APPLICANTS, APPLICATIONS, LINES, RESULTS, REVIEWS, STAGES, Key
from samples.render import text_tabs
from samples.render.content import Part, parts, reshaped
from samples.render.damage import HEADER_ROWS, Damage
from samples.render.layout import Layout, html_layout
from samples.render.markup import fragments
from samples.render.reshape import cut, flat, with_column
from samples.render.tables import Box, Table, width
from samples.report import Habit, Report

_HABITS = (Habit(), Habit(zero="-", thousands=True, money="yuan"))
_NAMES = dict(APPLICANTS)
_GROUPS = {
    "denied_state_secret": "（三）不予公开",
    "unavailable_not_held": "（四）无法提供",
    "not_processed_petition": "（五）不予处理",
    "other_correction_overdue": "（六）其他处理",
}


def _rows(report: Report, columns: tuple[str, ...]) -> Table:
    """The rows of section three under a header of one row, with the columns given."""
    keys = [[(APPLICATIONS, "", line.key, column) for column in columns] for line in LINES[report.form]]
    labels = [line.labels[-1] for line in LINES[report.form]]
    head = [Box("项目"), *(Box(_NAMES[column]) for column in columns)]
    rows = [[Box(a), *(Box(report.printed(k), key=k) for k in b)] for a, b in zip(labels, keys, strict=True)]
    return [head, *rows]


def _plain(report: Report) -> Table:
    return _rows(report, tuple(_NAMES))


def _three(change: Callable[[Report, Table], Table]) -> Callable[[Report], list[Part]]:
    """Section three changed from its official table."""
    return lambda report: reshaped(report, {3: lambda table: [change(report, table)]})


def _number(report: Report, place: object) -> Box:
    """A figure that is none of the form's."""
    return Box(str(chance("own", report.title, place).randint(1, 99)))


def _left_out(column: str) -> tuple[Callable[[Report], list[Part]], Callable[[Report], frozenset[Key]]]:
    kept = tuple(key for key in _NAMES if key != column)

    def unknowable(report: Report) -> frozenset[Key]:
        return frozenset(key for key in report.cells if key[0] == APPLICATIONS and key[3] == column)

    return _three(lambda report, _: _rows(report, kept)), unknowable


def _total_twice(report: Report, _: Table) -> Table:
    head, *rows = _rows(report, ("total", *_NAMES))
    return [[head[0], Box("合计"), *head[2:]], *rows]


def _last_year_beside(report: Report, _: Table) -> Table:
    head, *rows = _plain(report)
    return [[*head, Box("上年总计")], *([*row, _number(report, n)] for n, row in enumerate(rows))]


def _year_rows(report: Report, _: Table) -> Table:
    """Two rows for each of the form's: the year before, and the year."""
    head, *rows = _plain(report)
    table: Table = [[head[0], Box("年度"), *head[1:]]]
    for row in rows:
        old = [_number(report, box.key) for box in row[1:]]
        table.append([replace(row[0], rowspan=2), Box(f"{report.year - 1}年"), *old])
        table.append([Box(f"{report.year}年"), *row[1:]])
    return table


def _group_rows(report: Report, _: Table) -> Table:
    """A row of its own for each group, with a sum that the form does not have."""
    head, *rows = _plain(report)
    table = [head]
    for row in rows:
        group = _GROUPS.get(row[-1].key[2] if row[-1].key else "")
        if group:
            table.append([Box(group), *(_number(report, (group, n)) for n in range(len(row) - 1))])
        table.append(row)
    return table


def _other_order(report: Report, _: Table) -> Table:
    head, *rows = _plain(report)
    middle = chance("rows", report.title).sample(rows[2:-2], len(rows) - 4)
    return [head, *rows[:2], *middle, *rows[-2:]]


def _units_beside(_: Report, table: Table) -> Table:
    units = ["单位", "", "", *["件"] * (len(table) - HEADER_ROWS)]
    return with_column(table, HEADER_ROWS, units)


def _head_too_narrow(_: Report, table: Table) -> Table:
    """The cell above the organisations spans a column too few, so that 总计 stands before 其他."""
    top, second, *rest = table
    return [top, [second[0], replace(second[1], colspan=4), *second[2:]], *rest]


def _head_again(_: Report, table: Table) -> Table:
    """The header once more in the middle, and a remark below."""
    again = [row for piece in cut(table, [12, 20], head=HEADER_ROWS) for row in piece]
    return [*again, [Box("注：本表由各股室填报。", colspan=width(table))]]


def _groups_again(report: Report) -> list[Part]:
    """Pages cut the table, and each further piece names its group again."""

    def three(table: Table) -> list[Table]:
        first, *rest = cut(flat(table), [HEADER_ROWS + 7, HEADER_ROWS + 14])
        named = zip(rest, ("（三）不予公开（续）", "（五）不予处理（续）"), strict=True)
        return [first, *([[Box("三、"), Box(group), *piece[0][2:]], *piece[1:]] for piece, group in named)]

    return reshaped(report, {3: three})


def _titles_beside(report: Report) -> list[Part]:
    """The titles of section two stand left of their rows, not above them; a column tells the unit."""

    def two(table: Table) -> list[Table]:
        found: Table = []
        starts = [y for y, row in enumerate(table) if len(row) == 1]
        for start, end in zip(starts, [*starts[1:], len(table)], strict=True):
            rows = table[start + 1 : end]
            title = replace(table[start][0], colspan=1, rowspan=len(rows))
            units = [Box("单位"), *(Box("件") for _ in rows[1:])]
            shown = [[row[0], unit, *row[1:]] for row, unit in zip(rows, units, strict=True)]
            found += [[title, *shown[0]], *shown[1:]]
        return [found]

    return reshaped(report, {2: two})


def _captioned(report: Report) -> list[Part]:
    """Section four as a table for each stage, which only the line above it names."""
    found: list[Part] = []
    for part in parts(report):
        found.append(replace(part, tables=()) if part.number == 4 else part)
        for n, (stage, name) in enumerate(STAGES if part.number == 4 and part.tables else ()):
            keys = [(REVIEWS, "", stage, result) for result, _ in RESULTS]
            table = [[Box(label) for _, label in RESULTS], [Box(report.printed(k), key=k) for k in keys]]
            found.append(Part(4, f"（{'一二三'[n]}）{name}情况", (), (table,)))
    return found


_CHANGES: dict[str, Callable[[Report], list[Part]]] = {
    "total_twice": _three(_total_twice),
    "last_year": _three(_last_year_beside),
    "year_rows": _three(_year_rows),
    "group_rows": _three(_group_rows),
    "other_order": _three(_other_order),
    "units": _three(_units_beside),
    "narrow_head": _three(_head_too_narrow),
    "head_again": _three(_head_again),
    "groups_again": _groups_again,
    "titles_beside": _titles_beside,
    "captioned": _captioned,
}
_DAMAGES = [
    *(Damage(name, change) for name, change in _CHANGES.items()),
    *(
        Damage(f"without_{name}", *_left_out(key))
        for name, key in (("other", "other_org"), ("total", "total"))
    ),
]
_IN_TEXT = ("group_rows", "other_order", "captioned", "without_other", "without_total")


def _html(change: Damage) -> Layout:
    layout = html_layout(f"own_{change.name}", lambda report: fragments(change.parts(report)), _HABITS)
    return replace(layout, unknowable=change.unknowable)


def _text(change: Damage) -> Layout:
    def render(report: Report) -> bytes:
        return text_tabs.document(report.title, change.parts(report))

    name = f"own_{change.name}_text"
    return Layout(name, "txt", "text/plain", render, None, _HABITS, change.unknowable)


LAYOUTS = (*map(_html, _DAMAGES), *(_text(change) for change in _DAMAGES if change.name in _IN_TEXT))
