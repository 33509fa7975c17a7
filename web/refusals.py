"""A refusal in its reader's language: looked up by its code, never put together from pieces.

The English sentences are made where the problem is found; a translation is taken only where it is
one of exactly these, so that nothing is said in one language that is not said in the other. Those
with a code have their words in `refused.*.json`; all others that a person can meet stand in
`said.*.json`, by the English sentence, with `{…}` for what is filled in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from hub.errors import Problem
from web.catalog import FOLDER, MARK

LISTING = ("launch", "notice")
"""Codes of refusals whose `detail` is made of their problems."""

FILES = "roster_"
"""How the codes begin whose `detail` is what their one problem says of the file."""


@cache
def refusals(language: str) -> Mapping[str, str]:
    """Every sentence of a refusal by its key."""
    found: dict[str, str] = json.loads((FOLDER / f"refused.{language}.json").read_text("utf-8"))
    return found


@cache
def _sentences(language: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """English sentences of this language's `said` file as patterns, the most exact first."""
    file = FOLDER / f"said.{language}.json"
    found: dict[str, str] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    plainest = sorted(found, key=lambda text: (text.count("{"), -len(text)))
    return tuple((_pattern(text), found[text]) for text in plainest)


def _pattern(text: str) -> re.Pattern[str]:
    """The sentence with anything where it has `{…}`."""
    parts = re.split(r"\{(\w+)\}", text)
    exact = [re.escape(one) if at % 2 == 0 else f"(?P<{one}>.+)" for at, one in enumerate(parts)]
    return re.compile("".join(exact), re.DOTALL)


def said_in(text: str, language: str) -> str:
    """A sentence of ours in this language; as it stands where there are no words for it."""
    for pattern, own in _sentences(language) if text else ():
        found = pattern.fullmatch(text)
        if found:
            return _with(own, found.groupdict())
    return text


def _with(text: str, params: Mapping[str, str]) -> str:
    return MARK.sub(lambda mark: params.get(mark[1], "–"), text)


def tell(problem: Problem, language: str) -> dict[str, str]:
    """The problem as the API says it, in this language where it has its words."""
    what, hint = problem.what, problem.hint
    if language != "en" and language in problem.words:
        what, hint = problem.words[language], ""
    elif language != "en" and filled("en", f"{problem.code}.what", problem.params) == what:
        what = filled(language, f"{problem.code}.what", problem.params) or what
        hint = filled(language, f"{problem.code}.hint", problem.params) or hint
    what, hint = said_in(what, language), said_in(hint, language)
    return {
        "where": problem.where,
        "what": what,
        "hint": hint,
        "code": problem.code,
        "label": _label(problem, language),
    }


def sentence(detail: str, told: Sequence[Mapping[str, Any]], language: str, *, code: str) -> str:
    """The refusal in one sentence; as it stands where this language has no words for it."""
    if language == "en":
        return detail
    if code in LISTING and told:
        said = [f"{one['label'] or one['where']}：{one['what']}" for one in told]
        return filled(language, code, {"said": "；".join(said)}) or detail
    if code.startswith(FILES) and len(told) == 1 and told[0]["where"] == "file":
        return str(told[0]["what"])
    key = next((key for key, text in refusals("en").items() if text == detail), "")
    return refusals(language).get(key) or said_in(detail, language)


def filled(language: str, key: str, params: Mapping[str, str]) -> str | None:
    """The sentence with its arguments, or None where there is none."""
    text = refusals(language).get(key)
    return None if text is None else _with(text, _own(params, language))


def _own(params: Mapping[str, str], language: str) -> dict[str, str]:
    """Arguments, with those in place that have words in this language (`place@zh-CN`)."""
    end = f"@{language}"
    own = {key.removesuffix(end): text for key, text in params.items() if key.endswith(end)}
    return {**params, **own}


def _label(problem: Problem, language: str) -> str:
    return problem.label.get(language) or refusals(language).get(f"where.{problem.where}", "")
