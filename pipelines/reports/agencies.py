"""Whose report it is: agencies, stable through the names they have."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.decisions import Decisions
from pipelines.parse.agencies import PEOPLES_GOVERNMENT, read_office
from pipelines.parse.records import Identity, Kind
from pipelines.parse.regions import Regions
from pipelines.parse.titles import Claim, compact, parse_title
from pipelines.reports.bundle import Bundle
from pipelines.reports.naming import Called, called, names_division, spelled
from pipelines.store import Store


@dataclass(frozen=True, slots=True)
class _Known:
    """An agency of the store, and what it is called."""

    agency_id: str
    name: str
    names: frozenset[str]
    called: Called


def file_under(
    store: Store, bundle: Bundle, identity: Identity, regions: Regions, decisions: Decisions
) -> tuple[str, str]:
    """(agency_id, report_id) that an identity names; its agency, names and region become known."""
    assert identity.year is not None
    if identity.region_code:
        _know_region(store, identity.region_code, regions)
    agency_id = _agency_of(store, bundle, identity, regions, decisions)
    for name in _printed(identity):
        if identity.region_code is None or names_division(name, identity.region_code, regions):
            save_name(store, agency_id, name, identity.year, identity.year)
    known = store.value(
        "SELECT report_id FROM reports WHERE agency_id = ? AND year = ?", (agency_id, identity.year)
    )
    return agency_id, known or f"{agency_id}-{identity.year}"


def expect_agencies(
    store: Store,
    site: str,
    region_code: str,
    names: Iterable[str],
    regions: Regions,
    decisions: Decisions | None = None,
) -> None:
    """The agencies that a site's registration names are expected to report; those it no longer names are not.

    A name may carry province and prefecture, be a short form, or lack the division: it is that of the site.
    Where a division's site names none, its government is: article 49 of the regulation binds every one.
    """
    expected = [
        _expected(store, site, region_code, compact(name), regions, decisions or Decisions())
        for name in dict.fromkeys(names) or _government(site, region_code, regions)
    ]
    with store.transaction():
        store.db.execute("UPDATE agencies SET expected = 0 WHERE site = ?", (site,))
        for agency_id in expected:
            store.db.execute(
                "UPDATE agencies SET expected = 1, site = ? WHERE agency_id = ?", (site, agency_id)
            )


def meet_agencies(
    store: Store,
    site: str,
    region_code: str,
    titles: Iterable[str],
    offices: Iterable[str],
    regions: Regions,
    decisions: Decisions | None = None,
) -> None:
    """The agencies of a site's division whose reports lists name, or whose own sites links do, though these
    could not be had: they are seen. ``titles`` and ``offices`` as they are stated.
    """
    stated = (title for title in map(parse_title, titles) if title.claim is Claim.REPORT and title.year)
    for name in dict.fromkeys([*(title.agency for title in stated), *map(compact, offices)]):
        office = read_office(name, regions, region_code) if name else None
        if office is None:
            continue
        if not office.regions or any(regions.is_within(r.code, region_code) for r in office.regions):
            _expected(store, site, region_code, name, regions, decisions or Decisions())


def _government(site: str, region_code: str, regions: Regions) -> tuple[str, ...]:
    """The government of a site's division; none for a division's further sites (``-x``), or one unknown."""
    region = regions.get(region_code)
    return (f"{region.name}{PEOPLES_GOVERNMENT}",) if region and site == region_code else ()


def _expected(
    store: Store, site: str, region_code: str, printed: str, regions: Regions, decisions: Decisions
) -> str:
    office = read_office(printed, regions, region_code)
    here = [r for r in office.regions if regions.is_within(r.code, region_code)] if office else []
    region = here[0] if len(here) == 1 else regions.get(region_code)
    name = office.canonical(region) if office else printed
    code = region.code if region else region_code
    identity = Identity(
        kind=Kind.REPORT,
        agency=name,
        agency_printed=printed,
        agency_kind=office.kind if office else "other",
        function=office.function if office else "",
        region_code=code,
    )
    with store.transaction():
        _know_region(store, code, regions)
        known = _known_agency(store, identity, regions, decisions)
        agency_id = known or _insert(store, agency_key(code, name, ""), identity, site)
        if names_division(printed, code, regions):
            save_name(store, agency_id, printed, None, None)
    return agency_id


def _printed(identity: Identity) -> tuple[str, ...]:
    """The forms of the name that were met; the canonical one where no form is told."""
    names = (identity.agency_printed, *identity.agency_names)
    return tuple(dict.fromkeys(name for name in names if name)) or (identity.agency,)


def _agency_of(
    store: Store, bundle: Bundle, identity: Identity, regions: Regions, decisions: Decisions
) -> str:
    known = _known_agency(store, identity, regions, decisions)
    if known is None:
        key = agency_key(identity.region_code, identity.agency, bundle.host)
        return _insert(store, key, identity, bundle.site)
    store.db.execute(
        """UPDATE agencies SET
               function = coalesce(nullif(function, ''), :function), kind = iif(kind = 'other', :kind, kind)
           WHERE agency_id = :id AND (coalesce(function, '') = '' OR kind = 'other')""",
        {"function": identity.function, "kind": identity.agency_kind, "id": known},
    )
    if decisions.renamed(identity.region_code or "", identity.agency) is None:
        _respell(store, known, identity.agency)
    return known


def _respell(store: Store, agency_id: str, name: str) -> None:
    """Of the spellings of a name the fullest is shown, whichever was met first: 教育和体育局, 教育体育局."""
    shown: str = store.value("SELECT name FROM agencies WHERE agency_id = ?", (agency_id,))
    if spelled(shown) == spelled(name) and (len(name), name) > (len(shown), shown):
        store.db.execute("UPDATE agencies SET name = ? WHERE agency_id = ?", (name, agency_id))


def _known_agency(store: Store, identity: Identity, regions: Regions, decisions: Decisions) -> str | None:
    """The agency of that division that bears the name: by decision, in full, respelled, or by a short form.

    A short form that may stand for the names of several agencies stands for none of them.
    """
    if identity.region_code is None:
        return None
    renamed = decisions.renamed(identity.region_code, identity.agency)
    if renamed is None and (in_full := store.value(_IN_FULL, (identity.region_code, identity.agency))):
        return str(in_full)
    agencies = list(_agencies_of(store, identity.region_code, regions))
    mine = called(_printed(identity), identity.region_code, regions)
    decided = set(renamed.names) if renamed else set()
    for same in (
        [a for a in agencies if decided & {a.name, *a.names}],
        [a for a in agencies if a.name == identity.agency],
        [a for a in agencies if identity.agency in a.names or a.called.full & mine.full],
    ):
        if same:
            return same[0].agency_id
    return _by_short_form(store, identity, agencies, mine)


_IN_FULL = "SELECT agency_id FROM agencies WHERE region_code = ? AND name = ? ORDER BY rowid LIMIT 1"


def _by_short_form(store: Store, identity: Identity, agencies: list[_Known], mine: Called) -> str | None:
    """The one agency whose short form may be this name's, or whose name this short form may stand for.

    An agency known by a short form only takes its long name from the first document that prints it.
    """
    if not mine.full:
        long = [a for a in agencies if a.called.full & mine.maybe]
        return long[0].agency_id if len(long) == 1 else None
    short = [a for a in agencies if a.called.maybe & mine.full and not a.called.full]
    if len(short) != 1:
        return None
    agency_id = short[0].agency_id
    store.db.execute("UPDATE agencies SET name = ? WHERE agency_id = ?", (identity.agency, agency_id))
    return agency_id


def _agencies_of(store: Store, region_code: str, regions: Regions) -> Iterable[_Known]:
    names: dict[str, set[str]] = {}
    for row in store.rows(
        """SELECT agency_id, agency_names.name AS name FROM agency_names JOIN agencies USING (agency_id)
           WHERE region_code = ?""",
        (region_code,),
    ):
        names.setdefault(row["agency_id"], set()).add(row["name"])
    for row in store.rows(
        "SELECT agency_id, name FROM agencies WHERE region_code = ? ORDER BY rowid", (region_code,)
    ):
        printed = frozenset(names.get(row["agency_id"], set()))
        yield _Known(row["agency_id"], row["name"], printed, called(printed, region_code, regions))


def _insert(store: Store, agency_id: str, identity: Identity, site: str | None) -> str:
    store.db.execute(
        """INSERT INTO agencies (agency_id, region_code, name, function, kind, site) VALUES (?, ?, ?, ?, ?, ?)
           ON CONFLICT DO NOTHING""",
        (agency_id, identity.region_code, identity.agency, identity.function, identity.agency_kind, site),
    )
    return agency_id


def agency_key(region_code: str | None, name: str, host: str) -> str:
    """The opaque id of an agency (decision 0013), the same for all spellings of its name; the host tells
    apart names whose region is unknown.
    """
    known = spelled(name) if region_code else f"{name}@{host}"
    return f"{(region_code or '000000')[:6]}-{hashlib.sha256(known.encode()).hexdigest()[:8]}"


def _know_region(store: Store, code: str, regions: Regions) -> None:
    """The division and those above it, so that what is published can be grouped."""
    region = regions.get(code)
    if region is None:
        return
    wanted = [
        {
            "code": r.code,
            "name": r.name,
            "level": r.level,
            "parent_code": r.parent_code or None,
            "province": r.province or None,
            "prefecture": r.prefecture or None,
            "county": r.county or None,
            "valid_from": r.valid_from or None,
            "valid_to": r.valid_to or None,
        }
        for r in (*reversed(regions.parents(code)), region)
    ]
    marks = ", ".join("?" * len(wanted))
    known = list(store.rows(f"SELECT * FROM regions WHERE code IN ({marks})", [r["code"] for r in wanted]))  # noqa: S608
    store.put_regions([row for row in wanted if row not in known])


def save_name(store: Store, agency_id: str, name: str, first_year: int | None, last_year: int | None) -> None:
    """Notes a name that an agency has had in these years (None: unknown), beside the years already known."""
    store.db.execute(
        """INSERT INTO agency_names VALUES (:id, :name, :first, :last)
           ON CONFLICT (agency_id, name) DO UPDATE SET
               first_year = min(coalesce(first_year, :first), coalesce(:first, first_year)),
               last_year = max(coalesce(last_year, :last), coalesce(:last, last_year))
           WHERE :first < coalesce(first_year, :first + 1) OR :last > coalesce(last_year, :last - 1)""",
        {"id": agency_id, "name": name, "first": first_year, "last": last_year},
    )
