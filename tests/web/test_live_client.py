from __future__ import annotations

from dataclasses import dataclass, field

from web.live_client import BURST, DEAD, EASY, ROOM, SLOW, STALLED_SECONDS, Client, Room
from web.wire import CLOSED, Frame


@dataclass(eq=False)
class Peer:
    """A wire whose peer reads when the test says so."""

    waiting: int = 0
    got: list[Frame] = field(default_factory=list)
    code: int = 0

    def push(self, frame: Frame, room: int) -> int:
        if self.code:
            return CLOSED
        if self.waiting > room:
            return self.waiting
        self.got.append(frame)
        return 0

    def buffered(self) -> int:
        return self.waiting

    def drop(self, code: int, reason: str = "") -> None:
        self.code = code


def frame(number: int) -> Frame:
    return Frame.of({"op": "progress", "seq": number}, seq=number)


def test_everyone_who_keeps_up_gets_the_very_same_frame():
    room, peers = Room("incident:1"), [Peer() for _ in range(3)]
    for peer in peers:
        room.join(Client(peer))
    said = frame(1)
    room.publish(said)
    assert all(peer.got == [said] for peer in peers)
    assert all(peer.got[0] is said for peer in peers)


def test_one_who_lags_gets_no_half_story_but_the_newest_state():
    room, peer = Room("incident:1"), Peer()
    room.join(Client(peer), frame(1))
    peer.waiting = ROOM + 1
    room.publish(frame(2))
    peer.waiting = EASY + 1
    room.publish(frame(3))  # it could be written, but frame 2 is missing
    room.catch_up(frame(3), now=0)
    assert [f.seq for f in peer.got] == [1]
    peer.waiting = 0
    whole = frame(4)
    room.catch_up(whole, now=0)
    room.publish(frame(5))
    assert [f.seq for f in peer.got] == [1, 4, 5]


def test_one_who_takes_nothing_for_ten_seconds_is_closed_as_slow():
    room, peer = Room("incident:1"), Peer()
    client = Client(peer)
    room.join(client)
    peer.waiting = ROOM + 1
    room.publish(frame(1))
    start = room.lagging[client].since
    room.catch_up(frame(1), start + STALLED_SECONDS - 1)
    assert peer.code == 0
    room.catch_up(frame(1), start + STALLED_SECONDS + 1)
    assert peer.code == SLOW
    assert len(room) == 0


def test_one_who_takes_a_little_is_given_longer():
    room, peer = Room("incident:1"), Peer()
    client = Client(peer)
    room.join(client)
    peer.waiting = ROOM + 1000
    room.publish(frame(1))
    start = room.lagging[client].since
    for second in range(5, 40, 5):
        peer.waiting -= 1
        room.catch_up(frame(1), start + second)
    assert peer.code == 0


def test_one_with_a_megabyte_unread_is_closed_at_once():
    room, peer = Room("incident:1"), Peer()
    client = Client(peer)
    room.join(client)
    peer.waiting = DEAD + 1
    room.publish(frame(1))
    room.catch_up(frame(1), room.lagging[client].since)
    assert peer.code == SLOW


def test_a_sick_watcher_costs_the_healthy_ones_nothing():
    room, sick, well = Room("incident:1"), Peer(waiting=ROOM + 1), Peer()
    room.join(Client(sick))
    room.join(Client(well))
    for number in range(100):
        room.publish(frame(number))
    assert len(well.got) == 100
    assert sick.got == []


def test_a_client_that_left_hears_nothing():
    room, peer = Room("incident:1"), Peer()
    client = Client(peer)
    room.join(client)
    room.leave(client)
    room.publish(frame(1))
    assert (peer.got, client.topics) == ([], {})


def test_talk_is_allowed_in_bursts_and_then_at_a_rate():
    client = Client(Peer(), spoke_at=0.0)
    assert all(client.may_speak(0.0) for _ in range(int(BURST)))
    assert not client.may_speak(0.0)
    assert client.may_speak(1.0)
