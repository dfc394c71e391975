"""A report's tables as printed rows, and the layouts that they are met in: markup and lines of text.

The figures are random, the labels those of the form; nothing here knows how they are read.
"""

from __future__ import annotations

import html
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from pipelines.parse.template import APPLICATIONS, PROACTIVE, REVIEWS, TEMPLATES, Template

Key = tuple[str, str, str]
CORNER = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
GROUP_SIZES = {
    "2019": ((2, 0), (8, 1), (3, 2), (5, 3), (1, 0)),
    "2021": ((2, 0), (8, 1), (3, 2), (5, 3), (3, 4)),
}
GROUPS = ("", "（三）不予公开", "（四）无法提供", "（五）不予处理", "（六）其他处理")


@dataclass(frozen=True)
class C:
    """A printed cell."""

    text: str
    colspan: int = 1
    rowspan: int = 1


Row = list[C]


@dataclass
class Printed:
    """The figures of a report, by (table, row, column), as they are printed."""

    form: str
    raw: dict[Key, str]
    value: dict[Key, int | float | None]
    blanks: bool = False
    heads: dict[str, str] = field(default_factory=dict)

    @property
    def template(self) -> Template:
        return TEMPLATES[self.form]


def random_report(seed: int, form: str, blanks: bool = False) -> Printed:
    """Figures of all kinds; distinct enough that a shift or a swap shows."""
    rng = random.Random(seed)
    raw: dict[Key, str] = {}
    value: dict[Key, int | float | None] = {}
    for cell in TEMPLATES[form].cells():
        key = (cell.table_name, cell.row, cell.column_name)
        number = rng.choice((0, 0, rng.randrange(10), rng.randrange(1, 99_999)))
        raw[key], value[key] = str(number), number
        if cell.kind == "signed":
            number = rng.randrange(-99, 99)
            raw[key], value[key] = f"{number:+d}", number
        elif cell.kind == "money":
            cents = rng.randrange(1, 10**7)
            raw[key], value[key] = f"{cents / 10_000:.4f}万元", cents
        elif blanks and number == 0 and cell.column_name in ("in_force", "disclosed_total"):
            raw[key], value[key] = "7", 7  # none in all would belie what was issued
        elif blanks and number == 0:
            raw[key], value[key] = "", None
        elif number > 999 and rng.random() < 0.3:
            raw[key] = f"{number:,}"
    return Printed(form, raw, value, blanks)


# --- rows as cells -------------------------------------------------------------


def proactive_rows(p: Printed, part: int | None = None) -> list[Row]:
    width = 1 + max(len(t.columns) for t in p.template.proactive)
    rows: list[Row] = []
    for number, table in enumerate(p.template.proactive):
        if part is not None and number != part:
            continue
        last = width - len(table.columns)
        rows.append([C(table.title, width)])
        heads = [C(c.label) for c in table.columns]
        rows.append([C("信息内容"), *heads[:-1], replace(heads[-1], colspan=last)])
        for row in table.rows:
            values = [C(p.raw[PROACTIVE, row.key, c.key]) for c in table.columns]
            rows.append([C(row.label), *values[:-1], replace(values[-1], colspan=last)])
    return rows


def applicant_values(p: Printed, row: str, order: Iterable[str] | None = None) -> list[C]:
    return [C(p.raw[APPLICATIONS, row, c]) for c in order or (c.key for c in p.template.applications.columns)]


def application_head() -> list[Row]:
    return [
        [C(CORNER, 3, 3), C("申请人情况", 7)],
        [C("自然人", 1, 2), C("法人或其他组织", 5), C("总计", 1, 2)],
        [C("商业企业"), C("科研\n机构"), C("社会公益组织"), C("法律服务机构"), C("其他")],
    ]


def application_rows(p: Printed) -> list[Row]:
    """The body in the spans of the official form."""
    labels = list(p.template.applications.rows)
    rows = [[C(r.label, 3), *applicant_values(p, r.key)] for r in labels[:2]]
    middle = labels[2:-1]
    at = 0
    for size, group in GROUP_SIZES[p.form]:
        for n in range(size):
            row = middle[at]
            head = [C("三、本年度办理结果", 1, len(middle))] if at == 0 else []
            if group:
                head += [C(GROUPS[group], 1, size)] if n == 0 else []
                head += [C(row.label)]
            else:
                head += [C(row.label, 2)]
            rows.append([*head, *applicant_values(p, row.key)])
            at += 1
    rows.append([C("（七）总计", 2), *applicant_values(p, "total_handled")])
    rows.append([C("四、结转下年度继续办理", 3), *applicant_values(p, "carried_forward")])
    return rows


def review_head() -> list[Row]:
    results = [C(r) for r in ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")]
    return [
        [C("行政复议", 5), C("行政诉讼", 10)],
        [*(replace(c, rowspan=2) for c in results), C("未经复议直接起诉", 5), C("复议后起诉", 5)],
        [*results, *results],
    ]


def review_values(p: Printed, stage: str | None = None) -> list[C]:
    table = p.template.reviews
    return [
        C(p.raw[REVIEWS, s.key, c.key]) for s in table.rows if stage in (None, s.key) for c in table.columns
    ]


# --- markup --------------------------------------------------------------------


def td(c: C) -> str:
    text = html.escape(c.text).replace("\n", "<br>")
    return f'<td rowspan="{c.rowspan}" colspan="{c.colspan}">{text}</td>'


def table(rows: Iterable[Row]) -> str:
    return "<table>" + "".join("<tr>" + "".join(map(td, row)) + "</tr>" for row in rows) + "</table>"


def page(two: str, three: str, four: str) -> str:
    return (
        "<html><head><meta charset=utf-8><title>甲县乙局2023年政府信息公开工作年度报告</title></head>"
        "<body><div>"
        "<h1>甲县乙局2023年政府信息公开工作年度报告</h1><p>一、总体情况</p><p>全年公开各类信息321条，工作有序。</p>"
        f"<p>二、主动公开政府信息情况</p>{two}<p>三、收到和处理政府信息公开申请情况</p>{three}"
        f"<p>四、政府信息公开行政复议、行政诉讼情况</p>{four}"
        "<p>五、存在的主要问题及改进情况</p><p>主动性不足，下一步加强培训。</p>"
        "<p>六、其他需要报告的事项</p><p>本年度未收取信息处理费。</p></div></body></html>"
    )


def official(p: Printed) -> str:
    three = table([*application_head(), *application_rows(p)])
    return page(table(proactive_rows(p)), three, table([*review_head(), review_values(p)]))


def sub_tables(p: Printed) -> str:
    two = "".join(table(proactive_rows(p, n)) for n in range(len(p.template.proactive)))
    flat = [[C(r.label), *applicant_values(p, r.key)] for r in p.template.applications.rows]
    head = [[C("申请人"), *(C(c.label) for c in p.template.applications.columns)]]
    columns = [C(c.label) for c in p.template.reviews.columns]
    four = table(
        [[C("类别"), *columns], *([C(s.label), *review_values(p, s.key)] for s in p.template.reviews.rows)]
    )
    return page(two, table(head + flat), four)


def one_table(p: Printed) -> str:
    rows = [
        [C("二、主动公开政府信息情况", 15)],
        *proactive_rows(p),
        [C("三、收到和处理政府信息公开申请情况", 15)],
    ]
    rows += [*application_head(), *application_rows(p), [C("四、政府信息公开行政复议、行政诉讼情况", 15)]]
    return page(table([*rows, *review_head(), review_values(p)]), "", "")


def own_order(p: Printed) -> str:
    order = [c.key for c in p.template.applications.columns]
    order = [order[i] for i in (6, 3, 0, 5, 1, 4, 2)]
    names = {c.key: c.label for c in p.template.applications.columns}
    head = [[C("项目"), *(C(names[k]) for k in order)]]
    body = [[C(r.label), *applicant_values(p, r.key, order)] for r in reversed(p.template.applications.rows)]
    two = [row[:1] + row[1:][::-1] for row in proactive_rows(p)]
    stages = list(p.template.reviews.rows)[::-1]
    results = [c.label for c in p.template.reviews.columns][::-1]
    four = [[C(s.label, 5) for s in stages], [C(r) for _ in stages for r in results]]
    four.append([c for s in stages for c in review_values(p, s.key)[::-1]])
    return page(table(two), table(head + body), table(four))


def with_extra_columns(p: Printed) -> str:
    three = []
    for n, row in enumerate([*application_head(), *application_rows(p)]):
        first = [C("序号", 1, 3)] if n == 0 else [] if n < 3 else [C(str(n - 2))]
        last = [C("备注", 1, 3)] if n == 0 else [] if n < 3 else [C("" if n % 3 else "1")]
        three.append([*first, *row, *last])
    return page(table(proactive_rows(p)), table(three), table([*review_head(), review_values(p)]))


def cut_by_page(p: Printed) -> str:
    rows = application_rows(p)
    two = proactive_rows(p)
    plain = [[C(c.text) for c in row] for row in rows]
    three = (
        table([*application_head(), *plain[:9]])
        + table(plain[9:18])
        + table([*application_head(), *plain[18:]])
    )
    return page(table(two[:3]) + table(two[3:]), three, table(review_head()) + table([review_values(p)]))


def cut_in_a_label(p: Printed) -> str:
    rows = application_rows(p)
    label = rows[6][-8].text
    first = [*rows[6][:-8], C(label[:7]), *rows[6][-7:]]
    rest = [C(""), C(""), C(label[7:]), *[C("")] * 7]
    plain = [[C(c.text) for c in row] for row in (*rows[:6], first, rest, *rows[7:])]
    three = table([*application_head(), *plain[:7]]) + table(plain[7:])
    return page(table(proactive_rows(p)), three, table([*review_head(), review_values(p)]))


def lost_labels(p: Printed) -> str:
    """No group labels, 其他 gone from the header, the label of each row split over two cells."""
    head = [[C("项目", 2), *(C(c.label) for c in p.template.applications.columns if c.key != "other_org")]]
    body = []
    for r in p.template.applications.rows:
        cut = len(r.label) // 2
        body.append([C(r.label[:cut]), C(r.label[cut:]), *applicant_values(p, r.key)])
    head4 = review_head()
    head4[2] = head4[2][:-1]
    return page(table(proactive_rows(p)), table(head + body), table([*head4, review_values(p)]))


def vertical_reviews(p: Printed) -> str:
    rows = []
    for s in p.template.reviews.rows:
        for n, c in enumerate(p.template.reviews.columns):
            group = [C("\n".join(s.label), 1, 5)] if n == 0 else []
            rows.append([*group, C(c.label), C(p.raw[REVIEWS, s.key, c.key])])
    turned = [
        [C("\n".join(c.text), c.colspan, c.rowspan) if len(c.text) < 8 else c for c in r]
        for r in application_head()
    ]
    three = table([*turned, *application_rows(p)])
    return page(table(proactive_rows(p)), three, table(rows))


def turned_reviews(p: Printed) -> str:
    head = [[C("结果"), C("行政复议"), C("未经复议直接起诉"), C("复议后起诉")]]
    rows = [
        [C(c.label), *(C(p.raw[REVIEWS, s.key, c.key]) for s in p.template.reviews.rows)]
        for c in p.template.reviews.columns
    ]
    three = table([*application_head(), *application_rows(p)])
    return page(table(proactive_rows(p)), three, table(head + rows))


def three_review_tables(p: Printed) -> str:
    columns = [C(c.label) for c in p.template.reviews.columns]
    four = "".join(
        table([[C(s.label, 5)], columns, review_values(p, s.key)]) for s in p.template.reviews.rows
    )
    three = table([*application_head(), *application_rows(p)])
    return page(table(proactive_rows(p)), three, four)


def twice(p: Printed) -> str:
    three = table([*application_head(), *application_rows(p)])
    hidden = f'<div style="display:none">{three}</div>'
    return page(table(proactive_rows(p)), hidden + three, table([*review_head(), review_values(p)]))


def nested(p: Printed) -> str:
    def wrap(inner: str) -> str:
        return f"<table><tr><td></td><td>{inner}</td></tr></table>"

    three = table([*application_head(), *application_rows(p)])
    return page(wrap(table(proactive_rows(p))), wrap(three), wrap(table([*review_head(), review_values(p)])))


def word_paste(p: Printed) -> str:
    """Spans, paragraphs and blanks inside cells; numbers and labels cut by markup."""

    def cell(c: C) -> str:
        cut = len(c.text) // 2
        text = html.escape(c.text[:cut]) + "</span><span>" + html.escape(c.text[cut:])
        spans = f'colspan="{c.colspan}" rowspan="{c.rowspan}"'
        return f"<td {spans}><p><span>{text}</span><o:p></o:p>&nbsp;</p></td>"

    def tab(rows: list[Row]) -> str:
        return "<table>" + "".join("<tr>" + "".join(map(cell, r)) + "</tr>" for r in rows) + "</table>"

    three = tab([*application_head(), *application_rows(p)])
    return page(tab(proactive_rows(p)), three, tab([*review_head(), review_values(p)]))


MARKUP: dict[str, Callable[[Printed], str]] = {
    f.__name__: f
    for f in (
        official,
        sub_tables,
        one_table,
        own_order,
        with_extra_columns,
        cut_by_page,
        cut_in_a_label,
        lost_labels,
        vertical_reviews,
        turned_reviews,
        three_review_tables,
        twice,
        nested,
        word_paste,
    )
}
# a blank cell can be told from a lost one only where rows and columns are sure
MARKUP_WITH_BLANKS = (
    "official",
    "sub_tables",
    "one_table",
    "own_order",
    "twice",
    "nested",
    "word_paste",
    "cut_by_page",
)


# --- lines ---------------------------------------------------------------------


def report_text(two: str, three: str, four: str) -> str:
    return (
        "甲县乙局2023年政府信息公开工作年度报告\n\n一、总体情况\n\n全年公开各类信息321条，工作有序。\n\n"
        f"二、主动公开政府信息情况\n\n{two}\n\n三、收到和处理政府信息公开申请情况\n\n{three}\n\n"
        f"四、政府信息公开行政复议、行政诉讼情况\n\n{four}\n\n五、存在的主要问题及改进情况\n\n"
        "主动性不足，下一步加强培训。\n\n六、其他需要报告的事项\n\n本年度未收取信息处理费。\n"
    )


def _lines(rows: Iterable[Row], join: Callable[[list[str]], str]) -> str:
    return "\n".join(join([c.text.replace("\n", "") for c in row]) for row in rows)


def _text(p: Printed, join: Callable[[list[str]], str]) -> str:
    three = [*application_head(), *application_rows(p)]
    return report_text(
        _lines(proactive_rows(p), join), _lines(three, join), _lines([*review_head(), review_values(p)], join)
    )


def tabs(p: Printed) -> str:
    return _text(p, "\t".join)


def blanks_between(p: Printed) -> str:
    return _text(p, " ".join)


def blank_lines(p: Printed) -> str:
    return _text(p, " ".join).replace("\n", "\n\n")


def cell_a_line(p: Printed) -> str:
    return _text(p, "\n".join)


def tabbed_cell_a_line(p: Printed) -> str:
    return _text(p, lambda cells: "\n".join("\t" + c for c in cells) + "\n")


def pipes(p: Printed) -> str:
    def rows(body: list[Row]) -> str:
        lines = ["| " + " | ".join(c.text.replace("\n", "") for c in row) + " |" for row in body]
        rule = "|" + " --- |" * sum(c.colspan for c in body[0])
        return "\n".join([lines[0], rule, *lines[1:]])

    three = [*application_head(), *application_rows(p)]
    return report_text(rows(proactive_rows(p)), rows(three), rows([*review_head(), review_values(p)]))


def _split_row(row: Row) -> tuple[list[str], list[str]]:
    texts = [c.text.replace("\n", "") for c in row]
    first = next(
        (i for i, t in enumerate(texts) if t and t[0] in "+-0123456789" and t[1:2] != "."), len(texts)
    )
    return texts[:first], texts[first:]


def numbers_below(p: Printed) -> str:
    def join(row: Row) -> str:
        labels, values = _split_row(row)
        return "\n".join(x for x in (" ".join(labels), " ".join(values)) if x)

    three = [*application_head(), *application_rows(p)]
    parts = (proactive_rows(p), three, [*review_head(), review_values(p)])
    return report_text(*("\n".join(join(r) for r in part) for part in parts))


def _wrapped(p: Printed, place: str) -> str:
    def chunks(text: str) -> list[str]:
        return [text[i : i + 7] for i in range(0, len(text), 7)]

    def join(row: Row) -> str:
        labels, values = _split_row(row)
        lines = [line for label in labels for line in chunks(label)]
        numbers = " ".join(values)
        if not values or not lines:
            return "\n".join([*lines, *([numbers] if numbers else [])])
        if place == "last":
            lines[-1] += " " + numbers
        elif place == "middle" and len(chunks(labels[-1])) > 1:
            lines[-2] += " " + numbers
        else:
            lines.append(numbers)
        return "\n\n".join(lines)

    three = [*application_head(), *application_rows(p)]
    parts = (proactive_rows(p), three, [*review_head(), review_values(p)])
    return report_text(*("\n".join(join(r) for r in part) for part in parts))


def wrapped_last(p: Printed) -> str:
    return _wrapped(p, "last")


def wrapped_middle(p: Printed) -> str:
    return _wrapped(p, "middle")


def wrapped_alone(p: Printed) -> str:
    return _wrapped(p, "alone")


def beside_groups(p: Printed) -> str:
    """Labels on two lines around their values, between them the end of the group's; 总计 before its time."""

    def around(row: Row) -> str:
        labels, values = _split_row(row)
        *groups, own = labels or [""]
        group, half, middle = "".join(groups), len("".join(groups)) // 2, -(-len(own) // 2)
        lines = [group[:half], own[:middle], " ".join([group[half:], *values]), own[middle:]]
        if len(own) < 8:
            lines = [group[:half], " ".join([own, *values]), group[half:]]
        return "\n".join(line for line in lines if line)

    names = "自然\n人\n法人或其他组织\n总计 商业企\n业\n科研\n机构\n社会公益\n组织\n法律服务\n机构 其他"
    three = "\n".join([CORNER, "申请人情况", names, *map(around, application_rows(p))])
    return report_text(
        _lines(proactive_rows(p), " ".join), three, _lines([*review_head(), review_values(p)], " ".join)
    )


def upright_heads(p: Printed) -> str:
    """Headers one character a line, the group glued to the first label, 总计 run into the next word."""

    def upright(rows: list[Row]) -> str:
        return "\n\n".join("\n".join(c.text.replace("\n", "")) for row in rows for c in row)

    def glued(row: Row) -> str:
        labels, values = _split_row(row)
        return "".join(labels) + " " + " ".join(values)

    head = (
        "申请人情况\n\n自\n然\n人\n\n法人或其他组织\n\n总计商业\n企业\n\n科研\n机构\n\n"
        "社 会\n公 益\n组织\n\n法 律\n服 务\n机构\n\n其他"
    )
    two = "\n".join(" ".join(c.text for c in row) for row in proactive_rows(p))
    three = CORNER + "\n" + head + "\n\n" + "\n".join(glued(r) for r in application_rows(p))
    return report_text(two, three, upright(review_head()) + "\n\n" + _lines([review_values(p)], " ".join))


LINES: dict[str, Callable[[Printed], str]] = {
    f.__name__: f
    for f in (
        tabs,
        blanks_between,
        blank_lines,
        cell_a_line,
        tabbed_cell_a_line,
        pipes,
        numbers_below,
        beside_groups,
        wrapped_last,
        wrapped_middle,
        wrapped_alone,
        upright_heads,
    )
}
