"""What is worth asking for, what led to it, what a page gives: the words between discovery and frontier."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from crawler.family import Entry

SHOWN: Final = "shown"  # in the state of an article that a column shows itself
PLACE: Final = "place"  # why a page of a list is asked for that its address alone does not bring


@dataclass(frozen=True, slots=True)
class Want:
    """A request worth making.

    ``role``: tree, column, list, article, page, attachment. ``context`` is what the
    answer's reader has to know (see :class:`Trail`); ``score`` orders the tree; ``again``
    says that the address was asked for as something else before.
    """

    url: str
    role: str
    method: str = "GET"
    body: str = ""
    score: float = 0.0
    again: bool = False
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trail:
    """What led to a page: kept as JSON in ``requests.context``.

    ``title`` and ``date`` as the link stated them, ``near`` of the page that linked,
    ``column`` the address of the list, ``family`` of the page that asked, ``why`` for
    a person, ``optional`` for guesses, ``ordinal`` of a part in its article, ``incremental``
    where only what is new is wanted, ``hops`` the redirects before, ``state`` of the family
    between two pages of a list, ``turn`` how many were turned, ``shown`` what the last one's lines were,
    ``declared`` the total that it stated (0 for none), ``again`` where the list is read a second time.
    """

    title: str = ""
    date: str = ""
    near: int = 0
    column: str = ""
    family: str = ""
    why: str = ""
    optional: bool = False
    ordinal: int = 0
    incremental: bool = False
    hops: tuple[str, ...] = ()
    state: dict[str, Any] = field(default_factory=dict)
    turn: int = 0
    shown: str = ""
    declared: int = 0
    again: bool = False

    @classmethod
    def of(cls, context: dict[str, Any]) -> Trail:
        """From JSON; what it does not know is left out."""
        known = {key: value for key, value in context.items() if key in cls.__dataclass_fields__}
        known["hops"] = tuple(known.get("hops", ()))
        return cls(**known)

    def context(self) -> dict[str, Any]:
        """To JSON, without what is empty."""
        values = {key: getattr(self, key) for key in self.__dataclass_fields__}
        return {key: list(value) if key == "hops" else value for key, value in values.items() if value}


@dataclass(frozen=True, slots=True)
class Findings:
    """What a page gives: requests, and, for a page of a list, what is needed to judge its completeness:
    its lines (``entry_urls``), what else looks like lines (``other_urls``: news beside the list), and what of
    it only a browser could tell (``scripted``, for a person).
    """

    wants: tuple[Want, ...] = ()
    role: str = ""
    family: str = ""
    sure: float = 0.0
    column: str = ""
    title: str = ""
    why: str = ""
    near: int = 0
    entry_urls: tuple[str, ...] = ()
    other_urls: tuple[str, ...] = ()
    declared: int | None = None
    stuck: bool = False
    scripted: str = ""


def article_of(entry: Entry, carried: Trail) -> Want:
    """The request for a line of a list that may be a report."""
    trail = Trail(
        title=entry.title,
        date=entry.date,
        column=carried.column,
        family=carried.family,
        near=carried.near,
        state={"parts": list(entry.parts)} if entry.parts else {},
    )
    return Want(entry.url, "article", context=trail.context())


def is_by_itself(method: str, context: Mapping[str, Any]) -> bool:
    """Whether an address alone brings what it was asked for: no body is sent, and what comes needs nothing of
    the page that asks.
    """
    return method == "GET" and not {"interface", "shown_in"} & context.get("state", {}).keys()


def host_of(want: Want) -> str:
    """The host of a request, as its address prints it."""
    return want.url.split("/")[2]


def absent(home: str, sweep: int) -> Want:
    """The request for an address of a site that can't exist, the same all through a sweep: what a server
    answers to it is no document.
    """
    name = hashlib.sha256(f"{home} {sweep}".encode()).hexdigest()
    url = f"{home.rstrip('/')}/{name[:12]}/{name[12:20]}.html"
    return Want(url, "probe", context=Trail(optional=True).context())
