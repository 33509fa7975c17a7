from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hub.decide.routes import Begun, onward, update_routes


def begun(no: int, at: int, bands: list[str], channels: list[str], **more: Any) -> Begun:
    return Begun(no, at, {"bands": bands, "channels": channels, "until": "answered", **more})


def test_an_update_goes_the_way_of_the_first_wave() -> None:
    waves = [
        begun(0, 0, ["a", "b"], ["sms"]),
        begun(1, 60, ["a"], ["voice"]),
    ]

    routes = [r for r in update_routes(waves) if not r["missed"]]

    assert [(r["bands"], r["channels"]) for r in routes] == [(["a", "b"], ["sms"])]


def test_who_could_only_be_told_later_is_told_that_way_after_all_others() -> None:
    waves = [begun(0, 0, ["a"], ["sms"]), begun(1, 60, ["a", "b"], ["voice"])]

    assert [(r["bands"], r["channels"], r["missed"]) for r in update_routes(waves)] == [
        (["a"], ["sms"], False),
        (["b"], ["voice"], False),
        (["a"], ["voice"], True),
    ]


def test_waves_begun_together_are_both_ways() -> None:
    waves = [begun(0, 0, ["a"], ["sms"]), begun(1, 0, ["a"], ["voice"], needs=True)]
    routes = update_routes(waves)

    assert [r["channels"] for r in routes] == [["sms"], ["voice"]]
    assert routes[1]["needs"]


def test_a_band_first_told_later_is_told_by_its_own_first_wave() -> None:
    waves = [begun(0, 0, ["a"], ["sms"]), begun(1, 60, ["a", "late"], ["email"], fill=3)]
    routes = update_routes(waves)

    assert routes[1]["bands"] == ["late"]
    assert (routes[1]["until"], routes[1]["fill"]) == ("none", 0)


@given(
    st.lists(
        st.builds(
            begun,
            st.integers(0, 5),
            st.integers(0, 3),
            st.lists(st.sampled_from("abc"), unique=True),
            st.just(["sms"]),
        ),
        max_size=6,
    )
)
def test_every_band_told_so_far_is_told_again_and_no_other(waves: list[Begun]) -> None:
    told = {band for wave in waves for band in wave.spec["bands"]}
    again = {band for route in update_routes(waves) for band in route["bands"]}

    assert again == told


def test_whom_one_channel_of_an_update_failed_goes_on_by_the_route_they_were_told_by() -> None:
    waves = [
        begun(0, 0, ["a", "b"], ["push", "sms"], mode="first"),
        begun(1, 0, ["c"], ["push", "email"]),
        begun(2, 60, ["a"], ["push", "voice"], mode="first"),
    ]
    routes = update_routes(waves)

    assert [(r["bands"], r["channels"]) for r in onward(routes, "push")] == [(["a", "b"], ["sms"])]
    assert onward(routes, "sms") == []
    assert onward(routes, "email") == []


def test_a_route_for_a_few_of_a_band_hides_no_other_way_of_the_rest() -> None:
    few = begun(0, 0, ["a"], ["voice", "sms"], mode="first", needs=True)
    rest = begun(1, 0, ["a"], ["voice", "email"], mode="first")

    found = onward(update_routes([few, rest]), "voice")

    assert [(r.get("needs", False), r["channels"]) for r in found] == [
        (True, ["sms"]),
        (False, ["email"]),
    ]
