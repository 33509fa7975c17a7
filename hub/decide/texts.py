"""Which words of a playbook a band reads on a channel."""

from __future__ import annotations

from collections.abc import Mapping

from hub.model import Kind, Playbook, RecipientKind, Stage

PAGE = "page"
"""The pseudo-channel of the resident's page: rendered with the others, sent by none."""

SCREEN = "screen"

VOICE = "voice"
"""The channel whose texts are heard: figures in them are put into words (`aloud`)."""

CHATS = frozenset({"wecom", "dingtalk", "feishu"})
"""Channels that speak to a group."""


def templates_for(
    playbook: Playbook, *, kind: Kind, stage: Stage, band: str, channel: str
) -> Mapping[str, Mapping[str, str]]:
    """{language: {part: template}} for a band on a channel: its own words, else those of `*`.

    The words of `*` go only where a channel can carry them to the band's kinds. A test without
    words of its own speaks as a drill does.
    """
    said = playbook.words.get(str(kind)) or playbook.words.get(str(Kind.DRILL), {})
    bands = said.get(str(stage), {})
    own = bands.get(band, {}).get(channel)
    if own:
        return dict(own)
    kinds = next((one.kinds for one in playbook.bands if one.key == band), frozenset())
    return dict(bands.get("*", {}).get(channel, {})) if carries(channel, kinds) else {}


def carries(channel: str, kinds: frozenset[RecipientKind]) -> bool:
    """Whether a channel can reach recipients of these kinds at all."""
    if channel == SCREEN:
        return RecipientKind.SCREEN in kinds
    if channel in CHATS:
        return RecipientKind.GROUP in kinds
    return bool(kinds - {RecipientKind.SCREEN, RecipientKind.GROUP})
