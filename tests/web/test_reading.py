from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import Refused
from tests.web.parts import House
from web.api.models import AnswerBody, LaunchBody
from web.api.reading import Malformed, checked, parse_object

TEXT = st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner),
    max_leaves=8,
)


@given(st.dictionaries(TEXT, JSON, max_size=5))
def test_every_json_object_is_read_as_written(value):
    assert parse_object(json.dumps(value).encode()) == value


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused_in_words(body):
    try:
        assert isinstance(parse_object(body), dict)
    except Malformed:
        return


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b'"x"', b"1", b"{", b"{'a':1}", b'{"a":NaN}', b'{"a":1}x', b"\xff\xfe{}"],
)
def test_what_is_not_one_json_object_is_refused(body):
    with pytest.raises(Malformed):
        parse_object(body)


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":1,"a":2}',
        b'{"a":{"b":1,"b":1}}',
        b"[" * 100_000,
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":"\\ud800"}',
        b'{"\\uDFFF":1}',
        b'{"a":["x\\u0000y"]}',
    ],
)
def test_what_could_be_read_in_two_ways_or_not_kept_is_refused(body):
    with pytest.raises(Malformed):
        parse_object(body)


def test_the_name_of_nul_is_not_nul():
    assert parse_object(b'{"a":"\\\\u0000"}') == {"a": "\\u0000"}


def test_a_letter_written_as_two_halves_is_a_letter():
    assert parse_object(b'{"a":"\\ud83d\\ude00"}') == {"a": "\U0001f600"}


async def test_an_address_with_nul_is_400(web: House):
    async with web.client(headers=await web.bearer("duty")) as client:
        assert (await client.get("/a/%00")).status_code == 404, "a bad link before all else"
        for path in ("/api/v1/recipients?search=%00", "/api/v1/screens/pairings/%00"):
            answer = await client.post(path, json={}) if "pair" in path else await client.get(path)
            assert answer.status_code == 400


def test_a_key_that_stands_twice_is_named():
    with pytest.raises(Malformed) as refused:
        parse_object(b'{"place":"3","place":"4"}')
    assert refused.value.problems[0].where == "place"


def test_every_wrong_field_is_named_at_once():
    with pytest.raises(Refused) as refused:
        checked(LaunchBody, {"place": 7, "kind": "real", "announce": "maybe", "plaice": "3"})
    assert {p.where for p in refused.value.problems} == {
        "playbook",
        "place",
        "kind",
        "announce",
        "plaice",
    }
    assert refused.value.status == 422


@pytest.mark.parametrize("recipient", [0, -1, "1", 1.5, None, True, 2**60])
def test_an_id_is_a_positive_number_and_nothing_else(recipient):
    with pytest.raises(Refused):
        checked(AnswerBody, {"recipient": recipient, "answer": "safe"})


def test_parameters_become_texts():
    body = checked(LaunchBody, {"playbook": "fire", "place": "3", "params": {"n": 5, "on": True}})
    assert body.request().params == {"n": "5", "on": "true"}


async def test_who_comes_before_what(web: House):
    async with web.client() as client:
        for content in (b"{", b"", b"[]", b"\xff"):
            answer = await client.post("/api/v1/incidents", content=content)
            assert answer.status_code == 401
        viewer = await web.bearer("viewer")
        answer = await client.post("/api/v1/incidents", content=b"{", headers=viewer)
        assert answer.status_code == 403


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"{}", "application/json", 422),
        (b"playbook=fire", "application/x-www-form-urlencoded", 415),
        (b'{"playbook":"fire","place":"3","kind":"x"}', "application/json", 422),
        (b'{"playbook":"no such","place":"3"}', "application/json; charset=utf-8", 422),
    ],
)
async def test_a_launch_that_cannot_be_is_refused_and_nothing_is_there(web, content, kind, status):
    headers = await web.bearer("duty") | {"content-type": kind}
    async with web.client(headers=headers) as client:
        for path in ("/api/v1/incidents", "/api/v1/preview"):
            answer = await client.post(path, content=content)
            assert answer.status_code == status, path
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["detail"]
        assert (await client.get("/api/v1/incidents")).json()["items"] == []


async def test_a_roster_must_be_a_file(web: House):
    headers = await web.bearer("duty")
    async with web.client(headers=headers) as client:
        none = await client.post("/api/v1/roster", files={"other": ("a.csv", b"x")})
        empty = await client.post("/api/v1/roster", files={"file": ("a.csv", b"")})
        large = await client.post("/api/v1/roster", content=b"x" * (20 * 1024 * 1024 + 1))
    assert (none.status_code, empty.status_code, large.status_code) == (400, 400, 413)
