"""The sample sites on loopback, over real connections."""

import csv
import gzip
import http.client
import socket
import tomllib
from urllib.parse import urlsplit

import pytest
from lxml import html

from samples.counties import World
from samples.registry import write_registry
from samples.server import PortTaken, serve

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server():
    with serve(World.build(counties=3, agencies=4), 0) as running:
        yield running


def fetch(url, method="GET", **headers):
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    try:
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        connection.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def test_each_site_answers_on_its_own_address(server):
    assert len(server.homes) == 3
    for site, home in zip(server.world.sites, server.homes, strict=True):
        response, body = fetch(home)
        assert response.status == 200
        assert site.region.name in body.decode()
    assert set(server.requests) == {site.host for site in server.world.sites}


def test_expected_addresses_hold_the_real_port(server):
    for expected in server.world.expected[::7]:
        for url in (*expected.urls, *expected.attachment_urls):
            response, body = fetch(url)
            assert response.status == 200
            assert body


def test_a_connection_serves_many_requests(server):
    parts = urlsplit(server.homes[0])
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    try:
        for _ in range(3):
            connection.request("GET", "/")
            assert connection.getresponse().read()
            kept = connection.sock
            assert kept is not None
    finally:
        connection.close()


def test_text_is_compressed_for_those_who_ask(server):
    plain, body = fetch(server.homes[0])
    packed, small = fetch(server.homes[0], accept_encoding="gzip")
    assert plain.headers["content-encoding"] is None
    assert packed.headers["content-encoding"] == "gzip"
    assert len(small) < len(body)
    assert "政务公开" in gzip.decompress(small).decode()


def test_head_has_no_body_and_304_neither(server):
    head, body = fetch(server.homes[0], "HEAD")
    assert (head.status, body) == (200, b"")
    response, body = fetch(server.homes[0], if_none_match=head.headers["etag"])
    assert (response.status, body) == (304, b"")


def test_a_taken_port_is_said_clearly():
    world = World.build(counties=1, agencies=1)
    with socket.socket() as other:
        other.bind(("127.0.0.2", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=str(port)), serve(world, port):
            pytest.fail("served on a taken port")


def test_the_port_is_free_again_afterwards():
    world = World.build(counties=2, agencies=1)
    with serve(world, 0) as first:
        port = first.world.port
    with serve(world, port) as second:
        assert fetch(second.homes[0])[0].status == 200


def test_a_server_started_again_remembers_the_visit_where_pages_carry_no_validators(tmp_path):
    world = World.build(counties=1, agencies=6, families=["jcms"])
    edited = next(e for e in world.expected if e.edit)
    path = urlsplit(edited.urls[0]).path

    def read():
        with serve(world, 0, tmp_path) as running:
            response, body = fetch(running.homes[0].rstrip("/") + path)
            assert "etag" not in response.headers
            return [cell.text_content().strip() for cell in html.fromstring(body.decode()).iter("td")]

    first, second, third = read(), read(), read()
    assert first != second
    assert second == third


def test_registry_files_give_a_crawl_its_start_and_nothing_more(tmp_path):
    world = World.build().at(9999)
    files = write_registry(world, tmp_path)
    assert [file.stem for file in files] == [site.region.code for site in world.sites]
    for file, site in zip(files, world.sites, strict=True):
        entry = tomllib.loads(file.read_text("utf-8"))
        assert entry["name"] == site.region.name
        assert entry["home"] == f"http://{site.host}:9999/"
        assert entry["hosts"] == [f"{site.host}:9999"]
        assert entry["delay"] == 0
        assert len(entry["agencies"]) == 10
        assert 0 < entry["expect"]["min_reports"] <= sum(e.site == file.stem for e in world.expected)
        assert not {"family", "columns"} & entry.keys()
    with (tmp_path / "regions.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    codes = {row["code"] for row in rows}
    assert {file.stem for file in files} <= codes
    assert all(row["parent_code"] in codes or row["level"] == "province" for row in rows)
    assert list(rows[0]) == [
        "code",
        "name",
        "level",
        "parent_code",
        "province",
        "prefecture",
        "county",
        "valid_from",
        "valid_to",
    ]
