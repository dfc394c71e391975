"""What is read once is not read again, unless anything about it is different."""

import hashlib
import threading

from pipelines.archive import Kept
from pipelines.folder import READINGS
from pipelines.memo import Memo, MemoPool, forget, key_of, packed

READ = "pipelines.reading:answer"


class Counting(MemoPool):
    """Counts what reaches the workers."""

    asked = 0

    def _serve(self):
        while (call := self._calls.get()) is not None:
            Counting.asked += 1
            call.future.set_result(b'{"text": "\xe5\xb9\xb4\xe6\x8a\xa5"}')


def ask(pool, function, arguments, blob):
    """The answer, once all who wait for it have it."""
    told = threading.Event()
    answer = pool.submit(function, arguments, [blob])
    answer.add_done_callback(lambda done: told.set())
    assert told.wait(10)
    return answer.result()


def test_the_same_question_is_asked_once_and_another_one_anew(tmp_path):
    memo = Memo(tmp_path / READINGS)
    Counting.asked = 0
    with Counting([memo], 1, keep=memo) as pool:
        for _ in range(3):
            assert ask(pool, READ, ["doc"], b"bytes") == {"text": "年报"}
        assert Counting.asked == 1
        ask(pool, READ, ["doc"], b"other")
        ask(pool, READ, ["other"], b"bytes")
        assert Counting.asked == 3
        for _ in range(2):
            ask(pool, "pipelines.reading:tied", ["doc"], b"bytes")
        assert Counting.asked == 5
    memo.close()


def test_no_two_divisions_of_the_same_bytes_are_one_question():
    assert key_of(["a"], [b"ab", b"c"]) != key_of(["a"], [b"a", b"bc"])
    assert key_of(["a"], [b"ab"]) != key_of(["a"], [b"ab", b""])


def test_bytes_that_are_only_kept_are_the_same_question():
    kept = Kept("data", "a.warc.gz", 7, hashlib.sha256(b"ab").hexdigest())
    assert key_of(["a"], [b"", kept]) == key_of(["a"], [b"", b"ab"])


def test_what_is_damaged_is_unknown_and_a_torn_file_begun_anew(tmp_path):
    path = tmp_path / READINGS
    memo = Memo(path)
    memo.put([(b"good", packed(b"[1]")), (b"bad", packed(b"[2]")[:-1])])
    assert memo.get(b"good") == b"[1]"
    assert memo.get(b"bad") is None
    memo.close()
    path.write_bytes(b"torn" * 1000)
    memo = Memo(path)
    assert memo.get(b"good") is None
    memo.put([(b"good", packed(b"[3]"))])
    assert memo.get(b"good") == b"[3]"
    memo.close()
    forget(tmp_path)
    assert list(tmp_path.iterdir()) == []
