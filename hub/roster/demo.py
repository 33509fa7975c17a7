"""The demo estate: Riverside Gardens (滨江花园), the same for the same seed.

All names are invented and all numbers are reserved for fiction (`demo_numbers`).
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from hub.errors import Problem, Refused
from hub.model import Words
from hub.roster.demo_numbers import MOST, handsets
from hub.roster.demo_people import households, residents
from hub.roster.demo_shape import estate_places, shape
from hub.roster.demo_things import POSTS, groups, screens, staff, stewards
from hub.roster.demo_values import DemoSite, Estate

KEY = "riverside"
NAME: Words = {"zh-CN": "滨江花园", "en": "Riverside Gardens"}
SETTINGS: Mapping[str, Any] = {
    "country": "CN",
    "languages": ["zh-CN", "en"],
    "timezone": "Asia/Shanghai",
    "sms_signature": "滨江物业",
    "source": {"zh-CN": "滨江物业", "en": "Riverside Property"},
    "assembly_points": [
        {"key": "south-lawn", "name": {"zh-CN": "2号门南草坪", "en": "South lawn by gate 2"}},
        {"key": "north-plaza", "name": {"zh-CN": "北门广场", "en": "North gate plaza"}},
        {"key": "east-court", "name": {"zh-CN": "东侧篮球场", "en": "East basketball court"}},
    ],
    "emergency": {"fire": "119", "ambulance": "120", "police": "110"},
    "evacuation": "site_plan",
}
FEWEST = 2


def demo_estate(people: int = 1900, *, seed: int = 7) -> Estate:
    """An estate of exactly `people` residents, with staff, screens and chat groups besides.

    About 1,900 live in six towers of 30 floors with 4 flats each; fewer in low houses, more in up
    to 20 towers of unequal height. Raises Refused where fiction has too few numbers.
    """
    most = MOST - sum(POSTS.values()) - 20
    if not FEWEST <= people <= most:
        what = f"A demo estate has {FEWEST} to {most:,} residents; {people:,} were asked for"
        raise Refused(what, [Problem("people", what, f"use a number up to {most:,}")])
    chance = random.Random(seed)
    towers = shape(people, chance=chance)
    places = estate_places(towers, name=NAME)
    numbers = handsets(people + sum(POSTS.values()) + len(towers), chance=chance)
    keys = [t.key for t in towers]
    workers = staff(keys, iter(numbers[people:]), chance=chance)
    homes = households([h for t in towers for h in t.homes], people, chance=chance)
    assembly = [p["key"] for p in SETTINGS["assembly_points"]]
    return Estate(
        site=DemoSite(KEY, NAME, SETTINGS),
        places=places,
        recipients=(
            *residents(homes, numbers[:people], stewards=stewards(workers), chance=chance),
            *workers,
            *screens(places, assembly, chance=chance),
            *groups(keys, chance=chance),
        ),
    )
