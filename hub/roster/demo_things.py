"""Staff, screens and chat groups of the demo estate."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hub.model import PlaceKind, RecipientKind, Words
from hub.roster.demo_names import family_names
from hub.roster.demo_values import DemoRecipient
from hub.roster.values import AddressRow, PlaceRow

POSTS: Mapping[str, int] = {
    "duty_manager": 2,
    "deputy": 1,
    "project_manager": 1,
    "region": 1,
    "control_room": 3,
    "security": 6,
    "engineering": 3,
    "customer_service": 2,
}
"""Staff of the whole site by role; each building has a steward besides."""

_DOORS: tuple[Words, ...] = (
    {"zh-CN": "东门", "en": "East door"},
    {"zh-CN": "西门", "en": "West door"},
    {"zh-CN": "南门", "en": "South door"},
    {"zh-CN": "北侧消防通道", "en": "North fire exit"},
)
_GROUPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("all-staff", "全体员工群 · All staff", ()),
    (
        "management",
        "管理组群 · Management",
        ("duty_manager", "deputy", "project_manager", "region"),
    ),
    ("security", "秩序维护群 · Security", ("security", "control_room")),
    ("engineering", "工程群 · Engineering", ("engineering",)),
    ("customer-service", "客服群 · Customer service", ("customer_service", "steward")),
    ("owners", "业委会群 · Owners' committee", ()),
)


def staff(
    buildings: Sequence[str], numbers: Iterator[str], *, chance: random.Random
) -> tuple[DemoRecipient, ...]:
    """Everyone who works there: site posts first, then one steward per building, at its place."""
    posts = [
        (role, f"{role}-{n}", "") for role, count in POSTS.items() for n in range(1, count + 1)
    ]
    posts += [("steward", f"steward-{b}", b) for b in buildings]
    return tuple(
        DemoRecipient(
            ref=f"staff:{key}",
            kind=RecipientKind.STAFF,
            name=family_names("zh-CN", 1, chance=chance)[0],
            place=place,
            language="en" if role == "region" else "zh-CN",
            roles=(role,),
            addresses=(AddressRow("sms", next(numbers)),),
        )
        for role, key, place in posts
    )


def stewards(people: Sequence[DemoRecipient]) -> dict[str, str]:
    """Building → ref of its steward."""
    return {p.place: p.ref for p in people if "steward" in p.roles}


def screens(
    places: Sequence[PlaceRow], assembly: Sequence[str], *, chance: random.Random
) -> tuple[DemoRecipient, ...]:
    """One screen in every lobby and lift car and at every gate and meeting place."""
    kinds = {PlaceKind.LOBBY, PlaceKind.LIFT, PlaceKind.SPOT}
    return tuple(
        DemoRecipient(
            ref=f"screen:{place.path}",
            kind=RecipientKind.SCREEN,
            name=f"{place.name['zh-CN']} · {place.name['en']}",
            place=place.path,
            language="zh-CN",
            addresses=(AddressRow("screen", f"screen:{place.path}"),),
            way=_way(place, assembly, chance=chance),
        )
        for place in places
        if place.kind in kinds
    )


def _way(place: PlaceRow, assembly: Sequence[str], *, chance: random.Random) -> dict[str, Any]:
    """Where to go from this screen: nearest assembly point, the same for a whole building."""
    number = int(place.building) if place.building.isdigit() else len(place.path)
    door = _DOORS[2] if place.kind is PlaceKind.SPOT else chance.choice(_DOORS)
    return {
        "arrow": chance.choice(("left", "right", "ahead", "back")),
        "door": dict(door),
        "metres": chance.randrange(10, 95, 5),
        "assembly": assembly[number % len(assembly)],
    }


def groups(buildings: Sequence[str], *, chance: random.Random) -> tuple[DemoRecipient, ...]:
    """A residents' group per building, then the staff groups; robot keys are visibly invented."""
    titles = [(f"tower-{b}", f"{b}栋业主群 · Tower {b} residents", b, ()) for b in buildings]
    others = [(key, title, "", roles) for key, title, roles in _GROUPS]
    return tuple(
        DemoRecipient(
            ref=f"group:{key}",
            kind=RecipientKind.GROUP,
            name=title,
            place=place,
            language="zh-CN",
            roles=roles,
            addresses=(AddressRow("wecom", _robot_key(chance=chance)),),
        )
        for key, title, place, roles in [*titles, *others]
    )


def _robot_key(*, chance: random.Random) -> str:
    return f"00000000-0000-4000-8000-{chance.randrange(16**12):012x}"
