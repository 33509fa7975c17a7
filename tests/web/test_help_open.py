"""Ending an incident over the API while people need help."""

from __future__ import annotations

from typing import Any

import pytest

from tests.flow.stage import Stage
from tests.web.parts import House


@pytest.fixture
async def stage(web: House) -> Stage:
    return await Stage(web.hub.db).set_up(people=4)


async def asked(web: House, stage: Stage, *people: int) -> str:
    """These need help, entered by staff; the path of the incident."""
    path = f"/api/v1/incidents/{stage.incident}"
    async with web.client(headers=await web.bearer("duty")) as client:
        for person in people:
            body = {"recipient": stage.people[person], "answer": "help"}
            assert (await client.post(f"{path}/answers", json=body)).status_code == 200
    return path


async def test_the_refusal_has_the_counts_beside_the_problem(web: House, stage: Stage) -> None:
    path = await asked(web, stage, 0, 1)
    async with web.client(headers=await web.bearer("duty")) as client:
        english = await client.post(f"{path}/close")
        chinese = await client.post(f"{path}/close", headers={"accept-language": "zh-CN"})
    assert english.status_code == chinese.status_code == 409
    assert english.headers["content-type"] == "application/problem+json"
    said = english.json()
    assert (said["code"], said["help"]) == ("help_open", 2)
    assert said["help_by"] == {"asked": 0, "marked": 2, "cries": 0}
    assert said["detail"].startswith("Still in need of help: 2 ")
    assert chinese.json()["detail"].startswith("仍有 2 人需要帮助")


@pytest.mark.parametrize(
    "said", [1, 3, "2", True, 2.5, [2], {"asked": 2}, {"marked": "2"}, {"marked": 2, "x": 1}, None]
)
async def test_anything_but_the_number_is_answered_with_what_is(
    web: House, stage: Stage, said: Any
) -> None:
    path = await asked(web, stage, 0, 1)
    async with web.client(headers=await web.bearer("duty")) as client:
        answer = await client.post(f"{path}/close", json={"confirm_help": said})
        assert (answer.status_code, answer.json()["help"]) == (409, 2)
        assert (await client.get(path)).json()["status"] == "open"


@pytest.mark.parametrize("said", [2, {"marked": 2}, {"asked": 0, "marked": 2, "cries": 0}])
async def test_the_number_or_the_counts_close_it(web: House, stage: Stage, said: Any) -> None:
    path = await asked(web, stage, 0, 1)
    async with web.client(headers=await web.bearer("duty")) as client:
        closed = await client.post(f"{path}/close", json={"confirm_help": said})
        again = await client.post(f"{path}/close")
        told = (await client.get(path)).json()
        listed = (await client.get("/api/v1/incidents")).json()["items"][0]
    assert (closed.status_code, again.status_code) == (200, 200)
    assert closed.json() == again.json()
    assert (closed.json()["help_open"], closed.json()["cleared"]) == (2, False)
    for one in (told, listed):
        assert (one["status"], one["cleared"]) == ("closed", False)
        assert one["clear_until"] == closed.json()["clear_until"] is not None


async def test_what_is_open_has_no_end_yet_and_unknown_fields_are_refused(
    web: House, stage: Stage
) -> None:
    path = await asked(web, stage)
    async with web.client(headers=await web.bearer("duty")) as client:
        told = (await client.get(path)).json()
        wrong = await client.post(f"{path}/close", json={"confirm": 1})
    assert (told["cleared"], told["clear_until"]) == (False, None)
    assert (told["tally"]["help"], wrong.status_code) == (0, 422)


async def test_an_incident_is_found_by_its_code(web: House, stage: Stage) -> None:
    async with web.client(headers=await web.bearer("viewer")) as client:
        code = (await client.get(f"/api/v1/incidents/{stage.incident}")).json()["code"]
        found = (await client.get(f"/api/v1/incidents?code={code.lower()}")).json()["items"]
        none = (await client.get("/api/v1/incidents?code=FIRE-9999")).json()["items"]
    assert [one["id"] for one in found] == [stage.incident]
    assert none == []
