"""What a new parser's reading is said to change, point by point, before it is taken in."""

from pipelines.packing import pack
from pipelines.parse.records import Document
from pipelines.parse.regions import Regions
from pipelines.parse.report import parse
from pipelines.readout import Readout, read_out
from pipelines.reparse import differences

TEXT = """盐池县教育局2023年政府信息公开工作年度报告
一、总体情况
全年主动公开信息126条，其中政策文件8条、通知公告8条。
二、主动公开政府信息情况
第二十条第（五）项
信息内容\t本年处理决定数量
行政许可\t12
三、收到和处理政府信息公开申请情况
无
四、政府信息公开行政复议、行政诉讼情况
无
五、存在的主要问题及改进情况
公开的深度不够，解读的形式单一，下一步将加强培训，落实责任，完善制度，做到应公开尽公开，及时回应社会的关切，不断提升群众的满意度。
六、其他需要报告的事项
无
"""


def read(text: str) -> Readout:
    return read_out(parse(Document(text.encode(), name="a.txt"), Regions.builtin()))


def changes(text: str) -> list[tuple[str, str, str, str]]:
    old, new = read(TEXT), read(text)
    shown = {"report_id": "r", "body": pack(old.report)}
    return [(d.what, d.key, d.old, d.new) for d in differences(shown, "a.txt", new)]


def test_the_same_reading_changes_nothing() -> None:
    assert changes(TEXT) == []


def test_a_cell_a_figure_and_a_section_are_shown() -> None:
    found = changes(TEXT.replace("许可\t12", "许可\t13").replace("公告8条", "公告9条"))
    assert [(what, key) for what, key, _, _ in found] == [
        ("cell", "proactive/20(5)/administrative_licensing/decisions"),
        ("section", "1 一、总体情况"),
        ("section", "2 二、主动公开政府信息情况"),
        ("figure", "1 通知公告"),
    ]
    assert found[-1][2:] == ("(8, '条', 'exact')", "(9, '条', 'exact')")


def test_the_piece_of_a_long_text_where_the_readings_part_is_shown_on_one_line() -> None:
    (section,) = changes(TEXT.replace("群众的满意度。", "群众的满意度。\n附言"))
    assert section[:2] == ("section", "5 五、存在的主要问题及改进情况")
    assert section[3].startswith("…") and section[3].endswith("群众的满意度。 附言")
    assert "\n" not in "".join(section)


def test_a_report_that_is_none_any_more() -> None:
    assert changes("关于举办培训班的通知\n请各单位派员参加。") == [
        ("report", "a.txt", "report", "not_report")
    ]
