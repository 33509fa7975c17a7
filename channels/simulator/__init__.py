"""A provider simulator: a real HTTP server that plays the providers, and the people they reach."""

from channels.simulator.ledger import Entry, read_ledger
from channels.simulator.server import Simulator
from channels.simulator.settings import Fault, Settings, calm, nasty

__all__ = ["Entry", "Fault", "Settings", "Simulator", "calm", "nasty", "read_ledger"]
