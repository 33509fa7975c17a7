from __future__ import annotations

from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.web.parts import House
from web.api.doors import API, DOORS
from web.openapi import ANSWERS, BODIES, KEYED, QUERIES, document


def test_the_document_is_valid_openapi_3_1():
    OpenAPIV31SpecValidator(document()).validate()


def test_every_door_is_described_with_its_role():
    said = document()["paths"]
    for door in DOORS:
        path = door.path.removeprefix(API).replace(":int", "")
        operation = said[path][door.method.lower()]
        assert operation["summary"], path
        assert operation.get("x-role", "anyone") == door.role


def test_nothing_is_described_that_is_not_there():
    doors = {(door.method, door.path.removeprefix(API).replace(":int", "")) for door in DOORS}
    for table in (BODIES, ANSWERS, QUERIES, KEYED):
        assert set(table) <= doors


def test_operations_have_names_of_their_own():
    names = [o["operationId"] for path in document()["paths"].values() for o in path.values()]
    assert len(names) == len(set(names))


async def test_the_document_is_served_to_anyone(web: House):
    async with web.client() as client:
        answer = await client.get("/api/openapi.json")
    assert answer.json() == document()
