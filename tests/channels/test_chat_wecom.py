"""The post a WeCom robot gets, and what its answers mean."""

from __future__ import annotations

import json

import pytest

from channels.chat_wecom import CODES, WecomAccount, WecomRobot, compose, outcome
from channels.http import Answer
from hub.errors import Refused
from hub.model import Outcome, Verdict
from hub.states import Reason
from tests.channels.parts import NOW, Fixed, parcel

KEY = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"


def _robot(**settings: object) -> WecomRobot:
    return WecomRobot(WecomAccount.read(settings), clock=Fixed())


def _order(robot: WecomRobot, **parts: str) -> dict[str, object]:
    made = robot._order(parcel(to=KEY, parts=parts), now=NOW)
    assert isinstance(made, bytes)
    order: dict[str, object] = json.loads(made)
    return order


def test_text_is_the_default_form() -> None:
    assert _order(_robot(), title="火警", body="走楼梯") == {
        "msgtype": "text",
        "text": {"content": "火警\n走楼梯"},
    }


def test_everyone_can_be_mentioned_in_text() -> None:
    order = _order(_robot(mention_all=True), title="", body="走楼梯")
    assert order["text"] == {"content": "走楼梯", "mentioned_list": ["@all"]}


def test_markdown_makes_the_title_a_heading() -> None:
    assert compose({"title": "Fire", "body": "Go"}, form="markdown") == "### Fire\nGo"


@pytest.mark.parametrize(("form", "limit"), [("text", 2048), ("markdown", 4096)])
def test_bytes_are_counted_not_characters(form: str, limit: int) -> None:
    robot = _robot(form=form)
    fits = robot._order(parcel(to=KEY, parts={"body": "a" * limit}), now=NOW)
    over = robot._order(parcel(to=KEY, parts={"body": "火" * (limit // 3 + 1)}), now=NOW)
    assert isinstance(fits, bytes)
    assert over == Outcome(Verdict.REFUSED, Reason.TOO_LONG, code="too_long")
    assert robot.traits.limit == limit


@pytest.mark.parametrize("key", ["", "a b", "../x", "k&key=other", "k" * 200])
def test_a_malformed_key_is_refused_before_any_request(key: str) -> None:
    came = _robot()._order(parcel(to=key), now=NOW)
    assert isinstance(came, Outcome)
    assert came.reason is Reason.BAD_ADDRESS


def test_what_is_too_old_is_refused() -> None:
    came = _robot()._order(parcel(to=KEY, expires_at=NOW), now=NOW)
    assert isinstance(came, Outcome)
    assert came.reason is Reason.TOO_OLD


@pytest.mark.parametrize("code", sorted(CODES))
def test_the_code_in_the_body_decides(code: int) -> None:
    came = outcome(Answer(200, {}, json.dumps({"errcode": code}).encode()), now=NOW)
    assert (came.verdict, came.reason) == CODES[code]


def test_a_robot_that_was_too_fast_waits_its_window() -> None:
    came = outcome(Answer(200, {}, b'{"errcode": 45009}'), now=NOW)
    assert (came.verdict, came.retry_after) == (Verdict.RETRY, 60.0)


def test_an_unknown_code_is_refused_as_unknown_with_its_word() -> None:
    came = outcome(Answer(200, {}, b'{"errcode": 77777, "errmsg": "?"}'), now=NOW)
    assert came == Outcome(Verdict.REFUSED, Reason.UNKNOWN, code="77777")


@pytest.mark.parametrize("body", [b"", b"ok", b"[]", b'{"errcode": "0"}', b'{"errcode": true}'])
def test_a_200_without_a_code_is_unsure(body: bytes) -> None:
    assert outcome(Answer(200, {}, body), now=NOW).verdict is Verdict.UNSURE


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (429, Verdict.RETRY),
        (500, Verdict.UNSURE),
        (502, Verdict.UNSURE),
        (302, Verdict.REFUSED),
        (404, Verdict.REFUSED),
    ],
)
def test_other_statuses_decide_by_themselves(status: int, verdict: Verdict) -> None:
    assert outcome(Answer(status, {}, b'{"errcode": 0}'), now=NOW).verdict is verdict


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(Refused, match="form"):
        WecomAccount.read({"form": "html"})


def test_traits_bind_the_pace_to_the_robot() -> None:
    traits = _robot().traits
    assert (traits.per, traits.pace, traits.personal, traits.receipts) == (
        "address",
        20 / 60,
        False,
        False,
    )


@pytest.mark.parametrize(
    ("word", "loud"), [(True, True), ("true", True), ("1", True), ("false", False), (None, False)]
)
def test_mentioning_everyone_is_asked_for_in_so_many_words(word: object, loud: bool) -> None:
    assert WecomAccount.read({"mention_all": word}).mention_all is loud
