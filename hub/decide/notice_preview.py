"""What a notice would say, and to how many, before it is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hub.decide.contrary import Contrary, contrary, standing
from hub.model import Playbook, Wording, Words
from hub.plans import Hearers

PAGE = "page"


@dataclass(frozen=True, slots=True)
class Said:
    """One text, and how many addresses (of a page: people) would read it."""

    wording: Wording
    people: int


@dataclass(frozen=True, slots=True)
class NoticePreview:
    """The texts somebody would hear, most heard first in each band; `bands`: key, name, people.

    `by_hand`: homes no delivery goes to, and staff must tell, as they told them before. `readers`:
    people by the language they are told in. `contrary`: for whom what was added says something else
    than they are told.
    """

    people: int
    deliveries: int
    bands: tuple[tuple[str, Words, int], ...]
    words: tuple[Said, ...]
    by_hand: int = 0
    readers: Mapping[str, int] = field(default_factory=dict)
    contrary: tuple[Contrary, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The preview as the API says it: the shapes of a launch's."""
        return {
            "people": self.people,
            "deliveries": self.deliveries,
            "by_hand": self.by_hand,
            "languages": [{"tag": tag, "people": n} for tag, n in self.readers.items()],
            "contrary": [one.to_json() for one in self.contrary],
            "bands": [{"key": k, "name": dict(n), "people": p} for k, n, p in self.bands],
            "words": [
                {
                    "band": said.wording.band,
                    "channel": said.wording.channel,
                    "language": said.wording.language,
                    "parts": dict(said.wording.parts),
                    "segments": said.wording.segments,
                    "people": said.people,
                }
                for said in self.words
            ],
        }


def notice_preview(
    playbook: Playbook,
    words: Sequence[Wording],
    hearers: Hearers,
    *,
    added: Words | None = None,
    bare: Sequence[Wording] = (),
) -> NoticePreview:
    """The texts that somebody would hear; those nobody would are left out. `added`: what an update
    adds to the playbook's own words, `bare`: these without it."""
    sends = {(h.band, h.channel, h.language): h.sends for h in hearers.sends}
    by_band = hearers.people
    said = [one for one in (Said(word, _count(word, sends)) for word in words) if one.people]
    heard = {one.wording.band for one in said}  # also screens and groups, which are no people
    bands = tuple(
        (band.key, band.name, by_band.get(band.key, 0))
        for band in playbook.bands
        if by_band.get(band.key) or band.key in heard
    )
    return NoticePreview(
        people=sum(by_band.values()),
        deliveries=sum(h.sends for h in hearers.sends),
        bands=bands,
        words=tuple(said),
        by_hand=hearers.by_hand,
        readers=hearers.readers,
        contrary=contrary(added or {}, standing(bare), bands),
    )


def _count(word: Wording, sends: Mapping[tuple[str, str, str], int]) -> int:
    if word.channel != PAGE:
        return sends.get((word.band, word.channel, word.language), 0)
    # a page is read by whoever follows the link of a text
    return sends.get((word.band, "sms", word.language), 0)
