"""Ways out of the house: one file per provider."""

DISTRIBUTION = "muster-hub"
"""Whose package this is: other projects are imported as `channels` too (see `registry.ours`)."""
