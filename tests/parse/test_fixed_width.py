"""Tables in lines of text whose columns are set with blanks: what is blank in them keeps its column."""

import random
import unicodedata

import pytest

from tests.parse import table_layouts as t
from tests.parse.table_layouts import Printed, random_report
from tests.parse.table_reading import FORMS, apart, read, rows_flagged


def width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in text)


def flat(p: Printed) -> list[list[str]]:
    columns = p.template.applications.columns
    rows = [
        [r.label, *(p.raw["applications", r.key, c.key] for c in columns)]
        for r in p.template.applications.rows
    ]
    return [["项目", *(c.label for c in columns)], *rows]


def drawn(rows: list[list[str]], right: bool, rule: str = "", gap: int = 2) -> list[str]:
    """The rows as lines of a fixed width, a rule below the first."""
    widths = [max(width(row[n]) for row in rows) for n in range(len(rows[0]))]
    lines = []
    for row in rows:
        fields = []
        for n, text in enumerate(row):
            fill = " " * (widths[n] - width(text))
            fields.append(fill + text if right and text[:1].isdigit() and n else text + fill)
        lines.append((" " * gap).join(fields).rstrip())
    return [lines[0], *([(" " * gap).join(rule * n for n in widths)] if rule else []), *lines[1:]]


def sparse(seed: int, form: str) -> Printed:
    """A report in which most zeros are blank."""
    p, rng = random_report(seed, form, blanks=True), random.Random(seed)
    for key in p.raw:
        if (
            key[0] == "applications"
            and key[1] not in ("new_received", "total_handled")
            and rng.random() < 0.6
        ):
            p.raw[key], p.value[key] = "", None
    return p


def document(p: Printed, lines: list[str]) -> str:
    return t.report_text(*("\n".join(part) for part in (["无"], lines, ["无"])))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("right", [True, False])
@pytest.mark.parametrize("rule", ["", "-", "="])
def test_blanks_of_a_table_of_a_fixed_width_keep_their_column(form, right, rule):
    for seed, gap in ((1, 1), (2, 2), (3, 4)):
        p = sparse(seed, form)
        wrong, flagged = apart(p, read(document(p, drawn(flat(p), right, rule, gap))))
        assert wrong - {key for key in wrong if key[0] != "applications"} == set()
        assert rows_flagged(flagged) == set()


@pytest.mark.parametrize("form", FORMS)
def test_values_on_the_line_below_their_label_are_no_row_without_one(form):
    p = random_report(3, form)
    head, *rows = flat(p)
    lines = ["  ".join(head), *(line for label, *values in rows for line in (label, "  ".join(values)))]
    wrong, flagged = apart(p, read(document(p, lines)))
    assert {key for key in wrong if key[0] == "applications"} == set()
    assert rows_flagged(flagged) == set()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("seed", range(4))
def test_a_label_with_nothing_but_values_on_the_line_above_is_no_row_of_blanks(seed, form):
    p = sparse(seed, form)
    head, *rows = flat(p)
    lines = [" ".join(head), *(line for label, *values in rows for line in (" ".join(values), label))]
    wrong, _ = apart(p, read(document(p, lines)))
    assert {key for key in wrong if key[0] == "applications"} == set()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("join", "end"),
    [("\t\t", ""), ("||", ""), (" / ", ""), (" & ", r" \\"), (" & ", r" \\ \hline"), ("#", "")],
)
def test_marks_of_many_sorts_part_the_fields_of_rows_with_blanks(join, end, form):
    p = sparse(2, form)
    wrong, flagged = apart(p, read(document(p, [f"{join.join(row)}{end}".strip(" ") for row in flat(p)])))
    assert {key for key in wrong if key[0] == "applications"} == set()
    assert rows_flagged(flagged) == set()


@pytest.mark.parametrize(("begin", "join", "end"), [("", "\t", ""), ("|", "|", "|")])
def test_blanks_at_the_ends_of_rows_are_blanks_where_section_three_has_some(begin, join, end):
    p = sparse(4, "2019")
    for row, column in (("regulations", "disclosed_total"), ("administrative_licensing", "decisions")):
        p.raw["proactive", row, column], p.value["proactive", row, column] = "", None
    for key in p.raw:
        if key[0] == "proactive" and key[2] in ("newly_disclosed", "change"):
            p.raw[key], p.value[key] = "", None
    two = [[c.text for c in row] for row in t.proactive_rows(p)]
    lines = ["\n".join(begin + join.join(row) + end for row in rows) for rows in (two, flat(p))]
    wrong, flagged = apart(p, read(t.report_text(*lines, "无")))
    assert wrong == set()
    assert {table for table, *_ in flagged} == {"reviews"}


@pytest.mark.parametrize("join", ["\t", " ", "  ", "|"])
def test_section_four_may_be_a_table_of_one_stage_and_one_of_two(join):
    p = random_report(4, "2021")
    outcomes = [c.label for c in p.template.reviews.columns]
    values = [c.text for c in t.review_values(p)]
    four = [["行政复议"], outcomes, values[:5]]
    four += [["行政诉讼"], ["未经复议直接起诉", "复议后起诉"], outcomes * 2, values[5:]]
    wrong, flagged = apart(p, read(t.report_text("无", "无", "\n".join(map(join.join, four)))))
    assert {key for key in wrong | flagged if key[0] == "reviews"} == set()
    four[4] = four[4][::-1]  # each stage has the values below its own name
    wrong, _ = apart(p, read(t.report_text("无", "无", "\n".join(map(join.join, four)))))
    assert {row for table, row, _ in wrong if table == "reviews"} == {
        "lawsuit_direct",
        "lawsuit_after_reconsideration",
    }


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("begin", "end"), [("- ", ""), ("> ", ""), ("", r" \\"), ("• ", r" \\ \hline")])
@pytest.mark.parametrize("join", ["\t", " | ", " "])
def test_signs_around_all_lines_are_no_values(join, begin, end, form):
    for seed in range(3):
        p = sparse(seed, form)
        wrong, flagged = apart(p, read(document(p, [f"{begin}{join.join(row)}{end}" for row in flat(p)])))
        assert {key for key in wrong if key[0] == "applications"} == set()
        assert rows_flagged(flagged) == set() or join == " "


@pytest.mark.parametrize("join", ["\t", " / ", "#", "；"])
def test_a_pipe_alone_before_each_row_is_no_field(join):
    p = sparse(2, "2021")
    wrong, flagged = apart(p, read(document(p, [f"| {join.join(row)}" for row in flat(p)])))
    assert {key for key in wrong if key[0] == "applications"} == set()
    assert rows_flagged(flagged) == set()


def test_figures_with_remarks_below_the_header_of_section_four_are_no_row_of_blanks():
    lines = [
        "行政复议；行政诉讼；",
        "结果维持；结果纠正；其他结果；尚未审结；总计；未经复议直接起诉；复议后起诉；",
    ]
    lines += [
        "结果维持；结果纠正；其他结果；尚未审结；总计；" * 2,
        "—；2；—；—；2；15；—；2（上年9）；1；18；7；—；—；—；7（上年9）；",
    ]
    two = "\n".join("；".join(row) + "；" for row in flat(sparse(2, "2021")))
    cells = [c for c in read(t.report_text("无", two, "\n".join(lines))).cells if c.table_name == "reviews"]
    assert not any(c.state == "blank" for c in cells)


@pytest.mark.parametrize("join", ["；", "，", "#", ";", " / "])
@pytest.mark.parametrize("end", ["", "；", "#"])
def test_figures_below_the_header_of_section_four_are_no_row_of_blanks(join, end):
    outcomes = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]
    lines = [["行政复议", "行政诉讼"], [*outcomes, "未经复议直接起诉", "复议后起诉"], outcomes * 2]
    values = ["2", "。", "1", "0", "3", *"0000000000"]
    four = "\n".join(join.join(line) + end for line in [*lines, values])
    cells = [c for c in read(t.report_text("无", "无", four)).cells if c.table_name == "reviews"]
    assert not any(c.state == "blank" for c in cells)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("gap", [" ", "   "])
@pytest.mark.parametrize("others", ["0", "/"])
def test_dashes_that_blanks_part_are_dashes(form, gap, others):
    p = random_report(3, form)
    for key, text in p.raw.items():
        if text == "0" or (others == "/" and key[1] != "granted"):
            p.raw[key], p.value[key] = "/", None
    found = read(document(p, [gap.join(row) for row in flat(p)]))
    wrong, flagged = apart(p, found)
    assert {key for key in wrong if key[0] == "applications"} == set()
    assert rows_flagged(flagged) == set()
    assert not any(c.state == "blank" for c in found.cells if c.table_name == "applications")


@pytest.mark.parametrize("seed", range(6))
def test_a_value_that_stands_in_no_column_leaves_the_table_flagged(seed):
    p = sparse(seed, "2021")
    lines = drawn(flat(p), right=True)
    at = next(n for n, line in enumerate(lines) if n > 5 and 2 <= len(line.split()) < 5)
    head, _, last = lines[at].rpartition(" ")
    lines[at] = f"{head[:-3]} {last}"  # three columns further left
    wrong, flagged = apart(p, read(document(p, lines)))
    assert {key for key in wrong if key[0] == "applications"} == set()
    assert rows_flagged(flagged)


@pytest.mark.parametrize("seed", range(6))
def test_a_table_with_a_column_of_blanks_is_read_by_its_names_or_flagged(seed):
    p = sparse(seed, "2021")
    for key in p.raw:
        if key[0] == "applications" and key[2] in ("research_institution", "legal_service_org"):
            p.raw[key], p.value[key] = "", None
    left = apart(p, read(document(p, drawn(flat(p), right=False))))
    right = apart(p, read(document(p, drawn(flat(p), right=True))))
    for wrong, _ in (left, right):
        assert {key for key in wrong if key[0] == "applications"} == set()
    assert rows_flagged(left[1]) == set()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("join", ["|", " | "])
def test_pipes_that_only_part_fields_leave_blanks_at_the_ends(form, join):
    p = sparse(2, form)
    wrong, flagged = apart(p, read(document(p, [join.join(row) for row in flat(p)])))
    assert {key for key in wrong if key[0] == "applications"} == set()
    assert rows_flagged(flagged) == set()


def test_a_lone_pipe_parts_label_and_value_where_bare_pipes_part_the_rows():
    p = random_report(4, "2021")
    two = "\n".join(" | ".join(c.text for c in row) for row in t.proactive_rows(p))
    three = "\n".join(" | ".join(row) for row in flat(p))
    _, flagged = apart(p, read(t.report_text(two, three, "无")))
    assert {key for key in flagged if key[0] != "reviews"} == set()


@pytest.mark.parametrize("seed", range(3))
def test_rows_that_stand_further_right_by_the_cells_of_their_labels_are_not_set_by_their_columns(seed):
    rng, p = random.Random(seed), random_report(seed, "2019")
    rows = []
    for n, row in enumerate(p.template.applications.rows):
        own = [rng.randrange(1, 90) * (n % 5 > 0 or at == 0) for at in range(6)]
        own[3] = 0
        texts = [str(value or "") for value in (*own, sum(own))]
        for column, text in zip(p.template.applications.columns, texts, strict=True):
            p.raw["applications", row.key, column.key] = text
            p.value["applications", row.key, column.key] = int(text) if text else None
        rows.append([row.label, *texts, ""] if n % 5 else ["（三）", row.label, *texts])
    wrong, _ = apart(p, read(document(p, drawn([[*flat(p)[0], ""], *rows], right=False))))
    assert {key for key in wrong if key[0] == "applications"} == set()


@pytest.mark.parametrize("form", FORMS)
def test_values_that_the_cell_of_a_group_moved_are_no_other_columns(form):
    for seed in range(4):
        p = sparse(seed, form)
        rows = [[*row[:6], row[7], ""] for row in flat(p)]  # 其他 is lost
        for group, label in (("（三）不予公开", "1.属于国家秘密"), ("（四）无法提供", "1.本机关不掌握")):
            at = next(n for n, row in enumerate(rows) if row[0].startswith(label))
            rows[at] = [group, *rows[at][:-1]]
        wrong, _ = apart(p, read(document(p, drawn(rows, right=False))))
        assert {key for key in wrong if key[0] == "applications"} == set()


@pytest.mark.parametrize("form", FORMS)
def test_slashes_part_the_fields_also_where_groups_have_cells_of_their_own(form):
    p = sparse(2, form)
    rows = [
        [c.text.replace("\n", "") for c in row] for row in [*t.application_head(), *t.application_rows(p)]
    ]
    found = read(document(p, [" / ".join(row) for row in rows]))
    wrong, flagged = apart(p, found)
    assert {key for key in wrong if key[0] == "applications"} == set()
    assert rows_flagged(flagged) == set()
    assert not any(c.state == "dash" for c in found.cells if c.table_name == "applications")


@pytest.mark.parametrize("values", ["/ 0 / 3 / 0 / 0人次左右 / 0 / 0 / 3", "0 3 0 0 0 0 3 备注 3 0"])
def test_a_row_that_goes_on_behind_a_text_is_flagged(values):
    lines = [" ".join(row) for row in flat(random_report(2, "2021"))]
    at = next(n for n, line in enumerate(lines) if line.startswith("2.重复申请"))
    lines[at] = f"2.重复申请 {values}"
    found = read(document(random_report(2, "2021"), lines))
    row = [c for c in found.cells if c.row == "not_processed_duplicate"]
    assert row and {c.state for c in row} == {"unreadable"}


def test_a_row_of_which_a_figure_goes_on_beside_the_end_of_its_label_is_flagged():
    lines = [" ".join(row) for row in flat(random_report(2, "2021"))]
    at = next(n for n, line in enumerate(lines) if line.startswith("4.无正当理由大量反复申请"))
    lines[at : at + 1] = ["4.无正当理由大量反 91 0 383 374 0 288 113", "复申请 6"]
    found = read(document(random_report(2, "2021"), lines))
    row = [c for c in found.cells if c.row == "not_processed_excessive"]
    assert row and {c.state for c in row} == {"unreadable"}


@pytest.mark.parametrize("join", [",", "\t", "；"])
def test_a_blank_row_whose_label_goes_on_beside_values_is_flagged_or_read(join):
    p = random_report(2, "2021")
    rows = flat(p)
    at = next(n for n, row in enumerate(rows) if row[0].startswith("1.申请人无正当理由"))
    label, rest = rows[at][0].split("、")
    rows[at : at + 1] = [[f"{label}、", *[""] * 7], [rest, *rows[at][1:]]]
    wrong, _ = apart(p, read(document(p, [join.join(row) for row in rows])))
    assert {key for key in wrong if key[0] == "applications"} == set()


@pytest.mark.parametrize("dash", "-‐‑‒–—−")
def test_a_dash_of_any_kind_is_a_value_of_its_row(dash):
    p = random_report(2, "2021")
    outcomes = " ".join(c.label for c in p.template.reviews.columns)
    rows = ["行政复议 1 0 0 1 2", "未经复议直接起诉 1 0 2 0 3", f"复议后起诉 {dash} 1 0 - - 1"]
    cells = read(t.report_text("无", "无", "\n".join([outcomes, *rows]))).cells
    last = [c for c in cells if c.row == "lawsuit_after_reconsideration"]
    assert last and not any(c.state in ("number", "dash") for c in last)


@pytest.mark.parametrize("name", ["2022年", "事业单位"])
@pytest.mark.parametrize("form", FORMS)
def test_names_of_columns_between_slashes_show_that_these_part_fields(form, name):
    p = random_report(3, form)
    rows = [[*row[:2], name if n == 0 else "9", *row[2:7]] for n, row in enumerate(flat(p))]  # 总计 is lost
    wrong, _ = apart(p, read(document(p, [" / ".join(row) for row in rows])))
    assert {key for key in wrong if key[0] == "applications"} == set()
    rows = flat(p)
    del rows[4][3]  # one value is lost: it alone is flagged
    wrong, flagged = apart(p, read(document(p, [" / ".join(row) for row in rows])))
    assert {key for key in wrong if key[0] == "applications"} == set()
    assert len(rows_flagged(flagged)) == 1


@pytest.mark.parametrize("join", ["\t", " / ", ","])
def test_a_row_of_blanks_below_the_ordinal_of_its_label_and_its_values_is_flagged(join):
    p = random_report(2, "2021")
    rows = flat(p)
    at = next(n for n, row in enumerate(rows) if row[0].startswith("1.本机关不掌握"))
    rows[at : at + 1] = [["1.", *rows[at][1:]], [rows[at][0][2:], *[""] * 7]]
    wrong, _ = apart(p, read(document(p, [join.join(row) for row in rows])))
    assert {key for key in wrong if key[0] == "applications"} == set()
