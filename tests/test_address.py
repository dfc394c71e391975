"""One key for every spelling of an address, and never one for two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.address import address


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://WWW.County.example", "www.county.example/"),
        ("https://www.county.example:443/a#b", "www.county.example/a"),
        ("http://www.county.example:80/a", "www.county.example/a"),
        ("http://www.county.example:8080/a", "www.county.example:8080/a"),
        ("http://127.0.0.1:8001/a/./b/../c.html", "127.0.0.1:8001/a/c.html"),
        ("http://h/a/index.html", "h/a/index.html"),
        ("http://h/a/..", "h/"),
        ("http://h//a//b/", "h//a//b/"),
        ("http://h/a;jsessionid=0A1B?x=1", "h/a?x=1"),
        ("http://h/a?PHPSESSID=12&x=1&utm_source=q", "h/a?x=1"),
        ("http://h/(S(abcdefghij0123456789abcd))/a.aspx", "h/a.aspx"),
        ("http://h/a?id=5&t=1700000123&_t=1700000123456", "h/a?id=5"),
        ("http://h/a?t=20240120&v=2", "h/a?t=20240120&v=2"),
        ("http://h/a?", "h/a"),
        ("http://h/公开?年=1", "h/%E5%85%AC%E5%BC%80?%E5%B9%B4=1"),
        ("http://h/%e5%85%ac%7e", "h/%E5%85%AC~"),
        ("http://h/%B9%AB", "h/%B9%AB"),
        ("http://h/a%2Fb", "h/a%2Fb"),
        ("http://h/100%", "h/100%"),
        ("http://h/a?b=2&a=1", "h/a?b=2&a=1"),
        ("http://用户@h./a b", "h/a%20b"),
        ("http://[::1]:8000/a", "[::1]:8000/a"),
        ("http://县.example/", "xn--5nr.example/"),
    ],
)
def test_keys(url: str, key: str) -> None:
    assert address(url) == key


def test_an_address_has_a_host() -> None:
    with pytest.raises(ValueError, match="no host"):
        address("file:///etc/passwd")


@given(st.text(alphabet="ab/%.0123456789ABCDEF~é中 ?&=;", max_size=30))
def test_a_key_is_its_own_key(rest: str) -> None:
    key = address("http://h/" + rest)
    assert address("http://" + key) == key
    assert key.isascii()
