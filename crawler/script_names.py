"""What a page's scripts call the values of its fields and of its own address. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import parse_qsl, urlsplit

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
