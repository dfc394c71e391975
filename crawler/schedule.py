"""Which sites are due: a pure function of the calendar and of what the store knows of each site.

Reports are due on 31 January (departments, townships) and 31 March (governments); they
come from early January to mid April, corrections until summer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

FULL_SWEEP_DAYS: Final = 90  # longest time between two sweeps from the home page
_SEASON: Final = ((1, 5), (4, 15))
_SUMMER: Final = (7, 31)
_RETRY_HOURS: Final = 20  # a site that failed is asked again the next day, whatever the season


class Plan(StrEnum):
    """What a run does with a site: nothing, look for what is new, or everything from the home page on."""

    WAIT = "wait"
    INCREMENTAL = "incremental"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Visit:
    """What the store knows of a site's visits; None for never. ``turns``: visits in which all its lists are
    looked at once.
    """

    state: str
    last_attempt: datetime | None = None
    last_success: datetime | None = None
    last_full_sweep: datetime | None = None
    turns: int = 1


def interval(day: date, turns: int = 1) -> timedelta:
    """Time between two visits of a site: daily in the season; then so that each list is looked at weekly to
    the end of July, monthly otherwise.
    """
    month_day = (day.month, day.day)
    if _SEASON[0] <= month_day <= _SEASON[1]:
        return timedelta(days=1)
    return timedelta(days=(7 if _SEASON[1] < month_day <= _SUMMER else 30) // turns)


def plan(visit: Visit, now: datetime) -> Plan:
    """What is due for a site at ``now`` (both times aware, UTC)."""
    if visit.last_full_sweep is None:
        return _retry(visit, now, Plan.FULL)
    full = Plan.FULL if _full_is_due(visit.last_full_sweep, now) else Plan.INCREMENTAL
    if visit.state in ("failing", "blocked"):
        return _retry(visit, now, full)
    since = visit.last_success or visit.last_full_sweep
    # an hour's grace: cron's own delay must not skip a day
    return full if now - since >= interval(now.date(), visit.turns) - timedelta(hours=1) else Plan.WAIT


def _retry(visit: Visit, now: datetime, full: Plan) -> Plan:
    waited = visit.last_attempt is None or now - visit.last_attempt >= timedelta(hours=_RETRY_HOURS)
    return full if waited else Plan.WAIT


def _full_is_due(last: datetime, now: datetime) -> bool:
    """Every three months, and once after each season, for what was corrected."""
    season_end = datetime(now.year, *_SEASON[1], tzinfo=now.tzinfo) + timedelta(days=45)
    return now - last >= timedelta(days=FULL_SWEEP_DAYS) or last < season_end <= now
