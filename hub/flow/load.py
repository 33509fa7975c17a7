"""What one pump has of one account: claimed, begun, not yet recorded; and so what it may claim."""

from __future__ import annotations

from hub.decide.accounts import Offer
from hub.decide.pacing import AHEAD
from hub.flow.account import Account
from hub.flow.turns import Line
from hub.model import Lane


class Load:
    """One account's share of a pump's work."""

    def __init__(self, account: Account, lane: Lane):
        self.account = account
        self._lane = lane
        self.clear()
        self.line = Line(lane, lambda: self.waiting)

    def clear(self) -> None:
        """Nothing is left of a run that failed: its claims are the sweep's, not this one's."""
        self.begun: dict[int, float] = {}  # delivery -> when its call began
        self.waiting = 0  # claimed, not begun
        self.unrecorded = 0

    @property
    def idle(self) -> bool:
        return not (self.waiting or self.begun or self.unrecorded)

    def offer(self, now: float) -> Offer:
        """How the account stands for this lane now."""
        account, oldest = self.account, self._oldest(now)
        room = self._room(now, oldest)
        return Offer(
            account.name,
            account.terms,
            room,
            open=account.open(now),
            slow=oldest > max(AHEAD, 4 * account.latency),
            lines=account.channel.traits.lines,
        )

    def _oldest(self, now: float) -> float:
        """Age of the oldest call in flight, in seconds."""
        return now - next(iter(self.begun.values()), now)

    def _room(self, now: float, oldest: float) -> int:
        """How many to claim now; 0 to wait until more places are free or the pace allows it."""
        most = self.account.capacity(self._lane, oldest)
        open_ones = self.waiting + len(self.begun) + self.unrecorded
        free = most - open_ones
        if free < most // 4 and open_ones:
            return 0  # a bigger claim soon costs less than many small ones now
        return self.account.room(self.line, free, now=now)
