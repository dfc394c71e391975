"""Addresses of links: joining, normalising, telling apart. Pure functions on text."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import Final
from urllib.parse import urljoin, urlsplit

from pipelines.address import DEFAULT_PORTS, SESSION, address

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(?!\d)")
_IN_LINK = re.compile(r"[\r\n\t]+")
LONGEST: Final = 2_000  # characters; longer ones are made by scripts gone wrong


def resolve(base: str, link: str) -> str:
    """``link`` as found on page ``base``, as an absolute address; "" where it leads to no page.

    Repairs what sites get wrong: white space, back slashes, ``//host``, a host with
    a trailing dot, ``..`` above the root. The fragment is dropped.
    """
    from_root = link.startswith("/") and not link.startswith("//")
    return _resolved(_root(base) if from_root else base, link)


def led_to(url: str, location: str) -> str:
    """Where a redirect from ``url`` leads, as :func:`resolve` says; where that is the same address, with the
    session that the server wants in it.
    """
    target = resolve(url, location)
    if not target or address(target) != address(url):
        return target
    as_sent = urljoin(url, location.strip())
    return as_sent if SESSION.search(urlsplit(as_sent).path) else target


def _root(base: str) -> str:
    """All of a page's address that a link from the root rests upon: the same on every page of a site."""
    return "/".join(base.split("/", 3)[:3]) + "/"


@lru_cache(maxsize=1 << 13)  # a page's links are looked at several times, and many stand on every page
def _resolved(base: str, link: str) -> str:
    link = _IN_LINK.sub("", link.strip()).replace("\\", "/")
    scheme = _SCHEME.match(link)
    if not link or link.startswith("#") or (scheme and scheme[1].lower() not in DEFAULT_PORTS):
        return ""
    try:
        url = normalise(urljoin(base, link))
    except ValueError:
        return ""
    return url if len(url) <= LONGEST else ""


def normalise(url: str) -> str:
    """An http(s) address in one spelling. Raises ValueError for anything else."""
    scheme = urlsplit(url).scheme.lower()
    if scheme not in DEFAULT_PORTS:
        raise ValueError(f"no http address: {url!r}")
    return f"{scheme}://{address(url)}"


def host_port(url: str, default_scheme: str = "http") -> str:
    """``host:port`` of an address: the unit of politeness and of permission. Raises ValueError without a
    host.
    """
    parts = urlsplit(url)
    scheme = (parts.scheme or default_scheme).lower()
    if scheme not in DEFAULT_PORTS or not parts.hostname:
        raise ValueError(f"no http address: {url!r}")
    name = address(f"{scheme}://{parts.netloc.rpartition('@')[2]}").partition("/")[0]
    return name if parts.port and name.endswith(f":{parts.port}") else f"{name}:{DEFAULT_PORTS[scheme]}"


def fingerprint(method: str, url: str, body: str = "", salt: str = "") -> str:
    """What makes two requests the same: method, address without scheme, body. ``salt`` keeps a repeat
    apart.
    """
    text = "\n".join((method.upper(), address(url), body, salt))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def line_mark(url: str) -> str:
    """What tells a line of a list: enough of its address's fingerprint."""
    return fingerprint("GET", url)[:12]


def is_local_name(host: str) -> bool:
    """Whether a host name means this machine by convention."""
    return host == "localhost" or host.endswith(".localhost")


def is_of_domain(url: str, home: str) -> bool:
    """Whether an address is on a host of the domain that a home page stands in: 教育局's ``jyj.x.gov.cn`` of
    ``www.x.gov.cn``.
    """
    domain = (urlsplit(home).hostname or "").removeprefix("www.")
    return "." in domain and (urlsplit(url).hostname or "").endswith(f".{domain}")
