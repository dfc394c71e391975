"""What all tests share."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

from tests import forked

# The same examples on every run, so that a run judges the change and not the dice;
# `make test-long` throws them.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")


forked.fork_workers()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One worker more than there are cores: tests of crawls wait for their servers a sixth of the time."""
    return len(os.sched_getaffinity(0)) + 1
