"""A phase, a court or an estate alone is a place to launch at."""

from __future__ import annotations

import pytest

from hub.decide.layout import layout
from hub.errors import Refused
from hub.model import LaunchRequest, Site, SiteId, Stage
from hub.roster.change import place_entry
from hub.store.estates import EstateLedger
from hub.store.placed import as_json
from hub.store.places import put_places
from tests.launch_estate import WHO, House, Who, open_house, put_estate, put_person
from tests.roster.files import read_rows

ROWS = (
    ("东苑3栋", "1203", "张三", "13800000001"),
    ("东苑4栋", "101", "李四", "13800000002"),
    ("西苑3栋", "1203", "王五", "13800000003"),
    ("Phase 2 Tower 1", "501", "赵六", "13800000004"),
)


async def _estate(url: str) -> House:
    home = await open_house(url)
    reading = read_rows(*ROWS)

    def put(conn):
        put_estate(conn, (), ())
        known = put_places(conn, 1, [place_entry(row) for row in reading.places])
        for row in reading.people:
            way = ("sms", row.addresses[0].value)
            put_person(conn, 1, known[row.place.path], Who(ways=[way]))

    await home.db.write(put)
    return home


@pytest.mark.parametrize(
    ("asked", "path", "people"),
    [("东苑", "东苑", 2), ("西苑", "西苑", 1), ("Phase 2", "PHASE2", 1), ("phase2", "PHASE2", 1)],
)
async def test_a_group_is_launched_at(
    database_url: str, asked: str, path: str, people: int
) -> None:
    home = await _estate(database_url)
    try:
        request = LaunchRequest("power-outage", asked)
        assert (await home.launch.preview(request)).people == people
        made = await home.launch.start(request, who=WHO, key="one")
        assert made.people == people
        assert await home.one("SELECT place FROM incidents") == path
        await home.run("UPDATE deliveries SET state = 'delivered'")
        said = await home.say.notice(1, Stage.ALL_CLEAR, who=WHO, key="over")
        assert said.deliveries == people
        texts = await home.rows("SELECT parts FROM wordings WHERE channel = 'sms'")
        said_of = {"PHASE2": "2期"}.get(path, path)
        assert any(said_of in str(as_json(row[0])) for row in texts)
    finally:
        await home.db.close()


async def test_groups_are_drawn_and_named_where_no_place_is_meant(database_url: str) -> None:
    home = await _estate(database_url)
    try:
        with pytest.raises(Refused) as refused:
            await home.launch.preview(LaunchRequest("power-outage", "南苑"))
        assert "东苑" in refused.value.problems[0].hint
        places = await EstateLedger(home.db).places(1)
        drawn = layout(Site(SiteId(1), "main", {}, {}, 1), places, [], occupied=())
        assert {one["path"]: one["buildings"] for one in drawn["groups"]} == {
            "东苑": ["东苑3", "东苑4"], "西苑": ["西苑3"], "PHASE2": ["PHASE2.1"],
        }  # fmt: skip
        names = {one["path"]: one["name"] for one in drawn["groups"]}
        assert names["PHASE2"] == {"zh-CN": "2期", "en": "Phase 2"}
    finally:
        await home.db.close()
