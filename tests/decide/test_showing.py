"""Which notice a screen shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.decide.showing import LINGER, Candidate, ScreenCard, next_change, showing
from hub.model import Kind, Level, Stage
from hub.states import IncidentState

NOW = datetime(2026, 3, 1, 2, 50, tzinfo=UTC)
ALERT = Candidate(
    incident=1,
    notice=1,
    revision=1,
    stage=Stage.ALERT,
    kind=Kind.LIVE,
    level=Level.P1,
    status=IncidentState.OPEN,
    issued_at=NOW - timedelta(minutes=5),
    wording=1,
)


def test_nothing_ordered_is_calm() -> None:
    assert showing([], NOW) is None


def test_the_newest_revision_of_an_incident_counts() -> None:
    update = replace(ALERT, notice=2, revision=2, stage=Stage.UPDATE)
    assert showing([update, ALERT], NOW) == update
    assert showing([ALERT, update], NOW) == update


def test_an_alert_stands_until_its_incident_ends_even_when_sending_has_stopped() -> None:
    late = NOW + timedelta(hours=9)
    assert showing([replace(ALERT, status=IncidentState.STOPPED)], late) is not None
    assert showing([replace(ALERT, status=IncidentState.CLOSED)], NOW) is None


def test_an_all_clear_stands_a_while_and_then_goes() -> None:
    clear = replace(
        ALERT, notice=3, revision=3, stage=Stage.ALL_CLEAR, status=IncidentState.CLEARED,
        issued_at=NOW,
    )  # fmt: skip
    assert showing([ALERT, clear], NOW) == clear
    assert next_change([ALERT, clear], NOW) == NOW + LINGER
    assert showing([ALERT, clear], NOW + LINGER) is None


def test_live_comes_before_a_drill_however_grave() -> None:
    drill = replace(ALERT, incident=2, notice=9, kind=Kind.DRILL)
    outage = replace(ALERT, incident=3, notice=10, level=Level.P2)
    assert showing([drill, outage], NOW) == outage


def test_a_danger_comes_before_an_end_of_danger() -> None:
    clear = replace(ALERT, incident=2, notice=5, stage=Stage.ALL_CLEAR, issued_at=NOW)
    outage = replace(ALERT, incident=3, notice=6, level=Level.P3)
    assert showing([clear, outage], NOW) == outage


@given(
    st.lists(
        st.builds(
            Candidate,
            incident=st.integers(1, 4),
            notice=st.integers(1, 50),
            revision=st.integers(1, 5),
            stage=st.sampled_from(Stage),
            kind=st.sampled_from(Kind),
            level=st.sampled_from(Level),
            status=st.sampled_from(IncidentState),
            issued_at=st.integers(0, 1000).map(lambda s: NOW - timedelta(seconds=s)),
            wording=st.just(1),
        ),
        unique_by=lambda c: (c.incident, c.revision),
    ),
    st.randoms(),
)
def test_the_order_of_orders_does_not_matter(found: list[Candidate], random: object) -> None:
    shuffled = found[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = showing(found, NOW), showing(shuffled, NOW)
    assert (first is None) == (second is None)
    if first and second:
        assert (first.kind, first.stage, first.level) == (second.kind, second.stage, second.level)


def test_a_drill_covers_nothing_real_not_even_its_end() -> None:
    clear = replace(ALERT, stage=Stage.ALL_CLEAR, issued_at=NOW)
    drill = replace(ALERT, incident=2, notice=9, kind=Kind.DRILL)
    assert showing([clear, drill], NOW) == clear
    assert showing([ALERT, drill], NOW) == ALERT
    assert showing([clear, drill], NOW + LINGER) == drill


def test_a_drill_that_something_real_ended_shows_only_that_it_did() -> None:
    drill = replace(ALERT, kind=Kind.DRILL, ended=True, status=IncidentState.STOPPED)
    real = replace(drill, notice=9, revision=2, stage=Stage.CORRECTION, issued_at=NOW)
    assert showing([drill], NOW) is None
    assert showing([drill, real], NOW) == real
    assert showing([drill, real], NOW + LINGER) is None


def test_an_alert_changes_only_by_what_is_said_next() -> None:
    assert next_change([ALERT], NOW) is None
    assert next_change([], NOW) is None


def test_a_card_says_where_the_screen_stands_and_its_way_out() -> None:
    card = ScreenCard(
        4, "Lobby", {"en": "Tower 3"}, {"arrow": "left"}, {"en": "Office"}, "UTC", ("ja", "en")
    )
    assert card.to_json() == {
        "recipient": 4, "name": "Lobby", "place": {"en": "Tower 3"}, "way": {"arrow": "left"},
        "source": {"en": "Office"}, "timezone": "UTC", "languages": ["ja", "en"],
            "site": {},
    }  # fmt: skip
