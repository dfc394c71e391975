"""What a page's scripts call the values of its fields and of its own address. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import islice
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from lxml import etree

_FIELD = re.compile(
    r"""(?:(?P<name>[A-Za-z_$][\w$]*)\s*=\s*)?(?P<read>\$\(\s*["']\#(?P<id>[\w-]+)(?:\s+option:selected)?["']\s*\)\.val\(\)
        |(?:document\.)?getElementById\(\s*["'](?P<own>[\w-]+)["']\s*\)\.value)""",
    re.VERBOSE,
)
_QUERIED = re.compile(
    r"""(?<![\w$.])(?:(?P<name>[A-Za-z_$][\w$]{0,40})\s{0,9}=\s{0,9})?
        (?P<read>(?:new\s+URLSearchParams\([\w.]{0,60}\)\.)?[\w$.]{0,60}(?:[Qq]uery|[Pp]aram|[Rr]equest|[Gg]et)[\w$]{0,40}
        \(\s{0,9}["'](?P<key>[\w-]+)["']\s{0,9}\))""",
    re.VERBOSE,
)

_ATTRIBUTE = re.compile(
    r"""(?P<read>(?:\$\(\s{0,9}[\w"'#.-]{1,40}\s{0,9}\)|[A-Za-z_$][\w$]{0,40})\.(?:attr\(\s{0,9}["']|data\(\s{0,9}["'](?!data-))
        (?P<name>[\w-]{1,40})["']\s{0,9}\))""",
    re.VERBOSE,
)


_MOST_READ: Final = 20


def names_of_attributes(scripts: str, tree: etree._Element | None) -> dict[str, str]:
    """The expressions that read an attribute (``data-…``) which but one element of the page has, with its
    value.
    """
    if tree is None or not (".attr(" in scripts or ".data(" in scripts):
        return {}
    found: dict[str, str] = {}
    for read in islice(_ATTRIBUTE.finditer(scripts), _MOST_READ):
        name = f"data-{read['name'].removeprefix('data-')}"
        tags = list(islice(tree.iterfind(f".//*[@{name}]"), 2))
        if len(tags) == 1 and (value := tags[0].get(name)):
            found[read["read"]] = value
    return found


def names_of_fields(scripts: str, fields: Mapping[str, str]) -> dict[str, str]:
    """What scripts call the values of fields: variables, and the expressions that read them."""
    found: dict[str, str] = {}
    for read in _FIELD.finditer(scripts) if fields else ():
        value = fields.get(read["id"] or read["own"])
        if value is not None:
            found |= {name: value for name in (read["name"], read["read"]) if name}
    return found


@lru_cache(maxsize=2)  # asked for each call of a page
def names_of_query(scripts: str, url: str) -> dict[str, str]:
    """What scripts call the values of the page's own query: variables, and the expressions that read them."""
    query = dict(parse_qsl(urlsplit(url).query)) if "?" in url else {}
    found: dict[str, str] = {}
    for read in _QUERIED.finditer(scripts) if query else ():
        if read["key"] in query:
            found |= {name: query[read["key"]] for name in (read["name"], read["read"]) if name}
    return found
