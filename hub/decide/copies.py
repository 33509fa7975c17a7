"""What a board says of sends nobody can be sure of: not known whether told, possibly told twice."""

from __future__ import annotations

from dataclasses import dataclass

from hub.states import TOLD, DeliveryState

_SENT = frozenset({*TOLD, DeliveryState.UNSURE, DeliveryState.FAILED})


@dataclass(frozen=True, slots=True)
class Standing:
    """A delivery as far as its copies go. `unsure`: calls of unknown outcome; `doubled`: its last
    call was made while an earlier one was in doubt, and may have arrived too."""

    state: str
    unsure: int = 0
    doubled: bool = False

    @property
    def in_doubt(self) -> bool:
        """Nobody knows whether the address got it: a call may have arrived, none is proven."""
        return self.unsure > 0 and self.state not in TOLD

    @property
    def maybe_twice(self) -> bool:
        """The address may have got it twice. One that only waits to be sent again has not."""
        return self.doubled and self.state in _SENT


@dataclass(frozen=True, slots=True)
class Copies:
    """How many deliveries of a board are in doubt, and how many may have come twice."""

    in_doubt: int = 0
    doubled: int = 0
