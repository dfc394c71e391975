"""Leases, tokens and turns on a real engine."""

import time
from contextlib import closing
from dataclasses import replace

import pytest

from crawler.distributed.engine import Ask, Engine, EngineAway, EngineError, News, Round, RoundGone, RoundRuns

NOW = time.time
ROUND = Round(7, "crawl --all", "2027-01-10T00:00:00Z", ())


def opened(server, *sites):
    server.engine().open_round(ROUND, [(site, {"site": site}, b"x") for site in sites])


def settle(engine, held, rows, **of_host):
    """Whether news of one site were recorded."""
    (recorded,), _ = engine.step([News(held, rows, **of_host)], [])
    return recorded


def turn(engine, held, host, ip, delay):
    """Seconds until a host may be asked."""
    _, (wait,) = engine.step([], [Ask(held, host, ip, delay)])
    return wait


def run_out(engine, *sites):
    """Let the leases of sites be over."""
    engine._redis.zadd("gongkai:leases", dict.fromkeys(sites, 0))


def delay_over(engine, host):
    """Let a host be free again."""
    engine._redis.hset(f"gongkai:host:{host}", "free", 0)


def recorded(engine, site):
    ((_, requests),) = engine.known_of([site])
    return requests


def test_a_round_is_open_with_its_sites_and_no_second_one_beside_it(server):
    opened(server, "a", "b")
    engine = server.engine("w")
    assert engine.round() == ROUND
    assert engine.sites() == {"a": {"site": "a"}, "b": {"site": "b"}}
    assert engine.standing().waiting == 2
    with pytest.raises(RoundRuns):
        opened(server, "c")
    for _ in range(2):
        assert all(engine.finish(engine.claim(ROUND, 5), "done"))
    assert engine.standing().over
    opened(server, "c")
    assert engine.standing().waiting == 1


def test_no_site_is_held_twice(server):
    opened(server, *"abcdefgh")
    one, two = server.engine("one"), server.engine("two")
    taken = [held.site for engine in (one, two) * 8 for held in engine.claim(ROUND, 3)]
    assert sorted(taken) == list("abcdefgh")


def test_sites_are_shared_out_between_those_who_are_there(server):
    opened(server, *(f"s{n}" for n in range(16)))
    one, two = server.engine("one"), server.engine("two")
    two.renew({})
    assert len(one.claim(ROUND, 16)) == 4


def test_a_silent_worker_loses_its_site_and_can_record_nothing_more(server):
    opened(server, "a")
    dead, alive = server.engine("dead"), server.engine("alive")
    (held,) = dead.claim(ROUND, 1)
    assert settle(dead, held, {"f": {"state": "pending"}})
    assert alive.claim(ROUND, 1) == []
    run_out(dead, "a")
    (taken,) = alive.claim(ROUND, 1)
    assert taken.site == "a"
    assert taken.token > held.token
    assert recorded(alive, "a") == {"f": {"state": "pending"}}
    assert not settle(dead, held, {"f": {"state": "done"}})
    assert turn(dead, held, "h:80", "", 1.0) < 0
    assert dead.renew({"a": held.token}) == ["a"]
    assert dead.finish([held], "done") == [False]
    assert recorded(alive, "a") == {"f": {"state": "pending"}}


def test_a_lease_that_nobody_took_is_renewed_though_it_ran_out(server):
    opened(server, "a")
    engine = server.engine("w")
    (held,) = engine.claim(ROUND, 1)
    run_out(engine, "a")
    assert engine.renew({"a": held.token}) == []
    assert server.engine("other").claim(ROUND, 1) == []


def test_a_worker_that_begins_again_has_its_sites_at_once_under_new_tokens(server):
    opened(server, "a", "b")
    (held,) = server.engine("w").claim(ROUND, 1)
    (again,) = server.engine("w").adopt()
    assert again.site == held.site
    assert again.token > held.token
    assert not settle(server.engine("w"), held, {})


def test_a_site_given_back_is_taken_by_another(server):
    opened(server, "a")
    one = server.engine("one")
    (held,) = one.claim(ROUND, 1)
    assert one.finish([held], "back") == [True]
    assert [taken.site for taken in server.engine("two").claim(ROUND, 1)] == ["a"]


def test_a_host_is_asked_by_one_at_a_time_and_not_before_its_delay(server):
    opened(server, "a", "b")
    one, two = server.engine("one"), server.engine("two")
    (first,), (second,) = one.claim(ROUND, 1), two.claim(ROUND, 1)
    assert turn(one, first, "h:80", "", 30.0) == 0
    delay_over(one, "h:80")
    assert turn(two, second, "h:80", "", 0.0) > 0  # not answered yet
    settle(one, first, {}, host="h:80", ahead=30.0, delay=30.0)
    assert 0 < turn(two, second, "h:80", "", 0.0) <= 30.0
    delay_over(one, "h:80")
    assert turn(two, second, "h:80", "", 0.0) == 0
    settle(two, second, {}, host="h:80", ahead=0.0, delay=0.0)
    assert turn(two, second, "h:80", "", 0.0) > 0  # the longer delay holds for everybody


def test_hosts_of_one_address_take_turns(server):
    opened(server, "a", "b")
    one, two = server.engine("one"), server.engine("two")
    (first,), (second,) = one.claim(ROUND, 1), two.claim(ROUND, 1)
    assert one.share("h:80", "10.0.0.1", 30.0) == 0
    assert 0 < two.share("g:80", "10.0.0.1", 30.0) <= 30.0
    assert turn(one, first, "h:80", "10.0.0.1", 30.0) > 0
    assert turn(two, second, "g:80", "10.0.0.1", 30.0) > 0


def test_what_a_host_asked_for_holds_for_all(server):
    opened(server, "a", "b")
    one, two = server.engine("one"), server.engine("two")
    (first,), (second,) = one.claim(ROUND, 1), two.claim(ROUND, 1)
    assert turn(one, first, "h:80", "", 0.0) == 0
    settle(one, first, {}, host="h:80", ahead=30.0, delay=0.0)  # Retry-After: 30
    assert turn(two, second, "h:80", "", 0.0) > 25


def test_all_of_it_survives_a_kill_of_the_engine(server):
    opened(server, "a", "b")
    engine = server.engine("w")
    (held,) = engine.claim(ROUND, 1)
    settle(engine, held, {"f": {"state": "done", "url": "http://h/年报"}})
    server.kill()
    with pytest.raises(EngineAway):
        engine.standing()
    server.start()
    assert settle(engine, held, {"g": {"state": "pending"}})
    assert recorded(engine, held.site) == {
        "f": {"state": "done", "url": "http://h/年报"}, "g": {"state": "pending"}
    }  # fmt: skip
    assert engine.standing().waiting == engine.standing().held == 1


def test_a_worker_learns_that_the_engine_has_lost_its_data_or_that_another_round_is_open(server):
    opened(server, "a")
    engine = server.engine("w")
    engine._redis.flushall()
    with pytest.raises(RoundGone, match="gongkai merge"):
        engine.claim(ROUND, 1)
    server.engine().open_round(replace(ROUND, started_at="2027-02-10T00:00:00Z"), [("a", {}, b"")])
    with pytest.raises(RoundGone):
        engine.claim(ROUND, 1)


def test_a_clock_that_is_hours_wrong_is_refused(server, monkeypatch):
    hours = 3 * 3600
    for wrong, told in ((hours, "快 ahead of"), (-hours, "慢 behind")):
        monkeypatch.setattr("crawler.distributed.engine.time.time", lambda wrong=wrong: NOW() + wrong)
        with pytest.raises(EngineError, match=rf"{told}.* 180 分钟 .*NTP"):
            server.engine().check()


@pytest.mark.parametrize("given", ["", ":wrong@"])
def test_a_password_that_is_missing_or_wrong_is_said_to_be(server, given):
    server.engine()._redis.config_set("requirepass", "secret")
    engine = Engine(f"unix://{given}{server.folder}/engine.sock")
    with closing(engine), pytest.raises(EngineError, match=r"密码 .*redis://:PASSWORD@"):
        engine.check()
    with closing(Engine(f"unix://:secret@{server.folder}/engine.sock")) as known:
        known.check()


def test_an_engine_that_may_forget_is_refused(server):
    engine = server.engine()
    engine._redis.config_set("appendfsync", "everysec")
    with pytest.raises(EngineError, match="appendfsync"):
        engine.check()


def test_an_engine_that_is_not_there_or_no_engine_is_said_to_be(tmp_path):
    server_less = type("S", (), {"url": f"unix://{tmp_path}/none"})
    with pytest.raises(EngineError, match="does not answer"):
        Engine(server_less.url).check()
    with pytest.raises(EngineError, match="ftp"):
        Engine("ftp://x")
