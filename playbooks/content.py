"""Rules about what texts say: nothing missing, in no stage, band or language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from hub.decide.byhand import BY_HAND
from hub.decide.texts import PAGE, carries, templates_for
from hub.decide.variables import BUILT_IN
from hub.decide.wording import flaws
from hub.model import PEOPLE, Kind, Stage
from playbooks.case import FRAMED, KINDS, Case, Finding, Said, Text, whole
from playbooks.drill_words import speaks_of_drill

_COMMANDS = re.compile(
    r"(reply|text|send|answer|回复|回|发送?)\s*[\"'“‘「]?\s*"
    r"(yes|end|cancel|help|stop|stopall|quit|start|unstop|info)(?![a-z])"
)
_SIGNATURE = re.compile(r"^(【演[练練习習]】)?【(?!演[练練习習]|更正|訂正|訓練|훈련)[^】]{1,20}】")


def stages_are_complete(case: Case) -> Iterator[Finding]:
    """Live and drill each have an alert, an update, an all clear and a correction."""
    for kind in KINDS:
        said = case.playbook.words.get(str(kind))
        if said is None:
            yield Finding(
                ("words",), f"there are no {kind} words", f"add `{kind}:` with all stages"
            )
            continue
        for stage in Stage:
            if not said.get(str(stage)):
                what = f"the stage {stage} is missing"
                yield Finding(("words", str(kind)), what, f"add `{stage}:`")


def everyone_has_words(case: Case) -> Iterator[Finding]:
    """Who is told by a channel in the alert is told by it at every stage, live and in a drill."""
    for kind in KINDS:
        for stage in Stage:
            if not case.playbook.words.get(str(kind), {}).get(str(stage)):
                continue
            for band, channel in sorted(_spoken_pairs(case)):
                texts = templates_for(
                    case.playbook, kind=kind, stage=stage, band=band, channel=channel
                )
                if not texts:
                    what = f"the band {band!r} has no words on {channel}"
                    hint = f'add `{band}: {channel}:` or a common one under `"*"`'
                    yield Finding(("words", str(kind), str(stage)), what, hint)


def _spoken_pairs(case: Case) -> set[tuple[str, str]]:
    """Bands and channels that need words: what waves use, what an alert has, and the page."""
    bands = {band.key: band for band in case.playbook.bands}
    pairs = {(key, PAGE) for key, band in bands.items() if band.kinds & PEOPLE}
    for wave in case.playbook.waves:
        pairs |= {
            (key, channel)
            for key in wave.bands
            for channel in wave.channels
            if key in bands and channel in case.traits and carries(channel, bands[key].kinds)
        }
    pairs |= {
        (text.band, text.channel)
        for text in case.texts
        if text.stage is Stage.ALERT and text.band in bands and text.channel not in BY_HAND
    }
    return pairs


def bands_of_words_exist(case: Case) -> Iterator[Finding]:
    """Words are written for bands that are there."""
    known = {band.key for band in case.playbook.bands} | {"*"}
    for text in case.texts:
        if text.band not in known:
            hint = "bands are " + ", ".join(sorted(known))
            yield Finding(text.path[:4], f"there is no band {text.band!r}", hint)


def languages_are_complete(case: Case) -> Iterator[Finding]:
    """Each text is there in every language of the site, with all its parts."""
    seen = dict.fromkeys(text.path[:-1] for text in case.texts)
    present = {text.path for text in case.texts}
    for path in seen:
        for language in case.languages:
            if (*path, language) not in present:
                yield Finding(path, f"is missing in {language}", f"add `{language}: …`")
    for text in case.texts:
        needed = case.parts_of(text.channel)
        missing = [part for part in needed if not text.parts.get(part, "").strip()]
        unknown = [part for part in text.parts if needed and part not in needed]
        if missing:
            yield Finding(text.path, f"lacks {', '.join(missing)}", f"{text.channel} shows them")
        if unknown:
            hint = f"{text.channel} shows {', '.join(needed)}"
            yield Finding((*text.path, unknown[0]), f"{text.channel} has no such part", hint)


def templates_are_sound(case: Case) -> Iterator[Finding]:
    """Templates do only what they may and name only variables there are."""
    known = set(BUILT_IN)
    for parameter in case.playbook.parameters:
        known |= {parameter.key}
        known |= {f"{parameter.key}_value"} if parameter.kind == "choice" else set()
    for text in case.texts:
        for part, source in text.parts.items():
            for flaw in flaws(source):
                yield Finding((*text.path, part), flaw.what, flaw.hint, flaw.line - 1)
        for name in sorted(text.names - known):
            hint = "known are " + ", ".join(sorted(known))
            yield Finding(_part_with(text, name), f"there is no variable {name!r}", hint)


def _part_with(text: Text, name: str) -> tuple[str | int, ...]:
    part = next((key for key, source in text.parts.items() if name in source), "")
    return (*text.path, part) if part else text.path


def alerts_say_the_five_things(case: Case) -> Iterator[Finding]:
    """An alert has source, hazard, place, action and time of issue, whichever way it branches.

    Screens and pages print source and times around the words; they need the other three.
    (Mileti and Sorensen 1990; DOMAIN.md section 2.4.)
    """
    for text in case.texts:
        if text.stage is not Stage.ALERT:
            continue
        missing: dict[str, str] = {}
        for said in case.rendered(text):
            missing |= dict(_missing(case, text, said))
        for name, hint in missing.items():
            yield Finding(text.path, f"the alert does not say the {name}", hint)


def _missing(case: Case, text: Text, said: Said) -> Iterator[tuple[str, str]]:
    folded = said.whole.casefold()
    for name in ("hazard", "action"):
        words = _must_say(case, name).get(text.language, [])
        if not words:
            yield f"{name} (must_say.{name} has no words in {text.language})", "add some"
        elif not any(word.casefold() in folded for word in words):
            yield name, "one of: " + ", ".join(words)
    # Signs put blanks between figures and characters.
    if re.sub(r"\s", "", said.values["place"]) not in re.sub(r"\s", "", said.whole):
        yield "place", "use {{place}}"
    if text.channel in FRAMED:
        return
    if said.values["source"].casefold() not in folded:
        yield "source", "use {{source}}: who says so"
    if said.values["issued"] not in said.whole:
        yield "time of issue", "use {{issued}}"


def _must_say(case: Case, name: str) -> Mapping[str, list[str]]:
    found = case.playbook.source.get("must_say", {})
    words = found.get(name, {}) if isinstance(found, Mapping) else {}
    return words if isinstance(words, Mapping) else {}


def updates_say_when_the_next_comes(case: Case) -> Iterator[Finding]:
    """An update always has the time of the next one (screens and pages print it themselves)."""
    for text in case.texts:
        if text.stage is not Stage.UPDATE or text.channel in FRAMED:
            continue
        if any(said.values["next_update"] not in said.whole for said in case.rendered(text)):
            what = "the update does not say when the next one comes"
            yield Finding(text.path, what, "use {{next_update}}")


def texts_can_be_answered(case: Case) -> Iterator[Finding]:
    """Personal links only in personal texts; answers are digits; no signature is written in."""
    for text in case.texts:
        traits = case.traits.get(text.channel)
        public = text.channel == PAGE or (traits is not None and not traits.personal)
        if public and text.names & {"link", "name"}:
            what = f"a text on {text.channel} is read by many and cannot carry a personal link"
            yield Finding(text.path, what, "remove {{link}} and {{name}}")
        if text.channel != "sms":
            continue
        said = whole(text.parts)
        if text.stage is Stage.ALERT and "link" not in text.names:
            yield Finding(text.path, "the alert carries no answer link", "end with {{link}}")
        if _COMMANDS.search(said.casefold()):
            what = "asks for a word that carriers take as a command"
            yield Finding(text.path, what, "ask for digits: 1 safe, 2 need help")
        if _SIGNATURE.search(said):
            what = "has a 【signature】 of its own"
            yield Finding(text.path, what, "remove it: the site puts its own in front")


def live_words_never_say_drill(case: Case) -> Iterator[Finding]:
    """A live text that speaks of a drill would be taken for one."""
    for text in case.texts:
        said = whole(text.parts).casefold()
        if text.kind is Kind.LIVE and speaks_of_drill(text.language, said):
            yield Finding(text.path, "a live text speaks of a drill", "remove the word")


RULES = (
    stages_are_complete,
    everyone_has_words,
    bands_of_words_exist,
    languages_are_complete,
    templates_are_sound,
    alerts_say_the_five_things,
    updates_say_when_the_next_comes,
    texts_can_be_answered,
    live_words_never_say_drill,
)
