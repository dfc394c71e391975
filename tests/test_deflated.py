"""Compression that costs what its data is worth."""

import gzip
import random
import zlib

import pytest

from pipelines.deflated import compress, compressor

SIZES = (0, 1, 300, 511, 512, 513, 5_000, 32_768, 40_000, 300_000)


def _text(size: int) -> bytes:
    words = random.Random(size).choices(
        ("政府信息公开", "年度报告", "申请人情况", "结转下年度", "0", "1 "), k=size
    )
    return "".join(words).encode()[:size]


@pytest.mark.parametrize("size", SIZES)
def test_what_is_compressed_is_as_short_as_ever_and_comes_back(size):
    data = _text(size)
    packed = compress(data)
    assert zlib.decompress(packed) == data
    assert len(packed) <= len(zlib.compress(data)) * 1.02 + 8


@pytest.mark.parametrize("size", SIZES)
def test_what_is_compressed_for_gzip_is_read_by_gzip_given_in_pieces_too(size):
    data = _text(size)
    packer = compressor(size, gzip=True)
    packed = packer.compress(data[:100]) + packer.compress(data[100:]) + packer.flush()
    assert gzip.decompress(packed) == data


def test_more_than_was_told_may_come():
    packer = compressor(10)
    assert zlib.decompress(packer.compress(_text(9_000)) + packer.flush()) == _text(9_000)


def test_little_is_made_ready_for_little_data():
    """The first two bytes state the window: 512 bytes, not 32 kB."""
    assert compress(b"x" * 300)[0] >> 4 == 1
    assert compress(_text(300_000))[0] >> 4 == 7
