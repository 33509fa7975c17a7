"""What a site says of itself: shown, changed field by field, and where it comes from at first."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from hub.decide.drills import drills_of
from hub.decide.emergency import SERVICES, numbers_of
from hub.decide.leaving import PHASED
from hub.decide.meeting import points_of
from hub.decide.site import POINTS, SOURCE, signatures, spoken_in, still_default
from hub.decide.site_cautions import site_cautions
from hub.entries import SiteEntry
from hub.errors import Conflict, HubError, Problem, Refused, Unknown, Unready
from hub.flow.site_defaults import FIRST, first_site
from hub.flow.site_fields import FIELDS, changed, read_site, version_of
from hub.model import Actor, Site, SiteId, Words
from hub.ports import Wake
from hub.zones import zone_of

TRIES = 5
"""How often a change is made anew because somebody else changed the site under it."""

ZONE_SECONDS = 5.0
"""How long the zone of the consoles is not asked for again."""

PATIENCE = 1.0  # seconds to wait for it

OWNED = frozenset({*FIELDS, "sms_signatures"}) - {"name"}
"""The settings people write here; what the hub keeps beside them is not theirs."""


class SiteLedger(Protocol):
    """The rows behind sites."""

    async def all(self) -> list[Site]: ...
    async def doors(self, site: int) -> list[tuple[str, str]]: ...
    async def add(self, entry: SiteEntry) -> bool: ...
    async def put(
        self, site: int, name: Words, settings: Mapping[str, Any], *, owned: Collection[str],
        version: int,
    ) -> str: ...  # fmt: skip


class AuditTrail(Protocol):
    """Where deeds are recorded."""

    async def audit(self, actor: str, action: str, obj: str, data: Mapping[str, Any]) -> None: ...


@dataclass(frozen=True, slots=True)
class Sites:
    """The use-case. `country`, `languages`, `timezone`: of sites that say none; `given`: the sites
    of the configuration file, by key: what they start with, and no more."""

    ledger: SiteLedger
    audit: AuditTrail
    wake: Wake
    country: str = "CN"
    languages: tuple[str, ...] = ("zh-CN", "en")
    timezone: str = "Asia/Shanghai"
    given: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict, repr=False)  # the zone, for a few seconds

    async def zone(self) -> str:
        """The time zone of this hub's consoles: that of its only site, else the environment's."""
        if time.monotonic() < self.kept.get("until", 0.0):
            return self.known_zone
        # A page comes without a database, too.
        with contextlib.suppress(HubError, OSError, TimeoutError):
            async with asyncio.timeout(PATIENCE):
                sites = await self.ledger.all()
            own = sites[0].settings.get("timezone") if len(sites) == 1 else ""
            self.kept["zone"] = zone_of(str(own or self.timezone), self.timezone).key
        self.kept["until"] = time.monotonic() + ZONE_SECONDS
        return self.known_zone

    @property
    def known_zone(self) -> str:
        """`zone` as it was asked for last."""
        return str(self.kept.get("zone", self.timezone))

    async def all(self) -> Sequence[Mapping[str, Any]]:
        """Every site; on a fresh hub the one that the first import or change makes."""
        found = await self.ledger.all() or [self._first()]
        return [await self._said(site) for site in found]

    async def show(self, key: str) -> Mapping[str, Any]:
        """One site; Unknown if there is none of this key."""
        return await self._said(await self._site(key))

    async def change(
        self, key: str, fields: Mapping[str, Any], *, who: Actor, version: int | None = None
    ) -> Mapping[str, Any]:
        """The named fields are so, whole or not at all. Refused names every fault; Conflict when
        `version` is not the stored one, or an open incident needs what would be gone."""
        read = version_of(fields)
        seen = read if read is not None else version
        for _ in range(TRIES):
            site = await self._kept(key)
            if seen is not None and seen != site.version:
                raise _stale()
            heads, usual = await self._heads(site), self._usual(key)
            name, settings = read_site(site, fields, usual=usual, heads=heads)
            difference = changed(site, name, settings)
            if not difference:
                return await self._said(site)
            said = await self.ledger.put(site.id, name, settings, owned=OWNED, version=site.version)
            if said == "ok":
                deed = {"fields": difference, "version": site.version + 1}
                await self.audit.audit(who.id, "site_change", f"site:{site.id}", deed)
                self.kept.pop("until", None)
                await self.wake.tell("screens")
                return await self.show(key)
            if said.startswith("used "):
                raise _used(*said.split()[1:])
        raise Unready("The site keeps changing just now; try again in a moment.")

    async def begin(self) -> None:
        """Every site of the configuration file is there: with its values if it was not, else as it
        is. Refused names what is wrong in the file, before anything starts."""
        known = {site.key for site in await self.ledger.all()}
        entries = [self._entry(key, fields) for key, fields in self.given.items()]
        for entry in entries:
            if entry.key not in known:
                await self.ledger.add(entry)

    def _entry(self, key: str, fields: Mapping[str, Any]) -> SiteEntry:
        entry = self._usual(key)
        site = Site(SiteId(0), key, entry.name, entry.settings, 0)
        try:
            name, settings = read_site(site, fields, usual=entry, heads=())
        except Refused as error:
            found = [Problem(f"MUSTER_CONFIG: sites.{key}.{p.where}", p.what, p.hint)
                     for p in error.problems]  # fmt: skip
            said = "; ".join(f"{p.where} {p.what}: {p.hint}" for p in found)
            raise Refused(f"Settings: {said}.", found, code="settings") from None
        return SiteEntry(key, name, settings)

    def _first(self) -> Site:
        """The site a fresh hub would have."""
        entry = self._usual(FIRST)
        return Site(SiteId(0), entry.key, entry.name, entry.settings, 0, version=0)

    def _usual(self, key: str) -> SiteEntry:
        return first_site(self.country, self.languages, key=key)

    async def _site(self, key: str) -> Site:
        found = await self.ledger.all()
        for site in found or [self._first()]:
            if site.key == key:
                return site
        known = ", ".join(site.key for site in found) or FIRST
        hint = Problem("site", f"{key[:60]!r} is not known", f"the sites are {known}")
        raise Unknown("There is no such site.", [hint])

    async def _kept(self, key: str) -> Site:
        """The site as it is stored; the first change of a fresh hub makes it."""
        site = await self._site(key)
        if site.id:
            return site
        entry = SiteEntry(site.key, site.name, site.settings)
        await self.ledger.add(entry)
        return await self._site(key)

    async def _heads(self, site: Site) -> list[str]:
        doors = await self.ledger.doors(site.id) if site.id else []
        listed = [one for b, e in doors for one in ((b, f"{b}-{e}") if e else (b,))]
        return list(dict.fromkeys(listed))

    async def _said(self, site: Site) -> Mapping[str, Any]:
        doors = await self.ledger.doors(site.id) if site.id else []
        split = {building for building, entrance in doors if entrance}
        fronts = [(b, e) for b, e in doors if e or b not in split]
        languages = tuple(site.settings.get("languages") or self.languages)
        cautions = site_cautions(
            site.key, site.name, site.settings, languages=languages, heads=fronts
        )
        return {
            **self._fields(site, languages),
            "defaults": list(still_default(site.name, site.settings)),
            "warnings": [{"code": code, "text": dict(text)} for code, text in cautions],
        }

    def _fields(self, site: Site, languages: Sequence[str]) -> dict[str, Any]:
        settings = site.settings
        said = settings.get("evacuation")
        plan = said if isinstance(said, Mapping) else {}
        rule = drills_of(settings)
        return {
            "key": site.key,
            "version": site.version,
            "name": dict(site.name),
            "sms_signature": _signature(settings),
            "source": dict(settings.get("source") or spoken_in(SOURCE, languages)),
            "timezone": settings.get("timezone") or self.timezone,
            "country": settings.get("country") or self.country,
            "languages": list(languages),
            "emergency": _emergency(settings, self.country),
            POINTS: [
                {"key": str(one["key"]), "name": dict(one.get("name") or {}),
                 "places": list(one.get("places") or ())}
                for one in points_of(settings)
            ],
            "evacuation": {
                "plan": plan.get("plan") or PHASED,
                "buildings": dict(plan.get("buildings") or {}),
            },
            "drills": {"who": rule.who, "buildings": sorted(rule.buildings)},
        }  # fmt: skip


def _signature(settings: Mapping[str, Any]) -> Any:
    """One text for Chinese alone, else by language."""
    if not settings.get("sms_signatures"):
        return str(settings.get("sms_signature") or "")
    return signatures(settings)


def _emergency(settings: Mapping[str, Any], country: str) -> dict[str, Any]:
    """The numbers that count, the country's where the site has none of its own."""
    own = settings.get("emergency")
    own = own if isinstance(own, Mapping) else {}
    usual = numbers_of({"country": settings.get("country") or country, "emergency": own})
    return {**usual, **{key: said for key, said in own.items() if key not in SERVICES}}


def _stale() -> Conflict:
    said = "Somebody changed this site meanwhile. Load it again."
    return Conflict(said, [Problem("version", "is not the stored one", "read the site again")],
                    code="version")  # fmt: skip


def _used(incident: str, point: str) -> Conflict:
    said = f"Incident {incident} sends people to the assembly point {point}: it cannot go now."
    hint = "wait for its end, or only change the point's name"
    what = f"{point} is where incident {incident} sends people"
    return Conflict(said, [Problem(POINTS, what, hint)], code="in_use")
