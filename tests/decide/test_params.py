from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.decide.params import settle_params
from hub.model import Choice, Parameter

SITE = {"assembly_points": [{"key": "south", "name": {"en": "South"}}, {"key": "gate", "name": {}}]}


def one(kind: str = "text", default: str = "", **more: object) -> Parameter:
    return Parameter("it", {}, kind, default, **more)  # type: ignore[arg-type]


def settle(parameter: Parameter, value: str | None = None) -> tuple[str, list[str]]:
    given_ = {} if value is None else {"it": value}
    values, problems = settle_params([parameter], given_, settings=SITE)
    return values["it"], [f"{p.where} {p.what}" for p in problems]


def test_what_is_left_out_takes_its_default() -> None:
    assert settle(one(default="40", kind="minutes")) == ("40", [])
    assert settle(one("choice", "b", options=(Choice("a", {}), Choice("b", {})))) == ("b", [])


def test_the_sites_own_options_come_before_a_default_that_is_none_of_them() -> None:
    assert settle(one("choice", "lawn", source="assembly_points")) == ("south", [])
    assert settle(one("choice", "gate", source="assembly_points")) == ("gate", [])


def test_a_site_without_options_takes_what_is_typed() -> None:
    parameter = one("choice", "", source="nothing_here")

    assert settle(parameter, "by the pond") == ("by the pond", [])
    assert settle(parameter) == ("", [])


def test_a_choice_that_is_none_is_refused_with_the_choices() -> None:
    _, problems = settle_params(
        [one("choice", source="assembly_points")], {"it": "moon"}, settings=SITE
    )

    assert problems[0].where == "params.it"
    assert problems[0].hint == "choose south, gate"


@pytest.mark.parametrize("value", ["soon", "-5", "1e3", "99999999999999999999", "４０"])
def test_minutes_are_whole_numbers(value: str) -> None:
    assert settle(one("minutes"), value)[1]


@pytest.mark.parametrize(
    ("value", "kept"),
    [("9:05", "09:05"), ("14:30", "14:30"), ("14：30", "14:30"), ("00:00", "00:00")],
)
def test_times_of_day_are_kept_in_one_way(value: str, kept: str) -> None:
    assert settle(one("clock"), value) == (kept, [])


@pytest.mark.parametrize("value", ["25:00", "14.30", "noon", "12:60"])
def test_what_is_no_time_of_day_is_refused(value: str) -> None:
    assert settle(one("clock"), value)[1]


def test_what_is_required_must_be_there() -> None:
    assert settle(one(required=True))[1] == ["params.it is missing"]
    assert settle(one(required=True), "   ")[1] == ["params.it is missing"]
    assert settle(one())[1] == []


def test_too_long_a_text_is_refused() -> None:
    assert settle(one(limit=5), "123456")[1] == ["params.it has 6 characters, 5 fit"]


def test_a_field_the_playbook_does_not_have_is_refused() -> None:
    _, problems = settle_params([one()], {"other": "x"}, settings={})

    assert [(p.where, p.hint) for p in problems] == [("params.other", "it has it")]


def test_everything_wrong_is_said_at_once() -> None:
    parameters = [one("minutes"), Parameter("b", {}, "text", "", required=True)]
    _, problems = settle_params(parameters, {"it": "x", "c": "y"}, settings={})

    assert {p.where for p in problems} == {"params.it", "params.b", "params.c"}


@given(st.text(max_size=60), st.sampled_from(["text", "choice", "minutes", "clock"]))
def test_whatever_is_typed_ends_as_a_value_of_one_line(value: str, kind: str) -> None:
    kept, _ = settle(one(kind), value)

    assert "\n" not in kept
    assert kept == kept.strip()
