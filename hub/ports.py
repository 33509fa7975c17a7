"""What the core asks of the rooms around it: Protocols only."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from hub.model import AnswerWord, Outcome, Parcel, Playbook, Receipt, Reply
from hub.plans import Ask, Grant
from hub.states import Finding

# ── Channels ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Traits:
    """What a channel can do, as data; playbooks are checked against it.

    `parts`: the parts of a wording it needs. `limit`: units it takes (`unit`: chars, bytes or
    segments). `pace`: units a second one account may send (None: no limit). `receipts`: reports
    delivery, so `accepted` is not its end. `personal`: its words carry a personal answer link.
    `lines`: accepted sends that may be under way at once (calls on an account's lines), counted
    over all processes. `answers`: people can answer what came by it, but not from numbers of the
    calling codes in `one_way`.
    """

    channel: str  # the medium: sms, voice, push, wecom, screen …
    parts: tuple[str, ...]
    limit: int
    unit: str = "chars"
    receipts: bool = False
    answers: bool = False
    recall: bool = False
    personal: bool = True
    parallel: int = 50  # sends in flight for one account
    pace: float | None = None
    per: str = "account"  # what the pace binds: account, or address (a chat robot's own limit)
    cost: float = 0.0  # of one unit (segment, call), in the site's currency
    lines: int | None = None
    one_way: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Probe:
    """What a question that sends nothing and costs nothing came to. `detail`: for a log."""

    ok: bool
    detail: str = ""
    finding: Finding = Finding.WELL


class Channel(Protocol):
    """One provider account. `name` is the registry name (`sms_twilio`).

    The caller may rely on: `send` never raises for anything the provider or the network does, ends
    within its own deadline (12 s at most), sends at most once, and holds no retry, no sleep, no
    database and no pacing.
    """

    name: str
    traits: Traits

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def probe(self) -> Probe: ...

    async def send(self, parcel: Parcel) -> Outcome: ...


@runtime_checkable
class AddressProbe(Protocol):
    """The optional part of a channel whose addresses have secrets of their own (robots)."""

    async def probe_address(self, address: str) -> Probe:
        """Whether the address works; sends nothing to anybody. Never raises, ends within 12 s."""
        ...


@runtime_checkable
class Findable(Protocol):
    """The optional third part of a channel: it can be asked what became of a send in doubt."""

    async def find(
        self, parcel: Parcel, *, since: datetime, until: datetime | None = None
    ) -> Outcome:
        """What the provider has of it: ACCEPTED with its reference, REFUSED with it where it was
        taken and then failed. RETRY where it says it has none, UNSURE where that cannot be learnt.
        `since`: when the send was begun, by our clock; `until`: what was made later is no part of
        it. Where several fit, the others stand beside the first: the caller knows which are another
        send's. Never raises, ends within 12 s, sends nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Sought:
    """A send in doubt, as `Findable.find` is asked about it."""

    parcel: Parcel
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Together:
    """What a provider's list says of many sends. `outcomes`: one for each, as of `find`; `seen`:
    references of all it holds; `whole`: it was read to its end."""

    outcomes: Sequence[Outcome]
    seen: frozenset[str] = frozenset()
    whole: bool = False


@runtime_checkable
class FindableTogether(Findable, Protocol):
    """A channel that can be asked about a thousand sends as cheaply as about a few."""

    async def find_together(self, sought: Sequence[Sought]) -> Together:
        """As `find`, from a list of all it has had since. The caller knows whether the list holds
        what it should, and believes it that something is absent only then."""
        ...


@dataclass(frozen=True, slots=True)
class HookRequest:
    """A request from a provider. `url` is the public URL it was sent to (proxy undone)."""

    url: str
    headers: Mapping[str, str]  # lower-case names
    body: bytes
    form: tuple[tuple[str, str], ...] = ()
    callback: str = ""  # the signed attempt id of the path, for receipts


@dataclass(frozen=True, slots=True)
class Inward:
    """What a provider's request said. `response` is what it gets back with 200."""

    receipts: tuple[Receipt, ...] = ()
    replies: tuple[Reply, ...] = ()
    response: str = ""
    content_type: str = "text/plain"


@runtime_checkable
class Inbound(Protocol):
    """The optional second half of a channel: reports and replies that come in."""

    def verify(self, request: HookRequest) -> bool:
        """Whether the provider made this request; constant time, never raises."""
        ...

    def read(self, request: HookRequest) -> Inward:
        """Receipts and replies in it. Unknown words map to nothing and are counted."""
        ...


@dataclass(frozen=True, slots=True)
class Pressed:
    """What came of a key pressed during a call: `word` the answer it stood for, None for none;
    `over`: answers are no longer taken. `language`, `parts` and `callback` are the call's own;
    `number`: whom to call in danger, as a voice says it."""

    key: str
    language: str
    parts: Mapping[str, str]
    callback: str
    word: AnswerWord | None = None
    over: bool = False
    number: str = ""


@runtime_checkable
class OnTheLine(Protocol):
    """The optional fourth part of a channel: who pressed a key is still there, and is told."""

    def respond(self, pressed: Pressed) -> Inward:
        """What the caller hears next: what was understood, or the words again."""
        ...


# ── Wake ───────────────────────────────────────────────────────────────────────────────────────


class Wake(Protocol):
    """Only wakes people up: losing every call costs a second or two, never a fact."""

    async def ring(self, lane: str) -> None:
        """There is work in this lane. Never raises; returns within 1 s."""
        ...

    async def tell(self, topic: str, seq: int = 0) -> None:
        """`incident:7` reached event 42, `screens` changed. Never raises; returns within 1 s."""
        ...

    def heard(self, topic: str) -> AsyncIterator[tuple[str, int]]:
        """Doorbells of topics that start with `topic`, as they ring. Gaps are possible."""
        ...


# ── What all processes share ───────────────────────────────────────────────────────────────────


class Ration(Protocol):
    """Counts for all processes what goes out by one limit. Never raises; None means that nobody
    answered within a moment (0.1 s)."""

    async def take(self, key: str, ask: Ask) -> Grant | None:
        """Units are taken. A process that has not been `here` for a second is held to send its
        share by itself, and the others get so much less. Never more for all than the limit."""
        ...

    async def here(self, *, spent: bool) -> bool | None:
        """This process is here, and asks before it sends. `spent`: it has sent by itself since it
        was here, so that no burst is left to anybody."""
        ...

    async def spare(self, asks: Sequence[tuple[str, Ask]]) -> float | None:
        """One unit is taken of each by somebody who is no worker: 0; or the seconds to wait."""
        ...


class Guesses(Protocol):
    """Counts tries for all processes, in a sliding window. Never raises; None: nobody answered."""

    async def count(
        self, guess: str, limits: Sequence[tuple[str, int]], *, window: float
    ) -> float | None:
        """One try more of each key, named `guess`: 0; or the seconds until one of its limits lets
        another through, and it is not counted."""
        ...

    async def forgive(self, guess: str, keys: Sequence[str]) -> None:
        """The try was none."""
        ...


class Library(Protocol):
    """The playbooks of a site, checked when they were loaded."""

    def get(self, key: str) -> Playbook | None: ...

    def all(self) -> Sequence[Playbook]: ...

    def thaw(self, document: Mapping[str, object]) -> Playbook:
        """The playbook a frozen document (`Playbook.source`) stands for."""
        ...


class Clock(Protocol):
    """The time. Only the composition root has the real one."""

    def now(self) -> datetime: ...
