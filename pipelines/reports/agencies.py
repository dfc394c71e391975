"""Whose report it is: agencies, stable through the names they have."""

from __future__ import annotations

import hashlib

from pipelines.parse.records import Identity
from pipelines.parse.regions import Regions
from pipelines.reports.bundle import Bundle
from pipelines.store import Store


def report_id(store: Store, bundle: Bundle, identity: Identity, regions: Regions) -> str:
    """The id of the report that an identity names; its agency, names and region become known."""
    assert identity.year is not None
    if identity.region_code:
        _know_region(store, identity.region_code, regions)
    agency_id = _known_agency(store, identity) or _new_agency(store, bundle, identity)
    for name in dict.fromkeys((identity.agency, identity.agency_printed, *identity.agency_names)):
        if name:
            _save_name(store, agency_id, name, identity.year)
    return f"{agency_id}-{identity.year}"


def _known_agency(store: Store, identity: Identity) -> str | None:
    """The agency of that name in that region, by its canonical name first, then by one it has had."""
    if identity.region_code is None:
        return None
    found = store.row(
        """SELECT agency_id FROM agencies WHERE region_code = :region AND name = :name
           UNION ALL
           SELECT agency_id FROM agency_names JOIN agencies USING (agency_id)
           WHERE region_code = :region AND agency_names.name = :name LIMIT 1""",
        {"region": identity.region_code, "name": identity.agency},
    )
    if found is None:
        return None
    store.db.execute(
        """UPDATE agencies SET
               function = coalesce(nullif(function, ''), ?), kind = iif(kind = 'other', ?, kind)
           WHERE agency_id = ?""",
        (identity.function, identity.agency_kind, found["agency_id"]),
    )
    return str(found["agency_id"])


def _new_agency(store: Store, bundle: Bundle, identity: Identity) -> str:
    agency_id = agency_key(identity.region_code, identity.agency, bundle.host)
    store.db.execute(
        """INSERT INTO agencies (agency_id, region_code, name, function, kind, site) VALUES (?, ?, ?, ?, ?, ?)
           ON CONFLICT DO NOTHING""",
        (
            agency_id,
            identity.region_code,
            identity.agency,
            identity.function,
            identity.agency_kind,
            bundle.site,
        ),
    )
    return agency_id


def agency_key(region_code: str | None, name: str, host: str) -> str:
    """The opaque id of an agency (CONTRACT, Identity); the host tells apart names whose region is unknown."""
    known = name if region_code else f"{name}@{host}"
    return f"{(region_code or '000000')[:6]}-{hashlib.sha256(known.encode()).hexdigest()[:8]}"


def _know_region(store: Store, code: str, regions: Regions) -> None:
    """The division and those above it, so that what is published can be grouped."""
    region = regions.get(code)
    if region is None:
        return
    store.put_regions(
        [
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
    )


def _save_name(store: Store, agency_id: str, name: str, year: int) -> None:
    store.db.execute(
        """INSERT INTO agency_names VALUES (:id, :name, :year, :year)
           ON CONFLICT (agency_id, name) DO UPDATE SET
               first_year = min(coalesce(first_year, :year), :year),
               last_year = max(coalesce(last_year, :year), :year)""",
        {"id": agency_id, "name": name, "year": year},
    )
