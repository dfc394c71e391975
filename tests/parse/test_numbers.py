import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.parse.numbers import COUNT, ITEM, MONEY, SIGNED, YUAN, Value, money_unit, read_value
from pipelines.parse.records import State


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("0", 0),
        ("１２", 12),
        ("12,422", 12422),
        ("12，422", 12422),
        ("１２，４２２", 12422),
        ("3件", 3),
        ("3 条", 3),
        ("3（件）", 3),
        ("12,4\n22", 12422),
        ("1,\n234", 1234),
        ("2.0", 2),
        ("0.00", 0),
        ("+6", 6),
        ("零", 0),
        ("〇", 0),
        ("十二", 12),
        ("二百零五", 205),
        ("两千", 2000),
        ("1.2万件", 12000),
        ("\xa07\u3000", 7),
        ("00", 0),
        ("12①", 12),
        ("1,234 ②", 1234),
        ("12*", 12),
        ("12※", 12),
        ("12[1]", 12),
        ("12【2】", 12),
        ("12（注1）", 12),
        ("12（见注）", 12),
        ("12件注", 12),
        ("12(¹)", 12),
        ("0²", 0),
        ("12（含上年结转）", 12),
        ("（件）12", 12),
        ("12件次", 12),
        ("2笔", 2),
        ("12。", 12),
        ("12（上年10）", 12),
        ("12\n(去年同期：1,206件)", 12),
    ],
)
def test_counts(raw, value):
    assert read_value(raw) == Value(State.NUMBER, value, ITEM)


@pytest.mark.parametrize(
    "raw",
    [
        "1,23",
        "1.2.3",
        "12 34",
        "12\n34",
        "09536012345",
        "1234567890",
        "2.5",
        "5²",
        "²",
        "③",
        "12①3",
        "12(1)",
        "3 600",
        "1\u03362\u03363",
        "\ufffd3万元",
        "½",
        "-2",
        "1·5",
        "12,34,567",
        "(3)",
        "3600万元",
    ],
)
def test_what_can_be_read_in_two_ways_is_unreadable(raw):
    assert read_value(raw) == Value(State.UNREADABLE)


@pytest.mark.parametrize(
    ("raw", "state"),
    [
        ("", State.BLANK),
        (" \n", State.BLANK),
        ("\xa0", State.BLANK),
        ("\u3000", State.BLANK),
        ("\u200b", State.BLANK),
        ("/", State.DASH),
        ("-", State.DASH),
        ("—", State.DASH),
        ("－", State.DASH),
        ("--", State.DASH),
        ("——", State.DASH),
        ("⸺", State.DASH),
        ("／", State.DASH),
        ("无", State.NONE_TEXT),
        ("没有", State.NONE_TEXT),
        ("*", State.TEXT),
        ("见附件", State.TEXT),
        ("约30件", State.TEXT),
        ("一", State.TEXT),
        ("O", State.TEXT),
    ],
)
def test_what_is_no_number(raw, state):
    for kind in (COUNT, SIGNED, MONEY):
        assert read_value(raw, kind) == Value(state)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("-2", -2),
        ("－2", -2),
        ("−2", -2),
        ("+6", 6),
        ("＋6", 6),
        ("- 4", -4),
        ("增加3", 3),
        ("减2", -2),
        ("减:2", -2),
        ("↓2", -2),
        ("↑2", 2),
        ("0", 0),
    ],
)
def test_changes_are_signed(raw, value):
    assert read_value(raw, SIGNED) == Value(State.NUMBER, value, ITEM)


@pytest.mark.parametrize(
    ("raw", "hint", "value"),
    [
        ("1.452", "万元", 14520),
        ("１．４５２", "万元", 14520),
        ("3600万元", "", 36_000_000),
        ("2626294.00元", "", 2_626_294),
        ("2626294.\n00元", "", 2_626_294),
        ("251000元", "万元", 251_000),
        ("0.5亿元", "", 50_000_000),
        ("¥12.5", "", 12.5),
        ("¥12.5", "元", 12.5),
        ("¥12.5万元", "万元", 125_000),
        ("￥0.00", "万元", 0),
        ("18651.06", "万元", 186_510_600),
        ("0.1", "元", 0.1),
        ("3600 万元", "元", 36_000_000),
        ("3 600.50", "元", 3600.5),
        ("3 600.50元", "", 3600.5),
        ("12 600 元", "", 12_600),
        ("3600.5①", "元", 3600.5),
        ("1,234.5", "千元", 1_234_500),
        ("0", "", 0),
        ("0.0000", "", 0),
        ("0元", "", 0),
    ],
)
def test_money_is_in_yuan(raw, hint, value):
    assert read_value(raw, MONEY, hint) == Value(State.NUMBER, value, YUAN)


def test_an_amount_without_a_unit_is_printed_but_has_no_value():
    assert read_value("12.5", MONEY) == Value(State.NUMBER, None, "")
    assert read_value("￥24,813.49", MONEY, "万元") == Value(State.NUMBER, None, "")
    assert read_value("3件", MONEY).state is State.TEXT
    assert read_value("-3元", MONEY) == Value(State.UNREADABLE)
    assert read_value("3 600", MONEY, "元") == Value(State.UNREADABLE)
    assert read_value("约3.5万元", MONEY) == Value(State.TEXT)


def test_an_amount_in_two_units_is_one_where_they_agree():
    for raw in ("12.5万元（125000元）", "125,000元(合12.5万元)"):
        assert read_value(raw, MONEY) == Value(State.NUMBER, 125_000, YUAN)
    for raw in ("12.5万元（12500元）", "12.5万元（3元/件）", "12.5万元（125000）"):
        assert read_value(raw, MONEY).value is None
    assert read_value("12件（12元）", COUNT).value is None


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("本年收费金额（单位：万元）", "万元"),
        ("采购总金额（单位：万元，保留4位小数）", "万元"),
        ("采购总金额（元）", "元"),
        ("单位: 元", "元"),
        ("计量单位：万 元", "万元"),
        ("单位：件、万元", "万元"),
        ("采购总金额", ""),
        ("金额（单位：元）（单位：万元）", ""),
        ("单位：件", ""),
    ],
)
def test_units_in_headers(text, unit):
    assert money_unit(text) == unit


@given(st.integers(0, 10**9 - 1), st.sampled_from(["", "件", "条", "次"]), st.booleans())
def test_a_printed_count_comes_back(number, unit, wide):
    text = f"{number:,}{unit}"
    if wide:
        text = text.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789,"})
    assert read_value(text) == Value(State.NUMBER, number, ITEM)


@given(st.integers(0, 10**12))
def test_cents_are_never_lost(cents):
    found = read_value(f"{cents / 100:.2f}元" if cents < 10**10 else f"{cents}元", MONEY)
    assert found.value == (cents / 100 if cents < 10**10 else cents)


@given(st.text("0123456789,.+-万元件 \n/无", max_size=12))
def test_any_text_gives_a_state_and_a_value_only_with_a_number(raw):
    for kind in (COUNT, SIGNED, MONEY):
        found = read_value(raw, kind, "万元")
        assert (found.value is None) == (found.state is not State.NUMBER)
        assert kind == SIGNED or found.value is None or found.value >= 0
