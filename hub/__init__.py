"""Muster: tell everyone in a building, and account for everyone."""

__version__ = "0.1.0"
