"""What several ask for at the same time is found out once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Final, Generic, TypeVar

_REMEMBERED: Final = 200

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Once(Generic[Key, Value]):
    """Values by their keys, the latest few of them; one that is being found out is waited for."""

    def __init__(self) -> None:
        self._found: OrderedDict[Key, asyncio.Future[Value]] = OrderedDict()

    async def get(self, key: Key, find: Callable[[], Coroutine[Any, Any, Value]]) -> Value:
        """The value of ``key``: what ``find()`` gives if nobody has asked before. What it raises is raised to
        all who wait, and forgotten: the next who asks has it tried again.
        """
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = asyncio.ensure_future(find())
            if len(self._found) > _REMEMBERED:
                self._found.popitem(last=False)
        try:
            return await asyncio.shield(found)
        except BaseException:
            self._found.pop(key, None)
            raise
