"""The register of places and people: looking it up and changing single entries."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from hub.decide.layout import layout
from hub.decide.showing import ScreenRow
from hub.entries import (
    HOW,
    ROSTER_COLUMNS,
    How,
    PlaceEntry,
    RecipientEntry,
    RecipientView,
    RosterWrite,
    SiteEntry,
)
from hub.errors import Conflict, Problem, Refused, Unknown
from hub.flow.recipient_fields import as_entry, read_entry
from hub.flow.recipient_view import person_json, spot_of
from hub.flow.roster_import import ImportReport, import_file
from hub.flow.roster_reader import Turns
from hub.flow.site_defaults import first_site
from hub.model import Actor, Place, RecipientKind, Site, SiteId
from hub.ports import Wake

LIST = 200  # entries of one page at most


class EstateLedger(Protocol):
    """The rows behind the register."""

    async def sites(self) -> list[Site]: ...
    async def put_site(self, entry: SiteEntry) -> SiteId: ...
    async def keep_setting(self, site: int, key: str, value: Any) -> None: ...
    async def places(self, site: int) -> list[Place]: ...
    async def recipients(
        self, site: int, *, search: str, kinds: Sequence[str], after: int, limit: int
    ) -> list[RecipientView]: ...
    async def recipient(self, number: int) -> RecipientView | None: ...
    async def repairs(self, site: int, *, after: int, limit: int) -> Mapping[str, Any]: ...
    async def how_many_repairs(self, site: int) -> int: ...
    async def mend(self, address: int) -> int | None: ...
    async def let_in(self, number: int) -> int: ...
    async def put_recipient(
        self,
        site: int,
        entry: RecipientEntry,
        *,
        number: int | None,
        version: int | None,
        spot: PlaceEntry | None = None,
    ) -> int | str: ...
    async def remove(self, number: int) -> bool: ...
    async def load(
        self, site: SiteEntry, rows: Sequence[PlaceEntry], people: Sequence[RecipientEntry]
    ) -> SiteId: ...
    async def residents(
        self, site: int, pack: Callable[[Sequence[list[Any]]], bytes]
    ) -> tuple[int, list[bytes]]: ...
    async def write_roster(self, site: int, change: RosterWrite) -> bool: ...
    async def occupied(self, site: int) -> frozenset[int]: ...
    async def counts(self, site: int) -> Mapping[str, int]: ...


class ScreenList(Protocol):
    """Where the screens stand."""

    async def all(self, site: int | None) -> list[ScreenRow]: ...


class AuditTrail(Protocol):
    """Where deeds are recorded."""

    async def audit(self, actor: str, action: str, obj: str, data: Mapping[str, Any]) -> None: ...


@dataclass(frozen=True, slots=True)
class Estate:
    """The use-cases around places and people. Numbers leave masked, unless one person is opened."""

    ledger: EstateLedger
    screens: ScreenList
    audit: AuditTrail
    wake: Wake
    country: str
    languages: tuple[str, ...]
    imports: Turns = field(default_factory=Turns)

    async def sites(self) -> list[Site]:
        """All sites."""
        return await self.ledger.sites()

    async def site(self, key: str = "") -> Site:
        """The site with this key, the only one for no key; Unknown otherwise."""
        found = await self.ledger.sites()
        if not key and found:
            return found[0]
        for site in found:
            if site.key == key:
                return site
        hint = Problem("site", f"{key or 'no site'} is not known", "import a roster first")
        raise Unknown("There is no such site.", [hint])

    async def places(self, site: int) -> list[Place]:
        """The places of a site, in their order."""
        return await self.ledger.places(site)

    async def layout(self, key: str = "") -> dict[str, Any]:
        """The estate as the board draws it; without buildings when nothing is there yet."""
        found = await self.ledger.sites()
        if not found and not key:
            nothing = {"site": {"key": "", "name": {}}, "buildings": []}
            return {**nothing, "screens_elsewhere": [], "assembly_points": []}
        site = await self.site(key)
        places = await self.ledger.places(site.id)
        screens = await self.screens.all(site.id)
        return layout(site, places, screens, occupied=await self.ledger.occupied(site.id))

    async def counts(self, key: str = "") -> Mapping[str, int]:
        """Recipients by kind, and flats; all zero when nothing is there yet."""
        found = await self.ledger.sites()
        return await self.ledger.counts((await self.site(key)).id) if found or key else {}

    async def recipients(
        self,
        key: str = "",
        *,
        search: str = "",
        kinds: Sequence[str] = (),
        after: int = 0,
        limit: int = 50,
    ) -> dict[str, Any]:
        """A page of recipients: `items` with masked numbers, `next` (an id) while more follow."""
        if not await self.ledger.sites() and not key:
            return {"items": [], "next": None}
        site = await self.site(key)
        limit = max(1, min(limit, LIST))
        found = await self.ledger.recipients(
            site.id, search=search.strip()[:80], kinds=kinds, after=after, limit=limit + 1
        )
        more = found[limit - 1].id if len(found) > limit else None
        return {"items": [person_json(view) for view in found[:limit]], "next": more}

    async def recipient(self, number: int, *, who: Actor) -> dict[str, Any]:
        """One recipient with full addresses, for editing; looking is recorded."""
        view = await self.ledger.recipient(number)
        if view is None:
            raise Unknown("There is no such recipient.")
        await self.audit.audit(who.id, "recipient_look", f"recipient:{number}", {})
        return person_json(view, clear=True)

    async def repairs(
        self, key: str = "", *, after: int = 0, limit: int = 50, who: Actor
    ) -> Mapping[str, Any]:
        """A page of numbers to repair, in full: `items`, `next`, `total`; looking is recorded."""
        if not await self.ledger.sites() and not key:
            return {"items": [], "next": None, "total": 0}
        site = await self.site(key)
        found = await self.ledger.repairs(site.id, after=after, limit=max(1, min(limit, LIST)))
        if found["items"]:
            count = {"shown": len(found["items"])}
            await self.audit.audit(who.id, "repairs_look", f"site:{site.id}", count)
        return found

    async def how_many_repairs(self, key: str = "") -> int:
        """How many numbers there are to repair; nobody's is looked at."""
        if not await self.ledger.sites() and not key:
            return 0
        return await self.ledger.how_many_repairs((await self.site(key)).id)

    async def mend(self, address: int, *, who: Actor) -> None:
        """A number said not to exist is tried again from now on. Unknown: it has no such flag."""
        owner = await self.ledger.mend(address)
        if owner is None:
            raise Unknown("This number has no flag to take away; load the list again.")
        await self.audit.audit(who.id, "address_mend", f"recipient:{owner}", {"address": address})

    async def add(self, fields: Mapping[str, Any], *, who: Actor) -> dict[str, Any]:
        """A recipient is added; Refused names every wrong field."""
        site = await self.site(str(fields.get("site", "")))
        entry = read_entry(self._blank(site), fields, self._country(site))
        return await self._put(site, entry, None, None, who)

    async def change(self, number: int, fields: Mapping[str, Any], *, who: Actor) -> dict[str, Any]:
        """The named fields are changed; Conflict when `version` is not the stored one."""
        view = await self.ledger.recipient(number)
        if view is None:
            raise Unknown("There is no such recipient.")
        site = await self._own(view, str(fields.get("site", "")))
        version = fields.get("version")
        if version is not None and not isinstance(version, int):
            raise Refused("The version is no number.", [Problem("version", "is no number")])
        entry = read_entry(as_entry(view), fields, self._country(site))
        return await self._put(site, entry, number, version, who)

    async def let_in(self, number: int, *, who: Actor) -> dict[str, Any]:
        """The recipient, whose opt-outs are taken away as they asked. Unknown: there is none, or
        it has opted out of nothing."""
        view = await self.ledger.recipient(number)
        if view is None:
            raise Unknown("There is no such recipient.")
        count = await self.ledger.let_in(number)
        if not count:
            raise Unknown("This person has opted out of nothing.")
        data = {"addresses": count}
        await self.audit.audit(who.id, "opt_out_taken_away", f"recipient:{number}", data)
        return person_json(await self.ledger.recipient(number) or view, clear=True)

    async def remove(self, number: int, *, who: Actor) -> None:
        """The recipient is told nothing any more; what was sent stays on record."""
        if not await self.ledger.remove(number):
            raise Unknown("There is no such recipient.")
        await self.audit.audit(who.id, "recipient_remove", f"recipient:{number}", {})

    async def load(
        self,
        site: SiteEntry,
        rows: Sequence[PlaceEntry],
        people: Sequence[RecipientEntry],
        *,
        who: Actor,
    ) -> SiteId:
        """A whole estate is in, in one transaction."""
        number = await self.ledger.load(site, rows, people)
        counts = {"places": len(rows), "recipients": len(people)}
        await self.audit.audit(who.id, "estate_load", f"site:{number}", counts)
        return number

    async def import_roster(
        self,
        data: bytes,
        name: str,
        *,
        dry_run: bool,
        skip_problems: bool,
        who: Actor,
        site: str = "",
        how: How = HOW,
        removing: int | None = None,
    ) -> ImportReport:
        """The file is in, whole, or (`dry_run`) what that would change; see `import_file`."""
        into = await self._into(site, dry_run=dry_run)
        known = dict(into.settings.get(ROSTER_COLUMNS, {}))
        how = replace(how, columns=known | dict(how.columns), asked=tuple(how.columns))
        said = {t: f for t, f in how.columns.items() if not re.fullmatch("[A-Z]{1,2}", t)}
        async with self.imports.turn():
            report = await import_file(
                self.ledger,
                into,
                data,
                name,
                country=self._country(into),
                languages=self._languages(into),
                dry_run=dry_run,
                skip_problems=skip_problems,
                how=how,
                removing=removing,
                columns=said if said != known else None,
            )
        if report.applied:
            counts = report.difference["counts"]
            await self.audit.audit(who.id, "roster_import", f"site:{into.id}", counts)
        return report

    async def _own(self, view: RecipientView, key: str) -> Site:
        """The site a recipient belongs to, unless another is named."""
        found = await self.ledger.sites()
        own = next((site for site in found if site.id == view.site and not key), None)
        return own or await self.site(key)

    async def _into(self, key: str, *, dry_run: bool) -> Site:
        """The site an import goes to; the first import of a fresh hub makes it."""
        found = await self.ledger.sites()
        if found or key:
            return await self.site(key)
        entry = first_site(self.country, self.languages)
        if dry_run:
            return Site(SiteId(0), entry.key, entry.name, entry.settings, 0)
        await self.ledger.put_site(entry)
        return await self.site()

    def _country(self, site: Site) -> str:
        """Where its numbers are dialled from."""
        return str(site.settings.get("country") or self.country)

    def _languages(self, site: Site) -> tuple[str, ...]:
        """The site's, most important first."""
        own = site.settings.get("languages") or self.languages
        return tuple(str(tag) for tag in own) or ("en",)

    def _blank(self, site: Site) -> RecipientEntry:
        return RecipientEntry("", RecipientKind.RESIDENT, "", "", self._languages(site)[0])

    async def _put(
        self,
        site: Site,
        entry: RecipientEntry,
        number: int | None,
        version: int | None,
        who: Actor,
    ) -> dict[str, Any]:
        said = await self.ledger.put_recipient(
            site.id, entry, number=number, version=version, spot=spot_of(entry)
        )
        if said == "place":
            named = ", ".join(map(repr, filter(None, (entry.place, *entry.homes))))
            where = Problem("place", f"{named} is not known", "write it as 3/12/1203")
            raise Refused("There is no such place.", [where])
        if said == "gone":
            raise Unknown("There is no such recipient.")
        if said == "version":
            raise Conflict("Somebody changed this entry meanwhile. Load it again.", code="version")
        verb = "recipient_add" if number is None else "recipient_change"
        await self.audit.audit(who.id, verb, f"recipient:{said}", {})
        stored = await self.ledger.recipient(int(said))
        if stored is None:
            raise Unknown("The recipient was removed meanwhile.")
        if entry.kind is RecipientKind.SCREEN:
            await self.wake.tell("screens")
        return person_json(stored, clear=True)
