"""Texts of a site as people write them: by language, on one line, with nothing hidden in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hub.decide.marks import has_unwanted, plain
from hub.errors import Problem
from hub.flow.site_words import problem
from hub.model import Words
from hub.tags import base, tag_fault, tidy_tag

LEAST_SIGNATURE, MOST_SIGNATURE = 2, 20
"""Characters of a signature: what providers of mainland China approve."""

_BRACKETS = "【】[]［］「」〔〕()（）<>《》{}"


def tag_problem(where: str, tag: str) -> Problem | None:
    """What is wrong with a language's tag."""
    meant = tag_fault(tag)
    if meant is None:
        return None
    right = f"write {meant}" if meant else "write a tag, such as zh-CN or en"
    return problem(where, "tag", value=repr(tag[:20]), right=right)


def only(where: str, said: Mapping[str, Any], known: Sequence[str], out: list[Problem]) -> None:
    """Nothing but these parts stands in an object."""
    strange = sorted(part for part in said if part not in known)
    listed = ", ".join(known)
    out += (problem(f"{where}.{part[:30]}", "unknown", known=listed) for part in strange)


def read_words(
    where: str, given: Any, known: Words, out: list[Problem], *, limit: int
) -> dict[str, str]:
    """`known` with the languages that are named; an empty text or null takes a language away."""
    if not isinstance(given, Mapping):
        out.append(problem(where, "words"))
        return dict(known)
    found = dict(known)
    for tag, said in given.items():
        path = f"{where}.{tag[:20]}"
        wrong = tag_problem(path, tag)
        if wrong is not None:
            out.append(wrong)
        elif said is None or said == "":
            found.pop(tidy_tag(tag), None)
        else:
            found[tidy_tag(tag)] = read_line(path, said, out, limit=limit)
    if not found:
        out.append(problem(where, "no_words"))
    return found


def read_line(where: str, said: Any, out: list[Problem], *, limit: int) -> str:
    """One line of text; never one that hides or turns round what it says."""
    if not isinstance(said, str):
        out.append(problem(where, "text"))
        return ""
    text = plain(said)
    if has_unwanted(said) or "\n" in said.strip() or "\ufffd" in said:
        out.append(problem(where, "unseen"))
    elif not text:
        out.append(problem(where, "no_words"))
    elif len(text) > limit:
        out.append(problem(where, "long", count=str(len(text)), limit=str(limit)))
    return text


def read_signature(
    known: Mapping[str, Any], given: Any, out: list[Problem]
) -> tuple[str, dict[str, str]]:
    """The signature of Chinese texts, and those of other languages. A text alone is the Chinese
    one; "" is none."""
    if isinstance(given, str):
        return _chinese("sms_signature", given, out), {}
    if not isinstance(given, Mapping):
        out.append(problem("sms_signature", "words"))
        return "", {}
    chinese = str(known.get("sms_signature") or "")
    others = dict(known.get("sms_signatures") or {})
    for tag, said in given.items():
        where = f"sms_signature.{tag[:20]}"
        wrong = tag_problem(where, tag)
        if wrong is not None:
            out.append(wrong)
        elif base(tag) == "zh":
            chinese = _chinese(where, said or "", out)
        elif said is None or said == "":
            others.pop(tidy_tag(tag), None)
        else:
            others[tidy_tag(tag)] = _other(where, said, out)
    return chinese, others


def _chinese(where: str, said: Any, out: list[Problem]) -> str:
    if said == "":
        return ""
    text = read_line(where, said, out, limit=MOST_SIGNATURE)
    bare = "".join(c for c in text if c not in _BRACKETS).strip()
    if bare != text:
        out.append(problem(where, "brackets", right=bare))
    elif text and len(text) < LEAST_SIGNATURE:
        counts = {"least": str(LEAST_SIGNATURE), "limit": str(MOST_SIGNATURE)}
        out.append(problem(where, "short", count=str(len(text)), **counts))
    return text


def _other(where: str, said: Any, out: list[Problem]) -> str:
    text = read_line(where, said, out, limit=MOST_SIGNATURE)
    bare = "".join(c for c in text if c not in _BRACKETS).strip()
    if bare != text:
        out.append(problem(where, "brackets", right=bare))
    elif text and text.rstrip(":： ") != text:
        out.append(problem(where, "colon", right=text.rstrip(":： ")))
    return text
