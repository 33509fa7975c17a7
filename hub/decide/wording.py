"""Texts from templates: rendered once per band, channel and language; marks filled in at sending.

Templates are data that people edit, so they can do next to nothing: variables, a closed list of
filters and `{% if %}`. Everything else is refused when a playbook is loaded, before it is compiled;
the sandbox is the second wall.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from jinja2 import StrictUndefined, Template, TemplateError, UndefinedError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from hub.decide.added import behind
from hub.decide.aloud import aloud
from hub.decide.asking import lettered
from hub.decide.filters import FILTERS
from hub.decide.fit import Fit, headed, overflow, signed
from hub.decide.marks import LINK, NAME, fill, has_unwanted, plain, spaced_link
from hub.decide.oneway import LINK_ONLY, REPLIES, unasked
from hub.decide.segments import count
from hub.decide.site import signature_in
from hub.decide.spoken import choose_language, is_chinese, spoken_place
from hub.decide.texts import PAGE, VOICE, templates_for
from hub.decide.told import whole
from hub.decide.variables import AFTER, HEARD, Facts, shorter, variables, variables_by_language
from hub.errors import Problem, Refused
from hub.model import Kind, Playbook, Stage, Wording, Words

__all__ = [
    "Facts",
    "Fit",
    "Flaw",
    "choose_language",
    "fill",
    "flaws",
    "names_in",
    "overflow",
    "render",
    "render_all",
    "signed",
    "spoken_place",
    "templates_for",
    "variables",
    "variables_by_language",
]

SOURCE_LIMIT = 4_000
"""Characters of one template."""

DEPTH_LIMIT = 40
"""Nodes below nodes in one template."""

VALUE_LIMIT = 2_000
"""Characters of one variable."""

OUTPUT_LIMIT = 4_000
"""Characters of one rendered part, unless a caller asks for less."""

_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.Filter,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
)


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something a template may not do. `line` counts from 1 inside the template."""

    line: int
    what: str
    hint: str = ""


@lru_cache(maxsize=1)
def _environment() -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    made.globals.clear()
    made.tests.clear()
    made.filters.clear()
    made.filters.update(FILTERS)
    return made


@lru_cache(maxsize=4096)
def _inspected(source: str) -> tuple[tuple[Flaw, ...], frozenset[str]]:
    """What is wrong with a template, and the variables it names."""
    if len(source) > SOURCE_LIMIT:
        return (Flaw(1, f"is longer than {SOURCE_LIMIT} characters", "shorten it"),), frozenset()
    try:
        tree = _environment().parse(source)
        found = tuple(_walk(tree))
        names = frozenset(node.name for node in tree.find_all(nodes.Name))
    except TemplateError as error:
        line = getattr(error, "lineno", None) or 1
        return (Flaw(line, f"is not a valid template: {error.message}"),), frozenset()
    except (RecursionError, ValueError, OverflowError, MemoryError):
        return (Flaw(1, "is nested too deeply or holds an absurd number"),), frozenset()
    if has_unwanted(source):
        found += (Flaw(1, "holds invisible or direction-changing characters", "retype it"),)
    return found, names


def _walk(node: nodes.Node, depth: int = 0) -> Iterator[Flaw]:
    if depth > DEPTH_LIMIT:
        yield Flaw(node.lineno or 1, "is nested too deeply")
        return
    flaw = _refuse(node)
    if flaw is not None:
        yield flaw
        return
    for child in node.iter_child_nodes():
        yield from _walk(child, depth + 1)


def _refuse(node: nodes.Node) -> Flaw | None:
    line = node.lineno or 1
    can = "only {{ variables }}, {% if %} and the filters " + ", ".join(FILTERS)
    if not isinstance(node, _ALLOWED):
        return Flaw(line, f"uses {type(node).__name__}, which texts may not", can)
    if isinstance(node, nodes.Filter) and (node.name not in FILTERS or node.args or node.kwargs):
        return Flaw(line, f"uses the filter {node.name!r} in a way texts may not", can)
    if isinstance(node, nodes.Name) and (node.ctx != "load" or _is_jinjas(node.name)):
        return Flaw(line, f"uses the name {node.name!r}, which texts may not", can)
    if isinstance(node, nodes.Operand) and node.op not in {"eq", "ne"}:
        return Flaw(line, f"compares by {node.op!r}", "only == and != are known")
    if isinstance(node, nodes.Const) and not isinstance(node.value, str):
        return Flaw(line, "holds a value that is not a text", "write it in quotes")
    return None


def _is_jinjas(name: str) -> bool:
    """Whether a name means something to Jinja itself."""
    return name.startswith("_") or name in {"self", "super", "loop", "caller", "varargs", "kwargs"}


def flaws(source: str) -> tuple[Flaw, ...]:
    """Everything a template does that it may not; empty when it is sound."""
    return _inspected(source)[0]


def names_in(source: str) -> frozenset[str]:
    """The variables a template names; none for one that cannot be read."""
    return _inspected(source)[1]


@lru_cache(maxsize=4096)
def _compiled(source: str) -> Template:
    found = flaws(source)
    if found:
        problems = [
            Problem(f"line {flaw.line}", f"a text {flaw.what}", flaw.hint) for flaw in found
        ]
        raise Refused("A text of the playbook cannot be used.", problems, code="bad_template")
    return _environment().from_string(source)


def render(template: str, values: Mapping[str, str], *, limit: int = OUTPUT_LIMIT) -> str:
    """The text with its variables, on tidy lines; marks stand where link and name go.

    Raises Refused for a template that does too much, an unknown variable, or too long a text.
    """
    compiled = _compiled(template)
    clean = {key: _value(key, values[key]) for key in names_in(template) if key in values}
    clean |= {"link": LINK, "name": NAME}
    try:
        text = _tidy("".join(_bounded(compiled.generate(clean), limit * 2)))
    except UndefinedError as error:
        problem = Problem("variables", f"a text needs a variable that is missing: {error.message}")
        raise Refused("A text cannot be written.", [problem], code="bad_template") from None
    if len(text) > limit:
        what = f"a text has {len(text)} characters, {limit} fit"
        counts = {"count": str(len(text)), "limit": str(limit)}
        problem = Problem("text", what, "shorten it", code="text_long", params=counts)
        raise Refused("A text is too long.", [problem], code="too_long")
    return text


def _value(key: str, value: str) -> str:
    text = plain(str(value))
    if len(text) > VALUE_LIMIT:
        what = f"has {len(text)} characters, {VALUE_LIMIT} fit"
        counts = {"count": str(len(text)), "limit": str(VALUE_LIMIT)}
        problem = Problem(key, what, "shorten it", code="typed_long", params=counts)
        raise Refused("What was typed is too long.", [problem], code="too_long")
    return text


def _bounded(pieces: Iterator[str], limit: int) -> Iterator[str]:
    """The pieces until they are certainly too long: nothing grows without end."""
    used = 0
    for piece in pieces:
        yield piece
        used += len(piece)
        if used > limit:
            return


def _tidy(text: str) -> str:
    lines = (re.sub(r"[ \t]+", " ", line).strip() for line in text.strip().splitlines())
    return spaced_link("\n".join(lines))


def render_all(
    playbook: Playbook,
    *,
    kind: Kind,
    stage: Stage,
    variables: Mapping[str, Mapping[str, str]],
    channels: Mapping[str, Fit],
    apart: Mapping[str, Mapping[str, Mapping[str, str]]] | None = None,
    signature: Words | None = None,
    link_length: int = 48,
    letter: str = "",
) -> tuple[Wording, ...]:
    """Every text of a notice, once per band, channel (and page) and language of `variables`.

    Raises one Refused naming every text that is unsound, lacks a variable or does not fit its
    channel; nothing is half rendered. `apart`: variables of one band alone, by language.
    `signature`, by language, goes in front of texts on sms, `letter` in front of each digit that
    texts ask for.
    """
    made: list[Wording] = []
    problems: list[Problem] = []
    for slot in _slots(playbook, kind, stage, channels, variables):
        try:
            own = (apart or {}).get(slot.band, {}).get(slot.language, {})
            values = {**variables[slot.language], **own}
            values = whole(values) if slot.channel == PAGE else values
            wording = _measured(slot, values, signature or {}, link_length, letter)
            over = overflow(wording, channels.get(slot.channel))
            for short in shorter(values) if over else ():
                wording = _measured(slot, short, signature or {}, link_length, letter)
                over = overflow(wording, channels.get(slot.channel))
                if not over:
                    break
            over = over and overflow(wording, channels.get(slot.channel), names=True)
        except Refused as refused:
            problems += [slot.problem(found) for found in refused.problems]
            continue
        made.append(wording)
        problems += [slot.problem(over)] if over else []
    if problems:
        raise Refused(
            "The texts of this notice cannot be sent as they are.", problems, code="words"
        )
    return tuple(made)


@dataclass(frozen=True, slots=True)
class _Slot:
    """One text to be rendered."""

    band: str
    channel: str
    language: str
    templates: Mapping[str, str]

    def problem(self, found: Problem) -> Problem:
        """The same problem, saying in which text it is."""
        text = f"{self.band}, {self.channel}, {self.language}"
        params = {**found.params, "text": text}
        return replace(found, what=f"{text}: {found.what}", params=params)


def _slots(
    playbook: Playbook,
    kind: Kind,
    stage: Stage,
    channels: Iterable[str],
    languages: Iterable[str],
) -> Iterator[_Slot]:
    wanted = tuple(languages)
    for band in playbook.bands:
        for channel in dict.fromkeys((*channels, PAGE)):
            texts = templates_for(playbook, kind=kind, stage=stage, band=band.key, channel=channel)
            for language in wanted:
                if language in texts:
                    yield _Slot(band.key, channel, language, texts[language])


def _parts(slot: _Slot, variables: Mapping[str, str], signature: Words) -> dict[str, str]:
    """The rendered parts of one text; of a call as they are spoken."""
    if slot.channel == VOICE:
        return _spoken(slot, variables)
    parts = {
        part: _behind(render(source, variables), source, variables.get(AFTER, ""))
        for part, source in slot.templates.items()
    }
    if slot.channel == "sms" and "body" in parts:
        source = slot.templates["body"]
        bare = unasked(render(source, {**variables, REPLIES: ""}))
        bare = _behind(bare, source, variables.get(AFTER, ""))
        parts |= {LINK_ONLY: bare} if bare != parts["body"] else {}
    if slot.channel == "sms" and (own := signature_in(signature, slot.language)):
        put = signed if is_chinese(slot.language) else headed
        return {part: put(text, own) for part, text in parts.items()}
    return parts


def _behind(text: str, source: str, words: str) -> str:
    """The text with words of another language behind its own, where its template has a place for
    what is added."""
    here = words and "text" in names_in(source)
    return behind(text, FILTERS["period"](plain(words))) if here else text


def _lettered(slot: _Slot, parts: dict[str, str], letter: str) -> dict[str, str]:
    if not letter or slot.channel != "sms":
        return parts  # calls, links and buttons name their incident
    return {part: lettered(text, letter) for part, text in parts.items()}


def _spoken(slot: _Slot, variables: Mapping[str, str]) -> dict[str, str]:
    """What a voice says: what was added as it can be heard, and figures put into words."""
    numbers = [value for key, value in variables.items() if key.endswith("_number")]
    return {
        part: aloud(
            _behind(render(source, variables), source, variables.get(HEARD, "")),
            slot.language,
            numbers=numbers,
        )
        for part, source in slot.templates.items()
    }


def _measured(
    slot: _Slot, variables: Mapping[str, str], signature: Words, link_length: int, letter: str
) -> Wording:
    parts = _lettered(slot, _parts(slot, variables, signature), letter)
    segments = 0
    if slot.channel == "sms":
        bodies = (parts.get("body", ""), parts.get(LINK_ONLY, ""))
        segments = max(count(body, link_length=link_length).parts for body in bodies)
    return Wording(slot.band, slot.channel, slot.language, parts, segments)
