"""What a launch would do, as figures and texts; the launch then does exactly this."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.decide.agreed import audience_hash
from hub.decide.audience import bands_by_floor, by_band
from hub.decide.cautions import Sight, cautions
from hub.decide.cost import by_medium, cost, currency
from hub.decide.draft import Draft
from hub.decide.nobody import nobody
from hub.decide.oneway import LINK_ONLY, one_way
from hub.decide.plan import (
    ChannelCount,
    WaveCount,
    Ways,
    count_wave,
    texts_of,
    unreachable,
    ways_of,
)
from hub.decide.queue import Sender, seconds
from hub.decide.spoken import spoken_place
from hub.decide.texts import PAGE
from hub.decide.unheard import listed_at_once
from hub.decide.unserved import unserved
from hub.decide.variables import public_place
from hub.decide.views import standing_json
from hub.model import PEOPLE, Kind, RecipientKind, Words
from hub.plans import Told
from hub.under_way import Standing

SMS = "sms"


@dataclass(frozen=True, slots=True)
class ChannelPlan:
    """One channel at launch. `cost` in the preview's currency; `seconds` to the last send."""

    channel: str
    sends: int
    people: int
    segments: int
    cost: float
    seconds: int


@dataclass(frozen=True, slots=True)
class WavePreview:
    """One wave, if nobody answers before it. `after` in seconds from the launch."""

    key: str
    name: Words
    after: float
    channels: tuple[str, ...]
    people: int
    deliveries: int


@dataclass(frozen=True, slots=True)
class Text:
    """One text as it will be read, and how many recipients read it at launch."""

    band: str
    channel: str
    language: str
    parts: Mapping[str, str]
    segments: int
    people: int


@dataclass(frozen=True, slots=True)
class Preview:
    """The figures of a launch. `listed_at_once`: households nothing can reach that are on a list of
    doors or calls from the first moment; `unserved`: numbers no account serves, by channel;
    `reachable`: people some account can tell; `confirm`: the head-count to type; `audience_hash`:
    who gets what (`agreed.py`); `already_open`: the same, running there already."""

    people: int
    households: int
    vulnerable: int
    deliveries: int
    unreachable: int
    reachable: int
    unreachable_households: int
    listed_at_once: int
    screens: int
    screens_offline: int
    groups: int
    channels: tuple[ChannelPlan, ...]
    seconds: int
    cost: float
    currency: str
    waves: tuple[WavePreview, ...]
    bands: tuple[tuple[str, Words, int], ...]
    words: tuple[Text, ...]
    place: str
    spoken: Words
    bands_by_floor: Mapping[str, str]
    unserved: Mapping[str, int]
    one_way: int  # numbers that cannot answer: their texts ask for the link alone
    warnings: tuple[tuple[str, Words], ...]
    confirm: int
    audience_hash: str
    already_open: tuple[Standing, ...]

    def to_json(self) -> dict[str, Any]:
        """The preview as the API says it."""
        return {
            "people": self.people,
            "households": self.households,
            "vulnerable": self.vulnerable,
            "deliveries": self.deliveries,
            "unreachable": self.unreachable,
            "reachable": self.reachable,
            "unreachable_households": self.unreachable_households,
            "listed_at_once": self.listed_at_once,
            "screens": self.screens,
            "screens_offline": self.screens_offline,
            "groups": self.groups,
            "channels": [_fields(channel) for channel in self.channels],
            "seconds": self.seconds,
            "cost": self.cost,
            "currency": self.currency,
            "waves": [_fields(wave) for wave in self.waves],
            "bands": [{"key": k, "name": dict(n), "people": p} for k, n, p in self.bands],
            "words": [_fields(text) for text in self.words],
            "place": {"path": self.place, "spoken": dict(self.spoken)},
            "bands_by_floor": dict(self.bands_by_floor),
            "unserved": dict(self.unserved),
            "one_way": self.one_way,
            "warnings": [{"code": code, "text": dict(text)} for code, text in self.warnings],
            "confirm": self.confirm,
            "audience_hash": self.audience_hash,
            "already_open": [standing_json(one) for one in self.already_open],
        }


def preview(
    made: Draft,
    *,
    kind: Kind,
    accounts: Sequence[Sender],
    secret: bytes = b"",
    standing: Sequence[Standing] = (),
) -> Preview:
    """The figures of a draft. `accounts`: every provider account there is; `secret`: what the hash
    of the audience is keyed with; `standing`: what runs there already."""
    told, homes = made.audience.told, (*made.audience.told, *made.audience.further)
    ways, texts = ways_of(made.estate.reached, told), texts_of(made.wordings)
    counted = [
        count_wave(told, ways, wave=wave, texts=texts, media=made.media) for wave in made.waves
    ]
    lost = unreachable(told, ways, waves=made.waves, texts=texts, media=made.media)
    first = [count for count in counted if not count.wave.after_ms]
    media = by_medium(accounts)
    channels = _channels(first, media)
    numbers = unserved(told, ways, media)
    silent = _one_way(made, ways, media)
    screens = [row.recipient for row in told if row.kind == RecipientKind.SCREEN]
    offline = sum(1 for recipient in screens if recipient in made.estate.offline)
    country = str(made.estate.settings.get("country") or "CN")
    people = made.audience.people
    gone = [row for row in lost if row.kind in PEOPLE]
    reachable = people - len(gone) - numbers.people
    none = nobody(made, ways, lost=lost, reachable=reachable)
    sight = Sight(people, len(gone), offline, numbers, silent, none)
    return Preview(
        people=people,
        households=made.audience.households,
        vulnerable=sum(1 for row in told if row.vulnerable and row.kind in PEOPLE),
        deliveries=sum(count.deliveries for count in first),
        unreachable=len(gone),
        reachable=reachable,
        unreachable_households=_silent_households(homes, lost),
        listed_at_once=listed_at_once(homes, lost, made.waves),
        screens=len(screens),
        screens_offline=offline,
        groups=sum(1 for row in told if row.kind == RecipientKind.GROUP),
        channels=channels,
        seconds=max((plan.seconds for plan in channels), default=0),
        cost=round(sum(plan.cost for plan in channels), 4),
        currency=currency(country, made.estate.settings.get("currency")),
        waves=tuple(_wave(count) for count in counted),
        bands=_bands(made),
        words=_words(made, first),
        place=made.target.path,
        spoken=_spoken(made),
        bands_by_floor=bands_by_floor(made.estate.spots, made.playbook.bands, made.ground),
        unserved=numbers.numbers,
        one_way=silent,
        warnings=cautions(made, kind, sight),
        confirm=people,
        audience_hash=audience_hash(made, ways, kind=kind, secret=secret),
        already_open=tuple(standing),
    )


def _one_way(made: Draft, ways: Ways, media: Mapping[str, Sequence[Sender]]) -> int:
    """Numbers some text asks for a digit, if only their account took it."""
    if not any(LINK_ONLY in words.parts for words in made.wordings):
        return 0
    told = (ways.get(row.recipient, ()) for row in made.audience.told)
    numbers = {value for mine in told for channel, value in mine if channel == SMS}
    return one_way(numbers, media.get(SMS, ()))


def _channels(
    first: Sequence[WaveCount], accounts: Mapping[str, Sequence[Sender]]
) -> tuple[ChannelPlan, ...]:
    """The channels used at launch, those with the most sends first."""
    sums: dict[str, ChannelCount] = {}
    for counted in first:
        for channel, count in counted.channels.items():
            whole = sums.setdefault(channel, ChannelCount())
            whole.sends += count.sends
            whole.units += count.units
            whole.people = max(whole.people, count.people)
    plans = [
        ChannelPlan(
            channel=channel,
            sends=count.sends,
            people=count.people,
            segments=count.units,
            cost=cost(count.units, accounts.get(channel, ())),
            seconds=seconds(count.sends, count.units, accounts.get(channel, ())),
        )
        for channel, count in sums.items()
    ]
    return tuple(sorted(plans, key=lambda plan: (-plan.sends, plan.channel)))


def _wave(counted: WaveCount) -> WavePreview:
    wave = counted.wave
    return WavePreview(
        key=wave.key,
        name=wave.spec["name"],
        after=wave.after_ms / 1000,
        channels=tuple(wave.spec["channels"]),
        people=counted.people,
        deliveries=counted.deliveries,
    )


def _bands(made: Draft) -> tuple[tuple[str, Words, int], ...]:
    counts = by_band(made.audience.told)
    return tuple(
        (band.key, band.name, counts.get(band.key, 0))
        for band in made.playbook.bands
        if not band.meet or counts.get(band.key)
    )


def _words(made: Draft, first: Sequence[WaveCount]) -> tuple[Text, ...]:
    """Every text somebody will read; the page's for everyone it is written for."""
    readers: dict[tuple[str, str, str], int] = {}
    for counted in first:
        for slot, count in counted.readers.items():
            readers[slot] = max(readers.get(slot, 0), count)
    here: dict[tuple[str, str], int] = {}
    for row in made.audience.told:
        here[row.band, row.language] = here.get((row.band, row.language), 0) + 1
    for (band, language), count in here.items():
        readers[band, PAGE, language] = count
    bands = {row.band for row in made.audience.told}
    return tuple(
        Text(
            w.band,
            w.channel,
            w.language,
            w.parts,
            w.segments,
            readers.get((w.band, w.channel, w.language), 0),
        )
        for w in made.wordings
        if w.band in bands and (w.channel in made.media or w.channel == PAGE)
    )


def _spoken(made: Draft) -> Words:
    place = public_place(made.target.place, made.playbook.place_depth)
    languages = dict.fromkeys(["zh-CN", "en", *(w.language for w in made.wordings)])
    return {
        tag: spoken_place(
            place, tag, building_name=made.target.building_name, site_name=made.estate.name
        )
        for tag in languages
    }


def _silent_households(told: Sequence[Told], lost: Sequence[Told]) -> int:
    """Flats in which nobody can be reached."""
    gone = {row.recipient for row in lost}
    flats = {row.household for row in told if row.kind == RecipientKind.RESIDENT}
    heard = {
        row.household
        for row in told
        if row.kind == RecipientKind.RESIDENT and row.recipient not in gone
    }
    return len(flats - heard)


def _fields(value: ChannelPlan | WavePreview | Text) -> dict[str, Any]:
    made: dict[str, Any] = {name: getattr(value, name) for name in value.__slots__}
    return {key: dict(v) if isinstance(v, Mapping) else v for key, v in made.items()}
