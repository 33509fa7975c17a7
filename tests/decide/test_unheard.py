from __future__ import annotations

from typing import Any

from hub.decide.unheard import listed_at_once
from hub.plans import Told, WavePlan


def told(recipient: int, household: int, **more: Any) -> Told:
    given = {"kind": "resident", "band": "evacuate", "place": household}
    return Told(
        recipient=recipient,
        rank=0,
        language="en",
        household=household,
        roles="[]",
        vulnerable=False,
        **(given | more),
    )


def wave(*channels: str, **more: Any) -> WavePlan:
    spec = {"channels": list(channels), "bands": ["evacuate"], **more}
    return WavePlan(no=0, key="w", after_ms=0, spec=spec)


ALONE = told(1, 11)
HEARD = [told(2, 12), told(3, 12)]  # one of the two is reached
NOWHERE = told(4, -4, kind="staff", place=None)
STAYS = told(5, 15, band="hold")
EVERYBODY = [ALONE, *HEARD, NOWHERE, STAYS]
LOST = [ALONE, HEARD[0], NOWHERE, STAYS]


def test_every_home_that_hears_nothing_is_listed_once_whatever_its_band() -> None:
    assert listed_at_once(EVERYBODY, LOST, [wave("door"), wave("door", "sms")]) == 2
    assert listed_at_once(EVERYBODY, LOST, [wave("sms")]) == 2
    assert listed_at_once(EVERYBODY, LOST, []) == 2


def test_a_call_needs_no_place_and_a_wave_in_order_uses_its_first_way_only() -> None:
    assert listed_at_once(EVERYBODY, LOST, [wave("door", "phone")]) == 3
    assert listed_at_once(EVERYBODY, LOST, [wave("door", "phone", mode="first")]) == 2


def test_a_household_of_no_place_has_no_door() -> None:
    lost = [told(6, -6, place=None)]
    assert listed_at_once(lost, lost, [wave("door")]) == 0
