"""A board as frames: the snapshot, and what changed since the last one. Pure JSON values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hub.decide.queue import Queue
from hub.decide.tally import ANSWERS, CELLS, Board, Changes, Curve
from hub.events import Event
from hub.under_way import HelpOpen

JsonMap = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Parts:
    """What is read again as a whole when its kind of event comes: it is small.

    `incident` as GET says it, without tally and seq; `waves` and `tasks` also name timeline lines;
    `helped`: who still needs help, `help` where those of them are whom the hub can place.
    """

    incident: JsonMap
    tasks: tuple[JsonMap, ...] = ()
    waves: tuple[JsonMap, ...] = ()
    notices: tuple[JsonMap, ...] = ()
    help: tuple[JsonMap, ...] = ()
    helped: HelpOpen = field(default_factory=HelpOpen)
    calls: JsonMap = field(default_factory=dict)
    source: JsonMap = field(default_factory=dict)


Screens = Mapping[int, JsonMap]
"""recipient -> {state: shown | waiting | offline, since}"""


def tally(state: Board, parts: Parts, screens: Screens) -> dict[str, Any]:
    """Counts alone: people, flats and deliveries by state."""
    counts, incident = state.counts, parts.incident
    people = len(state.people)
    return {
        "people": people,
        "households": incident.get("households", 0),
        "vulnerable": counts.get("vulnerable", 0),
        "told": counts.get("told", 0),
        "delivered": counts.get("delivered", 0),
        "read": counts.get("read", 0),
        "answered": counts.get("answered", 0),
        "unreachable": counts.get("unreachable", 0),
        "not_told": people - counts.get("unreached", 0),
        **parts.helped.to_json(),
        "answers": {word: state.answers.get(word, 0) for word in ANSWERS},
        "deliveries": {
            channel: dict(sorted(states.items()))
            for channel, states in sorted(state.deliveries.items())
        },
        "in_doubt": state.in_doubt,
        "doubled": state.doubled,
        "flats": {cell: state.flat_counts.get(cell, 0) for cell in CELLS},
        "screens": {
            "total": len(screens),
            "shown": sum(one["state"] == "shown" for one in screens.values()),
        },
    }


def curves(state: Board) -> dict[str, list[list[int]]]:
    """Running totals by seconds since the launch."""
    return {name: _sums(curve) for name, curve in state.curves.items()}


def _sums(curve: Curve) -> list[list[int]]:
    total, points = 0, []
    for second in sorted(curve):
        total += curve[second]
        points.append([second, total])
    return points


def cell_people(state: Board, flats: Iterable[int]) -> dict[str, list[int]]:
    """Place id -> [people, of them answered]."""
    return {
        str(flat): [len(ids), sum(bool(state.people[one].answer) for one in ids)]
        for flat in flats
        if (ids := state.flats.get(flat))
    }


def snapshot(
    state: Board,
    parts: Parts,
    screens: Screens,
    timeline: Iterable[JsonMap],
    *,
    epoch: str,
    at: str,
    waiting: Iterable[Queue] = (),
) -> dict[str, Any]:
    """The whole board, as `GET …/board` and the socket say it. `at`: when it was read."""
    counts = tally(state, parts, screens)
    incident = {**parts.incident, "seq": state.seq, "epoch": epoch, "tally": counts}
    return {
        **_head("snapshot", state, parts, epoch),
        "at": at,
        "incident": incident,
        "tally": counts,
        "queue": queue_json(waiting),
        "cells": {str(flat): cell for flat, cell in state.cells.items()},
        "cell_people": cell_people(state, state.flats),
        "help": list(parts.help),
        "tasks": list(parts.tasks),
        "waves": list(parts.waves),
        "screens": {str(one): dict(said) for one, said in screens.items()},
        "curve": curves(state),
        "timeline": list(timeline),
        "notices": list(parts.notices),
        "calls": dict(parts.calls),
        "source": dict(parts.source),
    }


def progress(
    state: Board,
    parts: Parts,
    screens: Screens,
    changes: Changes,
    screens_before: Screens,
    *,
    epoch: str,
    waiting: Iterable[Queue] = (),
) -> dict[str, Any]:
    """What is new since the last frame, in whole values: applying it twice does no harm."""
    frame = {
        **_head("progress", state, parts, epoch),
        "tally": tally(state, parts, screens),
        "queue": queue_json(waiting),
        "cells": {str(flat): state.cells[flat] for flat in sorted(changes.cells)},
        "cell_people": cell_people(state, sorted(changes.flats)),
        "screens": {
            str(one): dict(said) for one, said in screens.items() if screens_before.get(one) != said
        },
        "curve": {name: points[-1:] for name, points in curves(state).items()},
    }
    if changes.structure:
        frame |= {
            "incident": dict(parts.incident),
            "help": list(parts.help),
            "tasks": list(parts.tasks),
            "waves": list(parts.waves),
            "notices": list(parts.notices),
            "calls": dict(parts.calls),
        }
    return frame


def waits(state: Board) -> dict[str, int]:
    """Channel -> deliveries that are not handed over yet."""
    return {channel: states.get("planned", 0) for channel, states in state.deliveries.items()}


def queue_json(waiting: Iterable[Queue]) -> dict[str, Any]:
    """Channel -> what waits there and how long. It depends on the clock: no part of the tally."""
    return {one.channel: one.to_json() for one in waiting}


def event_frame(event: Event, text: JsonMap, *, topic: str, epoch: str) -> dict[str, Any]:
    """One event as the socket says it, with its line of the timeline."""
    said = event.to_json() | {"text": dict(text)}
    return {"op": "event", "topic": topic, "epoch": epoch, "seq": event.seq, "event": said}


def spoken_event(event: Event, text: JsonMap) -> dict[str, Any]:
    """One event of a list or a timeline."""
    return event.to_json() | {"text": dict(text)}


def _head(op: str, state: Board, parts: Parts, epoch: str) -> dict[str, Any]:
    return {"op": op, "topic": f"incident:{parts.incident['id']}", "epoch": epoch, "seq": state.seq}
