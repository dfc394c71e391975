import hashlib

import pytest

from pipelines.parse.read import members, read
from pipelines.parse.read.sniff import sniff
from pipelines.parse.records import Document, Grid, Unreadable
from tests.parse.docx_making import make_docx, make_zip, p, tbl, tc, tr

DOCX = make_docx(p("总体情况") + tbl(tr(tc("甲"), tc("5"))))


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\n\n  %PDF-1.4", "application/pdf"),
        (b"{\\rtf1 a}", "application/rtf"),
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe0....", "image/jpeg"),
        (b"Rar!\x1a\x07\x00", "application/vnd.rar"),
        (b"<!DOCTYPE html><p>a</p>", "text/html"),
        (b"\xef\xbb\xbf\r\n <HTML>", "text/html"),
        (b"<html xmlns:w='a'><!--[if mso]><xml><w:WordDocument/></xml><![endif]--><p>a", "text/html"),
        ("<table><tr>".encode("utf-16"), "text/html"),
        ("一、总体情况\n1 < 2".encode(), "text/plain"),
        ("一、总体情况".encode("gbk"), "text/plain"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n", "multipart/related"),
        (bytes(range(256)) * 9, "application/octet-stream"),
        (DOCX, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (make_zip({"a.txt": "x"}), "application/zip"),
    ],
)
def test_the_bytes_tell_the_kind(content, media_type):
    assert sniff(content) == media_type


@pytest.mark.parametrize(
    ("document", "noticed"),
    [
        (Document(DOCX, name="a.docx"), False),
        (Document(DOCX, url="http://x.cn/W020250101.docx?x=1", media_type="application/octet-stream"), False),
        (Document(DOCX, media_type="application/msword"), True),
        (Document(DOCX, name="a.pdf"), True),
        (Document("一、总体情况".encode(), media_type="text/html; charset=utf-8"), False),
        (Document(DOCX), False),
    ],
)
def test_a_wrong_claim_is_noted_and_read_all_the_same(document, noticed):
    reading = read(document)
    assert reading.blocks
    assert ("media_type_mismatch" in {issue.code for issue in reading.issues}) == noticed


@pytest.mark.parametrize("content", [b"", b" \r\n\t", b"\x00" * 100, b"\xef\xbb\xbf\n"])
def test_nothing_is_empty(content):
    with pytest.raises(Unreadable) as caught:
        read(Document(content))
    assert caught.value.code == "empty"


@pytest.mark.parametrize(
    "content", [b"Rar!\x1a\x07\x00" + b"x" * 50, b"7z\xbc\xaf\x27\x1c" + b"x" * 50, bytes(range(256))]
)
def test_what_is_not_read_says_what_mends_it(content):
    with pytest.raises(Unreadable) as caught:
        read(Document(content))
    assert caught.value.code == "unsupported"
    assert " / " in caught.value.detail


@pytest.mark.parametrize(
    "head",
    [
        b"%PDF-1.7",
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\x89PNG\r\n\x1a\n",
        b"BM",
    ],
)
@pytest.mark.parametrize("tail", [b"", b"\x00" * 600, bytes(range(256)) * 20, b"WordDocument"])
def test_rubbish_raises_unreadable_and_nothing_else(head, tail):
    with pytest.raises(Unreadable):
        read(Document(head + tail))


# --- ZIP -------------------------------------------------------------------


def test_a_zip_of_one_report_reads_it_and_names_the_part():
    content = make_zip({"__MACOSX/._a.docx": b"junk", "年报/": b"", "年报/a.docx": DOCX})
    reading = read(Document(content, name="a.zip"))
    grid = next(block for block in reading.blocks if isinstance(block, Grid))
    assert grid.cells[1].place.part == grid.place.part == hashlib.sha256(DOCX).hexdigest()
    assert reading.issues == ()


def test_a_zip_of_several_documents_asks_a_person():
    other = make_docx(p("另一份"))
    document = Document(
        make_zip({"a.docx": DOCX, "b.docx": other, "c.bin": bytes(range(256))}), url="http://x.cn/a.zip"
    )
    issues = {issue.code: issue.severity for issue in read(document).issues}
    assert issues == {"several_documents": "error", "unreadable_members": "warning"}
    inside = members(document)
    assert [(m.name, m.url) for m in inside] == [
        (n, "http://x.cn/a.zip") for n in ("a.docx", "b.docx", "c.bin")
    ]
    assert inside[1].content == other


def test_names_in_gbk_are_read():
    name = "洪河县年报.docx".encode("gbk").decode("cp437")
    content = make_zip({"x" * len(name.encode("cp437")): DOCX}).replace(
        b"x" * len(name.encode("cp437")), name.encode("cp437")
    )
    assert [m.name for m in members(Document(content))] == ["洪河县年报.docx"]


def test_of_the_documents_in_a_zip_that_with_the_tables_is_read():
    report = make_docx(p("三、收到和处理政府信息公开申请情况") + tbl(tr(tc("行政许可"), tc("5"))))
    reading = read(Document(make_zip({"0说明.txt": "请查收附件。", "1年报.docx": report}), name="a.zip"))
    assert reading.blocks[0].text == "三、收到和处理政府信息公开申请情况"
    assert [issue.code for issue in reading.issues] == ["several_documents"]


def test_zips_in_zips_have_an_end():
    content = make_zip({"a.docx": DOCX})
    assert len(members(Document(make_zip({"b.zip": content})))) == 1
    with pytest.raises(Unreadable) as caught:
        read(Document(make_zip({"c.zip": make_zip({"b.zip": content})})))
    assert caught.value.code == "too_deep"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (make_zip({f"{n}.txt": "x" for n in range(2001)}), "bomb"),
        (make_zip({"a.txt": b"0" * (30 << 20)}), "bomb"),
        (make_zip({"a.bin": bytes(range(256))}), "unsupported"),
        (make_zip({}), "unsupported"),
        (make_zip({"a.docx": DOCX})[:-30], "corrupted"),
    ],
    ids=["members", "ratio", "unknown", "nothing", "torn"],
)
def test_hostile_zips(content, code):
    with pytest.raises(Unreadable) as caught:
        read(Document(content))
    assert caught.value.code == code


def test_a_compound_file_that_ends_before_its_directory_is_cut_off():
    head = bytes.fromhex("d0cf11e0a1b11ae1").ljust(30, b"\0") + bytes([9, 0])
    content = head.ljust(48, b"\0") + (90).to_bytes(4, "little") + b"\0" * 9000
    for size, code in ((9052, "corrupted"), (60_000, "unsupported")):
        with pytest.raises(Unreadable) as caught:
            read(Document(content.ljust(size, b"\0"), name="a.doc"))
        assert caught.value.code == code


def test_a_zip_with_a_password():
    content = bytearray(make_zip({"a.txt": "secret"}))
    content[6] |= 1  # the flag in front of the member
    content[content.index(b"PK\x01\x02") + 8] |= 1  # and in the directory
    with pytest.raises(Unreadable) as caught:
        read(Document(bytes(content)))
    assert caught.value.code == "encrypted"


def test_a_member_that_inflates_to_more_than_it_declares():
    content = make_zip({"a.txt": b"0123456789" * 1000})
    lying = content.replace((10_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    with pytest.raises(Unreadable):
        read(Document(lying))
