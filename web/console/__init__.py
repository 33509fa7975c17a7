"""The console's pages: shells that say what they are at first paint; scripts fill in what lives."""

from web.console.doors import routes

__all__ = ["routes"]
