"""Personal data is found in every shape, and nothing else is."""

from __future__ import annotations

import random

import pytest

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


@pytest.mark.parametrize(
    "text",
    [
        "0951—4021664",
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
