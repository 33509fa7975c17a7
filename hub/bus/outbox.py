"""What this process still has to say to the others: rings and seqs, coalesced, never growing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

TOPICS = 4096  # a house has a few incidents; beyond this the others are told to read again


@dataclass(slots=True)
class Outbox:
    """Lanes to ring and topics with their highest seq, waiting for the connection."""

    everything: str
    lanes: set[str] = field(default_factory=set)
    topics: dict[str, int] = field(default_factory=dict)
    filled: asyncio.Event = field(default_factory=asyncio.Event)

    def ring(self, lane: str) -> None:
        self.lanes.add(lane)
        self.filled.set()

    def tell(self, topic: str, seq: int) -> None:
        if len(self.topics) >= TOPICS and topic not in self.topics:
            # Full: what they would have heard one by one, they read again as a whole.
            self.topics = {self.everything: 0}
        self.topics[topic] = max(seq, self.topics.get(topic, 0))
        self.filled.set()

    def take(self) -> tuple[set[str], dict[str, int]]:
        """All of it, which is now the caller's to send or to give back."""
        taken = self.lanes, self.topics
        self.lanes, self.topics = set(), {}
        self.filled.clear()
        return taken

    def give_back(self, lanes: set[str], topics: dict[str, int]) -> None:
        for lane in lanes:
            self.ring(lane)
        for topic, seq in topics.items():
            self.tell(topic, seq)
