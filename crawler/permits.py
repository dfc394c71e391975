"""Where requests may go: the hosts of the registry entry, nothing private that it does not name, no traps."""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from crawler.addresses import host_port, is_local_name
from crawler.registry import Site

_USUAL: Final = ("80", "443")
_DEEPEST: Final = 16  # folders; and no name more than twice among them
_MOST_REPEATS: Final = 2
_CALENDAR = re.compile(
    r"(?i)[?&](year|month|day|date|rq)=\d+.*[?&](year|month|day|date|rq)=\d+"
    r"|/(calendar|rili)\w*/(\S*/)?(19|20|21)\d\d[/-]\d{1,2}\b"
)


def permits(site: Site, url: str) -> bool:
    """Whether ``url`` is http or https on a host that the site's registry entry names.

    A host given without a port (or with a usual one) is allowed on both usual ports,
    since sites answer http and https alike; a private address only as listed.
    """
    try:
        wanted = host_port(url)
    except ValueError:
        return False
    if wanted in site.hosts:
        return True
    name, _, port = wanted.rpartition(":")
    return port in _USUAL and any(f"{name}:{usual}" in site.hosts for usual in _USUAL)


def private_hosts(sites: Iterable[Site]) -> frozenset[str]:
    """The loopback and private addresses that the registry entries list themselves."""
    names = {host.rpartition(":")[0].strip("[]") for site in sites for host in site.hosts}
    return frozenset(name for name in names if is_private(name) or is_local_name(name))


def is_private(name: str) -> bool:
    """Whether a host is written as an address that is not of the public internet."""
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return not (mapped or address).is_global


def is_trap(url: str) -> bool:
    """Whether an address has the look of an endless tree: repeated folders, calendars."""
    parts = urlsplit(url)
    folders = [segment for segment in parts.path.split("/")[:-1] if segment]
    repeated = max(Counter(folders).values(), default=0)
    return (
        len(folders) > _DEEPEST
        or repeated > _MOST_REPEATS
        or bool(_CALENDAR.search(f"{parts.path}?{parts.query}"))
    )
