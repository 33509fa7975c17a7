"""The page of a lobby or lift screen, and the worker that keeps it when the network is gone."""

from web.screen.pages import routes

__all__ = ["routes"]
