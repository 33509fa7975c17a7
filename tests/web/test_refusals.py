"""Refusals of a launch, and of what is said after it, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hub.decide.params import settle_params
from hub.decide.stages import No
from hub.decide.target import Target, find_target, too_deep
from hub.errors import Conflict, Problem, Refused, Unready
from hub.model import Choice, Kind, LaunchRequest, Parameter
from hub.ports import Traits
from hub.roster.place_path import parse_place
from tests.decide.test_draft import make, two_homes
from tests.decide.test_target import SPOTS, find
from tests.decide.test_wording import FIRE, words
from tests.flow.test_launch_refusals import running
from tests.launch_estate import WHO, Who, open_house, put_estate
from tests.web.parts import House
from web.catalog import LANGUAGES, MARK
from web.problems import of_error
from web.refusals import LISTING, filled, refusals, tell

API: dict[str, Any] = {"type": "http", "path": "/api/v1/incidents", "method": "POST"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")
OWN = ("detail.", "where.", *LISTING)
LAUNCHES = (
    LaunchRequest("nonsense", "3/12"),
    LaunchRequest("fire", "other:3/12"),
    LaunchRequest("fire", "3/12", confirm_people=5),
)


def _typed() -> Iterator[Problem]:
    for kind, value, more in (
        ("text", "", {"required": True}),
        ("text", "x" * 90, {}),
        ("choice", "moon", {"options": (Choice("sun", {}),)}),
        ("minutes", "soon", {}),
        ("clock", "noon", {}),
    ):
        asked = Parameter("it", {"en": "It", "zh-CN": "这项"}, kind, "", **more)  # type: ignore[arg-type]
        yield from settle_params([asked], {"it": value}, settings={})[1]
        yield from settle_params([asked], {"it": "1", "no": "x"}, settings={})[1]
    yield from settle_params([], {"no": "x"}, settings={})[1]


def _places() -> Iterator[Problem]:
    found = [find(one) for one in ("5/2/201", "9", "3/99")]
    found.append(find_target(parse_place("3"), [], {}, site=1))
    for text, depth in (("3/12/1203", "floor"), ("3/12/1203", "building"), ("3", "site")):
        there = find_target(parse_place(text), SPOTS, {}, site=1)
        assert isinstance(there, Target)
        found.append(too_deep(there, depth))  # type: ignore[arg-type]
    yield from (one for one in found if isinstance(one, Problem))
    for text in ("", "x" * 90, "?!:3", "???"):
        yield from _of(lambda text=text: parse_place(text))  # type: ignore[misc]


def _texts() -> Iterator[Problem]:
    long = {"evacuate": {"sms": {"en": {"body": "{{text}}{{text}}{{text}}"}}}}
    live = {**FIRE.words["live"], "alert": long}
    book = replace(FIRE, words={**FIRE.words, "live": live})
    yield from _of(lambda: words(playbook=book, text="x" * 1900))
    yield from _of(lambda: words(playbook=book, text="x" * 2001))
    for unit in ("segments", "bytes", "chars"):
        fits = {"sms": Traits("sms", ("body",), 1, unit)}
        yield from _of(lambda fits=fits: words(playbook=book, text="x" * 100, channels=fits))  # type: ignore[misc]


def _of(ask: Any) -> tuple[Problem, ...]:
    with pytest.raises(Refused) as found:
        ask()
    return found.value.problems


async def _asked(tmp_path: Path) -> list[Problem]:
    """What a launch, and a notice after it, is refused for."""
    found: list[Problem] = []

    async def refused(work: Any) -> None:
        with pytest.raises(Refused) as said:
            await work
        found.extend(said.value.problems)

    home = await open_house(f"sqlite:///{tmp_path / 'none.db'}")
    await refused(home.launch.start(LAUNCHES[1], who=WHO, key=None))
    await refused(home.launch.start(LaunchRequest("fire", "3"), who=WHO, key=None))
    await home.db.close()
    async with running(f"sqlite:///{tmp_path / 'hub.db'}") as home:
        for request in LAUNCHES:
            await refused(home.launch.start(request, who=WHO, key=None))
        await refused(home.launch.start(replace(LAUNCHES[2], place="3/11"), who=WHO, key="\n"))
        begun = await home.launch.start(LaunchRequest("fire", "3/12"), who=WHO, key="k")
        await refused(home.launch.start(LaunchRequest("fire", "3"), who=WHO, key="k"))
        await refused(home.launch.start(LaunchRequest("fire", "3"), who=WHO, key=None))
        other = LaunchRequest("fire", "3", confirm_audience="x")
        await refused(home.launch.start(other, who=WHO, key=None))
        await refused(home.say.notice(begun.id, "party", text="x" * 301, who=WHO, key=None))
        await refused(home.say.notice(begun.id, "update", who=WHO, key=None))
        await refused(home.say.notice(begun.id, "update", text={"ja": "x"}, who=WHO, key=None))
        await home.db.write(lambda c: put_estate(c, ("3/1/101",), (Who("3/1/101"),), key="two"))
        await refused(home.launch.start(LaunchRequest("fire", "3/12"), who=WHO, key=None))
    async with running(f"sqlite:///{tmp_path / 'empty.db'}", ()) as home:
        await refused(home.launch.start(LaunchRequest("fire", "3/12"), who=WHO, key=None))
        drill = LaunchRequest("fire", "3/12", kind=Kind.DRILL)
        await refused(home.launch.start(drill, who=WHO, key=None))
    return found


async def test_every_refusal_has_its_words_in_both_languages_and_none_is_left_over(
    tmp_path: Path,
) -> None:
    found = [*_typed(), *_places(), *_texts(), *await _asked(tmp_path)]
    found += _of(lambda: make("3", Kind.DRILL, estate=two_homes()))
    for problem in found:
        assert filled("en", f"{problem.code}.what", problem.params) == problem.what, problem
        assert filled("en", f"{problem.code}.hint", problem.params) == problem.hint, problem
        told = tell(problem, "zh-CN")
        assert CHINESE.search(told["what"]), told
        assert CHINESE.search(told["hint"]), told
        assert "–" not in told["what"] + told["hint"]
        assert (told["where"], told["code"]) == (problem.where, problem.code)
        assert tell(problem, "en")["what"] == problem.what
    known = {key.rpartition(".")[0] for key in refusals("en") if not key.startswith(OWN)}
    assert {problem.code for problem in found} == known


def test_both_languages_have_the_same_sentences_with_the_same_arguments() -> None:
    english, chinese = (refusals(tag) for tag in ("en", "zh-CN"))
    assert set(LANGUAGES) == {"en", "zh-CN"}
    assert english.keys() == chinese.keys()
    for key, text in english.items():
        assert set(MARK.findall(text)) == set(MARK.findall(chinese[key])), key


def test_every_sentence_of_a_followup_that_cannot_be_said_has_its_chinese() -> None:
    for no in No:
        if no is not No.NONE:
            body = _zh(Conflict(str(no), code=no.name.lower()))
            assert CHINESE.search(body), no


def test_a_roster_that_keeps_changing_is_told_in_chinese() -> None:
    said = "The roster keeps changing just now; try again in a moment."
    assert "名册正在变动" in _zh(Unready(said))
    assert said in of_error({**API, "headers": []}, Unready(said)).body.decode()


def test_what_has_no_words_stays_as_it_is() -> None:
    body = _zh(Refused("no", [Problem("x", "is odd", "mend it")]))
    assert '"is odd"' in body
    odd = Problem("place", "nobody here", "x", code="nobody")
    assert tell(odd, "zh-CN")["what"] == "nobody here", "another sentence than the one translated"


async def test_the_api_answers_a_refused_launch_as_accept_language_asks(web: House) -> None:
    await web.hub.db.write(lambda conn: put_estate(conn, ("3/12/1201",), (Who("3/12/1201"),)))
    asked = {"playbook": "fire", "place": "9", "kind": "live", "params": {"assembly_point": "月球"}}
    async with web.client(headers=await web.bearer("duty")) as client:
        english = await client.post("/api/v1/preview", json=asked)
        headers = {"accept-language": "zh-CN,zh;q=0.9,en;q=0.5"}
        chinese = await client.post("/api/v1/preview", json=asked, headers=headers)
    plain, told = english.json(), chinese.json()
    assert (english.status_code, chinese.status_code) == (422, 422)
    assert plain["problems"][0]["what"] == "there is no place 9"
    assert plain["detail"].startswith("This cannot be launched: place: there is no place 9")
    first = told["problems"][0]
    assert (first["where"], first["label"]) == ("place", "地点")
    assert first["what"] == "没有 9 这个地点"
    assert told["detail"].startswith("无法启动：地点：没有 9 这个地点")
    assert [one["code"] for one in plain["problems"]] == [one["code"] for one in told["problems"]]


def _zh(error: Exception) -> str:
    headers = [(b"accept-language", b"zh-CN")]
    return bytes(of_error({**API, "headers": headers}, error).body).decode()
