"""Leases, tokens and turns on a real engine."""

import time

import pytest

from crawler.distributed.engine import EngineAway, EngineError, HostNews, Round, RoundRuns

ROUND = Round(7, "crawl --all", "2027-01-10T00:00:00Z", ())


def opened(server, *sites):
    server.engine().open_round(ROUND, [(site, {"site": site}, b"x") for site in sites])


def test_a_round_is_open_with_its_sites_and_no_second_one_beside_it(server):
    opened(server, "a", "b")
    engine = server.engine("w")
    assert engine.round() == ROUND
    assert engine.sites() == {"a": {"site": "a"}, "b": {"site": "b"}}
    assert engine.standing().waiting == 2
    with pytest.raises(RoundRuns):
        opened(server, "c")
    for _ in range(2):
        for held in engine.claim(5):
            assert engine.finish(held, "done")
    assert engine.standing().over
    opened(server, "c")
    assert engine.standing().waiting == 1


def test_no_site_is_held_twice(server):
    opened(server, *"abcdefgh")
    one, two = server.engine("one"), server.engine("two")
    taken = [held.site for engine in (one, two) * 8 for held in engine.claim(3)]
    assert sorted(taken) == list("abcdefgh")


def test_sites_are_shared_out_between_those_who_are_there(server):
    opened(server, *(f"s{n}" for n in range(16)))
    one, two = server.engine("one"), server.engine("two")
    two.renew({})
    assert len(one.claim(16)) == 4


def test_a_silent_worker_loses_its_site_and_can_record_nothing_more(server):
    opened(server, "a")
    dead, alive = server.engine("dead", lease=0.1), server.engine("alive")
    (held,) = dead.claim(1)
    assert dead.settle(held, {"f": {"state": "pending"}})
    assert alive.claim(1) == []
    time.sleep(0.15)
    (taken,) = alive.claim(1)
    assert taken.site == "a"
    assert taken.token > held.token
    assert alive.frontier("a") == {"f": {"state": "pending"}}
    assert not dead.settle(held, {"f": {"state": "done"}})
    assert dead.turn(held, "h:80", "", 1.0) < 0
    assert dead.renew({"a": held.token}) == ["a"]
    assert not dead.finish(held, "done")
    assert alive.frontier("a") == {"f": {"state": "pending"}}


def test_a_lease_that_nobody_took_is_renewed_though_it_ran_out(server):
    opened(server, "a")
    engine = server.engine("w", lease=0.05)
    (held,) = engine.claim(1)
    time.sleep(0.1)
    assert engine.renew({"a": held.token}) == []
    assert server.engine("other").claim(1) == []


def test_a_worker_that_begins_again_has_its_sites_at_once_under_new_tokens(server):
    opened(server, "a", "b")
    (held,) = server.engine("w").claim(1)
    (again,) = server.engine("w").adopt()
    assert again.site == held.site
    assert again.token > held.token
    assert not server.engine("w").settle(held, {})


def test_a_site_given_back_is_taken_by_another(server):
    opened(server, "a")
    one = server.engine("one")
    (held,) = one.claim(1)
    assert one.finish(held, "back")
    assert [taken.site for taken in server.engine("two").claim(1)] == ["a"]


def test_a_host_is_asked_by_one_at_a_time_and_not_before_its_delay(server):
    opened(server, "a", "b")
    one, two = server.engine("one"), server.engine("two")
    (first,), (second,) = one.claim(1), two.claim(1)
    assert one.turn(first, "h:80", "", 0.2) == 0
    assert two.turn(second, "h:80", "", 0.0) > 0  # asked just now, and not answered yet
    one.settle(first, {}, HostNews("h:80", 0.2, 0.2, asked=True))
    assert 0 < two.turn(second, "h:80", "", 0.0) <= 0.2
    time.sleep(0.21)
    assert two.turn(second, "h:80", "", 0.0) == 0
    two.settle(second, {}, HostNews("h:80", 0.0, 0.0, asked=True))
    assert two.turn(second, "h:80", "", 0.0) > 0  # the longer delay holds for everybody


def test_hosts_of_one_address_take_turns(server):
    opened(server, "a", "b")
    one, two = server.engine("one"), server.engine("two")
    (first,), (second,) = one.claim(1), two.claim(1)
    assert one.share("h:80", "10.0.0.1", 0.3) == 0
    assert 0 < two.share("g:80", "10.0.0.1", 0.3) <= 0.3
    assert one.turn(first, "h:80", "10.0.0.1", 0.3) > 0.2
    assert two.turn(second, "g:80", "10.0.0.1", 0.3) > 0.2


def test_what_a_host_asked_for_holds_for_all(server):
    opened(server, "a", "b")
    one, two = server.engine("one"), server.engine("two")
    (first,), (second,) = one.claim(1), two.claim(1)
    assert one.turn(first, "h:80", "", 0.0) == 0
    one.settle(first, {}, HostNews("h:80", 30.0, 0.0, asked=True))  # Retry-After: 30
    assert two.turn(second, "h:80", "", 0.0) > 25


def test_all_of_it_survives_a_kill_of_the_engine(server):
    opened(server, "a", "b")
    engine = server.engine("w")
    (held,) = engine.claim(1)
    engine.settle(held, {"f": {"state": "done", "url": "http://h/年报"}})
    server.kill()
    with pytest.raises(EngineAway):
        engine.standing()
    server.start()
    assert engine.settle(held, {"g": {"state": "pending"}})
    assert engine.frontier(held.site) == {
        "f": {"state": "done", "url": "http://h/年报"}, "g": {"state": "pending"}
    }  # fmt: skip
    assert engine.standing().waiting == engine.standing().held == 1


def test_an_engine_that_may_forget_is_refused(server):
    engine = server.engine()
    engine._redis.config_set("appendfsync", "everysec")
    with pytest.raises(EngineError, match="appendfsync"):
        engine.check()


def test_an_engine_that_is_not_there_or_no_engine_is_said_to_be(tmp_path):
    server_less = type("S", (), {"url": f"unix://{tmp_path}/none"})
    from crawler.distributed.engine import Engine

    with pytest.raises(EngineError, match="does not answer"):
        Engine(server_less.url).check()
    with pytest.raises(EngineError, match="ftp"):
        Engine("ftp://x")
