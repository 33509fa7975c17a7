from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hub.decide.plan import count_wave, texts_of, unreachable, ways_of
from hub.model import Wording
from hub.plans import Reached, Told, WavePlan

MEDIA = frozenset({"sms", "voice"})


def told(number: int, band: str = "near", rank: int = 1, **more: Any) -> Told:
    roles = more.get("roles", "[]")
    return Told(
        number,
        more.get("kind", "resident"),
        band,
        rank,
        "en",
        number,
        None,
        roles,
        more.get("vulnerable", False),
    )


def wave(**more: Any) -> WavePlan:
    spec = {"bands": ["near"], "channels": ["sms", "voice"], "mode": "parallel"} | more
    return WavePlan(0, "w", 0, spec)


TEXTS = texts_of(
    [Wording(b, c, "en", {}, s) for b in ("near", "far") for c, s in (("sms", 2), ("voice", 0))]
)


def count(rows: list[Told], reached: list[Reached], **more: Any) -> Any:
    ways = ways_of(reached, rows)
    return count_wave(rows, ways, wave=wave(**more), texts=TEXTS, media=MEDIA)


def test_a_shared_number_is_one_send_to_two_people() -> None:
    got = count([told(1), told(2)], [(1, "sms", "A"), (2, "sms", "A")])

    assert (got.deliveries, got.people) == (1, 2)
    assert (got.channels["sms"].sends, got.channels["sms"].people) == (1, 2)


def test_segments_are_those_of_each_text_and_at_least_one() -> None:
    got = count([told(1)], [(1, "sms", "A"), (1, "voice", "A")])

    assert {name: one.units for name, one in got.channels.items()} == {"sms": 2, "voice": 1}


def test_who_shares_reads_the_words_of_the_one_told_first() -> None:
    rows = [told(1, "far"), told(2, "near")]
    got = count(rows, [(1, "sms", "A"), (2, "sms", "A")], bands=["near", "far"])

    assert got.readers == {("far", "sms", "en"): 2}


def test_first_is_the_first_channel_with_an_address() -> None:
    reached = [(1, "sms", "A"), (1, "voice", "A"), (2, "sms", "B")]
    got = count([told(1), told(2)], reached, mode="first", channels=["voice", "sms"])

    assert {name: one.sends for name, one in got.channels.items()} == {"voice": 1, "sms": 1}


def test_a_wave_is_for_its_bands_needs_and_roles() -> None:
    rows = [told(1), told(2, "far"), told(3, vulnerable=True), told(4, roles='["deputy"]')]
    reached = [(n, "sms", str(n)) for n in (1, 2, 3, 4)]

    assert count(rows, reached).deliveries == 3
    assert count(rows, reached, needs=True).deliveries == 1
    assert count(rows, reached, roles=["deputy"]).deliveries == 1


def test_groups_and_screens_are_sends_but_no_people() -> None:
    got = count([told(1, kind="screen")], [(1, "sms", "A")])

    assert (got.deliveries, got.people) == (1, 0)


def test_unreachable_is_who_no_wave_can_reach() -> None:
    rows = [told(1), told(2), told(3), told(4, "far")]
    ways = ways_of([(1, "sms", "A"), (2, "email", "b@"), (4, "sms", "D")], rows)
    waves = [wave(channels=["email"]), wave(channels=["sms"])]
    lost = unreachable(rows, ways, waves=waves, texts=TEXTS, media=MEDIA)

    assert [row.recipient for row in lost] == [2, 3, 4], "e-mail has no account, far has no wave"


@given(
    st.lists(
        st.tuples(st.integers(1, 6), st.sampled_from(["sms", "voice"]), st.sampled_from("ABC")),
        unique=True,
    )
)
def test_sends_are_distinct_addresses_and_everybody_reached_is_counted(
    reached: list[Reached],
) -> None:
    rows = [told(n) for n in range(1, 7)]
    got = count(rows, reached)

    assert got.deliveries == len({way[1:] for way in reached})
    assert got.people == len({way[0] for way in reached})
    assert sum(got.readers.values()) == len({way[:2] for way in reached})


def test_a_number_whose_first_owner_has_no_words_goes_to_the_next_who_has():
    rows = [told(1, "mute"), told(2), told(3)]
    shared = [(1, "sms", "+1"), (2, "sms", "+1"), (3, "email", "a")]
    counted = count(rows, shared, bands=["mute", "near"], mode="first")
    assert (counted.deliveries, counted.people) == (1, 2), "both hear it; the third has no way"
    assert counted.readers == {("near", "sms", "en"): 2}
    nobody = count([told(1, "mute"), told(2, "mute")], shared[:2], bands=["mute"])
    assert (nobody.deliveries, nobody.people) == (0, 0)
