"""A whole sheet saved as text (CSV, TSV) gives its tables as grids, each cell with its place."""

import csv
import io

import pytest

from pipelines.parse.read.text import read_text
from pipelines.parse.records import Grid, Paragraph, Reading
from pipelines.parse.sections import split
from pipelines.parse.tables import fill
from tests.parse import table_layouts as t
from tests.parse.table_layouts import Printed, Row, random_report
from tests.parse.table_reading import apart

TITLE = "甲县乙局2023年政府信息公开工作年度报告"


def unmerged(rows: list[Row]) -> list[list[str]]:
    """The texts of rows, merged cells at their first place and blank at the others."""
    taken: dict[tuple[int, int], str] = {}
    width = 0
    for y, row in enumerate(rows):
        x = 0
        for cell in row:
            while (y, x) in taken:
                x += 1
            for i in range(cell.rowspan):
                for j in range(cell.colspan):
                    taken[y + i, x + j] = cell.text if not (i or j) else ""
            x += cell.colspan
        width = max(width, x)
    return [[taken.get((y, x), "") for x in range(width)] for y in range(len(rows))]


def sheet(
    p: Printed, delimiter: str = ",", quoting: int = csv.QUOTE_MINIMAL, pad: str = "", width: int = 15
) -> str:
    three = [*t.application_head(), *t.application_rows(p)]
    four = [*t.review_head(), t.review_values(p)]
    lines = [
        [TITLE],
        ["一、总体情况"],
        ["全年公开各类信息321条，“一网通办”有序,平稳。"],
        ["二、主动公开政府信息情况"],
    ]
    lines += [*unmerged(t.proactive_rows(p)), ["三、收到和处理政府信息公开申请情况"]]
    lines += [*unmerged(three), ["四、政府信息公开行政复议、行政诉讼情况"]]
    lines += [*unmerged(four), ["五、存在的主要问题及改进情况"], ["主动性不足。"], []]
    lines += [["六、其他需要报告的事项"], ["本年度未收取信息处理费。"]]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator="\r\n")  # type: ignore[arg-type]
    for line in lines:
        writer.writerow([pad + text + pad for text in line] + [""] * (width - len(line)))
    return out.getvalue()


def read(text: str) -> Reading:
    return read_text(text.encode())


@pytest.mark.parametrize("form", ["2019", "2021"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
@pytest.mark.parametrize("pad", ["", "  "])
def test_a_sheet_saved_as_text_is_read_with_its_blanks(form, delimiter, quoting, pad):
    p = random_report(3, form, blanks=True)
    text = sheet(p, delimiter, quoting, pad)
    reading = read(text)
    assert apart(p, fill(reading, split(reading.blocks))) == (set(), set())
    assert [span.number for span in split(reading.blocks) if span.number] == [1, 2, 3, 4, 5, 6]
    assert [type(block) for block in reading.blocks].count(Grid) == 3


@pytest.mark.parametrize("form", ["2019", "2021"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_sheet_all_of_whose_fields_are_quoted_may_have_records_of_any_length(form, delimiter):
    p = random_report(3, form, blanks=True)
    text = sheet(p, delimiter, csv.QUOTE_ALL, width=0)
    reading = read(text)
    assert apart(p, fill(reading, split(reading.blocks))) == (set(), set())
    assert [span.number for span in split(reading.blocks) if span.number] == [1, 2, 3, 4, 5, 6]
    assert all(isinstance(block, Paragraph) for block in read(text.replace('"总计"', "总计", 1)).blocks)


def test_a_sheet_may_begin_in_any_column():
    p = random_report(3, "2021", blanks=True)
    text = "".join(f",{line}\r\n" for line in sheet(p).split("\r\n") if line)
    reading = read(text)
    assert apart(p, fill(reading, split(reading.blocks))) == (set(), set())
    assert [span.number for span in split(reading.blocks) if span.number] == [1, 2, 3, 4, 5, 6]


def test_each_cell_leads_to_its_characters_and_line():
    text = sheet(random_report(4, "2021"), quoting=csv.QUOTE_ALL).replace("科研机构", "科研\n机构")
    lines = text.replace("\r\n", "\n").split("\n")
    blocks = read(text).blocks
    pieces = [p for block in blocks for p in (block.cells if isinstance(block, Grid) else (block,))]
    assert len(pieces) > 100
    for piece in pieces:
        assert piece.place.span is not None
        assert text[slice(*piece.place.span)] == piece.text
        assert piece.place.line is not None
        assert piece.text.split("\n")[0] in lines[piece.place.line]


def test_a_text_with_other_numbers_of_fields_is_no_sheet():
    lines = sheet(random_report(5, "2021")).split("\r\n")
    lines[20] = lines[20] + ",7"
    assert all(isinstance(block, Paragraph) for block in read("\r\n".join(lines)).blocks)
    assert all(isinstance(block, Paragraph) for block in read("一,二,三,四,五,六,七\n" * 5).blocks)
