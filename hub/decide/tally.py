"""The state of a board, and how each event changes it.

A board loaded at event N and folded with the events after N equals a board loaded afresh. The cost
of one event is that of the people it names, whatever the size of the estate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.decide.copies import Copies
from hub.events import Event, EventKind

_SURE = Copies()

CELLS = ("help", "unre", "none", "told", "evac", "safe", "away")
"""States of a flat, the most pressing first (DESIGN.md §3)."""

_ANSWERED = {"evacuated": "evac", "safe": "safe", "away": "away"}
ANSWERS = ("safe", "help", "evacuated", "away", "seen")

STRUCTURE = frozenset(EventKind) - {EventKind.PROGRESS, EventKind.ANSWERED, EventKind.SCREEN}
"""Kinds after which waves, tasks, notices or the incident itself are read again."""


@dataclass(slots=True)
class Person:
    """One person as the board counts them. `helps`: tasks to go to them that are not done."""

    household: int
    vulnerable: bool = False
    unreachable: bool = False
    told: bool = False
    delivered: bool = False
    read: bool = False
    answer: str = ""
    helps: int = 0
    further: tuple[int, ...] = ()  # other flats of theirs

    @property
    def flats(self) -> tuple[int, ...]:
        """Every flat of theirs that is concerned."""
        return (self.household, *self.further) if self.household > 0 else self.further

    @property
    def state(self) -> str:
        """How they stand, in the words of `CELLS`. `seen` is no answer about their safety, and
        after a done help task only a new answer says how they are."""
        if self.helps:
            return "help"
        if self.answer in _ANSWERED:
            return _ANSWERED[self.answer]
        if self.told or self.answer:
            return "told"
        return "unre" if self.unreachable else "none"


def flat_state(states: Iterable[str]) -> str:
    """A flat's state: the most pressing of its people's; of evacuated, safe and away the one most
    of them gave, the earlier in `CELLS` in a tie."""
    found = list(states)
    for pressing in CELLS[:4]:
        if pressing in found:
            return pressing
    return max(CELLS[4:], key=lambda state: (found.count(state), -CELLS.index(state)))


Curve = dict[int, int]
"""Seconds since the launch -> how many came to it in that step."""


@dataclass(slots=True)
class Board:
    """The state at event `seq`. It belongs to whoever folds it: `fold` changes it in place.

    `deliveries`: channel -> state -> number, without zeros; `in_doubt`: those of which nobody knows
    whether they arrived, `doubled`: that may have arrived twice. `helps`: help task -> person.
    """

    launched_ms: int
    seq: int
    people: dict[int, Person] = field(default_factory=dict)
    flats: dict[int, list[int]] = field(default_factory=dict)
    cells: dict[int, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    answers: dict[str, int] = field(default_factory=dict)
    flat_counts: dict[str, int] = field(default_factory=dict)
    deliveries: dict[str, dict[str, int]] = field(default_factory=dict)
    in_doubt: int = 0
    doubled: int = 0
    helps: dict[int, int] = field(default_factory=dict)
    done: set[int] = field(default_factory=set)  # help tasks that are done
    curves: dict[str, Curve] = field(default_factory=dict)


@dataclass(slots=True)
class Changes:
    """What a fold has touched: flats by place id, and which parts have to be read again."""

    cells: set[int] = field(default_factory=set)
    flats: set[int] = field(default_factory=set)  # also where only the number of answers changed
    structure: bool = False
    screens: bool = False
    seq: int = 0


COUNTED = ("told", "delivered", "read", "answered", "unreachable", "unreached", "vulnerable")


def board(
    *,
    launched_ms: int,
    seq: int,
    people: Mapping[int, Person],
    deliveries: Mapping[str, Mapping[str, int]],
    helps: Mapping[int, tuple[int, bool]],
    curves: Mapping[str, Curve],
    copies: Copies = _SURE,
) -> Board:
    """A board from rows. `helps`: task -> (person, done)."""
    made = Board(launched_ms, seq, in_doubt=copies.in_doubt, doubled=copies.doubled)
    made.people = dict(people)
    made.deliveries = {channel: dict(states) for channel, states in deliveries.items()}
    made.curves = {name: dict(curves.get(name, {})) for name in ("told", "delivered", "answered")}
    for task, (person, done) in helps.items():
        _help(made, task, person, done=done)
    for person, one in made.people.items():
        _count(made, one, 1)
        for flat in one.flats:
            made.flats.setdefault(flat, []).append(person)
    for flat in made.flats:
        _see(made, flat)
    return made


def structural(event: Event) -> bool:
    """Whether waves, tasks, notices or the incident itself are to be read again because of it:
    also progress that names a wave has changed that."""
    return event.kind in STRUCTURE or "wave" in event.data


def fold(state: Board, event: Event, changes: Changes) -> None:
    """The board after this event; `changes` says what it touched. Events come in order."""
    data = event.data
    at = int(event.at.timestamp() * 1000 + 0.5)
    _move(state, data.get("moves", ()))
    state.in_doubt += data.get("in_doubt", 0)
    state.doubled += data.get("doubled", 0)
    for name in ("told", "delivered", "read", "unreachable"):
        for person in data.get(name, ()):
            _mark(state, person, name, at, changes)
    if event.kind is EventKind.ANSWERED:
        _answer(state, data, at, changes)
    elif event.kind is EventKind.HELP:
        _changed(state, data["recipient"], changes, help_task=data["task"])
    elif event.kind is EventKind.TASK and data["task"] in state.helps:
        _task(state, data["task"], changes, done=data.get("state") == "done")
    changes.structure = changes.structure or structural(event)
    changes.screens = changes.screens or bool(
        event.kind in {EventKind.SCREEN, EventKind.NOTICE}
        or data.get("shown")
        or data.get("hidden")
    )
    state.seq = changes.seq = event.seq


def step(seconds: int) -> int:
    """The step of a curve a moment falls into: a second at first, a minute after two hours."""
    seconds = max(0, seconds)
    width = 1 if seconds < 600 else 10 if seconds < 7200 else 60
    return seconds - seconds % width


def _move(state: Board, moves: Iterable[Any]) -> None:
    for channel, before, after, count in moves:
        for name, number in ((before, -count), (after, count)):
            if not name:
                continue
            states = state.deliveries.setdefault(channel, {})
            states[name] = states.get(name, 0) + number
            if not states[name]:
                del states[name]
        if not state.deliveries.get(channel, True):
            del state.deliveries[channel]


def _mark(state: Board, person: int, name: str, at: int, changes: Changes) -> None:
    one = state.people.get(person)
    if one is None or getattr(one, name):
        return  # a screen or a group, or known already
    _count(state, one, -1)
    setattr(one, name, True)
    _count(state, one, 1)
    if name in state.curves:
        _point(state, name, at)
    _seen(state, one, changes)


def _answer(state: Board, data: Mapping[str, Any], at: int, changes: Changes) -> None:
    one = state.people.get(data["recipient"])
    if one is None:
        return
    if not one.answer:
        _point(state, "answered", at)
    if not data["answer"]:  # taken back: who settled a reply was wrong about whose it was
        _point(state, "answered", data["undone"], -1)
    _count(state, one, -1)
    one.answer = data["answer"]
    _count(state, one, 1)
    _seen(state, one, changes)


def _changed(state: Board, person: int, changes: Changes, *, help_task: int) -> None:
    one = state.people.get(person)
    _help(state, help_task, person, done=False)
    if one is not None:
        _seen(state, one, changes)


def _task(state: Board, task: int, changes: Changes, *, done: bool) -> None:
    one = state.people.get(state.helps[task])
    if done is (task in state.done):
        return
    if one is not None:
        one.helps += -1 if done else 1
        _seen(state, one, changes)
    (state.done.add if done else state.done.discard)(task)


def _help(state: Board, task: int, person: int, *, done: bool) -> None:
    if task in state.helps:
        return
    state.helps[task] = person
    if done:
        state.done.add(task)
    elif person in state.people:
        state.people[person].helps += 1


def _count(state: Board, one: Person, by: int) -> None:
    facts = {
        "told": one.told,
        "delivered": one.delivered,
        "read": one.read,
        "answered": bool(one.answer),
        "unreachable": one.unreachable,
        "unreached": one.unreachable or one.told,
        "vulnerable": one.vulnerable,
    }
    for name, holds in facts.items():
        if holds:
            _add(state.counts, name, by)
    if one.answer:
        _add(state.answers, one.answer, by)


def _add(numbers: dict[str, int], name: str, by: int) -> None:
    numbers[name] = numbers.get(name, 0) + by
    if not numbers[name]:
        del numbers[name]


def _point(state: Board, name: str, at: int, by: int = 1) -> None:
    curve, when = state.curves[name], step((at - state.launched_ms) // 1000)
    curve[when] = curve.get(when, 0) + by
    if not curve[when]:
        del curve[when]


def _seen(state: Board, one: Person, changes: Changes) -> None:
    for flat in one.flats:
        changes.flats.add(flat)
        if _see(state, flat):
            changes.cells.add(flat)


def _see(state: Board, flat: int) -> bool:
    """The flat's cell is right; whether it changed."""
    before = state.cells.get(flat)
    now = flat_state(state.people[person].state for person in state.flats[flat])
    if before == now:
        return False
    if before is not None:
        _add(state.flat_counts, before, -1)
    _add(state.flat_counts, now, 1)
    state.cells[flat] = now
    return True
