"""The site registry: one small TOML file per site, read and checked as a whole.

A site is data. Only ``name`` and ``home`` are required; everything else is
detected or has a default. Whatever is wrong in a file is told with file, line
and key, before anything is fetched.
"""

from __future__ import annotations

import csv
import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from crawler.addresses import host_port, is_local_name
from crawler.family import families, family_named
from pipelines.errors import BadFile
from pipelines.parse.regions import Region
from pipelines.toml_file import content_of, table_of

BUNDLED: Final = Path(__file__).with_name("sites")
DEFAULT_DELAY: Final = 3.0  # seconds between two requests to one host

_STEM = re.compile(r"\d{6}(-[0-9a-z]+)?")
_SITE_ID_CODE = re.compile(r"\d{10}|bm\d{8}")
REGION_COLUMNS: Final = (
    "code", "name", "level", "parent_code", "province", "prefecture", "county", "valid_from", "valid_to",
)  # fmt: skip


class RegistryError(BadFile):
    """A registry that can't be used."""


@dataclass(frozen=True, slots=True)
class Site:
    """A registered site, defaults filled in.

    ``site`` is the file's stem, ``code`` its six digits; ``hosts`` are ``host:port``
    as links may lead to; ``family`` and ``columns`` are empty where they are to be
    found; ``delay`` is in seconds.
    """

    site: str
    code: str
    name: str
    home: str
    hosts: tuple[str, ...]
    family: str = ""
    columns: tuple[str, ...] = ()
    site_id_code: str = ""
    agencies: tuple[str, ...] = ()
    delay: float = DEFAULT_DELAY
    min_reports: int = 0

    @classmethod
    def defined(cls, definition: dict[str, Any]) -> Site:
        """A site from its fields as JSON has them."""
        lists = {name: tuple(value) for name, value in definition.items() if isinstance(value, list)}
        return cls(**(definition | lists))


@dataclass(frozen=True, slots=True)
class Registry:
    """All sites of a folder by file stem, and the regions that the folder brings along."""

    sites: Mapping[str, Site]
    regions: tuple[Region, ...] = ()
    folder: Path = field(default=BUNDLED)


def load_registry(folder: Path | None = None) -> Registry:
    """Every ``*.toml`` below ``folder`` (default: the registry we ship), and its ``regions.csv``.

    Raises :class:`RegistryError` at the first file that is not as it should be.
    """
    folder = folder or BUNDLED
    if not folder.is_dir():
        raise RegistryError(folder, 0, "", "没有这个站点登记目录 no such folder of registry files")
    sites: dict[str, Site] = {}
    files: dict[str, Path] = {}
    for file in sorted(folder.rglob("*.toml"), key=lambda file: (file.stem, file)):
        site = _read(file)
        if site.site in sites:
            raise RegistryError(
                file, 1, site.site, f"此代码已由 {files[site.site]} 登记 is claimed by that file already"
            )
        sites[site.site], files[site.site] = site, file
    if not sites:
        raise RegistryError(folder, 0, "", "没有登记文件 no registry file here: gongkai probe URL --write")
    return Registry(sites, tuple(_regions(folder / "regions.csv")), folder)


def choose(registry: Registry, wanted: Iterable[str]) -> list[Site]:
    """The sites whose stem is or begins with one of ``wanted``. Raises LookupError for what fits none."""
    chosen: dict[str, Site] = {}
    for prefix in wanted:
        fitting = [site for stem, site in registry.sites.items() if stem.startswith(prefix)]
        if not prefix or not fitting:
            raise LookupError(prefix)
        chosen.update((site.site, site) for site in fitting)
    return list(chosen.values())


def _read(file: Path) -> Site:
    if not _STEM.fullmatch(file.stem):
        raise RegistryError(
            file,
            0,
            file.stem,
            "文件名应为六位区划代码，可加 -x the name must be six digits, with an optional -x",
        )
    return _Reader(file, *table_of(file, content_of(file, RegistryError), RegistryError)).site()


@dataclass(frozen=True, slots=True)
class _Reader:
    """One file's table, read key by key so that each complaint can name its line."""

    file: Path
    text: str
    table: dict[str, Any]

    def site(self) -> Site:
        expect = self._table("expect")
        self._refuse_unknown(self.table, _KEYS)
        self._refuse_unknown(expect, {"min_reports"})
        home = self._home()
        hosts = tuple(self._host(item) for item in self._strings("hosts")) or (host_port(home),)
        return Site(
            site=self.file.stem,
            code=self.file.stem[:6],
            name=self._text("name", required=True),
            home=home,
            hosts=hosts,
            family=self._family(),
            columns=tuple(self._address("columns", item) for item in self._strings("columns")),
            site_id_code=self._site_id_code(),
            agencies=self._strings("agencies"),
            delay=self._delay(hosts),
            min_reports=self._count(expect, "min_reports"),
        )

    def fail(self, key: str, problem: str) -> RegistryError:
        found = re.search(rf"^\s*\[?\s*\"?{re.escape(key)}\b", self.text, re.MULTILINE)
        line = self.text.count("\n", 0, found.end()) + 1 if found else 1
        return RegistryError(self.file, line, key, problem)

    def _refuse_unknown(self, table: Mapping[str, Any], known: set[str]) -> None:
        for key in table:
            if key not in known:
                raise self.fail(key, f"未知的键 unknown key; 应为其一 known are {', '.join(sorted(known))}")

    def _table(self, key: str) -> dict[str, Any]:
        value = self.table.get(key, {})
        if not isinstance(value, dict):
            raise self.fail(key, "应为表 must be a table")
        return value

    def _text(self, key: str, *, required: bool = False) -> str:
        value = self.table.get(key, "")
        if not isinstance(value, str):
            raise self.fail(key, "应为文字 must be a text")
        if required and not value.strip():
            raise self.fail(key, "必须填写 is required")
        return value.strip()

    def _strings(self, key: str) -> tuple[str, ...]:
        value = self.table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            raise self.fail(key, "应为文字的列表 must be a list of texts")
        return tuple(item.strip() for item in value)

    def _address(self, key: str, value: str) -> str:
        try:
            host = host_port(value)
        except ValueError as error:
            raise self.fail(key, f"{value!r} 不是网址 is no http or https address") from error
        if not host:
            raise self.fail(key, f"{value!r} 不是网址 is no http or https address")
        return value

    def _home(self) -> str:
        return self._address("home", self._text("home", required=True))

    def _host(self, value: str) -> str:
        try:
            return host_port(value if "//" in value else f"//{value}", default_scheme=self._scheme())
        except ValueError as error:
            raise self.fail("hosts", f"{value!r} 不是主机名 is no host") from error

    def _scheme(self) -> str:
        return str(self.table.get("home", "http")).partition(":")[0].lower()

    def _family(self) -> str:
        name = self._text("family")
        if name and family_named(name).name != name:
            known = ", ".join(family.name for family in families())
            raise self.fail("family", f"没有这类系统 unknown family; 应为其一 known are {known}")
        return name

    def _site_id_code(self) -> str:
        code = self._text("site_id_code")
        if code and not _SITE_ID_CODE.fullmatch(code):
            raise self.fail(
                "site_id_code", "应为十位数字或 bm 加八位数字 must be ten digits, or bm and eight digits"
            )
        return code

    def _delay(self, hosts: tuple[str, ...]) -> float:
        value = self.table.get("delay", DEFAULT_DELAY)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 3600:
            raise self.fail("delay", "应为秒数 must be seconds, 0 to 3600")
        if value < 1 and not all(_is_loopback(host) for host in hosts):
            raise self.fail("delay", "不足一秒仅限本机 less than a second is allowed for loopback hosts only")
        return float(value)

    def _count(self, table: Mapping[str, Any], key: str) -> int:
        value = table.get(key, 0)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self.fail(key, "应为非负整数 must be a whole number")
        return value


_KEYS = {"name", "home", "hosts", "family", "columns", "site_id_code", "agencies", "delay", "expect"}


def _is_loopback(host: str) -> bool:
    name = host.rpartition(":")[0].strip("[]")
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return is_local_name(name)


def _regions(file: Path) -> Iterator[Region]:
    """Extra divisions, for codes that are fictional or newer than the bundled table."""
    if not file.is_file():
        return
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.DictReader(line for line in lines if not line.startswith("#"))
        missing = set(REGION_COLUMNS) - set(rows.fieldnames or ())
        if missing:
            raise RegistryError(file, 1, ", ".join(sorted(missing)), "缺少此列 column is missing")
        for row in rows:
            if not re.fullmatch(r"\d{6}(\d{3})?", row["code"] or ""):
                raise RegistryError(
                    file, rows.line_num, "code", f"{row['code']!r} 不是区划代码 is no code of a division"
                )
            texts: dict[str, Any] = {key: row[key] or "" for key in REGION_COLUMNS}
            yield Region(**texts)
