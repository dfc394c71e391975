"""What all tests share."""

from __future__ import annotations

from hypothesis import settings

# The same examples on every run, so that a run judges the change and not the dice;
# `make test-long` throws them.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")
