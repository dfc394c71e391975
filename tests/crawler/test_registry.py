"""The registry: what a file may say, and how a wrong one is told."""

import time
from pathlib import Path

import pytest

from crawler.registry import RegistryError, choose, load_registry


def write(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


GOOD = 'name = "青河县"\nhome = "http://www.qinghe.gov.cn/"\n'


def test_two_lines_are_enough(tmp_path):
    write(tmp_path, "ningxia/990001.toml", GOOD)
    site = load_registry(tmp_path).sites["990001"]
    assert (site.code, site.hosts, site.delay, site.family) == ("990001", ("www.qinghe.gov.cn:80",), 3.0, "")


def test_everything_that_may_be_said(tmp_path):
    text = """name = "青河县"
home = "http://127.0.0.1:8001/"
hosts = ["127.0.0.1:8001", "127.0.0.2:8002"]
delay = 0
family = "trs"
columns = ["http://127.0.0.1:8001/nb/"]
site_id_code = "9900010001"
agencies = ["青河县教育局"]
"""
    write(
        tmp_path,
        "990001-a.toml",
        text + "[expect]\nmin_reports = 20\n",
    )
    site = load_registry(tmp_path).sites["990001-a"]
    assert (site.code, site.hosts, site.min_reports) == ("990001", ("127.0.0.1:8001", "127.0.0.2:8002"), 20)


@pytest.mark.parametrize(
    ("name", "text", "line", "key"),
    [
        ("990001.toml", GOOD + "delai = 3\n", 3, "delai"),
        ("990001.toml", GOOD + "[expect]\nmin_report = 3\n", 4, "min_report"),
        ("990001.toml", 'name = "青河县"\n', 1, "home"),
        ("990001.toml", 'name = "青河县"\nhome = "ftp://x/"\n', 2, "home"),
        ("990001.toml", GOOD + 'hosts = "x"\n', 3, "hosts"),
        ("990001.toml", GOOD + "delay = 0.1\n", 3, "delay"),
        ("990001.toml", GOOD + "delay = true\n", 3, "delay"),
        ("990001.toml", GOOD + 'family = "jcsm"\n', 3, "family"),
        ("990001.toml", GOOD + 'site_id_code = "12"\n', 3, "site_id_code"),
        ("990001.toml", GOOD + "home = 3\n", 3, ""),
        ("990001.toml", "name = \n", 1, ""),
        ("99001.toml", GOOD, 0, "99001"),
        ("990001_a.toml", GOOD, 0, "990001_a"),
    ],
)
def test_wrong_file_is_told_with_line_and_key(tmp_path, name, text, line, key):
    file = write(tmp_path, name, text)
    with pytest.raises(RegistryError) as caught:
        load_registry(tmp_path)
    assert (caught.value.file, caught.value.line, caught.value.key) == (file, line, key)
    assert str(file) in str(caught.value)


def test_file_that_is_not_utf8(tmp_path):
    (tmp_path / "990001.toml").write_bytes(GOOD.encode() + b"name2 = '" + b"\xd0\xff'\n")
    with pytest.raises(RegistryError) as caught:
        load_registry(tmp_path)
    assert caught.value.line == 3


def test_code_claimed_twice(tmp_path):
    write(tmp_path, "a/990001.toml", GOOD)
    write(tmp_path, "b/990001.toml", GOOD)
    with pytest.raises(RegistryError, match="claimed"):
        load_registry(tmp_path)


def test_choice_by_stem_or_prefix(tmp_path):
    for stem in ("640323", "640323-x", "640181", "410902"):
        write(tmp_path, f"{stem}.toml", GOOD)
    registry = load_registry(tmp_path)
    assert [site.site for site in choose(registry, ["64"])] == ["640181", "640323", "640323-x"]
    assert [site.site for site in choose(registry, ["410902", "41"])] == ["410902"]
    with pytest.raises(LookupError, match="99"):
        choose(registry, ["99"])


def test_regions_come_along(tmp_path):
    write(tmp_path, "990001.toml", GOOD)
    columns = "code,name,level,parent_code,province,prefecture,county,valid_from,valid_to\n"
    write(tmp_path, "regions.csv", columns + "990001,青河县,county,990000,示例省,,青河县,,\n")
    (region,) = load_registry(tmp_path).regions
    assert (region.code, region.name, region.province) == ("990001", "青河县", "示例省")
    write(tmp_path, "regions.csv", "code,name\n990001,青河县\n")
    with pytest.raises(RegistryError, match="level"):
        load_registry(tmp_path)


def test_bundled_registry_is_good_and_has_the_seeds():
    sites = load_registry().sites
    assert {"640323", "640181", "640502", "410902", "330411"} <= set(sites)
    for file in Path("crawler/sites").rglob("*.toml"):
        assert "verified" in file.read_text(encoding="utf-8").splitlines()[0]


def test_three_thousand_files_load_in_seconds(tmp_path):
    for number in range(3000):
        write(tmp_path, f"{number % 30:02d}/{100000 + number}.toml", GOOD)
    start = time.process_time()
    assert len(load_registry(tmp_path).sites) == 3000
    assert time.process_time() - start < 3


def test_a_folder_without_a_registry_file_is_no_registry(tmp_path: Path) -> None:
    with pytest.raises(RegistryError, match="no registry file here"):
        load_registry(tmp_path)
