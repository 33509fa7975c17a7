"""What a site says of itself, in the terminal: shown, and set from a file."""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from hub.commands.calls import reached
from hub.commands.client import Client
from hub.commands.output import say
from hub.errors import Problem, Refused
from hub.settings import Settings

TOLD = ("defaults", "warnings")
"""What stands in an answer beside the fields."""


async def run_show(settings: Settings, key: str, *, json_: bool) -> int:
    """One site, or the only one there is; without a key where there are several: all."""
    async with reached(settings) as client:
        found = await _chosen(client, key) if key else await _all(client)
    if len(found) == 1:
        say(found[0], json_=json_, words=lambda: _words(found[0]))
    else:
        document = {"items": found}
        say(document, json_=json_, words=lambda: "\n\n".join(map(_words, found)))
    return 0


async def run_set(settings: Settings, file: str, *, key: str, json_: bool) -> int:
    """The fields of the file are so, whole or not at all. What `site show --json` printed can be
    changed and given back."""
    fields = read_fields(file)
    async with reached(settings) as client:
        key = key or str(fields.get("key") or await _only(client))
        body = {name: said for name, said in fields.items() if name not in TOLD}
        made = await client.call("PATCH", f"/sites/{quote(key, safe='')}", body)
    say(made, json_=json_, words=lambda: f"{_words(made)}\nSet.")
    return 0


def read_fields(file: str) -> dict[str, Any]:
    """The object in a file of JSON or TOML; `-` is standard input."""
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"{file} cannot be read: {error}.", code="file") from error
    read = json.loads if _is_json(file, text) else tomllib.loads
    try:
        found = read(text)
    except (json.JSONDecodeError, tomllib.TOMLDecodeError) as error:
        hint = "write JSON, or TOML in a file that ends in .toml"
        raise Refused(f"{file} cannot be read.", [Problem(file, str(error), hint)]) from error
    if not isinstance(found, dict):
        raise Refused(f"{file} holds no object.", [Problem(file, "holds no object", '{"name": …}')])
    return found


def _is_json(file: str, text: str) -> bool:
    return not file.lower().endswith(".toml") and text.lstrip()[:1] in {"{", "[", '"'}


async def _all(client: Client) -> list[dict[str, Any]]:
    keys = [str(one["key"]) for one in (await client.call("GET", "/sites"))["items"]]
    return [one for key in keys for one in await _chosen(client, key)]


async def _chosen(client: Client, key: str) -> list[dict[str, Any]]:
    found: dict[str, Any] = await client.call("GET", f"/sites/{quote(key, safe='')}")
    return [found]


async def _only(client: Client) -> str:
    keys = [str(one["key"]) for one in (await client.call("GET", "/sites"))["items"]]
    if len(keys) != 1:
        what, hint = f"there are {len(keys)} sites", f"say --site KEY: {', '.join(keys)}"
        raise Refused("It is not said which site.", [Problem("site", what, hint)])
    return keys[0]


def _words(found: Mapping[str, Any]) -> str:
    points = [
        f"{_said(one['name'])} ({one['key']}; {', '.join(one['places']) or 'all'})"
        for one in found["assembly_points"]
    ]
    plans = ", ".join(f"{b}: {plan}" for b, plan in found["evacuation"]["buildings"].items())
    drills = ", ".join(found["drills"]["buildings"])
    rows = {
        "name": _said(found["name"]),
        "sms_signature": _said(found["sms_signature"]),
        "source": _said(found["source"]),
        "country": f"{found['country']}, {found['timezone']}, {', '.join(found['languages'])}",
        "emergency": ", ".join(f"{k} {_number(n)}" for k, n in found["emergency"].items()),
        "assembly_points": "; ".join(points),
        "evacuation": found["evacuation"]["plan"] + (f" ({plans})" if plans else ""),
        "drills": found["drills"]["who"] + (f" ({drills})" if drills else ""),
    }
    lines = [f"{found['key']}, version {found['version']}"]
    lines += [f"  {name:<16} {said}" for name, said in rows.items()]
    lines += [f"  ! {one['text']['en']}" for one in found["warnings"]]
    return "\n".join(lines)


def _said(words: Any) -> str:
    return " / ".join(words.values()) if isinstance(words, Mapping) else str(words)


def _number(said: Any) -> str:
    return f"{_said(said['name'])} {said['number']}" if isinstance(said, Mapping) else str(said)
