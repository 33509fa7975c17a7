"""What a seed decides about a trial, before anything is started."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from tests.faults.actions import ACTIONS, ASKED_FOR, LASTING
from tests.faults.estates import floors
from tests.faults.hub import SETUPS

KINDS = [name for name in ACTIONS if name not in ASKED_FOR]
PLACES = ("1", "2", "1/3", "3/5", "2/2")
PLAYBOOKS = ("fire", "fire", "power-outage")
SENDING = 7.0  # seconds the first launch is meant to take, so that faults fall into it
SEGMENTS = 2.0  # of a text, about
TEXTS_A_SECOND = 1_000  # of an outage
LISTS_TAKE = 0.8  # seconds, as those of a provider with much to look through; 4 for a few people
AFTER_TRAP = 1.0  # seconds
MEANWHILE = (20.0, 50.0)  # seconds: when another launch comes while something lasting goes on


@dataclass(frozen=True, slots=True)
class Begin:
    """A launch, so many seconds after the trial's start, asked for `times` times at once."""

    at: float
    playbook: str
    place: str
    times: int
    stop_after: float | None  # seconds; None: it is not stopped but ended by an all-clear
    update_after: float | None = None  # seconds after the launch, before any stop

    def __str__(self) -> str:
        stop = "" if self.stop_after is None else f", stopped after {self.stop_after:.1f} s"
        more = "" if self.update_after is None else f", updated after {self.update_after:.1f} s"
        return f"{self.at:.1f} s {self.playbook} at {self.place} asked {self.times} x{more}{stop}"


@dataclass(frozen=True, slots=True)
class Script:
    """One trial."""

    seed: int
    setup: str
    people: int
    mood: str
    begins: tuple[Begin, ...]
    faults: tuple[tuple[float, str], ...]
    words: str = ""  # of the command line that makes this trial again
    sending: float = SENDING
    world: Mapping[str, float] = field(default_factory=dict)

    @property
    def pace(self) -> int:
        """Segments a second."""
        return max(20, int(self.people * SEGMENTS / self.sending))

    def __str__(self) -> str:
        begins = "; ".join(map(str, self.begins))
        faults = ", ".join(f"{at:.1f} s {name}" for at, name in self.faults) or "none"
        head = f"seed {self.seed}: {self.setup}, {self.people} people, {self.mood} provider"
        return f"{head}\n  launches: {begins}\n  faults: {faults}"


def script(
    seed: int, *, setup: str = "", only: str = "", people: tuple[int, int] = (200, 600)
) -> Script:
    """The trial of this seed. `setup` and `only` (one kind of fault) narrow it."""
    chance = random.Random(seed)
    picked = chance.choice(SETUPS)
    count = chance.randint(*people)
    mood = chance.choices(("calm", "nasty"), (0.65, 0.35))[0]
    begins = tuple(_begin(chance, no, count) for no in range(chance.choice((1, 1, 2, 3))))
    names = chance.choices(KINDS, k=chance.choice((1, 1, 2, 3)))
    faults = tuple(sorted((chance.uniform(0.3, 8.0), only or name) for name in names))
    if any(name == "kill_at" for _, name in faults):  # every second trap before the first launch
        begins = tuple(replace(one, at=one.at + AFTER_TRAP) for one in begins)
        faults = tuple((max(0.0, at - 4) if name == "kill_at" else at, name) for at, name in faults)
        faults = tuple(sorted(faults))
    if any(name in LASTING for _, name in faults):
        later = _begin(chance, len(begins), count)
        begins += (replace(later, at=chance.uniform(*MEANWHILE)),)
    begins = tuple(_updated(chance, one) for one in begins)
    words = f"--seed {seed} --people {people[0]}-{people[1]}"
    words += f" --setup {setup}" * bool(setup) + f" --only {only}" * bool(only)
    return Script(seed, setup or picked, count, mood, begins, faults, words)


def outage(seed: int, *, kills: int, setup: str = "", people: int = 5_000) -> Script:
    """The power is out everywhere: a thousand texts a second go out, and the process that sends is
    killed in the middle of them, so many times."""
    begin = Begin(0.0, "power-outage", "all", 1, None)
    words = f"--outage {kills} --seed {seed} --people {people}" + f" --setup {setup}" * bool(setup)
    faults = ((0.0, "kill_sending"),) * kills
    sending = people / TEXTS_A_SECOND
    world = {"lists_take": LISTS_TAKE if people > 1_000 else 5 * LISTS_TAKE}
    where = setup or "sqlite"
    return Script(seed, where, people, "calm", (begin,), faults, words, sending, world)


def _begin(chance: random.Random, no: int, people: int) -> Begin:
    at = 0.0 if no == 0 else chance.uniform(0.0, 6.0)
    place = "all" if no == 0 else chance.choice(PLACES)
    # A fire is fought on one floor: the whole site is for other playbooks.
    playbook = "power-outage" if place == "all" else chance.choice(PLAYBOOKS)
    if no == 0 and chance.random() < 0.6:
        playbook, place = "fire", chance.choice(("1/3", "2/2", "all"))
    stop = chance.uniform(2.0, 9.0) if chance.random() < 0.25 else None
    return Begin(at, playbook, _there(place, people), chance.choice((1, 1, 2, 5)), stop)


def _updated(chance: random.Random, begin: Begin) -> Begin:
    """Every third is followed by an update, while its alert is still going out."""
    after = chance.uniform(0.5, 5.0) if chance.random() < 0.35 else None
    return replace(begin, update_after=after)


def _there(place: str, people: int) -> str:
    """The place, or the highest floor of a house that has fewer."""
    building, _, floor = place.partition("/")
    return f"{building}/{min(int(floor), floors(people))}" if floor else place
