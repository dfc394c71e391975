"""The address: what names a resource, however a link spells it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from urllib.parse import quote, unquote_to_bytes, urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}
# what a server adds to tell visitors apart; the same page with and without
SESSION_PARAMETERS = re.compile(
    r"^(?:jsessionid|phpsessid|aspsessionid\w*|session_?id|cfid|cftoken|utm_\w+|spm)$", re.IGNORECASE
)
# what a page adds against caches; another number each time
_CACHE_BREAKERS = re.compile(
    r"^(?:\w{1,12}=0\.\d{5,}|(?:_|rand(?:om)?|rnd|timestamp|nocache|no_cache)=[\d.]*"
    r"|(?:_?t|ts|tm|time|v|r)=1[5-9]\d{8}(?:\d{3})?)$",  # the clock's seconds or milliseconds
    re.IGNORECASE,
)
#: what a server adds to a path for those who take no cookies
SESSION = re.compile(r";jsessionid=[^/?#;]*|/\([A-Z]\([0-9a-z]{16,}\)\)(?=/|$)", re.IGNORECASE)
#: begins the fragment that names a member of a ZIP: each is a document of its own
MEMBER: Final = "member="
_UNRESERVED = "-._~"
_PATH_SAFE = _UNRESERVED + "!$&'()*+,;=:@/"
_QUERY_SAFE = _UNRESERVED + "!$'()*,;:@/?="


def _normal(text: str, safe: str) -> str:
    """Percent-encoding in one spelling: only what must be encoded is, with upper-case digits."""
    pieces = re.split(r"((?:%[0-9A-Fa-f]{2})+)", text)
    return "".join(
        _keep_reserved(piece) if index % 2 else quote(piece.encode("utf-8", "surrogatepass"), safe=safe + "%")
        for index, piece in enumerate(pieces)
    )


def _keep_reserved(triplets: str) -> str:
    """Decode encoded unreserved characters only: ``%2F`` is not ``/``."""
    return "".join(
        chr(byte)
        if chr(byte).isascii() and (chr(byte).isalnum() or chr(byte) in _UNRESERVED)
        else f"%{byte:02X}"
        for byte in unquote_to_bytes(triplets)
    )


def _without_dots(path: str) -> str:
    """RFC 3986 section 5.2.4."""
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            if len(kept) > 1:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/".join(kept) or "/"


def _host(name: str) -> str:
    lowered = name.rstrip(".").lower()
    try:
        ascii_name = lowered if lowered.isascii() else lowered.encode("idna").decode("ascii")
    except UnicodeError:
        return quote(lowered)
    return f"[{ascii_name}]" if ":" in ascii_name else ascii_name


def _query(query: str) -> str:
    kept = [
        part
        for part in query.split("&")
        if part and not SESSION_PARAMETERS.match(part.partition("=")[0]) and not _CACHE_BREAKERS.match(part)
    ]
    return "&".join(_normal(part, _QUERY_SAFE) for part in kept)


@lru_cache(maxsize=1 << 15)  # a page's links are looked at several times, and most stand on every page
def address(url: str) -> str:
    """The key of ``url``: host, port unless usual, path and query, without scheme, session, and fragment
    (but that of a ZIP's member).

    Two spellings of one address give one key; two addresses never do (``index.html`` is not folded,
    parameters keep their order). Raises ValueError if there is no host.
    """
    parts = urlsplit(url.strip())
    if not parts.hostname:
        raise ValueError(f"no host in {url!r}")
    port = parts.port
    place = _host(parts.hostname)
    if port is not None and port != DEFAULT_PORTS.get(parts.scheme.lower()):
        place += f":{port}"
    path = SESSION.sub("", parts.path)
    query = _query(parts.query)
    member = f"#{_normal(parts.fragment, _QUERY_SAFE)}" if parts.fragment.startswith(MEMBER) else ""
    return place + _without_dots(_normal(path, _PATH_SAFE) or "/") + (f"?{query}" if query else "") + member


def member_url(url: str, name: str) -> str:
    """The URL of a member of the ZIP at ``url``: it leads to the ZIP and names the member."""
    return f"{url.partition('#')[0]}#{MEMBER}{quote(name)}"


def zip_of(member: str) -> str:
    """The address of the ZIP that holds the member of an address; any other address as it is."""
    return member.partition(f"#{MEMBER}")[0]
