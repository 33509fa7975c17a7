"""What waits for Redis is the newest of each, and bounded."""

from __future__ import annotations

from hub.bus.outbox import TOPICS, Outbox


def test_what_is_taken_is_gone_and_what_is_given_back_waits_again() -> None:
    box = Outbox("*")
    box.ring("urgent")
    box.tell("incident:1", 4)

    lanes, topics = box.take()
    assert (lanes, topics) == ({"urgent"}, {"incident:1": 4})
    assert box.take() == (set(), {})
    assert not box.filled.is_set()

    box.tell("incident:1", 9)
    box.give_back(lanes, topics)
    assert box.filled.is_set()
    assert box.take() == ({"urgent"}, {"incident:1": 9})


def test_more_topics_than_it_holds_become_a_word_to_read_again() -> None:
    box = Outbox("*")
    for number in range(TOPICS + 1):
        box.tell(f"incident:{number}", 1)
    _, topics = box.take()
    assert topics == {"*": 0, f"incident:{TOPICS}": 1}
