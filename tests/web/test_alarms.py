from __future__ import annotations

import httpx2
import pytest

from hub.decide.alarms import Alarm, AlarmKind
from hub.store.alarms import AlarmLedger
from hub.store.processes import ProcessLedger
from tests.web.parts import House

ONE = Alarm("no_worker", AlarmKind.NO_WORKER, {"lanes": ["urgent"], "since_s": 30})


async def test_alarms_are_listed_with_words_and_acknowledged_by_the_desk(web: House) -> None:
    await AlarmLedger(web.hub.db).settle([ONE])
    viewer, duty = await web.bearer("viewer"), await web.bearer("duty")
    async with httpx2.AsyncClient(base_url=web.at.url) as client:
        found = (await client.get("/api/v1/alarms", headers=viewer)).json()
        (alarm,) = found["items"]
        path = f"/api/v1/alarms/{alarm['id']}/acknowledge"
        refused = await client.post(path, headers=viewer)
        seen = await client.post(path, headers=duty)
        unknown = await client.post("/api/v1/alarms/99999/acknowledge", headers=duty)
        metrics = (await client.get("/metrics")).text

    assert found["audited"] is True
    assert (alarm["kind"], alarm["severity"]) == ("no_worker", "critical")
    assert set(alarm["words"]) == {"zh-CN", "en"}
    assert (refused.status_code, unknown.status_code) == (403, 404)
    assert seen.json()["acknowledged_by"]
    assert seen.json()["cleared_at"] is None
    assert 'muster_alarms{kind="no_worker"} 1.0' in metrics


async def test_without_an_audit_no_alarm_is_no_good_news(web: House) -> None:
    viewer = await web.bearer("viewer")
    async with httpx2.AsyncClient(base_url=web.at.url) as client:
        found = (await client.get("/api/v1/alarms", headers=viewer)).json()

    assert found["items"] == []
    assert found["audited"] is False


@pytest.mark.parametrize("path", ["/api/v1/alarms", "/api/v1/alarms/1/acknowledge"])
async def test_nobody_reads_or_acknowledges_without_a_login(web: House, path: str) -> None:
    method = "POST" if path.endswith("acknowledge") else "GET"
    async with httpx2.AsyncClient(base_url=web.at.url) as client:
        answer = await client.request(method, path, headers={"accept": "application/json"})

    assert answer.status_code == 401


async def test_metrics_say_how_each_process_finds_each_account(web: House) -> None:
    said = {"channel": "sms", "state": "open", "failures": 7}
    about = {"role": "worker", "host": "h", "pid": 1, "version": "1"}
    state = {"accounts": {"twilio": said, "older release": {"calls": 1}}}
    await ProcessLedger(web.hub.db).beat("p1", about, swept_s=1, state=state)
    async with httpx2.AsyncClient(base_url=web.at.url) as client:
        metrics = (await client.get("/metrics")).text

    labels = 'account="twilio",channel="sms",process="p1"'
    assert f"muster_account_breaker{{{labels}}} 2.0" in metrics
    assert f"muster_account_failures{{{labels}}} 7.0" in metrics
