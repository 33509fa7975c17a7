"""Every page of the console: its path and the least role that may open it."""

from __future__ import annotations

from starlette.routing import Route

from web import assets
from web.auth import ANYONE, DUTY, VIEWER, Door, routes_of
from web.console import byhand, incidents, launch, logins, registers

DOORS: tuple[Door, ...] = (
    Door("GET", "/", VIEWER, incidents.home),
    Door("GET", "/login", ANYONE, logins.login),
    Door("GET", "/login/once/{token}", ANYONE, logins.once),
    Door("GET", "/launch", DUTY, launch.cards),
    Door("GET", "/launch/{playbook}", DUTY, launch.form),
    Door("GET", "/incidents", VIEWER, incidents.history),
    Door("GET", "/incidents/{id:int}", VIEWER, incidents.board),
    Door("GET", "/incidents/{id:int}/record", VIEWER, incidents.record),
    Door("GET", "/incidents/{id:int}/doors", DUTY, byhand.doors),
    Door("GET", "/roster", DUTY, registers.roster),
    Door("GET", "/screens", VIEWER, registers.screens),
    Door("GET", "/replies", DUTY, registers.replies),
    Door("GET", "/console/replies", DUTY, registers.to_replies),
)

routes: list[Route] = [*assets.routes, *routes_of(DOORS)]
