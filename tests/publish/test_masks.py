"""Personal data is found in every shape, and nothing else is."""

from __future__ import annotations

import random
import unicodedata
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import pytest

from pipelines.publish import personal
from pipelines.publish.figures import statistics
from pipelines.publish.masks import find, mask


def identity(rng: random.Random) -> str:
    born = f"{rng.randint(1940, 2015)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}"
    body = f"{rng.randint(110000, 659999)}{born}{rng.randint(0, 999):03}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


def card(rng: random.Random) -> str:
    body = "62" + "".join(rng.choices("0123456789", k=rng.randint(13, 16)))
    total = sum(sum(divmod(int(d) * (2 - i % 2), 10)) for i, d in enumerate(reversed(body)))
    return body + str(-total % 10)


def mobile(rng: random.Random) -> str:
    return f"1{rng.randint(3, 9)}{rng.randint(0, 10**9 - 1):09}"


@pytest.mark.parametrize(("make", "kind"), [(identity, "身份证"), (card, "银行卡"), (mobile, "手机号")])
def test_generated_numbers_are_all_masked(make, kind):
    rng = random.Random(7)
    for _ in range(500):
        number = make(rng)
        shown = mask(f"联系{number}，谢谢").text
        # a card of 18 digits can be an identity number as well; hidden it is
        assert shown == f"联系[已隐去:{kind}]，谢谢" or (
            kind == "银行卡" and shown == "联系[已隐去:身份证]，谢谢"
        ), number


@pytest.mark.parametrize(
    "text",
    [
        "139 1234 5678",
        "139-1234-5678",
        "+86 13912345678",
        "8613912345678",
        "１３９１２３４５６７８",
        "139　1234　5678",
        "110105 19491231 002x",
        "1101051949123100２Ｘ",
        "110105491231002",
        "6222 0202 0011 2233 446",
        "6222-0202-0011-2233-446",
    ],
)
def test_shapes_people_write(text):
    hidden = mask(f"（{text}）").text
    assert (
        hidden.startswith("（[已隐去:")
        and hidden.endswith("]）")
        and not any(char.isdigit() for char in hidden)
    )


MAKERS = {"身份证": identity, "银行卡": card, "手机号": mobile}
USUAL_CUTS = {
    "身份证": [(6,), (6, 14), (6, 10, 14), (14,), (17,)],
    "银行卡": [(4, 8, 12), (4, 8, 12, 16), (6,)],
    "手机号": [(3,), (7,), (3, 7)],
}
GAPS = (" ", "\u3000", "\xa0", "\u2009", "-", "－", "–", "—")
UNSEEN = ("\u200b", "\u00ad", "\ufeff", "\u2060")
SCRIPTS = {
    "full width": str.maketrans("0123456789X", "０１２３４５６７８９Ｘ"),
    "Arabic": str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"),
    "Cyrillic X": str.maketrans("X", "Х"),
    "times": str.maketrans("X", "×"),
}


def cut(number: str, places: tuple[int, ...], gap: str) -> str:
    ends = [0, *places, len(number)]
    return gap.join(number[a:b] for a, b in pairwise(ends))


def disguised(kind: str, number: str, rng: random.Random) -> Iterator[str]:
    """A number as it may stand in a document, told to be one by nothing but its shape."""
    yield from (number.translate(script) for script in SCRIPTS.values())
    yield from (unseen.join(number) for unseen in UNSEEN)
    yield from (cut(number, places, gap) for places in USUAL_CUTS[kind] for gap in GAPS)
    for end in ("\n", " \n", "\r\n", "\n    "):
        yield cut(number, (rng.randrange(2, len(number) - 1),), end)
    if kind == "手机号":
        yield from (prefix + number for prefix in ("+86", "+86 ", "86-", "0086", "0", "+８６"))
        yield from (cut(number, (3, 7), "."), cut(number, (3, 7), "·"), cut(number, (3, 6), "-"))


def introduced(kind: str, number: str, rng: random.Random) -> Iterator[str]:
    """A number said to be one, cut anyhow."""
    said = {"身份证": "身份证号码：", "银行卡": "卡号 ", "手机号": "联系电话："}[kind]
    for gap in (*GAPS, *UNSEEN, "  ", ".", "·", " - "):
        yield said + gap.join(number)
        yield said + cut(number, tuple(sorted(rng.sample(range(1, len(number)), 3))), gap)
    yield said + number.translate(str.maketrans("0123456789", "〇一二三四五六七八九"))


def left_of(number: str, shown: str) -> bool:
    """Whether five digits of the number in a row can still be read."""
    digits = "".join(str(unicodedata.digit(char, "")) for char in shown)
    return any(number[at : at + 5] in digits for at in range(len(number) - 4))


@pytest.mark.slow
@pytest.mark.parametrize("kind", MAKERS)
def test_numbers_are_found_however_they_are_written(kind):
    rng = random.Random(11)
    for _ in range(25):
        number = MAKERS[kind](rng)
        for written in disguised(kind, number, rng):
            for before, after in (("请找", "，谢谢"), ("（", "）"), ("共2023件 ", " 见附件")):
                shown = mask(before + written + after).text
                assert "[已隐去:" in shown and not left_of(number, shown), (written, shown)
        for written in introduced(kind, number, rng):
            shown = mask(written + "。").text
            assert "[已隐去:" in shown and not left_of(number, shown), (written, shown)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("护照号码：E12345678，", "护照号码：[已隐去:证件]，"),
        ("通行证 HK1234567。", "通行证 [已隐去:证件]。"),
        ("开户行账号：10456001040012345", "开户行账号：[已隐去:银行卡]"),
        ("公民110105491231002", "公民[已隐去:身份证]"),
        ("13912345678/13912345679", "[已隐去:手机号]/[已隐去:手机号]"),
        ("139 1234 5678 13912345679", "[已隐去:手机号] [已隐去:手机号]"),
    ],
)
def test_what_is_said_to_be_somebodys(text, shown):
    assert mask(text).text == shown


@pytest.mark.slow
@pytest.mark.parametrize("most", [9, 99, 999, 9999])
def test_rows_of_figures_divided_by_single_spaces_stay(most):
    rng = random.Random(most)
    taken = []
    for _ in range(1500):
        figures = [
            rng.choice((rng.randint(0, most), rng.randint(0, 9999))) for _ in range(rng.randint(7, 22))
        ]
        taken += [row for row in [" ".join(map(str, figures))] if mask(row).found]
    assert len(taken) <= 3, "what is left looks like a card that begins with 62"


def test_years_side_by_side_stay():
    for first in range(2000, 2022):
        for count in range(2, 9):
            row = " ".join(str(first + year) for year in range(count))
            assert mask(row).text == row


def test_figures_of_the_report_side_by_side_are_kept():
    keep = {"7 138 1234 5678 0"}
    assert mask("合计 138 1234 5678", keep).text == "合计 138 1234 5678"
    assert mask("合计 138 1234 5679", keep).found
    assert mask("合计 13812345678", keep).found
    assert mask("合计 138 1234 5678", {"2138 1234 5678"}).found, "half a figure is none"


ADVERSE = (
    "6222 0212 3456 7894",
    "138 1234 5678",
    "64 0323 1985 0101 123 4",
    "0 9 139 1234 5678 0",
    "4 621 1 19 9",
)


@pytest.mark.parametrize("gap", [" ", "  ", "\u3000", "\xa0"])
def test_no_row_of_a_form_is_taken_for_somebodys_number(gap):
    """Rows made of people's numbers, cut where people cut them, and of any figures."""
    rng = random.Random(gap)
    for number in range(140):
        row = [str(rng.choice((rng.randint(0, 9999), rng.randint(0, 99)))) for _ in range(rng.randint(7, 21))]
        if number % 7 < len(ADVERSE):
            at = rng.randrange(len(row))
            row[at:at] = ADVERSE[number % 7].split()
        if number % 2:  # nothing but somebody's number
            kind = rng.choice(list(MAKERS))
            row = cut(MAKERS[kind](rng), rng.choice(USUAL_CUTS[kind]), " ").rstrip("X").split()
        keep = statistics(("applications", figure) for figure in row)
        whole = {hit for figure in row for hit in [figure] if find(figure)}
        printed = gap.join(row)
        assert {printed[hit.start : hit.end] for hit in find(printed, keep)} <= whole, printed


@pytest.mark.slow
def test_numbers_cut_by_spaces_are_found_in_lists_of_them():
    rng = random.Random(3)
    for _ in range(500):
        numbers = [mobile(rng) for _ in range(3)]
        cut = [f"{number[:3]} {number[3:7]} {number[7:]}" for number in numbers]
        for text, count in (
            (f"1 {cut[0]}", 1),
            (f"{cut[0]} {cut[1]}", 2),
            (" ".join(f"{place} {number}" for place, number in enumerate(cut, 1)), 3),
            (f"1 1985 3 {cut[0]}", 1),
            ("\n".join(f"{place} {number}" for place, number in enumerate(cut * 4, 1)), 12),
        ):
            assert len(mask(text).found) == count, text


@pytest.mark.slow
def test_rows_of_statistics_stay():
    rng = random.Random(13)
    usual = [0, 0, 0, 1, 2, 5, 18, 13]
    for _ in range(3000):
        numbers = [str(rng.choice([*usual, rng.randrange(100), rng.randrange(100_000)])) for _ in range(14)]
        for gap in ("\t", "  ", "\n", "、", " | "):
            text = f"规章{gap}{gap.join(numbers)}{gap}行政规范性文件"
            assert mask(text).text == text


@pytest.mark.parametrize("piece", ["1 ", "1\n", "13 9123 ", "139 1234 5678 ", "年", " \n"])
def test_a_long_text_is_searched_in_bounded_steps(piece, monkeypatch):
    """A thousand times the text is looked into a thousand times as often, not a million."""
    looks = Counter()
    for times in (300, 3000):
        seen = Counter()
        monkeypatch.setattr(personal, "_may_be", lambda number, account, seen=seen: seen.update("x") or False)
        find(piece * times)
        looks[times] = seen["x"]
    assert looks[3000] <= 12 * looks[300] + 100


@pytest.mark.parametrize(
    "text",
    [
        "0951—4021664",
        "电话：0951-4021664 4021665",
        "电话：010 62345678转8013",
        "电话咨询 138 次，网上咨询 13912 次",
        "账号数 3 5 0 0 0 0 0 0 0 0",
        "0951-4021664",
        "lwjydt@163.com",
        "12345678901",
        "139123456789",
        "收费13912345678.00元",
        "139\t1234\t5678",
        "2024年1月1日至2024年12月31日",
        "国办公开办函〔2021〕30号",
        "11640323MB1234567X",
        "1234567890123456",
        "12,422",
        "0.13912345678",
    ],
)
def test_what_is_not_personal_stays(text):
    assert mask(text).text == text


def test_known_statistics_are_kept():
    assert find("收费13912345678", keep={"13912345678"}) == ()


def test_spans_move_with_the_text():
    masked = mask("电话13912345678收到12件")
    assert masked.moved(15, 17) == (masked.text.index("12件"), masked.text.index("12件") + 2)
    assert masked.moved(0, 2) == (0, 2)
    assert masked.moved(1, 5) is None


HEAD = "姓名\t身份证号码\t银行卡号\n"
OTHER = "项\t自然人\t企业\t总计\n新收\t1\t2\t3"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (HEAD + "甲\t\t\n乙\t\t\n完", HEAD + "[已隐去:名单]\n完"),
        ("序号\t户主\t联系电话\n1\t甲\t无", "序号\t户主\t联系电话\n[已隐去:名单]"),
        (HEAD + "甲\t\t\n" + OTHER, HEAD + "[已隐去:名单]\n" + OTHER),
        ("项\t姓名\t电话\n完", None),
        ("姓名\t职务\t联系电话\n甲\t局长\t4021664", None),
        ("窗口\t联系人\t联系电话\n一号\t甲\t4021664", None),
        ("申请人的姓名、身份证号和电话\t如实填写\n甲\t乙", None),
        ("姓名相符，电话一致。\n甲\t乙", None),
        ("信息内容\t本年制发件数\n规章\t0", None),
    ],
)  # fmt: skip
def test_of_a_roster_the_head_is_left_and_of_no_other_table_anything_is_taken(text, shown):
    assert mask(text).text == (shown or text)
