"""A refusal in its reader's language: looked up by its code, never put together from pieces.

The English sentences are made where the problem is found; a translation is taken only where it is
one of exactly these, so that nothing is said in one language that is not said in the other.
"""

from __future__ import annotations

import json
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


def tell(problem: Problem, language: str) -> dict[str, str]:
    """The problem as the API says it, in this language where it has its words."""
    what, hint = problem.what, problem.hint
    if language != "en" and language in problem.words:
        what, hint = problem.words[language], ""
    elif language != "en" and filled("en", f"{problem.code}.what", problem.params) == what:
        what = filled(language, f"{problem.code}.what", problem.params) or what
        hint = filled(language, f"{problem.code}.hint", problem.params) or hint
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
    return refusals(language).get(key, detail)


def filled(language: str, key: str, params: Mapping[str, str]) -> str | None:
    """The sentence with its arguments, or None where there is none."""
    text = refusals(language).get(key)
    return None if text is None else MARK.sub(lambda mark: params.get(mark[1], "–"), text)


def _label(problem: Problem, language: str) -> str:
    return problem.label.get(language) or refusals(language).get(f"where.{problem.where}", "")
