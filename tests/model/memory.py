"""What a bystander with a notebook knows of a hub, and what he would object to. Small on purpose,
and by its own reckoning: nothing here is asked of the hub's own code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.model.carrier import Call

GRACE = 5_000  # ms from a stop, an answer or an opt-out to the last call that may still begin
LAST = frozenset({"all_clear", "correction"})
ONWARD: Mapping[str, frozenset[str]] = {
    "accepted": frozenset({"accepted", "delivered", "read", "failed"}),
    "delivered": frozenset({"delivered", "read"}),
    "failed": frozenset({"failed", "delivered", "read"}),
    **{end: frozenset({end}) for end in ("read", "refused", "expired", "cancelled")},
    **{end: frozenset({end}) for end in ("suppressed", "unreachable")},
}
"""Where a delivery may stand after it stood there; before that it may still go to and fro."""
UNSENT = frozenset({"refused", "expired", "cancelled", "suppressed", "unreachable"})

Way = tuple[str, str]


@dataclass
class Neighbour:
    """Somebody who can be told, as the roster has them today."""

    id: int
    kind: str
    building: str
    ways: set[Way]
    drill: bool = False
    here: bool = True


@dataclass
class Affair:
    """An incident. `ways`: every address its people have had since it began."""

    id: int
    kind: str
    people: set[int]
    ways: set[Way] = field(default_factory=set)
    status: str = "open"
    ends: list[int] = field(default_factory=list)  # stopped, cleared, closed: each time, in ms
    ended: bool = False  # a drill that something real ended


@dataclass
class Said:
    """A notice."""

    affair: int
    stage: str
    at: int


class Memory:
    """The notebook."""

    def __init__(self) -> None:
        self.people: dict[int, Neighbour] = {}
        self.affairs: dict[int, Affair] = {}
        self.notices: dict[int, Said] = {}
        self.keys: dict[str, tuple[int, Any]] = {}  # Idempotency-Key -> incident and body
        self.out: dict[Way, int] = {}  # opted out since
        self.answers: dict[tuple[int, int], tuple[str, int]] = {}  # word, and since when any
        self.given = 0
        self.not_reached: set[int] = set()  # deliveries a provider reported as failed
        self.stood: dict[int, str] = {}  # delivery -> state when last looked at

    def audience(self, book: str, kind: str) -> set[int]:
        """Whom a launch at 3/12 speaks to."""
        return {
            one.id
            for one in self.people.values()
            if one.here
            and (kind != "drill" or one.drill)
            and (book == "fire" or one.building in {"", "3"})
        }

    def ways_of(self, people: Iterable[int]) -> set[Way]:
        """Their addresses of today; a number one texts can also be called."""
        own = {way for one in people for way in self.people[one].ways}
        return own | {("voice", value) for channel, value in own if channel == "sms"}

    def launched(self, number: int, book: str, kind: str) -> None:
        people = self.audience(book, kind)
        self.affairs[number] = Affair(number, kind, people, self.ways_of(people))

    def moved(self) -> None:
        """The roster has changed: who is spoken to may be reached there from now on."""
        for affair in self.affairs.values():
            affair.ways |= self.ways_of(one for one in affair.people if self.people[one].here)

    def _of(self, affair: Affair) -> list[Said]:
        return [one for one in self.notices.values() if one.affair == affair.id]

    def answered(self, affair: int, person: int, word: str, at: int) -> None:
        since = self.answers.get((affair, person), ("", at))[1]
        self.answers[affair, person] = (word, since)
        self.given += 1

    # ── What he objects to ─────────────────────────────────────────────────────────────────────

    def objections(self, call: Call, row: Any) -> list[str]:
        """Against a call that begins now; `row`: what was on record of it before."""
        parcel, at = call.parcel, call.at
        if row is None:
            return ["a call that was not on record before"]
        affair = self.affairs.get(int(parcel.incident))
        if affair is None:  # its launch is not answered yet
            return []
        told = Said(affair.id, str(parcel.stage), at)
        said = self.notices.setdefault(int(parcel.notice), told)
        found = []
        if at >= row.expires_at or at >= parcel.expires_at.timestamp() * 1000:
            found.append("a call after the notice had expired")
        if call.way not in affair.ways:
            found.append(f"a call to an address outside the audience ({call.way[0]})")
        ends = [end for end in affair.ends if said.at <= end]
        if said.stage == "all_clear":
            ends = [one.at for one in self._of(affair) if one.stage == "correction"]
        if said.stage != "correction" and ends and at > min(ends) + GRACE:
            found.append(f"a call {at - min(ends)} ms after the end of its notice")
        if said.stage not in LAST and at > self.out.get(call.way, at) + GRACE:
            found.append("a call to a number that has opted out")
        quiet = [self.answers.get((affair.id, one)) for one in call.speaks_for]
        since = max((one[1] for one in quiet if one), default=at) if all(quiet) else at
        if said.stage == "alert" and call.wave != (0, 0) and at > since + GRACE:
            found.append("a repeat to people who have all answered")
        return found

    def backwards(self, rows: Iterable[Any]) -> list[str]:
        """Deliveries that have left what they may not leave; ends without a reason."""
        found = []
        for row in rows:
            before = self.stood.get(row.id, "planned")
            if row.state not in ONWARD.get(before, {row.state}):
                found.append(f"delivery {row.id} went from {before} to {row.state}")
            if row.state in ONWARD and row.state != "accepted" and not row.reason:
                found.append(f"delivery {row.id} is {row.state} without a reason")
            self.stood[row.id] = row.state
        return found

    def copies(self, rows: Iterable[Any], calls: Iterable[Call], lost: set[int]) -> list[str]:
        """Copies a provider took that it should not have been given."""
        taken: Counter[int] = Counter()
        doubtful: set[int] = set()
        for call in calls:
            taken[int(call.parcel.delivery)] += call.taken
            if call.said in {"", "unsure"} or int(call.parcel.attempt) in lost:
                doubtful.add(int(call.parcel.delivery))
        found = []
        for row in rows:
            count = taken[row.id]
            if count > 2:
                found.append(f"{count} copies of delivery {row.id}")
            if count == 2 and not row.doubled:
                found.append(f"a second copy of delivery {row.id} that is not flagged")
            if count == 2 and row.id not in doubtful:
                found.append(f"a second copy of delivery {row.id} without any doubt")
            if row.state in UNSENT and count and not row.unsure:
                found.append(f"delivery {row.id} is {row.state}, and a provider took it")
            if row.state in {"accepted", "delivered", "read"} and not count:
                found.append(f"delivery {row.id} is {row.state}, and no provider took it")
        return found

    def excused(self, calls: Iterable[Call]) -> set[int]:
        """Deliveries a provider said no to, or nobody knows what it said."""
        said_no = {"refused", "unsure", ""}
        asked = {int(call.parcel.delivery) for call in calls if call.said in said_no}
        return self.not_reached | asked

    def heard(self, affair: int, notice: int, calls: Iterable[Call]) -> set[Way]:
        """Who has the words of any other notice of the incident."""
        return {c.way for c in calls if c.taken and _other(c, affair, notice)}

    def may_have_heard(
        self, affair: int, notice: int, calls: Iterable[Call], lost: Mapping[int, Way]
    ) -> set[Way]:
        """Who has them, or may have, for all the hub can know."""
        sure = {"retry", "refused"}
        asked = {
            c.way
            for c in calls
            if _other(c, affair, notice)
            and (c.taken or c.said not in sure or int(c.parcel.attempt) in lost)
        }
        return asked | set(lost.values())


def _other(call: Call, affair: int, notice: int) -> bool:
    return int(call.parcel.incident) == affair and int(call.parcel.notice) != notice
