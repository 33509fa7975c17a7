from __future__ import annotations

from hub.decide.answers import Given
from hub.model import AnswerWord, Kind, LaunchRequest
from hub.store.answers import AnswerLedger
from hub.store.lists import ListLedger
from tests.launch_estate import WHO, House, Who, open_house, put_estate
from tests.store.plans import heard

PLACES = ("3/12/1201", "3/12/1202")
PEOPLE = tuple(Who(place, ways=[("sms", f"+1555010{i}")]) for i, place in enumerate(PLACES))


async def _fire(house: House) -> int:
    await house.db.write(lambda conn: put_estate(conn, PLACES, PEOPLE))
    request = LaunchRequest("fire", "3/12", Kind.LIVE, again=True)
    return (await house.launch.start(request, who=WHO, key=None)).id


async def test_a_listed_incident_is_counted_anew_when_somebody_has_answered(
    house_url: str,
) -> None:
    house = await open_house(house_url)
    try:
        incident, lists = await _fire(house), ListLedger(house.db)
        first = (await lists.incidents(status="", limit=5, after=0))["items"][0]
        assert first["tally"]["answered"] == 0
        given = Given(incident, 1, AnswerWord.SAFE, "link", "recipient:1")
        await AnswerLedger(house.db).take(given)
        again = (await lists.incidents(status="", limit=5, after=0))["items"][0]
        assert again["tally"]["answered"] == again["tally"]["answers"]["safe"] == 1
    finally:
        await house.db.close()


async def test_an_incident_that_stands_still_is_not_counted_twice(house_url: str) -> None:
    house = await open_house(house_url)
    try:
        await _fire(house)
        lists = ListLedger(house.db)
        first = await lists.incidents(status="", limit=5, after=0)
        with heard() as found:
            assert await lists.incidents(status="open", limit=5, after=0) == first
        assert not [sql for sql in found.statements if "count(*) AS people" in sql]
    finally:
        await house.db.close()
