"""Room on the disk, and files that last."""

from __future__ import annotations

import errno
import os
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import BinaryIO

import pytest

from pipelines import clock
from pipelines.durable import GB, check_space, least_free, share
from pipelines.errors import BadSetting, DiskLow


@pytest.mark.parametrize(
    ("total", "setting", "least"),
    [
        (1000 * GB, "", 5 * GB),
        (20 * GB, "", GB),
        (3_000_000, "", 150_000),
        (1000 * GB, "0", 0),
        (1000 * GB, "512", 512),
        (1000 * GB, "1.5G", GB * 3 // 2),
        (1000 * GB, "200 MB", 200 * 1024**2),
    ],
)
def test_five_gigabytes_stay_free_or_a_twentieth_of_a_small_disk(
    total: int, setting: str, least: int
) -> None:
    assert least_free(total, setting) == least


def test_room_is_asked_for_where_a_folder_will_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGKAI_MIN_FREE", "0")
    check_space(tmp_path / "a" / "b")
    with pytest.raises(DiskLow):
        check_space(tmp_path / "a" / "b", needed=1 << 60)


def test_a_setting_that_makes_no_sense() -> None:
    with pytest.raises(BadSetting, match="GONGKAI_MIN_FREE=plenty"):
        least_free(GB, "plenty")


def test_times_are_utc_whatever_the_clock_says() -> None:
    beijing = datetime(2026, 1, 31, 7, 59, 59, tzinfo=timezone(timedelta(hours=8)))
    with clock.using(lambda: beijing):
        assert clock.now() == "2026-01-30T23:59:59Z"
    assert clock.now() > "2026-01-31"


@pytest.mark.parametrize("shared", [False, True])
def test_files_share_blocks_where_they_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shared: bool
) -> None:
    def clone(new: BinaryIO, _command: int, old: int) -> None:
        if not shared:
            raise OSError(errno.EOPNOTSUPP, "no such thing")
        new.write(os.pread(old, len(content), 0))

    monkeypatch.setattr("pipelines.durable.fcntl.ioctl", clone)
    content = os.urandom(3 << 20)
    (tmp_path / "a").write_bytes(content)
    assert share(tmp_path / "a", tmp_path / "b") is shared
    assert (tmp_path / "b").exists() is shared
    assert not shared or (tmp_path / "b").read_bytes() == content
