"""A site of the sample world: whose it is and what it publishes, whatever CMS it runs on."""

from __future__ import annotations

from dataclasses import dataclass

from samples.places import Region
from samples.publication import Publication
from samples.report import Agency

_HOSTS_A_BLOCK = 250


@dataclass(frozen=True)
class Site:
    """A county's portal. ``number`` counts the world's sites from 0 and gives its loopback address."""

    number: int
    region: Region
    family: str
    agencies: tuple[Agency, ...]
    publications: tuple[Publication, ...]

    @property
    def host(self) -> str:
        """127.0.0.2, 127.0.0.3 … 127.0.0.251, 127.0.1.2 …"""
        block, last = divmod(self.number, _HOSTS_A_BLOCK)
        return f"127.0.{block}.{last + 2}"

    def base(self, port: int) -> str:
        """The address of the site's home without the last slash."""
        return f"http://{self.host}:{port}"

    @property
    def name(self) -> str:
        """What the site calls itself."""
        return f"{self.region.name}人民政府门户网站"

    @property
    def id_code(self) -> str:
        """网站标识码: the region's code and a serial."""
        return f"{self.region.code}{self.number % 9000 + 1:04}"

    @property
    def soft_404(self) -> bool:
        """Whether it answers 200 for pages that don't exist."""
        return self.number % 3 == 1
