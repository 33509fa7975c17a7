"""People for a trial: a file as a property manager has it, with numbers kept for fiction."""

from __future__ import annotations

import csv
import io
import random

from hub.roster.demo_numbers import handsets

HEADERS = ("楼栋", "房号", "姓名", "手机", "语言", "类型", "参加演练")
BUILDINGS = 3
STAFF = 4
ON_A_FLOOR = 6
HIGHEST = 60  # floors, about: where more people live, more live on each


def roster(people: int, *, seed: int) -> bytes:
    """`people` residents in three buildings, some of whom share a number, and four on duty."""
    chance = random.Random(seed)
    numbers = handsets(people + STAFF, chance=chance)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADERS)
    for person in range(people):
        building, home = person % BUILDINGS + 1, person // BUILDINGS
        floor, flat = home // _wide(people) + 1, home % _wide(people) + 1
        shared = person >= BUILDINGS and chance.random() < 0.05
        number = numbers[person - BUILDINGS] if shared else numbers[person]
        language = "en" if chance.random() < 0.3 else "中文"
        unit = f"{floor}{flat:02}"
        writer.writerow((str(building), unit, f"住户{person}", number, language, "住户", "否"))
    for one in range(STAFF):
        writer.writerow(("", "", f"值班{one}", numbers[people + one], "中文", "员工", "是"))
    return out.getvalue().encode()


def floors(people: int) -> int:
    """So many floors each of the buildings has."""
    return max(1, -(-(people // BUILDINGS) // _wide(people)))


def _wide(people: int) -> int:
    """Flats on a floor."""
    return max(ON_A_FLOOR, people // BUILDINGS // HIGHEST)
