from __future__ import annotations

import copy
from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.decide.boards import Parts, curves, snapshot, tally
from hub.decide.copies import Copies
from hub.decide.tally import CELLS, Board, Changes, Person, board, flat_state, fold, step
from hub.events import Event, EventKind
from hub.under_way import HelpOpen

LAUNCHED = 1_700_000_000_000
WORDS = ("safe", "help", "evacuated", "away", "seen")
PEOPLE = 8


def start() -> Board:
    people = {
        one: Person(household=one // 2 + 1 if one < 6 else -one, vulnerable=one == 0)
        for one in range(PEOPLE)
    }
    deliveries = {"sms": {"planned": 50}}
    return board(
        launched_ms=LAUNCHED, seq=1, people=people, deliveries=deliveries, helps={}, curves={}
    )


def event(seq: int, kind: EventKind, data: dict, seconds: int = 5) -> Event:
    at = datetime.fromtimestamp(LAUNCHED / 1000, UTC) + timedelta(seconds=seconds)
    return Event(1, seq, at, kind, data)


def kinds():
    one = st.integers(0, PEOPLE + 1)
    ids = st.lists(one, max_size=4)
    moves = st.lists(
        st.tuples(
            st.sampled_from(["sms", "voice"]),
            st.sampled_from(["", "planned", "accepted"]),
            st.sampled_from(["accepted", "delivered", "failed"]),
            st.integers(1, 3),
        ).map(list),
        max_size=2,
    )
    progress = st.fixed_dictionaries(
        {},
        optional={"told": ids, "delivered": ids, "read": ids, "unreachable": ids, "moves": moves}
        | {"in_doubt": st.integers(-3, 3), "doubled": st.integers(-3, 3)},
    ).map(lambda data: (EventKind.PROGRESS, data))
    answered = st.tuples(one, st.sampled_from(WORDS)).map(
        lambda said: (EventKind.ANSWERED, {"recipient": said[0], "answer": said[1], "via": "sms"})
    )
    helps = st.tuples(one, st.integers(1, 5)).map(
        lambda said: (EventKind.HELP, {"recipient": said[0], "task": said[1]})
    )
    tasks = st.tuples(st.integers(1, 6), st.sampled_from(["open", "assigned", "done"])).map(
        lambda said: (EventKind.TASK, {"task": said[0], "state": said[1]})
    )
    return st.lists(st.one_of(progress, answered, helps, tasks), max_size=25)


def rows(state: Board) -> Board:
    """The same state made afresh from what the database would hold."""
    people = {
        number: Person(
            one.household,
            one.vulnerable,
            one.unreachable,
            one.told,
            one.delivered,
            one.read,
            one.answer,
        )
        for number, one in state.people.items()
    }
    helps = {task: (person, task in state.done) for task, person in state.helps.items()}
    return board(
        launched_ms=state.launched_ms,
        seq=state.seq,
        people=people,
        deliveries=state.deliveries,
        helps=helps,
        curves=state.curves,
        copies=Copies(state.in_doubt, state.doubled),
    )


@given(kinds())
def test_a_folded_board_equals_one_made_afresh(events):
    state, changes = start(), Changes()
    for seq, (kind, data) in enumerate(events, 2):
        fold(state, event(seq, kind, data, seconds=seq), changes)
    assert state == rows(state)
    counted = Counter(state.cells.values())
    assert state.flat_counts == counted
    for name in ("told", "delivered"):
        assert state.counts.get(name, 0) == sum(getattr(p, name) for p in state.people.values())
        assert sum(state.curves[name].values()) == state.counts.get(name, 0)


@given(kinds(), st.integers(0, 25))
def test_a_fold_of_parts_is_a_fold_of_the_whole(events, cut):
    numbered = [event(seq, *said, seconds=seq) for seq, said in enumerate(events, 2)]
    whole, parts = start(), start()
    for one in numbered:
        fold(whole, one, Changes())
    for half in (numbered[:cut], numbered[cut:]):
        changes = Changes()
        for one in half:
            fold(parts, one, changes)
        parts = copy.deepcopy(parts)
    assert parts == whole


@given(kinds())
def test_changed_cells_are_exactly_those_named(events):
    state = start()
    for seq, (kind, data) in enumerate(events, 2):
        before, changes = dict(state.cells), Changes()
        fold(state, event(seq, kind, data), changes)
        moved = {flat for flat in before if before[flat] != state.cells[flat]}
        assert moved == changes.cells <= changes.flats


@given(st.lists(st.sampled_from(CELLS), min_size=1, max_size=6))
def test_a_flat_shows_its_most_pressing_person(states):
    found = flat_state(states)
    assert found == flat_state(list(reversed(states)))
    for pressing in ("help", "unre", "none", "told"):
        if pressing in states:
            assert found == pressing
            return
    assert states.count(found) == max(Counter(states).values())


def test_help_never_disappears_behind_another_answer():
    state, changes = start(), Changes()
    fold(state, event(2, EventKind.ANSWERED, {"recipient": 0, "answer": "help"}), changes)
    fold(state, event(3, EventKind.HELP, {"recipient": 0, "task": 9}), changes)
    fold(state, event(4, EventKind.ANSWERED, {"recipient": 0, "answer": "safe"}), changes)
    fold(state, event(5, EventKind.ANSWERED, {"recipient": 1, "answer": "safe"}), changes)
    assert state.cells[1] == "help"
    fold(state, event(6, EventKind.TASK, {"task": 9, "state": "done"}), changes)
    assert state.cells[1] == "safe"


def test_an_answer_that_is_taken_back_leaves_no_trace_in_the_numbers():
    state, changes = start(), Changes()
    before = copy.deepcopy(state)
    said = {"recipient": 0, "answer": "safe"}
    fold(state, event(2, EventKind.ANSWERED, said), changes)
    fold(state, event(3, EventKind.ANSWERED, {"recipient": 1, "answer": "away"}), changes)
    back = {"answer": "", "undone": LAUNCHED + 5_000}
    for person in (0, 1):
        again = event(4 + person, EventKind.ANSWERED, {"recipient": person, **back}, 60)
        fold(state, again, changes)
    before.seq = state.seq
    assert state == before


def test_a_person_who_only_saw_it_is_told_and_has_answered():
    state = start()
    for person in (0, 1):
        fold(
            state, event(2, EventKind.ANSWERED, {"recipient": person, "answer": "seen"}), Changes()
        )
    assert state.cells[1] == "told"
    assert state.counts["answered"] == 2


def test_unreachable_people_are_not_counted_as_not_told_and_the_tally_sums_up():
    state = start()
    fold(state, event(2, EventKind.PROGRESS, {"unreachable": [2], "told": [0, 1]}), Changes())
    parts = Parts({"households": 3}, helped=HelpOpen(asked=2, cries=1))
    said = tally(state, parts, {7: {"state": "shown"}, 8: {"state": "offline"}})
    assert (said["people"], said["told"], said["unreachable"], said["not_told"]) == (8, 2, 1, 5)
    assert said["flats"] == {**dict.fromkeys(CELLS, 0), "told": 1, "unre": 1, "none": 1}
    assert said["screens"] == {"total": 2, "shown": 1}
    assert said["deliveries"] == {"sms": {"planned": 50}}
    assert said["help"] == 3
    assert said["help_by"] == {"asked": 2, "marked": 0, "cries": 1}


def test_curves_are_running_totals_in_growing_steps():
    state = start()
    fold(state, event(2, EventKind.PROGRESS, {"told": [0, 1]}, seconds=3), Changes())
    fold(state, event(3, EventKind.PROGRESS, {"told": [2]}, seconds=605), Changes())
    assert curves(state)["told"] == [[3, 2], [600, 3]]
    assert [step(s) for s in (-1, 599, 619, 7199, 7261)] == [0, 599, 610, 7190, 7260]


def test_a_snapshot_names_flats_by_their_place():
    frame = snapshot(start(), Parts({"id": 4, "households": 3}), {}, [], epoch="e", at="t")
    assert (frame["topic"], frame["seq"], frame["epoch"]) == ("incident:4", 1, "e")
    assert frame["cells"] == {"1": "none", "2": "none", "3": "none"}
    assert frame["cell_people"]["1"] == [2, 0]


def test_help_for_somebody_no_longer_on_the_board_is_done_all_the_same() -> None:
    state = start()
    state.helps[9] = 999
    fold(state, event(2, EventKind.TASK, {"task": 9, "state": "done"}), Changes())
    assert 9 in state.done


def test_progress_that_names_a_wave_has_the_waves_read_again():
    changes = Changes(seq=1)
    fold(start(), event(2, EventKind.PROGRESS, {"moves": []}), changes)
    assert not changes.structure
    fold(start(), event(3, EventKind.PROGRESS, {"wave": 2, "key": "call"}), changes)
    assert changes.structure


def test_one_of_two_homes_counts_once_and_shows_at_both() -> None:
    people = {1: Person(household=5, further=(7,)), 2: Person(household=7)}
    made = board(launched_ms=LAUNCHED, seq=1, people=people, deliveries={}, helps={}, curves={})
    changes = Changes()
    fold(made, event(2, EventKind.ANSWERED, {"recipient": 1, "answer": "help"}), changes)
    fold(made, event(3, EventKind.HELP, {"recipient": 1, "task": 9}), changes)
    assert made.cells == {5: "help", 7: "help"}
    assert changes.cells == {5, 7}
    assert made.answers == {"help": 1}
