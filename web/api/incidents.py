"""Incidents: preview, launch, what stands, and what is said and done next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub.errors import Problem, Refused
from hub.flow import veiled
from hub.model import Answer, IncidentId, RecipientId
from hub.states import DeliveryState, IncidentState
from web.api.models import AnswerBody, CallBody, CloseBody, LaunchBody, NoticeBody, TaskBody
from web.api.reading import body_of, count, idempotency_key, limit, number
from web.auth import actor_of, sees_people
from web.base import base_of
from web.house import house


async def preview(request: Request) -> Response:
    """POST /preview: what a launch would do; nothing is written."""
    body = await body_of(request, LaunchBody)
    found = await house(request).launch.preview(body.request())
    return JSONResponse(found.to_json())


async def launch(request: Request) -> Response:
    """POST /incidents: 202 when the incident is durable; the same key gives the first answer."""
    hub, key = house(request), idempotency_key(request)
    try:
        body = await body_of(request, LaunchBody)
    except Refused:
        await hub.launch.unused(key)  # the key is looked at before the body is
        raise
    made = await hub.launch.start(body.request(), who=actor_of(request), key=key)
    said = {
        "id": made.id,
        "code": made.code,
        "kind": str(body.kind),
        "people": made.people,
        "deliveries": made.deliveries,
        "watch": "/live",
        "url": f"{base_of(request.scope)}/incidents/{made.id}",
    }
    headers = {"location": f"/api/v1/incidents/{made.id}"}
    if made.repeated:
        headers["idempotent-replayed"] = "true"
    return JSONResponse(said, 202, headers)


async def list_incidents(request: Request) -> Response:
    """GET /incidents: newest first; `code`: the one that has it."""
    found = await house(request).watch.incidents(
        _choice(request, "status", IncidentState),
        code=request.query_params.get("code", "")[:32],
        limit=limit(request),
        after=count(request, "after", default=0),
    )
    return JSONResponse(found)


async def incident(request: Request) -> Response:
    """GET /incidents/{id}: status, tally, last seq; nothing that depends on the clock."""
    found = await house(request).watch.incident(number(request, "id"))
    return JSONResponse(found if sees_people(request) else veiled.incident(found))


async def deliveries(request: Request) -> Response:
    """GET /incidents/{id}/deliveries: by id, addresses masked; whose they are is for duty."""
    found = await house(request).watch.deliveries(
        number(request, "id"),
        state=_choice(request, "state", DeliveryState),
        channel=request.query_params.get("channel", "")[:32],
        after=count(request, "after", default=0),
        limit=limit(request),
    )
    return JSONResponse(_shown(request, found, veiled.delivery))


async def events(request: Request) -> Response:
    """GET /incidents/{id}/events: after `since`, oldest first, without gaps."""
    found = await house(request).watch.events(
        number(request, "id"), since=count(request, "since", default=0), limit=limit(request)
    )
    return JSONResponse(_shown(request, found, veiled.event))


async def board(request: Request) -> Response:
    """GET /incidents/{id}/board: the snapshot frame of the websocket."""
    found = (await house(request).watch.board(number(request, "id"))).to_json()
    if not sees_people(request):
        return JSONResponse(veiled.frame(found))
    await house(request).accounts.looked(actor_of(request), f"incident:{number(request, 'id')}")
    return JSONResponse(found)


async def flat(request: Request) -> Response:
    """GET /incidents/{id}/flats/{unit}: a household with names; looking is recorded."""
    hub, who, incident_id = house(request), actor_of(request), number(request, "id")
    unit = number(request, "unit")
    found = await hub.watch.flat(incident_id, unit)
    await hub.accounts.audit(who, "flat_look", f"incident:{incident_id}", {"place": unit})
    return JSONResponse(found)


async def person(request: Request) -> Response:
    """GET /incidents/{id}/people/{recipient}: somebody without a flat; looking is recorded."""
    hub, who, incident_id = house(request), actor_of(request), number(request, "id")
    recipient = number(request, "recipient")
    found = await hub.watch.person(incident_id, recipient)
    about = {"recipient": recipient}
    await hub.accounts.audit(who, "person_look", f"incident:{incident_id}", about)
    return JSONResponse(found)


async def notice(request: Request) -> Response:
    """POST /incidents/{id}/notices: 202 when what is said next is durable."""
    hub, incident_id, key = house(request), number(request, "id"), idempotency_key(request)
    try:
        body = await body_of(request, NoticeBody)
    except Refused:
        await hub.say.unused(incident_id, key)  # the key is looked at before the body is
        raise
    said = await hub.say.notice(
        incident_id,
        body.stage,
        text=body.text,
        untranslated=body.untranslated,
        confirm_help=body.confirm_help,
        who=actor_of(request),
        key=key,
    )
    made = {"notice": said.notice, "revision": said.revision, "deliveries": said.deliveries}
    return JSONResponse(made, 202)


async def notice_preview(request: Request) -> Response:
    """POST /incidents/{id}/notices/preview: what would be said, and to how many; writes nothing."""
    body = await body_of(request, NoticeBody)
    found = await house(request).say.preview(number(request, "id"), body.stage, text=body.text)
    return JSONResponse(found.to_json())


async def stop(request: Request) -> Response:
    """POST /incidents/{id}/stop: nothing more is sent; whom that leaves untold."""
    stopped = await house(request).say.stop(number(request, "id"), who=actor_of(request))
    return JSONResponse({"untold": stopped.untold})


async def close(request: Request) -> Response:
    """POST /incidents/{id}/close: the record is final; what was left open."""
    body = await body_of(request, CloseBody) if await request.body() else CloseBody()
    closed = await house(request).say.close(
        number(request, "id"), who=actor_of(request), confirm_help=body.confirm_help
    )
    return JSONResponse(closed.to_json())


async def answer(request: Request) -> Response:
    """POST /incidents/{id}/answers: an answer on someone's behalf."""
    body, who = await body_of(request, AnswerBody), actor_of(request)
    given = Answer(
        IncidentId(number(request, "id")),
        RecipientId(body.recipient),
        body.answer,
        "staff",
        {"by": who.id},
    )
    await house(request).answer.take(given, who=who, once=None)
    return JSONResponse({"recipient": body.recipient, "answer": str(body.answer)})


async def task(request: Request) -> Response:
    """POST /incidents/{id}/tasks/{task}: who has it, how it went."""
    body = await body_of(request, TaskBody)
    if not body.model_fields_set - {"was"}:
        problem = Problem("state", "is missing", "give state, assigned or outcome")
        raise Refused("Nothing to change was given.", [problem], code="invalid")
    done = await house(request).tasks.change(
        number(request, "id"),
        number(request, "task"),
        state=body.state,
        assigned=body.assigned,
        outcome=body.outcome,
        was=body.was,
        who=actor_of(request),
    )
    return JSONResponse(done)


async def doors(request: Request) -> Response:
    """GET /incidents/{id}/doors: the doors to knock at and calls to make, by id."""
    found = await house(request).tasks.doors(
        number(request, "id"),
        state=request.query_params.get("state", "")[:32],
        block=request.query_params.get("block", "")[:60],
        after=count(request, "after", default=0),
        limit=limit(request),
    )
    await house(request).accounts.looked(actor_of(request), f"incident:{number(request, 'id')}")
    return JSONResponse(found)


async def door_blocks(request: Request) -> Response:
    """GET /incidents/{id}/doors/blocks: how many there are in each building or entrance."""
    return JSONResponse(await house(request).tasks.blocks(number(request, "id")))


async def door(request: Request) -> Response:
    """GET /incidents/{id}/doors/{task}: the household with names and numbers; looking is
    recorded."""
    hub, who, incident_id = house(request), actor_of(request), number(request, "id")
    task_id = number(request, "task")
    found = await hub.tasks.door(incident_id, task_id)
    await hub.accounts.audit(who, "door_look", f"incident:{incident_id}", {"task": task_id})
    return JSONResponse(found)


async def call(request: Request) -> Response:
    """POST /incidents/{id}/calls: an outside call stands in the record."""
    body = await body_of(request, CallBody)
    done = await house(request).tasks.called(
        number(request, "id"), number=body.number, who=actor_of(request)
    )
    return JSONResponse(done)


def _shown(
    request: Request, page: Mapping[str, Any], one: Callable[[Mapping[str, Any]], Mapping[str, Any]]
) -> Mapping[str, Any]:
    """A page of a list as this reader may see it."""
    if sees_people(request):
        return page
    return {**page, "items": [one(item) for item in page["items"]]}


def _choice(request: Request, name: str, choices: type[DeliveryState | IncidentState]) -> str:
    """A state named in the query, "" for none; Refused for a word that is none."""
    value = request.query_params.get(name, "")
    if value and value not in {str(choice) for choice in choices}:
        known = ", ".join(str(choice) for choice in choices)
        problem = Problem(name, f"{value[:40]!r} is not known", f"one of {known}")
        raise Refused(f"The query is wrong: {name}.", [problem], code="invalid")
    return value
