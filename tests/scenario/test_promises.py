"""One served hub, a simulated provider, a real roster: what is promised to those who rely on it."""

from __future__ import annotations

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import httpx2
import pytest
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from channels.twilio_signature import HEADER, sign
from tests.processes import AUTH, MUSTER, SID, free_port, muster, running, until
from tests.scenario.conftest import House
from tests.scenario.estates import IN_SMALL, phones

LINK = re.compile(r"/a/([A-Za-z0-9_-]{24})(?=\s|$)")
SCANNERS = (
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "WhatsApp/2.23.20.0",
    "facebookexternalhit/1.1",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120 Safari/537.36 MicroMessenger",
)
BODY = {"playbook": "power-outage", "place": "2", "kind": "live"}


def is_problem(answer: httpx2.Response) -> bool:
    said = answer.json()
    kind = answer.headers["content-type"].partition(";")[0]
    return (
        kind == "application/problem+json"
        and said["status"] == answer.status_code
        and bool(said["title"] and said["detail"] and said["code"])
    )


def link_of(house: House, to: str) -> str:
    """The newest link a phone got."""
    bodies = (text["body"] for text in house.texts() if text["to"] == to)
    found = LINK.search(next(bodies))
    assert found is not None
    return f"{house.url}/a/{found.group(1)}"


# ── one launch, one incident ──


def test_twenty_clicks_at_once_make_one_incident(house: House) -> None:
    before = len(house.world.accepted())
    with ThreadPoolExecutor(20) as people:
        made = list(people.map(lambda _: house.launch("clicked"), range(20)))
    assert len({(one["id"], one["code"]) for one in made}) == 1
    house.settled(made[0]["id"])
    told = [entry.to for entry in house.world.accepted()[before:]]
    assert sorted(told) == sorted(phones("2") | phones(kind="员工"))


def test_a_used_key_with_another_body_clashes(house: House) -> None:
    first = house.launch("taken once")
    other = house.client.post(
        "/incidents", json={**BODY, "place": "1"}, headers={"Idempotency-Key": "taken once"}
    )
    assert other.status_code == 409
    assert is_problem(other)
    assert house.launch("taken once")["id"] == first["id"]


def test_who_comes_before_the_key_and_the_key_before_the_content(house: House) -> None:
    house.launch("order")
    key = {"Idempotency-Key": "order"}
    wrong = {**BODY, "place": "99/99"}
    with httpx2.Client(base_url=house.client.base_url, timeout=30) as nobody:
        assert nobody.post("/incidents", json=wrong, headers=key).status_code == 401
        viewer = {**key, "Authorization": f"Bearer {house.viewer}"}
        assert nobody.post("/incidents", json=wrong, headers=viewer).status_code == 403
    for other in (wrong, {**BODY, "kind": "no such kind"}, {}):
        assert house.client.post("/incidents", json=other, headers=key).status_code == 409, other
    fresh = house.client.post("/incidents", json=wrong, headers={"Idempotency-Key": "fresh"})
    assert fresh.status_code == 422
    assert "place" in {problem["where"] for problem in fresh.json()["problems"]}


# ── bad input changes nothing ──


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"playbook": "flood"}, "playbook"),
        ({"place": "77"}, "place"),
        ({"place": ""}, "place"),
        ({"confirm_people": 1}, "confirm_people"),
        ({"kind": "rehearsal"}, "kind"),
        ({"surprise": 1}, "surprise"),
        ({"params": {"eta": "half past never"}}, "params.eta"),
    ],
)
def test_what_cannot_be_launched_is_refused_by_field(
    house: House, change: dict[str, object], where: str
) -> None:
    before = house.get("/incidents", limit=1)["items"][:1]
    answer = house.client.post("/incidents", json={**BODY, **change})
    assert answer.status_code == 422
    assert is_problem(answer)
    assert where in {problem["where"] for problem in answer.json()["problems"]}, answer.text
    assert [one["id"] for one in house.get("/incidents", limit=1)["items"]] == [
        one["id"] for one in before
    ]


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        (b'{"place": "2", "place": "3"}', 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b'{"playbook": NaN}', 400),
        (b'{"playbook": "' + b"x" * 2_000_000 + b'"}', 413),
    ],
    ids=["torn", "list", "twice", "no text", "deep", "nan", "too large"],
)
def test_a_body_that_cannot_be_read_is_a_problem(house: House, content: bytes, status: int) -> None:
    answer = house.client.post(
        "/incidents", content=content, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == status
    assert is_problem(answer)


def test_a_topic_that_is_not_known_is_refused_and_the_socket_goes_on(house: House) -> None:
    ticket = house.client.post("/live/tickets").json()["ticket"]
    url = house.url.replace("http", "ws") + "/live"
    with connect(url, subprotocols=[Subprotocol("muster.v1")], open_timeout=60) as socket:
        socket.send(json.dumps({"op": "hello", "ticket": ticket}))
        assert json.loads(socket.recv(30))["op"] == "welcome"
        for topic in ("weather:1", "incident:987654", "incident:x", ""):
            socket.send(json.dumps({"op": "watch", "topic": topic}))
            assert json.loads(socket.recv(30))["op"] == "refused", topic
        socket.send('{"op":"ping"}')
        assert json.loads(socket.recv(30))["op"] == "pong"


def test_a_second_process_on_one_folder_is_refused(house: House) -> None:
    env = {**house.env, "MUSTER_BIND": f"127.0.0.1:{free_port()}"}
    second = muster("serve", env=env)
    assert second.returncode == 1
    assert str(house.process.popen.pid) in second.stderr
    assert house.env["MUSTER_DATA"] in second.stderr
    assert "Traceback" not in second.stderr


# ── drills ──


def _ended(house: House) -> None:
    """Nothing real is open: no drill begins beside it."""
    for one in house.client.get("/incidents").json()["items"]:
        if one["status"] == "closed":
            continue
        house.client.post(f"/incidents/{one['id']}/stop")
        needed = house.client.get(f"/incidents/{one['id']}").json()["tally"]["help"]
        body = {"confirm_help": needed}
        said = house.client.post(f"/incidents/{one['id']}/close", json=body)
        assert said.status_code == 200, said.text


def test_a_drill_reaches_its_participants_alone_and_every_text_says_so(house: House) -> None:
    _ended(house)
    before = len(house.texts())
    made = house.launch("drill", place="all", kind="drill")
    house.settled(made["id"])
    texts = house.texts()[: len(house.texts()) - before]
    taking_part = phones(drill="是") | phones(kind="员工", drill="是")
    assert {text["to"] for text in texts} == taking_part
    for text in texts:
        assert "演练" in text["body"] or re.search(r"\bdrill\b", text["body"], re.IGNORECASE)
        assert "DRILL" in text["body"] or "【演练】" in text["body"]


# ── looking is not acknowledging; forged input changes nothing ──


def test_looking_at_a_link_never_answers_and_pressing_a_button_does(house: House) -> None:
    made = house.launch("links")
    house.settled(made["id"])
    link = link_of(house, sorted(phones("2"))[1])
    before = house.state(made["id"])
    with httpx2.Client(timeout=30) as scanner:
        for agent in SCANNERS:
            headers = {"User-Agent": agent, "Purpose": "prefetch"}
            for method in ("GET", "HEAD"):
                for url in (link, f"{link}?answer=safe", f"{link}?answer=help&person=all"):
                    assert scanner.request(method, url, headers=headers).status_code == 200
    assert house.state(made["id"]) == before

    page = httpx2.get(link, headers={"Accept": "application/json"}, timeout=30).json()
    form = {"answer": "safe", "nonce": page["nonce"]}
    assert httpx2.post(link, data=form, timeout=30).status_code == 303
    until(lambda: house.state(made["id"])[0]["tally"]["answered"] == 1, within=60, what="answered")
    httpx2.post(link, data={**form, "answer": "help"}, timeout=30)
    until(
        lambda: house.state(made["id"])[0]["tally"]["answers"]["help"] == 1,
        within=60,
        what="the answer was changed",
    )


def test_a_link_that_was_tampered_with_is_404_whatever_is_posted(house: House) -> None:
    made = house.launch("tampered")
    house.settled(made["id"])
    link = link_of(house, sorted(phones("2"))[2])
    head, token = link.rsplit("/", 1)
    before = house.state(made["id"])
    with httpx2.Client(timeout=30) as stranger:
        for at in range(len(token)):
            forged = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
            assert stranger.get(f"{head}/{forged}").status_code == 404
            assert stranger.post(f"{head}/{forged}", content=b"\xff").status_code == 404
    assert house.state(made["id"]) == before


def test_a_forged_signature_changes_nothing(house: House) -> None:
    made = house.launch("forged")
    house.settled(made["id"])
    before = house.state(made["id"])
    taken = house.world.accepted()[-1]
    path = f"/hooks/sms_twilio/receipts/{taken.callback}"
    form = {"MessageSid": taken.sid, "MessageStatus": "undelivered", "ErrorCode": "30003"}
    reply = {"From": taken.to, "Body": "2", "MessageSid": "SM1", "AccountSid": SID}
    good = sign(AUTH.encode(), house.env["MUSTER_PUBLIC_URL"] + path, form.items())
    for where, fields, signature in (
        (path, form, ""),
        (path, form, sign(b"another token", house.env["MUSTER_PUBLIC_URL"] + path, form.items())),
        (path, {**form, "MessageStatus": "failed"}, good),
        (path + "x", form, good),
        ("/hooks/sms_twilio/replies", reply, good),
        ("/hooks/nobody/replies", reply, good),
    ):
        headers = {HEADER: signature, "Content-Type": "application/x-www-form-urlencoded"}
        answer = httpx2.post(
            house.url + where, content=urlencode(fields), headers=headers, timeout=30
        )
        assert answer.status_code == 403, (where, answer.text)
    assert house.state(made["id"]) == before


# ── stop, and the last word ──


def test_a_stop_ends_sending_and_the_correction_finds_those_who_may_have_got_the_alert(
    house: House,
) -> None:
    before = len(house.world.accepted())
    made = house.launch("stopped", place="1")
    until(lambda: len(house.world.accepted()) > before + 5, within=60, what="the first texts")
    stopped = house.client.post(f"/incidents/{made['id']}/stop")
    said = time.time()
    assert stopped.status_code == 200
    rows = house.settled(made["id"])

    alerted = house.world.accepted()[before:]
    assert max(entry.ts for entry in alerted) / 1000 < said + 5
    untold = [row for row in rows if row["state"] == "cancelled"]
    assert untold, "it was stopped too late to see anything"
    assert {row["reason"] for row in untold} == {"stopped"}
    assert stopped.json()["untold"] >= len(untold)  # what was under way may still arrive
    assert len(alerted) + len(untold) == len(rows)

    middle = len(house.world.accepted())
    spoken = house.client.post(
        f"/incidents/{made['id']}/notices", json={"stage": "correction", "text": "看错了"}
    )
    assert spoken.status_code == 202, spoken.text
    house.settled(made["id"])
    corrected = sorted(entry.to for entry in house.world.accepted()[middle:])
    assert corrected == sorted(entry.to for entry in alerted)


def test_the_all_clear_goes_to_everyone_who_was_told_once_per_number(house: House) -> None:
    before = len(house.world.accepted())
    made = house.launch("cleared")
    house.settled(made["id"])
    told = sorted(entry.to for entry in house.world.accepted()[before:])
    assert len(told) == IN_SMALL - 1 + 2  # the couple's phone got one text
    middle = len(house.world.accepted())
    for _ in range(3):
        spoken = house.client.post(
            f"/incidents/{made['id']}/notices",
            json={"stage": "all_clear"},
            headers={"Idempotency-Key": "clear"},
        )
        assert spoken.status_code == 202, spoken.text
    house.settled(made["id"])
    assert sorted(entry.to for entry in house.world.accepted()[middle:]) == told


def test_watching_from_a_terminal_ends_when_the_incident_is_closed(
    house: House, tmp_path: Path
) -> None:
    made = house.launch("watched")
    words = [*MUSTER, "watch", str(made["id"]), "--json"]
    env = {**house.env, "TZ": "America/New_York"}
    with running(words, env=env, folder=tmp_path, name="watch") as watch:
        watch.says("people ")
        house.settled(made["id"])
        closed = house.client.post(f"/incidents/{made['id']}/close")
        assert closed.status_code == 200, closed.text
        assert watch.popen.wait(60) == 0
        document = json.loads(watch.out.read_text("utf-8"))
        assert (document["id"], document["status"]) == (made["id"], "closed")
        # The site's time with its date, wherever the terminal stands.
        here = (datetime.now(UTC) + timedelta(hours=8)).strftime("%Y-%m-%d")
        assert re.search(rf"^{here} \d\d:\d\d:\d\d  ", watch.said, re.MULTILINE)


# ── nothing of all this stands in a log ──


def test_the_log_of_the_run_holds_no_number_no_token_and_no_text(house: House) -> None:
    log = house.process.said
    assert "incident" in log or "web" in log, "there is nothing to look through"
    assert "Traceback" not in log
    everyone = phones() | phones(kind="员工")
    texts = house.texts()
    tokens = {found for text in texts for found in LINK.findall(text["body"])}
    assert tokens
    for secret in (*tokens, house.duty, house.viewer, AUTH, "看错了", "住户甲"):
        assert secret not in log
    for number in everyone:
        assert number[-9:] not in log
    for words in {text["body"][:24] for text in texts}:
        assert words not in log


def test_it_stops_within_fifteen_seconds_when_asked(house: House) -> None:
    code, seconds = house.process.stop()
    assert code == 0
    assert seconds < 45  # fifteen, and three times that on a machine with much else to do
