from __future__ import annotations

import pytest
from starlette.exceptions import HTTPException

from hub.errors import Conflict, Defect, NotKnown, Problem, Refused, TooMany, Unknown, Unready
from tests.web.parts import House
from web.problems import of_error, wants_json

API = {"type": "http", "path": "/api/v1/x", "headers": [], "method": "GET", "request_id": "r1"}
PAGE = API | {"path": "/incidents", "headers": [(b"accept", b"text/html,*/*")]}


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Refused("no"), 422),
        (Unknown("no"), 404),
        (Conflict("no"), 409),
        (NotKnown("no"), 401),
        (TooMany("no", retry_after=7), 429),
        (Unready("no"), 503),
        (Defect("a secret"), 500),
        (ValueError("a secret"), 500),
        (HTTPException(405, headers={"allow": "GET"}), 405),
    ],
)
def test_every_error_has_its_status(error, status):
    answer = of_error(API, error)
    assert answer.status_code == status
    assert answer.media_type == "application/problem+json"
    assert b"a secret" not in answer.body


def test_problems_are_named_field_by_field():
    answer = of_error(API, Refused("no", [Problem("place", "is not known", "write 3/12")]))
    assert b'"where": "place"' in answer.body


def test_when_to_come_back_is_said():
    assert of_error(API, TooMany("no", retry_after=7)).headers["retry-after"] == "7"
    assert "retry-after" in of_error(API, Unready("no")).headers
    assert of_error(API, NotKnown("no")).headers["www-authenticate"] == "Bearer"


def test_people_get_a_page_in_both_languages_with_nothing_of_ours_in_it():
    answer = of_error(PAGE, Refused("<b>no</b>", [Problem("<i>", "<u>")]))
    text = answer.body.decode()
    assert answer.media_type == "text/html"
    assert "无法按此执行" in text
    assert "&lt;b&gt;no&lt;/b&gt;" in text
    assert "<i>" not in text
    assert "style=" not in text
    assert "<script" not in text


def test_a_browser_that_posts_a_form_is_no_program():
    form = (b"content-type", b"application/x-www-form-urlencoded")
    assert not wants_json(PAGE | {"headers": [form, (b"accept", b"text/html")]})
    assert wants_json(PAGE | {"headers": [(b"content-type", b"application/json")]})
    assert wants_json(PAGE | {"headers": [(b"accept", b"application/json")]})


async def test_what_is_not_there_is_404_for_programs_and_people(web: House):
    async with web.client() as client:
        program = await client.get("/api/v1/nothing")
        person = await client.get("/nothing", headers={"accept": "text/html"})
        wrong = await client.put("/api/v1/incidents", json={})
    assert (program.status_code, program.json()["code"]) == (404, "unknown")
    assert person.status_code == 404
    assert person.headers["content-type"].startswith("text/html")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method")


async def test_a_defect_tells_the_caller_a_number_and_no_more(web: House):
    web.hub.estate = None  # a hub that is wired wrongly
    async with web.client(headers=await web.bearer("viewer")) as client:
        answer = await client.get("/api/v1/estate")
    assert answer.status_code == 500
    assert answer.headers["x-request-id"] in answer.json()["detail"]
    assert "NoneType" not in answer.text
