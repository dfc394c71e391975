import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.parse.decode import codec_name, decode
from pipelines.parse.glyphs import repair_glyphs

# invented; 喆 and 堃 are in GBK and not in GB2312, 𠮷 only in GB18030
SENTENCE = "本报告由云岭县教育局张喆、李堃编写，2023年收到政府信息公开申请12件，均按时答复。"


def page(label: str, attribute: str = 'http-equiv="Content-Type" content', text: str = SENTENCE) -> str:
    return (
        f'<html><head><meta {attribute}="text/html; charset={label}"></head><body><p>{text}</p></body></html>'
    )


@pytest.mark.parametrize(
    ("label", "encoding", "header"),
    [
        ("gb2312", "gb18030", ""),
        ("gb2312", "gb18030", "gb2312"),
        ("GBK", "gb18030", "GBK"),
        ("utf-8", "gb18030", "utf-8"),
        ("utf-8", "gb18030", ""),
        ("gb2312", "utf-8", ""),
        ("gb2312", "utf-8", "gbk"),
        ("utf-8", "utf-8", "ISO-8859-1"),
        ("nonsense-9", "gb18030", "nonsense-9"),
        ("utf-8", "utf-8-sig", "gbk"),
        ("utf-16", "utf-16", ""),
        ("utf-16", "utf-16-le", ""),
        ("utf-16", "utf-16-be", ""),
        ("gbk", "utf-16-be", "gbk"),
    ],
)
def test_decodes_whatever_the_labels_say(label: str, encoding: str, header: str) -> None:
    text = page(label)
    decoded = decode(text.encode(encoding), header)
    assert decoded.text == text
    assert decoded.replaced == 0


@pytest.mark.parametrize(
    "attribute", ["httpequiv=Content-Type content", "http-equiv = x  CONTENT", "content"]
)
def test_reads_the_label_of_a_malformed_meta(attribute: str) -> None:
    decoded = decode(page("gb2312", attribute).encode("gb18030"))
    assert (decoded.declared, decoded.encoding) == ("gb2312", "gb18030")
    assert SENTENCE in decoded.text


def test_one_rare_name_cuts_nothing_off() -> None:
    text = page("gb2312", text="公开信息。" * 200 + "𠮷镕䶮囍" + "依法答复。" * 200)
    assert decode(text.encode("gb18030"), "gb2312").text == text


def test_a_page_of_two_encodings_is_read_in_pieces_and_flagged() -> None:
    content = (
        "<p>政府信息公开情况</p>\n".encode()
        + "<p>喆主动公开政府信息</p>\n".encode("gbk")
        + "<p>报告</p>".encode()
    )
    decoded = decode(content)
    assert decoded.text == "<p>政府信息公开情况</p>\n<p>喆主动公开政府信息</p>\n<p>报告</p>"
    assert decoded.encoding == "mixed"
    assert [issue.code for issue in decoded.issues] == ["encoding_mixed"]


def test_broken_bytes_are_counted() -> None:
    content = page("utf-8").encode()
    at = content.index("教".encode()) + 1
    decoded = decode(content[:at] + content[at + 1 :])
    assert decoded.encoding == "utf-8"
    assert decoded.replaced >= 1
    assert "characters_replaced" in {issue.code for issue in decoded.issues}
    assert "均按时答复。" in decoded.text


def test_a_printed_replacement_character_is_not_ours() -> None:
    assert decode("公开\ufffd信息".encode()).replaced == 0


def test_nul_and_control_characters_are_taken_out_and_counted() -> None:
    decoded = decode("公\x00开信\x01息".encode() * 3)
    assert decoded.text == "公开信息" * 3
    assert [(issue.code, issue.detail.split()[0]) for issue in decoded.issues] == [
        ("characters_dropped", "6")
    ]


def test_a_wrong_label_is_noted() -> None:
    issues = decode(page("utf-8").encode("gb18030")).issues
    assert [issue.code for issue in issues] == ["encoding_mismatch"]


def test_what_is_no_chinese_is_doubted() -> None:
    noise = "".join(chr(0x6B00 + 37 * n % 900) for n in range(300))
    assert "encoding_doubt" in {issue.code for issue in decode(noise.encode("gb18030")).issues}


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("gb2312", "gb18030"),
        ("GB_2312-80", "gb18030"),
        ("x-gbk", "gb18030"),
        ("latin-1", ""),
        ("base64", ""),
        ("UTF8", "utf-8"),
    ],
)
def test_codec_names(label: str, codec: str) -> None:
    assert codec_name(label) == codec


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=400), st.sampled_from(["", "gbk", "utf-8", "utf-16", "utf-7", "idna", "zzz", "hex"])
)
def test_any_bytes_decode_to_clean_text(content: bytes, declared: str) -> None:
    decoded = decode(content, declared)
    decoded.text.encode("utf-8")
    assert "\x00" not in decoded.text
    assert decode(content, declared) == decoded


CHINESE = st.text(
    st.sampled_from(
        "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工公开信息申请"
    ),
    min_size=8,
)


@settings(max_examples=200, deadline=None)
@given(
    CHINESE,
    st.sampled_from(["utf-8", "gb18030", "utf-8-sig", "utf-16"]),
    st.sampled_from(["", "gbk", "utf-8", "gb2312"]),
)
def test_chinese_survives_any_label(text: str, encoding: str, declared: str) -> None:
    assert decode(text.encode(encoding), declared).text == text


def test_radicals_become_characters_and_nothing_else_changes() -> None:
    assert repair_glyphs("⼀⾏⼈⺠⻚⻔⼾⻘⾏政⻓ ①㎡（ａ）") == "一行人民页门户青行政长 ①㎡（ａ）"
    for odd, usual in zip("⺁⿕豈龎﫟\U0002f800\U0002fa1d", "厂龠豈龎﫟丽𪘀", strict=True):
        assert repair_glyphs(f"区{odd}") == f"区{unicodedata.normalize('NFKC', usual)}"
    plain = "本年新收政府信息公开申请数量，１２件（Ⅲ）½"
    assert repair_glyphs(plain) == plain
