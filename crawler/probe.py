"""What a site is made with and where its annual reports stand, from its home address, a few requests deep."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Final

import httpx

from crawler.addresses import host_port, is_of_domain, normalise, resolve
from crawler.challenge import judge, judge_status
from crawler.discovery import follow
from crawler.judging import MAX_HOPS, page_of
from crawler.names import Nearness
from crawler.permits import is_private, permits
from crawler.registry import DEFAULT_DELAY, Site
from crawler.robots import Rules, robots_address, rules_from
from crawler.settings import USER_AGENT
from crawler.tree import is_own_site
from crawler.wants import Findings, Trail, Want, is_by_itself

MOST_REQUESTS: Final = 40
_TIMEOUT: Final = 30.0  # seconds
_MATTERS: Final = 4.0  # the score of a link to the disclosure platform
_LARGEST: Final = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class FoundColumn:
    """A column of annual reports: address, its name, why it is taken for one, entries on its first page, how
    many further pages that one leads to (of a list that a script fetches all that there are); ``asked``: how
    a script of the page that leads to it asks for it, "" for an address that brings it by itself.
    """

    url: str
    title: str
    why: str
    family: str
    entries: int
    declared: int | None
    further: int
    asked: str = ""


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What a probe found. ``registry`` is the text of a registry file; ``pages`` the pages read, by
    address.
    """

    home: str
    name: str
    family: str
    sure: float
    columns: tuple[FoundColumn, ...]
    problems: tuple[str, ...]
    registry: str
    pages: dict[str, bytes]


_DIVISION = re.compile(r"[\u4e00-\u9fff]{1,12}?(?:自治县|县|市|区|旗)(?=人民政府|政府|门户)")

Fetch = Callable[[str, Want], tuple[int | None, str, bytes, str]]


def probe(
    url: str, *, requests: int = MOST_REQUESTS, delay: float | None = None, fetch: Fetch | None = None
) -> ProbeResult:
    """Walk from ``url`` to annual-report columns, the most promising link first, politely and within a
    budget.

    ``fetch`` (url, want) → (status, content type, body, problem) replaces the network. Raises ValueError
    where ``url`` is no http address.
    """
    home = normalise(url)
    host = host_port(home)
    loopback = is_private(host.rpartition(":")[0])
    site = Site("000000", "000000", "", home, (host,), delay=0.0 if loopback else DEFAULT_DELAY)
    with closing(_Http(site)) as network:
        walk = _Walk(site, fetch or network.fetch, site.delay if delay is None else delay)
        walk.run(requests)
    return walk.result()


class _Walk:
    """The pages of a probe, best link first."""

    def __init__(self, site: Site, fetch: Fetch, delay: float) -> None:
        self._site, self._fetch, self._delay = site, fetch, delay
        self._waiting = [(0.0, 0, Want(site.home, "home"))]
        self._seen = {(site.home, "")}
        self._rules: Rules | None = None
        self._elsewhere: list[str] = []
        self.columns: dict[tuple[str, str], FoundColumn] = {}
        self.families: Counter[str] = Counter()
        self.problems: list[str] = []
        self.pages: dict[str, bytes] = {}
        self.titles: list[str] = []

    def run(self, requests: int) -> None:
        """Ask for the robots rules, then for at most ``requests`` pages."""
        status, _, body, problem = self._fetch(robots_address(self._site.home), Want("", "robots"))
        self._rules = rules_from(status, body)
        if not self._rules.reachable:
            self.problems.append(f"robots.txt: {problem or status}")
            return
        for _ in range(requests):
            if not self._waiting:
                return
            self._waiting.sort(key=lambda item: (-item[0], item[1]))
            _, depth, want = self._waiting.pop(0)
            self._visit(want, depth)

    def _visit(self, want: Want, depth: int) -> None:
        if self._rules is None or not self._rules.allows(want.url):
            self.problems.append(f"{want.url}: robots.txt forbids it")
            return
        time.sleep(self._delay)
        status, kind, body, problem = self._fetch(want.url, want)
        if status is None:
            self.problems.append(f"{want.url}: {problem}")
            return
        page = page_of(want.url, kind, body, status)
        verdict = judge_status(status)
        if not verdict.outcome:
            verdict = judge(page, role=want.role)
        if verdict.outcome:
            self.problems.append(f"{want.url}: {verdict.outcome} ({verdict.detail})")
            self._await(replace(want, url=verdict.target), depth - 1)
            return
        self.pages[want.url] = body
        stated = page.meta.get("sitename", "")
        self.titles += [*_DIVISION.findall(f"{stated} {page.title}"), stated]
        self._learn(want, follow(page, want.role, Trail.of(want.context), depth), depth)

    def _learn(self, want: Want, findings: Findings, depth: int) -> None:
        self.families[findings.family] += 1 + 10 * (findings.near == Nearness.COLUMN)
        if findings.column and (findings.near == Nearness.COLUMN or findings.entry_urls):
            by_itself = is_by_itself(want.method, want.context)
            self.columns[want.url, want.body] = FoundColumn(
                want.url,
                findings.title,
                findings.why,
                findings.family,
                len(findings.entry_urls),
                findings.declared,
                sum(found.role == "list" for found in findings.wants),
                "" if by_itself else f"{want.method} {want.body}".strip(),
            )
        if findings.scripted:
            self.problems.append(f"{want.url}: {findings.scripted}")
        for found in findings.wants:
            if found.role in ("tree", "column"):
                self._await(found, depth)

    def _await(self, found: Want, depth: int) -> None:
        """Have an address visited, one level below ``depth``; of another host tell it, if it matters."""
        if not found.url or (found.url, found.body) in self._seen:
            return
        self._seen.add((found.url, found.body))
        if permits(self._site, found.url):
            self._waiting.append((found.score, depth + 1, found))
        elif self._matters(found) and (host := host_port(found.url)) not in self._elsewhere:
            self._elsewhere.append(host)
            title = found.context.get("title", "")
            self.problems.append(f"{found.url} {title}: 另一主机，须列入 another host, to be listed in hosts")

    def _matters(self, found: Want) -> bool:
        own = is_own_site(found) and is_of_domain(found.url, self._site.home)
        return own or found.score >= _MATTERS

    def result(self) -> ProbeResult:
        """The probe's findings, and the registry file that they suggest."""
        known = Counter({name: count for name, count in self.families.items() if name not in ("", "generic")})
        family, votes = known.most_common(1)[0] if known else ("generic", 0)
        columns = tuple(self.columns.values())
        name = next((title for title in self.titles if title), "")
        return ProbeResult(
            home=self._site.home,
            name=name,
            family=family,
            sure=votes / max(1, self.families.total()),
            columns=columns,
            problems=tuple(self.problems),
            registry=_registry(name, self._site, family, columns, self._elsewhere),
            pages=self.pages,
        )


def _registry(
    name: str, site: Site, family: str, columns: tuple[FoundColumn, ...], others: Sequence[str]
) -> str:
    """A registry file: what is detected stays detected, so family and columns are given as comments, and so
    are ``others``, hosts of agencies or of the platform, which are for a person to list.
    """
    lines = [f"name = {_text(name or '（县名）')}", f"home = {_text(site.home)}"]
    if is_private(site.hosts[0].rpartition(":")[0]):
        lines += [f"hosts = [{_text(site.hosts[0])}]", "delay = 0"]
    elif others:
        hosts = [host.removesuffix(":80").removesuffix(":443") for host in (*site.hosts, *others)]
        lines.append(f"# hosts = {json.dumps(hosts)}  # 另有其他主机，核对后启用 if these are the county's")
    lines.append(f"# detected: family {family}")
    lines += [
        f"# column: {column.url} {column.title}（{column.why}）" for column in columns if not column.asked
    ]
    return "\n".join(lines) + "\n"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


class _Http:
    """The network of a probe: one client, one request at a time, redirects within the site only."""

    def __init__(self, site: Site) -> None:
        self._site = site
        # certificates prove nothing here, as in the crawl (see settings.DOWNLOAD_VERIFY_CERTIFICATES)
        self._client = httpx.Client(headers={"User-Agent": USER_AGENT}, timeout=_TIMEOUT, verify=False)  # noqa: S501

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def fetch(self, url: str, want: Want) -> tuple[int | None, str, bytes, str]:
        """Status, content type, body; status None and a problem where no answer came."""
        try:
            for _ in range(MAX_HOPS + 1):
                answer = self._client.request(want.method, url, content=want.body or None)
                target = resolve(url, answer.headers.get("location", "")) if answer.is_redirect else ""
                if not target or not permits(self._site, target):
                    return (
                        answer.status_code,
                        answer.headers.get("content-type", ""),
                        answer.content[:_LARGEST],
                        "",
                    )
                url = target
        except httpx.HTTPError as error:
            return None, "", b"", f"{type(error).__name__}: {error}"
        return None, "", b"", "redirect_loop"
