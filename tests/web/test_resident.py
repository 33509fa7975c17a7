from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.decide.tokens import answer_token
from hub.store import schema as t
from tests.flow.stage import Stage
from tests.web.parts import SECRET, House
from web.resident.nonce import is_fresh, page_nonce

NOW = datetime(2026, 11, 22, 2, 41, tzinfo=UTC)


@dataclass
class Flat:
    """An incident in the house, and the link of its first resident."""

    web: House
    stage: Stage
    token: str

    @property
    def path(self) -> str:
        return f"/a/{self.token}"

    async def nonce(self) -> str:
        async with self.web.client() as client:
            answer = await client.get(self.path, headers={"accept": "application/json"})
        return answer.json()["nonce"]

    async def answers(self) -> list[tuple[int, str]]:
        rows = await self.web.hub.db.read(lambda c: c.execute(t.answers.select()).all())
        return [(row.recipient_id, row.answer) for row in rows]


@pytest.fixture
async def flat(web: House) -> AsyncIterator[Flat]:
    stage = await Stage(web.hub.db).set_up(people=4)
    return Flat(web, stage, answer_token(SECRET, stage.incident, stage.people[0]))


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"])
async def test_looking_is_not_answering(flat: Flat, method):
    async with flat.web.client() as client:
        for query in ("", "?answer=safe", "?lang=en&answer=help"):
            await client.request(method, flat.path + query)
    assert await flat.answers() == []


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
@pytest.mark.parametrize("token", ["x", "A" * 24, "A" * 300, "%2e%2e", "A" * 23 + "%0a"])
async def test_a_link_that_is_not_ours_is_404_before_anything_else(web: House, token, method):
    async with web.client() as client:
        answer = await client.request(method, f"/a/{token}", content=b"\xff not a form")
    assert answer.status_code == 404


async def test_every_bit_of_a_link_counts(flat: Flat):
    async with flat.web.client() as client:
        for place in range(24):
            other = "B" if flat.token[place] != "B" else "C"
            changed = flat.token[:place] + other + flat.token[place + 1 :]
            answer = await client.post(f"/a/{changed}", json={"answer": "safe"})
            assert answer.status_code == 404


async def test_an_answer_needs_the_page_that_was_opened(flat: Flat):
    async with flat.web.client() as client:
        for nonce in ("", "1.abc", await flat.nonce() + "x", page_nonce(SECRET, "other", NOW)):
            body = {"answer": "safe", "nonce": nonce}
            answer = await client.post(flat.path, json=body)
            assert (answer.status_code, answer.json()["code"]) == (422, "nonce")
    assert await flat.answers() == []


async def test_an_answer_by_json_stands(flat: Flat):
    body = {"answer": "help", "nonce": await flat.nonce()}
    async with flat.web.client() as client:
        answer = await client.post(flat.path, json=body)
    assert answer.status_code == 200
    assert answer.json() == {"answer": "help", "people": [flat.stage.people[0]]}
    assert await flat.answers() == [(flat.stage.people[0], "help")]


async def test_an_answer_by_form_goes_back_to_the_page_in_its_language(flat: Flat):
    form = {"answer": "safe", "nonce": await flat.nonce(), "lang": "zh-CN"}
    headers = {"origin": "null", "sec-fetch-site": "cross-site"}
    async with flat.web.client() as client:
        answer = await client.post(flat.path, data=form, headers=headers)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{flat.path}?lang=zh-CN")
    assert "set-cookie" not in answer.headers
    assert await flat.answers() == [(flat.stage.people[0], "safe")]


async def test_an_answer_can_be_changed(flat: Flat):
    nonce = await flat.nonce()
    async with flat.web.client() as client:
        for word in ("help", "safe", "evacuated", "away"):
            answer = await client.post(flat.path, json={"answer": word, "nonce": nonce})
            assert answer.status_code == 200
    assert [word for _who, word in await flat.answers()] == ["help", "safe", "evacuated", "away"]


async def test_a_link_does_not_speak_for_strangers(flat: Flat):
    stranger = flat.stage.people[-1]
    body = {"answer": "safe", "nonce": await flat.nonce(), "person": str(stranger)}
    async with flat.web.client() as client:
        answer = await client.post(flat.path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "person")
    assert await flat.answers() == []


async def test_somebody_on_duty_is_asked_whether_they_are_on_it_and_says_so(flat: Flat):
    await flat.stage.set(t.audience, {"recipient_id": flat.stage.people[0]}, kind="staff")
    async with flat.web.client() as client:
        before = (await client.get(f"{flat.path}?lang=en")).text
        posted = await client.post(flat.path, json={"answer": "seen", "nonce": await flat.nonce()})
        after = {tag: (await client.get(f"{flat.path}?lang={tag}")).text for tag in ("en", "zh-CN")}
    assert 'value="seen"' in before
    assert 'value="safe"' not in before
    assert posted.status_code == 200
    assert await flat.answers() == [(flat.stage.people[0], "seen")]
    assert "You told us: Received, I am on it" in after["en"]
    assert "收到，正在处置" in after["zh-CN"]


@pytest.mark.parametrize("word", ["", "yes", "SAFE", "seen", "1", "safe ", "<script>"])
async def test_a_word_that_is_no_answer_is_refused(flat: Flat, word):
    body = {"answer": word, "nonce": await flat.nonce()}
    async with flat.web.client() as client:
        answer = await client.post(flat.path, json=body)
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["where"] == "answer"
    assert await flat.answers() == []


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'{"answer":"safe","answer":"help"}', "application/json", 400),
        (b"answer=safe&answer=help", "application/x-www-form-urlencoded", 400),
        (b'{"answer":["safe"]}', "application/json", 422),
        (b"\xff\xfe", "application/json", 400),
        (b"answer=safe", "text/plain", 415),
        (b"x" * 20_000, "application/json", 413),
    ],
)
async def test_a_body_that_cannot_be_read_is_refused(flat: Flat, content, kind, status):
    headers = {"content-type": kind, "accept": "application/json"}
    async with flat.web.client() as client:
        answer = await client.post(flat.path, content=content, headers=headers)
    assert answer.status_code == status
    assert await flat.answers() == []


async def test_a_machine_that_does_not_stop_is_told_to_wait(flat: Flat):
    nonce = await flat.nonce()
    said = []
    async with flat.web.client() as client:
        for _ in range(25):
            answer = await client.post(flat.path, json={"answer": "safe", "nonce": nonce})
            said.append(answer.status_code)
    assert said[0] == 200
    assert said[-1] == 429
    assert int(answer.headers["retry-after"]) >= 1


async def test_the_page_works_as_a_form_without_scripts_or_cookies(flat: Flat):
    async with flat.web.client() as client:
        page = await client.get(flat.path)
        assert page.status_code == 200
        assert "set-cookie" not in page.headers
        hidden = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text)
        assert {"nonce", "lang"} <= {name for name, _value in hidden}
        first = dict(reversed(hidden))  # of several forms, the first one
        answer = await client.post(flat.path, data=first | {"answer": "evacuated"})
        assert answer.status_code == 303, answer.text
        back = await client.get(answer.headers["location"])
    assert back.status_code == 200
    assert ("evacuated",) in {(word,) for _who, word in await flat.answers()}


async def test_a_scanner_that_posts_without_reading_the_page_does_nothing(flat: Flat):
    async with flat.web.client() as client:
        answer = await client.post(flat.path, data={"answer": "safe"})
    assert answer.status_code == 422
    assert await flat.answers() == []


async def test_the_page_is_private_and_keeps_its_link_to_itself(flat: Flat):
    async with flat.web.client() as client:
        answer = await client.get(flat.path, headers={"accept": "application/json"})
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "set-cookie" not in answer.headers
    assert not re.search(r"\+44\d+", answer.text)


def test_a_nonce_lives_a_day_and_belongs_to_one_link():
    nonce = page_nonce(SECRET, "link", NOW)
    assert is_fresh(SECRET, "link", nonce, NOW + timedelta(hours=24))
    assert not is_fresh(SECRET, "link", nonce, NOW + timedelta(hours=26))
    assert not is_fresh(SECRET, "link", nonce, NOW - timedelta(hours=2))
    assert not is_fresh(SECRET, "other", nonce, NOW)
    assert not is_fresh(b"another key", "link", nonce, NOW)


@given(st.text(max_size=60))
def test_no_text_is_a_nonce_by_chance(text):
    assert not is_fresh(SECRET, "link", text, NOW)
