"""Each worker in a network of its own, which can be cut: the merged archive is still that of one machine."""

import ctypes
import os
import shutil
import socket
import subprocess
import threading
from collections import Counter, defaultdict
from contextlib import ExitStack, closing, contextmanager
from itertools import pairwise

import pytest
import uvicorn

from samples.server import listening_sockets

DELAY = 0.1
LEASE = 2.0
_NEWNET = 0x40000000  # CLONE_NEWNET: setns(2) checks that the descriptor is a network's


def _may_make_networks():
    if shutil.which("ip") is None or os.geteuid() != 0:
        return False
    made = subprocess.run(["ip", "netns", "add", "gongkai-probe"], capture_output=True, check=False)
    if made.returncode == 0:
        subprocess.run(["ip", "netns", "del", "gongkai-probe"], check=True)
    return made.returncode == 0


pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not _may_make_networks(), reason="network namespaces need root and iproute2"),
]


class Network:
    """A network namespace with nothing in it but its own loopback addresses."""

    def __init__(self, name):
        self.name = name
        self.command = ["ip", "netns", "exec", name]

    def cut(self):
        subprocess.run(["ip", "-n", self.name, "link", "set", "lo", "down"], check=True)

    def mend(self):
        subprocess.run(["ip", "-n", self.name, "link", "set", "lo", "up"], check=True)

    def inside(self, make):
        """What ``make`` returns when it is called inside: a socket belongs to the network it was made in."""
        made = []

        def enter():
            with open(f"/var/run/netns/{self.name}", "rb") as network:
                entered = ctypes.CDLL(None, use_errno=True).setns(network.fileno(), _NEWNET)
            assert entered == 0, os.strerror(ctypes.get_errno())
            made.append(make())

        thread = threading.Thread(target=enter)
        thread.start()
        thread.join()
        return made[0]


@contextmanager
def network(name):
    subprocess.run(["ip", "netns", "add", name], check=True)
    try:
        made = Network(name)
        made.mend()
        yield made
    finally:
        subprocess.run(["ip", "netns", "del", name], check=True)


@contextmanager
def sites_in(place, sites):
    """The same sites, with the same memory, on the same addresses of another network."""
    hosts = [site.host for site in sites.world.sites]
    sockets = place.inside(lambda: listening_sockets(hosts, sites.world.port))
    runner = uvicorn.Server(
        uvicorn.Config(sites, lifespan="off", ws="none", log_config=None, access_log=False)
    )
    thread = threading.Thread(target=runner.run, args=(sockets,), daemon=True)
    thread.start()
    yield
    runner.should_exit = True
    thread.join(20)
    for listener in sockets:
        listener.close()


@contextmanager
def engine_in(place, server):
    """The engine's address in another network."""
    with closing(place.inside(lambda: socket.create_server(("127.0.0.1", 0)))) as listener:
        threading.Thread(target=_accept, args=(listener, server), daemon=True).start()
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}"


def _accept(listener, server):
    while True:
        try:
            near, _ = listener.accept()
        except OSError:
            return
        far = socket.socket(socket.AF_UNIX)
        try:
            far.connect(f"{server.folder}/engine.sock")
        except OSError:  # the engine is being started again
            near.close()
            continue
        for one, other in ((near, far), (far, near)):
            threading.Thread(target=_carry, args=(one, other), daemon=True).start()


def _carry(one, other):
    with one, other:
        try:
            while data := one.recv(65536):
                other.sendall(data)
        except OSError:
            return


@pytest.fixture
def country(tmp_path, monkeypatch, sample_sites):
    with sample_sites(tmp_path / "sites", 4, 2, range(2025, 2026), monkeypatch) as sites:
        for path in (tmp_path / "sites").glob("*.toml"):
            text = path.read_text("utf-8")
            path.write_text(text.replace("delay = 0", f"delay = {DELAY}"), encoding="utf-8")
        yield sites


@pytest.fixture
def networks():
    with ExitStack() as made:
        yield [made.enter_context(network(f"gongkai-{os.getpid()}-{name}")) for name in "ab"]


def test_a_worker_cut_off_and_one_killed_and_the_engine_killed(
    country, server, start, tmp_path, gongkai, differences, networks
):
    where = ("--sites", tmp_path / "sites", "--no-publish", "--data")
    gongkai("crawl", "--all", *where, tmp_path / "one")
    alone = Counter((host, path) for _, host, path in country.log)
    country.log.clear()
    gongkai("crawl", "--all", *where, tmp_path / "merged", "--engine", server.url)
    with ExitStack() as running:
        for place in networks:
            running.enter_context(sites_in(place, country))
        urls = [running.enter_context(engine_in(place, server)) for place in networks]
        a, b = (
            start(url, name, lease=LEASE, at_once=2, within=place.command)
            for url, name, place in zip(urls, "ab", networks, strict=True)
        )
        a.until(8)
        networks[0].cut()  # neither sites nor engine
        b.until(12)
        server.kill()
        server.start()
        networks[0].mend()
        a.until(a.requests + 4)
        a.kill()
        assert b.ended() == "complete"
    gongkai("merge", tmp_path / "a", tmp_path / "b", "--data", tmp_path / "merged", "--no-publish")
    assert differences(tmp_path / "one", tmp_path / "merged") == []
    asked = Counter((host, path) for _, host, path in country.log)
    # for each site that changed hands, what was on its way: twice from one, when it was cut and when killed
    assert sum(max(0, asked[page] - alone[page]) for page in alone if page[1] != "/robots.txt") <= 4
    _assert_polite(country.log)


def _assert_polite(log):
    """No host is asked faster than its delay; answers may be noted late, never ten of them."""
    times = defaultdict(list)
    for at, host, _ in log:
        times[host].append(at)
    for of_host in times.values():
        nearest = min((late - early for early, late in pairwise(of_host[::10])), default=10.0)
        assert nearest > 10 * DELAY - 1
        assert of_host[-1] - of_host[0] > (len(of_host) - 1) * DELAY - 1
