"""The whole API as one table: method, path, least role. A route that is not in it is not served."""

from __future__ import annotations

from web.api import alarms, estate, incidents, people, playbooks, replies, screens
from web.auth import ADMIN, ANYONE, DUTY, VIEWER, Door

API = "/api/v1"

DOORS: tuple[Door, ...] = (
    Door("POST", f"{API}/preview", DUTY, incidents.preview),
    Door("GET", f"{API}/incidents", VIEWER, incidents.list_incidents),
    Door("POST", f"{API}/incidents", DUTY, incidents.launch),
    Door("GET", f"{API}/incidents/{{id:int}}", VIEWER, incidents.incident),
    Door("GET", f"{API}/incidents/{{id:int}}/deliveries", VIEWER, incidents.deliveries),
    Door("GET", f"{API}/incidents/{{id:int}}/events", VIEWER, incidents.events),
    Door("GET", f"{API}/incidents/{{id:int}}/board", VIEWER, incidents.board),
    Door("GET", f"{API}/incidents/{{id:int}}/flats/{{unit:int}}", DUTY, incidents.flat),
    Door("GET", f"{API}/incidents/{{id:int}}/people/{{recipient:int}}", DUTY, incidents.person),
    Door("POST", f"{API}/incidents/{{id:int}}/notices", DUTY, incidents.notice),
    Door("POST", f"{API}/incidents/{{id:int}}/notices/preview", DUTY, incidents.notice_preview),
    Door("POST", f"{API}/incidents/{{id:int}}/stop", DUTY, incidents.stop),
    Door("POST", f"{API}/incidents/{{id:int}}/close", DUTY, incidents.close),
    Door("POST", f"{API}/incidents/{{id:int}}/answers", DUTY, incidents.answer),
    Door("POST", f"{API}/incidents/{{id:int}}/tasks/{{task:int}}", DUTY, incidents.task),
    Door("GET", f"{API}/incidents/{{id:int}}/doors", DUTY, incidents.doors),
    Door("GET", f"{API}/incidents/{{id:int}}/doors/blocks", DUTY, incidents.door_blocks),
    Door("GET", f"{API}/incidents/{{id:int}}/doors/{{task:int}}", DUTY, incidents.door),
    Door("POST", f"{API}/incidents/{{id:int}}/calls", DUTY, incidents.call),
    Door("GET", f"{API}/estate", VIEWER, estate.layout),
    Door("GET", f"{API}/recipients", DUTY, estate.recipients),
    Door("POST", f"{API}/recipients", DUTY, estate.add_recipient),
    Door("GET", f"{API}/recipients/{{id:int}}", DUTY, estate.recipient),
    Door("PATCH", f"{API}/recipients/{{id:int}}", DUTY, estate.change_recipient),
    Door("DELETE", f"{API}/recipients/{{id:int}}", DUTY, estate.remove_recipient),
    Door("DELETE", f"{API}/recipients/{{id:int}}/opt-out", DUTY, estate.let_in),
    Door("GET", f"{API}/repairs", DUTY, estate.repairs),
    Door("GET", f"{API}/repairs/count", DUTY, estate.how_many_repairs),
    Door("DELETE", f"{API}/repairs/{{id:int}}", DUTY, estate.mend),
    Door("POST", f"{API}/roster", DUTY, estate.import_roster),
    Door("GET", f"{API}/playbooks", VIEWER, playbooks.list_playbooks),
    Door("GET", f"{API}/screens", VIEWER, screens.list_screens),
    Door("POST", f"{API}/screens/pairings", ANYONE, screens.add_pairing),
    Door("POST", f"{API}/screens/pairings/claim", ANYONE, screens.claim),
    Door("POST", f"{API}/screens/pairings/{{code}}", DUTY, screens.confirm),
    Door("DELETE", f"{API}/screens/{{recipient:int}}/device", DUTY, screens.unpair),
    Door("GET", f"{API}/replies", DUTY, replies.list_replies),
    Door("POST", f"{API}/replies/{{id:int}}", DUTY, replies.settle),
    Door("GET", f"{API}/alarms", VIEWER, alarms.list_alarms),
    Door("POST", f"{API}/alarms/{{id:int}}/acknowledge", DUTY, alarms.acknowledge),
    Door("POST", f"{API}/live/tickets", VIEWER, people.add_ticket),
    Door("GET", f"{API}/session", VIEWER, people.session),
    Door("GET", f"{API}/tokens", ADMIN, people.list_tokens),
    Door("POST", f"{API}/tokens", ADMIN, people.add_token),
    Door("DELETE", f"{API}/tokens/{{id:int}}", ADMIN, people.remove_token),
    Door("POST", f"{API}/logins", ADMIN, people.add_login),
    Door("GET", f"{API}/users", ADMIN, people.list_users),
    Door("POST", f"{API}/users", ADMIN, people.put_user),
)

LOGINS: tuple[Door, ...] = (
    Door("POST", "/login", ANYONE, people.log_in),
    Door("POST", "/login/once", ANYONE, people.log_in_once),
    Door("POST", "/login/once/{token}", ANYONE, people.log_in_once),
    Door("POST", "/logout", ANYONE, people.log_out),
)
