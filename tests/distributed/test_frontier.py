"""The shared frontier on a real engine: what goes in one message, and turns that are not made use of."""

import pytest

from crawler.distributed.engine import Ask, Round
from crawler.distributed.frontier import SharedFrontier
from crawler.registry import Site
from crawler.robots import Rules
from crawler.wants import Want
from pipelines.errors import DiskLow
from pipelines.store import Store

ROUND = Round(1, "crawl --all", "2027-01-10T00:00:00Z", ())
SITES = {
    name: Site(name, "640323", "盐池县", f"http://{name}.example/", hosts=(f"{name}.example:80",), delay=0.0)
    for name in "abcdefgh"
}


class Clock:
    now = 1_000.0

    def __call__(self):
        return self.now


class Worker:
    """A frontier, its clock, and how many messages its engine was sent."""

    def __init__(self, server, store, name="w"):
        self.engine = server.engine(name)
        self.clock = Clock()
        self.frontier = SharedFrontier(
            store, SITES, name, self.engine, ROUND, at_once=len(SITES), clock=self.clock
        )
        self.frontier.begin_site = lambda site: self.frontier.begin(site, [Want(site.home, "home")])
        self.messages = 0
        step = self.engine.step

        def counted(news, asks):
            self.messages += bool(news or asks)
            return step(news, asks)

        self.engine.step = counted

    def take_all(self):
        """Take sites until there are none, then forget what that cost."""
        while self.engine.standing().waiting:
            self.frontier._look()
        self.messages = 0
        return self

    def leases(self):
        """All that may be asked now."""
        found = []
        while (lease := self.frontier.lease()) is not None:
            found.append(lease)
        return found


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path / "shard", write=True) as store:
        yield store


@pytest.fixture
def worker(server, store):
    server.engine().open_round(ROUND, [(name, {"site": name}, b"") for name in SITES])
    return Worker(server, store).take_all()


def test_all_turns_that_are_due_are_asked_for_in_one_message_with_all_that_is_to_be_told(worker, store):
    first = worker.leases()
    assert sorted(lease.site for lease in first) == sorted(SITES)
    assert worker.messages == 1
    for lease in first:
        with store.transaction():
            worker.frontier.done(lease.request_id)
        worker.frontier.hosts.ruled(lease.host, Rules())
        worker.frontier.release(lease)
    assert {lease.role for lease in worker.leases()} == {"home"}
    assert worker.messages == 2
    recorded = worker.engine.known_of(["a"])[0][1]
    assert sorted(row["state"] for row in recorded.values()) == ["done", "pending"]


def test_turns_that_are_not_taken_in_time_are_given_back_and_asked_for_again(worker):
    taken = worker.frontier.lease()
    worker.clock.now += 10
    rest = worker.leases()
    assert sorted([taken.site, *(lease.site for lease in rest)]) == sorted(SITES)
    assert worker.messages > 1


def test_the_host_of_a_site_that_another_has_taken_is_free_once_its_answer_is_in(worker, server):
    lease = next(lease for lease in worker.leases() if lease.site == "a")
    worker.engine._redis.zadd("gongkai:leases", {"a": 0})
    other = server.engine("other")
    (held,) = other.claim(ROUND, 1)
    assert held.site == "a"
    asking = Ask(held, lease.host, "", 0.0)
    assert other.step([], [asking])[1][0] > 0
    worker.frontier._beat()
    assert "a" not in worker.frontier.held
    worker.frontier.release(lease)
    worker.leases()
    assert other.step([], [asking])[1] == [0.0]


def test_a_disk_that_is_full_when_sites_are_taken_ends_the_run(server, store):
    def prepare(site, dossier):
        raise DiskLow("store.db: database or disk is full")

    server.engine().open_round(ROUND, [(name, {"site": name}, b"") for name in SITES])
    worker = Worker(server, store)
    failures = []
    worker.frontier.prepare = prepare
    worker.frontier.fail = failures.append
    assert worker.frontier.lease() is None
    assert [type(failure) for failure in failures] == [DiskLow]
