import pytest

from pipelines.parse.read import read
from pipelines.parse.read.sniff import sniff
from pipelines.parse.read.text import is_page_number, read_text
from pipelines.parse.records import Document, Paragraph, Unreadable


def paragraphs(text: str) -> list[Paragraph]:
    return [block for block in read_text(text.encode()).blocks if isinstance(block, Paragraph)]


def test_a_line_is_a_paragraph_with_its_place() -> None:
    text = "云岭县教育局报告\r\n\r\n  一、总体情况\n正文。\f下页"
    found = paragraphs(text)
    assert [block.text for block in found] == ["云岭县教育局报告", "一、总体情况", "正文。", "下页"]
    assert [block.place.line for block in found] == [0, 2, 3, 4]
    assert [text[slice(*block.place.span)].strip() for block in found if block.place.span] == [
        b.text for b in found
    ]
    assert all(block.wrapped for block in found)


def test_tabs_stay_where_they_are() -> None:
    assert [block.text for block in paragraphs("\t\t1.属于国家秘密\t0\t0\n规章\t\t0\t")] == [
        "\t\t1.属于国家秘密\t0\t0",
        "规章\t\t0\t",
    ]


def test_markdown_headings_lose_their_signs_and_tables_keep_theirs() -> None:
    found = paragraphs(
        "## 一、总体情况 ##\n**二、主动公开政府信息情况**\n| 规章 | 0 |\n|---|---|\n共**5**件<http://a.cn/>"
    )
    assert [(block.text, block.level) for block in found] == [
        ("一、总体情况", 2),
        ("二、主动公开政府信息情况", 0),
        ("| 规章 | 0 |", 0),
        ("|---|---|", 0),
        ("共5件<http://a.cn/>", 0),
    ]


@pytest.mark.parametrize(
    "line",
    ["- 3 -", "— 12 —", "－3－", "第 3 页", "第3页 共8页", "第 3 页/共 8 页", " 3 / 8 页", "Page 3 of 8"],
)
def test_page_numbers_go(line: str) -> None:
    assert is_page_number(line)
    assert len(paragraphs(f"前文\n{line}\n后文")) == 2


@pytest.mark.parametrize("line", ["3", "-3", "-", "—", "3/8", "2023", "第三页说明", "- 3 件"])
def test_cells_are_no_page_numbers(line: str) -> None:
    assert not is_page_number(line)
    assert len(paragraphs(f"前文\n{line}\n后文")) == 3


def test_radicals_and_invisible_characters_are_repaired() -> None:
    assert paragraphs("⼀、总\u200b体情况\ufeff")[0].text == "一、总体情况"


def test_any_encoding() -> None:
    reading = read_text("张喆主动公开政府信息。".encode("gb18030"), "utf-8")
    assert (reading.encoding, reading.kind) == ("gb18030", "lines")
    assert [issue.code for issue in reading.issues] == ["encoding_mismatch"]


@pytest.mark.parametrize("content", [b"", b" \r\n\t\n", "\ufeff".encode(), b"\x00\x00"])
def test_nothing_to_read(content: bytes) -> None:
    with pytest.raises(Unreadable, match="empty"):
        read_text(content)


def test_a_text_in_utf_16_is_a_text() -> None:
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
        content = mark + "一、总体情况\n二、主动公开政府信息情况\n".encode(encoding)
        assert read(Document(content)).blocks[0].text == "一、总体情况"


def test_marks_of_markdown_in_cells_between_pipes_are_none_of_their_figures() -> None:
    rows = ["| 一、本年<br>新收 | **12** | ~~9~~ 5 | 7[^1] |", *["| 二 | 1 | 2 | 3 |"] * 3]
    content = "\n".join(rows).encode()
    assert sniff(content) == "text/plain"
    line = read_text(content).blocks[0]
    assert isinstance(line, Paragraph)
    assert [field.split() for field in line.text.split("|")[1:-1]] == [
        ["一、本年", "新收"],
        ["12"],
        ["5"],
        ["7"],
    ]
    assert line.text.index("12") == rows[0].index("12")


def test_signs_that_markdown_escapes_are_printed_between_pipes() -> None:
    line = read_text(r"| 1\.属于国家秘密 | 3\.5 | \- | \*2 |".encode()).blocks[0]
    assert isinstance(line, Paragraph)
    assert [field.strip() for field in line.text.split("|")[1:-1]] == ["1. 属于国家秘密", "3.5", "-", "*2"]


def test_an_article_whose_lines_breaks_part_is_no_markdown() -> None:
    assert sniff("一、总体情况<br>二、主动公开".encode()) == "text/html"


REPORT = (
    "云岭县教育局2023年政府信息公开工作年度报告 政务公开 一、总体情况 全年公开 321 条。工作有序。 "
    "二、主动公开政府信息情况 第二十条第（一）项 信息内容 本年制发件数 规章 0 1. 重复申请 3 "
    "三、收到和处理政府信息公开申请情况 自然人 总计 （七）总计 0 1 3.其他 2 3 "
    "五、存在的主要问题及改进情况 不足。按照要求改进。"
)
LINES = [
    "云岭县教育局2023年政府信息公开工作年度报告",
    "政务公开",
    "一、总体情况",
    "全年公开 321 条。工作有序。",
    "二、主动公开政府信息情况",
    "第二十条第（一）项",
    "信息内容 本年制发件数",
    "规章 0",
    "1. 重复申请 3",
    "三、收到和处理政府信息公开申请情况",
    "自然人 总计",
    "（七）总计 0 1",
    "3.其他 2 3",
    "五、存在的主要问题及改进情况",
    "不足。按照要求改进。" * 9,
]


def test_lines_that_run_on_are_parted_at_headings_and_rows() -> None:
    text = REPORT + "不足。按照要求改进。" * 8
    found = paragraphs(text)
    assert [block.text for block in found] == LINES
    assert [text[slice(*block.place.span)] for block in found if block.place.span] == LINES


def test_fields_that_run_on_between_pipes_are_parted_too() -> None:
    text = (REPORT + "不足。按照要求改进。" * 8).replace(" ", " | ")
    assert [block.text.replace(" | ", " ") for block in paragraphs(text)] == LINES


def test_line_breaks_that_are_only_written_out_part_lines() -> None:
    text = "\\n".join(line.replace(" ", "\\t") for line in LINES)
    assert [block.text.replace(" \t", " ") for block in paragraphs(text)] == LINES
    assert len(paragraphs(text + "\nC:\\new\\n")) == 2


def test_a_long_line_of_prose_that_speaks_of_sections_stays_whole() -> None:
    line = "按照要求，报告由一、总体情况和二、主动公开政府信息情况等组成。" * 9
    assert [block.text for block in paragraphs(line)] == [line]


def test_marks_of_markdown_in_prose_are_not_printed() -> None:
    lines = [
        "# 云岭县教育局报告",
        "**（一）主动公开。**通过[门户网站](http://www.example.gov.cn/a_(1).html)公开2023\\.5条。",
        "![扫一扫](images/1.png)",
        "见〔2021〕30号、[注](1)。",
    ]
    assert [block.text for block in paragraphs("\n\n".join(lines))] == [
        "云岭县教育局报告",
        "（一）主动公开。通过门户网站公开2023.5条。",
        "见〔2021〕30号、[注](1)。",
    ]
    masked = "张**、李**等2人。"
    assert [block.text for block in paragraphs(masked)] == [masked]


def test_blanks_that_are_written_out_are_blanks_of_the_same_width() -> None:
    text = "规章&nbsp;0&emsp;&#160;12\n无。"
    line, _ = paragraphs(text)
    assert line.text.split() == ["规章", "0", "12"]
    assert line.text.index("12") == text.index("12")


def test_line_breaks_that_are_written_out_part_lines_beside_the_few_of_a_record() -> None:
    held = "\\n".join(["一、总体情况", *LINES, *LINES, *LINES])
    found = paragraphs(f'{{\n"title": "甲",\n"text": "{held}"\n}}')
    assert len(found) > 3 * len(LINES)


def test_a_text_that_is_a_quotation_from_end_to_end_is_read_without_its_signs() -> None:
    text = "一、总体情况\n\n工作有序。\n二、主动公开政府信息情况"
    quoted = "\n".join(f"> {line}".rstrip() for line in text.split("\n"))
    assert [p.text for p in paragraphs(quoted)] == [p.text for p in paragraphs(text)]
    assert paragraphs(f"{quoted}\n完")[0].text.startswith(">")


def test_the_fields_of_a_record_are_named_nowhere_in_its_text() -> None:
    held = "\\n".join(['甲县\\"阳光\\"政务', *LINES, *LINES, *LINES])
    text = f'[{{"id": "7", "title": "甲", "text": "{held}"}}]'
    found = [block.text for block in paragraphs(text)]
    assert found == ["7", "甲", '甲县 "阳光 "政务', *LINES, *LINES, *LINES]
    spans = [block.place.span for block in paragraphs(text) if block.place.span]
    assert [text[slice(*span)].strip("\\") for span in spans[3:-1]] == [*LINES, *LINES, *LINES][:-1]


def test_a_label_whose_lines_ran_on_begins_a_row_though_blanks_part_it() -> None:
    row = "（二） 部分公开（区分处理 的，只计这一情形， 不计其他情形） 0 0 0 0 0 0 0"
    text = REPORT.replace("（七）总计", f"{row} （七）总计") + "不足。按照要求改进。" * 8
    found = [block.text for block in paragraphs(text)]
    assert found == [*LINES[:11], row, *LINES[11:]]
