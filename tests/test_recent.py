"""Contents that came just now are held, within bounds, until they are read."""

from pipelines.recent import Recent


def test_what_came_is_taken_once():
    recent = Recent(most=10)
    recent.put("a", b"12345")
    assert (recent.take("a"), recent.take("a")) == (b"12345", None)


def test_the_oldest_go_first_and_what_is_too_large_is_not_held():
    recent = Recent(most=10)
    for name in "abc":
        recent.put(name, name.encode() * 5)
    recent.put("large", b"x" * 11)
    recent.put("c", b"")
    assert [recent.take(name) for name in ("a", "b", "c", "large")] == [None, b"bbbbb", b"ccccc", None]
