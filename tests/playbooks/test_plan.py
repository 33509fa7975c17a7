from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from hub.model import Band, Parameter, Playbook, RecipientKind, Wave
from playbooks import plan
from playbooks.case import Case, Finding
from playbooks.load import load
from tests.playbooks.shelf import FIRE, LANGUAGES, TRAITS

BOOK = load(FIRE, name="fire.yaml")
NAME = {"zh-CN": "名", "en": "name"}
RESIDENTS = frozenset({RecipientKind.RESIDENT})
STAFF = frozenset({RecipientKind.STAFF})


def whats(rule: plan.Rule, playbook: Playbook) -> list[str]:
    found: list[Finding] = list(rule(Case(playbook, TRAITS, LANGUAGES)))
    return [finding.what for finding in found]


def band(key: str, kinds: frozenset[RecipientKind], where: str, **more: object) -> Band:
    return replace(Band(key, NAME, kinds, where), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("first", "second", "starved"),
    [
        (band("a", RESIDENTS, "site"), band("b", RESIDENTS, "evacuate"), True),
        (band("a", RESIDENTS, "building"), band("b", RESIDENTS, "building"), True),
        (band("a", RESIDENTS | STAFF, "site"), band("b", STAFF, "site"), True),
        (band("a", RESIDENTS, "evacuate"), band("b", RESIDENTS, "site"), False),
        (band("a", RESIDENTS, "site", needs=True), band("b", RESIDENTS, "site"), False),
        (band("a", RESIDENTS, "site"), band("b", RESIDENTS, "site", needs=True), True),
        (band("a", STAFF, "site", roles=frozenset("x")), band("b", STAFF, "site"), False),
        (
            band("a", STAFF, "site", roles=frozenset("xy")),
            band("b", STAFF, "site", roles=frozenset("x")),
            True,
        ),
        (band("a", RESIDENTS, "evacuate"), band("b", RESIDENTS, "evacuate", below=3), False),
        (band("a", STAFF, "site"), band("b", RESIDENTS, "site"), False),
    ],
)
def test_a_band_behind_one_that_takes_all_its_people_is_refused(
    first: Band, second: Band, starved: bool
):
    wave = replace(BOOK.waves[0], bands=("a", "b"))
    found = whats(plan.bands_take_someone, replace(BOOK, bands=(first, second), waves=(wave,)))
    assert bool(found) is starved


@pytest.mark.parametrize(
    ("parameter", "what"),
    [
        (Parameter("p", NAME, "minutes", "40"), ""),
        (Parameter("p", NAME, "minutes", "soon"), "no number of minutes"),
        (Parameter("p", NAME, "clock", "22:30"), ""),
        (Parameter("p", NAME, "clock", ""), ""),
        (Parameter("p", NAME, "clock", "24:00"), "no time of day"),
        (Parameter("p", NAME, "text", "x" * 80), ""),
        (Parameter("p", NAME, "text", "x" * 81), "longer than 80"),
        (Parameter("p", NAME, "choice", ""), "a choice of nothing"),
        (Parameter("issued", NAME, "text", ""), "texts already have"),
    ],
)
def test_a_parameter_can_be_filled_in(parameter: Parameter, what: str):
    found = whats(plan.parameters_are_usable, replace(BOOK, parameters=(parameter,)))
    assert bool(found) is bool(what)
    assert what in "".join(found)


@pytest.mark.parametrize(
    ("wave", "what"),
    [
        (Wave("w", NAME, timedelta(0), ("evacuate",), ("sms",)), ""),
        (Wave("w", NAME, timedelta(0), ("evacuate",), ("door",)), ""),
        (Wave("w", NAME, timedelta(0), ("groups",), ("sms",)), "cannot reach the kinds"),
        (Wave("w", NAME, timedelta(0), ("evacuate", "groups"), ("sms",)), ""),
        (Wave("w", NAME, timedelta(minutes=29), ("evacuate",), ("sms",)), ""),
        (
            Wave(
                "w", NAME, timedelta(minutes=10), ("evacuate",), ("sms",),
                repeat=2, every=timedelta(minutes=10),
            ),
            "expired by then",
        ),
    ],
)  # fmt: skip
def test_a_wave_that_can_never_come_is_refused(wave: Wave, what: str):
    first = replace(BOOK.waves[0])
    found = whats(plan.waves_can_come, replace(BOOK, waves=(first, wave)))
    assert bool(found) is bool(what)
    assert what in "".join(found)


def test_roles_of_a_wave_must_be_among_those_of_its_bands():
    night = band("night", STAFF, "site", roles=frozenset({"security"}))
    wave = Wave("w", NAME, timedelta(0), ("night",), ("sms",), roles=frozenset({"region"}))
    book = replace(BOOK, bands=(night,), waves=(wave,))
    assert "no band of it holds staff with these roles" in whats(plan.waves_can_come, book)[0]
    fine = replace(book, waves=(replace(wave, roles=frozenset({"security", "region"})),))
    assert whats(plan.waves_can_come, fine) == []


def test_a_routine_playbook_needs_nobody_at_the_door():
    without = tuple(wave for wave in BOOK.waves if "door" not in wave.channels)
    book = replace(BOOK, waves=without)
    assert whats(plan.life_is_long_enough, book) != []
    assert whats(plan.life_is_long_enough, replace(book, level=plan.Level.P3)) == []


def test_every_cap_field_and_nothing_else():
    assert whats(plan.cap_is_valid, BOOK) == []
    assert len(whats(plan.cap_is_valid, replace(BOOK, cap={}))) == 6


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ({"fill": 2}, ""),
        ({"fill": 1, "fill_roles": frozenset({"security"})}, ""),
        ({"fill_roles": frozenset({"security"})}, "names roles and no number"),
        ({"fill": 1, "after": timedelta(0)}, "nobody can have answered before it"),
        ({"fill": 1, "fill_roles": frozenset({"cook"})}, "nobody with the role 'cook'"),
    ],
)
def test_a_wave_left_out_once_enough_answered_can_be_filled(more: dict[str, object], what: str):
    night = band("night", STAFF, "site", roles=frozenset({"security"}))
    wave = replace(Wave("w", NAME, timedelta(minutes=1), ("night",), ("sms",)), **more)  # type: ignore[arg-type]
    found = whats(plan.fills_can_come, replace(BOOK, bands=(night,), waves=(wave,)))
    assert bool(found) is bool(what)
    assert what in "".join(found)
