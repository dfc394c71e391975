"""A search finds every word of one character and more, and nothing else."""

from __future__ import annotations

import random
import sqlite3
import unicodedata

import pytest

from pipelines.publish import words

TEXTS = [
    "本机关主动公开政府信息30条，其中规范性文件2件。",
    "收到申请12件，同比增长8.5%；均已按时答复。",
    "危及“三安全一稳定”的，不予公开。",
    "通过PDF和Word文档发布，访问www.example.gov.cn。",
    "行政\t复议\t0\t0",
    "国务院办公厅（2021）30 号文件要求\n新的一段",
    '他说"公开"是常态。It\'s a test_case (A/B) * - ^ : OR NOT',
    "𠮷野家與㐂，喆堃镕䶮",
    "隐\u200b形\ufeff字\u00ada\u00add\x7f",
]


@pytest.fixture(scope="module")
def index():
    db = sqlite3.connect(":memory:")
    db.execute(f"CREATE VIRTUAL TABLE t USING fts5(text, content='', tokenize=\"{words.TOKENIZER}\")")
    db.executemany("INSERT INTO t (rowid, text) VALUES (?, ?)", enumerate(map(words.indexed, TEXTS)))
    yield db
    db.close()


def plain(text):
    seen = "".join(char for char in text if unicodedata.category(char) not in ("Cf", "Cc") or char.isspace())
    return unicodedata.normalize("NFKC", seen).lower()


def found(index, typed):
    return {row[0] for row in index.execute("SELECT rowid FROM t WHERE t MATCH ?", (words.query(typed),))}


def test_every_piece_is_found_exactly_where_it_stands(index):
    rng = random.Random(3)
    sought = 0
    for text in TEXTS:
        for _ in range(60):
            start = rng.randrange(len(text))
            piece = text[start : start + rng.randint(1, 6)]
            if any(char.isspace() or char == '"' for char in piece) or not plain(piece):
                continue
            expected = {i for i, t in enumerate(TEXTS) if plain(piece) in plain(t)}
            assert found(index, piece) == expected, piece
            sought += 1
    assert sought > 20 * len(TEXTS)


@pytest.mark.parametrize("alphabet", ["公开", "公开1", "公A。"])
def test_of_few_characters_every_word_is_found_and_nothing_else(alphabet):
    """Where the same pairs come again and again, in another order, with typesetting spaces between."""
    rng = random.Random(alphabet)
    texts = ["".join(rng.choices(alphabet, k=rng.randint(1, 12))) for _ in range(300)]
    db = sqlite3.connect(":memory:")
    db.execute(f"CREATE VIRTUAL TABLE t USING fts5(text, content='', tokenize=\"{words.TOKENIZER}\")")
    db.executemany("INSERT INTO t (rowid, text) VALUES (?, ?)", enumerate(map(words.indexed, texts)))
    for length in range(1, 7):
        for _ in range(20):
            typed = "".join(rng.choices(alphabet, k=length))
            assert found(db, typed) == {i for i, t in enumerate(texts) if plain(typed) in plain(t)}, typed
    db.close()


def test_what_nobody_sees_is_no_part_of_a_word(index):
    for typed in ("隐形字", "隐\u200b形字", "字", "形字", "AD", "a\u00add"):
        assert found(index, typed) == {len(TEXTS) - 1}, typed
    assert found(index, "\u200b") == found(index, "\u200b\u00ad") == set()
    assert found(index, "\u200b 𠮷野家") == {7}


def test_case_and_width_do_not_matter(index):
    assert found(index, "pdf") == found(index, "ＰＤＦ") == {3}


def test_words_do_not_reach_over_cells_and_paragraphs(index):
    assert found(index, "行政复议") == set()
    assert found(index, "要求新的") == set()


def test_typesetting_space_beside_an_ideograph_is_no_boundary(index):
    assert found(index, "30号") == found(index, '"30 号"') == {5}


def test_several_words_are_all_wanted(index):
    assert found(index, "公开 信息") == {0}
    assert found(index, '"不予公开" 危及') == {2}


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        '"',
        '""',
        '"""',
        "NOT",
        "*",
        "(",
        ")",
        "a OR",
        "text:公开",
        "^",
        "-",
        "公开*",
        "'",
        "\x00",
        "“”",
    ],
)
def test_nothing_typed_breaks_the_search(index, typed):
    found(index, typed)


def test_nothing_typed_finds_nothing(index):
    assert found(index, "") == found(index, "  ") == found(index, '""') == set()


def test_operators_are_only_words(index):
    assert found(index, "公开 OR 申请") == set()
    assert found(index, "NOT") == {6}


def test_a_label_is_joined_where_typesetting_cut_it():
    assert words.joined("8.属于行\n政查询 事项（Word 附件）") == "8.属于行政查询事项（Word附件）"
    assert words.joined("total handled") == "total handled"


def test_a_table_that_was_met_before_is_indexed_as_if_it_were_not() -> None:
    table = "收到\t0\t0\n办结\t0\t0"
    assert words.indexed(table) == words.indexed(table) == words.indexed.__wrapped__(table)  # type: ignore[attr-defined]
    assert words.indexed(table.replace("0", "1")) != words.indexed(table)
